import * as host from "./host";
import { JSON } from "./json";
import { Message, messageBody } from "./message";
import { hasResponse, timerNamed } from "./registry";
import { timerKey } from "./timer";
import { Bytes } from "./text";
import { Body, quoted } from "./write";
import * as kv from "./kv";

/**
 * What a handler has in hand. What it asks for takes place when it has returned, all of it and exactly once; a call that the host
 * refuses makes the handler fail, and then nothing of it takes place. So no call has to be checked.
 */
export class Ctx {
  /** Why the handler fails; "" while it does not. A handler that knows better than the host may clear it. */
  failure: string = "";

  constructor(
    private frame: usize,
  ) {}

  /** The guild that the frame belongs to, 0 in a direct message. */
  get guild(): u64 { return load<u64>(this.frame, 16); }
  get shard(): u32 { return load<u16>(this.frame, 32); }
  /** Unix milliseconds of the frame's arrival. It is the clock that a test controls. */
  get received(): i64 { return load<i64>(this.frame, 24) / 1_000_000; }
  /** Tells whether the frame was given to the plugin before. */
  get redelivered(): bool { return (load<u16>(this.frame, 6) & 1) != 0; }

  /** Makes the handler fail: its event is tried again, and at last kept as a dead letter. */
  fail(text: string): void { if (this.failure == "") this.failure = text; }

  /** Answers a message in its channel. The person is notified; @everyone and roles in text are not. */
  reply(m: Message, text: string): void {
    const reference = '{"fail_if_not_exists":false,"message_id":"' + m.id.toString() + '"}';
    this.rest("POST", "/channels/" + m.channelId.toString() + "/messages", messageBody(text).json("message_reference", reference).end());
  }

  /** Writes a message to a channel. People mentioned in text are notified; @everyone and roles are not. */
  send(channel: u64, text: string): void {
    this.rest("POST", "/channels/" + channel.toString() + "/messages", messageBody(text).end());
  }

  /**
   * Asks for a call of Discord's REST API, which the host makes when the handler has returned. body is JSON, "" for none; see Body. The
   * answer goes to the handler that onResponse has registered under the name `then`, with data, even when the plugin is another by
   * then. reason is for the audit log. With resend the host sends the request again when it died before it knew whether the first one
   * took effect; GET, PUT and DELETE it always does, and messages are never doubled.
   */
  rest(method: string, path: string, body: string = "", then: string = "", data: string = "", reason: string = "", resend: bool = false): void {
    const document = new Body().text("method", method).text("path", path);
    if (body != "") document.json("body", body);
    if (reason != "") document.text("reason", reason);
    let tag: u64 = 0;
    if (then != "") {
      if (!hasResponse(then)) return this.fail("rest: nothing is registered with onResponse under the name " + quoted(then));
      document.text("context", then + "\n" + data);
      tag = ++lastTag;
    }
    if (resend) document.text("on_uncertain", "resend");
    const b = new Bytes(document.end());
    this.check(host.rest(tag, b.at, b.length), "rest " + method + " " + withoutToken(path));
  }

  /**
   * Calls an address of the web, other than Discord, once the handler has returned. The answer goes to the handler that onResponse has
   * registered under the name `then`, with data. headers is a JSON object of strings, "" for none: see Body. It needs the grant http.
   */
  fetch(url: string, then: string = "", data: string = "", method: string = "GET", body: string = "", headers: string = ""): void {
    const document = new Body().text("method", method).text("url", url);
    if (body != "") document.text("body", body);
    if (headers != "") document.json("headers", headers);
    let tag: u64 = 0;
    if (then != "") {
      if (!hasResponse(then)) return this.fail("fetch: nothing is registered with onResponse under the name " + quoted(then));
      document.text("context", WEB + then + "\n" + data);
      tag = ++lastTag;
    }
    const b = new Bytes(document.end());
    this.check(host.fetch(tag, b.at, b.length), "fetch " + method + " " + url.split("?")[0]);
  }

  /** Has the handler that onTimer has registered under that name called after some milliseconds, with data. It survives restarts. */
  after(name: string, ms: i64, data: string = ""): void {
    const t = timerNamed(name);
    if (t === null) return this.fail("timer " + name + ": nothing is registered with onTimer under that name");
    for (let low = u32(this.received) ^ u32(load<u64>(this.frame, 8)); ; low = low * 1664525 + 1013904223) {
      const tag = (u64(t.hash) << 32) | u64(low | 1);
      const key = timerKey(tag);
      const code = kv.swapRaw(key, 0, data, 0);
      if (code == host.EXISTS) continue;
      this.check(code, "kv_cas " + key);
      if (code >= 0) this.check(host.timer(tag, ms < 0 ? 0 : ms, 0), "timer " + name);
      return;
    }
  }

  /** Publishes a message for other plugins. */
  publish(topic: string, body: string): void {
    const t = new Bytes(topic);
    const b = new Bytes(body);
    this.check(host.publish(t.at, t.length, b.at, b.length), "publish " + topic);
  }

  /** Sends a gateway command: 3 presence, 4 voice state, 8 members. data is JSON; shard -1 is that of the frame. */
  gateway(op: i32, data: string, shard: i32 = -1): void {
    const b = new Bytes(data);
    this.check(host.gateway(shard, op, b.at, b.length), "gateway op " + op.toString());
  }

  /** Makes the handler fail where the host has refused something. */
  check(code: i32, what: string): bool {
    if (code >= 0) return true;
    this.fail(what + ": " + host.meaning(code));
    return false;
  }
}

let inHand: Ctx | null = null;

/** The context of the handler that runs. */
export function current(): Ctx { return inHand!; }

/** Notes which handler runs. */
export function hold(c: Ctx): void { inHand = c; }

let lastTag: u64 = 0;

/** The path without what is secret in it: tokens of interactions and webhooks. */
function withoutToken(path: string): string {
  const parts = path.split("?")[0].split("/");
  if (parts.length > 3 && (parts[1] == "interactions" || parts[1] == "webhooks")) parts[3] = "...";
  return parts.join("/");
}

/** What a context begins with whose answer has headers before its body. */
export const WEB = "\u0001";

/** The answer to a call. */
export class Response {
  /** Of a call of the web, an object whose names are in lower case. */
  headers: JSON = JSON.none();

  constructor(
    /** HTTP status, or negative when there was no answer. */
    public status: i32,
    public body: JSON,
    /** What rest was given. */
    public data: string,
  ) {}

  get ok(): bool { return this.status >= 200 && this.status < 300; }

  /** What went wrong, in Discord's words where there are any; "" when nothing did. */
  get problem(): string {
    if (this.ok) return "";
    if (this.status < 0) return "the call failed: " + host.meaning(this.status);
    if (this.headers.exists) return "the web answered " + this.status.toString();
    const message = this.body.get("message").str();
    return "discord answered " + this.status.toString() + (message != "" ? ": " + message : "");
  }
}
