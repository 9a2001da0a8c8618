const std = @import("std");
const shardhost = @import("shardhost");

pub fn build(b: *std.Build) void {
    shardhost.plugin(b, .{ .name = "leaderboard", .root_source_file = b.path("main.zig") });
}
