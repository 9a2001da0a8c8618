//! Ids of Discord, which writes them as strings.

const std = @import("std");

/// A snowflake. `{f}` writes it in decimal.
/// See https://docs.discord.com/developers/reference#snowflakes
pub const Id = enum(u64) {
    none = 0,
    _,

    /// What is no id is none.
    pub fn parse(text: []const u8) Id {
        @setRuntimeSafety(false); // 19 digits fit in any case
        if (text.len > 19) return @enumFromInt(std.fmt.parseInt(u64, text, 10) catch 0);
        var n: u64 = 0;
        for (text) |c| {
            if (c -% '0' > 9) return .none;
            n = n * 10 + (c - '0');
        }
        return @enumFromInt(n);
    }

    pub fn of(n: u64) Id {
        return @enumFromInt(n);
    }

    pub fn format(self: Id, w: *std.Io.Writer) std.Io.Writer.Error!void {
        try w.print("{d}", .{@intFromEnum(self)});
    }
};
