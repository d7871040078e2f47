//! Tests that need a process to kill, a second one to share with, or a disk to fill.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use likeness_domain::{ColorLabel, PhotoId, Rating, RelativePath, Tag};

use crate::testing::{Disk, Library, content, hash};
use crate::{Error, FindingState, Outcome, PhotoQuery, Store};

const LIBRARY: &str = "LIKENESS_STORE_TEST_LIBRARY";

/// Runs this test program again, with nothing but the test `name` of this file, on the library in `folder`.
fn start(name: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", &format!("faults::{name}"), "--ignored", "--nocapture"])
        .env(LIBRARY, folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("started")
}

fn library_given() -> Store {
    let folder = std::env::var_os(LIBRARY).expect("named by the test that started this one");
    Store::open(&PathBuf::from(folder)).expect("opened")
}

fn stars_for(photo: u64) -> Rating {
    Rating::new((photo % 5 + 1) as u8).expect("at most five")
}

fn tag_for(photo: u64) -> Tag {
    format!("Numbers|{}", photo % 7).parse().expect("a tag")
}

/// Reads the photo with this content into a library and answers with its number.
fn add(store: &Store, number: u64) -> Result<PhotoId, Error> {
    let folder = store.add_folder(Path::new("/photos"), None)?;
    let mut disk = Disk::default();
    disk.write(&format!("{number}/photo.jpg"), number);
    let under = RelativePath::from_bytes(number.to_string().into_bytes()).expect("a path");
    store.record_found(folder, &under, &disk.found())?;
    let mut committed = Vec::new();
    for file in store.files_to_read(None, None, 10)? {
        let name = file.path.parent().and_then(Path::file_name).expect("a folder").to_string_lossy();
        let content = Box::new(content(name.parse().expect("a number")));
        committed.extend(store.commit(&[Outcome::Photo { file: file.id, stamp: file.stamp, content }])?);
    }
    let known = store.photo_of(&hash(number))?.map(|known| known.id);
    Ok(committed.last().and_then(|done| done.photo).or(known).expect("read now or before"))
}

fn assert_sound(store: &Store) {
    for finding in store.check().expect("checked") {
        assert_eq!(finding.state, FindingState::Ok, "{finding:?}");
    }
}

#[test]
#[ignore = "started and killed by the test below"]
fn adds_and_decides_until_it_is_killed() {
    let store = library_given();
    let first = store.counts().expect("counts").photos + 1;
    let album = match store.albums().expect("albums").first() {
        Some(album) => album.id,
        None => store.create_album(&"All".parse().expect("a name"), None, &[]).expect("made"),
    };
    for number in first.. {
        let photo = [add(&store, number).expect("added")];
        store.rate(&photo, stars_for(number)).expect("rated");
        store.add_tags(&photo, &[tag_for(number)]).expect("tagged");
        store.add_to_album(album, &photo).expect("added");
        store.label(&photo, ColorLabel::Red).expect("labelled");
        store.undo().expect("undone").expect("the label");
        println!("decided {number}");
        std::io::stdout().flush().expect("told");
    }
}

#[test]
fn a_process_killed_at_any_moment_loses_no_decision_that_it_acknowledged() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut acknowledged = BTreeSet::new();
    for _ in 0..20 {
        let mut child = start("adds_and_decides_until_it_is_killed", place.path());
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let number =
            |line: String| line.split_once("decided ").map(|(_, number)| number.parse().expect("a number"));
        let first = lines.by_ref().map(|line| line.expect("text")).find_map(number);
        let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
        std::thread::sleep(Duration::from_micros(u64::from(clock.subsec_nanos() / 7 % 60_000)));
        child.kill().expect("killed");
        child.wait().expect("gone");
        // The last line may be cut off: what was not told in full was not acknowledged.
        let told =
            lines.map_while(Result::ok).filter_map(|line| line.split_once("decided ")?.1.parse::<u64>().ok());
        acknowledged.extend(told.chain(first));

        let store = Store::open(place.path()).expect("opened after a kill");
        assert_sound(&store);
        for &number in &acknowledged {
            let known = store.photo_of(&hash(number)).expect("an answer").expect("an acknowledged photo");
            assert!(known.has_preview);
            let row = store.photos(&[known.id]).expect("photos").remove(0);
            assert_eq!(row.decisions.rating, stars_for(number), "photo {number}");
            assert_eq!(row.decisions.label, ColorLabel::None, "photo {number}");
            assert_eq!(store.tags_of(&[known.id]).expect("tags"), [(tag_for(number), 1)], "photo {number}");
            assert_eq!(store.albums_of(&[known.id]).expect("albums").len(), 1, "photo {number}");
        }
    }
    assert!(acknowledged.len() >= 20);
}

