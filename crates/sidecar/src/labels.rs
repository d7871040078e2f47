//! Colour labels: each program's words and numbers for five colours.

use likeness_domain::ColorLabel;

use crate::Damage;
use crate::edit::{List, set_items, set_text};
use crate::packet::{Packet, Property};

/// A word, which Lightroom and Bridge let people choose.
const LABEL: Property = Property::new(&["http://ns.adobe.com/xap/1.0/"], "xmp", "Label");
/// A list of numbers: one photo may have several colours in darktable.
const DARKTABLE: Property = Property::new(&["http://darktable.sf.net/"], "darktable", "colorlabels");
/// A number.
const DIGIKAM: Property = Property::new(&["http://www.digikam.org/ns/1.0/"], "digiKam", "ColorLabel");

const DARKTABLE_COLORS: [ColorLabel; 5] =
    [ColorLabel::Red, ColorLabel::Yellow, ColorLabel::Green, ColorLabel::Blue, ColorLabel::Purple];
/// digiKam's colours from 1 on, the ones that are not ours by their names. It calls purple magenta.
const DIGIKAM_COLORS: [Result<ColorLabel, &str>; 9] = [
    Ok(ColorLabel::Red),
    Err("Orange"),
    Ok(ColorLabel::Yellow),
    Ok(ColorLabel::Green),
    Ok(ColorLabel::Blue),
    Ok(ColorLabel::Purple),
    Err("Gray"),
    Err("Black"),
    Err("White"),
];

/// Words in small letters: Lightroom's and Capture One's colours in the languages that they speak, and Bridge's steps
/// of work. The first is the one that every program knows.
const WORDS: [(ColorLabel, &[&str]); 6] = [
    (ColorLabel::None, &["", "none", "nocolor", "no color", "no label"]),
    (
        ColorLabel::Red,
        &[
            "red",
            "select",
            "rot",
            "rouge",
            "rojo",
            "rosso",
            "rood",
            "vermelho",
            "röd",
            "レッド",
            "红色",
            "紅色",
        ],
    ),
    (
        ColorLabel::Yellow,
        &[
            "yellow",
            "second",
            "gelb",
            "jaune",
            "amarillo",
            "giallo",
            "geel",
            "amarelo",
            "gul",
            "イエロー",
            "黄色",
        ],
    ),
    (
        ColorLabel::Green,
        &["green", "approved", "grün", "vert", "verde", "groen", "grön", "グリーン", "绿色", "綠色"],
    ),
    (
        ColorLabel::Blue,
        &["blue", "review", "blau", "bleu", "azul", "blu", "blauw", "blå", "ブルー", "蓝色", "藍色"],
    ),
    (
        ColorLabel::Purple,
        &[
            "purple",
            "to do",
            "magenta",
            "lila",
            "violett",
            "violet",
            "púrpura",
            "morado",
            "viola",
            "paars",
            "roxo",
            "パープル",
            "紫色",
        ],
    ),
];

/// The colour, or the word for what is none of the five.
pub(crate) fn said(packet: &Packet<'_>) -> (Option<ColorLabel>, Option<String>) {
    let word = packet.text(&LABEL).map(|word| color_of(&word).ok_or(word));
    let decided = |label: &Result<ColorLabel, String>| *label != Ok(ColorLabel::None);
    let labels = [word, darktable_said(packet), digikam_said(packet)];
    // A program that says nothing else says 0, so a colour goes before none.
    let label = labels.iter().flatten().find(|label| decided(label)).or(labels.iter().flatten().next());
    match label {
        None => (None, None),
        Some(Ok(color)) => (Some(*color), None),
        Some(Err(word)) => (None, Some(word.clone())),
    }
}

/// `text`, saying this label.
pub(crate) fn written(text: String, label: ColorLabel) -> Result<String, Damage> {
    let packet = Packet::parse(&text)?;
    if said(&packet).0.unwrap_or_default() == label {
        return Ok(text);
    }
    let word = word_of(label);
    let mut text = match packet.text(&LABEL) {
        Some(there) if color_of(&there) == Some(label) => text.clone(),
        _ => set_text(&text, &LABEL, word.as_deref())?,
    };
    if packet.items(&DARKTABLE).is_some() {
        let number = DARKTABLE_COLORS.iter().position(|color| *color == label);
        let number: Vec<String> = number.iter().map(usize::to_string).collect();
        text = set_items(&text, &DARKTABLE, List::Seq, |_| false, &number)?;
    }
    if packet.text(&DIGIKAM).is_some() {
        let number = DIGIKAM_COLORS.iter().position(|color| *color == Ok(label)).map_or(0, |at| at + 1);
        text = set_text(&text, &DIGIKAM, Some(&number.to_string()))?;
    }
    Ok(text)
}

