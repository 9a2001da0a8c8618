//! What a handler gets, and what it can ask for. None of it waits; it happens when
//! the handler has returned without an error.

const std = @import("std");
const host = @import("host.zig").calls;
const memory = @import("memory.zig");
const setup = @import("setup.zig");
const failure = @import("failure.zig");
const json = @import("write.zig").json;
const Error = failure.Error;
const Id = @import("id.zig").Id;
const Json = @import("json.zig").Json;
const kv = @import("kv.zig");

/// A call of Discord's REST API.
pub const Request = struct {
    method: []const u8 = "GET",
    path: []const u8, // below the version, as /channels/1
    body: Json = .{}, // shard.json(...)
    reason: ?[]const u8 = null, // for the audit log
    /// The handler in `answers` that gets the answer, in whichever version of the
    /// plugin runs by then.
    answer: ?[]const u8 = null,
    context: []const u8 = "", // UTF-8 that it gets as e.context, at most 4000 bytes
    resend: bool = false, // when the host died before it knew the outcome
};

/// A call of the web.
pub const WebRequest = struct {
    url: []const u8,
    method: []const u8 = "GET",
    headers: Json = .{}, // shard.json(.{ .accept = "application/json" })
    body: []const u8 = "",
    answer: ?[]const u8 = null, // as in Request
    context: []const u8 = "",
    resend: bool = false,
};

/// returning gives a call that has an answer its tag, and the context that leads
/// the answer to its handler.
fn returning(answer: ?[]const u8, context: []const u8) Error!struct { tag: u64 = 0, context: ?[]const u8 = null } {
    const name = answer orelse return .{};
    if (!setup.answered(name)) try failure.checked(-1, "the plugin's answers lack", name);
    return .{ .tag = setup.nextTag(), .context = memory.print("{s}\n{s}", .{ name, context }) };
}

/// An event, an answer, a timer that is due, or a message of another plugin.
pub const Event = struct {
    name: []const u8, // on the wire; the topic of a message
    data: Json, // Discord's d as it was sent; the body of an answer
    guild: Id = .none,
    tag: u64 = 0, // of an event: its sequence
    received: i64 = 0, // unix nanoseconds
    status: i32 = 0, // of an answer: HTTP status, or negative
    flags: u16 = 0, // 1: given before, 2: sent again by Discord, 4: asked for by an earlier version
    shard: u16 = 0,
    context: []const u8 = "", // what was given with the request or timer

    /// Answers a message, shown as a reply to it. People in it are notified,
    /// @everyone and roles are not.
    pub fn reply(e: *const Event, comptime fmt: []const u8, args: anytype) Error!void {
        try e.post(e.data.get("channel_id").id(), .{
            .allowed_mentions = mentions,
            .content = memory.print(fmt, args),
            .message_reference = .{ .fail_if_not_exists = false, .message_id = e.data.get("id").id() },
        });
    }

    /// Writes a message to a channel.
    pub fn send(e: *const Event, channel: Id, comptime fmt: []const u8, args: anytype) Error!void {
        try e.post(channel, .{ .allowed_mentions = mentions, .content = memory.print(fmt, args) });
    }

    /// Writes a message to a channel, with everything that one may have.
    pub fn post(e: *const Event, channel: Id, message: anytype) Error!void {
        try e.rest(.{ .method = "POST", .path = memory.print("/channels/{f}/messages", .{channel}), .body = json(message) });
    }

    /// Asks for a call of Discord's REST API.
    pub fn rest(_: *const Event, r: Request) Error!void {
        const back = try returning(r.answer, r.context);
        const document = json(.{
            .method = r.method,
            .path = r.path,
            .body = @as(?Json, if (r.body.exists()) r.body else null),
            .reason = r.reason,
            .context = back.context,
            .on_uncertain = @as(?[]const u8, if (r.resend) "resend" else null),
        });
        const result = host.rest(back.tag, document.raw.ptr, document.raw.len);
        if (result < 0) try failure.checked(result, "rest", object(r));
    }

    /// Calls the web, which needs the grant http. The answer goes to its handler as
    /// that of rest does; headers and body are read by webHeader and webBody.
    pub fn fetch(_: *const Event, r: WebRequest) Error!void {
        const back = try returning(r.answer, r.context);
        const document = json(.{
            .url = r.url,
            .method = r.method,
            .headers = @as(?Json, if (r.headers.exists()) r.headers else null),
            .body = @as(?[]const u8, if (r.body.len > 0) r.body else null),
            .context = back.context,
            .on_uncertain = @as(?[]const u8, if (r.resend) "resend" else null),
        });
        try failure.checked(host.fetch(back.tag, document.raw.ptr, document.raw.len), "fetch", r.url);
    }

    /// A header of an answer to fetch, by its name in lower case.
    pub fn webHeader(e: *const Event, name: []const u8) []const u8 {
        const line = std.mem.indexOfScalar(u8, e.data.raw, '\n') orelse return "";
        return (Json{ .raw = e.data.raw[0..line] }).get(name).text();
    }

    /// The body of an answer to fetch: .raw, if it is no JSON.
    pub fn webBody(e: *const Event) Json {
        const line = std.mem.indexOfScalar(u8, e.data.raw, '\n') orelse return .{};
        return .{ .raw = e.data.raw[line + 1 ..] };
    }

    /// The one who wrote the message or used the interaction.
    pub fn user(e: *const Event) Json {
        for ([_][]const u8{ "author", "member.user", "user" }) |place| {
            const found = e.data.get(place);
            if (found.exists()) return found;
        }
        return .{};
    }

    /// Their name as it is shown: the global one where there is one.
    pub fn userName(e: *const Event) []const u8 {
        const global = e.user().get("global_name").text();
        return if (global.len > 0) global else e.user().get("username").text();
    }

    // ---- Interactions. The first answer has three seconds.

    /// Answers an interaction with a message that everyone sees.
    pub fn answer(e: *const Event, comptime fmt: []const u8, args: anytype) Error!void {
        try e.respond(4, .{ .allowed_mentions = mentions, .content = memory.print(fmt, args) });
    }

    /// Answers with a message that only the person sees.
    pub fn whisper(e: *const Event, comptime fmt: []const u8, args: anytype) Error!void {
        try e.respond(4, .{ .allowed_mentions = mentions, .content = memory.print(fmt, args), .flags = 64 });
    }

    /// Says that an answer follows, within fifteen minutes.
    pub fn acknowledge(e: *const Event) Error!void {
        try e.respond(5, null);
    }

    /// Answers in any way there is: a form is type 9.
    /// See https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object
    pub fn respond(e: *const Event, kind: u8, data: anytype) Error!void {
        const path = memory.print("/interactions/{f}/{s}/callback", .{ e.data.get("id").id(), e.data.get("token").text() });
        const body = if (@TypeOf(data) == @TypeOf(null)) json(.{ .type = kind }) else json(.{ .type = kind, .data = data });
        try e.rest(.{ .method = "POST", .path = path, .body = body });
    }

    /// Sends a further message, or the first after acknowledge.
    pub fn followUp(e: *const Event, comptime fmt: []const u8, args: anytype) Error!void {
        const path = memory.print("/webhooks/{f}/{s}", .{ e.data.get("application_id").id(), e.data.get("token").text() });
        try e.rest(.{ .method = "POST", .path = path, .body = json(.{ .allowed_mentions = mentions, .content = memory.print(fmt, args) }) });
    }

    /// What was given for an option of a command. Handlers with a struct as their
    /// second parameter get all of them in it.
    pub fn option(e: *const Event, name: []const u8) Json {
        return findOption(e.data.get("data.options"), name);
    }

    /// What was written into a field of a form.
    pub fn input(e: *const Event, id: []const u8) Json {
        return findInput(e.data.get("data"), id, 0);
    }

    // ---- Timers and the rest.

    /// Has the handler of that name in `timers` called, with context. The timer
    /// survives reloads and restarts.
    pub fn after(e: *const Event, name: []const u8, delay_ms: i64, context: []const u8) Error!void {
        const hash: u64 = std.hash.Fnv1a_32.hash(name);
        while (true) {
            const moment = [_]u64{ @bitCast(e.received), e.tag, setup.nextTag() };
            const tag = hash << 32 | std.hash.Fnv1a_32.hash(std.mem.asBytes(&moment)) | 1;
            kv.swap(timerKey(tag), 0, context) catch |err| if (err == error.Exists) continue else return err;
            return failure.checked(host.timer(tag, @max(0, delay_ms), 0), "timer", name);
        }
    }

    /// Sends a message to the plugins that subscribe to a topic.
    pub fn publish(_: *const Event, topic: []const u8, message: anytype) Error!void {
        const body = json(message).raw;
        try failure.checked(host.publish(topic.ptr, topic.len, body.ptr, body.len), "publish", topic);
    }

    /// Sends a gateway command: 3 presence, 4 voice state, 8 members.
    pub fn gateway(_: *const Event, op: i32, d: anytype) Error!void {
        const body = json(d).raw;
        try failure.checked(host.gateway(-1, op, body.ptr, body.len), "gateway", memory.print("op {d}", .{op}));
    }
};

