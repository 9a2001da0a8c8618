import { Ctx, Response, WEB, hold } from "./ctx";
import * as host from "./host";
import { Interaction, Option } from "./interaction";
import { JSON } from "./json";
import * as kv from "./kv";
import { Event, Message, MESSAGE_FIELDS } from "./message";
import { enter } from "./place";
import { Bytes, unescape } from "./text";
import { Timer, timerKey } from "./timer";
import { Body, list, quoted } from "./write";

// What a plugin has registered. Its top-level code runs once, before everything else, and calls these.

class EventHandler {
  constructor(public kind: string, public pattern: string, public call: (c: Ctx, e: Event) => void) {}
  matches(name: string): bool {
    return this.pattern.endsWith("*") ? name.startsWith(this.pattern.substring(0, this.pattern.length - 1)) : this.pattern == name;
  }
}
class MessageHandler { constructor(public call: (c: Ctx, m: Message) => void) {} }
class InteractionHandler {
  constructor(public kind: string, public type: i32, public name: string, public definition: string, public call: (c: Ctx, i: Interaction) => void) {}
}
class ResponseHandler { constructor(public name: string, public call: (c: Ctx, r: Response) => void) {} }
export class TimerHandler {
  hash: u32;
  period: i64 = 0;
  constructor(public name: string, public call: (c: Ctx, t: Timer) => void) { this.hash = fnv32(name); }
}
class NamedHandler { constructor(public name: string, public call: (c: Ctx, name: string, body: JSON) => void) {} }

const events: EventHandler[] = [];
const messages: MessageHandler[] = [];
const interactions: InteractionHandler[] = [];
const responses: ResponseHandler[] = [];
const timers: TimerHandler[] = [];
const controls: NamedHandler[] = [];
const topics: NamedHandler[] = [];
const intents: string[] = [];
let starting: ((c: Ctx) => void) | null = null;
let saving: (() => i32) | null = null;
let saved: (() => string) | null = null;
let schemaOfSave: i32 = 0;
let loading: ((schema: i32, state: string) => bool) | null = null;
let refusal = "";

/** Registers a handler for an event by its name on the wire, or for several by a name that ends in *, as GUILD_MEMBER_*. */
export function on(name: string, handler: (c: Ctx, e: Event) => void): void { events.push(new EventHandler("on", name, handler)); }

/** Registers a handler for new messages, the bot's own among them. It asks for the intent MESSAGE_CONTENT. */
export function onMessage(handler: (c: Ctx, m: Message) => void): void {
  requireIntent("MESSAGE_CONTENT");
  messages.push(new MessageHandler(handler));
}

/** Registers a slash command: its name in lower case, what people read about it, its handler and its options. */
export function command(name: string, description: string, handler: (c: Ctx, i: Interaction) => void, options: Option[] = []): void {
  for (let i = 0; i < interactions.length; i++) {
    if (interactions[i].type == 2 && interactions[i].name == name) refuse("command: another one has the name " + name);
  }
  const definition = new Body().text("name", name).text("description", description).int("type", 1);
  if (options.length > 0) definition.json("options", list(options.map<string>(o => o.definition())));
  interactions.push(new InteractionHandler("command", 2, name, definition.end(), handler));
}

/** Registers a handler for buttons and menus whose custom_id is that, or begins so where it ends in *. */
export function onComponent(customId: string, handler: (c: Ctx, i: Interaction) => void): void {
  interactions.push(new InteractionHandler("onComponent", 3, customId, "", handler));
}

/** Registers a handler for forms whose custom_id is that, or begins so where it ends in *. */
export function onForm(customId: string, handler: (c: Ctx, i: Interaction) => void): void {
  interactions.push(new InteractionHandler("onForm", 5, customId, "", handler));
}

/** Registers the handler for answers to calls that name it. */
export function onResponse(name: string, handler: (c: Ctx, r: Response) => void): void {
  if (hasResponse(name)) refuse("onResponse: another handler has the name " + quoted(name));
  responses.push(new ResponseHandler(name, handler));
}

/** Registers the handler of the timers that Ctx.after sets under that name. */
export function onTimer(name: string, handler: (c: Ctx, t: Timer) => void): void {
  if (timerNamed(name) !== null) refuse("onTimer: another handler has the name " + quoted(name));
  timers.push(new TimerHandler(name, handler));
  firing = fireTimer;
}

