//! The executor: handlers that wait for answers.
//!
//! A handler that waits parks its frame, which then stays open beyond its
//! batch, and goes on when the answer comes in a frame of its own. Nothing else
//! can wake it, so there are no wakers and no queue. See docs/abi.md, Awaiting.


use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::future::Future;
use core::panic::Location;
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use crate::abi;
use crate::ctx::{Ctx, Shared};
use crate::error::{Error, Result};
use crate::handler::{Failure, Flow, Handler, Kept, Waiting};
use crate::host;
use crate::panic;
use crate::rest::Response;

/// The handlers that wait, and the one that runs.
#[derive(Default)]
pub(crate) struct Tasks {
    running: bool,
    handle: i32, // of the parked frame of the one that runs; 0: it is not parked
    parked: Vec<(i32, Task)>,
    calls: Vec<Asked>,
    tags: u64,
    /// The host's functions stand in variables: a plugin that never waits
    /// imports none of them.
    functions: Option<Functions>,
}

#[derive(Clone, Copy)]
struct Functions {
    enter: fn(i32) -> i32,
    finish: fn(i32, i32) -> i32,
}

/// A call whose answer is waited for.
struct Asked {
    tag: u64,
    handle: i32,
    answer: Option<Response>,
}

/// A frame whose handlers are not at their end.
pub(crate) struct Task {
    future: Waiting,
    by: Rc<Handler>,
    ctx: Ctx,
    kept: Rc<Kept>,
    rest: Rc<Vec<Rc<Handler>>>, // the frame's handlers,
    next: usize,                // of which those from here on come after the future
}

impl Task {
    pub(crate) fn new(future: Waiting, by: Rc<Handler>, ctx: &Ctx, kept: Rc<Kept>, rest: &Rc<Vec<Rc<Handler>>>, next: usize) -> Task {
        Task { future, by, ctx: ctx.clone(), kept, rest: rest.clone(), next }
    }

    /// Goes on until the frame is finished or waits. True: it is finished.
    fn go(&mut self, shared: &Shared) -> core::result::Result<bool, Failure> {
        loop {
            panic::working(&self.by);
            match poll(&mut self.future) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(cause)) => return Err(self.by.failure(cause)),
                Poll::Pending if shared.tasks.borrow().awaits() => return Ok(false),
                Poll::Pending => return Err(self.by.failure(Error::new("the handler waits for something that is no answer of the host's, and would wait for ever"))),
            }
            loop {
                let handler = match self.rest.get(self.next) {
                    Some(handler) => handler.clone(),
                    None => return Ok(true),
                };
                self.next += 1;
                if let Flow::Wait(future, by) = handler.start(&self.ctx, &Kept::given(&self.kept))? {
                    self.future = future;
                    self.by = by.unwrap_or(handler);
                    break;
                }
            }
        }
    }
}

fn poll(future: &mut Waiting) -> Poll<Result> {
    const TABLE: RawWakerVTable = RawWakerVTable::new(|_| WAKER, |_| {}, |_| {}, |_| {});
    const WAKER: RawWaker = RawWaker::new(ptr::null(), &TABLE);
    // Safety: the functions of the table do nothing, with any pointer.
    let waker = unsafe { Waker::from_raw(WAKER) };
    future.as_mut().poll(&mut Context::from_waker(&waker))
}

impl Tasks {
    /// Tells whether the handler that runs waits for an answer.
    fn awaits(&self) -> bool {
        self.handle != 0 && self.calls.iter().any(|a| a.handle == self.handle && a.answer.is_none())
    }

    /// A tag that no other instance of the plugin has used: answers to an
    /// earlier one's requests arrive too.
    pub(crate) fn tag(&mut self) -> u64 {
        if self.tags == 0 {
            self.tags = (host::random() | 1) << 32;
        }
        self.tags += 1;
        self.tags
    }

}

impl Shared {
    /// Begins a task in the frame in work.
    pub(crate) fn begin(&self, task: Task) -> core::result::Result<(), Failure> {
        self.drive(0, task)
    }

    /// Lets a task go on and keeps it if it waits. The failure of a parked frame
    /// is that frame's and is told to the host here.
    fn drive(&self, handle: i32, mut task: Task) -> core::result::Result<(), Failure> {
        {
            let mut tasks = self.tasks.borrow_mut();
            tasks.running = true;
            tasks.handle = handle;
        }
        let end = task.go(self);
        let (handle, functions) = {
            let mut tasks = self.tasks.borrow_mut();
            tasks.running = false;
            (core::mem::take(&mut tasks.handle), tasks.functions)
        };
        let functions = match functions {
            Some(functions) if handle != 0 => functions,
            _ => return end.map(|_| ()),
        };
        let status = match end {
            Ok(false) => {
                self.tasks.borrow_mut().parked.push((handle, task));
                (functions.enter)(0);
                return Ok(());
            }
            Ok(true) => 0,
            Err(failure) => {
                host::fail(&format!("{}: {}", String::from_utf8_lossy(task.kept.frame().name), failure.text));
                abi::INTERNAL
            }
        };
        drop(task); // what it still waits for is forgotten, while it is entered
        (functions.finish)(handle, status);
        Ok(())
    }

