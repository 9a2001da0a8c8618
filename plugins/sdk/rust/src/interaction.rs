//! Interactions: a person's use of a command, a button, a menu or a form.

use alloc::borrow::Cow;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use core::panic::Location;

use crate::abi::Frame;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::handler::{plain, waiting, AsyncHandler, Flow, Handler};
use crate::id::Id;
use crate::json::Json;
use crate::discord::{self, User};
use crate::plugin::Plugin;
use crate::rest::{message, Content, Request};
use crate::task::Call;
use crate::write::{Body, ToJson};

/// A person's use of a command, a button, a menu or a form. Discord waits three
/// seconds for the first answer: [`reply`](Interaction::reply), or
/// [`defer`](Interaction::defer) and then [`follow_up`](Interaction::follow_up)
/// within fifteen minutes.
/// See <https://docs.discord.com/developers/interactions/receiving-and-responding>.
#[derive(Clone, Copy)]
pub struct Interaction<'a> {
    c: &'a Ctx,
    object: discord::Interaction<'a>,
    data: Json<'a>,
}

/// Types of interactions.
pub(crate) const COMMAND: i64 = 2;
pub(crate) const COMPONENT: i64 = 3;
pub(crate) const AUTOCOMPLETE: i64 = 4;
pub(crate) const FORM: i64 = 5;

