//! The date of a signature.

use std::time::{Duration, SystemTime};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// How far the date of a signature may be from the server's time, either way.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// A time as it is written in this form, in UTC.
///
/// # Errors
/// Says that the time is out of range.
pub(super) fn write(time: SystemTime, form: &str) -> Result<String, String> {
    let time = jiff::Timestamp::try_from(time).map_err(|why| why.to_string())?;
    Ok(time.strftime(form).to_string())
}

/// Reads a time in this form, and nothing that is written otherwise: it is signed as it is written.
pub(super) fn read(text: &str, form: &str) -> Option<SystemTime> {
    let time = DateTime::strptime(form, text).ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
    (time.strftime(form).to_string() == text).then(|| time.into())
}

/// Whether a signature of `time` is still, or already, good.
pub(super) fn is_present(time: SystemTime, now: SystemTime) -> bool {
    now.duration_since(time).unwrap_or_else(|early| early.duration()) <= WINDOW
}
