//! The functions of the host, by the names of the contract. In a native test
//! testing.zig is the host. A module imports those that its code reaches.

const builtin = @import("builtin");

pub const calls = if (builtin.cpu.arch.isWasm()) module else @import("testing.zig").host;

const module = struct {
    pub extern "shard_v1" fn log(level: i32, text: [*]const u8, len: usize) i32;
    pub extern "shard_v1" fn log_level() i32;
    pub extern "shard_v1" fn done(frames: u32) i32;
    pub extern "shard_v1" fn fail(text: [*]const u8, len: usize) i32;
    pub extern "shard_v1" fn metric(name: [*]const u8, len: usize, kind: i32, value: f64) i32;
    pub extern "shard_v1" fn rest(tag: u64, document: [*]const u8, len: usize) i32;
    pub extern "shard_v1" fn fetch(tag: u64, document: [*]const u8, len: usize) i32;
    pub extern "shard_v1" fn timer(tag: u64, delay_ms: i64, period_ms: i64) i32;
    pub extern "shard_v1" fn timer_off(tag: u64) i32;
    pub extern "shard_v1" fn kv_get(key: [*]const u8, len: usize, to: [*]u8, room: usize) i32;
    pub extern "shard_v1" fn kv_put(key: [*]const u8, len: usize, value: [*]const u8, size: usize, ttl_ms: i64) i32;
    pub extern "shard_v1" fn kv_version(key: [*]const u8, len: usize) i64;
    pub extern "shard_v1" fn kv_cas(key: [*]const u8, len: usize, version: i64, value: [*]const u8, size: usize, ttl_ms: i64) i32;
    pub extern "shard_v1" fn kv_del(key: [*]const u8, len: usize) i32;
    pub extern "shard_v1" fn kv_add(key: [*]const u8, len: usize, delta: i64, sum: *i64) i32;
    pub extern "shard_v1" fn kv_list(prefix: [*]const u8, len: usize, after: [*]const u8, after_len: usize, to: [*]u8, room: usize) i32;
    pub extern "shard_v1" fn gateway(shard: i32, op: i32, d: [*]const u8, len: usize) i32;
    pub extern "shard_v1" fn state_write(schema: i32, data: [*]const u8, len: usize) i32;
    pub extern "shard_v1" fn publish(topic: [*]const u8, len: usize, message: [*]const u8, size: usize) i32;
};
