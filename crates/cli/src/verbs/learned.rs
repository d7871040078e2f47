//! `albums` about what Likeness suggests and proposes by itself.

use likeness_api::Session;
use likeness_api::lines::ProposalLine;
use likeness_api::wire::Failure;

use super::Run;
use crate::arguments::decisions::SuggestionAction;
use crate::progress::with_progress;

impl Run {
    pub(super) fn suggestions(&self, session: &Session, action: &SuggestionAction) -> Result<(), Failure> {
        match action {
            SuggestionAction::Suggested { suggestion } => {
                let lines = session.suggested_albums(*suggestion)?;
                if lines.is_empty() {
                    self.say("nothing is suggested; let photos be grouped: likeness clusters --save");
                }
                self.print_clusters(&lines);
            }
            SuggestionAction::Keep { suggestions, name, within } => {
                let lines = session.keep_suggestions(suggestions, name.as_deref(), within.as_deref())?;
                lines.iter().for_each(|line| self.print_album(line));
            }
            SuggestionAction::Name { suggestion, name } => session.rename_suggestion(*suggestion, name)?,
            SuggestionAction::Pin { suggestion } => session.pin_suggestion(*suggestion)?,
            SuggestionAction::Dismiss { suggestions } => session.dismiss_suggestions(suggestions)?,
            SuggestionAction::Split { suggestion } => session.split_suggestion(*suggestion)?,
            SuggestionAction::Merge { suggestions } => session.merge_suggestions(suggestions)?,
            SuggestionAction::Teach { album, photos } => {
                let lines = with_progress(self.show, |job| session.teach(job, album, photos))?;
                self.print_proposals(&lines);
            }
            SuggestionAction::Yes(typed) => {
                let answer = |job: &_| session.answer_proposals(job, &typed.album, &typed.photos, &[]);
                self.print_proposals(&with_progress(self.show, answer)?);
            }
            SuggestionAction::No(typed) => {
                let answer = |job: &_| session.answer_proposals(job, &typed.album, &[], &typed.photos);
                self.print_proposals(&with_progress(self.show, answer)?);
            }
        }
        Ok(())
    }

    fn print_proposals(&self, lines: &[ProposalLine]) {
        if lines.is_empty() {
            self.say("nothing to propose now");
        }
        self.print_all(lines, &["ID", "SURE", "FILE"], &[0, 1], |line| {
            vec![line.id.to_string(), format!("{:.2}", line.confidence), line.path.clone()]
        });
    }
}
