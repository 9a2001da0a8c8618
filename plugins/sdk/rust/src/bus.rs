//! Messages between plugins.

use alloc::string::{String, ToString};
use core::panic::Location;

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::handler::{plain, waiting, AsyncHandler, Handler};
use crate::host;
use crate::plugin::Plugin;
use crate::write::ToJson;

impl Plugin {
    /// Registers a handler for messages of a topic, or of several by a pattern in
    /// which `*` stands for one word, at the end for one or more, as `levels.*`.
    /// The event's name is the topic. The configuration must let the plugin
    /// subscribe to them: grant bus. Each message is handled once, also when the
    /// host dies in between; those that one lane has published arrive in their
    /// order.
    #[track_caller]
    pub fn on_topic(&mut self, pattern: &str, f: impl Fn(&Ctx, Event<'_>) -> Result + 'static) {
        self.topics.push((pattern.to_string(), Handler::new("on_topic", "", Location::caller(), plain!(f, Event::of))));
    }

    /// As [`on_topic`](Plugin::on_topic).
    #[track_caller]
    pub fn on_topic_async<F: for<'a> AsyncHandler<'a, Event<'a>>>(&mut self, pattern: &str, f: F) {
        self.topics.push((pattern.to_string(), Handler::new("on_topic_async", "", Location::caller(), waiting!(f, Event::of))));
    }
}

impl Ctx {
    /// Sends data to the plugins that subscribe to the topic: words of lower-case
    /// letters, digits, - and _ with dots between them. It leaves when the
    /// handler has returned `Ok`, and needs the grant bus with the topic.
    #[track_caller]
    pub fn publish(&self, topic: &str, data: &impl ToJson) -> Result {
        let mut body = String::new();
        data.write_json(&mut body);
        match host::publish(topic, &body) {
            code if code < 0 => Err(Error::call("publish", topic, code)),
            _ => Ok(()),
        }
    }
}

/// Tells whether a pattern covers a topic.
pub(crate) fn matches(pattern: &str, topic: &str) -> bool {
    let (mut wants, mut words) = (pattern.split('.').peekable(), topic.split('.'));
    loop {
        match (wants.next(), words.next()) {
            (None, None) => return true,
            (Some("*"), Some(_)) if wants.peek().is_none() => return true,
            (Some(want), Some(word)) if want == "*" || want == word => {}
            _ => return false,
        }
    }
}