const mentions = .{ .parse = .{"users"}, .replied_user = true };

pub fn timerKey(tag: u64) []const u8 {
    return memory.print("sdk/timer/{d}", .{tag});
}

/// object names a request for messages, without the tokens that stand in the paths
/// of interactions and webhooks.
fn object(r: Request) []const u8 {
    const path = r.path[0 .. std.mem.indexOfScalar(u8, r.path, '?') orelse r.path.len];
    var parts = std.mem.splitScalar(u8, path, '/');
    _ = parts.next();
    const first = parts.next() orelse "";
    if (std.mem.eql(u8, first, "interactions") or std.mem.eql(u8, first, "webhooks")) {
        const id = parts.next() orelse "";
        if (parts.next() != null) {
            const rest = parts.rest();
            return memory.print("{s} /{s}/{s}/...{s}{s}", .{ r.method, first, id, if (rest.len > 0) "/" else "", rest });
        }
    }
    return memory.print("{s} {s}", .{ r.method, path });
}

fn findOption(options: Json, name: []const u8) Json {
    var each = options.items();
    while (each.next()) |o| {
        const nested = o.get("options"); // of a subcommand
        if (nested.exists()) {
            const found = findOption(nested, name);
            if (found.exists()) return found;
        } else if (o.get("name").is(name)) {
            return o.get("value");
        }
    }
    return .{};
}

fn findInput(component: Json, id: []const u8, depth: u8) Json {
    if (component.get("custom_id").is(id)) {
        const value = component.get("value");
        return if (value.exists()) value else component.get("values");
    }
    if (depth > 4) return .{};
    const inner = component.get("component");
    if (inner.exists()) {
        const found = findInput(inner, id, depth + 1);
        if (found.exists()) return found;
    }
    var each = component.get("components").items();
    while (each.next()) |next| {
        const found = findInput(next, id, depth + 1);
        if (found.exists()) return found;
    }
    return .{};
}
