//! JSON that came from the host: the text of one value, read where it is asked and
//! nowhere else. Brackets and quotes are trusted and nothing else is checked,
//! which is what a reader of Discord's own output needs; other text gives
//! nothing, and never more than there is.

const std = @import("std");
const memory = @import("memory.zig");
const Id = @import("id.zig").Id;

/// One value. A step that leads nowhere gives the empty value, whose every reading
/// is 0, false or empty, so that no check is needed on the way.
pub const Json = struct {
    raw: []const u8 = "",

    /// Goes down into objects by a path of keys with dots between them. Of a key
    /// that stands twice the first counts.
    pub fn get(self: Json, path: []const u8) Json {
        @setRuntimeSafety(checked);
        if (indexed(self, path)) |found| return found;
        var at = self;
        var keys = std.mem.splitScalar(u8, path, '.');
        while (keys.next()) |key| {
            if (at.raw.len == 0) break;
            at = at.member(key);
        }
        return at;
    }

    fn member(self: Json, key: []const u8) Json {
        var each = self.fields();
        while (each.next()) |f| {
            if (isKey(f.name, key)) return f.value;
        }
        return .{};
    }

    /// Tells whether the value is there. null is there.
    pub fn exists(self: Json) bool {
        return self.raw.len != 0;
    }

    pub fn isNull(self: Json) bool {
        return std.mem.eql(u8, self.trim(), "null");
    }

    pub fn boolean(self: Json) bool {
        return std.mem.eql(u8, self.trim(), "true");
    }

    /// A whole number, which may be written as a string; 0 for what is none, or
    /// does not fit.
    pub fn int(self: Json) i64 {
        return std.fmt.parseInt(i64, self.plain(), 10) catch 0;
    }

    pub fn float(self: Json) f64 {
        return std.fmt.parseFloat(f64, self.plain()) catch 0;
    }

    /// Permissions, of which there are more than fit into 32 bits.
    pub fn bits(self: Json) u64 {
        return std.fmt.parseInt(u64, self.plain(), 10) catch 0;
    }

    pub fn id(self: Json) Id {
        return Id.parse(self.plain());
    }

    /// The text of a string with its escapes resolved, and any other value as it
    /// is written. null and nothing are "". It lives until the handler returns.
    pub fn text(self: Json) []const u8 {
        @setRuntimeSafety(checked);
        const t = self.trim();
        if (!quoted(t)) return if (std.mem.eql(u8, t, "null")) "" else t;
        const inside = t[1 .. t.len - 1];
        if (std.mem.indexOfScalar(u8, inside, '\\') == null) return inside;
        return unescape(inside, memory.alloc(u8, inside.len));
    }

    /// Tells whether it is a string with that text.
    pub fn is(self: Json, want: []const u8) bool {
        return quoted(self.trim()) and std.mem.eql(u8, self.text(), want);
    }

    /// The elements of an array.
    pub fn items(self: Json) Items {
        return .{ .rest = self.raw };
    }

    /// The fields of an object.
    pub fn fields(self: Json) Fields {
        return .{ .rest = self.raw };
    }

    /// How many elements or fields there are.
    pub fn len(self: Json) usize {
        var n: usize = 0;
        const t = self.trim();
        if (t.len > 0 and t[0] == '{') {
            var each = self.fields();
            while (each.next()) |_| n += 1;
        } else {
            var each = self.items();
            while (each.next()) |_| n += 1;
        }
        return n;
    }

    /// Writes the value as it stands, for `{f}`.
    pub fn format(self: Json, w: *std.Io.Writer) std.Io.Writer.Error!void {
        try w.writeAll(self.raw);
    }

    fn trim(self: Json) []const u8 {
        @setRuntimeSafety(checked);
        var t = self.raw;
        while (t.len > 0 and t[0] <= ' ') t = t[1..];
        while (t.len > 0 and t[t.len - 1] <= ' ') t = t[0 .. t.len - 1];
        return t;
    }

    fn plain(self: Json) []const u8 {
        const t = self.trim();
        return if (quoted(t)) t[1 .. t.len - 1] else t;
    }
};

