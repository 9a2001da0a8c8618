//! The log and the metrics.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::Display;

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::host;

/// Writes to the host's log under the plugin's name. Data goes in pairs of a key
/// and a value behind a constant message:
///
/// ```
/// # use shardhost::*;
/// # fn example(c: &Ctx, m: Message<'_>) {
/// c.log().info("reminder set", &[("user", &m.author().id()), ("minutes", &5)]);
/// # }
/// ```
///
/// Lines appear at once, whatever becomes of the handler.
#[derive(Clone, Copy)]
pub struct Log(());

type Pairs<'a> = &'a [(&'a str, &'a dyn Display)];

impl Log {
    /// Writes a line that is hidden by default.
    pub fn debug(self, message: &str, pairs: Pairs<'_>) {
        self.line(1, message, pairs);
    }

    /// Writes a line.
    pub fn info(self, message: &str, pairs: Pairs<'_>) {
        self.line(2, message, pairs);
    }

    /// Writes a line about something an operator should look at.
    pub fn warn(self, message: &str, pairs: Pairs<'_>) {
        self.line(3, message, pairs);
    }

    /// Writes a line about something that went wrong.
    pub fn error(self, message: &str, pairs: Pairs<'_>) {
        self.line(4, message, pairs);
    }

    fn line(self, level: i32, message: &str, pairs: Pairs<'_>) {
        if level < host::log_level() {
            return;
        }
        let mut line = String::from(message);
        for (key, value) in pairs {
            let mut text = value.to_string();
            if text.is_empty() || text.contains(|c: char| c <= ' ' || c == '"' || c == '=') {
                text = format!("{:?}", text);
            }
            line += &format!(" {}={}", key, text);
        }
        host::log(level, &line);
    }
}

impl Ctx {
    /// The plugin's log.
    pub fn log(&self) -> Log {
        Log(())
    }

    /// Adds to a counter of the plugin, which the host shows with its own metrics.
    /// Use few names: one for each kind of thing, not one for each guild.
    #[track_caller]
    pub fn count(&self, name: &str, n: f64) -> Result {
        metric(name, 0, n)
    }

    /// Sets a number that goes up and down.
    #[track_caller]
    pub fn gauge(&self, name: &str, value: f64) -> Result {
        metric(name, 1, value)
    }

    /// Adds a value to a histogram.
    #[track_caller]
    pub fn observe(&self, name: &str, value: f64) -> Result {
        metric(name, 2, value)
    }
}

#[track_caller]
fn metric(name: &str, kind: i32, value: f64) -> Result {
    match host::metric(name, kind, value) {
        code if code < 0 => Err(Error::call("metric", name, code)),
        _ => Ok(()),
    }
}