    /// Gives an answer to the handler that waits for it, if there is one.
    pub(crate) fn resume(&self, tag: u64, answer: Response) -> core::result::Result<bool, Failure> {
        let (handle, task, functions) = {
            let mut tasks = self.tasks.borrow_mut();
            let handle = match tasks.calls.iter().find(|a| a.tag == tag) {
                Some(asked) => asked.handle,
                None => return Ok(false),
            };
            let functions = tasks.functions;
            match (tasks.parked.iter().position(|(h, _)| *h == handle), functions) {
                (Some(at), Some(functions)) => (handle, tasks.parked.swap_remove(at).1, functions),
                _ => return Ok(false),
            }
        };
        if (functions.enter)(handle) < 0 {
            // The host has given it up, and says so in a frame of its own.
            self.tasks.borrow_mut().parked.push((handle, task));
            return Ok(true);
        }
        if let Some(asked) = self.tasks.borrow_mut().calls.iter_mut().find(|a| a.tag == tag) {
            asked.answer = Some(answer);
        }
        self.drive(handle, task).map(|()| true)
    }

    /// Lets go of all handlers that wait.
    pub(crate) fn forget(&self) {
        let tasks = self.tasks.take();
        drop(tasks); // its calls forget themselves
    }

    /// Lets go of a handler that the host has given up.
    pub(crate) fn unpark(&self, handle: i32) {
        let mut tasks = self.tasks.borrow_mut();
        let at = tasks.parked.iter().position(|(h, _)| *h == handle);
        let task = at.map(|at| tasks.parked.swap_remove(at));
        drop(tasks);
        drop(task);
    }
}

/// The answer to come of a request that is awaited. Nothing is asked for until
/// it is.
#[must_use = "a call that is not awaited is not made: write .await behind it"]
pub struct Call {
    shared: Rc<Shared>,
    state: State,
    at: &'static Location<'static>, // where it was made: an await has no line of its own
}

/// The host's function that makes a call.
pub(crate) type Ask = fn(tag: u64, document: &str) -> i32;

enum State {
    New { document: Result<String>, object: String, ask: Ask },
    Asked { tag: u64, web: bool },
    Over,
}

impl Call {
    #[track_caller]
    pub(crate) fn new(c: &Ctx, document: Result<String>, object: String, ask: Ask) -> Call {
        Call { shared: c.shared.clone(), state: State::New { document, object, ask }, at: Location::caller() }
    }

    fn ask(&self, document: Result<String>, object: &str, ask: Ask) -> Result<u64> {
        let mut tasks = self.shared.tasks.borrow_mut();
        if !tasks.running {
            return Err(Error::new("answers can be awaited in an async handler of a frame only"));
        }
        let mut document = document?;
        if tasks.handle == 0 {
            let handle = host::park();
            if handle < 0 {
                return Err(Error::call("park", "", handle));
            }
            tasks.handle = handle;
            tasks.functions = Some(Functions { enter: host::enter, finish: host::finish });
        }
        document.pop(); // the bracket
        document.push_str(",\"await\":true}");
        let tag = tasks.tag();
        let result = ask(tag, &document);
        if result < 0 {
            return Err(Error::call("", object, result));
        }
        let handle = tasks.handle;
        tasks.calls.push(Asked { tag, handle, answer: None });
        Ok(tag)
    }
}

impl Future for Call {
    type Output = Result<Response>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<Response>> {
        match core::mem::replace(&mut self.state, State::Over) {
            State::New { document, object, ask } => match self.ask(document, &object, ask) {
                Ok(tag) => {
                    self.state = State::Asked { tag, web: object.starts_with("fetch ") };
                    Poll::Pending
                }
                Err(cause) => Poll::Ready(Err(cause.at(self.at))),
            },
            State::Asked { tag, web } => {
                let mut tasks = self.shared.tasks.borrow_mut();
                let at = tasks.calls.iter().position(|a| a.tag == tag && a.answer.is_some());
                let answer = at.and_then(|at| tasks.calls.swap_remove(at).answer);
                drop(tasks);
                match answer {
                    Some(answer) if web => Poll::Ready(answer.of_the_web().arrived().map_err(|cause| cause.at(self.at))),
                    Some(answer) => Poll::Ready(answer.arrived().map_err(|cause| cause.at(self.at))),
                    None => {
                        self.state = State::Asked { tag, web };
                        Poll::Pending
                    }
                }
            }
            State::Over => Poll::Ready(Err(Error::new("a call was awaited after its answer"))),
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let State::Asked { tag, .. } = self.state {
            self.shared.tasks.borrow_mut().calls.retain(|a| a.tag != tag);
        }
    }
}
