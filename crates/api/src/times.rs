//! Times as text: a camera's clock reading with its zone, and days as people type them.

use likeness_domain::CaptureTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, OffsetDateTime, UtcOffset};

const CLOCK: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// `2024-05-01T09:30:00+02:00`, without the zone when it is not known.
pub(crate) fn capture_time_text(taken: &CaptureTime) -> Option<String> {
    let reading = OffsetDateTime::from_unix_timestamp(taken.local_ms.div_euclid(1000)).ok()?;
    let mut text = reading.format(CLOCK).ok()?;
    if let Some(minutes) = taken.zone_minutes
        && let Ok(offset) = UtcOffset::from_whole_seconds(i32::from(minutes) * 60)
    {
        let (hours, minutes, _) = offset.as_hms();
        let sign = if offset.is_negative() { '-' } else { '+' };
        text.push_str(&format!("{sign}{:02}:{:02}", hours.abs(), minutes.abs()));
    }
    Some(text)
}

/// `2024-05-01T09:30:00Z`: a moment, in milliseconds since 1970.
pub(crate) fn instant_text(at_ms: i64) -> Option<String> {
    let moment = OffsetDateTime::from_unix_timestamp(at_ms.div_euclid(1000)).ok()?;
    Some(format!("{}Z", moment.format(CLOCK).ok()?))
}

/// `2024-05-01`, `2024-05-01 to 2024-05-09`: the days from one reading of a clock to another.
pub(crate) fn span_text(from_ms: i64, until_ms: i64) -> Option<String> {
    let day = |ms: i64| OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok()?.format(DAY).ok();
    let (from, until) = (day(from_ms)?, day(until_ms)?);
    Some(if from == until { from } else { format!("{from} to {until}") })
}

/// The start of a day given as `2024`, `2024-05` or `2024-05-01`, in milliseconds of the local clock.
pub(crate) fn day_start_ms(text: &str) -> Option<i64> {
    let full = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    let day = Date::parse(&full, DAY).ok()?;
    Some(day.midnight().assume_utc().unix_timestamp() * 1000)
}

/// The end (exclusive) of the day, month or year given as `2024-05-01`, `2024-05` or `2024`.
pub(crate) fn day_end_ms(text: &str) -> Option<i64> {
    let number =
        |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<i32>().ok());
    match text.len() {
        4 => day_start_ms(&format!("{:04}", number(0..4)? + 1)),
        7 => {
            let (year, month) = (number(0..4)?, number(5..7)?);
            let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            day_start_ms(text).and(day_start_ms(&format!("{year:04}-{month:02}")))
        }
        _ => day_start_ms(text).map(|start| start + 24 * 60 * 60 * 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_reading_keeps_its_zone() {
        let taken = CaptureTime { local_ms: 1_714_555_800_000, zone_minutes: Some(-210) };
        assert_eq!(capture_time_text(&taken).as_deref(), Some("2024-05-01T09:30:00-03:30"));
        let unzoned = CaptureTime { zone_minutes: None, ..taken };
        assert_eq!(capture_time_text(&unzoned).as_deref(), Some("2024-05-01T09:30:00"));
    }

    #[test]
    fn a_span_is_a_day_or_two() {
        let noon = 1_714_564_800_000;
        assert_eq!(span_text(noon, noon + 1000).as_deref(), Some("2024-05-01"));
        assert_eq!(span_text(noon, noon + 86_400_000).as_deref(), Some("2024-05-01 to 2024-05-02"));
        assert_eq!(span_text(i64::MIN, noon), None);
    }

    #[test]
    fn until_means_to_the_end_of_what_was_said() {
        assert_eq!(day_end_ms("2024"), day_start_ms("2025-01-01"));
        assert_eq!(day_end_ms("2024-12"), day_start_ms("2025-01-01"));
        assert_eq!(day_end_ms("2024-02-28"), day_start_ms("2024-02-29"));
        for wrong in ["", "24", "2024-13", "2024-02-30", "May"] {
            assert_eq!((day_start_ms(wrong), day_end_ms(wrong)), (None, None), "{wrong}");
        }
    }
}
