//! A file is replaced whole or not at all, whatever fails.

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use rustix::fs::{FileType, Mode, mknodat};
use rustix::process::{Signal, getpid, kill_process};
use tempfile::TempDir;

use super::*;

const STEPS: [Step; 7] =
    [Step::Create, Step::Write, Step::Permit, Step::Sync, Step::Compare, Step::Rename, Step::SyncFolder];
const OLD: &[u8] = b"the old content";
const NEW: &[u8] = b"the new content, which is longer";

fn folder_with_old() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.xmp");
    fs::write(&path, OLD).expect("written");
    (folder, path)
}

fn seen(path: &Path) -> Option<Seen> {
    look(path).expect("seen")
}

fn files_in(folder: &TempDir) -> usize {
    fs::read_dir(folder.path()).expect("listed").count()
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).expect("there").mode() & 0o777
}

#[test]
fn a_failure_at_any_step_leaves_the_old_file_or_the_new_and_nothing_else() {
    for failing in STEPS {
        let (folder, path) = folder_with_old();
        let mut fail = |step| match step == failing {
            true => Err(io::Error::from(io::ErrorKind::StorageFull)),
            false => Ok(()),
        };
        let error = replace(&path, NEW, seen(&path).as_ref(), &mut fail).expect_err("failed");
        assert!(matches!(error, Error::DiskFull { .. }), "{error}");
        let expected = if failing == Step::SyncFolder { NEW } else { OLD };
        assert_eq!(fs::read(&path).expect("there"), expected, "{failing:?}");
        assert_eq!(files_in(&folder), 1, "{failing:?}");

        let fresh = folder.path().join("b.xmp");
        replace(&fresh, NEW, None, &mut fail).expect_err("failed");
        assert_eq!(fresh.exists(), failing == Step::SyncFolder, "{failing:?}");
    }
}

#[test]
fn killed_at_any_step_the_old_file_or_the_new_is_whole() {
    for (number, step) in STEPS.iter().enumerate() {
        let (_folder, path) = folder_with_old();
        let died = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "replace::tests::dies_while_replacing", "--ignored"])
            .envs([("REPLACE_AND_DIE", path.as_os_str()), ("AT_STEP", number.to_string().as_ref())])
            .output()
            .expect("started");
        assert!(!died.status.success(), "it was killed");
        let expected = if *step == Step::SyncFolder { NEW } else { OLD };
        assert_eq!(fs::read(&path).expect("there"), expected, "{step:?}");
        let again = replace(&path, NEW, seen(&path).as_ref(), &mut |_| Ok(()));
        assert_eq!(again.expect("replaced"), Replaced::Done);
    }
}

#[test]
#[ignore = "the process that the test above kills"]
fn dies_while_replacing() {
    let path = PathBuf::from(std::env::var_os("REPLACE_AND_DIE").expect("started by the test above"));
    let last: usize = std::env::var("AT_STEP").expect("a step").parse().expect("a number");
    let mut die = |step| {
        if step == STEPS[last] {
            kill_process(getpid(), Signal::KILL).expect("killed");
            std::thread::sleep(Duration::from_secs(10));
        }
        Ok(())
    };
    let _ = replace(&path, NEW, seen(&path).as_ref(), &mut die);
}

#[test]
fn what_another_program_wrote_meanwhile_stays() {
    let (folder, path) = folder_with_old();
    let mut theirs = |step| if step == Step::Compare { fs::write(&path, b"theirs") } else { Ok(()) };
    let replaced = replace(&path, NEW, seen(&path).as_ref(), &mut theirs).expect("looked");
    assert_eq!(replaced, Replaced::ChangedMeanwhile);
    assert_eq!(fs::read(&path).expect("there"), b"theirs");

    let fresh = folder.path().join("b.xmp");
    let mut theirs = |step| if step == Step::Rename { fs::write(&fresh, b"theirs") } else { Ok(()) };
    assert_eq!(replace(&fresh, NEW, None, &mut theirs).expect("looked"), Replaced::ChangedMeanwhile);
    assert_eq!(fs::read(&fresh).expect("there"), b"theirs");
    assert_eq!(files_in(&folder), 2);
}

#[test]
fn permissions_stay_and_new_files_have_the_usual_ones() {
    let (folder, path) = folder_with_old();
    for mode in [0o600, 0o664, 0o640] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("set");
        replace(&path, NEW, seen(&path).as_ref(), &mut |_| Ok(())).expect("replaced");
        assert_eq!(mode_of(&path), mode);
    }
    let (fresh, usual) = (folder.path().join("b.xmp"), folder.path().join("usual"));
    replace(&fresh, NEW, None, &mut |_| Ok(())).expect("written");
    fs::write(&usual, b"").expect("written");
    assert_eq!(mode_of(&fresh), mode_of(&usual));
}

#[test]
fn a_file_that_may_not_be_written_is_not_replaced() {
    let (folder, path) = folder_with_old();
    fs::set_permissions(&path, Permissions::from_mode(0o444)).expect("set");
    let error = replace(&path, NEW, seen(&path).as_ref(), &mut |_| Ok(())).expect_err("refused");
    assert!(matches!(error, Error::ReadOnly { .. }), "{error}");
    assert_eq!(fs::read(&path).expect("there"), OLD);
    for kind in [io::ErrorKind::ReadOnlyFilesystem, io::ErrorKind::PermissionDenied] {
        let fresh = folder.path().join("b.xmp");
        let error = replace(&fresh, NEW, None, &mut |_| Err(kind.into())).expect_err("refused");
        assert!(matches!(error, Error::ReadOnly { .. }), "{error}");
    }
}

#[test]
fn links_folders_and_pipes_are_neither_read_nor_replaced() {
    let (folder, path) = folder_with_old();
    let at = |name: &str| folder.path().join(name);
    symlink(&path, at("link.xmp")).expect("linked");
    symlink(at("nowhere"), at("dangling.xmp")).expect("linked");
    fs::create_dir(at("folder.xmp")).expect("made");
    mknodat(rustix::fs::CWD, at("pipe.xmp"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("made");
    for name in ["link.xmp", "dangling.xmp", "folder.xmp", "pipe.xmp"] {
        // On a thread, so that waiting for a writer to the pipe would be a failure and not a test that never ends.
        let (path, (says, said)) = (at(name), mpsc::channel());
        std::thread::spawn(move || says.send(look(&path).map(|_| ())));
        let error = said.recv_timeout(Duration::from_secs(10)).expect("an answer").expect_err("refused");
        assert!(matches!(error, Error::NotASidecar { .. }), "{name}: {error}");
    }
    assert_eq!(
        replace(&at("dangling.xmp"), NEW, None, &mut |_| Ok(())).expect("looked"),
        Replaced::ChangedMeanwhile
    );
    assert!(!at("nowhere").exists());
}

#[test]
fn a_huge_file_is_refused_unread() {
    let (_folder, path) = folder_with_old();
    File::options().write(true).open(&path).and_then(|file| file.set_len(1 << 30)).expect("1 GiB of zeros");
    let error = look(&path).expect_err("refused");
    assert!(matches!(error, Error::TooLarge { bytes: 0x4000_0000, .. }), "{error}");
}
