//! Slash commands.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::panic::Location;

use crate::ctx::Ctx;
use crate::error::Result;
use crate::handler::{waiting, AsyncHandler, Handler};
use crate::interaction::{plain_interaction, Interaction, COMMAND};
use crate::plugin::Plugin;
use crate::write::{Body, Fields, ToJson};

/// The definition of a slash command, which its registration returns to be
/// filled:
///
/// ```
/// # use shardhost::*;
/// # fn roll(c: &Ctx, i: Interaction<'_>) -> Result { Ok(()) }
/// # fn setup(p: &mut Plugin) {
/// p.command("roll", "Throw a die", roll)
///     .option(Choice::integer("sides", "How many sides it has").required().range(2, 1000));
/// # }
/// ```
///
/// It is in the plugin's manifest, from where the host's tools register it with
/// Discord.
pub struct Command {
    name: String,
    description: String,
    options: Vec<Choice>,
    more: Vec<(String, Body)>,
}

/// An option of a slash command.
/// See <https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-structure>.
pub struct Choice {
    kind: i64,
    name: String,
    description: String,
    required: bool,
    options: Vec<Choice>,
    more: Vec<(String, Body)>,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $kind:literal)*) => {$(
        $(#[$doc])*
        pub fn $name(name: &str, description: &str) -> Choice {
            Choice { kind: $kind, name: name.to_string(), description: description.to_string(), required: false, options: Vec::new(), more: Vec::new() }
        }
    )*};
}

impl Choice {
    kinds! {
        /// A subcommand, whose options follow.
        subcommand 1
        /// A group of subcommands.
        group 2
        /// Text.
        text 3
        /// A whole number.
        integer 4
        /// True or false.
        flag 5
        /// A user.
        user 6
        /// A channel.
        channel 7
        /// A role.
        role 8
        /// A user or a role.
        mentionable 9
        /// Any number.
        number 10
        /// A file.
        attachment 11
    }

    /// It must be given. Discord wants these before the others.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The least and the greatest number, or how long a text may be.
    pub fn range(self, least: i64, most: i64) -> Self {
        let (low, high) = if self.kind == 3 { ("min_length", "max_length") } else { ("min_value", "max_value") };
        self.with(low, least).with(high, most)
    }

    /// The texts to choose from.
    pub fn choices(self, choices: &[&str]) -> Self {
        let list: Vec<Body> = choices.iter().map(|c| crate::json!({ "name": c, "value": c })).collect();
        self.with("choices", list)
    }

    /// Asks for [`autocomplete`](Plugin::autocomplete).
    pub fn autocomplete(self) -> Self {
        self.with("autocomplete", true)
    }

    /// An option of a subcommand, or a subcommand of a group.
    pub fn option(mut self, option: Choice) -> Self {
        self.options.push(option);
        self
    }

    /// Any other field of the definition.
    pub fn with(mut self, field: &str, value: impl ToJson) -> Self {
        self.more.push((field.to_string(), body(&value)));
        self
    }
}

impl Command {
    /// Adds an option, or a subcommand.
    pub fn option(&mut self, option: Choice) -> &mut Self {
        self.options.push(option);
        self
    }

    /// Which permissions a member needs to see it, as bits; 0 is for
    /// administrators.
    pub fn permissions(&mut self, bits: u64) -> &mut Self {
        self.with("default_member_permissions", bits.to_string())
    }

    /// Any other field of the definition.
    /// See <https://docs.discord.com/developers/interactions/application-commands#application-command-object>.
    pub fn with(&mut self, field: &str, value: impl ToJson) -> &mut Self {
        self.more.push((field.to_string(), body(&value)));
        self
    }
}

fn body(value: &impl ToJson) -> Body {
    let mut out = String::new();
    value.write_json(&mut out);
    Body::finished(out)
}

impl ToJson for Command {
    fn write_json(&self, out: &mut String) {
        let mut fields = Fields::begin(out);
        fields.put("type", &1).put("name", &self.name).put("description", &self.description);
        if !self.options.is_empty() {
            fields.put("options", &self.options);
        }
        for (name, value) in &self.more {
            fields.put(name, value);
        }
        fields.end();
    }
}

impl ToJson for Choice {
    fn write_json(&self, out: &mut String) {
        let mut fields = Fields::begin(out);
        fields.put("type", &self.kind).put("name", &self.name).put("description", &self.description);
        if self.kind > 2 {
            fields.put("required", &self.required);
        }
        if !self.options.is_empty() {
            fields.put("options", &self.options);
        }
        for (name, value) in &self.more {
            fields.put(name, value);
        }
        fields.end();
    }
}

impl Plugin {
    /// Registers a slash command: its name, in lower case, what the person reads
    /// about it, and its handler.
    #[track_caller]
    pub fn command(&mut self, name: &str, description: &str, f: impl Fn(&Ctx, Interaction<'_>) -> Result + 'static) -> &mut Command {
        self.target(COMMAND, name, Handler::new("command", name, Location::caller(), plain_interaction(f)));
        self.define(name, description)
    }

    /// As [`command`](Plugin::command), with a handler that may wait.
    #[track_caller]
    pub fn command_async<F: for<'a> AsyncHandler<'a, Interaction<'a>>>(&mut self, name: &str, description: &str, f: F) -> &mut Command {
        self.target(COMMAND, name, Handler::new("command_async", name, Location::caller(), waiting!(f, Interaction::of)));
        self.define(name, description)
    }

    fn define(&mut self, name: &str, description: &str) -> &mut Command {
        let at = self.commands.len();
        self.commands.push(Command { name: name.to_string(), description: description.to_string(), options: Vec::new(), more: Vec::new() });
        &mut self.commands[at]
    }
}
