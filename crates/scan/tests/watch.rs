//! The watcher on real temporary folders: what happens there is hinted at, and what a scan passes by is not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use likeness_domain::{FolderId, RelativePath};
use likeness_scan::{Hint, SkippedPlaces, WatchState, Watcher};
use tempfile::TempDir;

const FOLDER: FolderId = FolderId(7);
/// Far longer than any hint takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// Long enough for a hint that should not come to come.
const SILENCE: Duration = Duration::from_millis(800);

struct Watched {
    watcher: Watcher,
    hints: Receiver<Hint>,
}

/// Watches `root` and takes the first hint, which is at the whole root.
fn watch(root: &Path, skip: SkippedPlaces) -> Watched {
    let (sender, hints) = channel();
    let mut watcher = Watcher::new(skip, move |hint| {
        // The test may be over.
        let _ = sender.send(hint);
    });
    watcher.watch(FOLDER, root);
    let first = hints.recv_timeout(PATIENCE).expect("a first hint");
    assert_eq!(first, Hint { folder: FOLDER, places: vec![RelativePath::ROOT] });
    Watched { watcher, hints }
}

impl Watched {
    /// Waits until every one of `places` was hinted at, itself or by a folder above it; gives all places hinted at.
    fn wait_for(&self, places: &[&str]) -> Vec<RelativePath> {
        let mut hinted: Vec<RelativePath> = Vec::new();
        let deadline = Instant::now() + PATIENCE;
        let is_hinted =
            |hinted: &[RelativePath], place: &&str| hinted.iter().any(|wide| path(place).is_under(wide));
        while !places.iter().all(|place| is_hinted(&hinted, place)) {
            let left = deadline.saturating_duration_since(Instant::now());
            let hint = self.hints.recv_timeout(left);
            hinted.extend(hint.unwrap_or_else(|_| panic!("only {hinted:?} of {places:?}")).places);
        }
        hinted
    }

    fn is_silent(&self) -> bool {
        self.hints.recv_timeout(SILENCE).is_err()
    }
}

fn path(text: &str) -> RelativePath {
    RelativePath::from_bytes(text.into()).expect("a valid path")
}

fn write(path: PathBuf) {
    fs::create_dir_all(path.parent().expect("below a folder")).expect("made");
    fs::write(path, b"\xff\xd8\xff").expect("written");
}

#[test]
fn new_changed_moved_and_deleted_files_are_hinted_at() {
    let root = TempDir::new().expect("made");
    let at = |name: &str| root.path().join(name);
    fs::create_dir_all(at("a/b")).expect("made");
    fs::create_dir_all(at("c")).expect("made");
    let watched = watch(root.path(), SkippedPlaces::default());
    assert_eq!(watched.watcher.state(FOLDER), Some(WatchState::Watched));

    write(at("a/b/1.jpg"));
    assert_eq!(watched.wait_for(&["a/b/1.jpg"]), [path("a/b/1.jpg")]);
    fs::rename(at("a/b/1.jpg"), at("c/2.jpg")).expect("moved");
    watched.wait_for(&["a/b/1.jpg", "c/2.jpg"]);
    fs::rename(at("c/2.jpg"), at("c/2.JPG")).expect("only the case changes");
    watched.wait_for(&["c/2.jpg", "c/2.JPG"]);
    let outside = TempDir::new().expect("made");
    fs::rename(at("c/2.JPG"), outside.path().join("2.JPG")).expect("moved out of the folder");
    watched.wait_for(&["c/2.JPG"]);
}

#[test]
fn an_atomic_save_hints_at_the_name_that_stays() {
    let root = TempDir::new().expect("made");
    write(root.path().join("a.jpg"));
    let watched = watch(root.path(), SkippedPlaces::default());
    write(root.path().join("a.jpg.tmp"));
    assert!(watched.is_silent(), "an unfinished file");
    fs::rename(root.path().join("a.jpg.tmp"), root.path().join("a.jpg")).expect("renamed over");
    assert_eq!(watched.wait_for(&["a.jpg"]), [path("a.jpg")]);
}

#[test]
fn folders_made_and_filled_at_once_are_hinted_at_and_followed() {
    let root = TempDir::new().expect("made");
    let watched = watch(root.path(), SkippedPlaces::default());
    for file in 0..50 {
        write(root.path().join(format!("a/b/c/{file}.jpg")));
    }
    let hinted = watched.wait_for(&["a/b/c/0.jpg", "a/b/c/49.jpg"]);
    assert!(hinted.contains(&path("a")), "the new folder with all below it: {hinted:?}");
    while !watched.is_silent() {}
    write(root.path().join("a/b/c/later.jpg"));
    watched.wait_for(&["a/b/c/later.jpg"]);
}

#[test]
fn a_moved_folder_is_followed_under_its_new_name_only() {
    let root = TempDir::new().expect("made");
    write(root.path().join("a/b/1.jpg"));
    let watched = watch(root.path(), SkippedPlaces::default());
    fs::rename(root.path().join("a"), root.path().join("z")).expect("moved");
    watched.wait_for(&["a", "z"]);
    while !watched.is_silent() {}
    write(root.path().join("z/b/2.jpg"));
    assert_eq!(watched.wait_for(&["z/b/2.jpg"]), [path("z/b/2.jpg")]);
    fs::remove_dir_all(root.path().join("z")).expect("removed");
    watched.wait_for(&["z"]);
    while !watched.is_silent() {}
    write(root.path().join("z/b/3.jpg"));
    watched.wait_for(&["z/b/3.jpg"]);
}

