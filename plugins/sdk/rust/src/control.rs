//! The host's own words.

use alloc::boxed::Box;
use core::panic::Location;
use core::time::Duration;

use crate::ctx::Ctx;
use crate::error::Result;
use crate::handler::{Call, Flow, Handler};
use crate::json::Json;
use crate::plugin::Plugin;

/// A session that was lost.
#[derive(Clone, Copy, Debug)]
pub struct Gap {
    /// The shard.
    pub shard: i64,
    /// How many shards there are.
    pub of: i64,
    /// The last sequence received in it, if that is known.
    pub after: Option<i64>,
}

impl Plugin {
    /// Registers what happens when the plugin's variables are empty although the
    /// bot's sessions go on: after a crash of the plugin, a reload that handed
    /// nothing over, or a restart of the host without state. What Discord sends
    /// only when a session begins, such as the list of guilds, will not come
    /// again. It is called before the next event, in each lane; the reason is
    /// `new`, `crash`, `reload`, `stale`, `schema` or `damaged`.
    #[track_caller]
    pub fn on_cold_start(&mut self, f: impl Fn(&Ctx, &str) -> Result + 'static) {
        self.control("on_cold_start", "cold", Location::caller(), move |c, body| f(c, &body.get("reason").text()));
    }

    /// Registers what happens when the plugin's variables are older than the
    /// events that it has handled: the host was killed, or a version of the plugin
    /// was taken back. It gets when they were right, since 1970. Without it a
    /// plugin gets no such state after a kill, it starts cold.
    #[track_caller]
    pub fn on_stale(&mut self, f: impl Fn(&Ctx, Duration) -> Result + 'static) {
        let saved = |body: Json<'_>| Duration::from_millis(body.get("saved_at").int().max(0) as u64);
        self.control("on_stale", "stale", Location::caller(), move |c, body| f(c, saved(body)));
    }

    /// Registers what happens when Discord has ended a session for good: what
    /// happened until the next one began is lost to everyone. It is called in each
    /// lane, before the first event of the next session.
    #[track_caller]
    pub fn on_gap(&mut self, f: impl Fn(&Ctx, Gap) -> Result + 'static) {
        self.control("on_gap", "gap", Location::caller(), move |c, body| {
            let after = body.get("after").some().map(Json::int);
            f(c, Gap { shard: body.get("shard").int(), of: body.get("of").int(), after })
        });
    }

    fn control(
        &mut self,
        kind: &'static str,
        name: &'static str,
        at: &'static Location<'static>,
        f: impl Fn(&Ctx, Json<'_>) -> Result + 'static,
    ) {
        let call: Box<Call> = Box::new(move |c, given| {
            f(c, Json::of(given.frame))?;
            Ok(Flow::Done)
        });
        self.controls.push((name, Handler::new(kind, "", at, call)));
    }
}
