//! The options of slash commands as the fields of a struct:
//!
//!     const Roll = struct { sides: i64, secret: ?bool };

const std = @import("std");
const Event = @import("event.zig").Event;
const Id = @import("id.zig").Id;
const Json = @import("json.zig").Json;

/// Options that hold an id of one kind.
pub const User = struct { id: Id };
pub const Channel = struct { id: Id };
pub const Role = struct { id: Id };

fn Plain(comptime T: type) type {
    return if (@typeInfo(T) == .optional) @typeInfo(T).optional.child else T;
}

/// The number of a type of option.
/// See https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type
fn kindOf(comptime T: type) u8 {
    return switch (Plain(T)) {
        []const u8 => 3,
        i64 => 4,
        bool => 5,
        User => 6,
        Channel => 7,
        Role => 8,
        f64 => 10,
        else => @compileError("an option is []const u8, i64, f64, bool, shard.User, shard.Channel or shard.Role, or one of these that is optional; not " ++ @typeName(T)),
    };
}

/// Reads the options that a person gave.
pub fn read(comptime T: type, e: *Event) T {
    var value: T = undefined;
    inline for (@typeInfo(T).@"struct".fields) |f| {
        const given = e.option(f.name);
        if (@typeInfo(f.type) == .optional) {
            @field(value, f.name) = if (given.exists()) one(Plain(f.type), given) else null;
        } else {
            @field(value, f.name) = one(f.type, given);
        }
    }
    return value;
}

fn one(comptime T: type, given: Json) T {
    return switch (T) {
        []const u8 => given.text(),
        i64 => given.int(),
        f64 => given.float(),
        bool => given.boolean(),
        else => .{ .id = given.id() },
    };
}

const Option = struct { type: u8, name: []const u8, description: []const u8, required: bool };
const Command = struct { type: u8 = 1, name: []const u8, description: []const u8, options: []const Option };

/// The definitions of commands as Discord takes them.
pub fn definitions(comptime commands: anytype) []const Command {
    var all: []const Command = &.{};
    for (@typeInfo(@TypeOf(commands)).@"struct".fields) |f| {
        const c = @field(commands, f.name);
        var of: []const Option = &.{};
        const params = @typeInfo(@TypeOf(c.run)).@"fn".params;
        if (params.len > 1 and !@hasField(params[1].type.?, "json")) {
            for (@typeInfo(params[1].type.?).@"struct".fields) |o| {
                if (!@hasField(@TypeOf(c), "options") or !@hasField(@TypeOf(c.options), o.name)) {
                    @compileError("the command " ++ f.name ++ " says nothing about its option " ++ o.name ++ ": add .options = .{ ." ++ o.name ++ " = \"...\" }");
                }
                of = of ++ &[_]Option{.{ .type = kindOf(o.type), .name = o.name, .description = @field(c.options, o.name), .required = @typeInfo(o.type) != .optional }};
            }
        }
        all = all ++ &[_]Command{.{ .name = f.name, .description = c.about, .options = of }};
    }
    return all;
}
