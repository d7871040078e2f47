//! One function per command about sidecars.

use likeness_domain::{FileId, Rating};
use likeness_library::WriteSidecars;
use likeness_library::store::SidecarConflict;

use crate::api::Api;
use crate::convert::photo_row;
use crate::failure::{self, Words};
use crate::filter::{flag_word, label_word};
use crate::wire::{Failure, SideWord, SidecarConflictRow, SidecarState, SidecarValues};

pub(crate) fn sidecars(api: &Api) -> Result<SidecarState, Failure> {
    let conflicts = api.library.sidecar_conflicts().in_words()?;
    let photos: Vec<_> = conflicts.iter().map(|conflict| conflict.photo).collect();
    let rows = api.library.catalog().photos(&photos).in_words()?;
    let row = |conflict: &SidecarConflict| {
        let photo = rows.iter().find(|row| row.id == conflict.photo)?;
        let (here, there) = (conflict.here, conflict.there);
        Some(SidecarConflictRow {
            picture: conflict.picture.0,
            photo: photo_row(photo),
            path: conflict.path.display().to_string(),
            here: SidecarValues {
                stars: there.rating.map(|_| here.rating.stars()),
                flag: there.flag.map(|_| flag_word(here.flag)),
                label: there.label.map(|_| label_word(here.label)),
            },
            there: SidecarValues {
                stars: there.rating.map(Rating::stars),
                flag: there.flag.map(flag_word),
                label: there.label.map(label_word),
            },
        })
    };
    Ok(SidecarState {
        writes: api.library.writes_sidecars().in_words()? == WriteSidecars::Yes,
        conflicts: conflicts.iter().filter_map(row).collect(),
    })
}

/// Turned on, what was decided before is written in the background, as what is decided from then on.
pub(crate) fn set_write_sidecars(api: &Api, write: bool) -> Result<(), Failure> {
    let write = if write { WriteSidecars::Yes } else { WriteSidecars::No };
    api.library.set_writes_sidecars(write).in_words()?;
    api.following.write_sidecars();
    Ok(())
}

pub(crate) fn settle_sidecar(api: &Api, picture: i64, take: SideWord) -> Result<(), Failure> {
    let conflicts = api.library.sidecar_conflicts().in_words()?;
    let conflict = conflicts.iter().find(|conflict| conflict.picture == FileId(picture));
    let conflict = conflict.ok_or_else(|| failure::no_conflict(picture))?;
    match take {
        SideWord::Here => api.library.keep_over_sidecar(conflict),
        SideWord::There => api.library.take_from_sidecar(conflict),
    }
    .in_words()
}
