//! Moments as Discord writes them.

use alloc::format;
use alloc::string::String;
use core::time::Duration;

/// A moment since 1970 as Discord takes it, in ISO 8601: `2026-01-01T12:00:00Z`.
///
/// ```
/// use std::time::Duration;
/// assert_eq!(shardhost::timestamp(Duration::from_secs(1_767_268_800)), "2026-01-01T12:00:00Z");
/// ```
pub fn timestamp(since_1970: Duration) -> String {
    let seconds = since_1970.as_secs();
    let (day, second) = (seconds / 86_400, seconds % 86_400);
    // Counted in years that begin with March, a leap day comes last. The first of
    // the four hundred years that repeat began 719,468 days before 1970.
    let day = day + 719_468;
    let (cycle, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let (month, more) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", cycle * 400 + year + more, month, date, hour, minute, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        for (seconds, want) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(timestamp(Duration::from_secs(seconds)), want);
        }
    }
}
