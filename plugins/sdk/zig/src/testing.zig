//! A host for native tests: `zig build test`. It keeps what the plugin asks for.
//!
//!     test "it answers" {
//!         var bot = shard.testing.bot(plugin);
//!         defer bot.end();
//!         try bot.event("MESSAGE_CREATE", "{\"content\":\"!ping\"}");
//!         try std.testing.expect(std.mem.indexOf(u8, bot.requests()[0], "pong") != null);
//!     }

const std = @import("std");
const gpa = std.heap.page_allocator;

const World = struct {
    arena: std.heap.ArenaAllocator = .init(gpa),
    requests: std.ArrayList([]const u8) = .empty,
    logs: std.ArrayList([]const u8) = .empty,
    kv: std.StringArrayHashMapUnmanaged([]const u8) = .empty,
    timers: std.ArrayList(u64) = .empty,
    failure: []const u8 = "",

    fn keep(w: *World, text: []const u8) []const u8 {
        return w.arena.allocator().dupe(u8, text) catch @panic("out of memory");
    }

    fn put(w: *World, key: []const u8, value: []const u8) void {
        w.kv.put(w.arena.allocator(), w.keep(key), w.keep(value)) catch @panic("out of memory");
    }
};

var world: World = .{};

/// A plugin in a world of its own.
pub fn bot(comptime p: anytype) Bot(p) {
    world.arena.deinit();
    world = .{};
    return .{};
}

pub fn Bot(comptime p: anytype) type {
    const Guest = @import("guest.zig").Guest(p);
    return struct {
        const Self = @This();

        received: i64 = 0, // by the frame at work, unix nanoseconds

        /// Starts the plugin with an init document, as {"config":{...}}.
        pub fn start(_: *Self, document: []const u8) error{Failed}!void {
            @memcpy(Guest.buffer(document.len)[0..document.len], document);
            if (Guest.start(document.len) < 0) return error.Failed;
        }

        /// Gives it an event. error.Failed: why() says why.
        pub fn event(b: *Self, name: []const u8, data: []const u8) error{Failed}!void {
            try b.eventAt(0, name, data);
        }

        /// Gives it an event that was received so many milliseconds after 1970.
        pub fn eventAt(b: *Self, ms: i64, name: []const u8, data: []const u8) error{Failed}!void {
            b.received = ms * std.time.ns_per_ms;
            try b.frame(1, 0, 0, name, data);
        }

        /// Gives it the answer to a request of its, with the context of that.
        pub fn answer(b: *Self, status: i32, context: []const u8, data: []const u8) error{Failed}!void {
            try b.frame(2, 0, status, context, data);
        }

        /// Has the timer fire that was set last.
        pub fn fire(b: *Self) error{Failed}!void {
            const tag = world.timers.pop() orelse return error.Failed;
            try b.frame(3, tag, 0, "", "");
        }

        fn frame(b: *Self, kind: u16, tag: u64, status: i32, name: []const u8, data: []const u8) error{Failed}!void {
            const size = std.mem.alignForward(usize, 48 + name.len + data.len, 8);
            const to = Guest.buffer(size);
            @memset(to[0..size], 0);
            std.mem.writeInt(u32, to[0..4], @intCast(size), .little);
            std.mem.writeInt(u16, to[4..6], kind, .little);
            std.mem.writeInt(u64, to[8..16], tag, .little);
            std.mem.writeInt(i64, to[24..32], b.received, .little);
            std.mem.writeInt(u32, to[36..40], @intCast(name.len), .little);
            std.mem.writeInt(u32, to[40..44], @intCast(data.len), .little);
            std.mem.writeInt(i32, to[44..48], status, .little);
            @memcpy(to[48..][0..name.len], name);
            @memcpy(to[48 + name.len ..][0..data.len], data);
            if (Guest.batch(size, 1) < 0) return error.Failed;
        }

        /// The documents of the requests that were asked for.
        pub fn requests(_: *Self) []const []const u8 {
            return world.requests.items;
        }

        pub fn logs(_: *Self) []const []const u8 {
            return world.logs.items;
        }

        pub fn value(_: *Self, key: []const u8) ?[]const u8 {
            return world.kv.get(key);
        }

        pub fn why(_: *Self) []const u8 {
            return world.failure;
        }

        pub fn end(_: *Self) void {
            world.arena.deinit();
            world = .{};
        }
    };
}

