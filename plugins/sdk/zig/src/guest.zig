//! What stands between the host and a plugin's handlers: docs/abi.md of Shardhost.

const std = @import("std");
const host = @import("host.zig").calls;
const memory = @import("memory.zig");
const setup = @import("setup.zig");
const failure = @import("failure.zig");
const log = @import("log.zig");
const kv = @import("kv.zig");
const options = @import("options.zig");
const json = @import("json.zig");
const write = @import("write.zig");
const Id = @import("id.zig").Id;
const Json = json.Json;
const Event = @import("event.zig").Event;
const timerKey = @import("event.zig").timerKey;

const Frame = extern struct {
    size: u32,
    kind: u16,
    flags: u16,
    tag: u64,
    guild: u64,
    received: i64,
    shard: u16,
    number: u16,
    name: u32,
    body: u32,
    status: i32,
};

/// One instance of a plugin, as the host drives it. p is what the plugin has
/// declared: see shardhost.zig.
pub fn Guest(comptime p: anytype) type {
    check(p);
    return struct {
        var space: []align(8) u8 = &.{};

        /// The memory that the host writes the next document or batch into.
        pub fn buffer(least: usize) []u8 {
            if (space.len < least) {
                const size = @max(least, 2 * space.len, 8 << 10);
                memory.base.free(space);
                space = &.{};
                space = memory.base.alignedAlloc(u8, .@"8", size) catch memory.base.alignedAlloc(u8, .@"8", least) catch &.{};
            }
            return space;
        }

        pub fn start(len: usize) i32 {
            memory.reset();
            setup.document = .{ .raw = memory.base.dupe(u8, space[0..len]) catch return -5 };
            setup.answers = comptime names(p, "answers");
            failure.working = "start";
            var e: Event = .{ .name = "start", .data = setup.document };
            if (@hasField(@TypeOf(p), "start")) {
                failure.forget();
                p.start(&e) catch |err| return failure.report("start", err);
            }
            if (@hasField(@TypeOf(p), "every")) {
                inline for (@typeInfo(@TypeOf(p.every)).@"struct".fields) |f| {
                    const period: i64 = @field(p.every, f.name).period_ms;
                    if (setup.lane() == 0) failure.checked(host.timer(comptime tagOf(f.name), period, period), "timer", f.name) catch |err|
                        return failure.report(f.name, err);
                }
            }
            return 0;
        }

        pub fn batch(len: usize, count: u32) i32 {
            var rest: []const u8 = space[0..len];
            for (0..count) |i| {
                if (rest.len < @sizeOf(Frame)) return failure.report("batch", error.CutShort);
                const f: *const Frame = @ptrCast(@alignCast(rest.ptr));
                if (f.size > rest.len or f.size < @sizeOf(Frame) + @as(u64, f.name) + f.body) return failure.report("batch", error.CutShort);
                if (i > 0) _ = host.done(@intCast(i));
                memory.reset();
                failure.forget();
                const result = handle(f, rest[0..f.size]);
                if (result < 0) return result;
                rest = rest[f.size..];
            }
            return 0;
        }

        fn handle(f: *const Frame, text: []const u8) i32 {
            const name = text[@sizeOf(Frame)..][0..f.name];
            var e: Event = .{
                .name = name,
                .data = .{ .raw = text[@sizeOf(Frame) + f.name ..][0..f.body] },
                .guild = @enumFromInt(f.guild),
                .tag = f.tag,
                .received = f.received,
                .status = f.status,
                .flags = f.flags,
                .shard = f.shard,
            };
            failure.working = name;
            json.now.body = e.data.raw;
            json.now.paths = &.{};
            switch (f.kind) {
                1 => {
                    if (f.flags & 8 != 0) findFields(name, text);
                    return event(&e);
                },
                2 => return completion(&e),
                3 => return timer(&e),
                4 => return each("control", &e, std.mem.eql),
                5 => return each("topics", &e, covers),
                else => return 0, // of a later host
            }
        }

        const fields = if (@hasField(@TypeOf(p), "fields")) p.fields else if (@hasField(@TypeOf(p), "on") and @hasField(@TypeOf(p.on), "MESSAGE_CREATE"))
            .{ .MESSAGE_CREATE = .{ "id", "content", "author", "channel_id", "guild_id" } }
        else
            .{};

        /// findFields takes the table that follows the frame of an event.
        fn findFields(name: []const u8, text: []const u8) void {
            inline for (@typeInfo(@TypeOf(fields)).@"struct".fields) |f| {
                const paths = comptime strings(@field(fields, f.name));
                if (std.mem.eql(u8, f.name, name) and text.len >= 8 * paths.len) {
                    json.now.table = @ptrCast(@alignCast(text.ptr + text.len - 8 * paths.len));
                    json.now.paths = paths;
                }
            }
        }

        fn event(e: *Event) i32 {
            if (@hasField(@TypeOf(p), "on")) {
                inline for (@typeInfo(@TypeOf(p.on)).@"struct".fields) |f| {
                    if (covers(u8, f.name, e.name)) {
                        call(@field(p.on, f.name), e) catch |err| return failure.report("on " ++ f.name, err);
                    }
                }
            }
            if (interactive and std.mem.eql(u8, e.name, "INTERACTION_CREATE")) return interaction(e);
            return 0;
        }

        const interactive = @hasField(@TypeOf(p), "commands") or @hasField(@TypeOf(p), "components") or @hasField(@TypeOf(p), "modals");

        fn interaction(e: *Event) i32 {
            const kind = e.data.get("type").int();
            const id = e.data.get("data.custom_id").text();
            if (kind == 2 and @hasField(@TypeOf(p), "commands")) {
                const name = e.data.get("data.name").text();
                inline for (@typeInfo(@TypeOf(p.commands)).@"struct".fields) |f| {
                    if (std.mem.eql(u8, f.name, name)) {
                        call(@field(p.commands, f.name).run, e) catch |err| return failure.report("command " ++ f.name, err);
                    }
                }
            }
            inline for (.{ .{ 3, "components" }, .{ 5, "modals" } }) |pair| {
                if (kind == pair[0] and @hasField(@TypeOf(p), pair[1])) {
                    inline for (@typeInfo(@TypeOf(@field(p, pair[1]))).@"struct".fields) |f| {
                        if (covers(u8, f.name, id)) {
                            call(@field(@field(p, pair[1]), f.name), e) catch |err| return failure.report(pair[1] ++ " " ++ f.name, err);
                        }
                    }
                }
            }
            return 0;
        }

        fn completion(e: *Event) i32 {
            const line = std.mem.indexOfScalar(u8, e.name, '\n') orelse e.name.len;
            e.context = if (line < e.name.len) e.name[line + 1 ..] else "";
            e.name = e.name[0..line];
            failure.working = memory.print("answer {s}", .{e.name});
            if (e.name.len > 0 and !setup.answered(e.name)) log.info("an answer is for {s}, which the plugin has no more", .{e.name});
            return each("answers", e, std.mem.eql);
        }

        fn timer(e: *Event) i32 {
            failure.working = "timer";
            if (@hasField(@TypeOf(p), "timers")) {
                inline for (@typeInfo(@TypeOf(p.timers)).@"struct".fields) |f| {
                    if (e.tag >> 32 == comptime tagOf(f.name) >> 32) {
                        e.name = f.name;
                        due(@field(p.timers, f.name), e) catch |err| return failure.report(f.name, err);
                        return 0;
                    }
                }
            }
            if (@hasField(@TypeOf(p), "every")) {
                inline for (@typeInfo(@TypeOf(p.every)).@"struct".fields) |f| {
                    if (e.tag == comptime tagOf(f.name)) {
                        e.name = f.name;
                        call(@field(p.every, f.name).run, e) catch |err| return failure.report(f.name, err);
                        return 0;
                    }
                }
                _ = host.timer_off(e.tag); // of a version before; it would come back for ever
            }
            log.warn("a timer is due whose name the plugin has no more: {d}", .{e.tag});
            return 0;
        }

        fn due(comptime handler: anytype, e: *Event) anyerror!void {
            const key = timerKey(e.tag);
            e.context = try kv.get(key) orelse return; // stopped in the moment it was due
            try kv.delete(key);
            try call(handler, e);
        }

        /// each calls the handlers of one part of the declaration.
        fn each(comptime part: []const u8, e: *Event, comptime matches: anytype) i32 {
            if (@hasField(@TypeOf(p), part)) {
                inline for (@typeInfo(@TypeOf(@field(p, part))).@"struct".fields) |f| {
                    if (matches(u8, f.name, e.name)) {
                        call(@field(@field(p, part), f.name), e) catch |err| return failure.report(f.name, err);
                    }
                }
            }
            return 0;
        }

        pub fn save() i32 {
            if (!@hasField(@TypeOf(p), "state")) return 0;
            const bytes = std.mem.asBytes(p.state);
            return host.state_write(p.schema, bytes, bytes.len);
        }

        pub fn load(schema: i32, len: usize) i32 {
            if (!@hasField(@TypeOf(p), "state")) return -9;
            const bytes = std.mem.asBytes(p.state);
            if (schema != p.schema or len != bytes.len) return -9;
            @memcpy(bytes, space[0..len]);
            return 0;
        }

        pub fn manifest() []const u8 {
            memory.reset();
            const events = comptime names(p, "on") ++ if (interactive) &[_][]const u8{"INTERACTION_CREATE"} else &[_][]const u8{};
            return write.json(.{
                .sdk = "zig/1.0.0",
                .events = events,
                .control = comptime names(p, "control"),
                .intents = comptime if (@hasField(@TypeOf(p), "intents")) strings(p.intents) else &[_][]const u8{},
                .fields = fields,
                .commands = if (@hasField(@TypeOf(p), "commands")) comptime options.definitions(p.commands) else .{},
            }).raw;
        }
    };
}

