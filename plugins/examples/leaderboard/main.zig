//! Leaderboard gives points for messages, one message a minute, and says who has
//! reached a new level. /rank shows one's own, /top the best of the guild.

const std = @import("std");
const shard = @import("shardhost");
const discord = shard.discord;

pub const plugin = .{
    .on = .{ .MESSAGE_CREATE = onMessage },
    .commands = .{
        .rank = .{ .about = "Show a level", .options = .{ .who = "Whose; your own without it" }, .run = onRank },
        .top = .{ .about = "Show the ten best", .run = onTop },
    },
};

const points_of_message = 20;
const pause_ms = 60_000;

/// What is kept of a member.
const Score = extern struct {
    points: u64 = 0,
    counted_ms: i64 = 0, // when a message last counted

    fn level(self: Score) u64 {
        return std.math.sqrt(self.points / 100);
    }
};

fn keyOf(guild: shard.Id, user: shard.Id) []const u8 {
    return shard.print("score/{f}/{f}", .{ guild, user });
}

fn onMessage(e: *shard.Event, m: discord.Message) !void {
    const author = m.author();
    if (author.bot() or m.guildId() == .none) return;
    const key = keyOf(m.guildId(), author.id());
    var score = try shard.kv.getAs(Score, key) orelse Score{ .counted_ms = -pause_ms };
    const now = @divTrunc(e.received, std.time.ns_per_ms);
    if (now - score.counted_ms < pause_ms) return;
    const before = score.level();
    score = .{ .points = score.points + points_of_message, .counted_ms = now };
    try shard.kv.putAs(Score, key, score, 0);
    if (score.level() > before) {
        try e.send(m.channelId(), "<@{f}> has reached level {d}!", .{ author.id(), score.level() });
    }
}

fn onRank(e: *shard.Event, o: struct { who: ?shard.User }) !void {
    const who = if (o.who) |user| user.id else e.user().get("id").id();
    const score = try shard.kv.getAs(Score, keyOf(e.guild, who)) orelse return e.whisper("<@{f}> has no points yet.", .{who});
    try e.answer("<@{f}> has level {d}, with {d} points.", .{ who, score.level(), score.points });
}

const Place = struct { user: []const u8, score: Score };

fn onTop(e: *shard.Event) !void {
    const prefix = shard.print("score/{f}/", .{e.guild});
    var best: [10]Place = undefined;
    var places: usize = 0;
    var keys = shard.kv.keys(prefix);
    while (try keys.next()) |key| {
        const score = try shard.kv.getAs(Score, key) orelse continue;
        var at = places;
        while (at > 0 and best[at - 1].score.points < score.points) at -= 1;
        if (at == best.len) continue;
        places = @min(places + 1, best.len);
        std.mem.copyBackwards(Place, best[at + 1 .. places], best[at .. places - 1]);
        best[at] = .{ .user = key[prefix.len..], .score = score };
    }
    if (places == 0) return e.whisper("Nobody has points yet.", .{});
    var text: []const u8 = "";
    for (best[0..places], 1..) |place, i| {
        text = shard.print("{s}{d}. <@{s}>: level {d}, {d} points\n", .{ text, i, place.user, place.score.level(), place.score.points });
    }
    try e.answer("{s}", .{text});
}

test "a member rises" {
    var bot = shard.testing.bot(plugin);
    defer bot.end();
    for (0..5) |minute| try bot.eventAt(@intCast(minute * pause_ms), "MESSAGE_CREATE", "{\"guild_id\":\"81\",\"channel_id\":\"5\",\"author\":{\"id\":\"9\"}}");
    try std.testing.expectEqual(1, bot.requests().len);
    try std.testing.expect(std.mem.indexOf(u8, bot.requests()[0], "level 1") != null);
}
