//! What the command line runs: the same library, without following its folders, one verb at a time.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use likeness_domain::{FolderId, JobContext, Likeness, PhotoId, RelativePath};
use likeness_library::store::{FindingState, FolderRow, PhotoQuery, PhotoRow, Sort};
use likeness_library::{
    Accuracy, Library, Metric, Notice, Question, Repair, Scope, Subject, Summary, WithEmbeddings,
};

use crate::embed::check_model;
use crate::failure::{self, Words};
use crate::filter::{flag_text, photo_query};
use crate::lines::{ChangeLine, CheckLine, FolderLine, PhotoLine, ProblemLine, ScanLine, SimilarLine};
use crate::open::{Options, open};
use crate::times::{capture_time_text, day_end_ms, day_start_ms};
use crate::wire::{Failure, FlagWord, LabelWord, OrientationWord, PhotoFilter, RegionBox};
use crate::{JobControl, Progress, convert};

mod cleanup;
mod decisions;
mod learned;
mod map;
mod sidecars;

pub use cleanup::{AskDuplicates, CleanupLines, LastCopies};
pub use map::{AskMap, MapLines, MapMethod, MapScope};

/// An open library for one verb.
pub struct Session {
    pub(crate) library: Library,
}

/// How a verb says how far it is, and how it is stopped.
pub struct Job(pub(crate) JobContext);

impl Job {
    /// `report` is called from worker threads, often; `control` stops the job.
    pub fn new(control: JobControl, report: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self(JobContext::new(control, report))
    }
}

/// What `photos` lists, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListPhotos {
    /// A source folder, or a folder below one.
    pub folder: Option<PathBuf>,
    /// `2024`, `2024-05` or `2024-05-01`: from its start.
    pub since: Option<String>,
    /// The same: to its end.
    pub until: Option<String>,
    /// Part of the camera's name.
    pub camera: Option<String>,
    /// Part of the lens's name.
    pub lens: Option<String>,
    /// At least so many stars.
    pub rating: Option<u8>,
    /// A flag's word.
    pub flag: Option<FlagWord>,
    /// A label's word.
    pub label: Option<LabelWord>,
    /// All of these tags, each itself or one below it.
    pub tags: Vec<String>,
    /// An album.
    pub album: Option<String>,
    /// A format's word.
    pub format: Option<String>,
    /// Which side is longer.
    pub orientation: Option<OrientationWord>,
    /// At least so many bytes.
    pub min_size: Option<u64>,
    /// At most so many bytes.
    pub max_size: Option<u64>,
    /// Part of a file's name.
    pub name: Option<String>,
    /// Photos that all are to look like, together: ids, or files of the library.
    pub like: Vec<OsString>,
    /// The order.
    pub sort: Sort,
    /// At most so many.
    pub limit: Option<u64>,
}

impl ListPhotos {
    /// Whether nothing is left out because of what it is.
    pub fn is_everything(&self) -> bool {
        let asks_nothing = Self { sort: self.sort, limit: self.limit, ..Self::default() };
        *self == asks_nothing
    }
}

/// What `similar` answers.
#[derive(Debug, Clone)]
pub struct SimilarLines {
    /// Best first.
    pub results: Vec<SimilarLine>,
    /// Photos that cannot be found by look yet: while this is not 0 the answer is incomplete.
    pub not_yet_findable: u64,
}

/// What `similar` asks, as it was typed: photos are ids or files.
#[derive(Debug, Clone)]
pub struct AskSimilar {
    /// Look like all of these.
    pub like: Vec<OsString>,
    /// Look less like these.
    pub less: Vec<OsString>,
    /// At most so many results.
    pub limit: usize,
    /// How likeness is measured.
    pub metric: Metric,
    /// Quick or exact.
    pub accuracy: Accuracy,
    /// Only this part of the one photo asked about.
    pub region: Option<RegionBox>,
    /// Only answer with this model.
    pub model: Option<String>,
}

impl Session {
    /// Opens the library, and makes it when there is none.
    ///
    /// # Errors
    /// When the catalog cannot be opened.
    pub fn open(options: &Options) -> Result<Self, Failure> {
        Ok(Self { library: open(options)? })
    }

    /// Adds folders, then looks at them.
    ///
    /// # Errors
    /// When a path is no folder, or the work cannot go on.
    pub fn add(
        &self,
        job: &Job,
        folders: &[PathBuf],
        embeddings: WithEmbeddings,
    ) -> Result<ScanLine, Failure> {
        let rows = folders
            .iter()
            .map(|path| self.library.add_folder(path).in_words())
            .collect::<Result<Vec<_>, _>>()?;
        self.refresh(job, rows.iter().map(|row| Scope::Folder(row.id)).collect(), embeddings)
    }

    /// Looks again at some source folders, or at all when none is named.
    ///
    /// # Errors
    /// When a path is no source folder, or the work cannot go on.
    pub fn scan(
        &self,
        job: &Job,
        folders: &[PathBuf],
        embeddings: WithEmbeddings,
    ) -> Result<ScanLine, Failure> {
        let scopes = match folders {
            [] => vec![Scope::Everything],
            folders => folders
                .iter()
                .map(|path| self.source_folder(path).map(|row| Scope::Folder(row.id)))
                .collect::<Result<_, _>>()?,
        };
        self.refresh(job, scopes, embeddings)
    }

