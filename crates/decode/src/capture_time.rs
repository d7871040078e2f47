//! Reads the camera's clock from EXIF text. Knows nothing of time zones by name.

use likeness_domain::CaptureTime;

/// Photography begins about 1826; clocks that were never set often say 0000, 1904 or 1970, and those are kept out by
/// [`parse`] only where they are impossible: a scan of an old print may well be dated by hand.
const YEARS: std::ops::RangeInclusive<i64> = 1826..=2100;

/// The time in `date_time` ("2004:07:31 18:02:11", other separators happen), with the digits of `sub_seconds` after the
/// point and the distance from UTC in `offset` ("+02:00"), where they are given.
pub(crate) fn parse(
    date_time: &[u8],
    sub_seconds: Option<&[u8]>,
    offset: Option<&[u8]>,
) -> Option<CaptureTime> {
    let mut numbers = date_time.split(|byte| !byte.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let mut number = |longest: usize| {
        let digits = numbers.next()?;
        (digits.len() <= longest)
            .then(|| digits.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    let (hour, minute, second) = (number(2)?, number(2)?, number(2).unwrap_or(0));
    let is_real = YEARS.contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !is_real {
        return None;
    }
    let seconds = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    let local_ms = seconds * 1000 + sub_seconds.map_or(0, milliseconds);
    Some(CaptureTime { local_ms, zone_minutes: offset.and_then(zone_minutes) })
}

/// "5" is half a second, "0421" is 42 ms.
fn milliseconds(digits: &[u8]) -> i64 {
    let mut scale = 100;
    let mut sum = 0;
    for digit in digits.iter().take_while(|byte| byte.is_ascii_digit()).take(3) {
        sum += i64::from(digit - b'0') * scale;
        scale /= 10;
    }
    sum
}

fn zone_minutes(text: &[u8]) -> Option<i16> {
    let text =
        std::str::from_utf8(text).ok()?.trim_matches(|letter: char| letter == '\0' || letter.is_whitespace());
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (i16, i16) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..=14).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * 60 + minutes))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days of the Gregorian calendar from 1970-01-01. Years are counted from March, so that the leap day comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local_ms(text: &str) -> Option<i64> {
        parse(text.as_bytes(), None, None).map(|time| time.local_ms)
    }

    #[test]
    fn times_count_from_1970() {
        assert_eq!(local_ms("1970:01:01 00:00:00"), Some(0));
        assert_eq!(local_ms("2000:02:29 12:34:56"), Some(951_827_696_000));
        assert_eq!(local_ms("1969-12-31T23:59:59"), Some(-1000));
    }

    #[test]
    fn impossible_times_are_no_times() {
        for text in [
            "0000:00:00 00:00:00",
            "2001:02:29 00:00:00",
            "2001:13:01 00:00:00",
            "    :  :     :  :  ",
            "",
            "2020:01:01",
        ] {
            assert_eq!(local_ms(text), None, "{text}");
        }
    }

    #[test]
    fn fractions_and_zones_are_read() {
        let time = parse(b"2020:05:05 10:00:00", Some(b"0421\0"), Some(b"-03:30\0")).expect("a time");
        assert_eq!((time.local_ms % 1000, time.zone_minutes), (42, Some(-210)));
        let time = parse(b"2020:05:05 10:00:00", Some(b"5"), Some(b"   :  ")).expect("a time");
        assert_eq!((time.local_ms % 1000, time.zone_minutes), (500, None));
    }
}
