import { publish as out } from "shardhost:host";
import { check, need } from "./host.js";
import { registry } from "./registry.js";

/** Sends data to the plugins that subscribe to the topic. */
export function publish(topic, data) {
  check(`publish ${topic}`, out(topic, JSON.stringify(data ?? null)));
}

/** Registers a handler for other plugins' messages under a topic; * stands for a word, at the end for any rest. */
export function onTopic(pattern, handler) {
  need(typeof handler === "function", `onTopic ${pattern}: the handler is no function`);
  registry.topics.push({ pattern, call: handler });
}

/** As the host matches topics. */
export function topicMatches(pattern, topic) {
  const want = pattern.split(".");
  const have = topic.split(".");
  for (let i = 0; i < want.length; i++) {
    if (i >= have.length) return false;
    if (want[i] === "*" && i === want.length - 1) return true;
    if (want[i] !== "*" && want[i] !== have[i]) return false;
  }
  return want.length === have.length;
}
