//! Keys and values.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use crate::abi;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::host;
use crate::id::Id;
use crate::write::Body;

/// The plugin's own store of keys and values, which all its lanes share and
/// which survives reloads and restarts. It needs the grant kv. A handler sees
/// its own writes; they are kept when it has returned `Ok`.
///
/// A key has 1 to 1024 bytes and a value at most 256 KiB. Values are of any type
/// with [`Value`] and [`FromValue`]:
///
/// ```
/// # use shardhost::*;
/// # fn example(c: &Ctx) -> Result {
/// c.kv().put("greeting", "hello")?;
/// let greeting: Option<String> = c.kv().get("greeting")?;
/// # Ok(()) }
/// ```
#[derive(Clone, Copy)]
pub struct Kv(());

impl Ctx {
    /// The plugin's store.
    pub fn kv(&self) -> Kv {
        Kv(())
    }
}

impl Kv {
    /// The value of a key, if there is one.
    #[track_caller]
    pub fn get<T: FromValue>(self, key: &str) -> Result<Option<T>> {
        let mut value = vec![0; 256];
        loop {
            let size = host::kv_get(key, &mut value);
            if size == abi::NOT_FOUND {
                return Ok(None);
            }
            if size < 0 {
                return Err(Error::call("kv_get", key, size));
            }
            let fits = size as usize <= value.len();
            value.resize(size as usize, 0);
            if fits {
                return match T::decode(value) {
                    Some(value) => Ok(Some(value)),
                    None => Err(Error::new("the value of the key ".to_string() + key + " is of another type")),
                };
            }
        }
    }

    /// Sets the value of a key for ever.
    #[track_caller]
    pub fn put<T: Value + ?Sized>(self, key: &str, value: &T) -> Result {
        self.put_for(key, value, Duration::ZERO)
    }

    /// Sets the value of a key for that long, to the millisecond. Zero is for
    /// ever.
    #[track_caller]
    pub fn put_for<T: Value + ?Sized>(self, key: &str, value: &T, time: Duration) -> Result {
        match host::kv_put(key, &value.encode(), milliseconds(time)) {
            code if code < 0 => Err(Error::call("kv_put", key, code)),
            _ => Ok(()),
        }
    }

    /// Removes a key. That it was not there is no error.
    #[track_caller]
    pub fn delete(self, key: &str) -> Result {
        match host::kv_del(key) {
            code if code < 0 && code != abi::NOT_FOUND => Err(Error::call("kv_del", key, code)),
            _ => Ok(()),
        }
    }

    /// Adds to the number that a key holds in decimal, 0 where there is none, and
    /// returns the sum. Lanes that add to one key at the same time lose nothing;
    /// what each sees is the sum of what it knows.
    #[track_caller]
    pub fn add(self, key: &str, delta: i64) -> Result<i64> {
        let mut sum = 0;
        match host::kv_add(key, delta, &mut sum) {
            code if code < 0 => Err(Error::call("kv_add", key, code)),
            _ => Ok(sum),
        }
    }

    /// The version of a key's value, for [`swap`](Kv::swap); 0 if there is none.
    #[track_caller]
    pub fn version(self, key: &str) -> Result<u64> {
        match host::kv_version(key) {
            code if code == i64::from(abi::NOT_FOUND) => Ok(0),
            code if code < 0 => Err(Error::call("kv_version", key, code as i32)),
            version => Ok(version as u64),
        }
    }

    /// Sets the value of a key if it still has that version, or with version 0 if
    /// there is no such key. False: it is another by now.
    #[track_caller]
    pub fn swap<T: Value + ?Sized>(self, key: &str, version: u64, value: &T, time: Duration) -> Result<bool> {
        match host::kv_cas(key, version, &value.encode(), milliseconds(time)) {
            abi::EXISTS => Ok(false),
            code if code < 0 => Err(Error::call("kv_cas", key, code)),
            _ => Ok(true),
        }
    }

    /// The keys with a prefix, in the order of their bytes. An error ends the
    /// walk.
    pub fn keys(self, prefix: &str) -> Keys {
        Keys { prefix: prefix.to_string(), page: Vec::new(), at: 0, after: String::new(), over: false }
    }
}

/// Goes through keys.
pub struct Keys {
    prefix: String,
    page: Vec<u8>,
    at: usize,
    after: String,
    over: bool,
}

impl Iterator for Keys {
    type Item = Result<String>;

    fn next(&mut self) -> Option<Result<String>> {
        if self.at + 4 > self.page.len() && !self.over {
            self.page.resize(8 << 10, 0);
            let size = host::kv_list(&self.prefix, &self.after, &mut self.page);
            self.page.truncate(size.max(0) as usize);
            self.at = 0;
            self.over = size <= 0;
            if size < 0 {
                return Some(Err(Error::call("kv_list", &self.prefix, size)));
            }
        }
        let size = self.page.get(self.at..self.at + 4)?;
        let start = self.at + 4;
        self.at = start + u32::from_le_bytes([size[0], size[1], size[2], size[3]]) as usize;
        self.after = String::from_utf8_lossy(self.page.get(start..self.at)?).into_owned();
        Some(Ok(self.after.clone()))
    }
}

/// What can be put as the value of a key. Numbers are kept in decimal digits, as
/// [`Kv::add`] takes them.
pub trait Value {
    /// The value as it is kept.
    fn encode(&self) -> Cow<'_, [u8]>;
}

/// What the value of a key can be read as.
pub trait FromValue: Sized {
    /// The value that was kept, unless it is of another type.
    fn decode(kept: Vec<u8>) -> Option<Self>;
}

impl Value for str {
    fn encode(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.as_bytes())
    }
}

impl Value for [u8] {
    fn encode(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self)
    }
}

impl Value for String {
    fn encode(&self) -> Cow<'_, [u8]> {
        self.as_str().encode()
    }
}

impl FromValue for String {
    fn decode(kept: Vec<u8>) -> Option<String> {
        String::from_utf8(kept).ok()
    }
}

impl Value for Vec<u8> {
    fn encode(&self) -> Cow<'_, [u8]> {
        self.as_slice().encode()
    }
}

impl FromValue for Vec<u8> {
    fn decode(kept: Vec<u8>) -> Option<Vec<u8>> {
        Some(kept)
    }
}

impl Value for Body {
    fn encode(&self) -> Cow<'_, [u8]> {
        self.as_str().encode()
    }
}

impl FromValue for Body {
    fn decode(kept: Vec<u8>) -> Option<Body> {
        String::from_utf8(kept).ok().map(Body::finished)
    }
}

macro_rules! plain_text {
    ($($t:ty)*) => {$(
        impl Value for $t {
            fn encode(&self) -> Cow<'_, [u8]> {
                Cow::Owned(self.to_string().into_bytes())
            }
        }

        impl FromValue for $t {
            fn decode(kept: Vec<u8>) -> Option<$t> {
                core::str::from_utf8(&kept).ok()?.parse().ok()
            }
        }
    )*};
}
plain_text!(u16 u32 u64 usize i16 i32 i64 isize f64 bool char Id);

/// Rounds up, so that a short time does not become for ever.
pub(crate) fn milliseconds(time: Duration) -> i64 {
    ((time.as_nanos() + 999_999) / 1_000_000).min(i64::MAX as u128) as i64
}