fn color_of(word: &str) -> Option<ColorLabel> {
    let word = word.to_lowercase();
    WORDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(color, _)| *color)
}

/// With a capital, as Lightroom has it.
fn word_of(label: ColorLabel) -> Option<String> {
    let word = label.word();
    (label != ColorLabel::None).then(|| word[..1].to_uppercase() + &word[1..])
}

fn darktable_said(packet: &Packet<'_>) -> Option<Result<ColorLabel, String>> {
    let numbers = packet.items(&DARKTABLE)?;
    let colors = numbers.iter().filter_map(|number| DARKTABLE_COLORS.get(number.parse::<usize>().ok()?));
    Some(Ok(colors.copied().next().unwrap_or_default()))
}

fn digikam_said(packet: &Packet<'_>) -> Option<Result<ColorLabel, String>> {
    match packet.text(&DIGIKAM)?.parse::<usize>().ok()? {
        0 => Some(Ok(ColorLabel::None)),
        number => DIGIKAM_COLORS.get(number - 1).map(|color| color.map_err(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::tests::packet_of;

    fn said_in(text: &str) -> (Option<ColorLabel>, Option<String>) {
        said(&Packet::parse(text).expect("XMP"))
    }

    #[test]
    fn words_and_numbers_of_every_program_are_the_same_five_colours() {
        for (properties, color) in [
            ("<xmp:Label>Red</xmp:Label>", ColorLabel::Red),
            ("<xmp:Label>GRÜN</xmp:Label>", ColorLabel::Green),
            ("<xmp:Label>To Do</xmp:Label>", ColorLabel::Purple),
            ("<xmp:Label>None</xmp:Label>", ColorLabel::None),
            ("<xmp:Label/>", ColorLabel::None),
            ("<digiKam:ColorLabel>6</digiKam:ColorLabel>", ColorLabel::Purple),
            ("<digiKam:ColorLabel>0</digiKam:ColorLabel>", ColorLabel::None),
            (
                "<darktable:colorlabels><rdf:Seq><rdf:li>3</rdf:li><rdf:li>0</rdf:li></rdf:Seq></darktable:colorlabels>",
                ColorLabel::Blue,
            ),
            ("<darktable:colorlabels><rdf:Seq/></darktable:colorlabels>", ColorLabel::None),
            ("<xmp:Label>Blue</xmp:Label><digiKam:ColorLabel>1</digiKam:ColorLabel>", ColorLabel::Blue),
            ("<xmp:Label></xmp:Label><digiKam:ColorLabel>1</digiKam:ColorLabel>", ColorLabel::Red),
        ] {
            assert_eq!(said_in(&packet_of(properties)), (Some(color), None), "{properties}");
        }
        assert_eq!(said_in(&packet_of("")), (None, None));
    }

    #[test]
    fn a_label_of_ones_own_stays_until_another_is_given() {
        for (properties, word) in [
            ("<xmp:Label>Client B</xmp:Label>", "Client B"),
            ("<digiKam:ColorLabel>2</digiKam:ColorLabel>", "Orange"),
        ] {
            let text = packet_of(properties);
            assert_eq!(said_in(&text), (None, Some(word.to_owned())));
            assert_eq!(written(text.clone(), ColorLabel::None).expect("written"), text);
            let red = written(text, ColorLabel::Red).expect("written");
            assert_eq!(said_in(&red), (Some(ColorLabel::Red), None));
        }
    }

    #[test]
    fn every_program_reads_what_is_written() {
        let before = "<digiKam:ColorLabel>1</digiKam:ColorLabel><darktable:colorlabels><rdf:Seq>\
                      <rdf:li>0</rdf:li><rdf:li>2</rdf:li></rdf:Seq></darktable:colorlabels>";
        for label in ColorLabel::ALL {
            let text = written(packet_of(before), label).expect("written");
            assert_eq!(said_in(&text).0, Some(label), "{text}");
            let packet = Packet::parse(&text).expect("XMP");
            if label == ColorLabel::Red {
                assert_eq!(text, packet_of(before), "red it was");
            } else {
                assert_eq!(digikam_said(&packet), Some(Ok(label)));
                assert_eq!(darktable_said(&packet).unwrap_or(Ok(ColorLabel::None)), Ok(label));
                assert_eq!(packet.text(&LABEL), word_of(label));
            }
        }
    }
}