impl<'a> Interaction<'a> {
    pub(crate) fn of(c: &'a Ctx, f: Frame<'a>) -> Interaction<'a> {
        let json = Json::of(f);
        Interaction { c, object: json.into(), data: json.get("data") }
    }

    /// Everything that Discord sent.
    pub fn object(&self) -> discord::Interaction<'a> {
        self.object
    }

    /// The field data: what was used, and with what.
    pub fn data(&self) -> Json<'a> {
        self.data
    }

    /// Its id.
    pub fn id(&self) -> Id {
        self.object.id()
    }

    /// 2 command, 3 component, 4 autocomplete, 5 form.
    pub fn kind(&self) -> i64 {
        self.object.kind()
    }

    /// The guild, or none in a direct message.
    pub fn guild_id(&self) -> Id {
        self.object.guild_id()
    }

    /// The channel.
    pub fn channel_id(&self) -> Id {
        self.object.channel_id()
    }

    /// Who used it.
    pub fn user(&self) -> User<'a> {
        let member = self.object.member().user();
        if member.0.exists() {
            member
        } else {
            self.object.user()
        }
    }

    /// The name of the command; the custom id of a component or form.
    pub fn name(&self) -> Cow<'a, str> {
        let name = self.data.get("name");
        if name.exists() { name } else { self.data.get("custom_id") }.text()
    }

    /// What stands behind the prefix in the custom id: `12` of `vote:12` for
    /// `"vote:"`. Without the prefix, nothing.
    pub fn behind(&self, prefix: &str) -> String {
        self.name().strip_prefix(prefix).unwrap_or("").to_string()
    }

    /// The subcommand that was used, with its group before it: `role add`.
    pub fn subcommand(&self) -> Option<String> {
        let below = |options: Json<'a>| options.items().find(|option| matches!(option.get("type").int(), 1 | 2));
        let first = below(self.data.get("options"))?;
        let name = first.get("name").text();
        match below(first.get("options")) {
            Some(second) => Some(format!("{} {}", name, second.get("name").text())),
            None => Some(name.into_owned()),
        }
    }

    /// The value that the person gave for an option. Options of a subcommand
    /// count as the command's.
    pub fn option(&self, name: &str) -> Option<Json<'a>> {
        fn find<'a>(options: Json<'a>, name: &str) -> Option<Json<'a>> {
            options.items().find_map(|option| {
                let nested = option.get("options");
                if nested.exists() {
                    return find(nested, name);
                }
                if option.get("name").text() == name { option.get("value").some() } else { None }
            })
        }
        find(self.data.get("options"), name)
    }

    /// The value of an option that is text.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        self.option(name).map(Json::text)
    }

    /// The value of an option that is a whole number.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.option(name).map(Json::int)
    }

    /// The value of an option that is any number.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.option(name).map(Json::float)
    }

    /// The value of an option that is true or false.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.option(name).map(Json::bool)
    }

    /// The value of an option that is a user, a channel, a role or an attachment.
    pub fn id_of(&self, name: &str) -> Option<Id> {
        self.option(name).and_then(|value| value.id().some())
    }

    /// The user whose id an option holds, as Discord sent it along.
    pub fn user_of(&self, name: &str) -> Option<User<'a>> {
        let id = self.id_of(name)?.to_string();
        self.data.get("resolved").get("users").get(&id).some().map(User::from)
    }

    /// What was chosen in a menu.
    pub fn values(&self) -> impl Iterator<Item = Cow<'a, str>> {
        self.data.get("values").items().map(Json::text)
    }

    /// What was written into the field of a form with that custom id.
    pub fn field(&self, custom_id: &str) -> Option<Cow<'a, str>> {
        fn find<'a>(part: Json<'a>, custom_id: &str) -> Option<Json<'a>> {
            if part.get("custom_id").text() == custom_id {
                return part.get("value").some();
            }
            let inside = part.get("component"); // of a label
            if inside.exists() {
                return find(inside, custom_id);
            }
            part.get("components").items().find_map(|part| find(part, custom_id))
        }
        self.data.get("components").items().find_map(|part| find(part, custom_id)).map(Json::text)
    }

    /// Answers with a message that everyone in the channel sees.
    #[track_caller]
    pub fn reply(&self, content: impl Content) -> Result {
        self.respond(4, &content.message())
    }

    /// Answers with a text that only the person sees.
    #[track_caller]
    pub fn whisper(&self, text: &str) -> Result {
        self.respond(4, &message(text, |fields| {
            fields.put("flags", &64);
        }))
    }

    /// Changes the message that the component is on.
    #[track_caller]
    pub fn update(&self, content: impl Content) -> Result {
        self.respond(7, &content.message())
    }

    /// Says that an answer follows; the person sees that the bot is thinking.
    #[track_caller]
    pub fn defer(&self) -> Result {
        self.c.rest(self.callback().body(crate::json!({ "type": 5 })))
    }

    /// Shows a form. The rows are its components as Discord takes them; what the
    /// person writes comes to [`form`](Plugin::form).
    #[track_caller]
    pub fn ask(&self, custom_id: &str, title: &str, components: &Body) -> Result {
        self.respond(9, &crate::json!({ "custom_id": custom_id, "title": title, "components": components }))
    }

    /// Answers with a callback of the given type and data, for everything that
    /// the other methods do not write.
    /// See <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object>.
    #[track_caller]
    pub fn respond(&self, kind: i64, data: &impl ToJson) -> Result {
        self.c.rest(self.callback().body(crate::json!({ "data": data, "type": kind })))
    }

    /// Sends a further message, or the first one after `defer`.
    #[track_caller]
    pub fn follow_up(&self, content: impl Content) -> Result {
        self.c.rest(Request::post(self.webhook("")).body(content.message()))
    }

    /// As `defer`, but waits until Discord knows: do it before anything that may
    /// take longer than three seconds.
    #[track_caller]
    pub fn acknowledge(&self) -> Call {
        self.c.call(self.callback().body(crate::json!({ "type": 5 })))
    }

    /// Changes the answer, or gives it after `acknowledge`.
    #[track_caller]
    pub fn edit_reply(&self, content: impl Content) -> Call {
        // To change a message twice is to change it once.
        self.c.call(Request::patch(self.webhook("/messages/@original")).body(content.message()).resend())
    }

    /// As `follow_up`, and waits for the message.
    #[track_caller]
    pub fn create_follow_up(&self, content: impl Content) -> Call {
        self.c.call(Request::post(self.webhook("")).body(content.message()))
    }

    fn callback(&self) -> Request {
        Request::post(format!("/interactions/{}/{}/callback", self.id(), self.object.token()))
    }

    fn webhook(&self, path: &str) -> String {
        format!("/webhooks/{}/{}{}", self.object.application_id(), self.object.token(), path)
    }
}

