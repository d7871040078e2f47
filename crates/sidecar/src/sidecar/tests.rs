//! Whole sidecars, as programs write them: read, changed, and everything else left alone.

use std::collections::BTreeSet;
use std::fs;

use likeness_domain::{ColorLabel, Decisions, Flag, Rating, Tag};

use super::*;

mod random;

const DIGIKAM: &str = include_str!("../../tests/samples/digikam.xmp");
const DARKTABLE: &str = include_str!("../../tests/samples/darktable.xmp");
const LIGHTROOM: &str = include_str!("../../tests/samples/lightroom.xmp");
const CAPTURE_ONE: &str = include_str!("../../tests/samples/captureone.xmp");
const EXIFTOOL: &str = include_str!("../../tests/samples/exiftool.xmp");

fn tags(texts: &[&str]) -> BTreeSet<Tag> {
    texts.iter().map(|text| text.parse().expect("a tag")).collect()
}

fn decided(stars: u8, flag: Flag, label: ColorLabel, texts: &[&str]) -> Decided {
    let rating = Rating::new(stars).expect("at most five");
    Decided { decisions: Decisions { rating, flag, label }, tags: tags(texts) }
}

fn said(sample: &str) -> Decided {
    let said = said_in(sample.as_bytes()).expect("XMP");
    Decided {
        decisions: Decisions {
            rating: said.rating.unwrap_or_default(),
            flag: said.flag.unwrap_or_default(),
            label: said.label.unwrap_or_default(),
        },
        tags: said.tags.unwrap_or_default(),
    }
}

/// Lines of `before` that `after` lacks, and the other way round.
fn difference<'t>(before: &'t str, after: &'t str) -> (Vec<&'t str>, Vec<&'t str>) {
    let lacking = |some: &'t str, others: &str| -> Vec<&'t str> {
        some.lines().filter(|line| !others.lines().any(|other| other == *line)).map(str::trim).collect()
    };
    (lacking(before, after), lacking(after, before))
}

#[test]
fn every_programs_sidecar_is_understood() {
    let rex = ["Animals|Dogs|Rex", "Zoë"];
    assert_eq!(said(DIGIKAM), decided(4, Flag::Pick, ColorLabel::Green, &rex));
    assert_eq!(said(DARKTABLE), decided(2, Flag::None, ColorLabel::Purple, &["places|Portugal|Lisboa"]));
    let wedding = ["Feste|Hochzeit", "Anna & Ben"];
    assert_eq!(said(LIGHTROOM), decided(5, Flag::Pick, ColorLabel::Red, &wedding));
    assert_eq!(said(CAPTURE_ONE), decided(3, Flag::None, ColorLabel::Blue, &["Animals|Dogs|Rex"]));
    assert_eq!(said(EXIFTOOL), decided(0, Flag::Reject, ColorLabel::None, &["Sea"]));
}

#[test]
fn what_a_sidecar_says_already_is_never_written() {
    for sample in [DIGIKAM, DARKTABLE, LIGHTROOM, CAPTURE_ONE, EXIFTOOL] {
        let same = said(sample).written_into(sample.to_owned()).expect("XMP");
        assert_eq!(same, sample);
    }
}

#[test]
fn one_decision_changes_its_own_lines_and_no_other() {
    let mut rated = said(DARKTABLE);
    rated.decisions.rating = Rating::new(5).expect("five");
    let text = rated.written_into(DARKTABLE.to_owned()).expect("XMP");
    assert_eq!(difference(DARKTABLE, &text), (vec!["xmp:Rating=\"2\""], vec!["xmp:Rating=\"5\""]));

    let mut picked = said(DARKTABLE);
    picked.decisions.flag = Flag::Pick;
    let text = picked.written_into(DARKTABLE.to_owned()).expect("XMP");
    let (gone, come) = difference(DARKTABLE, &text);
    let history_hash = "darktable:history_current_hash=\"12ab34cd56ef12ab34cd56ef12ab34cd\"";
    assert_eq!(gone, [format!("{history_hash}>")]);
    assert_eq!(come[0], history_hash);
    assert_eq!(come[2..4], ["xmpDM:pick=\"1\"", "xmlns:digiKam=\"http://www.digikam.org/ns/1.0/\""]);
    assert_eq!(come[4..], ["digiKam:PickLabel=\"3\">"]);

    let mut labelled = said(LIGHTROOM);
    labelled.decisions.label = ColorLabel::Blue;
    let text = labelled.written_into(LIGHTROOM.to_owned()).expect("XMP");
    assert_eq!(difference(LIGHTROOM, &text), (vec!["xmp:Label=\"Select\""], vec!["xmp:Label=\"Blue\""]));

    let mut tagged = said(CAPTURE_ONE);
    tagged.tags = tags(&["Animals|Dogs"]);
    let text = tagged.written_into(CAPTURE_ONE.to_owned()).expect("XMP");
    let gone = vec!["<rdf:li>Rex</rdf:li>", "<rdf:li>Animals|Dogs|Rex</rdf:li>"];
    assert_eq!(difference(CAPTURE_ONE, &text), (gone, vec![]));
    assert!(!text.replace("\r\n", "").contains('\n'), "lines end as they did");
}

