//! For writing plugins of Shardhost in Rust.
//!
//! A plugin is a `cdylib` that names the function which registers what it
//! handles. It is built for `wasm32-unknown-unknown`, and the host loads it,
//! feeds it the events it asked for, and swaps it for a newer one while the bot
//! stays connected:
//!
//! ```
//! use shardhost::*;
//!
//! plugin!(|p| {
//!     p.on_message(|c, m| {
//!         if m.author().bot() || m.content() != "!ping" {
//!             return Ok(());
//!         }
//!         c.reply(&m, "pong")
//!     });
//! });
//! # fn main() {}
//! ```
//!
//! Handlers are called one after the other; variables of the plugin need no
//! locks. What a handler asks for through its [`Ctx`] (messages, REST calls,
//! writes, timers) happens when it has returned `Ok`: all of it, and exactly
//! once, even if the host is killed in between. A handler that returns an error,
//! panics or runs too long leaves no trace, and its event is tried again. So
//! handlers need no clean-up, and variables are a cache: what must last belongs
//! into [`Ctx::kv`].
//!
//! A handler that needs an answer is an `async fn` and awaits it, while others
//! go on:
//!
//! ```
//! # use shardhost::*;
//! async fn work(c: &Ctx, m: Message<'_>) -> Result {
//!     let post = c.create_message(m.channel_id(), "One moment ...").await?;
//!     c.edit_message(m.channel_id(), post.id(), "Done.").await?;
//!     Ok(())
//! }
//! # plugin!(|p| p.on_message_async(work));
//! # fn main() {}
//! ```
//!
//! What is awaited leaves at once; see [`Ctx::call`] for what that means.
//!
//! The same code runs natively: [`testing`] is a host for `cargo test`.
//!
//! Without the feature `std` the crate is `#![no_std]`, with an allocator and a
//! panic handler of its own.

#![no_std]
#![warn(missing_docs)]

extern crate alloc;
#[cfg(any(feature = "std", not(target_arch = "wasm32")))]
extern crate std;

mod abi;
mod bus;
mod calls;
mod command;
mod control;
mod ctx;
pub mod discord;
mod error;
mod event;
#[doc(hidden)]
pub mod export;
mod fetch;
mod gateway;
mod guest;
mod handler;
#[cfg(any(test, all(feature = "allocator", target_arch = "wasm32")))]
mod heap;
mod host;
mod id;
mod interaction;
mod json;
mod kv;
mod log;
mod manifest;
mod panic;
mod plugin;
mod rest;
mod scan;
mod state;
mod task;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
mod time;
mod timer;
mod unquote;
mod view;
mod write;

pub use command::{Choice, Command};
pub use control::Gap;
pub use ctx::Ctx;
pub use error::{Error, Result};
pub use event::Event;
pub use fetch::Fetch;
pub use gateway::Activity;
pub use handler::AsyncHandler;
pub use id::Id;
pub use interaction::Interaction;
pub use json::{Fields, Items, Json};
pub use kv::{FromValue, Keys, Kv, Value};
pub use log::Log;
pub use discord::{Member, Message, User};
pub use plugin::Plugin;
pub use rest::{Content, Request, Response};
pub use task::Call;
pub use time::timestamp;
pub use timer::TimerId;
pub use view::{List, ListItems, Map, MapItems, View};
pub use write::{Body, ToJson};

/// What macros need.
#[doc(hidden)]
pub mod private {
    pub use alloc::format;
    pub use alloc::string::String;
}