/** Calls a handler once in each period of milliseconds, for the plugin as a whole. The period runs on over reloads and restarts. */
export function every(name: string, ms: i64, handler: (c: Ctx, t: Timer) => void): void {
  onTimer(name, handler);
  if (ms < 100) refuse("every " + name + ": the period must be 100 ms or more");
  timers[timers.length - 1].period = ms;
  arm = armPeriodic;
}

/** Registers a handler that runs at the start of each instance. */
export function onStart(handler: (c: Ctx) => void): void { starting = handler; }

/** Registers a handler for messages of other plugins on that topic, or on those that begin so where it ends in *. */
export function onTopic(topic: string, handler: (c: Ctx, topic: string, body: JSON) => void): void { topics.push(new NamedHandler(topic, handler)); }

/** Registers a handler for the host's words: cold, stale or gap. */
export function onControl(name: string, handler: (c: Ctx, name: string, body: JSON) => void): void { controls.push(new NamedHandler(name, handler)); }

/** Registers what writes the plugin's variables out, for a reload or a shutdown. schema numbers the form. */
export function onSave(schema: i32, save: () => string): void {
  schemaOfSave = schema;
  saved = save;
  saving = () => {
    const b = new Bytes(saved!());
    return host.state_write(schemaOfSave, b.at, b.length);
  };
}

/** Registers what takes in what onSave has written, before the first event. It returns false for a form that it cannot read. */
export function onLoad(load: (schema: i32, state: string) => bool): void { loading = load; }

/** Asks for a gateway intent beyond those that bring the events. */
export function requireIntent(name: string): void { if (!intents.includes(name)) intents.push(name); }

function refuse(text: string): void { if (refusal == "") refusal = text; }

export function hasResponse(name: string): bool {
  for (let i = 0; i < responses.length; i++) if (responses[i].name == name) return true;
  return false;
}

export function timerNamed(name: string): TimerHandler | null {
  for (let i = 0; i < timers.length; i++) if (timers[i].name == name) return timers[i];
  return null;
}

// What follows is for exports.ts.

let configuration: JSON = new JSON(0, 0);

/** The keys of the block `config`. */
export function config(): JSON { return configuration.get("config"); }
/** A secret of the block `secrets`, "" when there is none. */
export function secret(name: string): string { return configuration.get("secrets").get(name).str(); }
/** Which of how many instances this is: a guild always meets the same one. */
export function lane(): i32 { return i32(configuration.get("lane").int()); }

let arm: ((c: Ctx) => void) | null = null;

function armPeriodic(c: Ctx): void {
  if (lane() != 0) return;
  for (let i = 0; i < timers.length; i++) {
    const t = timers[i];
    if (t.period > 0) c.check(host.timer(u64(t.hash) << 32, t.period, t.period), "timer " + t.name);
  }
}

/** Starts the plugin with the init document. */
export function start(document: JSON, c: Ctx): void {
  configuration = document;
  hold(c);
  enter("start");
  if (refusal != "") c.fail(refusal);
  if (arm !== null) arm!(c);
  if (starting !== null) starting!(c);
}

/** Gives an event to its handlers, until one fails. */
export function dispatch(c: Ctx, name: string, body: JSON, table: usize): void {
  hold(c);
  if (name == "MESSAGE_CREATE" && messages.length > 0) {
    enter("onMessage");
    const m = new Message(name, body, table);
    for (let i = 0; i < messages.length && c.failure == ""; i++) messages[i].call(c, m);
  }
  if (name == "INTERACTION_CREATE" && interactions.length > 0) interact(c, name, body);
  for (let i = 0; i < events.length && c.failure == ""; i++) {
    if (!events[i].matches(name)) continue;
    enter("on " + events[i].pattern);
    events[i].call(c, new Event(name, body, 0));
  }
}

function interact(c: Ctx, name: string, body: JSON): void {
  const i = new Interaction(name, body);
  i.ctx = c;
  const type = i.type;
  const subject = i.subject;
  for (let n = 0; n < interactions.length && c.failure == ""; n++) {
    const h = interactions[n];
    if (h.type != type || !named(h.name, subject)) continue;
    enter(h.kind + " " + h.name);
    h.call(c, i);
  }
}