    fn refresh(
        &self,
        job: &Job,
        scopes: Vec<Scope>,
        embeddings: WithEmbeddings,
    ) -> Result<ScanLine, Failure> {
        let mut line = ScanLine::default();
        // One folder may be named twice, and be counted once.
        let mut done = Vec::with_capacity(scopes.len());
        for scope in scopes {
            if done.contains(&scope) {
                continue;
            }
            let summary = self.library.refresh(&job.0, &scope, embeddings).in_words()?;
            line.add(&summary);
            done.push(scope);
        }
        Ok(line)
    }

    /// Follows the folders until `control` cancels, and calls `on_change` for every file that changed, whichever process
    /// read it, `on_failure` when work could not go on.
    ///
    /// # Errors
    /// When the system cannot watch folders, or the catalog cannot be read any more.
    pub fn watch(
        &self,
        control: &JobControl,
        on_change: impl Fn(ChangeLine),
        on_failure: impl Fn(Failure) + Send + Sync + 'static,
    ) -> Result<(), Failure> {
        let _heard = self.library.listen(move |notice| {
            if let Notice::Failed(error) = notice {
                on_failure(failure::of(error));
            }
        });
        let mut changes = self.library.file_changes().in_words()?;
        let _following = self.library.follow().in_words()?;
        while !control.is_cancelled() {
            std::thread::sleep(std::time::Duration::from_millis(100));
            for (change, path) in changes.take().in_words()? {
                on_change(ChangeLine { event: change.word(), path: path.display().to_string() });
            }
        }
        Ok(())
    }

