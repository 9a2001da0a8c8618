//! The manifest: what the host learns of a plugin before it starts it.

use alloc::vec::Vec;

use crate::json::MESSAGE_FIELDS;
use crate::plugin::Plugin;
use crate::write::Body;

impl Plugin {
    /// The document of the custom section shard.manifest.
    pub(crate) fn manifest(&self) -> Body {
        let events = once(self.events.iter().map(|(name, _)| name.as_str()));
        let control = once(self.controls.iter().map(|(name, _)| *name));
        let fields = if events.contains(&"MESSAGE_CREATE") {
            crate::json!({ "MESSAGE_CREATE": MESSAGE_FIELDS })
        } else {
            crate::json!({})
        };
        crate::json!({
            "sdk": concat!("rust/", env!("CARGO_PKG_VERSION")),
            "events": events,
            "intents": self.intents,
            "commands": self.commands,
            "control": control,
            "fields": fields,
        })
    }
}

/// Each of them once, in the order of the first.
fn once<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut all: Vec<&str> = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}
