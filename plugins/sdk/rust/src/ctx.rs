//! What a handler acts through.

use alloc::borrow::Cow;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::time::Duration;

use crate::abi;
use crate::host;
use crate::id::Id;
use crate::json::Json;
use crate::task::Tasks;

/// What a handler acts through. Nothing that it asks for happens at once: when
/// the handler has returned `Ok`, its writes, requests and timers take effect
/// together and exactly once; when it fails, none of them does and the host
/// tries the event again.
#[derive(Clone)]
pub struct Ctx {
    pub(crate) shared: Rc<Shared>,
    header: abi::Header,
}

/// What all handlers of an instance share.
#[derive(Default)]
pub(crate) struct Shared {
    /// The init document:
    /// {"abi": "1.0", "plugin": "ping", "lane": 0, "lanes": 1, "config": {…}, "secrets": {…}, …}
    pub(crate) setup: Vec<u8>,
    pub(crate) tasks: RefCell<Tasks>,
    /// The names of the handlers of `on_response` and `on_timer`, which requests
    /// and timers are checked against.
    pub(crate) names: Vec<(&'static str, alloc::string::String)>,
}

impl Shared {
    fn setup(&self) -> Json<'_> {
        Json::new(&self.setup)
    }

    pub(crate) fn knows(&self, kind: &str, name: &str) -> bool {
        self.names.iter().any(|(k, n)| *k == kind && n == name)
    }
}

impl Ctx {
    pub(crate) fn new(shared: &Rc<Shared>, header: abi::Header) -> Ctx {
        Ctx { shared: shared.clone(), header }
    }

    /// The guild of what is being handled, or none.
    pub fn guild(&self) -> Id {
        Id(self.header.guild)
    }

    /// The shard that the event came from.
    pub fn shard(&self) -> u16 {
        self.header.shard
    }

    /// Which of the plugin's lanes this is, from 0. Each lane is an instance of
    /// the plugin with its own memory; a guild always meets the same.
    pub fn lane(&self) -> usize {
        self.shared.setup().get("lane").int() as usize
    }

    /// How many lanes the plugin has.
    pub fn lanes(&self) -> usize {
        self.shared.setup().get("lanes").int().max(1) as usize
    }

    /// The plugin's name in the configuration.
    pub fn plugin(&self) -> Cow<'_, str> {
        self.shared.setup().get("plugin").text()
    }

    /// The block `config` of the plugin's configuration.
    pub fn config(&self) -> Json<'_> {
        self.shared.setup().get("config")
    }

    /// A value of the block `secrets`, if it is there.
    pub fn secret(&self, name: &str) -> Option<Cow<'_, str>> {
        self.shared.setup().get("secrets").get(name).some().map(Json::text)
    }

    /// When the host received the event, or when a timer was due, since 1970.
    pub fn received(&self) -> Duration {
        Duration::from_nanos(self.header.received.max(0) as u64)
    }

    /// The present time, since 1970. In tests it is the test's clock.
    pub fn now(&self) -> Duration {
        Duration::from_nanos(host::now_ns().max(0) as u64)
    }

    /// A number by chance.
    pub fn random(&self) -> u64 {
        host::random()
    }

    /// Tells whether the event was given to a handler before and that one
    /// failed, or the host died before it could tell.
    pub fn redelivered(&self) -> bool {
        self.header.flags & abi::REDELIVERED != 0
    }

    /// Tells whether Discord sent the event again after a RESUME.
    pub fn replayed(&self) -> bool {
        self.header.flags & abi::REPLAYED != 0
    }
}