/// call gives a handler what its parameters are for: the event, and a typed view
/// of its data or the options of a command.
fn call(comptime handler: anytype, e: *Event) anyerror!void {
    const params = @typeInfo(@TypeOf(handler)).@"fn".params;
    if (params.len == 1) return handler(e);
    const T = params[1].type.?;
    if (@hasField(T, "json")) return handler(e, .{ .json = e.data });
    return handler(e, options.read(T, e));
}

fn tagOf(name: []const u8) u64 {
    return @as(u64, std.hash.Fnv1a_32.hash(name)) << 32;
}

/// covers tells whether a pattern, with * at its end or without, means a name.
fn covers(comptime _: type, pattern: []const u8, name: []const u8) bool {
    if (!std.mem.endsWith(u8, pattern, "*")) return std.mem.eql(u8, pattern, name);
    return std.mem.startsWith(u8, name, pattern[0 .. pattern.len - 1]);
}

fn names(comptime p: anytype, comptime part: []const u8) []const []const u8 {
    var all: []const []const u8 = &.{};
    if (@hasField(@TypeOf(p), part)) {
        for (@typeInfo(@TypeOf(@field(p, part))).@"struct".fields) |f| all = all ++ &[_][]const u8{f.name};
    }
    return all;
}

fn strings(comptime tuple: anytype) []const []const u8 {
    var all: []const []const u8 = &.{};
    for (tuple) |s| all = all ++ &[_][]const u8{s};
    return all;
}

fn check(comptime p: anytype) void {
    const known = [_][]const u8{ "on", "commands", "components", "modals", "timers", "every", "answers", "topics", "control", "start", "state", "schema", "intents", "fields" };
    for (@typeInfo(@TypeOf(p)).@"struct".fields) |f| {
        for (known) |name| {
            if (std.mem.eql(u8, name, f.name)) break;
        } else @compileError("the plugin declares ." ++ f.name ++ ", which is none of on, commands, components, modals, timers, every, answers, topics, control, start, state, schema, intents, fields");
    }
}
