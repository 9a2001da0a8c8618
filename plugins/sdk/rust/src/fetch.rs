//! Calls of the web, other than Discord.

use alloc::format;
use alloc::string::{String, ToString};

use crate::ctx::Ctx;
use crate::host;
use crate::task::Call;
use crate::write::Fields;

/// A call of the web. It needs the grant http with the address.
///
/// ```
/// # use shardhost::*;
/// async fn weather(c: &Ctx, m: Message<'_>) -> Result {
///     let page = c.fetch(Fetch::get("https://weather.example.org/today")).await?;
///     c.reply(&m, page.json().get("summary").text())
/// }
/// ```
pub struct Fetch {
    method: &'static str,
    url: String,
    headers: String,
    body: Option<String>,
    resend: bool,
}

impl Fetch {
    /// A GET of an address.
    pub fn get(url: impl Into<String>) -> Fetch {
        Fetch { method: "GET", url: url.into(), headers: "{".to_string(), body: None, resend: false }
    }

    /// A POST of a text to an address.
    pub fn post(url: impl Into<String>, body: impl Into<String>) -> Fetch {
        Fetch { method: "POST", body: Some(body.into()), ..Fetch::get(url) }
    }

    /// Another method.
    pub fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    /// A header of the request.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        Fields::more(&mut self.headers).put(name, value);
        self
    }

    /// Lets the host make the call again when it died before it knew whether the
    /// first one had an effect.
    pub fn resend(mut self) -> Self {
        self.resend = true;
        self
    }

    fn document(&self) -> String {
        let mut out = String::new();
        let mut fields = Fields::begin(&mut out);
        fields.put("method", self.method).put("url", &self.url).raw("headers", &format!("{}}}", self.headers));
        if let Some(body) = &self.body {
            fields.put("body", body);
        }
        if self.resend {
            fields.put("on_uncertain", "resend");
        }
        fields.end();
        out
    }
}

impl Ctx {
    /// Makes a call of the web and waits for the answer, of whatever status; it is
    /// an error only when there is none. What [`call`](Ctx::call) says of waiting
    /// is so here as well.
    #[track_caller]
    pub fn fetch(&self, request: Fetch) -> Call {
        // What follows the host is left out: there may be a secret in it.
        let host = request.url.split(|c| matches!(c, '?' | '#')).next().unwrap_or("").split('/').take(3).collect::<alloc::vec::Vec<_>>().join("/");
        Call::new(self, Ok(request.document()), format!("fetch {} {}", request.method, host), host::fetch)
    }
}
