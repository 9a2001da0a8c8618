//! The state of the world that a plugin under test lives in.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::string::{String, ToString};
use std::vec::Vec;

use crate::abi;
use crate::json::Json;

/// A call of Discord's REST API that the plugin has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// As `POST`.
    pub method: String,
    /// Below the API version; of a call of the web, its address.
    pub path: String,
    /// JSON, or empty.
    pub body: String,
    /// For the audit log.
    pub reason: String,
}

/// What a handler has asked for, to take place when it has succeeded.
#[derive(Clone)]
pub(super) enum Effect {
    Value(String, Option<Vec<u8>>, i64), // until when, in milliseconds; 0: for ever
    Add(String, i64),
    Timer(u64, i64, i64),
    TimerOff(u64),
    Rest(u64, String),
    Publish(String, String),
    Gateway(i32, String),
}

/// An answer to come.
pub(super) struct Owed {
    pub tag: u64,
    pub context: String,
    pub asked: Asked,
}

#[derive(Clone)]
pub(super) struct Kept {
    pub value: Vec<u8>,
    pub version: i64,
    pub until: i64,
}

#[derive(Default)]
pub(super) struct World {
    pub now_ns: i64,
    pub deny: Vec<String>,
    pub values: BTreeMap<String, Kept>,
    pub versions: i64,
    pub timers: BTreeMap<u64, (i64, i64)>, // due and period in milliseconds
    pub requests: Vec<Asked>,
    pub owed: VecDeque<Owed>,
    pub published: Vec<(String, String)>,
    pub commands: Vec<(i32, String)>,
    pub log: Vec<String>,
    pub metrics: Vec<(String, f64)>,
    pub failed: String,
    pub memory: Option<(i32, Vec<u8>)>,
    pub chance: u64,

    /// What the frame in work has asked for.
    pub effects: Vec<Effect>,
    /// What parked frames have asked for, by their handles.
    pub parked: BTreeMap<i32, Vec<Effect>>,
    pub entered: i32,
    pub handles: i32,
    pub awaited: Vec<Owed>, // calls that leave with the batch
    pub failures: Vec<String>,
}

std::thread_local! {
    static WORLD: RefCell<World> = RefCell::new(World::default());
}

/// Works on the world of this test: each runs on a thread of its own.
pub(super) fn with<T>(f: impl FnOnce(&mut World) -> T) -> T {
    WORLD.with(|world| f(&mut world.borrow_mut()))
}

impl World {
    pub fn now(&self) -> i64 {
        self.now_ns / 1_000_000
    }

    /// What the handler that runs has asked for.
    pub fn current(&mut self) -> &mut Vec<Effect> {
        match self.parked.get_mut(&self.entered) {
            Some(effects) => effects,
            None => &mut self.effects,
        }
    }

    /// A value as the handler that runs sees it.
    pub fn value(&mut self, key: &str) -> Option<Vec<u8>> {
        let now = self.now();
        let kept = self.values.get(key).filter(|kept| kept.until == 0 || kept.until > now);
        let mut value = kept.map(|kept| kept.value.clone());
        for effect in self.current().iter() {
            match effect {
                Effect::Value(k, v, _) if k == key => value = v.clone(),
                Effect::Add(k, delta) if k == key => value = Some(sum(&value, *delta).to_string().into_bytes()),
                _ => {}
            }
        }
        value
    }

    /// Lets what a handler has asked for take place.
    pub fn commit(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Value(key, Some(value), until) => self.keep(key, value, until),
                Effect::Value(key, None, _) => {
                    self.values.remove(&key);
                }
                Effect::Add(key, delta) => {
                    let before = self.values.get(&key).map(|kept| kept.value.clone());
                    self.keep(key, sum(&before, delta).to_string().into_bytes(), 0);
                }
                Effect::Timer(tag, delay, period) => {
                    self.timers.insert(tag, (self.now() + delay, period));
                }
                Effect::TimerOff(tag) => {
                    self.timers.remove(&tag);
                }
                Effect::Rest(tag, document) => {
                    let owed = owed(tag, &document);
                    self.requests.push(owed.asked.clone());
                    if tag != 0 {
                        self.owed.push_back(owed);
                    }
                }
                Effect::Publish(topic, body) => self.published.push((topic, body)),
                Effect::Gateway(op, body) => self.commands.push((op, body)),
            }
        }
    }

    fn keep(&mut self, key: String, value: Vec<u8>, until: i64) {
        self.versions += 1;
        self.values.insert(key, Kept { value, version: self.versions, until });
    }

    /// Ends a batch: what succeeded takes place, and what is awaited leaves.
    pub fn end(&mut self, succeeded: bool) {
        self.entered = 0;
        let effects = core::mem::take(&mut self.effects);
        if succeeded {
            self.commit(effects);
        }
        for owed in core::mem::take(&mut self.awaited) {
            self.requests.push(owed.asked.clone());
            self.owed.push_back(owed);
        }
    }

    pub fn denies(&self, grant: &str) -> bool {
        self.deny.iter().any(|denied| denied == grant)
    }
}

pub(super) fn sum(value: &Option<Vec<u8>>, delta: i64) -> i64 {
    Json::new(value.as_deref().unwrap_or(b"0")).int() + delta
}

pub(super) fn owed(tag: u64, document: &str) -> Owed {
    let document = Json::new(document.as_bytes());
    let text = |key: &str| document.get(key).text().into_owned();
    let address = document.get("url");
    let path = if address.exists() { address } else { document.get("path") }.text().into_owned();
    let asked = Asked { method: text("method"), path, body: text("body"), reason: text("reason") };
    Owed { tag, context: text("context"), asked }
}

/// Writes a frame as the host does.
pub(super) fn frame(header: abi::Header, name: &str, body: &[u8]) -> Vec<u8> {
    let size = (abi::HEADER + name.len() + body.len() + 7) & !7;
    let mut out = Vec::with_capacity(size);
    out.extend((size as u32).to_le_bytes());
    out.extend(header.kind.to_le_bytes());
    out.extend(header.flags.to_le_bytes());
    out.extend(header.tag.to_le_bytes());
    out.extend(header.guild.to_le_bytes());
    out.extend(header.received.to_le_bytes());
    out.extend(header.shard.to_le_bytes());
    out.extend(header.event.to_le_bytes());
    out.extend((name.len() as u32).to_le_bytes());
    out.extend((body.len() as u32).to_le_bytes());
    out.extend(header.status.to_le_bytes());
    out.extend(name.as_bytes());
    out.extend(body);
    out.resize(size, 0);
    out
}
