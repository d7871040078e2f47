//! Stars, and picked or rejected.

use likeness_domain::{Flag, Rating};

use crate::Damage;
use crate::edit::set_text;
use crate::packet::{Packet, Property};

/// 0 to 5, and -1 for a rejected photo.
const RATING: Property = Property::new(&["http://ns.adobe.com/xap/1.0/"], "xmp", "Rating");
/// exiftool leaves the last stroke out.
const MICROSOFT: &[&str] = &["http://ns.microsoft.com/photo/1.0/", "http://ns.microsoft.com/photo/1.0"];
/// Percent, as Windows has it: 1, 25, 50, 75, 99.
const PERCENT: Property = Property::new(MICROSOFT, "MicrosoftPhoto", "Rating");
/// 0 to 5.
const ACDSEE: Property = Property::new(&["http://ns.acdsee.com/iptc/1.0/"], "acdsee", "rating");

const DYNAMIC_MEDIA: &[&str] = &["http://ns.adobe.com/xmp/1.0/DynamicMedia/"];
/// Lightroom's flag: -1, 0 and 1.
const PICK: Property = Property::new(DYNAMIC_MEDIA, "xmpDM", "pick");
/// The same once more, without a word for 0.
const GOOD: Property = Property::new(DYNAMIC_MEDIA, "xmpDM", "good");
/// digiKam's flag: 0 none, 1 rejected, 2 pending, 3 accepted.
const PICK_LABEL: Property = Property::new(&["http://www.digikam.org/ns/1.0/"], "digiKam", "PickLabel");

pub(crate) fn rating_said(packet: &Packet<'_>) -> Option<Rating> {
    let stars = match number(packet, &RATING) {
        Some(stars) => u8::try_from(stars).ok(),
        None => number(packet, &PERCENT).map(stars_of_percent).or_else(|| {
            let stars = number(packet, &ACDSEE)?;
            u8::try_from(stars).ok()
        }),
    };
    stars.and_then(Rating::new)
}

pub(crate) fn flag_said(packet: &Packet<'_>) -> Option<Flag> {
    let pick = number(packet, &PICK).map(|pick| match pick {
        ..0 => Flag::Reject,
        0 => Flag::None,
        1.. => Flag::Pick,
    });
    let pick_label = number(packet, &PICK_LABEL).map(|label| match label {
        1 => Flag::Reject,
        3 => Flag::Pick,
        _ => Flag::None,
    });
    let rejection = (number(packet, &RATING) == Some(REJECTED)).then_some(Flag::Reject);
    // digiKam writes its 0 into every sidecar, so a program that does say something goes before one that does not.
    let said = [rejection, pick, pick_label];
    let decided = said.iter().flatten().find(|flag| **flag != Flag::None);
    decided.or(said.iter().flatten().next()).copied()
}

/// `text`, saying these stars and this flag.
pub(crate) fn written(text: String, rating: Rating, flag: Flag) -> Result<String, Damage> {
    let packet = Packet::parse(&text)?;
    let is_rejected_by_rating = number(&packet, &RATING) == Some(REJECTED);
    let is_new_flag = flag_said(&packet).unwrap_or_default() != flag;
    // Where the rating says that the photo is rejected there is no room for the stars.
    let is_new_rating = !(is_rejected_by_rating && flag == Flag::Reject)
        && rating_said(&packet).unwrap_or_default() != rating;
    let stars = i32::from(rating.stars());
    let mut text = text.clone();
    if is_new_flag && flag == Flag::Reject {
        text = set_number(&text, &RATING, REJECTED, Absent::IsZero)?;
    } else if is_new_rating || is_new_flag && is_rejected_by_rating {
        text = set_number(&text, &RATING, stars, Absent::IsZero)?;
    }
    if is_new_rating {
        text = set_number(&text, &PERCENT, percent_of_stars(rating), Absent::Stays)?;
        text = set_number(&text, &ACDSEE, stars, Absent::Stays)?;
    }
    if !is_new_flag {
        return Ok(text);
    }
    let (pick, pick_label, good) = match flag {
        Flag::None => (0, 0, None),
        Flag::Pick => (1, 3, Some("true")),
        Flag::Reject => (-1, 1, Some("false")),
    };
    let text = set_number(&text, &PICK, pick, Absent::IsZero)?;
    let text = set_number(&text, &PICK_LABEL, pick_label, Absent::IsZero)?;
    match Packet::parse(&text)?.text(&GOOD) {
        Some(_) => set_text(&text, &GOOD, good),
        None => Ok(text),
    }
}

const REJECTED: i32 = -1;

/// What it means that a property is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    /// The same as 0, so 0 is not written.
    IsZero,
    /// No program looks for it, so it is not begun.
    Stays,
}

fn set_number(text: &str, property: &Property, value: i32, absent: Absent) -> Result<String, Damage> {
    let packet = Packet::parse(text)?;
    let is_there = packet.text(property).is_some();
    if number(&packet, property) == Some(value) || !is_there && (absent == Absent::Stays || value == 0) {
        return Ok(text.to_owned());
    }
    set_text(text, property, Some(&value.to_string()))
}

/// A whole number, also when it is written as `3.0`.
fn number(packet: &Packet<'_>, property: &Property) -> Option<i32> {
    let number: f64 = packet.text(property)?.parse().ok()?;
    (number.abs() <= 1000.0).then_some(number.round() as i32)
}

fn stars_of_percent(percent: i32) -> u8 {
    match percent {
        ..1 => 0,
        1..13 => 1,
        13..38 => 2,
        38..63 => 3,
        63..88 => 4,
        88.. => 5,
    }
}

