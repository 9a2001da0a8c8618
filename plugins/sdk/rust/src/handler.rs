//! What a plugin has registered, and how it is called.

use alloc::boxed::Box;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;
use core::future::Future;
use core::panic::Location;
use core::pin::Pin;

use crate::abi::{Frame, Header};
use crate::ctx::Ctx;
use crate::error::{place, Error, Result};
use crate::panic;

/// An asynchronous handler: an `async fn` that takes the [`Ctx`] and an `A`.
///
/// It is implemented for such functions; plugins only pass them.
pub trait AsyncHandler<'a, A: 'a>: 'static {
    /// What the function makes.
    type Out: Future<Output = Result> + 'a;

    /// Calls the function.
    fn call(&self, c: &'a Ctx, argument: A) -> Self::Out;
}

impl<'a, A: 'a, F, Out> AsyncHandler<'a, A> for F
where
    F: Fn(&'a Ctx, A) -> Out + 'static,
    Out: Future<Output = Result> + 'a,
{
    type Out = Out;

    fn call(&self, c: &'a Ctx, argument: A) -> Out {
        self(c, argument)
    }
}

pub(crate) type Waiting = Pin<Box<dyn Future<Output = Result>>>;

/// How far a handler came.
pub(crate) enum Flow {
    Done,
    /// It goes on in a future. The handler is named where it is not the one that
    /// was called.
    Wait(Waiting, Option<Rc<Handler>>),
}

pub(crate) type Call = dyn Fn(&Ctx, &Given<'_>) -> core::result::Result<Flow, Stop>;

/// A registered handler.
pub(crate) struct Handler {
    kind: &'static str, // "on_message"; "": it calls others, which have names
    object: String,     // of a command, its name
    at: &'static Location<'static>,
    call: Box<Call>,
}

/// Why a frame failed.
pub(crate) enum Stop {
    /// The handler's error, to be named.
    Error(Error),
    /// A text that names its handler.
    Failure(Failure),
}

impl From<Error> for Stop {
    fn from(cause: Error) -> Stop {
        Stop::Error(cause)
    }
}

/// An error that names its handler.
pub(crate) struct Failure {
    pub text: String,
}

impl Handler {
    pub(crate) fn new(kind: &'static str, object: &str, at: &'static Location<'static>, call: Box<Call>) -> Rc<Handler> {
        Rc::new(Handler { kind, object: object.to_string(), at, call })
    }

    /// Calls the handler.
    pub(crate) fn start(self: &Rc<Self>, c: &Ctx, given: &Given<'_>) -> core::result::Result<Flow, Failure> {
        panic::working(self);
        match (self.call)(c, given) {
            Ok(Flow::Wait(future, None)) => Ok(Flow::Wait(future, Some(self.clone()))),
            Ok(flow) => Ok(flow),
            Err(Stop::Error(cause)) => Err(self.failure(cause)),
            Err(Stop::Failure(failure)) => Err(failure),
        }
    }

    /// An error of the handler's, with its name and the line.
    pub(crate) fn failure(&self, cause: Error) -> Failure {
        let colon = if self.kind.is_empty() { "" } else { ": " };
        Failure { text: format!("{}{}{} ({})", self.name(), colon, cause, cause.place()) }
    }

    /// Stops a plugin whose registrations contradict each other: the host then
    /// says why instead of loading it.
    pub(crate) fn refuse(&self, why: &str) -> ! {
        panic!("{}: {}", self.name(), why)
    }

    /// As `command "roll" at src/lib.rs:12`.
    pub(crate) fn name(&self) -> String {
        match (self.kind, self.object.as_str()) {
            ("", _) => String::new(),
            (kind, "") => format!("{} at {}", kind, place(self.at)),
            (kind, object) => format!("{} {:?} at {}", kind, object, place(self.at)),
        }
    }
}

/// A frame that is given to handlers.
pub(crate) struct Given<'a> {
    pub frame: Frame<'a>,
    kept: RefCell<Option<Rc<Kept>>>,
}

impl<'a> Given<'a> {
    pub(crate) fn new(frame: Frame<'a>) -> Self {
        Given { frame, kept: RefCell::new(None) }
    }

    /// A copy of the frame that outlives the batch, made once.
    pub(crate) fn keep(&self) -> Rc<Kept> {
        let copy = || {
            let f = &self.frame;
            Rc::new(Kept { header: f.header, name: f.name.to_vec(), body: f.body.to_vec(), table: f.table.to_vec() })
        };
        self.kept.borrow_mut().get_or_insert_with(copy).clone()
    }
}

/// A frame with memory of its own.
pub(crate) struct Kept {
    header: Header,
    name: Vec<u8>,
    body: Vec<u8>,
    table: Vec<u8>,
}

impl Kept {
    pub(crate) fn frame(&self) -> Frame<'_> {
        Frame { header: self.header, name: &self.name, body: &self.body, table: &self.table }
    }

    /// The frame as it is given to further handlers.
    pub(crate) fn given(kept: &Rc<Kept>) -> Given<'_> {
        Given { frame: kept.frame(), kept: RefCell::new(Some(kept.clone())) }
    }
}

/// Makes the call of a handler that answers at once. `$view` makes its
/// argument of the context and the frame.
macro_rules! plain {
    ($f:ident, $view:expr) => {
        alloc::boxed::Box::new(move |c: &$crate::Ctx, given: &$crate::handler::Given<'_>| {
            $f(c, $view(c, given.frame))?;
            Ok($crate::handler::Flow::Done)
        })
    };
}

/// Makes the call of a handler that may wait: what it is given is kept.
macro_rules! waiting {
    ($f:ident, $view:expr) => {{
        let f = alloc::rc::Rc::new($f);
        alloc::boxed::Box::new(move |c: &$crate::Ctx, given: &$crate::handler::Given<'_>| {
            let (f, c, kept) = (f.clone(), c.clone(), given.keep());
            let future = async move { f.call(&c, $view(&c, kept.frame())).await };
            Ok($crate::handler::Flow::Wait(alloc::boxed::Box::pin(future), None))
        })
    }};
}

pub(crate) use {plain, waiting};
