//! The folders of one source folder that the system watches, one by one.
//!
//! One watch a folder and not one for the whole tree: so hidden and skipped folders take none, links are not followed,
//! and when the system's watches run out it is known which folders go without.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use likeness_domain::RelativePath;
use notify::event::{ModifyKind, RenameMode};
use notify::{
    Config, ErrorKind, Event, EventKind, EventKindMask, RecommendedWatcher, RecursiveMode, Watcher as _,
};

use crate::folder::{self, open_folder};
use crate::names::{self, EntryType, NameSays};
use crate::places::{Identity, is_kernel_folder};

pub(crate) struct WatchedTree {
    root: PathBuf,
    root_identity: Identity,
    skip: HashSet<Identity>,
    system: RecommendedWatcher,
    watched: BTreeSet<RelativePath>,
    /// Folders for which the system had no watch left.
    refused: BTreeSet<RelativePath>,
}

impl WatchedTree {
    /// A tree in which nothing is watched yet. Events go to `on_event`, which must not block.
    pub(crate) fn new(
        root: &Path,
        skip: HashSet<Identity>,
        on_event: impl Fn(notify::Result<Event>) + Send + 'static,
    ) -> Result<Self, notify::Error> {
        // Opening and reading tell nothing new, and our own scans would cause most of those events.
        let kinds = EventKindMask::CORE | EventKindMask::ACCESS_CLOSE;
        let config = Config::default().with_follow_symlinks(false).with_event_kinds(kinds);
        Ok(Self {
            root: root.to_path_buf(),
            root_identity: Identity::of(root).map_err(notify::Error::io)?,
            skip,
            system: RecommendedWatcher::new(on_event, config)?,
            watched: BTreeSet::new(),
            refused: BTreeSet::new(),
        })
    }

