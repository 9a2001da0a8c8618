//! A plugin under test.

use std::format;
use std::string::{String, ToString};
use std::time::Duration;
use std::vec;
use std::vec::Vec;

use super::world::{frame, with, Asked, World};
use super::{CHANNEL, GUILD, PERSON};
use crate::abi;
use crate::guest::Guest;
use crate::id::Id;
use crate::json::Json;
use crate::plugin::Plugin;
use crate::write::{Body, ToJson};

/// What the configuration would say about the plugin. The default grants
/// everything and configures nothing.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The block config.
    pub config: Body,
    /// The block secrets, an object of texts.
    pub secrets: Body,
    /// Which lane this is, of how many.
    pub lane: usize,
    /// How many lanes there are.
    pub lanes: usize,
    /// Grants that are missing: discord, http, kv, timers, gateway, bus.
    pub deny: Vec<String>,
    /// When the test begins, since 1970; noon of 2026-01-01, UTC.
    pub now: Duration,
}

impl Default for Setup {
    fn default() -> Setup {
        let empty = Body::finished("{}");
        Setup { config: empty.clone(), secrets: empty, lane: 0, lanes: 1, deny: Vec::new(), now: Duration::from_secs(1_767_268_800) }
    }
}

/// A plugin under test.
pub struct Bot {
    plugin: fn(&mut Plugin),
    setup: Setup,
    guest: Guest,
    answers: Vec<Answer>,
    sequence: u64,
    ids: u64,
    read: usize, // requests that `sent` has seen
}

struct Answer {
    method: String,
    path: String,
    status: u16,
    body: String,
}

impl Bot {
    /// Starts a plugin: the function that [`plugin!`](crate::plugin!) makes.
    #[track_caller]
    pub fn start(plugin: fn(&mut Plugin)) -> Bot {
        Bot::with(plugin, Setup::default())
    }

    /// Starts a plugin with a configuration.
    #[track_caller]
    pub fn with(plugin: fn(&mut Plugin), setup: Setup) -> Bot {
        with(|world| *world = World { now_ns: setup.now.as_nanos() as i64, deny: setup.deny.clone(), ..World::default() });
        let mut bot = Bot { plugin, setup, guest: Guest::new(plugin), answers: Vec::new(), sequence: 0, ids: 1 << 40, read: 0 };
        bot.init();
        bot
    }

    /// A crash of the plugin: a new instance takes over. Keys, timers and the
    /// clock stay, variables do not.
    #[track_caller]
    pub fn restart(&mut self) {
        with(|world| world.parked.clear());
        self.guest = Guest::new(self.plugin);
        self.init();
    }

    /// A reload of the plugin, or a restart of the host: as `restart`, but the new
    /// instance gets what the old one has saved.
    #[track_caller]
    pub fn reload(&mut self) {
        with(|world| world.memory = None);
        self.run("save", Guest::save);
        self.restart();
        if let Some((schema, state)) = with(|world| world.memory.take()) {
            self.guest.buffer(state.len())[..state.len()].copy_from_slice(&state);
            self.run("load", |guest| match guest.load(schema, state.len()) {
                abi::UNSUPPORTED => 0, // it starts without
                code => code,
            });
        }
    }

    /// Has a person write a message in a guild.
    #[track_caller]
    pub fn say(&mut self, content: &str) {
        let message = crate::json!({ "content": content });
        self.write(&message);
    }

    /// Has somebody write a message: what is not in the object is as in `say`.
    #[track_caller]
    pub fn write(&mut self, message: &Body) {
        self.ids += 1;
        let time = "2026-01-01T12:00:00.000000+00:00";
        let all = crate::json!({
            "id": Id(self.ids), "channel_id": CHANNEL, "guild_id": GUILD, "content": "",
            "author": { "id": PERSON, "username": "ada", "discriminator": "0", "global_name": null, "avatar": null, "bot": false },
            "timestamp": time, "edited_timestamp": null, "tts": false, "mention_everyone": false, "mentions": [],
            "mention_roles": [], "attachments": [], "embeds": [], "pinned": false, "type": 0,
        });
        self.event("MESSAGE_CREATE", &over(&all, message));
    }

    /// Has a person use a slash command, with the options by name.
    #[track_caller]
    pub fn command(&mut self, name: &str, options: &Body) {
        let options: Vec<Body> = options.json().fields().map(|(name, value)| crate::json!({ "name": name, "value": value })).collect();
        self.interact(2, &crate::json!({ "id": "1", "name": name, "type": 1, "options": options }));
    }

    /// Has a person press a button.
    #[track_caller]
    pub fn click(&mut self, custom_id: &str) {
        self.interact(3, &crate::json!({ "custom_id": custom_id, "component_type": 2 }));
    }

