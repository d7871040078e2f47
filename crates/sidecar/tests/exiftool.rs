//! A round trip with exiftool, the program that knows more about metadata than any other: it reads what is written
//! here, and what it writes is read here. Skipped, with a word, where it is not installed (`setup/tools … tests` does).

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use likeness_domain::{ColorLabel, Decisions, Flag, Rating, Tag};
use likeness_sidecar::{Decided, Written, read, write};

/// What exiftool answers, trimmed; `None` when it is not installed.
fn exiftool(arguments: &[&str], path: &Path) -> Option<String> {
    let Ok(answer) = Command::new("exiftool").args(arguments).arg(path).output() else {
        eprintln!("skipped: exiftool is not installed");
        return None;
    };
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    Some(String::from_utf8(answer.stdout).expect("UTF-8").trim().to_owned())
}

fn decided() -> Decided {
    let tags = ["Animals|Dogs|Rex & Co", "Zoë 猫"].map(|text| text.parse::<Tag>().expect("a tag"));
    let rating = Rating::new(4).expect("four");
    Decided {
        decisions: Decisions { rating, flag: Flag::Pick, label: ColorLabel::Green },
        tags: BTreeSet::from(tags),
    }
}

const PROPERTIES: [&str; 9] = [
    "-s3",
    "-sep",
    ";",
    "-XMP-xmp:Rating",
    "-XMP-xmp:Label",
    "-XMP-xmpDM:Pick#",
    "-XMP-digiKam:PickLabel",
    "-XMP-dc:Subject",
    "-XMP-lr:HierarchicalSubject",
];

#[test]
fn exiftool_reads_what_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.jpg.xmp");
    write(&path, &decided(), None).expect("written");
    let Some(warnings) = exiftool(&["-validate", "-warning", "-error", "-s3"], &path) else { return };
    assert!(warnings.is_empty() || warnings == "OK", "{warnings}");
    let said = exiftool(&PROPERTIES, &path).expect("installed");
    assert_eq!(said, "4\nGreen\n1\n3\nRex & Co;Zoë 猫\nAnimals|Dogs|Rex & Co;Zoë 猫");
}

#[test]
fn what_exiftool_writes_is_read_and_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.xmp");
    let wishes = [
        "-XMP-xmp:Rating=3",
        "-XMP-xmp:Label=Red",
        "-XMP-dc:Subject=Rex",
        "-XMP-dc:Subject=Garden",
        "-XMP-lr:HierarchicalSubject=Animals|Dogs|Rex",
        "-XMP-digiKam:TagsList=Animals/Dogs/Rex",
        "-XMP-digiKam:PickLabel=1",
        "-XMP-microsoft:RatingPercent=50",
        "-XMP-dc:Title=A <title> & more",
        "-XMP-crs:Exposure2012=+0.50",
    ];
    if exiftool(&wishes, &path).is_none() {
        return;
    }
    let sidecar = read(&path).expect("read");
    let tags = ["Animals|Dogs|Rex", "Garden"].map(|text| text.parse::<Tag>().expect("a tag"));
    assert_eq!(sidecar.said.rating, Rating::new(3));
    assert_eq!(sidecar.said.flag, Some(Flag::Reject));
    assert_eq!(sidecar.said.label, Some(ColorLabel::Red));
    assert_eq!(sidecar.said.tags, Some(BTreeSet::from(tags)));

    let written = write(&path, &decided(), Some(sidecar.hash)).expect("written");
    assert!(matches!(written, Written::Saved { .. }), "{written:?}");
    let said = exiftool(&PROPERTIES, &path).expect("installed");
    assert_eq!(said, "4\nGreen\n1\n3\nRex & Co;Zoë 猫\nAnimals|Dogs|Rex & Co;Zoë 猫");
    let others =
        ["-s3", "-sep", ";", "-XMP-digiKam:TagsList", "-XMP-microsoft:RatingPercent", "-XMP-dc:Title"];
    let said = exiftool(&others, &path).expect("installed");
    assert_eq!(said, "Animals/Dogs/Rex & Co;Zoë 猫\n75\nA <title> & more");
    assert_eq!(exiftool(&["-s3", "-XMP-crs:Exposure2012"], &path).as_deref(), Some("+0.50"));
}
