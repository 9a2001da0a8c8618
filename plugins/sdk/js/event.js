import { need } from "./host.js";
import { registry } from "./registry.js";

/** Registers a handler for an event by its name on the wire, or for several by a name that ends in *. */
export function on(name, handler, options) {
  need(typeof name === "string" && name !== "", "on: an event needs a name, as MESSAGE_CREATE");
  need(typeof handler === "function", `on ${name}: the handler is no function`);
  registry.events.push({ pattern: name, call: handler });
  if (name === "MESSAGE_CREATE" && options?.content !== false) intents("MESSAGE_CONTENT");
}

/** Asks for gateway intents beyond those that bring the events. */
export function intents(...names) {
  for (const name of names) registry.intents.add(name);
}
