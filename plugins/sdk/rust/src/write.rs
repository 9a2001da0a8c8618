//! JSON to send, written without a JSON library.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use crate::id::Id;
use crate::json::Json;

/// A finished JSON value to send: what [`json!`](crate::json!) makes, or the
/// text of a JSON library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    /// A value that is finished text. It is not looked at; the host refuses what
    /// is not JSON.
    pub fn finished(text: impl Into<String>) -> Body {
        Body(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value, to read in it.
    pub fn json(&self) -> Json<'_> {
        Json::new(self.0.as_bytes())
    }
}

/// What can be written as JSON.
pub trait ToJson {
    /// Writes the value at the end of `out`.
    fn write_json(&self, out: &mut String);
}

/// Writes a JSON object, array or value as a [`Body`]:
///
/// ```
/// let name = "ada";
/// let body = shardhost::json!({
///     "content": format!("Hello, {name}!"),
///     "tts": false,
///     "embeds": [{ "title": name, "color": 0x5865f2 }],
/// });
/// assert_eq!(body.as_str(), r#"{"content":"Hello, ada!","tts":false,"embeds":[{"title":"ada","color":5793266}]}"#);
/// ```
///
/// A key is a literal. A value is `null`, an object, an array, or an expression
/// of a type with [`ToJson`]: texts, numbers, `bool`, [`Id`], `Option`, slices
/// and vectors of these, [`Json`] and [`Body`].
#[macro_export]
macro_rules! json {
    ($($value:tt)+) => {{
        #[allow(unused_mut)]
        let mut out = $crate::private::String::new();
        $crate::__json!(out, $($value)+);
        $crate::Body::finished(out)
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __json {
    ($out:ident, null) => { $out.push_str("null") };
    ($out:ident, {}) => { $out.push_str("{}") };
    ($out:ident, []) => { $out.push_str("[]") };
    ($out:ident, { $($fields:tt)+ }) => {{ $out.push('{'); $crate::__json_fields!($out, $($fields)+); $out.push('}'); }};
    ($out:ident, [ $($items:tt)+ ]) => {{ $out.push('['); $crate::__json_items!($out, $($items)+); $out.push(']'); }};
    ($out:ident, $value:expr) => { $crate::ToJson::write_json(&$value, &mut $out) };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __json_fields {
    ($out:ident, $key:literal : null $(, $($rest:tt)*)?) => { $crate::__json_field!($out, $key, null $(, $($rest)*)?) };
    ($out:ident, $key:literal : { $($inner:tt)* } $(, $($rest:tt)*)?) => { $crate::__json_field!($out, $key, { $($inner)* } $(, $($rest)*)?) };
    ($out:ident, $key:literal : [ $($inner:tt)* ] $(, $($rest:tt)*)?) => { $crate::__json_field!($out, $key, [ $($inner)* ] $(, $($rest)*)?) };
    ($out:ident, $key:literal : $value:expr $(, $($rest:tt)*)?) => {{
        $out.push_str(concat!("\"", $key, "\":"));
        $crate::ToJson::write_json(&$value, &mut $out);
        $($crate::__json_more!(fields, $out, $($rest)*);)?
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __json_field {
    ($out:ident, $key:literal, $value:tt $(, $($rest:tt)*)?) => {{
        $out.push_str(concat!("\"", $key, "\":"));
        $crate::__json!($out, $value);
        $($crate::__json_more!(fields, $out, $($rest)*);)?
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __json_items {
    ($out:ident, null $(, $($rest:tt)*)?) => {{ $crate::__json!($out, null); $($crate::__json_more!(items, $out, $($rest)*);)? }};
    ($out:ident, { $($inner:tt)* } $(, $($rest:tt)*)?) => {{ $crate::__json!($out, { $($inner)* }); $($crate::__json_more!(items, $out, $($rest)*);)? }};
    ($out:ident, [ $($inner:tt)* ] $(, $($rest:tt)*)?) => {{ $crate::__json!($out, [ $($inner)* ]); $($crate::__json_more!(items, $out, $($rest)*);)? }};
    ($out:ident, $value:expr $(, $($rest:tt)*)?) => {{
        $crate::ToJson::write_json(&$value, &mut $out);
        $($crate::__json_more!(items, $out, $($rest)*);)?
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __json_more {
    ($kind:ident, $out:ident,) => {};
    (fields, $out:ident, $($rest:tt)+) => {{ $out.push(','); $crate::__json_fields!($out, $($rest)+); }};
    (items, $out:ident, $($rest:tt)+) => {{ $out.push(','); $crate::__json_items!($out, $($rest)+); }};
}

/// Writes a JSON string.
pub(crate) fn write_str(text: &str, out: &mut String) {
    out.push('"');
    let mut start = 0;
    for (at, c) in text.bytes().enumerate() {
        if c >= b' ' && c != b'"' && c != b'\\' {
            continue;
        }
        out.push_str(&text[start..at]);
        start = at + 1;
        out.push('\\');
        match c {
            b'"' | b'\\' => out.push(c as char),
            b'\n' => out.push('n'),
            b'\r' => out.push('r'),
            b'\t' => out.push('t'),
            _ => {
                out.push_str("u00");
                for digit in [c >> 4, c & 15] {
                    out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
                }
            }
        }
    }
    out.push_str(&text[start..]);
    out.push('"');
}

/// Writes the fields of an object one after the other, for what json! cannot:
/// fields that are there or not.
pub(crate) struct Fields<'a>(&'a mut String);

impl<'a> Fields<'a> {
    pub(crate) fn begin(out: &'a mut String) -> Self {
        out.push('{');
        Fields(out)
    }

    /// Goes on with an object that has begun.
    pub(crate) fn more(out: &'a mut String) -> Self {
        Fields(out)
    }

    fn key(&mut self, key: &str) {
        if !self.0.ends_with('{') {
            self.0.push(',');
        }
        write_str(key, self.0);
        self.0.push(':');
    }

    pub(crate) fn put(&mut self, key: &str, value: &(impl ToJson + ?Sized)) -> &mut Self {
        self.key(key);
        value.write_json(self.0);
        self
    }

    /// A value that is finished JSON.
    pub(crate) fn raw(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key);
        self.0.push_str(value);
        self
    }

    pub(crate) fn end(self) {
        self.0.push('}');
    }
}

impl ToJson for str {
    fn write_json(&self, out: &mut String) {
        write_str(self, out);
    }
}

impl ToJson for String {
    fn write_json(&self, out: &mut String) {
        write_str(self, out);
    }
}

impl ToJson for Cow<'_, str> {
    fn write_json(&self, out: &mut String) {
        write_str(self, out);
    }
}

impl ToJson for bool {
    fn write_json(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
}

macro_rules! whole_numbers {
    ($($t:ty)*) => {$(
        impl ToJson for $t {
            fn write_json(&self, out: &mut String) {
                let _ = write!(out, "{}", self); // a String takes everything
            }
        }
    )*};
}
whole_numbers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

impl ToJson for f64 {
    /// What is not a number, or infinite, has no JSON and becomes null.
    fn write_json(&self, out: &mut String) {
        if self.is_finite() {
            let _ = write!(out, "{}", self);
        } else {
            out.push_str("null");
        }
    }
}

impl ToJson for Id {
    fn write_json(&self, out: &mut String) {
        let _ = write!(out, "\"{}\"", self.0);
    }
}

impl ToJson for Body {
    fn write_json(&self, out: &mut String) {
        out.push_str(if self.0.is_empty() { "null" } else { &self.0 });
    }
}

impl ToJson for Json<'_> {
    fn write_json(&self, out: &mut String) {
        let text = self.as_bytes();
        out.push_str(if text.is_empty() { "null" } else { core::str::from_utf8(text).unwrap_or("null") });
    }
}

impl<T: ToJson + ?Sized> ToJson for &T {
    fn write_json(&self, out: &mut String) {
        (**self).write_json(out);
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn write_json(&self, out: &mut String) {
        match self {
            Some(value) => value.write_json(out),
            None => out.push_str("null"),
        }
    }
}

impl<T: ToJson> ToJson for [T] {
    fn write_json(&self, out: &mut String) {
        out.push('[');
        for (i, item) in self.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            item.write_json(out);
        }
        out.push(']');
    }
}

impl<T: ToJson, const N: usize> ToJson for [T; N] {
    fn write_json(&self, out: &mut String) {
        self[..].write_json(out);
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn write_json(&self, out: &mut String) {
        self[..].write_json(out);
    }
}
