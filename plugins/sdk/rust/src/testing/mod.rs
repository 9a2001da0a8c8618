//! A host for `cargo test`: it runs a plugin natively, as the real one would,
//! and shows what it asked for.
//!
//! ```
//! use shardhost::testing::Bot;
//! use shardhost::*;
//!
//! plugin!(|p| p.on_message(|c, m| {
//!     if m.content() == "!ping" { c.reply(&m, "pong") } else { Ok(()) }
//! }));
//!
//! # fn main() {
//! let mut bot = Bot::start(plugin);
//! bot.say("!ping");
//! assert_eq!(bot.sent(), ["pong"]);
//! # }
//! ```
//!
//! What a handler asks for takes effect when it has succeeded, and not else.
//! Calls that are awaited get the answers that [`Bot::answer`] has prepared, or
//! an empty object. A handler that fails fails the test, unless the test asks for
//! it with [`Bot::failure`].

mod bot;
pub(crate) mod calls;
mod world;

pub use bot::{Bot, Setup};
pub use world::Asked;

use crate::id::Id;

/// Where [`Bot::say`] speaks.
pub const GUILD: Id = Id(10_000_000_000_000_001);
/// Where [`Bot::say`] speaks.
pub const CHANNEL: Id = Id(20_000_000_000_000_001);
/// Who speaks in [`Bot::say`].
pub const PERSON: Id = Id(30_000_000_000_000_001);
