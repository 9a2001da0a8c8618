//! Calls of Discord's REST API.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::abi::Frame;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::host;
use crate::id::Id;
use crate::json::Json;
use crate::discord::Message;
use crate::task::Call;
use crate::write::{Body, Fields, ToJson};

/// A call of Discord's REST API. The host makes it within Discord's rate limits
/// and with the bot's token.
///
/// ```
/// # use shardhost::*;
/// # fn example(c: &Ctx, guild: Id, user: Id) -> Result {
/// c.rest(Request::put(format!("/guilds/{guild}/bans/{user}")).body(json!({"delete_message_seconds": 60})).reason("spam"))
/// # }
/// ```
pub struct Request {
    method: &'static str,
    path: String,
    body: Option<String>,
    reason: String,
    then: Option<(String, String)>,
    resend: bool,
}

macro_rules! methods {
    ($($name:ident $method:literal)*) => {$(
        #[doc = concat!("A ", $method, " of a path below the API version, as `/channels/1/messages?limit=5`.")]
        pub fn $name(path: impl Into<String>) -> Request {
            Request { method: $method, path: path.into(), body: None, reason: String::new(), then: None, resend: false }
        }
    )*};
}

impl Request {
    methods!(get "GET" post "POST" put "PUT" patch "PATCH" delete "DELETE");

    /// What is sent: [`json!`](crate::json!), or anything with [`ToJson`].
    pub fn body(mut self, body: impl ToJson) -> Self {
        let mut text = String::new();
        body.write_json(&mut text);
        self.body = Some(text);
        self
    }

    /// The reason that stands in the audit log.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    /// Gives the answer to the handler registered with
    /// [`on_response`](crate::Plugin::on_response) under that name, with the
    /// data, even if the plugin is another by then. At most 4000 bytes.
    pub fn then(mut self, name: impl Into<String>, data: impl Into<String>) -> Self {
        self.then = Some((name.into(), data.into()));
        self
    }

    /// Lets the host send the request again when it died before it knew whether
    /// the first one had an effect. GET, PUT and DELETE always are, and messages
    /// carry a nonce that makes the second one vanish.
    pub fn resend(mut self) -> Self {
        self.resend = true;
        self
    }

    /// Names the request for messages. Tokens, which stand in the paths of
    /// interactions and webhooks, are not part of the name.
    fn object(&self) -> String {
        let path = self.path.split('?').next().unwrap_or("");
        let mut parts: Vec<&str> = path.split('/').collect();
        if parts.len() > 3 && (parts[1] == "interactions" || parts[1] == "webhooks") {
            parts[3] = "...";
        }
        format!("{} {}", self.method, parts.join("/"))
    }

    fn document(&self, c: &Ctx) -> Result<String> {
        let mut out = String::with_capacity(128 + self.body.as_ref().map_or(0, String::len));
        let mut fields = Fields::begin(&mut out);
        fields.put("method", self.method).put("path", &self.path);
        if let Some(body) = &self.body {
            fields.raw("body", body);
        }
        if !self.reason.is_empty() {
            fields.put("reason", &self.reason);
        }
        if let Some((name, data)) = &self.then {
            if !c.shared.knows("on_response", name) {
                return Err(Error::new(format!("nothing is registered with on_response under the name {:?}", name)));
            }
            if name.len() + 1 + data.len() > 4096 {
                return Err(Error::new(format!("the data must be at most {} bytes", 4095 - name.len())));
            }
            fields.put("context", &format!("{}\n{}", name, data));
        }
        if self.resend {
            fields.put("on_uncertain", "resend");
        }
        fields.end();
        Ok(out)
    }
}

impl Ctx {
    /// Asks for a call of Discord's REST API and returns at once; it is made when
    /// the handler has returned `Ok`.
    #[track_caller]
    pub fn rest(&self, request: Request) -> Result {
        let tag = if request.then.is_some() { self.shared.tasks.borrow_mut().tag() } else { 0 };
        let result = host::rest(tag, &request.document(self)?);
        if result < 0 {
            return Err(Error::call("rest", &request.object(), result));
        }
        Ok(())
    }