/// A handler of one command, or of components or forms.
pub(crate) struct Target {
    kind: i64,
    pattern: String, // a name, or its beginning and *
    handler: Rc<Handler>,
}

impl Target {
    fn wants(&self, kind: i64, name: &str) -> bool {
        self.kind == kind
            && match self.pattern.strip_suffix('*') {
                Some(prefix) => name.starts_with(prefix),
                None => self.pattern == name,
            }
    }
}

impl Plugin {
    /// Registers a handler for buttons and menus with that custom id, or with
    /// custom ids that begin so: `vote:*`.
    #[track_caller]
    pub fn component(&mut self, custom_id: &str, f: impl Fn(&Ctx, Interaction<'_>) -> Result + 'static) {
        self.target(COMPONENT, custom_id, Handler::new("component", custom_id, Location::caller(), plain_interaction(f)));
    }

    /// As [`component`](Plugin::component).
    #[track_caller]
    pub fn component_async<F: for<'a> AsyncHandler<'a, Interaction<'a>>>(&mut self, custom_id: &str, f: F) {
        self.target(COMPONENT, custom_id, Handler::new("component", custom_id, Location::caller(), waiting!(f, Interaction::of)));
    }

    /// Registers a handler for forms with that custom id, or with custom ids that
    /// begin so: `report:*`.
    #[track_caller]
    pub fn form(&mut self, custom_id: &str, f: impl Fn(&Ctx, Interaction<'_>) -> Result + 'static) {
        self.target(FORM, custom_id, Handler::new("form", custom_id, Location::caller(), plain_interaction(f)));
    }

    /// As [`form`](Plugin::form).
    #[track_caller]
    pub fn form_async<F: for<'a> AsyncHandler<'a, Interaction<'a>>>(&mut self, custom_id: &str, f: F) {
        self.target(FORM, custom_id, Handler::new("form", custom_id, Location::caller(), waiting!(f, Interaction::of)));
    }

    /// Registers what completes the options of a command while they are written;
    /// it answers with [`respond`](Interaction::respond) of type 8.
    #[track_caller]
    pub fn autocomplete(&mut self, command: &str, f: impl Fn(&Ctx, Interaction<'_>) -> Result + 'static) {
        self.target(AUTOCOMPLETE, command, Handler::new("autocomplete", command, Location::caller(), plain_interaction(f)));
    }

    /// Registers a handler for interactions of every kind, those included that
    /// have a handler of their own.
    #[track_caller]
    pub fn on_interaction(&mut self, f: impl Fn(&Ctx, Interaction<'_>) -> Result + 'static) {
        self.event("on_interaction", INTERACTION_CREATE, Location::caller(), plain_interaction(f));
    }

    #[track_caller]
    pub(crate) fn target(&mut self, kind: i64, pattern: &str, handler: Rc<Handler>) {
        let mut targets = self.targets.borrow_mut();
        if pattern.is_empty() {
            handler.refuse("the name is empty");
        }
        if targets.iter().any(|other| other.kind == kind && other.pattern == pattern) {
            handler.refuse("another handler has the name");
        }
        targets.push(Target { kind, pattern: pattern.to_string(), handler });
        let first = targets.len() == 1;
        drop(targets);
        if first {
            let targets = self.targets.clone();
            self.event("", INTERACTION_CREATE, Location::caller(), alloc::boxed::Box::new(move |c, given| {
                let i = Interaction::of(c, given.frame);
                let (kind, name) = (i.kind(), i.name());
                let handler = targets.borrow().iter().find(|target| target.wants(kind, &name)).map(|target| target.handler.clone());
                match handler {
                    None => Ok(Flow::Done),
                    Some(handler) => handler.start(c, given).map_err(crate::handler::Stop::Failure),
                }
            }));
        }
    }
}

pub(crate) fn plain_interaction(f: impl Fn(&Ctx, Interaction<'_>) -> Result + 'static) -> alloc::boxed::Box<crate::handler::Call> {
    plain!(f, Interaction::of)
}

const INTERACTION_CREATE: &str = "INTERACTION_CREATE";