#[test]
#[ignore = "started by the test below"]
fn flags_what_another_process_rates() {
    let store = library_given();
    for row in store.shape(&PhotoQuery::default()).expect("a shape") {
        store.flag(&[row.photo], likeness_domain::Flag::Pick).expect("flagged");
        println!("flagged");
    }
}

#[test]
fn two_processes_decide_about_one_library() {
    let (library, photos) = Library::with_photos(60);
    let child = start("flags_what_another_process_rates", library.place.path());
    for (photo, number) in photos.iter().zip(1..) {
        library.store.rate(&[*photo], stars_for(number)).expect("rated");
    }
    let output = child.wait_with_output().expect("ended");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    for (row, number) in library.store.photos(&photos).expect("photos").iter().zip(1..) {
        assert_eq!(row.decisions.rating, stars_for(number));
        assert_eq!(row.decisions.flag, likeness_domain::Flag::Pick);
    }
    let mut steps = 0;
    while library.store.undo().expect("undone").is_some() {
        steps += 1;
    }
    assert_eq!(steps, 120, "the journal is one");
    assert_sound(&library.store);
}

/// A volume of two megabytes; `None` where the system does not let us have one.
struct SmallVolume(tempfile::TempDir);

impl SmallVolume {
    fn mount() -> Option<Self> {
        let place = tempfile::tempdir().expect("a temporary folder");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"])
            .arg(place.path())
            .stderr(Stdio::null())
            .status();
        mount.is_ok_and(|status| status.success()).then_some(Self(place))
    }
}

impl Drop for SmallVolume {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.0.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}

#[test]
fn a_full_disk_is_named_leaves_no_half_state_and_can_still_be_read() {
    let Some(volume) = SmallVolume::mount() else {
        eprintln!("skipped: mounting a small volume is not permitted here");
        return;
    };
    let folder = volume.0.path().join("library");
    let store = Store::open(&folder).expect("a new library");
    let spare = volume.0.path().join("spare");
    std::fs::write(&spare, vec![1; 400_000]).expect("room for it");

    let mut added = Vec::new();
    let error = loop {
        match add(&store, added.len() as u64 + 1) {
            Ok(photo) => added.push(photo),
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, Error::DiskFull { path } if *path == folder), "{error:?}");
    assert!(!added.is_empty());
    let rated = store.rate(&added, stars_for(1));
    assert_eq!(store.photos(&added).expect("reading goes on").len(), added.len());
    let expected = u8::from(rated.is_ok()) * stars_for(1).stars();
    let stars = |store: &Store| -> Vec<u8> {
        store.photos(&added).expect("photos").iter().map(|row| row.decisions.rating.stars()).collect()
    };
    assert_eq!(stars(&store), vec![expected; added.len()], "all or none");
    assert_sound(&store);

    std::fs::remove_file(&spare).expect("room again");
    add(&store, added.len() as u64 + 1).expect("goes on where it stopped");
    drop(store);
    let store = Store::open(&folder).expect("opened");
    assert_sound(&store);
    assert_eq!(store.counts().expect("counts").photos, added.len() as u64 + 1);
    assert_eq!(stars(&store), vec![expected; added.len()]);
}
