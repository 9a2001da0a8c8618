//! Variables that go over to the next instance.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::panic::Location;

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::handler::{Flow, Handler};
use crate::host;
use crate::plugin::Plugin;

/// The whole of a save, so that a module without it does not import state_write.
pub(crate) type Save = Box<dyn Fn(&Ctx) -> Result>;
pub(crate) type Load = Box<dyn Fn(&Ctx, i32, &[u8]) -> Result>;

impl Plugin {
    /// Registers what writes the plugin's variables out, in each lane: before
    /// another version of the plugin takes over, at shutdown, and as often as the
    /// block checkpoint of its configuration says. `schema` is a number of the
    /// author's for the form of what it returns; a version that writes another
    /// form takes another number.
    #[track_caller]
    pub fn on_save(&mut self, schema: i32, f: impl Fn(&Ctx) -> Result<Vec<u8>> + 'static) {
        let h = nobody("on_save", Location::caller());
        if let Some((other, _)) = &self.save {
            h.refuse(&("there is another one: ".to_owned() + &other.name()));
        }
        let save = move |c: &Ctx| match host::state_write(schema, &f(c)?) {
            code if code < 0 => Err(Error::call("state_write", "", code)),
            _ => Ok(()),
        };
        self.save = Some((h, Box::new(save)));
    }

    /// Registers what takes state in that `on_save` has written, of this version
    /// of the plugin or an earlier one. It is called after `on_start` and before
    /// the first event, when there is state;
    /// [`Error::unknown_schema`] refuses it.
    ///
    /// After a restart of the host the state is what the plugin's events so far
    /// have made of it. When the host was killed after events that the state
    /// lacks, it is given only to plugins with [`on_stale`](Plugin::on_stale).
    #[track_caller]
    pub fn on_load(&mut self, f: impl Fn(&Ctx, i32, &[u8]) -> Result + 'static) {
        let h = nobody("on_load", Location::caller());
        if let Some((other, _)) = &self.load {
            h.refuse(&("there is another one: ".to_owned() + &other.name()));
        }
        self.load = Some((h, Box::new(f)));
    }
}

/// A handler that has only a name.
fn nobody(kind: &'static str, at: &'static Location<'static>) -> Rc<Handler> {
    Handler::new(kind, "", at, Box::new(|_, _| Ok(Flow::Done)))
}
