//! The SDK of Shardhost as a package: a plugin's build.zig calls plugin, and
//! `zig build test` here tests the SDK.

const std = @import("std");

pub const Options = struct {
    name: []const u8 = "plugin",
    root_source_file: std.Build.LazyPath, // the file with `pub const plugin`
};

/// Builds a plugin into bin/NAME.wasm, and its tests, natively, as the step test.
/// Everything is checked at run time, so that what goes wrong says so, but the
/// scanner of JSON, which reads every byte of every event.
pub fn plugin(b: *std.Build, options: Options) void {
    const sdk = b.dependency("shardhost", .{});
    const target = b.resolveTargetQuery(.{
        .cpu_arch = .wasm32,
        .os_tag = .freestanding,
        .cpu_features_add = std.Target.wasm.featureSet(&.{ .simd128, .bulk_memory }),
    });
    const shardhost = b.createModule(.{
        .root_source_file = sdk.path("src/shardhost.zig"),
        .target = target,
        .optimize = .ReleaseSafe,
        .single_threaded = true,
    });
    const own = b.createModule(.{
        .root_source_file = options.root_source_file,
        .target = target,
        .optimize = .ReleaseSafe,
        .single_threaded = true,
        .imports = &.{.{ .name = "shardhost", .module = shardhost }},
    });
    const module = b.addExecutable(.{
        .name = options.name,
        .root_module = b.createModule(.{
            .root_source_file = sdk.path("src/root.zig"),
            .target = target,
            .optimize = .ReleaseSafe,
            .single_threaded = true,
            .imports = &.{ .{ .name = "shardhost", .module = shardhost }, .{ .name = "plugin", .module = own } },
        }),
    });
    module.entry = .disabled;
    module.rdynamic = true;
    module.stack_size = 32 << 10;
    b.installArtifact(module);

    const native = b.resolveTargetQuery(.{});
    const tests = b.addTest(.{ .root_module = b.createModule(.{
        .root_source_file = options.root_source_file,
        .target = native,
        .imports = &.{.{ .name = "shardhost", .module = b.createModule(.{ .root_source_file = sdk.path("src/shardhost.zig"), .target = native }) }},
    }) });
    b.step("test", "Run the plugin's tests").dependOn(&b.addRunArtifact(tests).step);
}

pub fn build(b: *std.Build) void {
    const tests = b.addTest(.{ .root_module = b.createModule(.{
        .root_source_file = b.path("src/shardhost.zig"),
        .target = b.resolveTargetQuery(.{}),
    }) });
    b.step("test", "Test the SDK").dependOn(&b.addRunArtifact(tests).step);
}
