import { limit } from "shardhost:host";
import { need } from "./host.js";
import { registry, run } from "./registry.js";

// What the init document says. It comes after the script was read.
let setup;

const late = (what) => new Proxy({}, {
  get(_, name) {
    if (!setup) throw new TypeError(`${what} is not known yet while the script is read: use it in a handler or in onStart`);
    return setup[what]?.[name];
  },
  has: (_, name) => name in (setup?.[what] ?? {}),
  ownKeys: () => Reflect.ownKeys(setup?.[what] ?? {}),
  getOwnPropertyDescriptor: (_, name) => Object.getOwnPropertyDescriptor(setup?.[what] ?? {}, name),
});

/** The block config of the plugin's configuration. */
export const config = late("config");

/** The block secrets. */
export const secrets = late("secrets");

/** What the plugin is: name, lane, lanes, generation, host. */
export const plugin = late("plugin");

/** Registers what happens when the plugin comes to life. An error there refuses it. */
export function onStart(handler) {
  need(typeof handler === "function", "onStart: the handler is no function");
  registry.starts.push(handler);
}

export function begin(text) {
  const { config = {}, secrets = {}, plugin: name, lane = 0, lanes = 1, generation, host, grants, deadline_ms = 0 } = JSON.parse(text);
  limit(deadline_ms);
  setup = { config, secrets, plugin: { name, lane, lanes, generation, host, grants } };
  return run(registry.starts, undefined, setup.plugin);
}

/** Registers what writes the plugin's variables out: JSON is made of what it returns. */
export function onSave(schema, handler) {
  need(Number.isInteger(schema), "onSave: the schema is a whole number of yours for the form of the state");
  need(!registry.save, "onSave: there is another one");
  registry.save = { schema, handler };
}

/** Registers what takes the state in. A handler that returns false starts without it. */
export function onLoad(handler) {
  need(!registry.load, "onLoad: there is another one");
  registry.load = handler;
}

export function saveState() {
  if (!registry.save) return undefined;
  return [registry.save.schema, JSON.stringify(registry.save.handler() ?? null)];
}

export function loadState(schema, text) {
  if (!registry.load) return false;
  return registry.load(JSON.parse(text), schema) !== false;
}

function control(name, call) {
  const calls = registry.control.get(name) ?? [];
  calls.push(call);
  registry.control.set(name, calls);
}

/** Registers what happens when variables are empty although the bot's sessions go on. */
export const onColdStart = (handler) => control("cold", (body, frame) => handler(body.reason, frame));

/** Registers what happens when variables are older than the events that were handled. */
export const onStale = (handler) => control("stale", (body, frame) => handler(new Date(body.saved_at), frame));

/** Registers what happens when a session was lost, and events with it. */
export const onGap = (handler) => control("gap", (body, frame) => handler(body, frame));