/// What host.zig is in a test.
pub const host = struct {
    pub fn log(_: i32, text: [*]const u8, len: usize) i32 {
        world.logs.append(world.arena.allocator(), world.keep(text[0..len])) catch return -8;
        return 0;
    }
    pub fn log_level() i32 {
        return 0;
    }
    pub fn done(_: u32) i32 {
        return 0;
    }
    pub fn fail(text: [*]const u8, len: usize) i32 {
        world.failure = world.keep(text[0..len]);
        return 0;
    }
    pub fn metric(_: [*]const u8, _: usize, _: i32, _: f64) i32 {
        return 0;
    }
    pub fn rest(_: u64, document: [*]const u8, len: usize) i32 {
        world.requests.append(world.arena.allocator(), world.keep(document[0..len])) catch return -8;
        return 0;
    }
    pub fn fetch(tag: u64, document: [*]const u8, len: usize) i32 {
        return rest(tag, document, len);
    }
    pub fn timer(tag: u64, _: i64, _: i64) i32 {
        world.timers.append(world.arena.allocator(), tag) catch return -8;
        return 0;
    }
    pub fn timer_off(_: u64) i32 {
        return 0;
    }
    pub fn kv_get(key: [*]const u8, len: usize, to: [*]u8, room: usize) i32 {
        const found = world.kv.get(key[0..len]) orelse return -4;
        const n = @min(room, found.len);
        @memcpy(to[0..n], found[0..n]);
        return @intCast(found.len);
    }
    pub fn kv_put(key: [*]const u8, len: usize, value: [*]const u8, size: usize, _: i64) i32 {
        world.put(key[0..len], value[0..size]);
        return 0;
    }
    pub fn kv_version(key: [*]const u8, len: usize) i64 {
        return if (world.kv.contains(key[0..len])) 1 else -4;
    }
    pub fn kv_cas(key: [*]const u8, len: usize, version: i64, value: [*]const u8, size: usize, _: i64) i32 {
        if (world.kv.contains(key[0..len]) != (version != 0)) return -6;
        world.put(key[0..len], value[0..size]);
        return 0;
    }
    pub fn kv_del(key: [*]const u8, len: usize) i32 {
        return if (world.kv.orderedRemove(key[0..len])) 0 else -4;
    }
    pub fn kv_add(key: [*]const u8, len: usize, delta: i64, sum: *i64) i32 {
        const old = std.fmt.parseInt(i64, world.kv.get(key[0..len]) orelse "0", 10) catch return -1;
        sum.* = old + delta;
        var buffer: [24]u8 = undefined;
        world.put(key[0..len], std.fmt.bufPrint(&buffer, "{d}", .{sum.*}) catch return -8);
        return 0;
    }
    pub fn kv_list(prefix: [*]const u8, len: usize, after: [*]const u8, after_len: usize, to: [*]u8, room: usize) i32 {
        var best: ?[]const u8 = null;
        for (world.kv.keys()) |key| {
            if (!std.mem.startsWith(u8, key, prefix[0..len])) continue;
            if (std.mem.order(u8, key, after[0..after_len]) != .gt) continue;
            if (best == null or std.mem.order(u8, key, best.?) == .lt) best = key;
        }
        const key = best orelse return 0;
        if (room < 4 + key.len) return -5;
        std.mem.writeInt(u32, to[0..4], @intCast(key.len), .little);
        @memcpy(to[4..][0..key.len], key);
        return @intCast(4 + key.len);
    }
    pub fn gateway(_: i32, _: i32, _: [*]const u8, _: usize) i32 {
        return 0;
    }
    pub fn state_write(_: i32, data: [*]const u8, len: usize) i32 {
        world.put("sdk/state", data[0..len]);
        return 0;
    }
    pub fn publish(_: [*]const u8, _: usize, message: [*]const u8, size: usize) i32 {
        world.requests.append(world.arena.allocator(), world.keep(message[0..size])) catch return -8;
        return 0;
    }
};
