//! `sidecars`: whether they are written, and where they say something else.

use likeness_api::WriteSidecars;
use likeness_api::lines::SidecarsLine;
use likeness_api::wire::Failure;

use super::{Run, print_unread};
use crate::arguments::{SidecarAction, Sidecars};
use crate::output::{Outcome, print_line};
use crate::progress::with_progress;

impl Run {
    pub(super) fn sidecars(&self, sidecars: &Sidecars) -> Result<Outcome, Failure> {
        let session = self.session()?;
        let write = match &sidecars.action {
            None => {
                self.print_sidecars(&session.sidecars()?);
                return Ok(Outcome::Done);
            }
            Some(SidecarAction::Conflicts) => {
                let lines = session.sidecar_conflicts()?;
                if lines.is_empty() {
                    self.say("no sidecar says something else than was decided here");
                }
                self.print_all(&lines, &["PICTURE", "HERE", "THERE", "SIDECAR"], &[0], |line| {
                    let (here, there) = (line.here.join(", "), line.there.join(", "));
                    vec![line.picture.to_string(), here, there, line.path.clone()]
                });
                return Ok(Outcome::Done);
            }
            Some(SidecarAction::Settle { picture, take }) => {
                session.settle_sidecar(*picture, *take)?;
                return Ok(Outcome::Done);
            }
            Some(SidecarAction::On) => WriteSidecars::Yes,
            Some(SidecarAction::Off) => WriteSidecars::No,
        };
        let (line, problems) = with_progress(self.show, |job| session.write_sidecars(job, write))?;
        print_unread(&problems);
        self.print_sidecars(&line);
        Ok(Outcome::with_problems(problems.len() as u64))
    }

    fn print_sidecars(&self, line: &SidecarsLine) {
        print_line(self.form, line, || {
            let writes = if line.writes { "sidecars are written" } else { "sidecars are read only" };
            format!("{writes}; {} saved now, {} in conflict", line.saved, line.conflicts)
        });
    }
}
