//! Resolving the escapes of JSON strings.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::scan::is_plain;

/// The text of a string whose inside is given. What is not UTF-8 and halves of
/// surrogate pairs become U+FFFD.
pub(crate) fn unquote(inside: &[u8]) -> Cow<'_, str> {
    if is_plain(inside) || !inside.contains(&b'\\') {
        return lossy(inside);
    }
    let mut out = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.iter().position(|&c| c == b'\\') {
        out.push_str(&lossy(&rest[..at]));
        rest = &rest[at + 1..];
        let escaped = match rest.first() {
            None => break,
            Some(&c) => c,
        };
        // A byte above ASCII stays, to be read with those after it.
        if escaped < 0x80 {
            rest = &rest[1..];
        }
        match escaped {
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'u' => out.push(code_point(&mut rest)),
            c if c < 0x80 => out.push(c as char),
            _ => {}
        }
    }
    out.push_str(&lossy(rest));
    Cow::Owned(out)
}

fn lossy(text: &[u8]) -> Cow<'_, str> {
    match core::str::from_utf8(text) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(text),
    }
}

/// What follows \u, which may be a pair.
fn code_point(rest: &mut &[u8]) -> char {
    let first = match hex4(rest) {
        Some(n) => n,
        None => return char::REPLACEMENT_CHARACTER,
    };
    *rest = &rest[4..];
    if (0xd800..0xdc00).contains(&first) && rest.starts_with(b"\\u") {
        if let Some(low @ 0xdc00..=0xdfff) = hex4(&rest[2..]) {
            *rest = &rest[6..];
            return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00))
                .unwrap_or(char::REPLACEMENT_CHARACTER);
        }
    }
    char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn hex4(text: &[u8]) -> Option<u32> {
    text.get(..4)?.iter().try_fold(0, |n, &c| Some(n << 4 | (c as char).to_digit(16)?))
}
