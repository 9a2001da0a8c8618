//! JSON to send, from values of Zig.

const std = @import("std");
const memory = @import("memory.zig");
const Id = @import("id.zig").Id;
const Json = @import("json.zig").Json;

/// Writes a value as JSON: structs are objects, whose fields that are null are
/// left out, slices and tuples are arrays, ids are strings, and a Json stands
/// there as it is. Text that is not UTF-8 gets U+FFFD.
///
///     shard.json(.{ .content = "Hello", .embeds = .{.{ .title = "x", .color = 0x5865f2 }} })
pub fn json(value: anytype) Json {
    var out: std.Io.Writer.Allocating = .init(memory.frame());
    write(&out.writer, value) catch @panic("out of memory: raise limits.memory of the plugin");
    return .{ .raw = out.written() };
}

fn write(w: *std.Io.Writer, value: anytype) std.Io.Writer.Error!void {
    const T = @TypeOf(value);
    switch (T) {
        Json => return w.writeAll(if (value.exists()) value.raw else "null"),
        Id => return w.print("\"{f}\"", .{value}),
        else => {},
    }
    switch (@typeInfo(T)) {
        .bool => try w.writeAll(if (value) "true" else "false"),
        .int, .comptime_int, .float, .comptime_float => try w.print("{d}", .{value}),
        .null => try w.writeAll("null"),
        .optional => if (value) |v| try write(w, v) else try w.writeAll("null"),
        .@"enum" => try string(w, @tagName(value)),
        .pointer => |p| {
            if (comptime isText(T)) return string(w, value);
            if (p.size == .one) return write(w, value.*);
            try w.writeByte('[');
            for (value, 0..) |item, i| {
                if (i > 0) try w.writeByte(',');
                try write(w, item);
            }
            try w.writeByte(']');
        },
        .array => try write(w, @as([]const std.meta.Elem(T), &value)),
        .@"struct" => |s| {
            try w.writeByte(if (s.is_tuple) '[' else '{');
            var any = false;
            inline for (s.fields) |f| {
                const v = @field(value, f.name);
                if (s.is_tuple or @typeInfo(f.type) != .optional or v != null) {
                    if (any) try w.writeByte(',');
                    any = true;
                    if (!s.is_tuple) {
                        try string(w, f.name);
                        try w.writeByte(':');
                    }
                    try write(w, v);
                }
            }
            try w.writeByte(if (s.is_tuple) ']' else '}');
        },
        else => @compileError(@typeName(T) ++ " cannot be written as JSON"),
    }
}

fn isText(comptime T: type) bool {
    const p = @typeInfo(T).pointer;
    if (p.size == .slice) return p.child == u8;
    return p.size == .one and @typeInfo(p.child) == .array and @typeInfo(p.child).array.child == u8;
}

fn string(w: *std.Io.Writer, text: []const u8) std.Io.Writer.Error!void {
    try w.writeByte('"');
    var at: usize = 0;
    var from: usize = 0;
    while (at < text.len) {
        const c = text[at];
        const n: usize = if (c < 0x80) 1 else std.unicode.utf8ByteSequenceLength(c) catch 0;
        const whole = n > 0 and at + n <= text.len and (n == 1 or std.unicode.utf8ValidateSlice(text[at .. at + n]));
        if (whole and c >= ' ' and c != '"' and c != '\\') {
            at += n;
            continue;
        }
        try w.writeAll(text[from..at]);
        if (!whole) {
            try w.writeAll("\u{fffd}");
        } else switch (c) {
            '\n' => try w.writeAll("\\n"),
            '\r' => try w.writeAll("\\r"),
            '\t' => try w.writeAll("\\t"),
            '"', '\\' => try w.writeAll(&.{ '\\', c }),
            else => try w.print("\\u{x:0>4}", .{c}),
        }
        at += 1;
        from = at;
    }
    try w.writeAll(text[from..]);
    try w.writeByte('"');
}

test "values become JSON" {
    const absent: ?i32 = null;
    const got = json(.{ .a = "x\"\n\xff", .b = .{ 1, true, null }, .c = Id.of(7), .d = absent, .e = @as(Json, .{ .raw = "[]" }) });
    try std.testing.expectEqualStrings("{\"a\":\"x\\\"\\n\u{fffd}\",\"b\":[1,true,null],\"c\":\"7\",\"e\":[]}", got.raw);
}
