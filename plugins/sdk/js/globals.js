// What scripts expect to be there, beyond the language itself.
import { decode, encode, random } from "shardhost:host";
import { fetch } from "./fetch.js";
import { console } from "./log.js";
import { cancel, later } from "./timer.js";

class TextEncoder {
  encoding = "utf-8";
  encode(text = "") {
    return new Uint8Array(encode(String(text)));
  }
}

class TextDecoder {
  encoding = "utf-8";
  constructor(encoding = "utf-8") {
    if (!/^utf-?8$/i.test(encoding)) throw new RangeError(`TextDecoder: ${encoding} is not there, only utf-8`);
  }
  decode(bytes = new Uint8Array()) {
    return decode(ArrayBuffer.isView(bytes) ? bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) : bytes);
  }
}

const crypto = {
  getRandomValues(view) {
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(new Uint8Array(random(view.byteLength)));
    return view;
  },
  randomUUID() {
    const b = new Uint8Array(random(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const hex = [...b].map((n) => n.toString(16).padStart(2, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  },
};

Object.assign(globalThis, {
  console,
  crypto,
  fetch,
  TextEncoder,
  TextDecoder,
  setTimeout: (call, delay, ...args) => later(call, delay, false, args),
  setInterval: (call, delay, ...args) => later(call, delay, true, args),
  clearTimeout: cancel,
  clearInterval: cancel,
});