fn percent_of_stars(rating: Rating) -> i32 {
    [0, 1, 25, 50, 75, 99][usize::from(rating.stars())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::tests::packet_of;

    fn rated(stars: u8) -> Rating {
        Rating::new(stars).expect("at most five")
    }

    fn said(properties: &str) -> (Option<u8>, Option<Flag>) {
        let text = packet_of(properties);
        let packet = Packet::parse(&text).expect("XMP");
        (rating_said(&packet).map(Rating::stars), flag_said(&packet))
    }

    #[test]
    fn stars_are_read_in_every_programs_numbers() {
        assert_eq!(said(""), (None, None));
        assert_eq!(said("<xmp:Rating>3</xmp:Rating>").0, Some(3));
        assert_eq!(said("<xmp:Rating> 4.0\n</xmp:Rating>").0, Some(4));
        assert_eq!(said("<xmp:Rating>0</xmp:Rating><acdsee:rating>4</acdsee:rating>").0, Some(0));
        assert_eq!(said("<acdsee:rating>4</acdsee:rating>").0, Some(4));
        for (percent, stars) in [(0, 0), (1, 1), (25, 2), (50, 3), (75, 4), (99, 5), (100, 5)] {
            let text = format!("<MicrosoftPhoto:Rating>{percent}</MicrosoftPhoto:Rating>");
            assert_eq!(said(&text).0, Some(stars), "{percent} %");
        }
        for nonsense in ["6", "-2", "", "NaN", "inf", "1e300", "many"] {
            assert_eq!(said(&format!("<xmp:Rating>{nonsense}</xmp:Rating>")), (None, None), "{nonsense}");
        }
    }

    #[test]
    fn a_flag_is_read_from_any_of_three_and_a_zero_hides_none() {
        let pick = |number: i32| format!("<xmpDM:pick>{number}</xmpDM:pick>");
        let label = |number: i32| format!("<digiKam:PickLabel>{number}</digiKam:PickLabel>");
        assert_eq!(said("<xmp:Rating>-1</xmp:Rating>"), (None, Some(Flag::Reject)));
        assert_eq!(said(&pick(1)).1, Some(Flag::Pick));
        assert_eq!(said(&pick(-1)).1, Some(Flag::Reject));
        assert_eq!(said(&label(3)).1, Some(Flag::Pick));
        assert_eq!(said(&label(1)).1, Some(Flag::Reject));
        assert_eq!(said(&label(2)).1, Some(Flag::None));
        assert_eq!(said(&(pick(0) + &label(3))).1, Some(Flag::Pick));
        assert_eq!(said(&(pick(1) + &label(0))).1, Some(Flag::Pick));
        assert_eq!(said(&(pick(0) + &label(0))).1, Some(Flag::None));
    }

    #[test]
    fn what_is_written_is_read_again_whatever_stood_there() {
        let before = [
            "",
            "<xmp:Rating>-1</xmp:Rating>",
            "<xmp:Rating>5</xmp:Rating><xmpDM:pick>1</xmpDM:pick><xmpDM:good>true</xmpDM:good>",
            "<xmp:Rating>2</xmp:Rating><digiKam:PickLabel>0</digiKam:PickLabel>",
            "<MicrosoftPhoto:Rating>75</MicrosoftPhoto:Rating><digiKam:PickLabel>1</digiKam:PickLabel>",
            "<acdsee:rating>3</acdsee:rating>",
        ];
        for before in before {
            for flag in [Flag::None, Flag::Pick, Flag::Reject] {
                for rating in (0..=5).map(rated) {
                    let text = written(packet_of(before), rating, flag).expect("written");
                    let packet = Packet::parse(&text).expect("XMP");
                    assert_eq!(flag_said(&packet).unwrap_or_default(), flag, "{before}");
                    match rating_said(&packet) {
                        None if flag == Flag::Reject => {}
                        said => assert_eq!(said.unwrap_or_default(), rating, "{before}"),
                    }
                    let again = written(text.clone(), rating, flag).expect("written");
                    assert_eq!(again, text, "nothing is written twice");
                }
            }
        }
    }

    #[test]
    fn what_is_said_already_is_not_touched_however_it_is_said() {
        for (before, stars, flag) in [
            ("<xmp:Rating>-1</xmp:Rating>", 4, Flag::Reject),
            ("<xmp:Rating>4</xmp:Rating><digiKam:PickLabel>1</digiKam:PickLabel>", 4, Flag::Reject),
            ("<MicrosoftPhoto:Rating>75</MicrosoftPhoto:Rating>", 4, Flag::None),
            ("<xmp:Rating>3.0</xmp:Rating><digiKam:PickLabel>2</digiKam:PickLabel>", 3, Flag::None),
            ("<xmpDM:pick>1</xmpDM:pick>", 0, Flag::Pick),
        ] {
            let text = packet_of(before);
            assert_eq!(written(text.clone(), rated(stars), flag).expect("written"), text);
        }
    }

    #[test]
    fn stars_change_no_flag_and_a_flag_no_stars() {
        for (before, stars, flag, after) in [
            ("<xmp:Rating>4</xmp:Rating><xmpDM:pick>1</xmpDM:pick>", 2, Flag::Pick, "42"),
            ("<xmp:Rating>4</xmp:Rating><xmpDM:pick>-1</xmpDM:pick>", 2, Flag::Reject, "42"),
        ] {
            let text = written(packet_of(before), rated(stars), flag).expect("written");
            assert_eq!(text, packet_of(&before.replacen(&after[..1], &after[1..], 1)));
        }
        let before = "<MicrosoftPhoto:Rating>75</MicrosoftPhoto:Rating><xmpDM:pick>0</xmpDM:pick>";
        let text = written(packet_of(before), rated(4), Flag::Pick).expect("written");
        assert!(!text.contains("xmp:Rating>"), "{text}");
    }
}
