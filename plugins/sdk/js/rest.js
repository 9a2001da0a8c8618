import { log, post } from "shardhost:host";
import { Deferred } from "./deferred.js";
import { HostError, check, need } from "./host.js";
import { registry } from "./registry.js";

// label names a call for messages. Tokens, which stand in the paths of
// interactions and webhooks, are not part of it.
function label(method, path) {
  const parts = path.split("?", 1)[0].split("/");
  if (parts.length > 3 && (parts[1] === "interactions" || parts[1] === "webhooks")) parts[3] = "...";
  return `${method} ${parts.join("/")}`;
}

/** An answer of Discord's that is none of success. */
export class DiscordError extends Error {
  constructor(call, status, body) {
    let text = `${call}: discord answered ${status}`;
    if (status < 0) text = new HostError(call, status).message;
    else if (body?.message) text += `: ${body.message}`;
    if (body?.code) text += ` (${body.code})`;
    super(text);
    this.status = status;
    this.code = body?.code;
    this.body = body;
  }
}
DiscordError.prototype.name = "DiscordError";

/** A call of Discord's REST API. */
export class Call extends Deferred {
  constructor(method, path, body, options, prototype) {
    need(typeof path === "string" && path.startsWith("/"), `rest ${method}: the path begins with /, below the API version`);
    const call = label(method, path);
    const document = { method, path: options?.query ? withQuery(path, options.query) : path };
    if (body !== undefined) document.body = body;
    if (options?.reason) document.reason = options.reason;
    if (options?.resend) document.on_uncertain = "resend";
    if (options?.then !== undefined) {
      need(registry.responses.has(options.then), `rest: nothing is registered with onResponse under the name "${options.then}"`);
      document.context = `${options.then}\n${options.data ?? ""}`;
      check(call, post(JSON.stringify(document)));
      super(call);
      return;
    }
    super(call, document, false, (answer) => {
      if (answer.status >= 200 && answer.status < 300) return answer.read(prototype);
      throw new DiscordError(call, answer.status, answer.read());
    });
  }
}

function withQuery(path, query) {
  const parts = Object.entries(query).filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return parts.length ? `${path}${path.includes("?") ? "&" : "?"}${parts.join("&")}` : path;
}

/** Discord's REST API: paths as in its documentation, below the version. */
export const rest = {
  get: (path, options) => new Call("GET", path, undefined, options),
  post: (path, body, options) => new Call("POST", path, body, options),
  put: (path, body, options) => new Call("PUT", path, body, options),
  patch: (path, body, options) => new Call("PATCH", path, body, options),
  delete: (path, options) => new Call("DELETE", path, undefined, options),
};

/** Registers the handler for answers to calls that name it in `then`. */
export function onResponse(name, handler) {
  need(typeof name === "string" && name !== "" && !name.includes("\n"), "onResponse: the name must be one line of text");
  need(!registry.responses.has(name), `onResponse: another handler has the name "${name}"`);
  registry.responses.set(name, handler);
}

/** Gives an answer that nobody waits for to the handler of its name. */
export function response(frame) {
  const context = frame.name;
  const cut = context.indexOf("\n");
  const handler = cut < 0 ? undefined : registry.responses.get(context.slice(0, cut));
  if (!handler) {
    log(2, `an answer came too late for the handler that waited status=${frame.status}`);
    return;
  }
  return handler({ status: frame.status, ok: frame.status >= 200 && frame.status < 300, body: frame.read(), data: context.slice(cut + 1) }, frame);
}
