//! Write plugins of Shardhost in Zig.
//!
//!     const shard = @import("shardhost");
//!
//!     pub const plugin = .{
//!         .on = .{ .MESSAGE_CREATE = onMessage },
//!         .intents = .{"MESSAGE_CONTENT"},
//!     };
//!
//!     fn onMessage(e: *shard.Event, m: shard.discord.Message) !void {
//!         if (!std.mem.eql(u8, m.content(), "!ping")) return;
//!         try e.reply("pong", .{});
//!     }
//!
//! What a handler asks for happens when it has returned without an error: all of
//! it, and exactly once. An error takes everything back, and the event is tried
//! again. Handlers run one after the other. Text and JSON that the SDK makes live
//! until the handler returns; variables of the plugin are a cache that is lost in
//! a crash, and what must last belongs into kv.
//!
//! What a plugin declares:
//!
//!     .on         = .{ .EVENT = handler, .@"GUILD_ROLE_*" = handler }
//!     .commands   = .{ .roll = .{ .about = "Throw a die", .options = .{ .sides = "How many" }, .run = roll } }
//!     .components = .{ .@"vote:*" = handler }       by custom_id; .modals as well
//!     .timers     = .{ .remind = handler }          of e.after("remind", ...)
//!     .every      = .{ .report = .{ .period_ms = 86_400_000, .run = handler } }
//!     .answers    = .{ .topic = handler }           of e.rest(.{ .answer = "topic", ... })
//!     .topics     = .{ .@"levels.*" = handler }     messages of other plugins
//!     .control    = .{ .cold = handler }            words of the host's
//!     .start      = handler                         an error refuses the plugin
//!     .state      = &variable, .schema = 1          handed to the next version
//!     .intents    = .{"MESSAGE_CONTENT"}            beyond those of the events
//!     .fields     = .{ .MESSAGE_CREATE = .{ "content", "author" } }   that the host finds;
//!                   without it id, content, author, channel_id and guild_id of messages
//!
//! A handler gets the event, and as a second parameter, if it has one, a typed view
//! of its data or a struct with the options of a command.

const failure = @import("failure.zig");
const memory = @import("memory.zig");
const setup = @import("setup.zig");
const options = @import("options.zig");

pub const discord = @import("discord.zig");
pub const kv = @import("kv.zig");
pub const log = @import("log.zig");
pub const testing = @import("testing.zig");

pub const Event = @import("event.zig").Event;
pub const Request = @import("event.zig").Request;
pub const WebRequest = @import("event.zig").WebRequest;
pub const Guest = @import("guest.zig").Guest;
pub const Id = @import("id.zig").Id;
pub const Json = @import("json.zig").Json;
pub const List = @import("json.zig").List;
pub const Map = @import("json.zig").Map;

pub const User = options.User;
pub const Channel = options.Channel;
pub const Role = options.Role;

pub const Error = failure.Error;
pub const fail = failure.fail;
pub const trap = failure.trap;
pub const panic = failure.panic;

pub const json = @import("write.zig").json;
pub const print = memory.print;
pub const allocator = memory.frame;

pub const config = setup.config;
pub const secret = setup.secret;
pub const lane = setup.lane;

test {
    _ = @import("json.zig");
    _ = @import("write.zig");
    _ = @import("testing.zig");
}
