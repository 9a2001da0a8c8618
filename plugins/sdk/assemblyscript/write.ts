/**
 * Writes a JSON object: `new Body().text("content", "hi").int("flags", 64).end()`. Keys are written as they are given.
 */
export class Body {
  private out: string = "{";

  private key(name: string): void {
    if (this.out.length > 1) this.out += ",";
    this.out += quoted(name) + ":";
  }

  text(name: string, value: string): Body { this.key(name); this.out += quoted(value); return this; }
  int(name: string, value: i64): Body { this.key(name); this.out += value.toString(); return this; }
  float(name: string, value: f64): Body { this.key(name); this.out += isFinite(value) ? value.toString() : "null"; return this; }
  bool(name: string, value: bool): Body { this.key(name); this.out += value ? "true" : "false"; return this; }

  /** An id, which Discord writes as a string. */
  id(name: string, value: u64): Body { this.key(name); this.out += '"' + value.toString() + '"'; return this; }

  /** A value that is JSON already. */
  json(name: string, value: string): Body { this.key(name); this.out += value; return this; }

  /** The object. */
  end(): string { return this.out + "}"; }
}

/** An array of values that are JSON already. */
export function list(values: string[]): string { return "[" + values.join(",") + "]"; }

/** Text as a string of JSON. */
export function quoted(text: string): string {
  let from = 0;
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0x20 && c != 0x22 && c != 0x5c) continue;
    out += text.substring(from, i);
    from = i + 1;
    if (c == 0x22) out += '\\"';
    else if (c == 0x5c) out += "\\\\";
    else if (c == 10) out += "\\n";
    else if (c == 13) out += "\\r";
    else if (c == 9) out += "\\t";
    else out += "\\u00" + (c < 16 ? "0" : "") + c.toString(16);
  }
  return out + text.substring(from) + '"';
}
