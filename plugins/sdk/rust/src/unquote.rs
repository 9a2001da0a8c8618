//! Resolving the escapes of JSON strings.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::scan::slant;

/// The text of a string whose inside is given. What is not UTF-8 and halves of
/// surrogate pairs become U+FFFD.
pub(crate) fn unquote(inside: &[u8]) -> Cow<'_, str> {
    let first = slant(inside);
    if first == inside.len() {
        return String::from_utf8_lossy(inside);
    }
    let mut out = Vec::with_capacity(inside.len());
    let (mut rest, mut at) = (inside, first);
    while let Some(&escaped) = rest.get(at + 1) {
        out.extend_from_slice(&rest[..at]);
        // A byte above ASCII stays, to be read with those after it.
        rest = &rest[if escaped < 0x80 { at + 2 } else { at + 1 }..];
        match escaped {
            b'b' => out.push(0x8),
            b'f' => out.push(0xc),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'u' => out.extend_from_slice(code_point(&mut rest).encode_utf8(&mut [0; 4]).as_bytes()),
            c if c < 0x80 => out.push(c),
            _ => {}
        }
        at = slant(rest);
    }
    out.extend_from_slice(&rest[..at.min(rest.len())]);
    Cow::Owned(String::from_utf8(out).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()))
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
