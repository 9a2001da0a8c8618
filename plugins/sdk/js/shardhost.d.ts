// Types of the SDK for plugins in JavaScript and TypeScript. The types of Discord's
// objects are those of discord-api-types, in discord.d.ts.
import type * as discord from "./discord";

export type * as discord from "./discord";

type Awaitable<T> = T | PromiseLike<T>;

// ---- Events ----

type Dispatches = { [P in discord.GatewayDispatchPayload as P["t"] extends `${infer Name}` ? Name : never]: P["d"] };

/** The events of Discord's gateway by their names, as handlers get them. */
export interface Events extends Omit<Dispatches, "MESSAGE_CREATE" | "MESSAGE_UPDATE" | "INTERACTION_CREATE"> {
  MESSAGE_CREATE: Dispatches["MESSAGE_CREATE"] & Message;
  MESSAGE_UPDATE: Dispatches["MESSAGE_UPDATE"] & Message;
  INTERACTION_CREATE: Interaction;
}

/** What is being handled, beside the event itself. */
export interface Context {
  /** The event's name on the wire. */
  readonly event: string;
  /** The guild, if there is one. */
  readonly guild: string | undefined;
  readonly shard: number;
  /** When the host received the event, or a timer was due. */
  readonly received: Date;
  /** A handler has had the event before and failed, or the host died. */
  readonly redelivered: boolean;
  /** Discord has sent the event again after a RESUME. */
  readonly replayed: boolean;
  /** The event as text, just as Discord sent it. */
  readonly json: string | undefined;
}

export type Handler<E> = (event: E, context: Context) => unknown;

/**
 * Registers a handler for an event by its name on the wire, as "MESSAGE_CREATE",
 * or for several by a name that ends in *, as "GUILD_ROLE_*".
 *
 * What a handler asks for takes place when it has ended well: all of it, once. When
 * it throws, none of it does, and the event is tried again.
 *
 * MESSAGE_CREATE asks for the intent MESSAGE_CONTENT, unless `content` is false.
 */
export function on<E extends keyof Events>(event: E, handler: Handler<Events[E]>, options?: { content?: boolean }): void;
export function on(event: string, handler: Handler<any>): void;

/** Asks for gateway intents beyond those that bring the events. */
export function intents(...names: string[]): void;

// ---- Messages and REST ----

/**
 * A call of Discord's REST API. Await it, and it leaves at once and gives the
 * answer; leave it, and it leaves with everything else when the handler has ended.
 */
export interface Call<T> extends Promise<T> {}

/** A text, or a message's fields. A text notifies people that it mentions, but not @everyone and roles. */
export type MessageBody = string | discord.RESTPostAPIChannelMessageJSONBody;

/** What every message can do. */
export interface MessageMethods {
  /** Answers in the same channel, shown as a reply. */
  reply(body: MessageBody): Call<Message>;
  /** Changes the message, which must be the bot's own. */
  edit(body: MessageBody): Call<Message>;
  delete(reason?: string): Call<void>;
  /** Adds a reaction of the bot's: a character, or name:id of a guild's own emoji. */
  react(emoji: string): Call<void>;
}

export type Message = discord.APIMessage & MessageMethods;
export const Message: { prototype: MessageMethods };

/** Writes a message to a channel. */
export function send(channel: string, body: MessageBody): Call<Message>;

export interface CallOptions {
  query?: Record<string, string | number | boolean | undefined>;
  /** For the guild's audit log. */
  reason?: string;
  /** The host may send the call again when it died before it knew whether the first one took effect. */
  resend?: boolean;
  /** The name of a handler of onResponse that gets the answer, even after a reload; the call cannot be awaited then. */
  then?: string;
  /** Text for that handler, at most 4000 bytes. */
  data?: string;
}

