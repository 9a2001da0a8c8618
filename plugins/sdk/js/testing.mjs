// Tests of handlers in Node.js, without the engine:
//
//   import { start } from "./shardhost/testing.mjs";
//   const bot = await start(new URL("./bot.js", import.meta.url));
//   await bot.say("!hello");
//   assert.deepEqual(bot.sent(), ["Hello, ann!"]);
import { register } from "node:module";

register("./testing-hooks.mjs", import.meta.url);

let bots = 0;

/** Starts a script as the host does. */
export async function start(script, { config = {}, secrets = {}, kv = {} } = {}) {
  const query = `?bot=${++bots}`;
  const { Frame, world } = await import(`./testing-host.mjs${query}`);
  await import(new URL(script, import.meta.url).href + query);
  const bot = new Bot(Frame, world);
  for (const [key, value] of Object.entries(kv)) world.kv.set(key, String(value));
  await bot.run(() => world.hooks.start(JSON.stringify({ config, secrets, plugin: "test", lane: 0, lanes: 1, generation: 1 })));
  return bot;
}

class Bot {
  #Frame;
  #world;
  #sequence = 0;

  constructor(Frame, world) {
    this.#Frame = Frame;
    this.#world = world;
  }

  /** Runs a handler; what it has asked for takes effect when it ends well. */
  run(handler) {
    return this.#world.frame(handler);
  }

  #deliver(frame) {
    const header = { flags: 0, shard: 0, status: 0, tag: "0".repeat(16), receivedAt: this.#world.now };
    return this.run(() => this.#world.hooks.deliver(Object.assign(Object.create(this.#Frame), header, frame)));
  }

  /** Delivers an event; it rejects when a handler fails. */
  event(name, body) {
    return this.#deliver({ kind: 1, name, json: JSON.stringify(body), guild: body.guild_id });
  }

  /** Somebody writes a message. */
  say(content, more) {
    return this.event("MESSAGE_CREATE", { id: String(++this.#sequence), guild_id: "81", channel_id: "5", author: { id: "9", username: "ann", global_name: null }, content, ...more });
  }

  #interact(type, data, more) {
    return this.event("INTERACTION_CREATE", { id: String(++this.#sequence), application_id: "3", type, token: "token", guild_id: "81", channel_id: "5", member: { user: { id: "9", username: "ann" }, roles: [] }, data, ...more });
  }

  /** Somebody uses a slash command. */
  use(name, options = {}, more) {
    return this.#interact(2, { name, type: 1, options: Object.entries(options).map(([name, value]) => ({ name, value })) }, more);
  }

  /** Somebody uses a button, or a menu with values. */
  click(custom_id, values, more) {
    return this.#interact(3, { custom_id, values }, more);
  }

  /** Somebody sends a form. */
  submit(custom_id, fields, more) {
    return this.#interact(5, { custom_id, components: Object.entries(fields).map(([custom_id, value]) => ({ type: 1, components: [{ type: 4, custom_id, value }] })) }, more);
  }

  /** Another plugin publishes. */
  publish(topic, data) {
    return this.#deliver({ kind: 5, name: topic, json: JSON.stringify(data) });
  }

  /** Prepares the answer to the next call that matches, as in answer("GET /channels/*", 404, { message: "Unknown Channel" }). */
  answer(call, status, body) {
    this.#world.answers.push({ call, status, body });
  }

  /** Lets time pass: timers that are due fire. */
  async advance(ms) {
    const end = this.#world.now + ms;
    for (;;) {
      const [next] = [...this.#world.timers].filter(([, t]) => t.due <= end).sort(([, a], [, b]) => a.due - b.due);
      if (!next) break;
      const [tag, timer] = next;
      this.#world.now = timer.due;
      if (timer.period) this.#world.timers.set(tag, { ...timer, due: timer.due + timer.period });
      else this.#world.timers.delete(tag);
      await this.#deliver({ kind: 3, tag, name: "" });
    }
    this.#world.now = end;
  }

  /** The calls that have left. */
  get requests() {
    return this.#world.requests;
  }
  /** The texts of messages and answers that have left, and forgets them. */
  sent() {
    return this.#world.requests.splice(0).map((r) => r.body?.content ?? r.body?.data?.content).filter((text) => text !== undefined);
  }
  /** Keys and values. */
  get kv() {
    return this.#world.kv;
  }
  get timers() {
    return this.#world.timers;
  }
  get log() {
    return this.#world.log;
  }
  /** What else has taken effect: [name, ...]. */
  get effects() {
    return this.#world.effects;
  }
  get manifest() {
    return JSON.parse(this.#world.hooks.manifest());
  }
}
