//! Tags and albums, typed.

use likeness_api::lines::{AlbumLine, DecidedLine};
use likeness_api::wire::Failure;

use super::{Run, print_unread};
use crate::arguments::decisions::{
    AlbumAction, Albums, CreateAlbum, TagAction, Tags, Vocabulary, VocabularyAction,
};
use crate::output::{Outcome, print_line, printable};

impl Run {
    pub(super) fn tags(&self, tags: &Tags) -> Result<Outcome, Failure> {
        let session = self.session()?;
        match &tags.action {
            None => {
                let lines = session.tags(&tags.photos)?;
                if lines.is_empty() {
                    self.say("no tags; give some with: likeness tags confirm TAG PHOTO");
                }
                self.print_all(&lines, &["ID", "STATE", "CONFIDENCE", "TAG"], &[0, 2], |line| {
                    vec![
                        line.id.to_string(),
                        line.state.into(),
                        format!("{:.2}", line.confidence),
                        line.tag.clone(),
                    ]
                });
                Ok(Outcome::Done)
            }
            Some(TagAction::Confirm(typed)) => {
                Ok(self.print_decided(session.confirm_tag(&typed.tag, &typed.photos)?, "tagged"))
            }
            Some(TagAction::Reject(typed)) => {
                Ok(self.print_decided(session.reject_tag(&typed.tag, &typed.photos)?, "untagged"))
            }
            Some(TagAction::Vocabulary(vocabulary)) => self.vocabulary(vocabulary),
        }
    }

    fn vocabulary(&self, vocabulary: &Vocabulary) -> Result<Outcome, Failure> {
        let session = self.session()?;
        match &vocabulary.action {
            None => {
                let lines = session.vocabulary()?;
                if lines.is_empty() {
                    self.say("no tags yet; give some with: likeness tags confirm TAG PHOTO");
                }
                self.print_all(&lines, &["PHOTOS", "TAG"], &[0], |line| {
                    vec![line.photos.to_string(), line.tag.clone()]
                });
            }
            Some(VocabularyAction::Rename { old, new }) => {
                session.rename_tag(old, new)?;
                self.say(&format!("{old} is {new} now"));
            }
            Some(VocabularyAction::Merge { tags, into }) => {
                session.merge_tags(tags, into)?;
                self.say(&format!("all of them are {into} now"));
            }
            Some(VocabularyAction::Remove { tag }) => {
                session.delete_tag(tag)?;
                self.say(&format!("no photo has the tag {tag} any more"));
            }
        }
        Ok(Outcome::Done)
    }

    pub(super) fn albums(&self, albums: &Albums) -> Result<Outcome, Failure> {
        let session = self.session()?;
        match &albums.action {
            AlbumAction::List => {
                let lines = session.albums()?;
                if lines.is_empty() {
                    self.say("no albums yet; make one with: likeness albums create NAME PHOTO");
                }
                self.print_all(&lines, &["ID", "PHOTOS", "KIND", "ALBUM"], &[0, 1], |line| {
                    vec![line.id.to_string(), line.photos.to_string(), line.kind.into(), line.album.clone()]
                });
            }
            AlbumAction::Learned(action) => self.suggestions(&session, action)?,
            AlbumAction::Show { album } => {
                let lines = session.album(album)?;
                if lines.is_empty() {
                    self.say("no photos in it; add some with: likeness albums add ALBUM PHOTO");
                }
                self.print_photos(&lines);
            }
            AlbumAction::Create(create) => self.print_album(&self.create_album(create)?),
            AlbumAction::Add(typed) => {
                let added = session.add_to_album(&typed.album, &typed.photos)?;
                self.print_decided(added, "added");
            }
            AlbumAction::Remove(typed) => {
                let removed = session.remove_from_album(&typed.album, &typed.photos)?;
                self.print_decided(removed, "taken out");
            }
            AlbumAction::Rename { album, name } => self.print_album(&session.rename_album(album, name)?),
            AlbumAction::Move { album, within } => {
                self.print_album(&session.move_album(album, within.as_deref())?);
            }
            AlbumAction::Cover { album, photo } => {
                self.print_album(&session.set_album_cover(album, photo.as_deref())?);
            }
            AlbumAction::Delete { album } => {
                session.delete_album(album)?;
                self.say(&format!("no album {album} any more; its photos stay in the library"));
            }
            AlbumAction::Export { album, folder } => {
                let (copies, problems) = session.export_album(album, folder)?;
                for copy in &copies {
                    print_line(self.form, copy, || printable(&copy.to));
                }
                print_unread(&problems);
                return Ok(Outcome::with_problems(problems.len() as u64));
            }
        }
        Ok(Outcome::Done)
    }

    fn create_album(&self, create: &CreateAlbum) -> Result<AlbumLine, Failure> {
        let list = create.filters.list();
        self.session()?.create_album(&create.name, create.within.as_deref(), &create.photos, &list)
    }

    pub(super) fn print_album(&self, line: &AlbumLine) {
        print_line(self.form, line, || {
            format!("{} ({}): {} photos", printable(&line.album), line.kind, line.photos)
        });
    }

    fn print_decided(&self, photos: u64, how: &str) -> Outcome {
        print_line(self.form, &DecidedLine { photos }, || format!("{photos} photos {how}"));
        Outcome::Done
    }
}
