//! JSON that came from the host, read where it is asked and nowhere else.

use alloc::borrow::Cow;
use core::fmt;

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
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Json<'a>(&'a [u8]);

impl<'a> Json<'a> {
    /// The value that the text is.
    pub fn new(text: &'a [u8]) -> Self {
        Json(text)
    }

    /// The text itself.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// Tells whether the value is there. null is there.
    pub fn exists(self) -> bool {
        !self.0.is_empty()
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
    pub fn get(self, key: &str) -> Json<'a> {
        let mut steps = Steps::new(self.0);
        while let Some((name, value)) = steps.field() {
            if is_key(name, key) {
                return Json(value);
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
        Items(Steps::new(self.0))
    }

    /// The fields of an object, in the order of the text.
    pub fn fields(self) -> Fields<'a> {
        Fields(Steps::new(self.0))
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
            other => unquote(other),
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
        let mut text = self.0;
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
        f.write_str(&alloc::string::String::from_utf8_lossy(self.0))
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
        self.0.item().map(Json)
    }
}

/// The fields of an object.
#[derive(Clone)]
pub struct Fields<'a>(Steps<'a>);

impl<'a> Iterator for Fields<'a> {
    type Item = (Cow<'a, str>, Json<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.field().map(|(key, value)| (unquote(key), Json(value)))
    }
}
