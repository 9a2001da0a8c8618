//! Lines in the host's log, and numbers for its metrics.

const host = @import("host.zig").calls;
const memory = @import("memory.zig");
const failure = @import("failure.zig");

pub fn debug(comptime fmt: []const u8, args: anytype) void {
    line(1, fmt, args);
}
pub fn info(comptime fmt: []const u8, args: anytype) void {
    line(2, fmt, args);
}
pub fn warn(comptime fmt: []const u8, args: anytype) void {
    line(3, fmt, args);
}
pub fn err(comptime fmt: []const u8, args: anytype) void {
    line(4, fmt, args);
}

fn line(level: i32, comptime fmt: []const u8, args: anytype) void {
    if (level < host.log_level()) return;
    const text = memory.print(fmt, args);
    _ = host.log(level, text.ptr, text.len);
}

pub fn count(name: []const u8, n: f64) failure.Error!void {
    try failure.checked(host.metric(name.ptr, name.len, 0, n), "metric", name);
}
pub fn gauge(name: []const u8, value: f64) failure.Error!void {
    try failure.checked(host.metric(name.ptr, name.len, 1, value), "metric", name);
}
pub fn observe(name: []const u8, value: f64) failure.Error!void {
    try failure.checked(host.metric(name.ptr, name.len, 2, value), "metric", name);
}
