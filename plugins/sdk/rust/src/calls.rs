//! The calls that plugins make most. Everything else is reached through
//! [`Ctx::rest`] and [`Ctx::call`].

use alloc::format;
use alloc::string::String;

use crate::abi::Frame;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::id::Id;
use crate::json::Json;
use crate::discord::{Message, User};
use crate::rest::{message, Content, Request};
use crate::task::Call;

impl Ctx {
    /// Answers a message in its channel, shown as a reply to it.
    #[track_caller]
    pub fn reply(&self, to: &Message<'_>, text: impl AsRef<str>) -> Result {
        let body = message(text.as_ref(), |fields| {
            fields.put("message_reference", &crate::json!({ "fail_if_not_exists": false, "message_id": to.id() }));
        });
        self.rest(Request::post(messages(to.channel_id())).body(body))
    }

    /// Writes a message to a channel.
    #[track_caller]
    pub fn send(&self, channel: Id, content: impl Content) -> Result {
        self.rest(Request::post(messages(channel)).body(content.message()))
    }

    /// Writes a message to a channel and waits for it.
    /// See <https://docs.discord.com/developers/resources/message#create-message>.
    #[track_caller]
    pub fn create_message(&self, channel: Id, content: impl Content) -> Call {
        self.call(Request::post(messages(channel)).body(content.message()))
    }

    /// Changes one of the bot's own messages, and waits for it.
    #[track_caller]
    pub fn edit_message(&self, channel: Id, message: Id, content: impl Content) -> Call {
        // To change a message twice is to change it once.
        self.call(Request::patch(one(channel, message)).body(content.message()).resend())
    }

    /// Deletes a message, and waits until it is gone.
    #[track_caller]
    pub fn delete_message(&self, channel: Id, message: Id) -> Call {
        self.call(Request::delete(one(channel, message)))
    }

    /// Reads a message.
    #[track_caller]
    pub fn get_message(&self, channel: Id, message: Id) -> Call {
        self.call(Request::get(one(channel, message)))
    }

    /// Adds a reaction of the bot's. `emoji` is the character, or `name:id` for
    /// one of a guild's own.
    #[track_caller]
    pub fn react(&self, channel: Id, message: Id, emoji: &str) -> Call {
        self.call(Request::put(format!("{}/reactions/{}/@me", one(channel, message), escape(emoji))))
    }

    /// Reads a member of a guild.
    /// See <https://docs.discord.com/developers/resources/guild#guild-member-object>.
    #[track_caller]
    pub fn get_member(&self, guild: Id, user: Id) -> Call {
        self.call(Request::get(format!("/guilds/{}/members/{}", guild, user)))
    }
}

impl<'a> Message<'a> {
    pub(crate) fn of(_: &Ctx, f: Frame<'a>) -> Message<'a> {
        Message::from(Json::of(f))
    }
}

impl User<'_> {
    /// The name to show: the global one where there is one.
    pub fn name(&self) -> String {
        let global = self.global_name();
        if global.is_empty() { self.username() } else { global }.into_owned()
    }

    /// The text that mentions the user in a message.
    pub fn mention(&self) -> String {
        self.id().mention()
    }
}

impl Id {
    /// The text that mentions the user with this id in a message.
    pub fn mention(self) -> String {
        format!("<@{}>", self)
    }
}

fn messages(channel: Id) -> String {
    format!("/channels/{}/messages", channel)
}

fn one(channel: Id, message: Id) -> String {
    format!("/channels/{}/messages/{}", channel, message)
}

/// Writes text as a segment of a path.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(3 * text.len());
    for c in text.bytes() {
        match c {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' => out.push(c as char),
            _ => out += &format!("%{:02X}", c),
        }
    }
    out
}