    /// Has a person choose in a menu.
    #[track_caller]
    pub fn choose(&mut self, custom_id: &str, values: &[&str]) {
        self.interact(3, &crate::json!({ "custom_id": custom_id, "component_type": 3, "values": values }));
    }

    /// Has a person send a form, with its fields by custom id.
    #[track_caller]
    pub fn submit(&mut self, custom_id: &str, fields: &[(&str, &str)]) {
        let row = |(id, value): &(&str, &str)| crate::json!({ "type": 1, "components": [{ "type": 4, "custom_id": id, "value": value }] });
        let rows: Vec<Body> = fields.iter().map(row).collect();
        self.interact(5, &crate::json!({ "custom_id": custom_id, "components": rows }));
    }

    /// Has a person do something with the bot: an interaction of that type.
    #[track_caller]
    pub fn interact(&mut self, kind: i64, data: &Body) {
        self.ids += 1;
        self.event("INTERACTION_CREATE", &crate::json!({
            "id": Id(self.ids), "application_id": "40000000000000001", "type": kind, "token": "token", "guild_id": GUILD,
            "channel_id": CHANNEL, "version": 1, "member": { "user": { "id": PERSON, "username": "ada" } }, "data": data,
        }));
    }

    /// Delivers any event.
    #[track_caller]
    pub fn event(&mut self, name: &str, data: &Body) {
        self.sequence += 1;
        let guild = data.json().get("guild_id").id().0;
        let header = abi::Header { kind: abi::EVENT, tag: self.sequence, guild, event: 65535, ..abi::Header::default() };
        self.give(name, header, name, data.as_str().as_bytes());
        self.settle();
    }

    /// Delivers another plugin's message.
    #[track_caller]
    pub fn publish(&mut self, topic: &str, data: &Body) {
        let header = abi::Header { kind: abi::MESSAGE, guild: GUILD.0, ..abi::Header::default() };
        self.give(topic, header, topic, data.as_str().as_bytes());
        self.settle();
    }

    /// Delivers a word of the host's: cold, stale or gap.
    #[track_caller]
    pub fn control(&mut self, name: &str, data: &Body) {
        let header = abi::Header { kind: abi::CONTROL, ..abi::Header::default() };
        self.give(name, header, name, data.as_str().as_bytes());
        self.settle();
    }

    /// Moves the clock. Timers that fall due on the way ring in their order, each
    /// at its own time.
    #[track_caller]
    pub fn advance(&mut self, time: Duration) {
        let end = with(|world| world.now_ns) + time.as_nanos() as i64;
        while let Some((tag, due)) = with(|world| {
            let next = world.timers.iter().map(|(tag, (due, _))| (*due, *tag)).min()?;
            let (due, tag) = next;
            if due * 1_000_000 > end {
                return None;
            }
            match world.timers.remove(&tag) {
                Some((_, period)) if period > 0 => world.timers.insert(tag, (due + period, period)),
                _ => None,
            };
            Some((tag, due))
        }) {
            with(|world| world.now_ns = world.now_ns.max(due * 1_000_000));
            self.give("a timer", abi::Header { kind: abi::TIMER, tag, ..abi::Header::default() }, "", b"");
            self.settle();
        }
        with(|world| world.now_ns = end);
    }

    /// Prepares the answer to one call, the first that it fits. `*` in the path, or
    /// of a call of the web in its address, is any rest.
    pub fn answer(&mut self, method: &str, path: &str, status: u16, body: &Body) {
        self.answers.push(Answer { method: method.to_string(), path: path.to_string(), status, body: body.as_str().to_string() });
    }

    /// All calls of Discord's REST API so far.
    pub fn requests(&self) -> Vec<Asked> {
        with(|world| world.requests.clone())
    }

    /// The texts of the messages and answers that the bot has written since this
    /// was asked last.
    pub fn sent(&mut self) -> Vec<String> {
        let requests = self.requests();
        let content = |asked: &Asked| {
            let body = Json::new(asked.body.as_bytes());
            let inner = body.get("data").get("content");
            Some(if inner.exists() { inner } else { body.get("content") }).filter(|c| c.exists()).map(|c| c.text().into_owned())
        };
        let texts = requests[self.read..].iter().filter_map(content).collect();
        self.read = requests.len();
        texts
    }

    /// The value of a key.
    pub fn value(&self, key: &str) -> Option<String> {
        with(|world| world.value(key)).map(|value| String::from_utf8_lossy(&value).into_owned())
    }