function named(pattern: string, name: string): bool {
  return pattern.endsWith("*") ? name.startsWith(pattern.substring(0, pattern.length - 1)) : pattern == name;
}

/** Gives the answer of a call to its handler. */
export function respond(c: Ctx, context: string, status: i32, body: JSON): void {
  hold(c);
  const cut = context.indexOf("\n");
  let name = cut < 0 ? context : context.substring(0, cut);
  const response = new Response(status, body, cut < 0 ? "" : context.substring(cut + 1));
  if (name.startsWith(WEB)) {
    name = name.substring(WEB.length);
    response.headers = new JSON(body.start, body.lineEnd());
    response.body = new JSON(min(body.lineEnd() + 1, body.end), body.end);
  }
  for (let i = 0; i < responses.length; i++) {
    if (responses[i].name != name) continue;
    enter("onResponse " + name);
    responses[i].call(c, response);
  }
}

// What only some plugins need is reached through variables: a function that no variable is set to is not compiled, and what it
// imports needs no grant.
let firing: ((c: Ctx, tag: u64) => void) | null = null;

/** Calls the handler of a timer that is due. */
export function fire(c: Ctx, tag: u64): void {
  hold(c);
  if (firing !== null) firing!(c, tag);
}

function fireTimer(c: Ctx, tag: u64): void {
  for (let i = 0; i < timers.length; i++) {
    const t = timers[i];
    if (t.hash != u32(tag >> 32)) continue;
    enter("timer " + t.name);
    if (t.period > 0) return t.call(c, new Timer(t.name, ""));
    const key = timerKey(tag);
    const data = kv.get(key);
    if (data === null) return; // stopped in the moment it was due
    kv.remove(key);
    if (c.failure == "") t.call(c, new Timer(t.name, data));
  }
}

/** Gives the words of the host, or of another plugin, to their handlers. */
export function hear(c: Ctx, control: bool, name: string, body: JSON): void {
  hold(c);
  const all = control ? controls : topics;
  for (let i = 0; i < all.length && c.failure == ""; i++) {
    if (!named(all[i].name, name)) continue;
    enter((control ? "onControl " : "onTopic ") + all[i].name);
    all[i].call(c, name, body);
  }
}

export function save(): i32 {
  enter("onSave");
  return saving === null ? 0 : saving!();
}

export function take(schema: i32, at: usize, length: i32): i32 {
  enter("onLoad");
  if (loading === null) return host.UNSUPPORTED;
  return loading!(schema, unescape(at, at + length, false)) ? 0 : host.UNSUPPORTED;
}

/** What the host should know of the plugin, as JSON. */
export function manifest(): string {
  const names: string[] = [];
  for (let i = 0; i < events.length; i++) if (!names.includes(events[i].pattern)) names.push(events[i].pattern);
  const body = new Body().text("sdk", "assemblyscript/1.0.0");
  if (messages.length > 0) {
    if (!names.includes("MESSAGE_CREATE")) names.push("MESSAGE_CREATE");
    body.json("fields", new Body().json("MESSAGE_CREATE", list(MESSAGE_FIELDS.map<string>(f => quoted(f)))).end());
  }
  if (interactions.length > 0 && !names.includes("INTERACTION_CREATE")) names.push("INTERACTION_CREATE");
  const commands: string[] = [];
  for (let i = 0; i < interactions.length; i++) if (interactions[i].type == 2) commands.push(interactions[i].definition);
  const words: string[] = [];
  for (let i = 0; i < controls.length; i++) words.push(controls[i].name);
  return body.json("events", list(names.map<string>(n => quoted(n)))).json("intents", list(intents.map<string>(n => quoted(n))))
    .json("commands", list(commands)).json("control", list(words.map<string>(n => quoted(n)))).end();
}

/** FNV-1a of the UTF-8 of a name. */
function fnv32(name: string): u32 {
  const b = new Bytes(name);
  let h: u32 = 2166136261;
  for (let i = 0; i < b.length; i++) h = (h ^ u32(load<u8>(b.at + i))) * 16777619;
  return h;
}
