//! Groups of a made-up catalog: which files are in them, what goes, and what that frees.

use std::collections::BTreeMap;
use std::path::Path;

use likeness_cleanup::act::PassOn;
use likeness_cleanup::{Lane, Strictness};
use likeness_decode::{DecodePool, Limits, WorkerCommand};
use likeness_domain::{FileKind, FileStamp, FolderId, FoundFile, FoundFiles, PhotoId, RelativePath};
use likeness_embed::ModelError;
use likeness_store::{KinshipRow, Outcome, Store, Verdict};
use tempfile::TempDir;

use crate::made_up::{content, photo};
use crate::{Among, AskGroups, Bond, ChosenFolder, DuplicateGroup, Library, Places};

/// A library with the source folders `/a` and `/b`, and files in them that no disk has.
struct Catalog {
    library: Library,
    sources: BTreeMap<&'static str, FolderId>,
    _place: TempDir,
}

/// A file: its source folder, its place below, the number of its photo and its inode.
type File = (&'static str, &'static str, u64, u64);

impl Catalog {
    fn with(files: &[File]) -> Self {
        let place = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(place.path()).expect("a new library");
        let sources: BTreeMap<&str, FolderId> =
            ["/a", "/b"].map(|root| (root, store.add_folder(Path::new(root), None).expect("added"))).into();
        for (root, folder) in &sources {
            let own = files.iter().filter(|file| file.0 == *root);
            let found = own.map(|(_, path, _, inode)| FoundFile {
                path: below(path),
                stamp: stamp(*inode),
                kind: FileKind::Picture,
            });
            let found = FoundFiles { files: found.collect(), unlisted: Vec::new() };
            store.record_found(*folder, &RelativePath::ROOT, &found).expect("recorded");
        }
        for waiting in store.files_to_read(None, None, 1000).expect("a list") {
            let is_it = |file: &&File| Path::new(file.0).join(file.1) == waiting.path;
            let (_, _, number, inode) = files.iter().find(is_it).expect("one of them");
            let (stamp, content) = (stamp(*inode), Box::new(content(*number, None)));
            let outcome = match store.photo_of(&content.hash).expect("an answer") {
                Some(_) => Outcome::Known { file: waiting.id, stamp, hash: content.hash },
                None => Outcome::Photo { file: waiting.id, stamp, content },
            };
            store.commit(&[outcome]).expect("committed");
        }
        drop(store);
        let decoders = DecodePool::new(WorkerCommand::program("no decoder"), Limits::default());
        let no_model = Err(ModelError::UnknownFamily("none".into()));
        let library = Library::open(Places::at(place.path()), decoders, no_model).expect("opened");
        Self { library, sources, _place: place }
    }

    /// Makes copies of photos by their numbers, each pair of them.
    fn are_copies(&self, numbers: &[u64]) {
        let photos: Vec<PhotoId> = numbers.iter().map(|number| photo(&self.library, *number)).collect();
        let pairs = (0..photos.len()).flat_map(|a| (a + 1..photos.len()).map(move |b| (a, b)));
        let rows: Vec<KinshipRow> = pairs.map(|(a, b)| copies(photos[a], photos[b])).collect();
        self.library.store.save_kinships(&[], &rows).expect("saved");
    }

    fn groups(&self, among: Among) -> Vec<DuplicateGroup> {
        let ask = AskGroups { strictness: Strictness::Usual, among, keep: Vec::new(), until: Lane::Bursts };
        self.library.duplicate_groups(&ask).expect("groups").to_vec()
    }

    /// The paths of each group, of what stays first.
    fn paths(&self, among: Among) -> Vec<Vec<String>> {
        let path = |member: &crate::Member| member.path.to_str().expect("letters").to_owned();
        let all =
            |group: &DuplicateGroup| std::iter::once(&group.keeper).chain(&group.members).map(path).collect();
        self.groups(among).iter().map(all).collect()
    }

    fn between(&self, folders: &[(&str, &str)]) -> Among {
        let folder =
            |(root, path): &(&str, &str)| ChosenFolder { source: self.sources[root], path: below(path) };
        Among::DifferentFolders(folders.iter().map(folder).collect())
    }
}

fn below(path: &str) -> RelativePath {
    RelativePath::from_bytes(path.into()).expect("a path")
}

fn stamp(inode: u64) -> FileStamp {
    FileStamp { size_bytes: 1000, modified_ns: 1, changed_ns: 1, inode, device: 1 }
}

