//! Commands of the gateway. They need the grant gateway.

use alloc::string::String;

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::host;
use crate::id::Id;
use crate::write::{Body, ToJson};

/// What the bot is shown to be doing.
/// See <https://docs.discord.com/developers/events/gateway-events#activity-object>.
#[derive(Clone, Debug)]
pub struct Activity<'a> {
    /// 0 playing, 1 streaming, 2 listening, 3 watching, 4 a custom text, 5
    /// competing.
    pub kind: i64,
    /// What it is.
    pub name: &'a str,
}

impl ToJson for Activity<'_> {
    fn write_json(&self, out: &mut String) {
        let state = if self.kind == 4 { Some(self.name) } else { None };
        crate::json!({ "name": self.name, "state": state, "type": self.kind }).write_json(out);
    }
}

impl Ctx {
    /// Changes how the bot is shown, on the shard of the event being handled.
    /// `status` is online, dnd, idle or invisible. It needs the grant gateway with
    /// "presence".
    /// See <https://docs.discord.com/developers/events/gateway-events#update-presence>.
    #[track_caller]
    pub fn set_presence(&self, status: &str, activities: &[Activity<'_>]) -> Result {
        self.gateway(-1, 3, &crate::json!({ "activities": activities, "afk": false, "since": null, "status": status }))
    }

    /// Asks for members of a guild whose names begin with a prefix; "" is all, for
    /// which `limit` must be 0. They arrive as GUILD_MEMBERS_CHUNK events. It needs
    /// the grant gateway with "members", on the guild's own shard.
    /// See <https://docs.discord.com/developers/events/gateway-events#request-guild-members>.
    #[track_caller]
    pub fn request_members(&self, guild: Id, prefix: &str, limit: u32) -> Result {
        self.gateway(-1, 8, &crate::json!({ "guild_id": guild, "limit": limit, "query": prefix }))
    }

    /// Sends a command over the gateway: 3 presence, 4 voice state, 8 members, 31
    /// soundboard, 43 channels. Shard -1 is that of the event being handled. The
    /// host sends it when the handler has returned `Ok`, within Discord's limits.
    #[track_caller]
    pub fn gateway(&self, shard: i32, op: i32, d: &Body) -> Result {
        match host::gateway(shard, op, d.as_str()) {
            code if code < 0 => Err(Error::call("gateway", "", code)),
            _ => Ok(()),
        }
    }
}