#[test]
fn what_a_scan_passes_by_gives_no_hints() {
    let root = TempDir::new().expect("made");
    let at = |name: &str| root.path().join(name);
    write(at("Library/catalog.db"));
    write(at(".thumbnails/1.jpg"));
    write(at("a/1.jpg"));
    let watched = watch(root.path(), SkippedPlaces::new([at("Library")]));
    assert_eq!(watched.watcher.state(FOLDER), Some(WatchState::Watched));
    write(at("Library/new/catalog.jpg"));
    write(at(".thumbnails/2.jpg"));
    write(at("a/notes.txt"));
    fs::read(at("a/1.jpg")).expect("reading is no change");
    assert!(watched.is_silent());
    write(at("a/2.jpg"));
    watched.wait_for(&["a/2.jpg"]);
}

#[test]
fn a_burst_of_thousands_of_files_is_hinted_at_in_few_places() {
    let root = TempDir::new().expect("made");
    fs::create_dir(root.path().join("a")).expect("made");
    let watched = watch(root.path(), SkippedPlaces::default());
    for file in 0..20_000 {
        fs::write(root.path().join(format!("a/{file}.jpg")), b"").expect("written");
    }
    watched.wait_for(&["a/19999.jpg"]);
    fs::write(root.path().join("b.jpg"), b"").expect("written");
    let hinted = watched.wait_for(&["b.jpg"]);
    assert!(hinted.len() <= 1000, "{} places", hinted.len());
}

#[test]
fn a_root_that_goes_away_is_hinted_at_and_watched_again_when_it_is_back() {
    let parent = TempDir::new().expect("made");
    let root = parent.path().join("root");
    write(root.join("a.jpg"));
    let mut watched = watch(&root, SkippedPlaces::default());
    fs::rename(&root, parent.path().join("away")).expect("moved");
    assert_eq!(watched.wait_for(&[""]), [RelativePath::ROOT]);
    assert!(matches!(watched.watcher.state(FOLDER), Some(WatchState::NotWatchable { .. })));
    fs::rename(parent.path().join("away"), &root).expect("moved back");
    watched.watcher.watch(FOLDER, &root);
    assert_eq!(watched.wait_for(&[""]), [RelativePath::ROOT]);
    write(root.join("b.jpg"));
    assert_eq!(watched.wait_for(&["b.jpg"]), [path("b.jpg")]);
    watched.watcher.watch(FOLDER, &root);
    assert!(watched.is_silent(), "watched already");
    watched.watcher.unwatch(FOLDER);
    assert_eq!(watched.watcher.state(FOLDER), None);
}

#[test]
fn an_unmounted_drive_is_hinted_at_and_watched_again_when_it_is_back() {
    let parent = TempDir::new().expect("made");
    let (root, image) = (parent.path().join("root"), parent.path().join("image"));
    fs::create_dir(&root).expect("made");
    fs::File::create(&image).expect("made").set_len(4 << 20).expect("sized");
    let run = |program: &str, arguments: &[&Path]| {
        let output = Command::new(program).args(arguments).output();
        output.is_ok_and(|output| output.status.success())
    };
    let mount = || run("mount", &[Path::new("-o"), Path::new("loop"), &image, &root]);
    if !run("mkfs.ext4", &[Path::new("-qF"), &image]) || !mount() {
        return eprintln!("skipped: a file system cannot be made and mounted here");
    }
    write(root.join("a/1.jpg"));
    let mut watched = watch(&root, SkippedPlaces::default());
    assert!(run("umount", &[&root]), "a watch does not hold the drive");
    assert_eq!(watched.wait_for(&[""]), [RelativePath::ROOT]);
    assert!(mount());
    watched.watcher.watch(FOLDER, &root);
    watched.wait_for(&[""]);
    write(root.join("a/2.jpg"));
    let hinted = watched.wait_for(&["a/2.jpg"]);
    drop(watched);
    run("umount", &[Path::new("-l"), &root]);
    assert_eq!(hinted, [path("a/2.jpg")]);
}

/// The limit is that of a user namespace of its own: no other program feels it.
#[test]
fn when_watches_run_out_the_rest_is_counted_and_advice_given() {
    const INSIDE: &str = "LIKENESS_TEST_FEW_WATCHES";
    if std::env::var_os(INSIDE).is_none() {
        let script =
            "echo 3 > /proc/sys/user/max_inotify_watches || exit 77; exec \"$0\" --exact \"$1\" --nocapture";
        let this = std::env::current_exe().expect("known");
        let name = "when_watches_run_out_the_rest_is_counted_and_advice_given";
        let output = Command::new("unshare")
            .args(["--user", "--map-root-user", "sh", "-c", script])
            .arg(&this)
            .arg(name)
            .env(INSIDE, "1")
            .output();
        return match output {
            Ok(output) if output.status.success() => {}
            Ok(output) if output.status.code() == Some(101) => {
                panic!("{}", String::from_utf8_lossy(&output.stderr))
            }
            refused => eprintln!("skipped: no user namespace with its own limit here ({refused:?})"),
        };
    }
    let root = TempDir::new().expect("made");
    for name in ["a/1.jpg", "b/1.jpg", "c/1.jpg", "d/1.jpg", ".hidden/1.jpg"] {
        write(root.path().join(name));
    }
    let watched = watch(root.path(), SkippedPlaces::default());
    match watched.watcher.state(FOLDER) {
        Some(WatchState::Partly { watched: 3, total: 5, advice }) => {
            assert!(advice.contains("sysctl fs.inotify.max_user_watches="), "{advice}");
        }
        state => panic!("{state:?}"),
    }
    write(root.path().join("e.jpg"));
    watched.wait_for(&["e.jpg"]);
}
