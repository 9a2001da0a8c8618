//! Timers. They belong to the host and survive reloads and restarts.

use alloc::boxed::Box;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use core::panic::Location;
use core::time::Duration;

use crate::abi::Frame;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::handler::{waiting, AsyncHandler, Call, Flow, Handler};
use crate::host;
use crate::kv::milliseconds;
use crate::plugin::Plugin;

/// Names a timer that [`Ctx::after`] has set, for as long as it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimerId(pub u64);

impl Plugin {
    /// Calls `f` once in each period, for the plugin as a whole: in its first
    /// lane. The period runs on over reloads and restarts; what was due while the
    /// host was down is called once. It needs the grant timers. The shortest
    /// period is 100 ms, the longest 366 days.
    #[track_caller]
    pub fn every(&mut self, name: &str, period: Duration, f: impl Fn(&Ctx) -> Result + 'static) {
        let call: Box<Call> = Box::new(move |c, _| {
            f(c)?;
            Ok(Flow::Done)
        });
        self.periodic(name, period, Handler::new("every", name, Location::caller(), call));
    }

    /// As [`every`](Plugin::every).
    #[track_caller]
    pub fn every_async<F: for<'a> AsyncHandler<'a, ()>>(&mut self, name: &str, period: Duration, f: F) {
        let nothing = |_: &Ctx, _: Frame<'_>| ();
        self.periodic(name, period, Handler::new("every_async", name, Location::caller(), waiting!(f, nothing)));
    }

    #[track_caller]
    fn periodic(&mut self, name: &str, period: Duration, h: Rc<Handler>) {
        if period < Duration::from_millis(100) || period > Duration::from_secs(366 * 24 * 3600) {
            h.refuse("the period must be from 100 ms to 366 days");
        }
        let tag = u64::from(hash(name)) << 32;
        self.timer(name, h);
        self.stop_timer = Some(host::timer_off);
        let set = move |c: &Ctx| {
            let ms = milliseconds(period);
            if c.lane() > 0 {
                return Ok(());
            }
            match host::timer(tag, ms, ms) {
                code if code < 0 => Err(Error::call("timer", "", code)),
                _ => Ok(()),
            }
        };
        self.start("every", name, Location::caller(), Box::new(set));
    }

    /// Registers the handler of the timers that [`Ctx::after`] sets under that
    /// name. It gets what `after` was given.
    #[track_caller]
    pub fn on_timer(&mut self, name: &str, f: impl Fn(&Ctx, &str) -> Result + 'static) {
        let call: Box<Call> = Box::new(move |c, given| {
            if let Some(data) = due(c, given.frame)? {
                f(c, &data)?;
            }
            Ok(Flow::Done)
        });
        self.timer(name, Handler::new("on_timer", name, Location::caller(), call));
    }

    /// As [`on_timer`](Plugin::on_timer).
    #[track_caller]
    pub fn on_timer_async<F: for<'a> AsyncHandler<'a, &'a str>>(&mut self, name: &str, f: F) {
        let f = Rc::new(f);
        let call: Box<Call> = Box::new(move |c, given| {
            let (f, c) = (f.clone(), c.clone());
            match due(&c, given.frame)? {
                Some(data) => Ok(Flow::Wait(Box::pin(async move { f.call(&c, data.as_str()).await }), None)),
                None => Ok(Flow::Done),
            }
        });
        self.timer(name, Handler::new("on_timer_async", name, Location::caller(), call));
    }

    fn timer(&mut self, name: &str, h: Rc<Handler>) {
        for (other_hash, other, _) in &self.timers {
            if other == name {
                h.refuse("another handler has the name");
            }
            if *other_hash == hash(name) {
                h.refuse(&format!("choose another name: its hash is that of {:?}", other));
            }
        }
        self.timers.push((hash(name), name.to_string(), h));
    }
}

/// Takes what a timer was given; nothing if it was stopped in the moment it was
/// due.
fn due(c: &Ctx, f: Frame<'_>) -> Result<Option<String>> {
    let key = key(TimerId(f.header.tag));
    let data = c.kv().get(&key)?;
    if data.is_some() {
        c.kv().delete(&key)?;
    }
    Ok(data)
}

impl Ctx {
    /// Has the handler of that name called after a time, with data. The timer
    /// belongs to the host: it survives reloads and restarts. It needs the grants
    /// timers and kv, which keeps the data under a key that begins with
    /// `sdk/timer/`. At most a year.
    #[track_caller]
    pub fn after(&self, name: &str, time: Duration, data: impl AsRef<str>) -> Result<TimerId> {
        if !self.shared.knows("on_timer", name) {
            return Err(Error::new(format!("nothing is registered with on_timer under the name {:?}", name)));
        }
        loop {
            let id = TimerId(u64::from(hash(name)) << 32 | u64::from(host::random() as u32 | 1));
            if !self.kv().swap(&key(id), 0, data.as_ref(), Duration::ZERO)? {
                continue;
            }
            return match host::timer(id.0, milliseconds(time), 0) {
                code if code < 0 => Err(Error::call("timer", name, code)),
                _ => Ok(id),
            };
        }
    }

    /// Stops a timer that `after` has set. That it is not there any more is no
    /// error.
    #[track_caller]
    pub fn stop_timer(&self, id: TimerId) -> Result {
        match host::timer_off(id.0) {
            code if code < 0 && code != crate::abi::NOT_FOUND => Err(Error::call("timer_off", "", code)),
            _ => self.kv().delete(&key(id)),
        }
    }
}

fn key(id: TimerId) -> String {
    format!("sdk/timer/{:x}", id.0)
}

/// FNV-1a.
fn hash(name: &str) -> u32 {
    name.bytes().fold(2_166_136_261, |hash, c| (hash ^ u32::from(c)).wrapping_mul(16_777_619))
}
