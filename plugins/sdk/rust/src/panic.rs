//! What is said about a panic before it becomes a trap.

use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::Cell;
use core::panic::Location;

use crate::error::place;
use crate::handler::Handler;

/// What is being handled: a panic handler gets nothing but the panic.
struct Work {
    event: Cell<(*const u8, usize)>,
    handler: Cell<*const Handler>,
}

/// Safety: a guest has one thread. Natively, nothing reads it.
unsafe impl Sync for Work {}

static WORK: Work = Work { event: Cell::new((core::ptr::null(), 0)), handler: Cell::new(core::ptr::null()) };

/// Notes which event is being handled; it must stay where it is until `rested`.
pub(crate) fn began(event: &[u8]) {
    if cfg!(target_arch = "wasm32") {
        WORK.event.set((event.as_ptr(), event.len()));
    }
}

/// Notes which handler works. Handlers live as long as the plugin.
pub(crate) fn working(handler: &Rc<Handler>) {
    if cfg!(target_arch = "wasm32") {
        WORK.handler.set(&**handler);
    }
}

/// Nothing is being handled.
pub(crate) fn rested() {
    if cfg!(target_arch = "wasm32") {
        WORK.event.set((core::ptr::null(), 0));
        WORK.handler.set(core::ptr::null());
    }
}

/// As `MESSAGE_CREATE: on_message at src/lib.rs:5: panic at src/lib.rs:9: no luck`.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
fn text(message: &str, at: Option<&Location<'_>>) -> String {
    let (event, handler) = (WORK.event.get(), WORK.handler.get());
    let mut text = String::new();
    // Safety: both are alive until `rested`.
    unsafe {
        if !event.0.is_null() {
            text += &format!("{}: ", String::from_utf8_lossy(core::slice::from_raw_parts(event.0, event.1)));
        }
        if let Some(handler) = handler.as_ref() {
            text += &format!("{}: ", handler.name());
        }
    }
    match at {
        Some(at) => text += &format!("panic at {}: {}", place(at), message),
        None => text += &format!("panic: {}", message),
    }
    text
}

/// Has panics say what they are before they trap.
#[cfg(all(feature = "std", target_arch = "wasm32"))]
pub(crate) fn explain() {
    use alloc::boxed::Box;
    std::panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        let message = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
            (Some(text), _) => text,
            (_, Some(text)) => text.as_str(),
            _ => "a value that has no text",
        };
        crate::host::fail(&text(message, info.location()));
    }));
}

#[cfg(not(all(feature = "std", target_arch = "wasm32")))]
pub(crate) fn explain() {}

#[cfg(all(not(feature = "std"), target_arch = "wasm32"))]
#[panic_handler]
fn panicked(info: &core::panic::PanicInfo<'_>) -> ! {
    // What it displays begins with "panicked at" and has the place in it.
    crate::host::fail(&text(&format!("{}", info), info.location()));
    core::arch::wasm32::unreachable()
}
