import { Bytes, unescape } from "./text";

/** Texts that values point into, until the handler has returned. */
const kept: Bytes[] = [];

/** Lets go of them. */
export function forget(): void { kept.length = 0; }

const SPACE: u8 = 0x20;
const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;

/**
 * One JSON value as text, read where it is asked and nowhere else: no tree is built. It is how the SDK shows events, configuration and
 * answers. A step that leads nowhere gives an empty value, whose every reading is zero or "", so that
 *
 *     e.data.get("member").get("user").get("id").id()
 *
 * needs no check on its way. Text that is not JSON gives zero values too. A value points into the frame: it is good until the handler
 * returns. Take out of it what is to be kept.
 */
export class JSON {
  constructor(
    /** Address of the first byte; 0 for a value that is not there. */
    public start: usize,
    /** Address behind the last byte. */
    public end: usize,
  ) {}

  /** A value from its text, as it may have been kept in the data of a call; good until the handler returns. */
  static parse(text: string): JSON {
    const b = new Bytes(text);
    kept.push(b);
    return new JSON(b.at, b.at + b.length);
  }

  /** The value that is not there. */
  static none(): JSON { return new JSON(0, 0); }

  /** Tells whether the value is there. null is there. */
  get exists(): bool { return this.start < this.end; }

  get isNull(): bool { return this.exists && load<u8>(this.start) == 0x6e; }
  get isObject(): bool { return this.exists && load<u8>(this.start) == 0x7b; }
  get isArray(): bool { return this.exists && load<u8>(this.start) == 0x5b; }
  get isString(): bool { return this.exists && load<u8>(this.start) == QUOTE; }

  /** Goes down into an object. Of a key that stands twice the first counts. */
  get(key: string): JSON {
    const s = new Scanner(this, 0x7b);
    while (s.next()) if (s.keyIs(key)) return s.value();
    return JSON.none();
  }

  /** Goes down several objects, the keys with dots between them: "author.id". */
  at(path: string): JSON {
    let value: JSON = this;
    let from = 0;
    while (true) {
      const dot = path.indexOf(".", from);
      value = value.get(dot < 0 ? path.substring(from) : path.substring(from, dot));
      if (dot < 0 || !value.exists) return value;
      from = dot + 1;
    }
  }

  /** Goes through an array: `for (let i = v.items(); i.next(); ) i.value()`. */
  items(): Scanner { return new Scanner(this, 0x5b); }

  /** Goes through the fields of an object; i.key() names them. */
  fields(): Scanner { return new Scanner(this, 0x7b); }

  /** The number of elements of an array. */
  get length(): i32 {
    let n = 0;
    for (let i = this.items(); i.next(); ) n++;
    return n;
  }

  /** The text of a string with its escapes resolved, and any other value as it is written. null and nothing are "". */
  str(): string {
    if (!this.exists || this.isNull) return "";
    if (this.isString) return unescape(this.start + 1, this.end - 1);
    return unescape(this.start, this.end);
  }

  /** The address of the first line feed, or the end. */
  lineEnd(): usize {
    let at = this.start;
    while (at < this.end && load<u8>(at) != 0x0a) at++;
    return at;
  }

  /** The value as it is written. */
  raw(): string { return unescape(this.start, this.end, false); }

  bool(): bool { return this.exists && load<u8>(this.start) == 0x74; }

  /** A whole number, which may be written as a string. What is not one, or does not fit, is 0. */
  int(): i64 {
    let at = this.start + usize(this.isString);
    const end = this.end - usize(this.isString);
    const negative = at < end && load<u8>(at) == 0x2d;
    if (negative) at++;
    const n = digits(at, end);
    if (negative) return n <= u64(i64.MAX_VALUE) + 1 ? -i64(n) : 0;
    return n <= u64(i64.MAX_VALUE) ? i64(n) : 0;
  }

  /** A number. What is not one is 0. */
  float(): f64 {
    const f = parseFloat(this.str());
    return isFinite(f) ? f : 0;
  }

  /** An id, which Discord writes as a string of digits. What is not one is 0. */
  id(): u64 { return digits(this.start + usize(this.isString), this.end - usize(this.isString)); }

  /** Compares a string with text, without making a string of it where it has no escapes. */
  is(text: string): bool {
    if (!this.isString) return false;
    return plain(this.start + 1, this.end - 1) ? same(this.start + 1, this.end - 1, text) : this.str() == text;
  }

