import * as host from "./host";
import { current } from "./ctx";
import { Bytes, unescape } from "./text";

// The plugin's own keys and values, kept by the host. What a handler writes is committed with its event, and it sees it at once. A
// refusal makes the handler fail.

let buffer: usize = 0;
let room: i32 = 0;

/** The value of a key; null when there is none. */
export function get(key: string): string | null {
  const k = new Bytes(key);
  if (!room) grow(256);
  let n = host.kv_get(k.at, k.length, buffer, room);
  if (n > room) {
    grow(n);
    n = host.kv_get(k.at, k.length, buffer, room);
  }
  if (n == host.NOT_FOUND) return null;
  if (!current().check(n, "kv_get " + key)) return null;
  return unescape(buffer, buffer + n, false);
}

/** Writes a key; ttl in milliseconds, 0 keeps it for ever. */
export function put(key: string, value: string, ttl: i64 = 0): void {
  const k = new Bytes(key);
  const v = new Bytes(value);
  current().check(host.kv_put(k.at, k.length, v.at, v.length, ttl), "kv_put " + key);
}

/** Removes a key; that there is none is no error. */
export function remove(key: string): void {
  const k = new Bytes(key);
  const code = host.kv_del(k.at, k.length);
  if (code != host.NOT_FOUND) current().check(code, "kv_del " + key);
}

/** Adds to a number and returns the sum. A key that is not there is 0. */
export function add(key: string, delta: i64 = 1): i64 {
  const k = new Bytes(key);
  store<i64>(sum, 0);
  current().check(host.kv_add(k.at, k.length, delta, sum), "kv_add " + key);
  return load<i64>(sum);
}
const sum: usize = memory.data(8, 8);

/** The number at a key, 0 when there is none or it is no number. */
export function int(key: string): i64 {
  const text = get(key);
  return text === null ? 0 : I64.parseInt(text);
}

/** A version for swap; 0 when there is no such key. */
export function version(key: string): u64 {
  const k = new Bytes(key);
  const v = host.kv_version(k.at, k.length);
  if (v == i64(host.NOT_FOUND)) return 0;
  current().check(v < 0 ? i32(v) : 0, "kv_version " + key);
  return v < 0 ? 0 : u64(v);
}

/** Writes a key only while its version is still that one, 0: while there is no such key. Tells whether it did. */
export function swap(key: string, version: u64, value: string, ttl: i64 = 0): bool {
  const code = swapRaw(key, version, value, ttl);
  return code != host.EXISTS && current().check(code, "kv_cas " + key);
}

export function swapRaw(key: string, version: u64, value: string, ttl: i64): i32 {
  const k = new Bytes(key);
  const v = new Bytes(value);
  return host.kv_cas(k.at, k.length, version, v.at, v.length, ttl);
}

/** Keys that begin with prefix, in order, those after `after` only: up to some hundred. "" at the end. */
export function list(prefix: string, after: string = ""): string[] {
  const p = new Bytes(prefix);
  const a = new Bytes(after);
  const keys: string[] = [];
  if (room < 8192) grow(8192);
  const n = host.kv_list(p.at, p.length, a.at, a.length, buffer, room);
  if (!current().check(n, "kv_list " + prefix)) return keys;
  let at = buffer;
  while (at < buffer + n) {
    const length = load<u32>(at);
    keys.push(unescape(at + 4, at + 4 + length, false));
    at += 4 + length;
  }
  return keys;
}

function grow(n: i32): void {
  if (buffer) heap.free(buffer);
  room = n;
  buffer = heap.alloc(n);
}
