//! Looks whether everything is as it should be, and repairs what can be made again.

use likeness_domain::{JobContext, PhotoId};
use likeness_neighbors::{Query, SearchOptions};
use likeness_store::{Finding, FindingState, FolderState, PhotoQuery};

use crate::eye::Eye;
use crate::thumbnails::ThumbnailSize;
use crate::{Error, Library, Scope, WithEmbeddings};

/// Whether to mend what can be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Repair {
    Yes,
    No,
}

/// Photos asked of the catalog at a time.
const PAGE: usize = 1024;
/// Photos that are asked about themselves to check the vectors.
const VECTOR_SAMPLE: usize = 50;

impl Library {
    /// Checks version, model, folders, catalog, vectors and thumbnails. Nothing that the user decided is ever touched.
    ///
    /// # Errors
    /// When the catalog cannot be read at all, or the job is cancelled.
    pub fn doctor(&self, ctx: &JobContext, repair: Repair) -> Result<Vec<Finding>, Error> {
        let mut findings = vec![
            ok(
                "version",
                format!(
                    "Likeness {}, SQLite {}",
                    env!("CARGO_PKG_VERSION"),
                    likeness_store::sqlite_version()
                ),
            ),
            self.check_model(),
        ];
        findings.extend(self.check_folders()?);
        findings.extend(self.check_catalog(repair)?);
        findings.push(self.check_thumbnails(ctx, repair)?);
        findings.push(self.check_vectors(ctx, repair)?);
        Ok(findings)
    }

    fn check_model(&self) -> Finding {
        match self.model() {
            Ok(model) => ok("model", format!("{} on {}", model.tag(), model.device_name())),
            Err(error) => failed("model", error.to_string()),
        }
    }

    fn check_folders(&self) -> Result<Vec<Finding>, Error> {
        let folders = self.store.folders()?;
        let finding = |path: String, state| match state {
            FolderState::Online => ok("folder", format!("{path} is online")),
            FolderState::Waiting => ok("folder", format!("{path} waits for its first scan")),
            FolderState::Offline => ok("folder", format!("{path} is offline; nothing in it is lost")),
        };
        folders
            .into_iter()
            .map(|row| {
                let state = self.look_at_root(&crate::roots::Root::of(&row))?;
                Ok(finding(row.path.display().to_string(), state))
            })
            .collect()
    }

    fn check_catalog(&self, repair: Repair) -> Result<Vec<Finding>, Error> {
        Ok(match repair {
            Repair::Yes => self.store.repair()?,
            Repair::No => self.store.check()?,
        })
    }

    /// Every photo that can be reached has both thumbnails, whole.
    fn check_thumbnails(&self, ctx: &JobContext, repair: Repair) -> Result<Finding, Error> {
        let photos: Vec<PhotoId> =
            self.store.shape(&PhotoQuery::default())?.into_iter().map(|row| row.photo).collect();
        let mut bad = Vec::new();
        for page in photos.chunks(PAGE) {
            ctx.check()?;
            let rows = self.store.photos(page)?;
            bad.extend(rows.iter().filter(|row| !self.thumbnails.are_whole(&row.hash)).map(|row| row.id));
        }
        if bad.is_empty() {
            return Ok(ok("thumbnails", format!("{} photos have theirs", photos.len())));
        }
        if repair == Repair::No {
            return Ok(failed("thumbnails", format!("{} of {} photos lack theirs", bad.len(), photos.len())));
        }
        let mut left = 0;
        for photo in &bad {
            ctx.check()?;
            self.thumbnails.remove(&self.hash_of(*photo)?)?;
            left += u64::from(self.thumbnail(*photo, ThumbnailSize::Small).is_err());
        }
        Ok(match left {
            0 => Finding {
                check: "thumbnails",
                state: FindingState::Repaired,
                detail: format!("{} were made again", bad.len()),
            },
            left => failed("thumbnails", format!("{left} cannot be made while their photos are away")),
        })
    }

    /// Every photo that has an embedding is found by its own look.
    fn check_vectors(&self, ctx: &JobContext, repair: Repair) -> Result<Finding, Error> {
        let Ok(eye) = self.eye() else { return Ok(ok("vectors", "no model, no vectors".into())) };
        let tag = eye.model.tag();
        if repair == Repair::Yes && self.store.count_without_embedding(tag)? > 0 {
            self.refresh(ctx, &Scope::Everything, WithEmbeddings::Yes)?;
        }
        let stamp = self.store.embedding_stamp(tag)?;
        match self.unfindable_photo(&eye) {
            Ok(None) => {}
            Ok(Some(photo)) => {
                return Ok(failed("vectors", format!("photo {photo} is not found by its own look")));
            }
            // Damage is what a check is for.
            Err(Error::Store(error @ likeness_store::Error::Corrupt { .. })) => {
                return Ok(failed("vectors", error.to_string()));
            }
            Err(error) => return Err(error),
        }
        let without = self.store.count_without_embedding(tag)?;
        Ok(ok("vectors", format!("{} by {tag}, {without} photos wait for theirs", stamp.count)))
    }

    /// The first of a sample of photos whose own embedding does not lead back to it.
    fn unfindable_photo(&self, eye: &Eye) -> Result<Option<PhotoId>, Error> {
        let shape = self.store.shape(&PhotoQuery::default())?;
        let step = shape.len().div_ceil(VECTOR_SAMPLE).max(1);
        for row in shape.iter().step_by(step) {
            let Some(embedding) = self.store.embedding(row.photo, eye.model.tag())? else { continue };
            let query = Query::like(embedding);
            let found = eye
                .vectors()
                .ask(&self.store, |index| index.nearest(&query, &SearchOptions::nearest(1)))??;
            if found.first().is_none_or(|nearest| nearest.distance > 1e-3) {
                return Ok(Some(row.photo));
            }
        }
        Ok(None)
    }
}

fn ok(check: &'static str, detail: String) -> Finding {
    Finding { check, state: FindingState::Ok, detail }
}

fn failed(check: &'static str, detail: String) -> Finding {
    Finding { check, state: FindingState::Failed, detail }
}