fn copies(a: PhotoId, b: PhotoId) -> KinshipRow {
    let lane = Some(Lane::Copies.word().to_owned());
    KinshipRow {
        first: a.min(b),
        second: a.max(b),
        lanes: [lane.clone(), lane.clone(), lane],
        bond: None,
        apart: 0.5,
        alike: 1.0,
        area: 1.0,
        quarters: 0,
        mirrored: false,
    }
}

#[test]
fn between_chosen_folders_nothing_else_is_looked_at() {
    // Photo 1 lies in three folders, photo 2 is a copy of it.
    let files = [
        ("/a", "old/1.jpg", 1, 1),
        ("/a", "phone/1.jpg", 1, 2),
        ("/a", "camera/2.jpg", 2, 3),
        ("/b", "1.jpg", 1, 4),
        ("/b", "phone/2.jpg", 2, 5),
    ];
    let catalog = Catalog::with(&files);
    catalog.are_copies(&[1, 2]);
    assert_eq!(catalog.paths(Among::Everything)[0].len(), 5);
    let chosen = catalog.between(&[("/a", "phone"), ("/a", "camera")]);
    assert_eq!(catalog.paths(chosen), [["/a/phone/1.jpg", "/a/camera/2.jpg"]]);
    let deep_and_whole = catalog.between(&[("/a", "camera"), ("/b", "")]);
    assert_eq!(catalog.paths(deep_and_whole), [["/b/1.jpg", "/a/camera/2.jpg"]]);
    assert_eq!(catalog.paths(catalog.between(&[("/a", "camera"), ("/b", "nothing")])), [[""; 0]; 0]);
    let sources = catalog.paths(catalog.between(&[("/a", ""), ("/b", "")]));
    assert_eq!(catalog.paths(catalog.between(&[])), sources, "none chosen is all source folders");
    assert_eq!(sources, [["/a/old/1.jpg", "/b/1.jpg", "/b/phone/2.jpg"]]);
}

#[test]
fn what_stays_lies_where_the_others_are_looked_at_with_it() {
    let files = [("/a", "x/1.jpg", 1, 1), ("/a", "y/1.jpg", 1, 2), ("/a", "y/2.jpg", 2, 3)];
    let catalog = Catalog::with(&files);
    catalog.are_copies(&[1, 2]);
    assert_eq!(catalog.paths(Among::OneFolder), [["/a/y/1.jpg", "/a/y/2.jpg"]]);
}

#[test]
fn a_group_of_which_nothing_could_go_is_not_listed() {
    let files =
        [("/a", "x/1.jpg", 1, 1), ("/a", "y/2.jpg", 2, 2), ("/b", "1.jpg", 3, 3), ("/b", "2.jpg", 3, 4)];
    let catalog = Catalog::with(&files);
    catalog.are_copies(&[1, 2]);
    let protect = |root: &str, path: &str| {
        catalog.library.protect_folder(catalog.sources[root], &below(path)).expect("protected");
        catalog.paths(Among::Everything)
    };
    assert_eq!(catalog.paths(Among::Everything).len(), 2);
    assert_eq!(protect("/b", ""), [["/a/x/1.jpg", "/a/y/2.jpg"]]);
    assert_eq!(protect("/a", "y"), [["/a/y/2.jpg", "/a/x/1.jpg"]], "what is protected stays for the other");
    assert_eq!(protect("/a", "x"), [[""; 0]; 0]);
}

#[test]
fn of_a_group_that_is_back_the_newcomer_is_told_and_nothing_is_selected() {
    let files = [("/a", "1.jpg", 1, 1), ("/a", "2.jpg", 2, 2), ("/a", "3.jpg", 3, 3)];
    let catalog = Catalog::with(&files);
    catalog.are_copies(&[1, 2]);
    let said = [1, 2].map(|number| photo(&catalog.library, number)).to_vec();
    assert_eq!(catalog.groups(Among::Everything)[0].reclaimable(), 1000);
    catalog.library.settle_groups(&[said], Verdict::KeepAll).expect("settled");
    assert_eq!(catalog.groups(Among::Everything), []);
    catalog.are_copies(&[1, 2, 3]);
    let found = catalog.groups(Among::Everything);
    let [group] = &found[..] else { panic!("one group: {found:?}") };
    let settled = |member: &crate::Member| (member.path.to_str().map(str::to_owned), member.is_settled);
    assert_eq!(settled(&group.keeper), (Some("/a/1.jpg".into()), true));
    assert_eq!(group.members.iter().map(settled).collect::<Vec<_>>(), [(Some("/a/3.jpg".into()), false)]);
    assert!(group.is_back() && group.reclaimable() == 0);
}

