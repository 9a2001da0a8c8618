// The host's functions, as docs/abi.md lists them. A plugin imports those that its
// code reaches, and needs the grants for these alone.

// @ts-ignore: decorator
@external("shard_v1", "log")
export declare function log(level: i32, text: usize, length: i32): i32;
// @ts-ignore: decorator
@external("shard_v1", "log_level")
export declare function log_level(): i32;
// @ts-ignore: decorator
@external("shard_v1", "done")
export declare function done(n: i32): i32;
// @ts-ignore: decorator
@external("shard_v1", "fail")
export declare function fail(text: usize, length: i32): i32;
// @ts-ignore: decorator
@external("shard_v1", "metric")
export declare function metric(name: usize, length: i32, kind: i32, value: f64): i32;
// @ts-ignore: decorator
@external("shard_v1", "rest")
export declare function rest(tag: u64, document: usize, length: i32): i32;
// @ts-ignore: decorator
@external("shard_v1", "fetch")
export declare function fetch(tag: u64, document: usize, length: i32): i32;
// @ts-ignore: decorator
@external("shard_v1", "timer")
export declare function timer(tag: u64, delay: i64, period: i64): i32;
// @ts-ignore: decorator
@external("shard_v1", "timer_off")
export declare function timer_off(tag: u64): i32;
// @ts-ignore: decorator
@external("shard_v1", "kv_get")
export declare function kv_get(key: usize, length: i32, to: usize, room: i32): i32;
// @ts-ignore: decorator
@external("shard_v1", "kv_put")
export declare function kv_put(key: usize, length: i32, value: usize, size: i32, ttl: i64): i32;
// @ts-ignore: decorator
@external("shard_v1", "kv_version")
export declare function kv_version(key: usize, length: i32): i64;
// @ts-ignore: decorator
@external("shard_v1", "kv_cas")
export declare function kv_cas(key: usize, length: i32, version: u64, value: usize, size: i32, ttl: i64): i32;
// @ts-ignore: decorator
@external("shard_v1", "kv_del")
export declare function kv_del(key: usize, length: i32): i32;
// @ts-ignore: decorator
@external("shard_v1", "kv_add")
export declare function kv_add(key: usize, length: i32, delta: i64, to: usize): i32;
// @ts-ignore: decorator
@external("shard_v1", "kv_list")
export declare function kv_list(prefix: usize, length: i32, after: usize, size: i32, to: usize, room: i32): i32;
// @ts-ignore: decorator
@external("shard_v1", "gateway")
export declare function gateway(shard: i32, op: i32, data: usize, length: i32): i32;
// @ts-ignore: decorator
@external("shard_v1", "publish")
export declare function publish(topic: usize, length: i32, body: usize, size: i32): i32;
// @ts-ignore: decorator
@external("shard_v1", "state_write")
export declare function state_write(schema: i32, data: usize, length: i32): i32;

/** Results that code looks for. The others are only ever shown. */
export const TRY_AGAIN: i32 = -3;
export const NOT_FOUND: i32 = -4;
export const TOO_BIG: i32 = -5;
export const EXISTS: i32 = -6;
export const INTERNAL: i32 = -8;
export const UNSUPPORTED: i32 = -9;

const RESULTS: string[] = [
  "", "invalid", "denied", "try again", "not found", "too big", "exists", "closing", "internal error", "unsupported", "uncertain",
];

/** What a negative result means. */
export function meaning(code: i32): string {
  return code < 0 && -code < RESULTS.length ? RESULTS[-code] : "result " + code.toString();
}