    /// Makes a call of Discord's REST API and waits for the answer, without
    /// holding up other handlers. An answer that is none of success is an error
    /// with its [`status`](Error::status).
    ///
    /// The call leaves at once. Everything else that the handler asks for, before
    /// and after, takes effect when it has returned `Ok`; nobody else sees its
    /// writes until then. When it has to begin anew — after a crash, a reload, a
    /// restart, an error — it gets the answers that were there already, and
    /// Discord is not called a second time. So up to its last await a handler
    /// must ask for the same calls in the same order whenever it is given the
    /// same event: it follows from the event, the answers and the configuration,
    /// not from variables, the clock, chance, or keys that others write.
    #[track_caller]
    pub fn call(&self, mut request: Request) -> Call {
        let object = request.object();
        let document = match request.then.take() {
            None => request.document(self),
            Some(_) => Err(Error::new("a request that is awaited has no then")),
        };
        Call::new(self, document, "rest ".to_string() + &object, host::rest)
    }
}

/// The answer to a [`Request`].
#[derive(Clone, Debug)]
pub struct Response {
    status: i32,
    body: Vec<u8>,
    data: String,
    /// It is one of the web, which begins with a line of headers.
    web: bool,
}

impl Response {
    pub(crate) fn of(_: &Ctx, f: Frame<'_>) -> Response {
        let name = String::from_utf8_lossy(f.name);
        let data = name.split_once('\n').map_or("", |(_, data)| data);
        Response { status: f.header.status, body: f.body.to_vec(), data: data.into(), web: false }
    }

    /// An answer to [`Ctx::fetch`](crate::Ctx::fetch).
    pub(crate) fn of_the_web(self) -> Response {
        Response { web: true, ..self }
    }

    /// The answer itself, if there is one: of Discord, one of success.
    #[track_caller]
    pub(crate) fn arrived(self) -> Result<Response> {
        if self.web && self.status > 0 {
            return Ok(self);
        }
        self.success()
    }

    /// The HTTP status; 0 when there was no answer.
    pub fn status(&self) -> u16 {
        self.status.max(0) as u16
    }

    /// The answer's body.
    pub fn body(&self) -> &[u8] {
        let line = self.body.iter().position(|&b| b == b'\n').filter(|_| self.web);
        &self.body[line.map_or(0, |end| end + 1)..]
    }

    /// The answer's body as JSON.
    pub fn json(&self) -> Json<'_> {
        Json::new(self.body())
    }

    /// A header of an answer to [`fetch`](Ctx::fetch), by its name in lower case.
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        let line = self.body.split(|&b| b == b'\n').next().filter(|_| self.web)?;
        Json::new(line).get(name).some().map(Json::text)
    }

    /// The message that the answer is, if it is one.
    pub fn message(&self) -> Message<'_> {
        Message::from(self.json())
    }

    /// The id of what the answer is.
    pub fn id(&self) -> Id {
        self.json().get("id").id()
    }

    /// What [`Request::then`] was given.
    pub fn data(&self) -> &str {
        &self.data
    }

    /// The answer itself if it is one of success, with status 2xx, and what went
    /// wrong else, in Discord's words where there are any.
    #[track_caller]
    pub fn success(self) -> Result<Response> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        if self.status < 0 {
            return Err(Error::call(if self.web { "fetch" } else { "rest" }, "", self.status));
        }
        let mut text = format!("discord answered {}", self.status);
        if let Some(message) = self.json().get("message").some() {
            text += &format!(": {}", message.text());
        }
        if let Some(code) = self.json().get("code").some() {
            text += &format!(" ({})", code.int());
        }
        Err(Error::answer(self.status(), text))
    }
}

/// A message to send: a text, or all of the message as [`json!`](crate::json!)
/// writes it. Of a text, people mentioned in it are notified, @everyone and
/// roles are not.
pub trait Content {
    /// The message as Discord's API takes it.
    fn message(&self) -> Body;
}

impl<T: AsRef<str> + ?Sized> Content for T {
    fn message(&self) -> Body {
        message(self.as_ref(), |_| {})
    }
}

impl Content for Body {
    fn message(&self) -> Body {
        self.clone()
    }
}

impl Content for &Body {
    fn message(&self) -> Body {
        (*self).clone()
    }
}

/// A message with that text, and further fields.
pub(crate) fn message(text: &str, more: impl FnOnce(&mut Fields<'_>)) -> Body {
    let mut out = String::with_capacity(128 + text.len());
    let mut fields = Fields::begin(&mut out);
    fields.raw("allowed_mentions", r#"{"parse":["users"],"replied_user":true}"#).put("content", text);
    more(&mut fields);
    fields.end();
    Body::finished(out)
}
