//! The watcher: listens to the source folders and gives hints where a scan should look.
//!
//! What it says is never more than a hint: events are lost, late, and mean different things on different drives. A
//! timed scan is the truth.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use likeness_domain::{FolderId, RelativePath};
use notify::{ErrorKind, Event};
use parking_lot::Mutex;

use crate::hint::{Gathered, Hint};
use crate::mounts;
use crate::places::{Identity, SkippedPlaces};
use crate::tree::WatchedTree;

/// How far a source folder is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchState {
    /// The folders are being gone through.
    Starting,
    /// Every folder is watched.
    Watched,
    /// The system's watches ran out: timed scans cover the rest.
    Partly {
        /// Folders that are watched.
        watched: usize,
        /// Folders that should be.
        total: usize,
        /// What a person can do about it, with the command.
        advice: String,
    },
    /// No events come from there: timed scans alone find changes.
    NotWatchable {
        /// Why, in words for a person.
        reason: String,
    },
}

/// Listens until it is dropped. Folders behind symbolic links are not listened to; a scan enters them.
pub struct Watcher {
    skip: SkippedPlaces,
    on_hint: Arc<dyn Fn(Hint) + Send + Sync>,
    folders: HashMap<FolderId, WatchedFolder>,
}

struct WatchedFolder {
    root: PathBuf,
    /// The folder that was at `root` when the watch began.
    identity: Option<Identity>,
    state: Arc<Mutex<WatchState>>,
    /// Ends the thread that listens; `None` where none could be started.
    messages: Option<Sender<Message>>,
}

enum Message {
    Event(notify::Result<Event>),
    End,
}

impl Watcher {
    /// Hints go to `on_hint`, on a thread of each folder: after 300 ms of quiet, at the latest 2 s after the first
    /// event. No hint comes from `skip`.
    pub fn new(skip: SkippedPlaces, on_hint: impl Fn(Hint) + Send + Sync + 'static) -> Self {
        Self { skip, on_hint: Arc::new(on_hint), folders: HashMap::new() }
    }

    /// Begins to listen to a source folder, at `root` from now on. Returns at once. When all its folders are watched,
    /// a hint at the whole root covers what changed before; so no order of watching and scanning misses anything.
    ///
    /// No effect on a folder that is listened to at the same place; one that was away in between is begun anew.
    pub fn watch(&mut self, folder: FolderId, root: &Path) {
        let is_listening = |watched: &WatchedFolder| watched.root == root && watched.is_listening();
        if !self.folders.get(&folder).is_some_and(is_listening) {
            self.unwatch(folder);
            self.folders.insert(folder, WatchedFolder::new(folder, root, &self.skip, &self.on_hint));
        }
    }

    /// Stops listening to a source folder. A hint that is under way may still come.
    pub fn unwatch(&mut self, folder: FolderId) {
        self.folders.remove(&folder);
    }

    /// Stops listening to all folders but these.
    pub fn keep_only(&mut self, folders: &[FolderId]) {
        self.folders.retain(|folder, _| folders.contains(folder));
    }

    /// How far a source folder is watched; `None` when it was never asked for, or is no longer.
    pub fn state(&self, folder: FolderId) -> Option<WatchState> {
        self.folders.get(&folder).map(|watched| watched.state.lock().clone())
    }
}

