//! The guest of the bench languages: the handler that every SDK has there, as an
//! author would write it.

const std = @import("std");
const shard = @import("shardhost");

pub const plugin = .{
    .on = .{ .MESSAGE_CREATE = onMessage },
    .intents = .{"MESSAGE_CONTENT"},
};

var hits: u64 = 0;
var sum: u64 = 0;

fn onMessage(_: *shard.Event, m: shard.discord.Message) !void {
    const content = m.content();
    if (std.mem.eql(u8, content, "!sum")) return shard.log.info("{d} {d}", .{ hits, sum });
    if (std.mem.startsWith(u8, content, "!ping")) hits += 1;
    for ([_]shard.Id{ m.author().id(), m.channelId(), m.guildId() }) |id| sum += @intFromEnum(id) % 1000;
    if (content.len > 0) sum += content[content.len - 1];
}