/** Discord's REST API: paths as in its documentation, below the version. */
export const rest: {
  get<T = any>(path: string, options?: CallOptions): Call<T>;
  post<T = any>(path: string, body?: unknown, options?: CallOptions): Call<T>;
  put<T = any>(path: string, body?: unknown, options?: CallOptions): Call<T>;
  patch<T = any>(path: string, body?: unknown, options?: CallOptions): Call<T>;
  delete<T = void>(path: string, options?: CallOptions): Call<T>;
};

export interface Answer {
  /** Of HTTP; negative when there was none. */
  status: number;
  ok: boolean;
  body: any;
  data: string;
}

/** Registers the handler for answers to calls that name it in `then`. */
export function onResponse(name: string, handler: (answer: Answer, context: Context) => unknown): void;

/** An answer of Discord's other than success. */
export class DiscordError extends Error {
  readonly status: number;
  readonly code: number | undefined;
  readonly body: any;
}

/** What the host has refused; `code` is a result of docs/abi.md. */
export class HostError extends Error {
  readonly code: number;
}

// ---- Interactions ----

/** A person's use of a command, a button, a menu or a form. Discord waits three seconds for the first answer. */
export interface InteractionMethods {
  /** The person. */
  readonly user: discord.APIUser;
  /** Of a button, a menu or a form. */
  readonly customId: string | undefined;
  /** What stands behind the prefix of a handler that is registered for "prefix*". */
  readonly argument: string | undefined;
  /** What was chosen in a menu. */
  readonly values: string[];
  /** What was written into a form, by custom_id. */
  readonly fields: Record<string, any>;
  /** "group name" or "name" of a subcommand. */
  readonly subcommand: string | undefined;
  /** The option that is being filled in. */
  readonly focused: { name: string; value: string } | undefined;

  /** Answers with a message. */
  reply(body: MessageBody): Call<void>;
  /** Answers with a message that only the person sees. */
  whisper(body: MessageBody): Call<void>;
  /** Says that an answer follows, with editReply. Await it where that takes longer than three seconds. */
  defer(options?: { whisper?: boolean }): Call<void>;
  /** Changes the message of the button or menu. */
  update(body: MessageBody): Call<void>;
  deferUpdate(): Call<void>;
  /** Proposes values for an option. */
  suggest(choices: (string | number | { name: string; value: string | number })[]): Call<void>;
  showModal(form: discord.APIModalInteractionResponseCallbackData): Call<void>;
  /** Answers with a callback of any type. */
  respond(type: number, data?: unknown): Call<void>;
  /** Changes the answer, or gives it after defer. */
  editReply(body: MessageBody): Call<Message>;
  deleteReply(): Call<void>;
  followUp(body: MessageBody): Call<Message>;
}

export interface Interaction<O = Record<string, any>> extends InteractionMethods {
  readonly id: string;
  readonly application_id: string;
  readonly type: number;
  readonly token: string;
  readonly guild_id?: string;
  readonly channel_id?: string;
  readonly channel?: { id: string; type: number; name?: string | null };
  readonly member?: discord.APIGuildMember & { permissions: string };
  readonly message?: Message;
  readonly locale: string;
  readonly guild_locale?: string;
  readonly app_permissions: string;
  readonly data: any;
  /** The values of the command's options, by name: ids for people, channels, roles and files, which are in data.resolved. */
  readonly options: O;
}
export const Interaction: { prototype: InteractionMethods };

interface Option<T, R extends boolean> {
  readonly type: number;
  readonly description: string;
  readonly required?: R;
  /** Only for types. */
  readonly value?: T;
}

interface OptionDetails<T, R extends boolean> {
  required?: R;
  min?: number;
  max?: number;
  choices?: readonly (T | { name: string; value: T })[];
  autocomplete?: boolean;
  channel_types?: number[];
  name_localizations?: Record<string, string>;
  description_localizations?: Record<string, string>;
}

type OptionMaker<T> = <R extends boolean = false>(description: string, details?: OptionDetails<T, R>) => Option<T, R>;