#[test]
fn any_decision_in_any_programs_sidecar_is_read_again_and_taken_back() {
    for sample in [DIGIKAM, DARKTABLE, LIGHTROOM, CAPTURE_ONE, EXIFTOOL, EMPTY] {
        for after in [
            decided(1, Flag::None, ColorLabel::Yellow, &["A|B|C", "D & E"]),
            decided(0, Flag::Reject, ColorLabel::None, &[]),
            decided(5, Flag::Pick, ColorLabel::Purple, &["Sea"]),
            Decided::default(),
        ] {
            let text = after.written_into(sample.to_owned()).expect("XMP");
            assert_eq!(said(&text), after, "{text}");
            let before = said(sample);
            assert_eq!(said(&before.written_into(text).expect("XMP")), before);
        }
    }
}

#[test]
fn a_sidecar_is_begun_changed_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.jpg.xmp");
    let nothing = write(&path, &Decided::default(), None).expect("written");
    assert_eq!(nothing, Written::Unchanged { hash: None });
    assert!(!path.exists());
    assert!(matches!(read(&path), Err(Error::Io { .. })));

    let first = decided(3, Flag::Pick, ColorLabel::Red, &["Animals|Dogs", "Sea"]);
    let Written::Saved { hash } = write(&path, &first, None).expect("written") else { panic!("not saved") };
    let sidecar = read(&path).expect("read");
    assert_eq!(sidecar.hash, hash);
    assert_eq!(said(&fs::read_to_string(&path).expect("text")), first);
    assert_eq!(write(&path, &first, Some(hash)).expect("written"), Written::Unchanged { hash: Some(hash) });

    let second = decided(4, Flag::None, ColorLabel::None, &["Sea"]);
    let Written::Saved { hash } = write(&path, &second, Some(hash)).expect("written") else {
        panic!("not saved")
    };
    assert_eq!(read(&path).expect("read").hash, hash);
    assert_eq!(said(&fs::read_to_string(&path).expect("text")), second);
}

#[test]
fn what_another_program_decided_is_a_conflict_and_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.xmp");
    let ours = decided(3, Flag::None, ColorLabel::None, &[]);
    fs::write(&path, DARKTABLE).expect("written");
    let theirs = read(&path).expect("read");
    let conflict = Written::Conflict { now: Some(theirs.clone()) };
    assert_eq!(write(&path, &ours, None).expect("looked"), conflict);
    assert_eq!(write(&path, &ours, Some(ContentHash([7; 32]))).expect("looked"), conflict);
    assert_eq!(fs::read_to_string(&path).expect("there"), DARKTABLE);
    let agreed = write(&path, &said(DARKTABLE), None).expect("looked");
    assert_eq!(agreed, Written::Unchanged { hash: Some(theirs.hash) }, "what both say is no conflict");

    fs::remove_file(&path).expect("removed");
    assert_eq!(write(&path, &ours, Some(theirs.hash)).expect("looked"), Written::Conflict { now: None });
    assert!(!path.exists());
}

#[test]
fn what_changes_at_the_last_moment_is_a_conflict_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.xmp");
    fs::write(&path, DARKTABLE).expect("written");
    let hash = read(&path).expect("read").hash;
    let mut theirs = |step| if step == Step::Compare { fs::write(&path, DIGIKAM) } else { Ok(()) };
    let written = write_watched(&path, &Decided::default(), Some(hash), &mut theirs).expect("looked");
    assert_eq!(written, Written::Conflict { now: Some(read(&path).expect("read")) });
    assert_eq!(fs::read_to_string(&path).expect("there"), DIGIKAM);
}

#[test]
fn only_sidecars_are_written_and_a_damaged_one_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = folder.path().join("a.jpg");
    fs::write(&picture, "not to be touched").expect("written");
    let rated = decided(3, Flag::None, ColorLabel::None, &[]);
    assert!(matches!(write(&picture, &rated, None), Err(Error::NotASidecar { .. })));

    let torn = folder.path().join("a.XMP");
    let cut = &LIGHTROOM[..2000];
    fs::write(&torn, cut).expect("written");
    for error in [read(&torn).expect_err("damaged"), write(&torn, &rated, None).expect_err("damaged")] {
        let Error::Damaged { damage, .. } = &error else { panic!("{error}") };
        assert_eq!(damage.line, cut.lines().count(), "{error}");
    }
    assert_eq!(fs::read_to_string(&torn).expect("there"), cut);
}

#[test]
fn other_encodings_stay_what_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.xmp");
    let utf16: Vec<u8> = format!("\u{FEFF}{LIGHTROOM}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    fs::write(&path, &utf16).expect("written");
    let hash = read(&path).expect("read").hash;
    let mut less = said(LIGHTROOM);
    less.decisions.rating = Rating::new(1).expect("one");
    assert!(matches!(write(&path, &less, Some(hash)), Ok(Written::Saved { .. })));
    let text = LIGHTROOM.replace("xmp:Rating=\"5\"", "xmp:Rating=\"1\"");
    let expected: Vec<u8> = format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(fs::read(&path).expect("there"), expected);
}