pub const Items = struct {
    rest: []const u8,

    pub fn next(self: *Items) ?Json {
        const at = begin(self.rest, '[') orelse return null;
        const end = valueEnd(self.rest, at);
        defer self.rest = self.rest[end..];
        return .{ .raw = self.rest[at..end] };
    }
};

pub const Field = struct {
    name: []const u8, // with its escapes, as it is written
    value: Json,
};

pub const Fields = struct {
    rest: []const u8,

    pub fn next(self: *Fields) ?Field {
        @setRuntimeSafety(checked);
        const text = self.rest;
        const at = begin(text, '{') orelse return null;
        if (text[at] != '"') return null;
        const after = stringEnd(text, at + 1) orelse return null;
        const colon = blank(text, after);
        if (colon >= text.len or text[colon] != ':') return null;
        const start = blank(text, colon + 1);
        const end = valueEnd(text, start);
        self.rest = text[end..];
        return .{ .name = text[at + 1 .. after - 1], .value = .{ .raw = text[start..end] } };
    }
};

/// An array of things of one type, of the typed objects in discord.
pub fn List(comptime T: type) type {
    return struct {
        json: Json,

        const Self = @This();

        pub fn len(self: Self) usize {
            return self.json.len();
        }

        pub fn iterator(self: Self) Iterator {
            return .{ .items = self.json.items() };
        }

        pub const Iterator = struct {
            items: Items,

            pub fn next(self: *Iterator) ?T {
                return view(T, self.items.next() orelse return null);
            }
        };
    };
}

/// An object whose keys are not known before, mostly ids.
pub fn Map(comptime T: type) type {
    return struct {
        json: Json,

        const Self = @This();

        pub fn get(self: Self, key: []const u8) ?T {
            const found = self.json.member(key);
            return if (found.exists()) view(T, found) else null;
        }
    };
}

fn view(comptime T: type, json: Json) T {
    return switch (T) {
        Json => json,
        Id => json.id(),
        []const u8 => json.text(),
        i64 => json.int(),
        f64 => json.float(),
        bool => json.boolean(),
        else => .{ .json = json },
    };
}

// ---- The table of fields that the host has found.

/// The event at work. The host's table follows its frame: see docs/abi.md.
pub var now: struct {
    body: []const u8 = "",
    paths: []const []const u8 = &.{},
    table: [*]align(4) const [2]u32 = undefined,
} = .{};

fn indexed(json: Json, path: []const u8) ?Json {
    @setRuntimeSafety(checked);
    if (now.paths.len == 0 or json.raw.ptr != now.body.ptr or json.raw.len != now.body.len) return null;
    for (now.paths, now.table[0..now.paths.len]) |known, entry| {
        if (known.len != path.len or (known.ptr != path.ptr and !std.mem.eql(u8, known, path))) continue;
        const at, const size = entry;
        if (at > json.raw.len or size > json.raw.len - at) return null;
        return .{ .raw = if (size == 0) "" else json.raw[at..][0..size] };
    }
    return null;
}

// ---- Scanning. Tests check what modules do not.

const checked = @import("builtin").is_test;

const Lane = @Vector(16, u8);
const Block = [4]Lane;
const Bits = u64;

/// eql marks the bytes of a block that are c, once the bits of fold are set. Lanes
/// are compared one by one: of 64 bytes at once LLVM makes no SIMD of WebAssembly.
fn eql(block: Block, fold: u8, c: u8) Bits {
    var bits: Bits = 0;
    inline for (block, 0..) |lane, i| {
        const hits: u16 = @bitCast(lane | @as(Lane, @splat(fold)) == @as(Lane, @splat(c)));
        bits |= @as(Bits, hits) << 16 * i;
    }
    return bits;
}

