//! How handlers fail: with an error, and text that says more.

const std = @import("std");
const host = @import("host.zig").calls;
const memory = @import("memory.zig");

/// What a call of the host's may answer. The text that belongs to it is kept: an
/// error that a handler returns is shown with it.
pub const Error = error{ Invalid, Denied, TryAgain, NotFound, TooBig, Exists, Closing, Internal, Unsupported, Uncertain };

var text: []const u8 = "";
var of: ?anyerror = null;

/// What is being handled, for messages.
pub var working: []const u8 = "";

/// Says why a handler fails:
///
///     return shard.fail("{d} is too many", .{n});
pub fn fail(comptime fmt: []const u8, args: anytype) error{Failed} {
    text = memory.print(fmt, args);
    of = error.Failed;
    return error.Failed;
}

/// Turns a negative result into an error.
pub fn checked(result: i64, call: []const u8, object: []const u8) Error!void {
    if (result >= 0) return;
    const err: Error, const name = switch (result) {
        -1 => .{ error.Invalid, "invalid" },
        -2 => .{ error.Denied, "denied" },
        -3 => .{ error.TryAgain, "try again" },
        -4 => .{ error.NotFound, "not found" },
        -5 => .{ error.TooBig, "too big" },
        -6 => .{ error.Exists, "exists" },
        -7 => .{ error.Closing, "closing" },
        -9 => .{ error.Unsupported, "unsupported" },
        -10 => .{ error.Uncertain, "uncertain" },
        else => .{ error.Internal, "internal error" },
    };
    text = memory.print("{s} {s}: {s}", .{ call, object, name });
    of = err;
    return err;
}

pub fn forget() void {
    of = null;
}

/// Tells the host why a handler has failed, and returns what the export is to
/// return.
pub fn report(handler: []const u8, err: anyerror) i32 {
    const why = if (of != null and of.? == err) text else @errorName(err);
    const whole = memory.print("{s}: {s}: {s}", .{ working, handler, why });
    _ = host.fail(whole.ptr, whole.len);
    return -8;
}

/// Ends the instance, and says where: shard.trap(@src(), "..."). Its memory is
/// lost, and the event is tried again.
pub fn trap(place: std.builtin.SourceLocation, message: []const u8) noreturn {
    var buffer: [512]u8 = undefined;
    end(std.fmt.bufPrint(&buffer, "{s}: {s}:{d}: {s}", .{ working, place.file, place.line, message }) catch message);
}

/// The panic handler of a plugin: the text of the panic goes to the host, beside
/// the names of the functions, which the host finds itself.
pub fn panic(message: []const u8, _: ?usize) noreturn {
    var buffer: [512]u8 = undefined;
    end(std.fmt.bufPrint(&buffer, "{s}: panic: {s}", .{ working, message }) catch message);
}

fn end(message: []const u8) noreturn {
    _ = host.fail(message.ptr, message.len);
    @trap();
}
