//! The contract between host and guest, as far as this crate speaks it: the
//! layout of frames and the numbers in them. See docs/abi.md.

/// Kinds of frames.
pub(crate) const EVENT: u16 = 1;
pub(crate) const COMPLETION: u16 = 2;
pub(crate) const TIMER: u16 = 3;
pub(crate) const CONTROL: u16 = 4;
pub(crate) const MESSAGE: u16 = 5;

/// Flags of frames.
pub(crate) const REDELIVERED: u16 = 1;
pub(crate) const REPLAYED: u16 = 2;
pub(crate) const FIELDS: u16 = 8;

/// Results of host functions that this crate looks at.
pub(crate) const INVALID: i32 = -1;
pub(crate) const TRY_AGAIN: i32 = -3;
pub(crate) const DENIED: i32 = -2;
pub(crate) const NOT_FOUND: i32 = -4;
pub(crate) const TOO_BIG: i32 = -5;
pub(crate) const EXISTS: i32 = -6;
pub(crate) const INTERNAL: i32 = -8;
pub(crate) const UNSUPPORTED: i32 = -9;
pub(crate) const UNCERTAIN: i32 = -10;

/// What a result of the host means, in words.
pub(crate) fn words(code: i32) -> &'static str {
    match code {
        INVALID => "invalid",
        DENIED => "denied",
        TRY_AGAIN => "try again",
        NOT_FOUND => "not found",
        TOO_BIG => "too big",
        EXISTS => "exists",
        -7 => "closing",
        INTERNAL => "internal error",
        UNSUPPORTED => "unsupported",
        UNCERTAIN => "uncertain",
        _ => "unknown code",
    }
}

/// The length of a frame's header. Name, body and padding follow it.
pub(crate) const HEADER: usize = 48;

/// The fixed part of a frame.
#[derive(Clone, Copy, Default)]
pub(crate) struct Header {
    pub kind: u16,
    pub flags: u16,
    pub tag: u64,
    pub guild: u64,
    pub received: i64,
    pub shard: u16,
    pub event: u16,
    pub status: i32,
}

/// One frame, in the buffer that it was read from.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub header: Header,
    pub name: &'a [u8],
    pub body: &'a [u8],
    /// The table of fields behind the body, if there is one.
    pub table: &'a [u8],
}

/// Reads the first frame and returns what follows it; None for what is none.
pub(crate) fn parse(text: &[u8]) -> Option<(Frame<'_>, &[u8])> {
    let head = text.get(..HEADER)?;
    let u16_at = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
    let u32_at = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let u64_at = |at: usize| u64::from(u32_at(at)) | u64::from(u32_at(at + 4)) << 32;
    let (size, name, body) = (u32_at(0) as usize, u32_at(36) as usize, u32_at(40) as usize);
    let end_of_name = HEADER.checked_add(name)?;
    let end = end_of_name.checked_add(body)?;
    if size < end || size > text.len() {
        return None;
    }
    let header = Header {
        kind: u16_at(4),
        flags: u16_at(6),
        tag: u64_at(8),
        guild: u64_at(16),
        received: u64_at(24) as i64,
        shard: u16_at(32),
        event: u16_at(34),
        status: u32_at(44) as i32,
    };
    let table = if header.flags & FIELDS == 0 { &[] } else { text.get((end + 7) & !7..size)? };
    let frame = Frame { header, name: &text[HEADER..end_of_name], body: &text[end_of_name..end], table };
    Some((frame, &text[size..]))
}