  /** Tells whether a string begins with text, as the commands of people do. */
  startsWith(text: string): bool {
    if (!this.isString) return false;
    const n = text.length;
    let at = this.start + 1;
    if (at + usize(n) > this.end - 1) return false;
    for (let i = 0; i < n; i++, at++) {
      const c = load<u8>(at);
      if (c == BACKSLASH || c >= 0x80) return this.str().startsWith(text);
      if (u16(c) != u16(text.charCodeAt(i))) return false;
    }
    return true;
  }
}

/** Goes through an object or an array of text that need not be JSON: it ends where that stops making sense. */
export class Scanner {
  private at: usize;
  private end: usize;
  private object: bool;
  private keyStart: usize = 0;
  private keyEnd: usize = 0;
  private from: usize = 0;
  private to: usize = 0;
  private first: bool = true;

  constructor(v: JSON, open: u8) {
    this.end = v.end;
    this.object = open == 0x7b;
    this.at = v.start < v.end && load<u8>(v.start) == open ? v.start + 1 : v.end;
  }

  /** Moves to the next element. */
  next(): bool {
    let at = skipSpace(this.at, this.end);
    if (!this.first) {
      if (at >= this.end || load<u8>(at) != 0x2c) return this.stop();
      at = skipSpace(at + 1, this.end);
    }
    this.first = false;
    if (this.object) {
      if (at >= this.end || load<u8>(at) != QUOTE) return this.stop();
      const close = skipString(at, this.end);
      if (close == 0) return this.stop();
      this.keyStart = at + 1;
      this.keyEnd = close - 1;
      at = skipSpace(close, this.end);
      if (at >= this.end || load<u8>(at) != 0x3a) return this.stop();
      at = skipSpace(at + 1, this.end);
    }
    const to = skipValue(at, this.end);
    if (to <= at) return this.stop();
    this.from = at;
    this.to = to;
    this.at = to;
    return true;
  }

  private stop(): bool {
    this.at = this.end;
    this.first = false;
    this.from = this.to = 0;
    return false;
  }

  /** The value in hand. */
  value(): JSON { return new JSON(this.from, this.to); }

  /** The key in hand. */
  key(): string { return unescape(this.keyStart, this.keyEnd); }

  keyIs(key: string): bool {
    return plain(this.keyStart, this.keyEnd) ? same(this.keyStart, this.keyEnd, key) : this.key() == key;
  }
}

function digits(at: usize, end: usize): u64 {
  let n: u64 = 0;
  if (at >= end) return 0;
  for (; at < end; at++) {
    const d = u64(load<u8>(at)) - 0x30;
    if (d > 9 || n > (u64.MAX_VALUE - d) / 10) return 0;
    n = n * 10 + d;
  }
  return n;
}

/** Tells whether bytes are ASCII without escapes. */
function plain(at: usize, end: usize): bool {
  for (; at < end; at++) {
    const c = load<u8>(at);
    if (c == BACKSLASH || c >= 0x80) return false;
  }
  return true;
}

/** Compares ASCII with a string. */
function same(at: usize, end: usize, text: string): bool {
  const n = text.length;
  if (end - at != usize(n)) return false;
  for (let i = 0; i < n; i++) if (u16(load<u8>(at + i)) != u16(text.charCodeAt(i))) return false;
  return true;
}

function skipSpace(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) <= SPACE) at++;
  return at;
}

/** The end of the string that begins at a quote; 0 when it has none. */
function skipString(at: usize, end: usize): usize {
  for (at++; at < end; at++) {
    const c = load<u8>(at);
    if (c == QUOTE) return at + 1;
    if (c == BACKSLASH) at++;
  }
  return 0;
}

/** The end of a value; at or 0 where there is none. */
function skipValue(at: usize, end: usize): usize {
  if (at >= end) return 0;
  const first = load<u8>(at);
  if (first == QUOTE) return skipString(at, end);
  if (first != 0x7b && first != 0x5b) {
    while (at < end) {
      const c = load<u8>(at);
      if (c <= SPACE || c == 0x2c || c == 0x5d || c == 0x7d || c == 0x3a || c == QUOTE) break;
      at++;
    }
    return at;
  }
  let depth = 0;
  while (at < end) {
    const c = load<u8>(at);
    if (c == QUOTE) {
      at = skipString(at, end);
      if (at == 0) return 0;
      continue;
    }
    if (c == 0x7b || c == 0x5b) depth++;
    if (c == 0x7d || c == 0x5d) {
      depth--;
      if (depth == 0) return at + 1;
    }
    at++;
  }
  return 0;
}
