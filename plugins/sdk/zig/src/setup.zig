//! What the plugin is told when it starts, and what it has registered that its
//! calls must know.

const std = @import("std");
const Json = @import("json.zig").Json;

/// The init document.
pub var document: Json = .{};

/// The names in `answers`.
pub var answers: []const []const u8 = &.{};

var asked: u32 = 0;

/// A tag that no request of this generation has had.
pub fn nextTag() u64 {
    asked +%= 1;
    return @as(u64, @bitCast(document.get("generation").int())) << 32 | asked;
}

pub fn answered(name: []const u8) bool {
    for (answers) |known| {
        if (std.mem.eql(u8, known, name)) return true;
    }
    return false;
}

/// The block config of the plugin's configuration, by a path.
pub fn config(path: []const u8) Json {
    return document.get("config").get(path);
}

pub fn secret(name: []const u8) []const u8 {
    return document.get("secrets").get(name).text();
}

/// Which of how many instances this is.
pub fn lane() u32 {
    return @intCast(std.math.clamp(document.get("lane").int(), 0, 1 << 16));
}
