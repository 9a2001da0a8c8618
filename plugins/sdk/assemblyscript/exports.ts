// What the host calls: see docs/abi.md. It is an entry of the module beside the plugin's own file.

import { Ctx } from "./ctx";
import * as host from "./host";
import { JSON, forget } from "./json";
import { place } from "./place";
import * as registry from "./registry";
import { Bytes, unescape } from "./text";

let buffer: usize = 0;
let room: i32 = 0;
let document: usize = 0;
let manifest: Bytes | null = null;

export function shard_abi_1(): void {}

export function shard_buffer(min: i32): i64 {
  if (min > room) {
    if (buffer) heap.free(buffer);
    room = min < 16384 ? 16384 : (min + 0xffff) & ~0xffff;
    buffer = heap.alloc(room);
  }
  return (i64(buffer) << 32) | i64(room);
}

export function shard_manifest(): i64 {
  const m = new Bytes(registry.manifest());
  manifest = m;
  return (i64(m.at) << 32) | i64(m.length);
}

export function shard_init(length: i32): i32 {
  document = heap.alloc(length); // for the life of the instance
  memory.copy(document, buffer, length);
  memory.fill(frame, 0, 48);
  const c = new Ctx(frame);
  registry.start(new JSON(document, document + length), c);
  return end(c);
}
const frame: usize = memory.data(48, 8); // of no event

/** How much of frames may pass before memory is collected. */
const COLLECT: i32 = 256 << 10;
let passed: i32 = 0;

export function shard_batch(length: i32, count: i32): i32 {
  let at = buffer;
  for (let i = 0; i < count; i++) {
    const size = load<u32>(at);
    const c = new Ctx(at);
    give(c, at, size);
    if (c.failure != "") return end(c);
    host.done(i + 1);
    forget();
    at += size;
  }
  // Nothing of a plugin is on the stack now, so what no variable holds can go.
  passed += length;
  if (passed > COLLECT) {
    passed = 0;
    __collect();
  }
  return 0;
}

function give(c: Ctx, at: usize, size: u32): void {
  const nameLength = load<u32>(at, 36);
  const bodyLength = load<u32>(at, 40);
  const from = at + 48 + nameLength;
  const body = new JSON(from, from + bodyLength);
  const name = unescape(at + 48, from, false);
  switch (load<u16>(at, 4)) {
    case 1: {
      const end = (48 + nameLength + bodyLength + 7) & ~7;
      return registry.dispatch(c, name, body, load<u16>(at, 6) & 8 ? at + end : 0);
    }
    case 2: return registry.respond(c, name, load<i32>(at, 44), body);
    case 3: return registry.fire(c, load<u64>(at, 8));
    case 4: return registry.hear(c, true, name, body);
    case 5: return registry.hear(c, false, name, body);
  }
}

/** Tells the host how a handler has ended. */
function end(c: Ctx): i32 {
  if (c.failure == "") return 0;
  const b = new Bytes(place() + ": " + c.failure);
  host.fail(b.at, b.length);
  return host.INTERNAL;
}

export function shard_save(): i32 { return registry.save(); }

export function shard_load(schema: i32, length: i32): i32 { return registry.take(schema, buffer, length); }

/** What throw and failed checks of the language end in. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const what = message === null ? "abort" : message;
  const where = file === null ? "" : " at " + file + ":" + line.toString() + ":" + column.toString();
  const b = new Bytes(place() + ": " + what + where);
  host.fail(b.at, b.length);
  unreachable();
}
