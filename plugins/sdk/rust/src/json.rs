//! JSON that came from the host, read where it is asked and nowhere else.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use crate::abi::Frame;
use crate::id::Id;
use crate::scan::Steps;
use crate::unquote::unquote;

/// One JSON value as text: no tree is built, and nothing is copied but strings
/// with escapes. It is how the SDK shows events, configuration and answers.
///
/// A step that leads nowhere gives the empty value, whose every reading is the
/// zero value, so that
///
/// ```
/// # let data = shardhost::Json::new(br#"{"member":{"user":{"id":"7"}}}"#);
/// let who = data.get("member").get("user").get("id").id();
/// # assert_eq!(who.0, 7);
/// ```
///
/// needs no check on its way. Text that is not JSON gives zero values too, and
/// never a panic. To fill structs, hand [`Json::as_bytes`] to a JSON library.
#[derive(Clone, Copy, Default)]
pub struct Json<'a> {
    text: &'a [u8],
    /// Where the host has found the MESSAGE_FIELDS of a message; empty: nowhere.
    table: &'a [u8],
}

/// The fields of a message that the host is asked to look for, which it does
/// faster than a guest can: those that nearly every handler reads. Behind such a
/// message comes a table with the offset and the length of each. See docs/abi.md,
/// Fields.
pub(crate) const MESSAGE_FIELDS: [&str; 5] = ["author", "channel_id", "content", "guild_id", "id"];

#[inline(always)]
fn message_field(key: &str) -> Option<usize> {
    match key {
        "author" => Some(0),
        "channel_id" => Some(1),
        "content" => Some(2),
        "guild_id" => Some(3),
        "id" => Some(4),
        _ => None,
    }
}

impl<'a> Json<'a> {
    /// The value that the text is.
    #[inline]
    pub fn new(text: &'a [u8]) -> Self {
        Json { text, table: &[] }
    }

    /// The body of a frame.
    pub(crate) fn of(f: Frame<'a>) -> Json<'a> {
        Json { text: f.body, table: f.table }
    }

    /// The text itself.
    pub fn as_bytes(self) -> &'a [u8] {
        self.text
    }

    /// Tells whether the value is there. null is there.
    pub fn exists(self) -> bool {
        !self.text.is_empty()
    }

    /// Tells whether the value is null.
    pub fn is_null(self) -> bool {
        self.trim() == b"null"
    }

    /// The value, if it is there and not null.
    pub fn some(self) -> Option<Json<'a>> {
        if self.exists() && !self.is_null() {
            Some(self)
        } else {
            None
        }
    }

    /// The field of an object. Of a key that stands twice the first counts.
    #[inline]
    pub fn get(self, key: &str) -> Json<'a> {
        match message_field(key) {
            Some(number) if !self.table.is_empty() => self.found(number, key),
            _ => self.look_for(key),
        }
    }

    /// A field of which the table says where it is.
    fn found(self, number: usize, key: &str) -> Json<'a> {
        let entry = |at: usize| Some(u32::from_le_bytes(self.table.get(at..at + 4)?.try_into().ok()?) as usize);
        let span = entry(8 * number).zip(entry(8 * number + 4));
        match span.and_then(|(at, size)| self.text.get(at..at.checked_add(size)?)) {
            Some(value) => Json::new(value), // an empty one is not there
            None => self.look_for(key),
        }
    }

    fn look_for(self, key: &str) -> Json<'a> {
        let mut steps = Steps::new(self.text);
        while let Some((name, value)) = steps.field() {
            if is_key(name, key) {
                return Json::new(value);
            }
        }
        Json::default()
    }

    /// Goes down into objects, one key after the other.
    pub fn at(self, path: &[&str]) -> Json<'a> {
        path.iter().fold(self, |value, key| value.get(key))
    }

    /// Element `i` of an array, counted from 0.
    pub fn index(self, i: usize) -> Json<'a> {
        self.items().nth(i).unwrap_or_default()
    }

    /// The elements of an array.
    pub fn items(self) -> Items<'a> {
        Items(Steps::new(self.text))
    }

    /// The fields of an object, in the order of the text.
    pub fn fields(self) -> Fields<'a> {
        Fields(Steps::new(self.text))
    }

    /// The number of elements of an array or of fields of an object, and 0 for
    /// anything else.
    pub fn len(self) -> usize {
        if self.trim().first() == Some(&b'{') {
            self.fields().count()
        } else {
            self.items().count()
        }
    }

    /// Tells whether there is no element and no field.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The text of a string with its escapes resolved, and any other value as
    /// it is written. null and nothing are "".
    pub fn text(self) -> Cow<'a, str> {
        match self.trim() {
            [b'"', inside @ .., b'"'] => unquote(inside),
            b"null" => Cow::Borrowed(""),
            other => String::from_utf8_lossy(other),
        }
    }

    /// Tells whether the value is true.
    pub fn bool(self) -> bool {
        self.trim() == b"true"
    }

    /// A whole number, which may be written as a string. What is not one, or
    /// does not fit, is 0.
    pub fn int(self) -> i64 {
        let digits = self.digits();
        match digits.split_first() {
            Some((b'-', rest)) if rest.len() < 19 => -(Id::of(rest).0 as i64),
            _ => core::str::from_utf8(digits).ok().and_then(|n| n.parse().ok()).unwrap_or(0),
        }
    }

    /// A number, which may be written as a string. What is not one is 0.
    pub fn float(self) -> f64 {
        core::str::from_utf8(self.digits()).ok().and_then(|n| n.parse().ok()).unwrap_or(0.0)
    }

    /// An id, which Discord writes as a string of digits. What is not one is
    /// none.
    pub fn id(self) -> Id {
        Id::of(self.digits())
    }

    /// The value without its quotes.
    fn digits(self) -> &'a [u8] {
        match self.trim() {
            [b'"', inside @ .., b'"'] => inside,
            other => other,
        }
    }

    fn trim(self) -> &'a [u8] {
        let mut text = self.text;
        while let [b'\0'..=b' ', rest @ ..] = text {
            text = rest;
        }
        while let [rest @ .., b'\0'..=b' '] = text {
            text = rest;
        }
        text
    }
}

impl fmt::Debug for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.text))
    }
}

/// Tells whether the inside of a key is that name.
pub(crate) fn is_key(inside: &[u8], name: &str) -> bool {
    inside == name.as_bytes() || inside.len() > name.len() && inside.contains(&b'\\') && unquote(inside) == name
}

/// The elements of an array.
#[derive(Clone)]
pub struct Items<'a>(Steps<'a>);

impl<'a> Iterator for Items<'a> {
    type Item = Json<'a>;

    fn next(&mut self) -> Option<Json<'a>> {
        self.0.item().map(Json::new)
    }
}

/// The fields of an object.
#[derive(Clone)]
pub struct Fields<'a>(Steps<'a>);

impl<'a> Iterator for Fields<'a> {
    type Item = (Cow<'a, str>, Json<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.field().map(|(key, value)| (unquote(key), Json::new(value)))
    }
}
