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
        let number = |sum: u64, c: &u8| {
            let digit = c.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            sum.checked_mul(10)?.checked_add(u64::from(digit))
        };
        // Nineteen digits always fit, so most need no look.
        if digits.len() < 20 && digits.iter().all(u8::is_ascii_digit) {
            return Id(digits.iter().fold(0, |sum, c| sum * 10 + u64::from(c - b'0')));
        }
        Id(digits.iter().try_fold(0, number).unwrap_or(0))
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