    /// Folders that are watched, and those that should be.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.watched.len(), self.watched.len() + self.refused.len())
    }

    /// Whether the root is still the folder that is watched, and not gone, unmounted or mounted over.
    pub(crate) fn is_in_place(&self) -> bool {
        Identity::of(&self.root).ok() == Some(self.root_identity)
    }

    /// Watches the whole tree anew.
    pub(crate) fn follow_all(&mut self) {
        self.follow(RelativePath::ROOT);
    }

    /// The places that an event is about, without those that a scan would pass by; the root when it does not say.
    /// Folders that appeared are watched from now on with all below them, those that disappeared no longer.
    pub(crate) fn places_of(&mut self, event: notify::Result<Event>) -> Vec<RelativePath> {
        match event {
            Ok(event) if !event.need_rescan() && !event.paths.is_empty() => match event.kind {
                // Told before, as one event for each of the two names.
                EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => Vec::new(),
                EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => {
                    event.paths.iter().filter_map(|path| self.place_that_came_or_went(path)).collect()
                }
                _ => event.paths.iter().filter_map(|path| self.place(path)).map(|(place, _)| place).collect(),
            },
            // Events were lost, and with them folders that appeared.
            Ok(_) | Err(_) => {
                self.follow_all();
                vec![RelativePath::ROOT]
            }
        }
    }

    fn place_that_came_or_went(&mut self, path: &Path) -> Option<RelativePath> {
        let (place, entry) = self.place(path)?;
        if entry == EntryType::Folder {
            self.follow(place.clone());
        }
        Some(place)
    }

    /// What lies, or lay, at `path`; `None` when a scan would pass by it.
    fn place(&self, path: &Path) -> Option<(RelativePath, EntryType)> {
        let Some(place) = RelativePath::of(&self.root, path) else {
            return Some((RelativePath::ROOT, EntryType::Folder));
        };
        let is_folder = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
        let was_folder = self.watched.contains(&place) || self.refused.contains(&place);
        let entry = if is_folder || was_folder { EntryType::Folder } else { EntryType::File };
        let is_foreign = |name| names::name_says(name) == NameSays::Foreign;
        let passes_by = names::is_skipped_path(&self.root, &place, entry)
            || entry == EntryType::File && place.name().is_some_and(is_foreign);
        (!passes_by).then_some((place, entry))
    }

    /// Watches what lies at `top` now with all below it, and nothing that lay there before.
    fn follow(&mut self, top: RelativePath) {
        self.forget(&top);
        let mut folders = vec![top];
        while let Some(folder) = folders.pop() {
            // Watched before it is listed, so that no sub-folder appears unseen in between.
            if self.watch(&folder) {
                folders.extend(self.sub_folders(&folder));
            }
        }
    }

    fn forget(&mut self, top: &RelativePath) {
        let below = |places: &BTreeSet<RelativePath>| -> Vec<RelativePath> {
            let from_top = places.range(top.clone()..);
            let in_reach = from_top.take_while(|place| place.as_bytes().starts_with(top.as_bytes()));
            in_reach.filter(|place| place.is_under(top)).cloned().collect()
        };
        for place in below(&self.watched) {
            self.watched.remove(&place);
            // The system has forgotten folders that were deleted, and says so.
            let _ = self.system.unwatch(&place.below(&self.root));
        }
        for place in below(&self.refused) {
            self.refused.remove(&place);
        }
    }

    /// Whether there is a folder at `place` that a scan would enter, watched now if the system has a watch left.
    fn watch(&mut self, place: &RelativePath) -> bool {
        let path = place.below(&self.root);
        if Identity::of(&path).is_ok_and(|folder| self.skip.contains(&folder)) {
            return false;
        }
        match self.system.watch(&path, RecursiveMode::NonRecursive) {
            Ok(()) => self.watched.insert(place.clone()),
            Err(error) if matches!(error.kind, ErrorKind::MaxFilesWatch) => {
                self.refused.insert(place.clone())
            }
            // Gone again, or closed to us: a scan says which.
            Err(_) => false,
        }
    }

    fn sub_folders(&self, place: &RelativePath) -> Vec<RelativePath> {
        let Ok((identity, opened)) = open_folder(&place.below(&self.root)) else {
            return Vec::new();
        };
        if !identity.is_on_volume_of(&self.root_identity) && is_kernel_folder(&opened) {
            return Vec::new();
        }
        let name = place.name().unwrap_or(names::folder_name(&self.root));
        folder::list(&opened, name).folders.iter().map(|name| place.join(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use notify::event::Flag;
    use tempfile::TempDir;

    use super::*;

    fn tree(root: &Path) -> WatchedTree {
        let mut tree = WatchedTree::new(root, HashSet::new(), |_| {}).expect("a watcher is left");
        tree.follow_all();
        tree
    }

    #[test]
    fn lost_events_mean_everywhere_and_find_the_folders_that_were_missed() {
        let root = TempDir::new().expect("made");
        fs::create_dir(root.path().join("a")).expect("made");
        let mut tree = tree(root.path());
        for lost in [
            Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)),
            Ok(Event::new(EventKind::Any)),
            Err(notify::Error::generic("lost")),
            Ok(Event::new(EventKind::Any).add_path("/elsewhere".into())),
        ] {
            assert_eq!(tree.places_of(lost), [RelativePath::ROOT]);
        }
        fs::create_dir_all(root.path().join("missed/deep")).expect("made");
        assert_eq!(tree.counts(), (2, 2));
        tree.places_of(Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)));
        assert_eq!(tree.counts(), (4, 4));
    }

    #[test]
    fn neither_links_nor_hidden_folders_take_a_watch() {
        let root = TempDir::new().expect("made");
        fs::create_dir_all(root.path().join("a/.hidden/b")).expect("made");
        std::os::unix::fs::symlink("/", root.path().join("a/link")).expect("made");
        std::os::unix::fs::symlink("..", root.path().join("a/up")).expect("made");
        assert_eq!(tree(root.path()).counts(), (2, 2));
    }
}
