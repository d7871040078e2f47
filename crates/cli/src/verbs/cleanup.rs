//! `duplicates`, `cleanup` and `trash`.

use likeness_api::lines::{CleanupLine, DuplicatesLine, PassedLine};
use likeness_api::wire::Failure;
use likeness_api::{CleanupLines, LastCopies, PassOn};

use super::Run;
use crate::arguments::{Cleanup, CleanupAction, Duplicates, Trash};
use crate::output::{Form, Outcome, print_failure, print_line, print_text, printable};
use crate::progress::with_progress;

impl Run {
    pub(super) fn duplicates(&self, duplicates: &Duplicates) -> Result<Outcome, Failure> {
        let session = self.session()?;
        let ask = duplicates.which.ask();
        let groups = with_progress(self.show, |job| session.duplicates(job, &ask))?;
        if groups.is_empty() {
            self.say("no near-duplicates");
        }
        let freed: u64 = groups.iter().map(|group| group.reclaimable).sum();
        for group in &groups {
            print_line(self.form, group, || group_text(group));
        }
        if !groups.is_empty() {
            self.say(&format!(
                "{} groups; moving what is selected to the trash frees {}: likeness cleanup apply",
                groups.len(),
                megabytes(freed)
            ));
        }
        Ok(Outcome::Done)
    }

    pub(super) fn cleanup(&self, cleanup: &Cleanup) -> Result<Outcome, Failure> {
        let session = self.session()?;
        let lines = match &cleanup.action {
            CleanupAction::Plan { which } => {
                let ask = which.ask();
                let plan =
                    with_progress(self.show, |job| session.plan_cleanup(job, &ask, PassOn::default()))?;
                session.plan_lines(&plan)?
            }
            CleanupAction::Apply { which, dry_run, no_decisions } => {
                let ask = which.ask();
                let pass_on = if *no_decisions { PassOn::Nothing } else { PassOn::Decisions };
                with_progress(self.show, |job| {
                    let plan = session.plan_cleanup(job, &ask, pass_on)?;
                    match dry_run {
                        true => session.plan_lines(&plan),
                        false => session.clean_up(job, &plan),
                    }
                })?
            }
            CleanupAction::Undo { cleanup } => {
                with_progress(self.show, |job| session.undo_cleanup(job, *cleanup))?
            }
            CleanupAction::History { cleanup: None } => return self.history(),
            CleanupAction::History { cleanup: Some(cleanup) } => {
                let lines = session.cleanup_files(*cleanup)?;
                self.print_files(&lines);
                return Ok(Outcome::Done);
            }
        };
        self.print_cleanup(lines)
    }

    pub(super) fn trash(&self, trash: &Trash) -> Result<Outcome, Failure> {
        let session = self.session()?;
        let last_copies = if trash.last_copies { LastCopies::Go } else { LastCopies::Stay };
        let plan = session.plan_trash(&trash.photos, last_copies)?;
        let lines = match trash.dry_run {
            true => session.plan_lines(&plan)?,
            false => with_progress(self.show, |job| session.clean_up(job, &plan))?,
        };
        self.print_cleanup(lines)
    }

    fn history(&self) -> Result<Outcome, Failure> {
        let lines = self.session()?.cleanup_history()?;
        if lines.is_empty() {
            self.say("nothing was cleaned up yet");
        }
        let heading = ["NUMBER", "BEGUN", "KIND", "IN TRASH", "RESTORED", "FAILED", "SIZE"];
        self.print_all(&lines, &heading, &[0, 3, 4, 5, 6], |line| {
            vec![
                line.cleanup.to_string(),
                line.begun.clone().unwrap_or_default(),
                line.kind.into(),
                line.in_trash.to_string(),
                line.restored.to_string(),
                line.failed.to_string(),
                megabytes(line.bytes),
            ]
        });
        Ok(Outcome::Done)
    }

    fn print_cleanup(&self, lines: CleanupLines) -> Result<Outcome, Failure> {
        self.print_files(&lines.lines);
        for passed in &lines.passed {
            print_line(self.form, passed, || passed_text(passed));
        }
        let what = match lines.cleanup {
            None => "would go to the trash; nothing was touched",
            Some(_) => "moved",
        };
        self.say(&format!("{} files ({}) {what}", lines.files, megabytes(lines.bytes)));
        if let Some(failure) = &lines.stopped {
            print_failure(failure);
            return Ok(Outcome::Bad);
        }
        Ok(Outcome::with_problems(lines.problems))
    }

    fn print_files(&self, lines: &[CleanupLine]) {
        if self.form == Form::JsonLines {
            lines.iter().for_each(|line| print_line(self.form, line, String::new));
            return;
        }
        for line in lines {
            // The trash has names of its own; a place that a file was put back to is news when it is another one.
            let elsewhere = line.to.as_ref().filter(|to| line.state == "restored" && **to != line.path);
            let more = [
                line.reason.as_ref().map(|reason| format!(": {reason}")),
                line.keeper.as_ref().map(|keeper| format!("; {keeper} stays")),
                elsewhere.map(|to| format!(" as {to}")),
            ];
            let more: String = more.into_iter().flatten().collect();
            print_text(&format!("{:<9} {}{}", line.state, printable(&line.path), printable(&more)));
        }
    }
}

fn group_text(group: &DuplicatesLine) -> String {
    let mut text = format!("{} {} ({})", group.group, group.lane, megabytes(group.reclaimable));
    for member in std::iter::once(&group.keeper).chain(&group.members) {
        let sign = match (member.selected, member.protected) {
            (true, _) => "trash",
            (false, true) => "locked",
            (false, false) => "keep",
        };
        text.push_str(&format!("\n  {sign:<7} {}  ({})", printable(&member.path), member.why));
    }
    text
}

/// `gets      /photos/1.jpg: 4 stars, a pick, tag Family, album Coast`.
fn passed_text(passed: &PassedLine) -> String {
    let stars = passed.stars.map(|stars| match stars {
        1 => "1 star".to_owned(),
        stars => format!("{stars} stars"),
    });
    let pick = passed.pick.then(|| "a pick".to_owned());
    let label = passed.label.clone();
    let tags = passed.tags.iter().map(|tag| format!("tag {tag}"));
    let albums = passed.albums.iter().map(|album| format!("album {album}"));
    let all: Vec<String> = stars.into_iter().chain(pick).chain(label).chain(tags).chain(albums).collect();
    format!("{:<9} {}: {}", "gets", printable(&passed.path), printable(&all.join(", ")))
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