#[test]
fn every_part_of_a_panorama_is_told_though_it_does_not_touch_what_stays() {
    let files = [("/a", "1.jpg", 1, 1), ("/a", "2.jpg", 2, 2), ("/a", "3.jpg", 3, 3)];
    let catalog = Catalog::with(&files);
    let [one, two, three] = [1, 2, 3].map(|number| photo(&catalog.library, number));
    let bursts = Some(Lane::Bursts.word().to_owned());
    let row = |a, b, bond: Option<&str>| KinshipRow {
        lanes: [bursts.clone(), bursts.clone(), bursts.clone()],
        bond: bond.map(str::to_owned),
        ..copies(a, b)
    };
    let panorama = Some("panorama");
    let rows = [row(one, two, panorama), row(two, three, panorama), row(one, three, None)];
    catalog.library.store.save_kinships(&[], &rows).expect("saved");
    let found = catalog.groups(Among::Everything);
    let bonds: Vec<_> = found[0].members.iter().map(|member| member.bond).collect();
    assert_eq!(bonds, [Some(Bond::Panorama); 2]);
}

#[test]
fn what_of_pairs_is_taken_back_alone_leaves_nobody_new() {
    let files = [("/a", "1.jpg", 1, 1), ("/a", "2.jpg", 2, 2), ("/a", "3.jpg", 3, 3)];
    let catalog = Catalog::with(&files);
    catalog.are_copies(&[1, 2, 3]);
    let photos = [1, 2, 3].map(|number| photo(&catalog.library, number));
    catalog.library.settle_groups(&[photos.to_vec()], Verdict::KeepAll).expect("settled");
    catalog.library.unsettle_pairs(&[(photos[0], photos[2])]).expect("taken back");
    let found = catalog.groups(Among::Everything);
    assert!(found.len() == 1 && found[0].keeper.is_settled && found[0].members[0].is_settled, "{found:?}");
}

#[test]
fn a_verdict_of_another_lane_leaves_copies_selected() {
    let files = [("/a", "1.jpg", 1, 1), ("/a", "2.jpg", 2, 2), ("/a", "3.jpg", 3, 3)];
    let catalog = Catalog::with(&files);
    catalog.are_copies(&[1, 2]);
    let [one, three] = [1, 3].map(|number| photo(&catalog.library, number));
    let bursts = Some(Lane::Bursts.word().to_owned());
    let row = KinshipRow { lanes: [bursts.clone(), bursts.clone(), bursts], ..copies(one, three) };
    catalog.library.store.save_kinships(&[], &[row]).expect("saved");
    catalog.library.settle_groups(&[vec![one, three]], Verdict::KeepAll).expect("settled");
    let found = catalog.groups(Among::Everything);
    assert_eq!((found.len(), found[0].reclaimable(), found[0].is_back()), (1, 1000, false));
}

#[test]
fn one_more_file_of_a_photo_is_the_new_one() {
    let files = [("/a", "1.jpg", 1, 1), ("/a", "2.jpg", 1, 2), ("/a", "3.jpg", 1, 3)];
    let catalog = Catalog::with(&files);
    let photo = photo(&catalog.library, 1);
    catalog.library.settle_groups(&[vec![photo; 2]], Verdict::KeepAll).expect("settled");
    let found = catalog.groups(Among::Everything);
    let all = found[0].members.iter().chain([&found[0].keeper]);
    let new: Vec<&Path> = all.filter(|member| !member.is_settled).map(|member| &*member.path).collect();
    assert_eq!((new, found[0].reclaimable()), (vec![Path::new("/a/3.jpg")], 0));
}

#[test]
fn a_plan_frees_a_file_with_the_last_of_its_names() {
    // 2 and 3 are one file on the disk, and so are 4 and 5.
    let files = [
        ("/a", "1.jpg", 1, 1),
        ("/a", "2.jpg", 1, 2),
        ("/a", "3.jpg", 1, 2),
        ("/a", "4.jpg", 1, 4),
        ("/b", "5.jpg", 1, 4),
    ];
    let catalog = Catalog::with(&files);
    let group = &catalog.groups(Among::Everything)[0];
    let freed = |names: &[&str]| {
        let goes = |member: &crate::Member| names.iter().any(|name| member.path.ends_with(name));
        let plan = catalog.library.plan_as_known(&group.choices(goes), PassOn::Nothing).expect("a plan");
        (group.freed_by(goes), plan.freed_bytes())
    };
    assert_eq!(freed(&["2.jpg"]), (0, 0));
    assert_eq!(freed(&["2.jpg", "3.jpg"]), (1000, 1000));
    assert_eq!(freed(&["2.jpg", "3.jpg", "4.jpg"]), (1000, 1000));
    assert_eq!(freed(&["2.jpg", "3.jpg", "4.jpg", "5.jpg"]), (2000, 2000));
}
