//! `sidecars` on the command line.

use likeness_domain::FileId;
use likeness_library::WriteSidecars;
use likeness_library::store::SidecarConflict;

use crate::failure::{self, Words};
use crate::filter::flag_text;
use crate::lines::{ConflictLine, ProblemLine, SidecarsLine};
use crate::session::{Job, Session};
use crate::wire::{Failure, SideWord};

impl Session {
    /// Whether sidecars are written.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn sidecars(&self) -> Result<SidecarsLine, Failure> {
        let writes = self.library.writes_sidecars().in_words()? == WriteSidecars::Yes;
        let conflicts = self.library.sidecar_conflicts().in_words()?.len();
        Ok(SidecarsLine { writes, saved: 0, conflicts })
    }

    /// Turns writing on, and writes what was decided before; or turns it off. Answers the sidecars that could not be
    /// written, too.
    ///
    /// # Errors
    /// When the catalog cannot be read or written, or the job is cancelled.
    pub fn write_sidecars(
        &self,
        job: &Job,
        write: WriteSidecars,
    ) -> Result<(SidecarsLine, Vec<ProblemLine>), Failure> {
        self.library.set_writes_sidecars(write).in_words()?;
        let written = self.library.write_sidecars(&job.0).in_words()?;
        let problem = |error: &likeness_library::SidecarError| ProblemLine {
            path: error.path().display().to_string(),
            stage: "save",
            reason: error.to_string(),
        };
        let problems = written.failed.iter().map(problem).collect();
        Ok((SidecarsLine { saved: written.saved, ..self.sidecars()? }, problems))
    }

    /// Pictures whose sidecar says something else than was decided here.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn sidecar_conflicts(&self) -> Result<Vec<ConflictLine>, Failure> {
        let conflicts = self.library.sidecar_conflicts().in_words()?;
        Ok(conflicts.iter().map(conflict_line).collect())
    }

    /// Ends a conflict with what was decided here, or with what the sidecar says.
    ///
    /// # Errors
    /// When there is no such conflict.
    pub fn settle_sidecar(&self, picture: i64, take: SideWord) -> Result<(), Failure> {
        let conflicts = self.library.sidecar_conflicts().in_words()?;
        let conflict = conflicts.iter().find(|conflict| conflict.picture == FileId(picture));
        let conflict = conflict.ok_or_else(|| failure::no_conflict(picture))?;
        match take {
            SideWord::Here => self.library.keep_over_sidecar(conflict),
            SideWord::There => self.library.take_from_sidecar(conflict),
        }
        .in_words()
    }
}

fn conflict_line(conflict: &SidecarConflict) -> ConflictLine {
    let (here, there) = (conflict.here, conflict.there);
    let mut line = ConflictLine {
        picture: conflict.picture.0,
        id: conflict.photo.0,
        path: conflict.path.display().to_string(),
        here: Vec::new(),
        there: Vec::new(),
    };
    let mut add = |here: String, there: Option<String>| {
        if let Some(there) = there {
            line.here.push(here);
            line.there.push(there);
        }
    };
    let stars = |stars: u8| format!("{stars} stars");
    add(stars(here.rating.stars()), there.rating.map(|rating| stars(rating.stars())));
    add(flag_text(here.flag).to_owned(), there.flag.map(|flag| flag_text(flag).to_owned()));
    add(here.label.word().to_owned(), there.label.map(|label| label.word().to_owned()));
    line
}