    /// Sets the value of a key, as it was before the test.
    pub fn keep(&mut self, key: &str, value: &str) {
        with(|world| world.commit(vec![super::world::Effect::Value(key.to_string(), Some(value.as_bytes().to_vec()), 0)]));
    }

    /// How long the timers have until they ring, the next one first.
    pub fn timers(&self) -> Vec<Duration> {
        let mut left: Vec<i64> = with(|world| world.timers.values().map(|(due, _)| due - world.now()).collect());
        left.sort_unstable();
        left.into_iter().map(|ms| Duration::from_millis(ms.max(0) as u64)).collect()
    }

    /// The lines of the log so far, each after its level.
    pub fn log(&self) -> Vec<String> {
        with(|world| world.log.clone())
    }

    /// The messages to other plugins so far, topic and body.
    pub fn published(&self) -> Vec<(String, String)> {
        with(|world| world.published.clone())
    }

    /// The commands of the gateway so far, opcode and body.
    pub fn gateway(&self) -> Vec<(i32, String)> {
        with(|world| world.commands.clone())
    }

    /// The values of the metrics so far.
    pub fn metrics(&self) -> Vec<(String, f64)> {
        with(|world| world.metrics.clone())
    }

    /// What the plugin says of itself.
    pub fn manifest(&self) -> Body {
        self.guest.plugin().manifest()
    }

    /// The first failure that was not asked for yet. Failures that no test asks
    /// for fail it.
    pub fn failure(&mut self) -> Option<String> {
        with(|world| if world.failures.is_empty() { None } else { Some(world.failures.remove(0)) })
    }

    fn init(&mut self) {
        let s = &self.setup;
        let document = crate::json!({
            "abi": "1.3", "host": "test", "plugin": "test", "generation": 1, "lane": s.lane, "lanes": s.lanes.max(1),
            "config": s.config, "secrets": s.secrets, "grants": [],
        });
        let text = document.as_str().as_bytes();
        self.guest.buffer(text.len())[..text.len()].copy_from_slice(text);
        self.run("start", |guest| guest.init(text.len()));
        self.settle();
    }

    fn give(&mut self, what: &str, mut header: abi::Header, name: &str, body: &[u8]) {
        header.received = with(|world| world.now_ns);
        let batch = frame(header, name, body);
        self.guest.buffer(batch.len())[..batch.len()].copy_from_slice(&batch);
        self.run(what, |guest| guest.batch(batch.len(), 1));
    }

    fn run(&mut self, what: &str, call: impl FnOnce(&mut Guest) -> i32) {
        with(|world| world.failed.clear());
        let code = call(&mut self.guest);
        with(|world| {
            world.end(code >= 0);
            if code < 0 {
                let said = core::mem::take(&mut world.failed);
                world.failures.push(if said.is_empty() { format!("{}: {}", what, abi::words(code)) } else { said });
            }
        });
    }

    /// Answers calls until nobody waits for one.
    fn settle(&mut self) {
        for _ in 0..1000 {
            let owed = match with(|world| world.owed.pop_front()) {
                Some(owed) => owed,
                None => return,
            };
            let fits = |answer: &Answer| {
                answer.method == owed.asked.method
                    && match answer.path.split_once('*') {
                        Some((prefix, _)) => owed.asked.path.starts_with(prefix),
                        None => answer.path == owed.asked.path,
                    }
            };
            let (status, body) = match self.answers.iter().position(fits) {
                Some(at) => {
                    let answer = self.answers.remove(at);
                    (answer.status, answer.body)
                }
                None => (200, "{}".to_string()),
            };
            // What the web answers begins with a line of headers.
            let body = if owed.asked.path.contains("://") { format!("{{}}\n{}", body) } else { body };
            let header = abi::Header { kind: abi::COMPLETION, tag: owed.tag, status: status.into(), ..abi::Header::default() };
            self.give("an answer", header, &owed.context, body.as_bytes());
        }
        panic!("the plugin still asks after a thousand answers: does a handler of an answer repeat its request?");
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let failures = with(|world| core::mem::take(&mut world.failures));
        if !failures.is_empty() && !std::thread::panicking() {
            panic!("the plugin failed: {}", failures.join("; "));
        }
    }
}

/// An object with the fields of another one over its own.
fn over(object: &Body, fields: &Body) -> Body {
    let mut out = String::from("{");
    let own = object.json().fields().filter(|(name, _)| !fields.json().get(name).exists());
    for (name, value) in own.chain(fields.json().fields()) {
        if out.len() > 1 {
            out.push(',');
        }
        name.write_json(&mut out);
        out.push(':');
        value.write_json(&mut out);
    }
    out.push('}');
    Body::finished(out)
}
