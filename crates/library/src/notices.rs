//! Who wants to hear what changed, and telling them: at most ten times a second of each kind that comes in floods.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use likeness_domain::PhotoId;
use parking_lot::Mutex;

use crate::{Activity, Error, MakingMap};

/// Something a face should show.
#[derive(Debug, Clone)]
pub enum Notice {
    /// The engine does something else, or is further.
    Activity(Activity),
    /// The work that ran could not go on.
    Failed(Arc<Error>),
    /// Photos came, went or changed.
    PhotosChanged,
    /// Ratings, flags, labels or tags of these photos changed.
    DecisionsChanged(Vec<PhotoId>),
    /// Albums changed, or what is in them.
    AlbumsChanged,
    /// The vocabulary of tags changed, or how often they are used.
    TagsChanged,
    /// Folders, counts or undo changed.
    StateChanged,
    /// The map or its clusters changed.
    MapChanged,
    /// The map that is being made moved.
    MapProgress(MakingMap),
}

type Listener = dyn Fn(&Notice) + Send + Sync;

/// Listens until it is dropped.
pub struct Subscription(#[allow(dead_code, reason = "kept alive")] Arc<Listener>);

const SHORTEST_PAUSE: Duration = Duration::from_millis(100);

#[derive(Default)]
pub(crate) struct Notices {
    listeners: Mutex<Vec<Weak<Listener>>>,
    photos_told: Mutex<Option<Instant>>,
}

impl Notices {
    pub(crate) fn listen(&self, listener: impl Fn(&Notice) + Send + Sync + 'static) -> Subscription {
        let listener: Arc<Listener> = Arc::new(listener);
        self.listeners.lock().push(Arc::downgrade(&listener));
        Subscription(listener)
    }

    pub(crate) fn tell(&self, notice: Notice) {
        let listeners: Vec<_> = {
            let mut listeners = self.listeners.lock();
            listeners.retain(|listener| listener.strong_count() > 0);
            listeners.iter().filter_map(Weak::upgrade).collect()
        };
        listeners.iter().for_each(|listener| listener(&notice));
    }

    /// During a flood: says it now and then. Whoever floods calls [`tell`](Self::tell) at the end.
    pub(crate) fn tell_photos_changed_sometimes(&self) {
        let mut told = self.photos_told.lock();
        if told.is_none_or(|told| told.elapsed() >= SHORTEST_PAUSE) {
            *told = Some(Instant::now());
            drop(told);
            self.tell(Notice::PhotosChanged);
        }
    }
}
