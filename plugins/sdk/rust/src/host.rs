//! The host's functions. Each is called directly and never through a table, so
//! that a module imports only what its plugin uses: imports are what the
//! configuration must grant.

#[cfg(target_arch = "wasm32")]
mod calls {
    /// The functions of the contract, with pointers and lengths as the host
    /// takes them. See docs/abi.md.
    mod raw {
        #[link(wasm_import_module = "shard_v1")]
        extern "C" {
            pub fn log(level: i32, text: *const u8, len: usize) -> i32;
            pub fn log_level() -> i32;
            pub fn done(n: i32) -> i32;
            pub fn fail(text: *const u8, len: usize) -> i32;
            pub fn metric(name: *const u8, len: usize, kind: i32, value: f64) -> i32;
            pub fn park() -> i32;
            pub fn enter(handle: i32) -> i32;
            pub fn finish(handle: i32, status: i32) -> i32;
            pub fn rest(tag: u64, document: *const u8, len: usize) -> i32;
            pub fn fetch(tag: u64, document: *const u8, len: usize) -> i32;
            pub fn timer(tag: u64, delay: i64, period: i64) -> i32;
            pub fn timer_off(tag: u64) -> i32;
            pub fn kv_get(key: *const u8, len: usize, to: *mut u8, room: usize) -> i32;
            pub fn kv_put(key: *const u8, len: usize, value: *const u8, size: usize, ttl: i64) -> i32;
            pub fn kv_version(key: *const u8, len: usize) -> i64;
            pub fn kv_cas(key: *const u8, len: usize, version: u64, value: *const u8, size: usize, ttl: i64) -> i32;
            pub fn kv_del(key: *const u8, len: usize) -> i32;
            pub fn kv_add(key: *const u8, len: usize, delta: i64, sum: *mut i64) -> i32;
            pub fn kv_list(prefix: *const u8, len: usize, after: *const u8, size: usize, to: *mut u8, room: usize) -> i32;
            pub fn gateway(shard: i32, op: i32, data: *const u8, len: usize) -> i32;
            pub fn publish(topic: *const u8, len: usize, body: *const u8, size: usize) -> i32;
            pub fn state_write(schema: i32, data: *const u8, len: usize) -> i32;
        }

        #[link(wasm_import_module = "wasi_snapshot_preview1")]
        extern "C" {
            pub fn random_get(to: *mut u8, len: usize) -> i32;
            pub fn clock_time_get(clock: i32, precision: i64, to: *mut i64) -> i32;
        }
    }

    // Safety, here and below: the host reads and writes only the ranges that it
    // is given, before it returns.
    macro_rules! call {
        ($name:ident($($argument:expr),*)) => { unsafe { raw::$name($($argument),*) } };
    }

    pub(crate) fn log(level: i32, text: &str) -> i32 {
        call!(log(level, text.as_ptr(), text.len()))
    }
    pub(crate) fn log_level() -> i32 {
        call!(log_level())
    }
    pub(crate) fn done(n: i32) -> i32 {
        call!(done(n))
    }
    pub(crate) fn fail(text: &str) -> i32 {
        call!(fail(text.as_ptr(), text.len()))
    }
    pub(crate) fn metric(name: &str, kind: i32, value: f64) -> i32 {
        call!(metric(name.as_ptr(), name.len(), kind, value))
    }
    pub(crate) fn park() -> i32 {
        call!(park())
    }
    pub(crate) fn enter(handle: i32) -> i32 {
        call!(enter(handle))
    }
    pub(crate) fn finish(handle: i32, status: i32) -> i32 {
        call!(finish(handle, status))
    }
    pub(crate) fn rest(tag: u64, document: &str) -> i32 {
        call!(rest(tag, document.as_ptr(), document.len()))
    }
    pub(crate) fn fetch(tag: u64, document: &str) -> i32 {
        call!(fetch(tag, document.as_ptr(), document.len()))
    }
    pub(crate) fn timer(tag: u64, delay: i64, period: i64) -> i32 {
        call!(timer(tag, delay, period))
    }
    pub(crate) fn timer_off(tag: u64) -> i32 {
        call!(timer_off(tag))
    }
    pub(crate) fn kv_get(key: &str, to: &mut [u8]) -> i32 {
        call!(kv_get(key.as_ptr(), key.len(), to.as_mut_ptr(), to.len()))
    }
    pub(crate) fn kv_put(key: &str, value: &[u8], ttl: i64) -> i32 {
        call!(kv_put(key.as_ptr(), key.len(), value.as_ptr(), value.len(), ttl))
    }
    pub(crate) fn kv_version(key: &str) -> i64 {
        call!(kv_version(key.as_ptr(), key.len()))
    }
    pub(crate) fn kv_cas(key: &str, version: u64, value: &[u8], ttl: i64) -> i32 {
        call!(kv_cas(key.as_ptr(), key.len(), version, value.as_ptr(), value.len(), ttl))
    }
    pub(crate) fn kv_del(key: &str) -> i32 {
        call!(kv_del(key.as_ptr(), key.len()))
    }
    pub(crate) fn kv_add(key: &str, delta: i64, sum: &mut i64) -> i32 {
        call!(kv_add(key.as_ptr(), key.len(), delta, sum))
    }
    pub(crate) fn kv_list(prefix: &str, after: &str, to: &mut [u8]) -> i32 {
        call!(kv_list(prefix.as_ptr(), prefix.len(), after.as_ptr(), after.len(), to.as_mut_ptr(), to.len()))
    }
    pub(crate) fn gateway(shard: i32, op: i32, data: &str) -> i32 {
        call!(gateway(shard, op, data.as_ptr(), data.len()))
    }
    pub(crate) fn publish(topic: &str, body: &str) -> i32 {
        call!(publish(topic.as_ptr(), topic.len(), body.as_ptr(), body.len()))
    }
    pub(crate) fn state_write(schema: i32, data: &[u8]) -> i32 {
        call!(state_write(schema, data.as_ptr(), data.len()))
    }
    pub(crate) fn random() -> u64 {
        let mut bytes = [0; 8];
        call!(random_get(bytes.as_mut_ptr(), bytes.len()));
        u64::from_le_bytes(bytes)
    }
    pub(crate) fn now_ns() -> i64 {
        let mut now = 0;
        call!(clock_time_get(0, 1, &mut now));
        now
    }
}

#[cfg(target_arch = "wasm32")]
pub(crate) use calls::*;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use crate::testing::calls::*;