/** The kinds of options that commands have. */
export const option: {
  text: OptionMaker<string>;
  integer: OptionMaker<number>;
  number: OptionMaker<number>;
  boolean: OptionMaker<boolean>;
  /** The others are ids. */
  user: OptionMaker<string>;
  channel: OptionMaker<string>;
  role: OptionMaker<string>;
  mentionable: OptionMaker<string>;
  attachment: OptionMaker<string>;
};

type Values<O> = { [K in keyof O]: O[K] extends Option<infer T, infer R> ? (true extends R ? T : T | undefined) : never };

/** Registers a slash command. Discord learns of it by `shardhost commands sync`. */
export function command<O extends Record<string, Option<any, boolean>>>(name: string, description: string, options: O, handler: Handler<Interaction<Values<O>>>): void;
export function command(name: string, description: string, handler: Handler<Interaction<{}>>): void;
/** Registers a slash command by its definition as Discord's API takes it. */
export function command(definition: discord.RESTPostAPIApplicationCommandsJSONBody, handler: Handler<Interaction>): void;

/** Registers a handler for a button or menu by its custom_id, or for several by a prefix and *. */
export function component(customId: string, handler: Handler<Interaction>): void;

/** Registers a handler for a form by its custom_id, or for several by a prefix and *. */
export function modal(customId: string, handler: Handler<Interaction>): void;

/** Registers what proposes values for an option of a command; `focused` says which. */
export function autocomplete(command: string, handler: (interaction: Interaction, context: Context) => Awaitable<(string | number | { name: string; value: string | number })[] | void>): void;

// ---- Keys and values ----

/** The plugin's own store, which survives reloads and restarts. It needs the grant kv. A handler sees its own writes; they are kept when it has ended well. */
export const kv: {
  get(key: string): string | undefined;
  /** The value as JSON. */
  json<T = any>(key: string): T | undefined;
  /** Sets a value: a string as it is, anything else as JSON; for `ttl` milliseconds, or for ever. */
  put(key: string, value: unknown, options?: { ttl?: number }): void;
  delete(key: string): void;
  /** Adds to a number, 0 where there is none, and returns the sum. */
  add(key: string, delta?: number): number;
  /** The version of a value for `swap`; 0n where there is none. */
  version(key: string): bigint;
  /** Sets a value if it still has that version. */
  swap(key: string, version: bigint, value: unknown, options?: { ttl?: number }): boolean;
  /** The keys with a prefix, in order. */
  keys(prefix?: string): IterableIterator<string>;
};

// ---- Timers ----

/** Milliseconds, or text such as "90s", "10m", "1h30m". */
export type Time = number | string;

/** Calls a function once in each period, for the plugin as a whole, over reloads and restarts. It needs the grant timers. */
export function every(name: string, period: Time, handler: (context: Context) => unknown): void;

export interface Timer<T = any> {
  id: string;
  name: string;
  data: T;
}

/** Registers the handler of the timers that `after` sets under that name. */
export function onTimer<T = any>(name: string, handler: (timer: Timer<T>, context: Context) => unknown): void;

/** Has the handler of that name called after a time, over reloads and restarts. It needs the grants timers and kv. Returns the timer's id. */
export function after(name: string, delay: Time, data?: unknown): string;

/** Stops a timer. That it is not there any more is no error. */
export function stopTimer(id: string): void;

// ---- The plugin's life ----

/** The block config of the plugin's configuration. */
export const config: Readonly<Record<string, any>>;

/** The block secrets. */
export const secrets: Readonly<Record<string, string>>;

export const plugin: {
  readonly name: string;
  readonly lane: number;
  readonly lanes: number;
  readonly generation: number;
  readonly host: string;
  readonly grants: readonly string[];
};

/** Registers what happens when the plugin comes to life, in each lane. An error there refuses the plugin. It cannot await Discord. */
export function onStart(handler: () => unknown): void;

