//! One instance of the plugin, as the host drives it.

use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::abi::{self, Frame};
use crate::bus;
use crate::ctx::{Ctx, Shared};
use crate::handler::{Failure, Flow, Given, Handler};
use crate::host;
use crate::panic;
use crate::plugin::Plugin;
use crate::rest::Response;
use crate::task::Task;

/// One instance of the plugin.
pub(crate) struct Guest {
    buffer: Vec<u64>, // so that frames are aligned
    lane: Lane,
}

/// The instance without the memory that frames are read from.
struct Lane {
    plugin: Plugin,
    shared: Rc<Shared>,
    routes: Vec<Option<Handlers>>,
}

type Handlers = Rc<Vec<Rc<Handler>>>;
type Outcome = core::result::Result<(), Failure>;

/// Bounds the routes that are remembered; Discord has about a hundred events.
const MAX_ROUTES: usize = 1024;

impl Guest {
    pub(crate) fn new(setup: fn(&mut Plugin)) -> Guest {
        panic::explain();
        let lane = Lane { plugin: Plugin::of(setup), shared: Rc::default(), routes: Vec::new() };
        Guest { buffer: Vec::new(), lane }
    }

    pub(crate) fn plugin(&self) -> &Plugin {
        &self.lane.plugin
    }

    /// The memory that the host writes the next document or batch into: at least
    /// that many bytes, the same as before where they suffice.
    pub(crate) fn buffer(&mut self, least: usize) -> &mut [u8] {
        if self.buffer.len() * 8 < least {
            let words = (least / 8 + 1).max(self.buffer.len() * 2).max(512);
            self.buffer = Vec::new(); // let the old one go before the new one comes
            self.buffer = alloc::vec![0; words];
        }
        // Safety: a u64 is eight bytes, of any value.
        unsafe { core::slice::from_raw_parts_mut(self.buffer.as_mut_ptr().cast(), self.buffer.len() * 8) }
    }

    fn bytes(buffer: &[u64], len: usize) -> Option<&[u8]> {
        // Safety: as above.
        let all = unsafe { core::slice::from_raw_parts(buffer.as_ptr().cast::<u8>(), buffer.len() * 8) };
        all.get(..len)
    }

    /// Reads the init document and lets the plugin start.
    pub(crate) fn init(&mut self, len: usize) -> i32 {
        let setup = match Self::bytes(&self.buffer, len) {
            Some(text) => text.to_vec(),
            None => return abi::INVALID,
        };
        let plugin = &self.lane.plugin;
        let responses = plugin.responses.iter().map(|(name, _)| ("on_response", name.clone()));
        let timers = plugin.timers.iter().map(|(_, name, _)| ("on_timer", name.clone()));
        self.lane.shared = Rc::new(Shared { setup, names: responses.chain(timers).collect(), ..Shared::default() });
        let c = self.ctx();
        for (handler, start) in &self.lane.plugin.starts {
            panic::working(handler);
            if let Err(cause) = start(&c) {
                host::fail(&handler.failure(cause).text);
                return abi::INTERNAL;
            }
        }
        panic::rested();
        0
    }

    /// A context of no frame.
    pub(crate) fn ctx(&self) -> Ctx {
        Ctx::new(&self.lane.shared, abi::Header { received: host::now_ns(), ..abi::Header::default() })
    }

    /// Handles `count` frames, which are the first `len` bytes of the buffer.
    /// Negative: the frame after those declared done has failed.
    pub(crate) fn batch(&mut self, len: usize, count: usize) -> i32 {
        let result = self.frames(len, count);
        panic::rested();
        result
    }

    fn frames(&mut self, len: usize, count: usize) -> i32 {
        let mut rest = match Self::bytes(&self.buffer, len) {
            Some(text) => text,
            None => {
                host::fail("the batch is longer than the buffer");
                return abi::INVALID;
            }
        };
        for i in 0..count {
            if i > 0 {
                host::done(i as i32);
            }
            let (frame, more) = match abi::parse(rest) {
                Some(parts) => parts,
                None => {
                    host::fail("a frame contradicts itself");
                    return abi::INVALID;
                }
            };
            rest = more;
            if let Err(failure) = self.lane.handle(frame) {
                host::fail(&failure.text);
                return abi::INTERNAL;
            }
        }
        0
    }

    /// Writes the plugin's state out.
    pub(crate) fn save(&mut self) -> i32 {
        match &self.lane.plugin.save {
            Some((handler, save)) => outcome(handler, save(&self.ctx())),
            None => 0,
        }
    }