/// containerEnd is behind the bracket that closes the one at the start, or the end
/// of the text.
fn containerEnd(text: []const u8, start: usize) usize {
    @setRuntimeSafety(checked);
    var inside: Bits = 0; // all: in a string
    var escaped: Bits = 0; // the lowest: behind a backslash
    var depth: usize = 0;
    var at = start;
    while (at < text.len) : (at += 64) {
        var tail: [64]u8 = undefined;
        if (text.len - at < 64) {
            @memset(&tail, 0);
            @memcpy(tail[0 .. text.len - at], text[at..]);
        }
        const bytes = if (text.len - at < 64) &tail else text[at..][0..64];
        const v: Block = .{ bytes[0..16].*, bytes[16..32].*, bytes[32..48].*, bytes[48..64].* };
        var quotes = eql(v, 0, '"');
        const escapes = eql(v, 0, '\\');
        if (escapes | escaped != 0) {
            var skip = escaped;
            escaped = 0;
            var e = escapes;
            while (e != 0) : (e &= e - 1) {
                const i: u6 = @intCast(@ctz(e));
                if (skip >> i & 1 != 0) continue;
                if (i == 63) escaped = 1 else skip |= @as(Bits, 2) << i;
            }
            quotes &= ~skip;
        }
        var in = quotes;
        inline for (.{ 1, 2, 4, 8, 16, 32 }) |shift| in ^= in << shift;
        in ^= inside;
        inside = @bitCast(@as(i64, @bitCast(in)) >> 63);
        const opens = eql(v, 0x20, '{') & ~in; // [ and { become one, ] and } another
        const closes = eql(v, 0x20, '}') & ~in;
        if (@popCount(closes) < depth) { // the end cannot be here
            depth = depth + @popCount(opens) - @popCount(closes);
            continue;
        }
        var all = opens | closes;
        while (all != 0) : (all &= all - 1) {
            const i: u6 = @intCast(@ctz(all));
            if (opens >> i & 1 != 0) depth += 1 else depth -|= 1;
            if (depth == 0) return at + i + 1;
        }
    }
    return text.len;
}

/// stringEnd is behind the quote that closes the string whose inside begins there.
fn stringEnd(text: []const u8, start: usize) ?usize {
    @setRuntimeSafety(checked);
    const Short = @Vector(16, u8);
    var at = start;
    while (true) {
        while (text.len - at >= 16) {
            const v: Short = text[at..][0..16].*;
            const quote: u16 = @bitCast(v == @as(Short, @splat('"')));
            const escape: u16 = @bitCast(v == @as(Short, @splat('\\')));
            if (quote | escape != 0) {
                at += @ctz(quote | escape);
                break;
            }
            at += 16;
        }
        while (at < text.len and text[at] != '"' and text[at] != '\\') at += 1;
        if (at >= text.len) return null;
        if (text[at] == '"') return at + 1;
        at += 2;
        if (at >= text.len) return null;
    }
}

fn blank(text: []const u8, start: usize) usize {
    @setRuntimeSafety(checked);
    var at = start;
    while (at < text.len and text[at] <= ' ') at += 1;
    return at;
}

fn valueEnd(text: []const u8, start: usize) usize {
    @setRuntimeSafety(checked);
    if (start >= text.len) return text.len;
    switch (text[start]) {
        '"' => return stringEnd(text, start + 1) orelse text.len,
        '{', '[' => return containerEnd(text, start),
        else => {
            var at = start;
            while (at < text.len and text[at] > ' ' and text[at] != ',' and text[at] != '}' and text[at] != ']') at += 1;
            return at;
        },
    }
}

/// begin is where the first or next element begins, behind a bracket or a comma.
fn begin(text: []const u8, open: u8) ?usize {
    @setRuntimeSafety(checked);
    var at = blank(text, 0);
    if (at >= text.len or (text[at] != open and text[at] != ',')) return null;
    at = blank(text, at + 1);
    return if (at < text.len and text[at] != ']' and text[at] != '}') at else null;
}