/** Registers what writes the plugin's variables out, as JSON: before another version takes over, at shutdown, and as often as the block checkpoint says. */
export function onSave(schema: number, handler: () => unknown): void;

/** Registers what takes them in; false starts without them. */
export function onLoad<T = any>(handler: (state: T, schema: number) => void | boolean): void;

/** Registers what happens when variables are empty although the bot's sessions go on. */
export function onColdStart(handler: (reason: "new" | "crash" | "reload" | "stale" | "schema" | "damaged", context: Context) => unknown): void;

/** Registers what happens when variables are older than the events that were handled. */
export function onStale(handler: (savedAt: Date, context: Context) => unknown): void;

/** Registers what happens when a session was lost, and events with it. */
export function onGap(handler: (gap: { shard: number; of: number; after?: number }, context: Context) => unknown): void;

// ---- Other plugins, the gateway, logs ----

/** Sends data to the plugins that subscribe to the topic. It needs the grant bus. */
export function publish(topic: string, data?: unknown): void;

/** Registers a handler for other plugins' messages; * in the topic stands for a word, at its end for any rest. */
export function onTopic<T = any>(topic: string, handler: (post: { topic: string; data: T }, context: Context) => unknown): void;

/** Changes how the bot is shown, on the shard of the event. It needs the grant gateway. */
export function setPresence(status: "online" | "dnd" | "idle" | "invisible", ...activities: { type: number; name: string; state?: string; url?: string }[]): void;

/** Asks for members of a guild, which come as GUILD_MEMBERS_CHUNK. It needs the grant gateway. */
export function requestMembers(guild: string, options?: { query?: string; limit?: number; user_ids?: string[]; presences?: boolean; nonce?: string }): void;

/** Sends a command over the gateway. */
export function gateway(op: number, d: unknown, shard?: number): void;

/** The host's log under the plugin's name: a constant message, and data behind it. console writes there too. */
export const log: Record<"debug" | "info" | "warn" | "error", (message: unknown, fields?: Record<string, unknown>) => void>;

/** Metrics, which the host shows with its own. */
export function count(name: string, n?: number): void;
export function gauge(name: string, value: number): void;
export function observe(name: string, value: number): void;

// ---- What is there without an import ----

declare global {
  var console: Record<"trace" | "debug" | "log" | "info" | "warn" | "error" | "dir", (...values: unknown[]) => void> & { assert(condition: unknown, ...values: unknown[]): void };
  /** Calls a function later. It is forgotten in a reload: what must happen anyway is set with `after`. It needs the grant timers. */
  function setTimeout(handler: (...args: any[]) => unknown, ms?: number, ...args: unknown[]): number;
  function setInterval(handler: (...args: any[]) => unknown, ms?: number, ...args: unknown[]): number;
  function clearTimeout(id: number | undefined): void;
  function clearInterval(id: number | undefined): void;
  function queueMicrotask(callback: () => void): void;
  function atob(text: string): string;
  function btoa(text: string): string;
  var crypto: { getRandomValues<T extends ArrayBufferView>(view: T): T; randomUUID(): string };
  interface WebResponse {
    readonly url: string;
    readonly status: number;
    readonly ok: boolean;
    readonly headers: ReadonlyMap<string, string>;
    text(): Promise<string>;
    json<T = any>(): Promise<T>;
    arrayBuffer(): Promise<ArrayBuffer>;
  }
  /** Calls an address of the web. It needs the grant http, which names those that may be called. */
  function fetch(url: string, options?: { method?: string; headers?: Record<string, string>; body?: string; resend?: boolean }): Promise<WebResponse>;
  var performance: { now(): number };
  class TextEncoder {
    encode(text?: string): Uint8Array;
  }
  class TextDecoder {
    constructor(encoding?: "utf-8" | "utf8");
    decode(bytes?: ArrayBuffer | ArrayBufferView): string;
  }
}
