//! A library that is open: its catalog, its cache, its decoders, and the model with its vectors.

use std::path::Path;
use std::sync::Arc;

use likeness_decode::{DecodePool, Limits, WorkerCommand};
use likeness_domain::FolderId;
use likeness_embed::Model;
use likeness_store::{FolderRow, Store};
use parking_lot::RwLock;

use crate::contexts::KnownContexts;
use crate::cleanup::KeptGroups;
use crate::eye::Eye;
use crate::map::{KeptFacets, PrincipalPlaces, Watched};
use crate::notices::Notices;
use crate::roots::check_new_root;
use crate::thumbnails::Thumbnails;
use crate::wishes::Wishes;
use crate::{Error, Notice, Places, Subscription};

/// Decoders in copies of this program, whose `main` calls [`run_worker_if_asked`](crate::run_worker_if_asked) first.
///
/// # Errors
/// When the system does not say where this program lies.
pub fn decoders() -> Result<DecodePool, Error> {
    let command = WorkerCommand::this_program().map_err(Error::NoProgram)?;
    Ok(DecodePool::new(command, Limits::default()))
}

/// An open library. Clones are the same library; several processes may have one open at a time.
#[derive(Clone)]
pub struct Library {
    pub(crate) places: Arc<Places>,
    pub(crate) store: Store,
    pub(crate) thumbnails: Arc<Thumbnails>,
    pub(crate) decoders: DecodePool,
    pub(crate) wishes: Arc<Wishes>,
    /// Without a model everything works but looking alike; the reason is kept to be told.
    eye: Arc<RwLock<Result<Arc<Eye>, String>>>,
    pub(crate) facets: Arc<KeptFacets>,
    pub(crate) principal: Arc<PrincipalPlaces>,
    pub(crate) watched: Arc<Watched>,
    pub(crate) contexts: Arc<KnownContexts>,
    pub(crate) notices: Arc<Notices>,
    pub(crate) kept_groups: Arc<KeptGroups>,
}

impl Library {
    /// Opens the library at `places`, and makes it when there is none. `model` is the model to look with, or why none
    /// could be loaded.
    ///
    /// # Errors
    /// When the catalog cannot be opened: see [`likeness_store::Error`].
    pub fn open(
        places: Places,
        decoders: DecodePool,
        model: Result<Arc<dyn Model>, likeness_embed::ModelError>,
    ) -> Result<Self, Error> {
        let store = Store::open(&places.library)?;
        let library = Self::with_store(store, places, decoders, model);
        if let Err(error) = library.settle_cleanups() {
            tracing::warn!(%error, "an interrupted clean-up stays open");
        }
        Ok(library)
    }

    pub(crate) fn with_store(
        store: Store,
        places: Places,
        decoders: DecodePool,
        model: Result<Arc<dyn Model>, likeness_embed::ModelError>,
    ) -> Self {
        let thumbnails = Thumbnails::in_cache(&places.cache);
        let eye = model.map(|plain| Arc::new(Eye::new(plain, &store))).map_err(|error| error.to_string());
        Self {
            places: Arc::new(places),
            store,
            thumbnails: Arc::new(thumbnails),
            decoders,
            wishes: Arc::default(),
            eye: Arc::new(RwLock::new(eye)),
            facets: Arc::default(),
            principal: Arc::default(),
            watched: Arc::default(),
            contexts: Arc::default(),
            notices: Arc::default(),
            kept_groups: Arc::default(),
        }
    }

    /// The catalog, for reading. What changes it goes through the library.
    pub fn catalog(&self) -> &Store {
        &self.store
    }

    /// Where the library and its cache lie.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The model in use.
    ///
    /// # Errors
    /// [`Error::NoModel`] with the reason.
    pub fn model(&self) -> Result<Arc<dyn Model>, Error> {
        Ok(Arc::clone(&self.eye()?.model))
    }

    /// Calls `listener` with every notice until the subscription is dropped. It must be quick.
    pub fn listen(&self, listener: impl Fn(&Notice) + Send + Sync + 'static) -> Subscription {
        self.notices.listen(listener)
    }

    /// Adds `path` as a source folder, by its real place; a folder that is there already stays as it is. Reads nothing yet.
    ///
    /// # Errors
    /// When it is no folder, belongs to Likeness, or holds the library.
    pub fn add_folder(&self, path: &Path) -> Result<FolderRow, Error> {
        let (path, volume) = check_new_root(path)?;
        self.check_apart(&path)?;
        let folder = self.store.add_folder(&path, volume.as_ref().map(|volume| volume.as_str()))?;
        self.notices.tell(Notice::StateChanged);
        self.folder_row(folder)
    }

    /// Points a source folder at another place, where the same photos lie now. Reads nothing yet.
    ///
    /// # Errors
    /// As [`add_folder`](Self::add_folder).
    pub fn relink_folder(&self, folder: FolderId, path: &Path) -> Result<FolderRow, Error> {
        let (path, volume) = check_new_root(path)?;
        self.check_apart(&path)?;
        self.store.relink_folder(folder, &path, volume.as_ref().map(|volume| volume.as_str()))?;
        self.notices.tell(Notice::StateChanged);
        self.notices.tell(Notice::PhotosChanged);
        self.folder_row(folder)
    }

    /// Forgets a source folder. Its photos keep their decisions, for when they come back.
    ///
    /// # Errors
    /// [`Error::UnknownFolder`].
    pub fn remove_folder(&self, folder: FolderId) -> Result<(), Error> {
        self.folder_row(folder)?;
        self.store.remove_folder(folder)?;
        self.notices.tell(Notice::StateChanged);
        self.notices.tell(Notice::PhotosChanged);
        Ok(())
    }

    /// The library never lies inside a photo folder, and our own folders hold no photos of the user.
    fn check_apart(&self, folder: &Path) -> Result<(), Error> {
        for own in [&self.places.library, &self.places.cache] {
            let own = own.canonicalize().unwrap_or_else(|_| own.clone());
            if folder.starts_with(&own) {
                return Err(Error::OwnFolder { path: folder.to_path_buf() });
            }
        }
        let library = self.places.library.canonicalize().unwrap_or_else(|_| self.places.library.clone());
        if library.starts_with(folder) {
            return Err(Error::LibraryInside { library, folder: folder.to_path_buf() });
        }
        Ok(())
    }

    pub(crate) fn eye(&self) -> Result<Arc<Eye>, Error> {
        self.eye.read().clone().map_err(Error::NoModel)
    }

    /// Looks from now on through what the catalog has of the last lesson, or through nothing.
    pub(crate) fn open_eye(&self) {
        let mut eye = self.eye.write();
        if let Ok(open) = eye.as_mut() {
            *open = Arc::new(Eye::new(Arc::clone(open.plain()), &self.store));
        }
    }
}