fn quoted(t: []const u8) bool {
    @setRuntimeSafety(checked);
    return t.len >= 2 and t[0] == '"' and t[t.len - 1] == '"';
}

fn isKey(name: []const u8, want: []const u8) bool {
    @setRuntimeSafety(checked);
    if (std.mem.eql(u8, name, want)) return true;
    if (name.len <= want.len or std.mem.indexOfScalar(u8, name, '\\') == null) return false;
    var buffer: [256]u8 = undefined;
    return name.len <= buffer.len and std.mem.eql(u8, unescape(name, &buffer), want);
}

/// unescape resolves escapes into to, which is as long as the text or longer. Half
/// of a surrogate pair is U+FFFD.
fn unescape(text: []const u8, to: []u8) []u8 {
    @setRuntimeSafety(checked);
    var at: usize = 0;
    var n: usize = 0;
    while (at < text.len) {
        const stop = std.mem.indexOfScalarPos(u8, text, at, '\\') orelse text.len;
        @memcpy(to[n..][0 .. stop - at], text[at..stop]);
        n += stop - at;
        at = stop + 1;
        if (at >= text.len) break;
        const e = text[at];
        at += 1;
        if (e != 'u') {
            to[n] = switch (e) {
                'b' => 8,
                'f' => 12,
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                else => e,
            };
            n += 1;
            continue;
        }
        var rune: u21 = 0xfffd;
        if (hex4(text, at)) |first| {
            at += 4;
            if (first & 0xf800 != 0xd800) rune = first;
            if (first & 0xfc00 == 0xd800 and at + 6 <= text.len and text[at] == '\\' and text[at + 1] == 'u') {
                if (hex4(text, at + 2)) |second| {
                    if (second & 0xfc00 == 0xdc00) {
                        rune = 0x10000 + ((@as(u21, first) & 0x3ff) << 10) + (second & 0x3ff);
                        at += 6;
                    }
                }
            }
        }
        n += std.unicode.utf8Encode(rune, to[n..]) catch 0;
    }
    return to[0..n];
}

fn hex4(text: []const u8, at: usize) ?u16 {
    if (at + 4 > text.len) return null;
    for (text[at..][0..4]) |c| {
        if (!std.ascii.isHex(c)) return null;
    }
    return std.fmt.parseInt(u16, text[at..][0..4], 16) catch null;
}

test "paths lead to values, or nowhere" {
    const j: Json = .{ .raw =
        \\ {"a" : {"b":[1,{"c":"x,}\"]"}],"d":"\u0041\ud83d\ude00\ud800"}, "e":null,"n":-12,"id":"9007199254740993","t":true}
    };
    const t = std.testing;
    try t.expectEqual(@as(i64, -12), j.get("n").int());
    try t.expectEqual(@as(u64, 9007199254740993), @intFromEnum(j.get("id").id()));
    try t.expectEqualStrings("A\u{1f600}\u{fffd}", j.get("a.d").text());
    try t.expect(j.get("e").isNull() and j.get("t").boolean() and !j.get("a.x.y").exists());
    var items = j.get("a.b").items();
    _ = items.next();
    try t.expectEqualStrings("x,}\"]", items.next().?.get("c").text());
    try t.expect(items.next() == null);
}

test "no text makes it read beyond its end" {
    const whole = "{\"a\":{\"b\\\\\":[1,{\"c\":\"x\\\"\\ud83d\\ude00\"}]},\"d\":[[[[{}]]]],\"e\":\"" ++ "long " ** 40 ++ "\"}";
    for (0..whole.len) |n| {
        const j: Json = .{ .raw = whole[0..n] };
        for ([_][]const u8{ "a", "a.b\\", "d", "e", "zz" }) |path| {
            _ = j.get(path).text();
            _ = j.get(path).len();
        }
    }
}
