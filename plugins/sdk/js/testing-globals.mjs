// In a test only what belongs to a handler is the host's; the rest is Node's.
import { fetch } from "./fetch.js";
import { cancel, later } from "./timer.js";
import { world } from "shardhost:host";

const node = { fetch: globalThis.fetch, setTimeout, setInterval, clearTimeout, clearInterval };
const inside = (own, other) => (...args) => (world.staged ? own : other)(...args);

Object.assign(globalThis, {
  fetch: inside(fetch, node.fetch),
  setTimeout: inside((call, delay, ...args) => later(call, delay, false, args), node.setTimeout),
  setInterval: inside((call, delay, ...args) => later(call, delay, true, args), node.setInterval),
  clearTimeout: inside(cancel, node.clearTimeout),
  clearInterval: inside(cancel, node.clearInterval),
});
