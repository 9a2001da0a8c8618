// What the host calls: frames to handlers, the manifest, start, save and load.
import { Frame, log, register } from "shardhost:host";
import { begin, loadState, saveState } from "./life.js";
import { prototypeOf, registry, run } from "./registry.js";
import { response } from "./rest.js";
import { fire } from "./timer.js";
import { topicMatches } from "./bus.js";

const VERSION = "1.0.0";

// A frame is the context of its handlers.
Object.defineProperties(Frame, {
  event: { get() { return this.name; } },
  received: { get() { return new Date(this.receivedAt); } },
  redelivered: { get() { return (this.flags & 1) !== 0; } },
  replayed: { get() { return (this.flags & 2) !== 0; } },
});

const routes = new Map();

function route(name) {
  const calls = [];
  for (const h of registry.events)
    if (h.pattern === name || (h.pattern.endsWith("*") && name.startsWith(h.pattern.slice(0, -1)))) calls.push(h.call);
  routes.set(name, calls);
  return calls;
}

function deliver(frame) {
  switch (frame.kind) {
    case 1: {
      const name = frame.name;
      const calls = routes.get(name) ?? route(name);
      if (calls.length === 0) return;
      const body = frame.read(prototypeOf(name));
      return calls.length === 1 ? calls[0](body, frame) : run(calls, body, frame);
    }
    case 2:
      return response(frame);
    case 3:
      return fire(frame);
    case 4:
      return run(registry.control.get(frame.name) ?? [], frame.read(), frame);
    case 5: {
      const topic = frame.name;
      const calls = registry.topics.filter((h) => topicMatches(h.pattern, topic)).map((h) => h.call);
      return run(calls, { topic, data: frame.read() }, frame);
    }
    default: // of a later host
  }
}

function manifest() {
  return JSON.stringify({
    sdk: `js/${VERSION}`,
    events: [...new Set(registry.events.map((h) => h.pattern))],
    intents: [...registry.intents],
    commands: registry.commands,
    control: [...registry.control.keys()],
  });
}

register(deliver, begin, manifest, saveState, loadState);
