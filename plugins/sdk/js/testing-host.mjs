// A host for tests in Node.js: it keeps keys, values and timers, and notes what a
// handler asks for until it has ended well.
import { randomFillSync } from "node:crypto";

export const Frame = {
  read(prototype) {
    const value = this.json === undefined ? undefined : JSON.parse(this.json);
    return prototype && typeof value === "object" && value !== null ? Object.setPrototypeOf(value, prototype) : value;
  },
  bytes() {
    return new TextEncoder().encode(this.json ?? "").buffer;
  },
};

export const world = {
  hooks: undefined, // what the script has registered
  now: Date.now(),
  kv: new Map(),
  timers: new Map(), // by tag: {due, period}
  requests: [], // that took effect: {method, path, body} or of fetch {method, url, body}
  effects: [], // others that did: [name, ...]
  log: [],
  answers: [], // prepared: {call, status, body}
  lastId: 1000,

  // Of the frame in work.
  calls: new Map(), // that were not awaited yet
  notes: [],
  staged: undefined, // keys and values

  /** Runs a handler; what it has asked for takes effect when it ends well. */
  async frame(run) {
    this.calls = new Map();
    this.notes = [];
    this.staged = new Map(this.kv);
    const timers = new Map(this.timers);
    try {
      await run();
      for (const call of this.calls.values()) this.requests.push(call);
      this.effects.push(...this.notes);
      this.kv = this.staged;
    } catch (error) {
      this.timers = timers;
      throw error;
    } finally {
      this.staged = undefined;
    }
  },

  reply(call) {
    const name = `${call.method} ${(call.path ?? call.url).split("?", 1)[0]}`;
    const at = this.answers.findIndex((a) => matches(a.call, name));
    if (at >= 0) return this.answers.splice(at, 1)[0];
    if (call.method === "POST" && call.path?.endsWith("/messages")) return { status: 200, body: { ...call.body, id: String(++this.lastId), channel_id: call.path.split("/")[2] } };
    return { status: 200, body: {} };
  },
};

function matches(pattern, name) {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*\*$/, ".+").replace(/\*/g, "[^/]+");
  return new RegExp(`^${escaped}$`).test(name);
}

function working() {
  if (!world.staged) throw new TypeError("no event is being handled here: ask for effects in a handler, and before it has ended");
  return world.staged;
}

const note = (...effect) => (working(), world.notes.push(effect), 0);
const tag = (high, low) => high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");

export const register = (deliver, start, manifest, save, load) => void (world.hooks = { deliver, start, manifest, save, load });
export const log = (level, text) => (world.log.push([["trace", "debug", "info", "warn", "error"][level], text]), 0);
export const logLevel = () => 1;
export const metric = (name, kind, value) => note("metric", name, value);

let lastCall = 0;
export function defer(document, label) {
  working();
  world.calls.set(++lastCall, JSON.parse(document));
  return lastCall;
}
export function send(id) {
  const call = world.calls.get(id);
  world.calls.delete(id);
  world.requests.push(call);
  const { status, body } = world.reply(call);
  const text = body === undefined ? undefined : typeof body === "string" && call.url ? body : JSON.stringify(body);
  const json = call.url ? `{"content-type":"application/json"}\n${text ?? ""}` : text;
  return Promise.resolve(Object.assign(Object.create(Frame), { kind: 2, status, json }));
}
export const post = (document) => (working(), world.requests.push(JSON.parse(document)), 0);

export const timer = (high, low, delay, period) => (working(), world.timers.set(tag(high, low), { due: world.now + Number(delay), period: Number(period) }), 0);
export const timerOff = (high, low) => (working(), world.timers.delete(tag(high, low)) ? 0 : -4);

export const kvGet = (key) => working().get(key) ?? -4;
export const kvPut = (key, value) => (working().set(key, value), 0);
export const kvVersion = (key) => (working().has(key) ? BigInt(hash(working().get(key))) : -4n);
export function kvSwap(key, value, version) {
  const now = kvVersion(key);
  if ((now < 0n ? 0n : now) !== version) return -6;
  return kvPut(key, value);
}
export const kvDelete = (key) => (working().delete(key) ? 0 : -4);
export function kvAdd(key, delta) {
  const sum = Number(working().get(key) ?? 0) + Number(delta);
  working().set(key, String(sum));
  return [0, sum];
}
export const kvList = (prefix, after) => [...working().keys()].filter((key) => key.startsWith(prefix) && key > after).sort();

function hash(text) {
  let h = 1;
  for (const c of text) h = (Math.imul(h, 31) + c.codePointAt(0)) >>> 0;
  return h || 1;
}

export const gateway = (shard, op, d) => note("gateway", op, JSON.parse(d));
export const publish = (topic, body) => note("publish", topic, JSON.parse(body));
export const random = (n) => randomFillSync(new Uint8Array(n)).buffer;
export const encode = (text) => new TextEncoder().encode(text).buffer;
export const decode = (buffer) => new TextDecoder().decode(buffer);
export const reserve = () => 0;
export const limit = () => undefined;