    /// Source folders.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn folders(&self) -> Result<Vec<FolderLine>, Failure> {
        let line = |row: FolderRow| FolderLine {
            path: row.path.display().to_string(),
            state: row.state.word(),
            photos: row.photos,
            problems: row.problems,
            rank: row.rank.map(|rank| rank + 1),
        };
        self.library.look_at_roots().in_words()?;
        Ok(self.library.catalog().folders().in_words()?.into_iter().map(line).collect())
    }

    /// Forgets a source folder.
    ///
    /// # Errors
    /// When there is no such source folder.
    pub fn remove_folder(&self, path: &Path) -> Result<(), Failure> {
        let row = self.source_folder(path)?;
        self.library.remove_folder(row.id).in_words()
    }

    /// Points a source folder at another place, and looks there.
    ///
    /// # Errors
    /// When there is no such source folder, or no folder at the new place.
    pub fn relink_folder(&self, job: &Job, old: &Path, new: &Path) -> Result<ScanLine, Failure> {
        let row = self.source_folder(old)?;
        self.library.relink_folder(row.id, new).in_words()?;
        self.refresh(job, vec![Scope::Folder(row.id)], WithEmbeddings::Yes)
    }

    /// Puts source folders in order: of near-duplicates, what lies in the first stays rather. The others have no place in it
    /// any more.
    ///
    /// # Errors
    /// When one of them is no source folder.
    pub fn order_folders(&self, paths: &[PathBuf]) -> Result<(), Failure> {
        let order: Vec<FolderId> =
            paths.iter().map(|path| Ok(self.source_folder(path)?.id)).collect::<Result<_, Failure>>()?;
        self.library.set_folder_order(&order).in_words()
    }

    /// Photos that match.
    ///
    /// # Errors
    /// When a filter is not understood.
    pub fn photos(&self, list: &ListPhotos) -> Result<Vec<PhotoLine>, Failure> {
        let rows = self.library.query_photos(self.photo_query(list)?).in_words()?;
        Ok(rows.iter().map(photo_line).collect())
    }

    fn photo_query(&self, list: &ListPhotos) -> Result<PhotoQuery, Failure> {
        let day = |text: &Option<String>, read: fn(&str) -> Option<i64>| match text {
            None => Ok(None),
            Some(text) => read(text).map(Some).ok_or_else(|| {
                failure::wrong_usage(format!("\"{text}\" is no day"), "Write 2024, 2024-05 or 2024-05-01.")
            }),
        };
        let (folder, below) = match &list.folder {
            None => (None, None),
            Some(path) => {
                let (row, below) = self.place_in_library(path)?;
                (Some(row.id), Some(below))
            }
        };
        let filter = PhotoFilter {
            camera: list.camera.clone(),
            lens: list.lens.clone(),
            stars_at_least: list.rating,
            flag: list.flag,
            label: list.label,
            tags: list.tags.clone(),
            format: list.format.as_ref().map(|word| word.to_lowercase()),
            orientation: list.orientation,
            name: list.name.clone(),
            ..PhotoFilter::default()
        };
        Ok(PhotoQuery {
            folder,
            below,
            since_ms: day(&list.since, day_start_ms)?,
            until_ms: day(&list.until, day_end_ms)?.map(|end| end - 1),
            album: list.album.as_deref().map(|album| self.album_id(album)).transpose()?,
            bytes_at_least: list.min_size,
            bytes_at_most: list.max_size,
            similar_to: self.photo_ids(&list.like)?,
            sort: list.sort,
            limit: list.limit,
            ..photo_query(&filter)?
        })
    }

    /// Files with a problem.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn problems(&self) -> Result<Vec<ProblemLine>, Failure> {
        let rows = self.library.catalog().problems().in_words()?;
        Ok(rows
            .into_iter()
            .map(|row| ProblemLine {
                path: row.path.display().to_string(),
                stage: row.stage.word(),
                reason: row.reason,
            })
            .collect())
    }

    /// Photos that look like others.
    ///
    /// # Errors
    /// When a photo is unknown or cannot be read, or the model is another than asked for.
    pub fn similar(&self, ask: &AskSimilar) -> Result<SimilarLines, Failure> {
        check_model(ask.model.as_deref(), self.library.model().in_words()?.tag())?;
        let subjects =
            |typed: &[OsString]| typed.iter().map(|typed| self.subject(typed)).collect::<Result<_, _>>();
        let question = Question {
            like: subjects(&ask.like)?,
            less: subjects(&ask.less)?,
            region: ask.region.map(convert::region).transpose()?,
            metric: ask.metric,
            accuracy: ask.accuracy,
            limit: ask.limit,
        };
        let answer = self.library.similar(&question).in_words()?;
        let results = answer
            .results
            .into_iter()
            .map(|similar| SimilarLine {
                id: similar.photo.id.0,
                path: similar.photo.path.display().to_string(),
                score: similar.score,
                distance: similar.distance,
                word: likeness_text(similar.word),
            })
            .collect();
        Ok(SimilarLines { results, not_yet_findable: answer.not_yet_findable })
    }

    /// A number is an id, unless a file of that name is there.
    fn subject(&self, typed: &OsStr) -> Result<Subject, Failure> {
        let path = Path::new(typed);
        if path.is_file() {
            return Ok(Subject::File(path.to_path_buf()));
        }
        match typed.to_string_lossy().parse() {
            Ok(id) => self.library.photo(PhotoId(id)).in_words().map(|_| Subject::Photo(PhotoId(id))),
            Err(_) => Err(failure::neither_file_nor_id(typed)),
        }
    }

    /// Checks everything, and mends what can be made again when asked.
    ///
    /// # Errors
    /// When the catalog cannot be read at all.
    pub fn doctor(&self, job: &Job, repair: Repair) -> Result<Vec<CheckLine>, Failure> {
        let findings = self.library.doctor(&job.0, repair).in_words()?;
        let state = |state| match state {
            FindingState::Ok => "ok",
            FindingState::Repaired => "repaired",
            FindingState::Failed => "failed",
        };
        Ok(findings
            .into_iter()
            .map(|finding| CheckLine {
                check: finding.check,
                state: state(finding.state),
                detail: finding.detail,
            })
            .collect())
    }

    fn source_folder(&self, path: &Path) -> Result<FolderRow, Failure> {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let rows = self.library.catalog().folders().in_words()?;
        rows.into_iter()
            .find(|row| row.path == real || row.path == path)
            .ok_or_else(|| failure::no_source_folder(path))
    }

    fn place_in_library(&self, path: &Path) -> Result<(FolderRow, RelativePath), Failure> {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let rows = self.library.catalog().folders().in_words()?;
        let place = |row: FolderRow| {
            let below = RelativePath::of(&row.path, &real)?;
            Some((row, below))
        };
        rows.into_iter()
            .filter_map(place)
            .max_by_key(|(row, _)| row.path.as_os_str().len())
            .ok_or_else(|| failure::not_in_library(path))
    }
}

fn photo_line(row: &PhotoRow) -> PhotoLine {
    PhotoLine {
        id: row.id.0,
        path: row.path.display().to_string(),
        taken: row.facts.taken.as_ref().and_then(capture_time_text),
        width: row.facts.width,
        height: row.facts.height,
        format: row.facts.format.word(),
        camera: row.facts.camera.clone(),
        size: row.size_bytes,
        rating: row.decisions.rating.stars(),
        flag: flag_text(row.decisions.flag),
        label: row.decisions.label.word(),
    }
}

fn likeness_text(word: Likeness) -> &'static str {
    match word {
        Likeness::Same => "same",
        Likeness::VeryClose => "very close",
        Likeness::Related => "related",
        Likeness::Unrelated => "unrelated",
    }
}

impl ScanLine {
    fn add(&mut self, summary: &Summary) {
        self.files += summary.files;
        self.photos += summary.photos;
        self.new += summary.new;
        self.changed += summary.changed;
        self.moved += summary.moved;
        self.missing += summary.missing;
        self.problems += summary.problems;
        self.opened += summary.opened;
        self.seconds += summary.seconds;
        self.offline.extend(summary.offline.iter().map(|path| path.display().to_string()));
    }
}
