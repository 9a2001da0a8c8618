//! Events as they come.

use crate::abi::Frame;
use crate::ctx::Ctx;
use crate::json::Json;

/// One dispatch of Discord's gateway.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    name: &'a str,
    data: Json<'a>,
}

impl<'a> Event<'a> {
    pub(crate) fn of(_: &Ctx, f: Frame<'a>) -> Event<'a> {
        Event { name: core::str::from_utf8(f.name).unwrap_or(""), data: Json::of(f) }
    }

    /// The name as on the wire, `GUILD_MEMBER_ADD`.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The field d, as Discord sent it.
    pub fn data(&self) -> Json<'a> {
        self.data
    }
}
