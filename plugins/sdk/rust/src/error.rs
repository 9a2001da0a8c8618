//! Why a handler failed.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use core::panic::Location;

use crate::abi;

/// What handlers return.
pub type Result<T = ()> = core::result::Result<T, Error>;

/// Why a handler failed, with the line that found it: a returned error fails
/// the event, and its text is what the operator reads.
///
/// The operator `?` makes one of every error that implements
/// `std::error::Error`; [`bail!`](crate::bail!) returns one.
pub struct Error {
    text: String,
    code: i32,
    status: u16,
    at: &'static Location<'static>,
}

impl Error {
    /// An error of the plugin's own.
    #[track_caller]
    pub fn new(text: impl Into<String>) -> Error {
        Error { text: text.into(), code: 0, status: 0, at: Location::caller() }
    }

    /// What a handler of `on_load` returns when it cannot read that form of
    /// state: the plugin then starts without it.
    #[track_caller]
    pub fn unknown_schema() -> Error {
        Error::of(abi::UNSUPPORTED, "this form of state is not known")
    }

    #[track_caller]
    pub(crate) fn of(code: i32, text: impl Into<String>) -> Error {
        Error { code, ..Error::new(text) }
    }

    /// A negative result of a host function.
    #[track_caller]
    pub(crate) fn call(call: &str, object: &str, code: i32) -> Error {
        let space = if object.is_empty() || call.is_empty() { "" } else { " " };
        Error::of(code, format!("{}{}{}: {}", call, space, object, abi::words(code)))
    }

    /// An answer of Discord's that is none of success.
    #[track_caller]
    pub(crate) fn answer(status: u16, text: String) -> Error {
        Error { status, ..Error::new(text) }
    }

    /// The HTTP status that Discord answered, or 0.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The configuration does not grant it; the host's log says which line to
    /// change.
    pub fn is_denied(&self) -> bool {
        self.code == abi::DENIED
    }

    /// A quota is used up, or too many requests are under way.
    pub fn is_try_again(&self) -> bool {
        self.code == abi::TRY_AGAIN
    }

    /// There is no such thing.
    pub fn is_not_found(&self) -> bool {
        self.code == abi::NOT_FOUND || self.status == 404
    }

    /// It is too long.
    pub fn is_too_big(&self) -> bool {
        self.code == abi::TOO_BIG
    }

    /// Somebody else wrote in between.
    pub fn is_exists(&self) -> bool {
        self.code == abi::EXISTS
    }

    /// The host died before it knew whether the call had an effect.
    pub fn is_uncertain(&self) -> bool {
        self.code == abi::UNCERTAIN
    }

    pub(crate) fn at(self, at: &'static Location<'static>) -> Error {
        Error { at, ..self }
    }

    /// The host's result code, or 0.
    pub(crate) fn code(&self) -> i32 {
        self.code
    }

    /// Where it was found, as `src/lib.rs:12`.
    pub(crate) fn place(&self) -> String {
        place(self.at)
    }
}

/// The line of a place in source code. Of a path from elsewhere, as that of a
/// dependency, the last two parts say enough.
pub(crate) fn place(at: &Location<'_>) -> String {
    let file = at.file();
    let mut parts = file.rmatch_indices(|c| c == '/' || c == '\\');
    let start = match parts.nth(1) {
        Some((slash, _)) if file.starts_with('/') || file.contains(':') => slash + 1,
        _ => 0,
    };
    format!("{}:{}", &file[start..], at.line())
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.text, self.place())
    }
}

#[cfg(any(feature = "std", not(target_arch = "wasm32")))]
impl<E: std::error::Error> From<E> for Error {
    #[track_caller]
    fn from(cause: E) -> Error {
        Error::new(cause.to_string())
    }
}

#[cfg(not(any(feature = "std", not(target_arch = "wasm32"))))]
mod without_std {
    use super::*;

    macro_rules! from {
        ($($t:ty)*) => {$(
            impl From<$t> for Error {
                #[track_caller]
                fn from(cause: $t) -> Error {
                    Error::new(cause.to_string())
                }
            }
        )*};
    }
    from!(core::fmt::Error core::num::ParseIntError core::num::ParseFloatError core::num::TryFromIntError
        core::str::Utf8Error alloc::string::FromUtf8Error core::char::ParseCharError);
}

/// Returns an [`Error`] with that text, as `format!` makes it, and this line.
#[macro_export]
macro_rules! bail {
    ($($text:tt)+) => {
        return ::core::result::Result::Err($crate::Error::new($crate::private::format!($($text)+)))
    };
}
