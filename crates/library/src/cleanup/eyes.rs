//! What a clean-up sees: drives as the scanner knows them, pictures as the decoders open them.

use std::path::Path;

use likeness_cleanup::act::{Eyes, Reason, Seen};
use likeness_decode::Worker;
use likeness_scan::{RootState, VolumeId, root_state};
use likeness_store::FilePlace;

use crate::Library;

/// The least that is decoded of a picture: all of its bytes are read for it.
const SHORT_SIDE: u32 = 32;

pub(crate) struct LibraryEyes {
    worker: Worker,
}

impl LibraryEyes {
    pub(crate) fn new(library: &Library) -> Self {
        Self { worker: library.decoders.worker() }
    }
}

impl Eyes for LibraryEyes {
    fn check_present(&mut self, place: &FilePlace) -> Result<(), Reason> {
        let volume = place.volume.clone().map(VolumeId::from);
        let root = place.root.clone();
        match root_state(&root, volume.as_ref()) {
            RootState::Online => Ok(()),
            RootState::Offline { reason } => Err(Reason::Away { root, why: reason }),
            RootState::Foreign => Err(Reason::Foreign { root }),
        }
    }

    fn decode(&mut self, path: &Path) -> Result<Seen, String> {
        let opened = self.worker.open(path).map_err(|error| error.problem().reason)?;
        let decoded = self.worker.decode(SHORT_SIDE).map_err(|error| error.problem().reason)?;
        let flaw = decoded.warning.map(|warning| warning.reason);
        Ok(Seen { hash: opened.hash, stamp: opened.stamp, flaw })
    }
}
