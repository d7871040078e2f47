//! What can be known of a plan before anything is opened: whether its drives are there, and its folders can be written.

use std::collections::HashMap;
use std::path::PathBuf;

use likeness_cleanup::act::{Disk, Plan, Reason, Survivor, SystemDisk, Unit};
use likeness_store::FilePlace;

use crate::Library;
use crate::cleanup::eyes::LibraryEyes;

impl Library {
    /// The plan without what cannot go as the drives are now: that is refused, by name. Each folder is asked once, however many
    /// files it has; each file is looked at again before it goes.
    pub(super) fn refusing_what_is_out_of_reach(&self, plan: Plan) -> Plan {
        let mut reach = Reach { disk: SystemDisk::new(LibraryEyes::new(self)), known: HashMap::new() };
        plan.refusing_where(|unit| reach.objection(unit))
    }
}

struct Reach {
    disk: SystemDisk<LibraryEyes>,
    /// Of source folders whether they are there, and of folders below them whether files can be moved.
    known: HashMap<(PathBuf, Option<PathBuf>), Option<Reason>>,
}

impl Reach {
    fn objection(&mut self, unit: &Unit) -> Option<Reason> {
        unit.pictures.iter().find_map(|victim| {
            let stays = match &victim.survivor {
                Survivor::File { place, .. } => self.whether_present(place),
                Survivor::Confirmed => None,
            };
            self.whether_movable(&victim.place).or(stays)
        })
    }

    fn whether_present(&mut self, place: &FilePlace) -> Option<Reason> {
        let key = (place.root.clone(), None);
        let disk = &mut self.disk;
        self.known.entry(key).or_insert_with(|| disk.check_present(place).err()).clone()
    }

    fn whether_movable(&mut self, place: &FilePlace) -> Option<Reason> {
        let path = place.absolute();
        let key = (place.root.clone(), path.parent().map(PathBuf::from));
        let disk = &mut self.disk;
        let known = self.known.entry(key).or_insert_with(|| disk.check_movable(place).err()).clone();
        // What is said of one file of a folder holds for the others by their own names.
        known.map(|reason| match reason {
            Reason::ReadOnly { .. } => Reason::ReadOnly { path },
            reason => reason,
        })
    }
}
