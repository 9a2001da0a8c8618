//! Suite shows what every SDK does alike: plugins/sdk/suite says what that is.

const std = @import("std");
const shard = @import("shardhost");
const discord = shard.discord;

pub const plugin = .{
    .on = .{ .MESSAGE_CREATE = onMessage, .GUILD_CREATE = onGuild, .SOMETHING_NEW = onSomething },
    .intents = .{"MESSAGE_CONTENT"},
    .commands = .{ .add = .{ .about = "Add two numbers", .options = .{ .a = "The first", .b = "The second" }, .run = onAdd } },
    .timers = .{ .remind = onRemind },
    .answers = .{ .topic = onTopic },
    .state = &visits,
    .schema = 1,
};

var visits: i64 = 0; // handed over at a reload

fn onMessage(e: *shard.Event, m: discord.Message) !void {
    const content = m.content();
    const space = std.mem.indexOfScalar(u8, content, ' ') orelse content.len;
    const rest = if (space < content.len) content[space + 1 ..] else "";
    const word = std.meta.stringToEnum(enum { @"!echo", @"!count", @"!note", @"!remind", @"!topic", @"!fail", @"!trap", @"!visits", @"!who", @"!nonce" }, content[0..space]) orelse return;
    switch (word) {
        .@"!echo" => try e.reply("{s}", .{rest}),
        .@"!count" => try e.reply("{d}", .{try shard.kv.add(shard.print("count/{f}", .{m.guildId()}), 1)}),
        .@"!note" => {
            const key = shard.print("note/{f}", .{m.guildId()});
            const old = try shard.kv.get(key) orelse "nothing";
            try shard.kv.put(key, rest);
            try e.reply("{s}", .{old});
        },
        .@"!remind" => {
            const end = std.mem.indexOfScalar(u8, rest, ' ') orelse return shard.fail("say when, and of what", .{});
            try e.after("remind", try std.fmt.parseInt(i64, rest[0..end], 10), shard.print("{f} {s}", .{ m.channelId(), rest[end + 1 ..] }));
        },
        .@"!topic" => try e.rest(.{
            .path = shard.print("/channels/{f}", .{m.channelId()}),
            .answer = "topic",
            .context = shard.json(.{ .id = m.id(), .channel_id = m.channelId() }).raw,
        }),
        .@"!fail" => {
            try shard.kv.put("failed", "yes");
            return shard.fail("{s}", .{rest});
        },
        .@"!trap" => shard.trap(@src(), "trap asked for"),
        .@"!visits" => {
            visits += 1;
            try e.reply("{d}", .{visits});
        },
        .@"!who" => try e.reply("{s}", .{if (e.userName().len > 0) e.userName() else "nobody"}),
        .@"!nonce" => try e.reply("{d}", .{m.nonce().int()}),
    }
}

fn onTopic(e: *shard.Event) !void {
    const asked: shard.Event = .{ .name = "", .data = .{ .raw = e.context } };
    if (e.status < 200 or e.status > 299) return asked.reply("No topic: {d}", .{e.status});
    try asked.reply("Topic: {s}", .{e.data.get("topic").text()});
}

fn onRemind(e: *shard.Event) !void {
    const end = std.mem.indexOfScalar(u8, e.context, ' ') orelse return error.NoChannel;
    try e.send(shard.Id.parse(e.context[0..end]), "{s}", .{e.context[end + 1 ..]});
}

fn onAdd(e: *shard.Event, o: struct { a: i64, b: i64 }) !void {
    try e.answer("{d}", .{o.a + o.b});
}

fn onGuild(e: *shard.Event, g: discord.Guild) !void {
    var last: shard.Id = .none;
    var n: usize = 0;
    var members = g.members().iterator();
    while (members.next()) |member| : (n += 1) last = member.user().id();
    try e.send(g.systemChannelId(), "{d} members, last {f}", .{ n, last });
}

fn onSomething(e: *shard.Event) !void {
    try e.send(e.data.get("channel_id").id(), "{s} {f}", .{ e.name, e.data });
}
