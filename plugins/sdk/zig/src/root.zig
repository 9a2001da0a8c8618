//! The root of a plugin's module: the exports of the contract around what the
//! plugin declares.

const std = @import("std");
const shard = @import("shardhost");

const Guest = shard.Guest(@import("plugin").plugin);

pub const panic = std.debug.FullPanic(shard.panic);

fn span(b: []const u8) u64 {
    return if (b.len == 0) 0 else @as(u64, @intFromPtr(b.ptr)) << 32 | b.len;
}

export fn shard_abi_1() void {}
export fn shard_buffer(least: u32) u64 {
    return span(Guest.buffer(least));
}
export fn shard_manifest() u64 {
    return span(Guest.manifest());
}
export fn shard_init(len: u32) i32 {
    return Guest.start(len);
}
export fn shard_batch(len: u32, count: u32) i32 {
    return Guest.batch(len, count);
}
export fn shard_save() i32 {
    return Guest.save();
}
export fn shard_load(schema: i32, len: u32) i32 {
    return Guest.load(schema, len);
}
