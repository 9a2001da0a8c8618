import { Deferred } from "./deferred.js";
import { HostError, need } from "./host.js";

/** The answer to fetch. */
class Response {
  #body;
  constructor(url, status, headers, body) {
    this.url = url;
    this.status = status;
    this.ok = status >= 200 && status < 300;
    this.headers = headers;
    this.#body = body;
  }
  async text() {
    return new TextDecoder().decode(this.#body);
  }
  async json() {
    return JSON.parse(await this.text());
  }
  async arrayBuffer() {
    return this.#body.slice().buffer;
  }
}

class Headers extends Map {
  get(name) {
    return super.get(name.toLowerCase()) ?? null;
  }
  has(name) {
    return super.has(name.toLowerCase());
  }
}

/** Calls an address of the web that the grant http names. */
export function fetch(url, { method = "GET", headers = {}, body = "", resend = false } = {}) {
  need(typeof body === "string", "fetch: the body is a text: JSON.stringify makes one of an object");
  const document = { url: String(url), method: method.toUpperCase(), headers: Object.fromEntries(headers instanceof Map ? headers : Object.entries(headers)), body };
  if (resend) document.on_uncertain = "resend";
  const call = `fetch ${document.method} ${document.url.split("?", 1)[0]}`; // what follows may be secret
  return new Deferred(call, document, true, (answer) => {
    const bytes = new Uint8Array(answer.bytes());
    const cut = bytes.indexOf(10);
    const head = new TextDecoder().decode(bytes.subarray(0, cut < 0 ? 0 : cut));
    const rest = bytes.subarray(cut + 1);
    if (answer.status < 0) {
      const error = new HostError(call, answer.status);
      try {
        error.message += `: ${JSON.parse(new TextDecoder().decode(rest)).message}`;
      } catch {} // it says no more
      throw error;
    }
    return new Response(document.url, answer.status, new Headers(Object.entries(JSON.parse(head || "{}"))), rest);
  });
}
