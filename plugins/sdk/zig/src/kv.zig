//! The plugin's own store of keys and values, which needs the grant kv. A handler
//! sees its own writes; they are kept when it has returned without an error.

const std = @import("std");
const host = @import("host.zig").calls;
const memory = @import("memory.zig");
const failure = @import("failure.zig");
const Error = failure.Error;

/// The value of a key, null when there is none.
pub fn get(key: []const u8) Error!?[]const u8 {
    var buffer = memory.alloc(u8, 256);
    while (true) {
        const n = host.kv_get(key.ptr, key.len, buffer.ptr, buffer.len);
        if (n == -4) return null;
        try failure.checked(n, "kv_get", key);
        if (n <= buffer.len) return buffer[0..@intCast(n)];
        buffer = memory.alloc(u8, @intCast(n));
    }
}

pub fn put(key: []const u8, value: []const u8) Error!void {
    try putFor(key, value, 0);
}

/// Keeps a value for that long. 0 is for ever.
pub fn putFor(key: []const u8, value: []const u8, ttl_ms: i64) Error!void {
    try failure.checked(host.kv_put(key.ptr, key.len, value.ptr, value.len, ttl_ms), "kv_put", key);
}

/// A whole number, or a struct of a fixed layout, that putAs has written. null:
/// there is none, or it is of another size.
pub fn getAs(comptime T: type, key: []const u8) Error!?T {
    const value = try get(key) orelse return null;
    if (@typeInfo(T) == .int) return std.fmt.parseInt(T, value, 10) catch null;
    if (value.len != @sizeOf(T)) return null;
    return std.mem.bytesToValue(T, value);
}

pub fn putAs(comptime T: type, key: []const u8, value: T, ttl_ms: i64) Error!void {
    if (@typeInfo(T) == .int) return putFor(key, memory.print("{d}", .{value}), ttl_ms);
    if (@typeInfo(T) != .@"struct" or @typeInfo(T).@"struct".layout == .auto) {
        @compileError("a struct in the store is extern or packed, so that the next version reads what this one wrote");
    }
    try putFor(key, std.mem.asBytes(&value), ttl_ms);
}

/// Adds to the number that a key holds in decimal, and returns the sum.
pub fn add(key: []const u8, delta: i64) Error!i64 {
    var sum: i64 = 0;
    try failure.checked(host.kv_add(key.ptr, key.len, delta, &sum), "kv_add", key);
    return sum;
}

pub fn delete(key: []const u8) Error!void {
    const result = host.kv_del(key.ptr, key.len);
    if (result != -4) try failure.checked(result, "kv_del", key);
}

/// The version of a value, for swap; 0 when there is none.
pub fn version(key: []const u8) Error!i64 {
    const v = host.kv_version(key.ptr, key.len);
    if (v == -4) return 0;
    try failure.checked(v, "kv_version", key);
    return v;
}

/// Sets a value if it still has that version. error.Exists: it is another by now.
pub fn swap(key: []const u8, of: i64, value: []const u8) Error!void {
    try failure.checked(host.kv_cas(key.ptr, key.len, of, value.ptr, value.len, 0), "kv_cas", key);
}

/// Goes through the keys with a prefix, in the order of their bytes.
pub fn keys(prefix: []const u8) Keys {
    return .{ .prefix = prefix };
}

pub const Keys = struct {
    prefix: []const u8,
    after: []const u8 = "",
    page: []const u8 = "",

    pub fn next(self: *Keys) Error!?[]const u8 {
        if (self.page.len < 4) {
            const buffer = memory.alloc(u8, 4 << 10);
            const n = host.kv_list(self.prefix.ptr, self.prefix.len, self.after.ptr, self.after.len, buffer.ptr, buffer.len);
            try failure.checked(n, "kv_list", self.prefix);
            if (n < 4) return null;
            self.page = buffer[0..@intCast(n)];
        }
        const len = std.mem.readInt(u32, self.page[0..4], .little);
        self.after = self.page[4..][0..len];
        self.page = self.page[4 + len ..];
        return self.after;
    }
};
