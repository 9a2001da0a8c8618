//! What a plugin handles.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;
use core::panic::Location;

use crate::command::Command;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::event::Event;
use crate::handler::{plain, waiting, AsyncHandler, Handler};
use crate::interaction::Target;
use crate::discord::Message;
use crate::rest::Response;
use crate::state::{Load, Save};

/// What a plugin handles, filled by the function that [`plugin!`](crate::plugin!)
/// names. It does not change any more when the first frame arrives.
///
/// Methods in `_async` take an `async fn`, which may wait for answers. Handlers
/// of one event run in the order in which they were registered; the first error
/// ends the row.
#[derive(Default)]
pub struct Plugin {
    pub(crate) events: Vec<(String, Rc<Handler>)>,
    pub(crate) targets: Rc<RefCell<Vec<Target>>>,
    pub(crate) commands: Vec<Command>,
    pub(crate) starts: Vec<(Rc<Handler>, Start)>,
    pub(crate) timers: Vec<(u32, String, Rc<Handler>)>,
    pub(crate) responses: Vec<(String, Rc<Handler>)>,
    pub(crate) controls: Vec<(&'static str, Rc<Handler>)>,
    pub(crate) topics: Vec<(String, Rc<Handler>)>,
    pub(crate) save: Option<(Rc<Handler>, Save)>,
    pub(crate) load: Option<(Rc<Handler>, Load)>,
    pub(crate) intents: Vec<String>,
    /// There when the plugin has timers: a module that names a function of the
    /// host in any way needs its grant.
    pub(crate) stop_timer: Option<fn(u64) -> i32>,
}

pub(crate) type Start = Box<dyn Fn(&Ctx) -> Result>;

impl Plugin {
    pub(crate) fn of(setup: fn(&mut Plugin)) -> Plugin {
        let mut plugin = Plugin::default();
        setup(&mut plugin);
        plugin
    }

    /// Registers a handler for an event by its name on the wire, or for several
    /// by a name that ends in `*`, as `GUILD_MEMBER_*`; `*` is for all.
    ///
    /// The events that a plugin registers are those that its host delivers,
    /// unless the configuration names others. The list of all is in
    /// docs/events.md; those that Discord documents have methods of their own.
    #[track_caller]
    pub fn on(&mut self, name: &str, f: impl Fn(&Ctx, Event<'_>) -> Result + 'static) {
        self.event("on", name, Location::caller(), plain!(f, Event::of));
    }

    /// As [`on`](Plugin::on).
    #[track_caller]
    pub fn on_async<F: for<'a> AsyncHandler<'a, Event<'a>>>(&mut self, name: &str, f: F) {
        self.event("on_async", name, Location::caller(), waiting!(f, Event::of));
    }

    /// Registers a handler for new messages, the bot's own among them: look at
    /// `m.author().bot()`. It asks for the intent MESSAGE_CONTENT, without which
    /// Discord leaves the content of most messages empty.
    #[track_caller]
    pub fn on_message(&mut self, f: impl Fn(&Ctx, Message<'_>) -> Result + 'static) {
        self.intent("MESSAGE_CONTENT");
        self.event("on_message", "MESSAGE_CREATE", Location::caller(), plain!(f, Message::of));
    }

    /// As [`on_message`](Plugin::on_message).
    #[track_caller]
    pub fn on_message_async<F: for<'a> AsyncHandler<'a, Message<'a>>>(&mut self, f: F) {
        self.intent("MESSAGE_CONTENT");
        self.event("on_message_async", "MESSAGE_CREATE", Location::caller(), waiting!(f, Message::of));
    }

    /// Registers the handler for answers to requests that [`then`](crate::Request::then)
    /// go to that name.
    #[track_caller]
    pub fn on_response(&mut self, name: &str, f: impl Fn(&Ctx, &Response) -> Result + 'static) {
        let h = Handler::new("on_response", name, Location::caller(), {
            let f = move |c: &Ctx, r: Response| f(c, &r);
            plain!(f, Response::of)
        });
        if name.is_empty() || name.contains('\n') {
            h.refuse("the name must be one line of text");
        }
        if self.responses.iter().any(|(other, _)| other == name) {
            h.refuse("another handler has the name");
        }
        self.responses.push((name.to_string(), h));
    }

    /// Registers what happens when the plugin comes to life: after every load,
    /// reload and restart, in each lane, before its first event. An error refuses
    /// the plugin, and after a reload the generation before it stays: it is the
    /// place to check the configuration.
    #[track_caller]
    pub fn on_start(&mut self, f: impl Fn(&Ctx) -> Result + 'static) {
        self.start("on_start", "", Location::caller(), Box::new(f));
    }

    /// Asks for a gateway intent beyond those that bring the events, by its name,
    /// such as `MESSAGE_CONTENT`. A privileged one needs the operator's word too.
    /// See <https://docs.discord.com/developers/events/gateway#gateway-intents>.
    pub fn intent(&mut self, name: &str) {
        if !self.intents.iter().any(|known| known == name) {
            self.intents.push(name.to_string());
        }
    }

    pub(crate) fn start(&mut self, kind: &'static str, object: &str, at: &'static Location<'static>, f: Start) {
        self.starts.push((Handler::new(kind, object, at, Box::new(|_, _| Ok(crate::handler::Flow::Done))), f));
    }

    pub(crate) fn event(&mut self, kind: &'static str, name: &str, at: &'static Location<'static>, call: Box<crate::handler::Call>) {
        let h = Handler::new(kind, "", at, call);
        if name.is_empty() {
            h.refuse("an event needs a name, as MESSAGE_CREATE");
        }
        self.events.push((name.to_string(), h));
    }

    pub(crate) fn handlers_of(&self, event: &str) -> Vec<Rc<Handler>> {
        let wants = |pattern: &str| match pattern.strip_suffix('*') {
            Some(prefix) => event.starts_with(prefix),
            None => event == pattern,
        };
        self.events.iter().filter(|(pattern, _)| wants(pattern)).map(|(_, h)| h.clone()).collect()
    }
}
