// Text of JSON to strings: bytes of UTF-8 with escapes, which become UTF-16.

let scratch: usize = 0;
let room: usize = 0;

/** The text between two addresses with its escapes resolved. What is no UTF-8 becomes U+FFFD. */
export function unescape(at: usize, end: usize, escapes: bool = true): string {
  if (at >= end) return "";
  const most = (end - at) * 2; // no byte makes more than one unit
  if (most > room) {
    if (scratch) heap.free(scratch);
    room = most < 512 ? 512 : most;
    scratch = heap.alloc(room);
  }
  let to = scratch;
  while (at < end) {
    const c = load<u8>(at);
    if (c < 0x80) {
      at++;
      if (c == 0x5c && escapes && at < end) {
        const e = load<u8>(at++);
        let unit: u16 = e;
        switch (e) {
          case 0x6e: unit = 10; break;
          case 0x74: unit = 9; break;
          case 0x72: unit = 13; break;
          case 0x62: unit = 8; break;
          case 0x66: unit = 12; break;
          case 0x75:
            unit = hex4(at, end);
            at = at + 4 < end ? at + 4 : end;
        }
        store<u16>(to, unit);
      } else {
        store<u16>(to, c);
      }
      to += 2;
      continue;
    }
    // The length of the sequence, and the least code point that may be written so.
    let n: usize = 0;
    let least: u32 = 0;
    let point: u32 = 0;
    if (c >= 0xc2 && c < 0xe0) { n = 1; least = 0x80; point = c & 0x1f; }
    else if (c >= 0xe0 && c < 0xf0) { n = 2; least = 0x800; point = c & 0x0f; }
    else if (c >= 0xf0 && c < 0xf5) { n = 3; least = 0x10000; point = c & 0x07; }
    at++;
    let good = n > 0 && at + n <= end;
    if (good) {
      for (let i: usize = 0; i < n; i++) {
        const more = load<u8>(at + i);
        if ((more & 0xc0) != 0x80) { good = false; break; }
        point = (point << 6) | u32(more & 0x3f);
      }
    }
    if (!good || point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
      store<u16>(to, 0xfffd);
      to += 2;
      continue;
    }
    at += n;
    if (point >= 0x10000) {
      point -= 0x10000;
      store<u16>(to, u16(0xd800 + (point >> 10)));
      store<u16>(to + 2, u16(0xdc00 + (point & 0x3ff)));
      to += 4;
    } else {
      store<u16>(to, u16(point));
      to += 2;
    }
  }
  return String.UTF16.decodeUnsafe(scratch, i32(to - scratch));
}

function hex4(at: usize, end: usize): u16 {
  let n: u16 = 0;
  if (at + 4 > end) return 0xfffd;
  for (let i = 0; i < 4; i++) {
    const c = load<u8>(at + i);
    let d: u16 = 0xffff;
    if (c >= 0x30 && c <= 0x39) d = c - 0x30;
    else if ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66) d = (c | 0x20) - 0x61 + 10;
    if (d == 0xffff) return 0xfffd;
    n = (n << 4) | d;
  }
  return n;
}

/** A string as UTF-8, for the host. Halves of surrogate pairs become U+FFFD. */
export class Bytes {
  private data: ArrayBuffer;
  constructor(text: string) { this.data = String.UTF8.encode(text, false, String.UTF8.ErrorMode.REPLACE); }
  get at(): usize { return changetype<usize>(this.data); }
  get length(): i32 { return this.data.byteLength; }
}
