//! Walking through JSON text without making anything of it.
//!
//! What follows looks at eight bytes at a time: in a guest a byte costs as much
//! as a word does. Text that is not JSON is walked through too, somehow and to
//! an end.

const ONES: u64 = 0x0101_0101_0101_0101;
const LOWS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
const HIGHS: u64 = 0x8080_8080_8080_8080;

fn word(text: &[u8], at: usize) -> Option<u64> {
    let bytes: [u8; 8] = text.get(at..at.checked_add(8)?)?.try_into().ok()?;
    Some(u64::from_le_bytes(bytes))
}

/// The high bit of each byte of `word` that is `c`.
fn equal(word: u64, c: u8) -> u64 {
    let x = word ^ (ONES * u64::from(c));
    !(((x & LOWS) + LOWS) | x | LOWS)
}

/// The index of the first backslash, or the length of the text.
pub(crate) fn slant(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(word) = word(text, at) {
        let hit = equal(word, b'\\');
        if hit != 0 {
            return at + hit.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    text[at..].iter().position(|&c| c == b'\\').map_or(text.len(), |more| at + more)
}

/// The index after the quote that ends the string whose first character is at
/// `at`, if there is one.
pub(crate) fn string_end(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        while let Some(word) = word(text, at) {
            // Bits above the first hit may be wrong, the first one is not.
            let (quote, slant) = (word ^ (ONES * b'"' as u64), word ^ (ONES * b'\\' as u64));
            let hit = (quote.wrapping_sub(ONES) & !quote | slant.wrapping_sub(ONES) & !slant) & HIGHS;
            if hit != 0 {
                at += hit.trailing_zeros() as usize / 8;
                break;
            }
            at += 8;
        }
        match *text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The index after the bracket that closes the one at `at`, or the end of the
/// text. It does not tell square brackets from curly ones.
fn container_end(text: &[u8], at: usize) -> usize {
    let mut walk = Walk { at: at + 1, depth: 1 };
    let mut inside = 0u64; // all ones when the walk is in a string
    while let Some(word) = word(text, walk.at) {
        // Each quote turns the bytes from it on, so a byte is in a string when
        // the quotes up to it are odd in number.
        let mut marks = equal(word, b'"') >> 7;
        marks ^= marks << 8;
        marks ^= marks << 16;
        marks ^= marks << 32;
        let quoted = marks.wrapping_mul(0xff) ^ inside;
        let folded = word | (ONES * 0x20); // [ is { without that bit, and ] is }
        let closing = equal(folded, b'}') & !quoted;
        if equal(word, b'\\') != 0 || closing.count_ones() >= walk.depth {
            // An escape, or perhaps the end.
            if walk.bytes(text, walk.at + 8, inside != 0) {
                return walk.at;
            }
            inside = 0;
            continue;
        }
        walk.depth = walk.depth + (equal(folded, b'{') & !quoted).count_ones() - closing.count_ones();
        inside = ((quoted as i64) >> 63) as u64;
        walk.at += 8;
    }
    walk.bytes(text, text.len(), inside != 0);
    walk.at
}

struct Walk {
    at: usize,
    depth: u32,
}

impl Walk {
    /// Goes on byte by byte, up to `until` or the end of a string that begins
    /// before it. True: the end was reached.
    fn bytes(&mut self, text: &[u8], until: usize, mut inside: bool) -> bool {
        loop {
            if inside {
                match string_end(text, self.at) {
                    Some(end) => self.at = end,
                    None => {
                        self.at = text.len();
                        return true;
                    }
                }
                inside = false;
            }
            if self.at >= text.len() {
                self.at = text.len();
                return true;
            }
            if self.at >= until {
                return false;
            }
            match text[self.at] {
                b'"' => inside = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.at += 1;
                        return true;
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
    }
}

/// Goes through the fields of an object or the elements of an array.
#[derive(Clone)]
pub(crate) struct Steps<'a> {
    text: &'a [u8],
    at: usize, // 0: before the bracket
}

impl<'a> Steps<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Steps { text, at: 0 }
    }

    fn byte(&mut self) -> Option<u8> {
        loop {
            let c = *self.text.get(self.at)?;
            if c > b' ' {
                return Some(c);
            }
            self.at += 1;
        }
    }

    /// Goes behind the bracket or the comma, to the next key or element.
    fn advance(&mut self, bracket: u8) -> Option<u8> {
        if self.at == 0 {
            if self.byte()? != bracket {
                return None;
            }
            self.at += 1;
        } else if self.byte()? == b',' {
            self.at += 1;
        }
        match self.byte()? {
            b'}' | b']' => None,
            c => Some(c),
        }
    }

    /// The value at which the walk stands.
    fn value(&mut self) -> Option<&'a [u8]> {
        let first = self.byte()?;
        let start = self.at;
        self.at = match first {
            b'"' => string_end(self.text, start + 1)?,
            b'{' | b'[' => container_end(self.text, start),
            _ => {
                let ends = |c: &u8| matches!(*c, b',' | b'}' | b']' | b':' | b'"') || *c <= b' ';
                start + self.text[start..].iter().position(ends).unwrap_or(self.text.len() - start)
            }
        };
        if self.at == start {
            return None;
        }
        Some(&self.text[start..self.at])
    }

    /// The next field: the inside of its key, and its value.
    pub(crate) fn field(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        if self.advance(b'{')? != b'"' {
            return None;
        }
        let start = self.at + 1;
        self.at = string_end(self.text, start)?;
        let key = &self.text[start..self.at - 1];
        if self.byte()? != b':' {
            return None;
        }
        self.at += 1;
        Some((key, self.value()?))
    }

    /// The next element.
    pub(crate) fn item(&mut self) -> Option<&'a [u8]> {
        self.advance(b'[')?;
        self.value()
    }
}
