//! Events of Shardhost's plugins in the structs of
//! [twilight-model](https://docs.rs/twilight-model):
//!
//! ```
//! use shardhost::*;
//! use shardhost_twilight::{incoming::MessageCreate, Twilight};
//!
//! plugin!(|p| {
//!     p.intent("MESSAGE_CONTENT");
//!     p.twilight(|c, m: MessageCreate| {
//!         if m.author.bot || m.content != "!ping" {
//!             return Ok(());
//!         }
//!         c.send(Id(m.channel_id.get()), "pong")
//!     });
//! });
//! # fn main() {}
//! ```
//!
//! An event that the structs cannot hold, because Discord sends something new,
//! fails with what serde says of it. The crate `shardhost` reads the same event
//! without a struct.

use std::future::Future;
use std::pin::Pin;

use serde::de::DeserializeOwned;
use shardhost::{AsyncHandler, Ctx, Error, Event, Plugin, Result};

pub use twilight_model as model;
pub use twilight_model::gateway::payload::incoming;

/// An event of Discord's gateway with a struct of its own.
pub trait Incoming: DeserializeOwned + 'static {
    /// Its name on the wire.
    const NAME: &'static str;
}

macro_rules! events {
    ($($name:ident $wire:literal)*) => {$(
        impl Incoming for incoming::$name {
            const NAME: &'static str = $wire;
        }
    )*};
}

events! {
    AutoModerationActionExecution "AUTO_MODERATION_ACTION_EXECUTION"
    BanAdd "GUILD_BAN_ADD"
    BanRemove "GUILD_BAN_REMOVE"
    ChannelCreate "CHANNEL_CREATE"
    ChannelDelete "CHANNEL_DELETE"
    ChannelPinsUpdate "CHANNEL_PINS_UPDATE"
    ChannelUpdate "CHANNEL_UPDATE"
    GuildAuditLogEntryCreate "GUILD_AUDIT_LOG_ENTRY_CREATE"
    GuildCreate "GUILD_CREATE"
    GuildDelete "GUILD_DELETE"
    GuildEmojisUpdate "GUILD_EMOJIS_UPDATE"
    GuildUpdate "GUILD_UPDATE"
    InteractionCreate "INTERACTION_CREATE"
    InviteCreate "INVITE_CREATE"
    InviteDelete "INVITE_DELETE"
    MemberAdd "GUILD_MEMBER_ADD"
    MemberRemove "GUILD_MEMBER_REMOVE"
    MemberUpdate "GUILD_MEMBER_UPDATE"
    MessageCreate "MESSAGE_CREATE"
    MessageDelete "MESSAGE_DELETE"
    MessageDeleteBulk "MESSAGE_DELETE_BULK"
    MessageUpdate "MESSAGE_UPDATE"
    PresenceUpdate "PRESENCE_UPDATE"
    ReactionAdd "MESSAGE_REACTION_ADD"
    ReactionRemove "MESSAGE_REACTION_REMOVE"
    ReactionRemoveAll "MESSAGE_REACTION_REMOVE_ALL"
    RoleCreate "GUILD_ROLE_CREATE"
    RoleDelete "GUILD_ROLE_DELETE"
    RoleUpdate "GUILD_ROLE_UPDATE"
    ThreadCreate "THREAD_CREATE"
    ThreadDelete "THREAD_DELETE"
    ThreadUpdate "THREAD_UPDATE"
    TypingStart "TYPING_START"
    VoiceStateUpdate "VOICE_STATE_UPDATE"
}

/// Registers handlers for typed events.
pub trait Twilight {
    /// Registers a handler for the event of that type.
    fn twilight<E: Incoming>(&mut self, f: impl Fn(&Ctx, E) -> Result + 'static);

    /// Registers an `async fn` for the event of that type.
    fn twilight_async<E: Incoming, F: for<'a> AsyncHandler<'a, E>>(&mut self, f: F);
}

impl Twilight for Plugin {
    #[track_caller]
    fn twilight<E: Incoming>(&mut self, f: impl Fn(&Ctx, E) -> Result + 'static) {
        self.on(E::NAME, move |c, e| f(c, read(e)?));
    }

    #[track_caller]
    fn twilight_async<E: Incoming, F: for<'a> AsyncHandler<'a, E>>(&mut self, f: F) {
        self.on_async(E::NAME, Typed(f, std::marker::PhantomData::<E>));
    }
}

/// Reads an event into its struct.
pub fn read<E: Incoming>(e: Event<'_>) -> Result<E> {
    serde_json::from_slice(e.data().as_bytes()).map_err(|cause| Error::new(format!("{} does not fit into its struct: {cause}", e.name())))
}

/// A handler of a typed event as one of any event.
struct Typed<E, F>(F, std::marker::PhantomData<E>);

impl<'a, E: Incoming, F: AsyncHandler<'a, E>> AsyncHandler<'a, Event<'a>> for Typed<E, F> {
    type Out = Pin<Box<dyn Future<Output = Result> + 'a>>;

    fn call(&self, c: &'a Ctx, e: Event<'a>) -> Self::Out {
        match read(e) {
            Ok(event) => Box::pin(self.0.call(c, event)),
            Err(cause) => Box::pin(std::future::ready(Err(cause))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use incoming::{MemberAdd, MessageCreate};
    use shardhost::testing::Bot;
    use shardhost::{json, Id};

    async fn member(c: &Ctx, m: MemberAdd) -> Result {
        let channel = c.call(shardhost::Request::get("/channels/1")).await?;
        c.send(channel.id(), format!("Welcome, {}!", m.user.name))
    }

    fn setup(p: &mut Plugin) {
        p.twilight(|c, m: MessageCreate| c.send(Id(m.channel_id.get()), m.content.clone()));
        p.twilight_async(member);
    }

    #[test]
    fn typed_events() {
        let mut bot = Bot::start(setup);
        bot.answer("GET", "/channels/1", 200, &json!({ "id": "1" }));
        bot.say("hello");
        bot.event("GUILD_MEMBER_ADD", &json!({
            "guild_id": "81", "roles": [], "joined_at": null, "deaf": false, "mute": false, "flags": 0,
            "user": { "id": "7", "username": "ann", "discriminator": "0", "avatar": null },
        }));
        assert_eq!(bot.sent(), ["hello", "Welcome, ann!"]);
        bot.event("MESSAGE_CREATE", &json!({ "id": 7 }));
        assert!(bot.failure().unwrap().contains("MESSAGE_CREATE does not fit into its struct"));
    }
}