impl WatchedFolder {
    fn new(
        folder: FolderId,
        root: &Path,
        skip: &SkippedPlaces,
        on_hint: &Arc<dyn Fn(Hint) + Send + Sync>,
    ) -> Self {
        let identity = Identity::of(root).ok();
        let not_watchable = |reason: String| Self {
            root: root.to_path_buf(),
            identity,
            state: Arc::new(Mutex::new(WatchState::NotWatchable { reason })),
            messages: None,
        };
        if let Some(mount) = mounts::of(root).filter(|mount| mount.is_remote()) {
            return not_watchable(format!("drives of kind {} send no events", mount.file_system));
        }
        let (messages, received) = unbounded();
        let events = messages.clone();
        let tree = WatchedTree::new(root, skip.identities(), move |event| {
            // Nobody listens any more once the folder is unwatched.
            let _ = events.send(Message::Event(event));
        });
        let tree = match tree {
            Ok(tree) => tree,
            Err(error) => return not_watchable(why_not(&error)),
        };
        let state = Arc::new(Mutex::new(WatchState::Starting));
        let listener = Listener {
            folder,
            tree,
            gathered: Gathered::default(),
            state: Arc::clone(&state),
            on_hint: Arc::clone(on_hint),
        };
        let started =
            thread::Builder::new().name("likeness-watch".into()).spawn(move || listener.listen(&received));
        match started {
            Ok(_) => Self { root: root.to_path_buf(), identity, state, messages: Some(messages) },
            Err(error) => not_watchable(format!("no thread could be started ({error})")),
        }
    }

    /// Whether events of what lies at the root now would arrive.
    fn is_listening(&self) -> bool {
        !matches!(*self.state.lock(), WatchState::NotWatchable { .. })
            && Identity::of(&self.root).ok() == self.identity
    }
}

impl Drop for WatchedFolder {
    fn drop(&mut self) {
        if let Some(messages) = &self.messages {
            // The thread is not waited for: it may be in the middle of a hint. It may also have ended by itself.
            let _ = messages.send(Message::End);
        }
    }
}

/// What the thread of one folder has.
struct Listener {
    folder: FolderId,
    tree: WatchedTree,
    gathered: Gathered,
    state: Arc<Mutex<WatchState>>,
    on_hint: Arc<dyn Fn(Hint) + Send + Sync>,
}

impl Listener {
    fn listen(mut self, messages: &Receiver<Message>) {
        self.tree.follow_all();
        self.gathered.add(RelativePath::ROOT, Instant::now());
        self.tell_state();
        loop {
            let message = match self.gathered.due() {
                Some(due) => messages.recv_deadline(due),
                None => messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match message {
                Ok(Message::Event(event)) => {
                    let now = Instant::now();
                    for place in self.tree.places_of(event) {
                        self.gathered.add(place, now);
                    }
                }
                Ok(Message::End) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    if !self.tree.is_in_place() {
                        return self.root_went_away();
                    }
                    self.tell_state();
                    let places = self.gathered.take();
                    self.hint(places);
                }
            }
        }
    }

    fn root_went_away(&self) {
        *self.state.lock() = WatchState::NotWatchable { reason: "the folder is not there".into() };
        self.hint(vec![RelativePath::ROOT]);
    }

    fn hint(&self, places: Vec<RelativePath>) {
        (self.on_hint)(Hint { folder: self.folder, places });
    }

    fn tell_state(&self) {
        let (watched, total) = self.tree.counts();
        *self.state.lock() = if watched == total {
            WatchState::Watched
        } else {
            WatchState::Partly { watched, total, advice: more_watches(total) }
        };
    }
}

fn why_not(error: &notify::Error) -> String {
    match &error.kind {
        // The system's word for "no watcher left".
        ErrorKind::Io(error) if error.raw_os_error() == Some(rustix::io::Errno::MFILE.raw_os_error()) => {
            let raise = "sudo sysctl fs.inotify.max_user_instances=1024";
            format!("all the watchers of this system are in use; allow more with: {raise}")
        }
        _ => format!("the system cannot watch it ({error})"),
    }
}

/// At least the number that desktop systems set today, and twice as many as now.
fn more_watches(needed: usize) -> String {
    const USUAL: usize = 524_288;
    let limit = fs::read_to_string("/proc/sys/fs/inotify/max_user_watches").unwrap_or_default();
    let limit: usize = limit.trim().parse().unwrap_or(0);
    let more = USUAL.max(limit * 2).max((needed * 2).next_power_of_two());
    format!("allow more watches with: sudo sysctl fs.inotify.max_user_watches={more}")
}