    /// Gives the plugin the state in the first `len` bytes of the buffer.
    pub(crate) fn load(&mut self, schema: i32, len: usize) -> i32 {
        let state = match Self::bytes(&self.buffer, len) {
            Some(state) => state,
            None => return abi::INVALID,
        };
        match &self.lane.plugin.load {
            Some((handler, load)) => outcome(handler, load(&self.ctx(), schema, state)),
            None => abi::UNSUPPORTED,
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.lane.shared.forget();
    }
}

/// Tells the host how a call has ended.
fn outcome(handler: &Rc<Handler>, result: crate::Result) -> i32 {
    panic::working(handler);
    match result {
        Ok(()) => 0,
        Err(cause) if cause.code() == abi::UNSUPPORTED => abi::UNSUPPORTED,
        Err(cause) => {
            host::fail(&handler.failure(cause).text);
            abi::INTERNAL
        }
    }
}

impl Lane {
    /// Gives a frame to its handlers. Kinds that this crate does not know are of
    /// a later host and are nothing to it.
    fn handle(&mut self, f: Frame<'_>) -> Outcome {
        panic::began(f.name);
        match f.header.kind {
            abi::EVENT => {
                let handlers = self.route(&f);
                if handlers.is_empty() {
                    return Ok(());
                }
                self.run(f, &handlers).map_err(|failure| failure.of(&String::from_utf8_lossy(f.name)))
            }
            abi::COMPLETION => self.completion(f),
            abi::TIMER => self.timer(f),
            abi::CONTROL => self.control(f),
            abi::MESSAGE => {
                let topic = String::from_utf8_lossy(f.name);
                let hears = |(pattern, h): &(String, Rc<Handler>)| bus::matches(pattern, &topic).then(|| h.clone());
                let handlers = self.plugin.topics.iter().filter_map(hears).collect();
                self.run(f, &Rc::new(handlers)).map_err(|failure| failure.of(&format!("topic {}", topic)))
            }
            _ => Ok(()),
        }
    }

    /// The handlers of an event. They are remembered by its number, so that this
    /// crate needs no table of events and knows those of hosts later than itself.
    fn route(&mut self, f: &Frame<'_>) -> Handlers {
        let number = f.header.event as usize;
        let find = |plugin: &Plugin| Rc::new(plugin.handlers_of(&String::from_utf8_lossy(f.name)));
        if number >= MAX_ROUTES {
            return find(&self.plugin);
        }
        if number >= self.routes.len() {
            self.routes.resize(number + 1, None);
        }
        let plugin = &self.plugin;
        self.routes[number].get_or_insert_with(|| find(plugin)).clone()
    }

    /// Calls handlers one after the other, until one waits.
    fn run(&self, f: Frame<'_>, handlers: &Handlers) -> Outcome {
        let c = Ctx::new(&self.shared, f.header);
        let given = Given::new(f);
        for (i, handler) in handlers.iter().enumerate() {
            if let Flow::Wait(future, by) = handler.start(&c, &given)? {
                let by = by.unwrap_or_else(|| handler.clone());
                return self.shared.begin(Task::new(future, by, &c, given.keep(), handlers, i + 1));
            }
        }
        Ok(())
    }

    fn completion(&self, f: Frame<'_>) -> Outcome {
        let c = Ctx::new(&self.shared, f.header);
        if self.shared.resume(f.header.tag, Response::of(&c, f))? {
            return Ok(());
        }
        let name = f.name.split(|&b| b == b'\n').next().unwrap_or(&[]);
        match self.plugin.responses.iter().find(|(other, _)| other.as_bytes() == name) {
            Some((_, handler)) => self.run(f, &Rc::new(alloc::vec![handler.clone()])).map_err(|failure| failure.of("an answer")),
            None => Ok(()), // its handler is not there any more
        }
    }

    fn timer(&self, f: Frame<'_>) -> Outcome {
        match self.plugin.timers.iter().find(|(hash, _, _)| u64::from(*hash) == f.header.tag >> 32) {
            Some((_, name, handler)) => {
                self.run(f, &Rc::new(alloc::vec![handler.clone()])).map_err(|failure| failure.of(&format!("timer {:?}", name)))
            }
            None => {
                let c = Ctx::new(&self.shared, f.header);
                c.log().warn("a timer is due whose name is not registered any more", &[("tag", &f.header.tag)]);
                if let Some(stop) = self.plugin.stop_timer {
                    stop(f.header.tag); // or a periodic one would come back for ever
                }
                Ok(())
            }
        }
    }

    fn control(&self, f: Frame<'_>) -> Outcome {
        if f.name == b"unpark" {
            self.shared.unpark(f.header.tag as i32);
            return Ok(());
        }
        let wants = |(name, h): &(&'static str, Rc<Handler>)| (name.as_bytes() == f.name).then(|| h.clone());
        let handlers = self.plugin.controls.iter().filter_map(wants).collect();
        self.run(f, &Rc::new(handlers)).map_err(|failure| failure.of(&format!("control {}", String::from_utf8_lossy(f.name))))
    }
}

impl Failure {
    /// Names what was being handled.
    fn of(self, what: &str) -> Failure {
        Failure { text: what.to_string() + ": " + &self.text }
    }
}
