//! The host's functions, on the world of a test.

use std::string::{String, ToString};
use std::vec::Vec;

use super::world::{owed, sum, with, Effect};
use crate::abi::{DENIED, EXISTS, INVALID, NOT_FOUND};

macro_rules! granted {
    ($world:ident, $grant:literal) => {
        if $world.denies($grant) {
            return DENIED.into();
        }
    };
}

pub(crate) fn log(level: i32, text: &str) -> i32 {
    let level = ["trace", "debug", "info", "warn", "error"][level.clamp(0, 4) as usize];
    with(|world| world.log.push(std::format!("{} {}", level, text)));
    0
}

pub(crate) fn log_level() -> i32 {
    1
}

pub(crate) fn done(_: i32) -> i32 {
    with(|world| world.entered = 0);
    0
}

pub(crate) fn fail(text: &str) -> i32 {
    with(|world| world.failed = text.to_string());
    0
}

pub(crate) fn metric(name: &str, _: i32, value: f64) -> i32 {
    with(|world| world.metrics.push((name.to_string(), value)));
    0
}

pub(crate) fn park() -> i32 {
    with(|world| {
        if world.entered != 0 {
            return INVALID;
        }
        world.handles += 1;
        world.entered = world.handles;
        let effects = core::mem::take(&mut world.effects);
        world.parked.insert(world.handles, effects);
        world.handles
    })
}

pub(crate) fn enter(handle: i32) -> i32 {
    with(|world| {
        if handle != 0 && !world.parked.contains_key(&handle) {
            return NOT_FOUND;
        }
        world.entered = handle;
        0
    })
}

pub(crate) fn finish(handle: i32, status: i32) -> i32 {
    with(|world| {
        let effects = match world.parked.remove(&handle) {
            Some(effects) => effects,
            None => return NOT_FOUND,
        };
        world.entered = 0;
        if status < 0 {
            let text = core::mem::take(&mut world.failed);
            world.failures.push(text);
        } else {
            world.commit(effects);
        }
        0
    })
}

pub(crate) fn rest(tag: u64, document: &str) -> i32 {
    with(|world| {
        granted!(world, "discord");
        if document.ends_with(",\"await\":true}") {
            if world.entered == 0 {
                return INVALID;
            }
            world.awaited.push(owed(tag, document));
        } else {
            world.current().push(Effect::Rest(tag, document.to_string()));
        }
        0
    })
}

pub(crate) fn fetch(tag: u64, document: &str) -> i32 {
    with(|world| {
        granted!(world, "http");
        if !document.ends_with(",\"await\":true}") || world.entered == 0 {
            return INVALID;
        }
        world.awaited.push(owed(tag, document));
        0
    })
}

pub(crate) fn timer(tag: u64, delay: i64, period: i64) -> i32 {
    with(|world| {
        granted!(world, "timers");
        world.current().push(Effect::Timer(tag, delay, period));
        0
    })
}

pub(crate) fn timer_off(tag: u64) -> i32 {
    with(|world| {
        granted!(world, "timers");
        world.current().push(Effect::TimerOff(tag));
        0
    })
}

pub(crate) fn kv_get(key: &str, to: &mut [u8]) -> i32 {
    with(|world| {
        granted!(world, "kv");
        match world.value(key) {
            None => NOT_FOUND,
            Some(value) => {
                if value.len() <= to.len() {
                    to[..value.len()].copy_from_slice(&value);
                }
                value.len() as i32
            }
        }
    })
}

pub(crate) fn kv_put(key: &str, value: &[u8], ttl: i64) -> i32 {
    with(|world| {
        granted!(world, "kv");
        let until = if ttl > 0 { world.now() + ttl } else { 0 };
        world.current().push(Effect::Value(key.to_string(), Some(value.to_vec()), until));
        0
    })
}

pub(crate) fn kv_version(key: &str) -> i64 {
    with(|world| {
        granted!(world, "kv");
        match world.values.get(key) {
            Some(kept) => kept.version,
            None => NOT_FOUND.into(),
        }
    })
}

pub(crate) fn kv_cas(key: &str, version: u64, value: &[u8], ttl: i64) -> i32 {
    let now = with(|world| match world.value(key) {
        None => 0,
        Some(_) => world.values.get(key).map_or(-1, |kept| kept.version),
    });
    if now != version as i64 {
        return EXISTS;
    }
    kv_put(key, value, ttl)
}

pub(crate) fn kv_del(key: &str) -> i32 {
    with(|world| {
        granted!(world, "kv");
        if world.value(key).is_none() {
            return NOT_FOUND;
        }
        world.current().push(Effect::Value(key.to_string(), None, 0));
        0
    })
}

pub(crate) fn kv_add(key: &str, delta: i64, to: &mut i64) -> i32 {
    with(|world| {
        granted!(world, "kv");
        *to = sum(&world.value(key), delta);
        world.current().push(Effect::Add(key.to_string(), delta));
        0
    })
}

pub(crate) fn kv_list(prefix: &str, after: &str, to: &mut [u8]) -> i32 {
    with(|world| {
        granted!(world, "kv");
        let mut keys: Vec<String> = world.values.keys().cloned().collect();
        keys.extend(world.current().iter().filter_map(|effect| match effect {
            Effect::Value(key, ..) | Effect::Add(key, _) => Some(key.clone()),
            _ => None,
        }));
        keys.sort();
        keys.dedup();
        let mut size = 0;
        for key in keys {
            if !key.starts_with(prefix) || key.as_str() <= after || world.value(&key).is_none() {
                continue;
            }
            let end = size + 4 + key.len();
            if end > to.len() {
                break;
            }
            to[size..size + 4].copy_from_slice(&(key.len() as u32).to_le_bytes());
            to[size + 4..end].copy_from_slice(key.as_bytes());
            size = end;
        }
        size as i32
    })
}

pub(crate) fn gateway(_: i32, op: i32, data: &str) -> i32 {
    with(|world| {
        granted!(world, "gateway");
        world.current().push(Effect::Gateway(op, data.to_string()));
        0
    })
}

pub(crate) fn publish(topic: &str, body: &str) -> i32 {
    with(|world| {
        granted!(world, "bus");
        world.current().push(Effect::Publish(topic.to_string(), body.to_string()));
        0
    })
}

pub(crate) fn state_write(schema: i32, data: &[u8]) -> i32 {
    with(|world| {
        let memory = world.memory.get_or_insert_with(|| (schema, Vec::new()));
        memory.0 = schema;
        memory.1.extend(data);
    });
    0
}

/// Numbers that follow from each other, so that a test is the same every time.
pub(crate) fn random() -> u64 {
    with(|world| {
        world.chance = world.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        world.chance ^ world.chance >> 29
    })
}

pub(crate) fn now_ns() -> i64 {
    with(|world| world.now_ns)
}
