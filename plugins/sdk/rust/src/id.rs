//! Ids of Discord's objects.

use core::fmt;
use core::str::FromStr;

use crate::error::Error;

/// Discord's id of a user, a guild, a channel, a message: a number that JSON
/// carries as a string. 0 is none.
/// See <https://docs.discord.com/developers/reference#snowflakes>.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub u64);

impl Id {
    /// No id.
    pub const NONE: Id = Id(0);

    /// Tells whether there is none.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The id, if there is one.
    pub fn some(self) -> Option<Id> {
        if self.is_none() {
            None
        } else {
            Some(self)
        }
    }

    /// The number in decimal digits. What is no number, or does not fit, is none.
    pub(crate) fn of(digits: &[u8]) -> Id {
        let (mut rest, mut id) = (digits, 0u64);
        // Sixteen digits always fit, so the first two words need no look.
        while let Some(word) = rest.get(..8).filter(|_| id < 100_000_000).and_then(|bytes| bytes.try_into().ok()) {
            match eight(u64::from_le_bytes(word)) {
                Some(number) => id = id * 100_000_000 + number,
                None => return Id::NONE,
            }
            rest = &rest[8..];
        }
        for c in rest {
            let digit = c.wrapping_sub(b'0');
            id = match id.checked_mul(10).and_then(|id| id.checked_add(u64::from(digit))) {
                Some(id) if digit < 10 => id,
                _ => return Id::NONE,
            };
        }
        Id(id)
    }

    /// The moment at which Discord made the object, in milliseconds since 1970.
    pub fn created_ms(self) -> i64 {
        (self.0 >> 22) as i64 + 1_420_070_400_000
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<u64> for Id {
    fn from(id: u64) -> Id {
        Id(id)
    }
}

impl FromStr for Id {
    type Err = Error;

    #[track_caller]
    fn from_str(text: &str) -> Result<Id, Error> {
        Id::of(text.as_bytes()).some().ok_or_else(|| Error::new("an id is a number of up to twenty digits"))
    }
}

/// The number that eight digits are, the first in the lowest byte.
fn eight(word: u64) -> Option<u64> {
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    let over = word.wrapping_add(0x0606_0606_0606_0606);
    if (word & over) & 0xf0f0_f0f0_f0f0_f0f0 != ZEROS || word & 0xf0f0_f0f0_f0f0_f0f0 != ZEROS {
        return None;
    }
    // Two neighbours become a number below a hundred, then two of those.
    let pairs = (word - ZEROS).wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
    Some(fours.wrapping_mul(10_000 << 32 | 1) >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits() {
        for text in ["0", "7", "12345678", "00000001", "123456789012345678", "1234567890123456", "18446744073709551615", "99999999"] {
            assert_eq!(Id::of(text.as_bytes()).0, text.parse::<u64>().unwrap(), "{}", text);
        }
        for text in ["", "-1", "1 ", "12a", "1234567:", "/2345678", "18446744073709551616", "99999999999999999999", "184467440737095516150", "1234567\u{80}"] {
            assert!(Id::of(text.as_bytes()).is_none(), "{}", text);
        }
    }
}
