const std = @import("std");
const shardhost = @import("shardhost");

pub fn build(b: *std.Build) void {
    shardhost.plugin(b, .{ .name = "bench", .root_source_file = b.path("main.zig") });
}
