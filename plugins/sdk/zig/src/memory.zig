//! Memory that lives until the handler returns, and what the host writes into.

const std = @import("std");
const builtin = @import("builtin");

/// Where memory comes from in the end.
pub const base = if (builtin.cpu.arch.isWasm()) std.heap.wasm_allocator else std.heap.page_allocator;

var arena: std.heap.ArenaAllocator = .init(base);

/// The allocator of a handler. Nothing of it needs to be freed.
pub fn frame() std.mem.Allocator {
    return arena.allocator();
}

/// Forgets what the handler before has made.
pub fn reset() void {
    _ = arena.reset(.{ .retain_with_limit = 256 << 10 });
}

pub fn alloc(comptime T: type, n: usize) []T {
    return frame().alloc(T, n) catch @panic("out of memory: raise limits.memory of the plugin");
}

/// Makes text as std.fmt does, which lives until the handler returns.
pub fn print(comptime fmt: []const u8, args: anytype) []const u8 {
    return std.fmt.allocPrint(frame(), fmt, args) catch @panic("out of memory: raise limits.memory of the plugin");
}
