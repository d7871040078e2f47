//! `duplicates`, `cleanup` and `trash` on the command line.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use likeness_domain::{CleanupId, PhotoId};
use likeness_library::act::{Outcome, PassOn, Plan, Report, Stopped, Survivor, Unit, Went};
use likeness_library::store::{JournalFile, JournalUnit};
use likeness_library::{
    Among, AskGroups, Bond, Choice, ChosenFolder, Criterion, DuplicateGroup, How, KeptBy, Lane, Member,
    SeenFile, Strictness,
};

use crate::cleanup::passed_on;
use crate::failure::{self, Words};
use crate::lines::{CleanupLine, DuplicateLine, DuplicatesLine, HistoryLine, PassedLine};
use crate::session::{Job, Session};
use crate::times::instant_text;
use crate::wire::{Failure, PassedOn};
use crate::wire_path::to_text;

/// What `duplicates` and `cleanup` look at, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct AskDuplicates {
    /// This lane and the surer ones.
    pub until: Option<Lane>,
    /// How alike photos must be.
    pub strictness: Strictness,
    /// Which pairs are looked at.
    pub among: Among,
    /// Only pairs in different ones of these folders, two or more; none for all.
    pub between: Vec<PathBuf>,
    /// Groups with a file in this folder, or a folder below it.
    pub folder: Option<PathBuf>,
    /// What decides which of them stays, first things first, before the library's own order.
    pub keep: Vec<Criterion>,
}

/// What becomes of a photo of which nothing like it would stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastCopies {
    /// It is refused.
    Stay,
    /// It goes.
    Go,
}

/// What came of moving files.
#[derive(Debug, Default)]
pub struct CleanupLines {
    /// The clean-up's number, when something was done.
    pub cleanup: Option<i64>,
    /// File by file.
    pub lines: Vec<CleanupLine>,
    /// Of a plan, what photos that stay would get.
    pub passed: Vec<PassedLine>,
    /// Bytes that are or would be free, or that came back.
    pub bytes: u64,
    /// Files that went or came back, or would.
    pub files: usize,
    /// Pictures that stayed where they were.
    pub problems: u64,
    /// Why it ended early.
    pub stopped: Option<Failure>,
}

impl Session {
    /// Compares photos that were not compared yet, and tells the groups.
    ///
    /// # Errors
    /// When the job is cancelled, the folder is no source folder, or the catalog cannot be read or written.
    pub fn duplicates(&self, job: &Job, ask: &AskDuplicates) -> Result<Vec<DuplicatesLine>, Failure> {
        let groups = self.duplicate_groups(job, ask)?;
        Ok(groups.iter().enumerate().map(|(at, group)| duplicates_line(at + 1, group, ask)).collect())
    }

    /// What would be moved to the trash of the groups that are asked for: what is selected in each.
    ///
    /// # Errors
    /// As [`duplicates`](Self::duplicates).
    pub fn plan_cleanup(&self, job: &Job, ask: &AskDuplicates, pass_on: PassOn) -> Result<Plan, Failure> {
        let groups = self.duplicate_groups(job, ask)?;
        let choices: Vec<Choice> =
            groups.iter().flat_map(|group| group.choices(|member| goes(member, group, ask))).collect();
        self.library.plan_cleanup(&choices, pass_on).in_words()
    }

    /// What would be moved to the trash of these: of an id all files of the photo, of a file that one. What would leave
    /// nothing like it is refused, unless `last_copies` go as well.
    ///
    /// # Errors
    /// When one is no photo of the library, or the catalog cannot be read.
    pub fn plan_trash(&self, photos: &[OsString], last_copies: LastCopies) -> Result<Plan, Failure> {
        let mut files = Vec::new();
        for typed in photos {
            let photo = self.photo_id(typed)?;
            let mut members = self.library.catalog().member_files(&[photo]).in_words()?;
            if let Ok(real) = Path::new(typed).canonicalize() {
                members.retain(|member| member.place.absolute() == real);
            }
            files.extend(members.iter().map(|member| SeenFile { file: member.file, photo }));
        }
        let confirmed: BTreeSet<PhotoId> = match last_copies {
            LastCopies::Stay => BTreeSet::new(),
            LastCopies::Go => files.iter().map(|seen| seen.photo).collect(),
        };
        self.library.plan_trash(&files, &confirmed).in_words()
    }

    /// Carries a plan out.
    ///
    /// # Errors
    /// When it could not even be begun; then nothing was touched.
    pub fn clean_up(&self, job: &Job, plan: &Plan) -> Result<CleanupLines, Failure> {
        let report = self.library.clean_up(&job.0, plan).in_words()?;
        let mut lines = self.report_lines(&report, "trash", "trashed");
        lines.problems += plan.refused().len() as u64;
        lines.lines.extend(refused_lines(plan));
        Ok(lines)
    }

    /// Puts back what a clean-up moved; the last one, when none is named.
    ///
    /// # Errors
    /// When there is none.
    pub fn undo_cleanup(&self, job: &Job, cleanup: Option<i64>) -> Result<CleanupLines, Failure> {
        let last = || self.library.catalog().last_cleanup().in_words();
        let cleanup = match cleanup {
            Some(cleanup) => CleanupId(cleanup),
            None => last()?.ok_or_else(failure::nothing_in_trash)?,
        };
        let report = self.library.undo_cleanup(&job.0, cleanup).in_words()?;
        Ok(self.report_lines(&report, "restore", "restored"))
    }

    /// What was cleaned up, the newest first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn cleanup_history(&self) -> Result<Vec<HistoryLine>, Failure> {
        let rows = self.library.cleanups().in_words()?;
        let line = |row: &likeness_library::store::CleanupRow| HistoryLine {
            cleanup: row.id.0,
            kind: row.kind.word(),
            begun: instant_text(row.begun_ms),
            in_trash: row.in_trash,
            bytes: row.bytes,
            restored: row.restored,
            failed: row.failed,
        };
        Ok(rows.iter().map(line).collect())
    }

    /// What became of each file of a clean-up.
    ///
    /// # Errors
    /// When there is no such clean-up.
    pub fn cleanup_files(&self, cleanup: i64) -> Result<Vec<CleanupLine>, Failure> {
        let units = self.library.cleanup_units(CleanupId(cleanup)).in_words()?;
        Ok(units.iter().flat_map(unit_lines).collect())
    }

    fn duplicate_groups(&self, job: &Job, ask: &AskDuplicates) -> Result<Vec<DuplicateGroup>, Failure> {
        let folder = ask.folder.as_deref().map(|folder| self.place_in_library(folder)).transpose()?;
        let among = self.among(ask)?;
        self.library.find_near_duplicates(&job.0).in_words()?;
        let until = ask.until.unwrap_or(Lane::Edits);
        let asked = AskGroups { strictness: ask.strictness, among, keep: ask.keep.clone(), until };
        let mut groups = self.library.duplicate_groups(&asked).in_words()?.to_vec();
        if let Some((source, below)) = folder {
            let folder = below.below(&source.path);
            let lies_there = |member: &Member| member.path.starts_with(&folder);
            groups.retain(|group| lies_there(&group.keeper) || group.members.iter().any(lies_there));
        }
        Ok(groups)
    }

    /// Which pairs are looked at, with the folders that were typed.
    fn among(&self, ask: &AskDuplicates) -> Result<Among, Failure> {
        if ask.between.is_empty() {
            return Ok(ask.among.clone());
        }
        if !matches!(ask.among, Among::Everything | Among::DifferentFolders(_)) {
            let what = "pairs between folders lie in different ones";
            return Err(failure::wrong_usage(what, "Leave --among out, or the folders."));
        }
        let mut chosen = Vec::new();
        for typed in &ask.between {
            let (source, path) = self.place_in_library(typed)?;
            let folder = ChosenFolder { source: source.id, path };
            if !chosen.contains(&folder) {
                chosen.push(folder);
            }
        }
        match chosen.len() {
            1 => Err(failure::wrong_usage(
                "pairs lie between two folders or more",
                "Name another folder: --between FOLDER",
            )),
            _ => Ok(Among::DifferentFolders(chosen)),
        }
    }
}

/// Of copies what is selected; of the other lanes, when they were asked for by name, what nothing speaks against. The list says
/// the same of a file as a clean-up of the same words does with it.
fn goes(member: &Member, group: &DuplicateGroup, ask: &AskDuplicates) -> bool {
    let is_named = ask.until.is_some() && group.lane > Lane::Copies;
    let is_free = member.bond.is_none() && !group.is_back() && !member.is_protected;
    member.is_selected || (is_named && is_free)
}

impl Session {
    /// What a plan would do, and what passes on to what stays.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn plan_lines(&self, plan: &Plan) -> Result<CleanupLines, Failure> {
        let lines: Vec<CleanupLine> = plan.units().iter().flat_map(planned_lines).collect();
        let stays: HashMap<i64, String> = plan.units().iter().filter_map(what_stays).collect();
        let passed = passed_on(&self.library, plan)?;
        let passed = passed.into_iter().map(|passed| passed_line(passed, &stays)).collect();
        Ok(CleanupLines {
            cleanup: None,
            files: lines.len(),
            bytes: plan.freed_bytes(),
            problems: plan.refused().len() as u64,
            lines: lines.into_iter().chain(refused_lines(plan)).collect(),
            passed,
            stopped: None,
        })
    }
}

/// The photo that stays for a unit, and the file of it that does.
fn what_stays(unit: &Unit) -> Option<(i64, String)> {
    match &unit.chosen().survivor {
        Survivor::File { place, .. } => Some((unit.keeper?.0, to_text(&place.absolute()))),
        Survivor::Confirmed => None,
    }
}

fn passed_line(passed: PassedOn, stays: &HashMap<i64, String>) -> PassedLine {
    PassedLine {
        action: "pass",
        id: passed.keeper,
        path: stays.get(&passed.keeper).cloned().unwrap_or_default(),
        to: None,
        state: "stays",
        stars: passed.stars,
        pick: passed.pick,
        label: passed.label,
        tags: passed.tags,
        albums: passed.albums,
    }
}

fn planned_lines(unit: &Unit) -> Vec<CleanupLine> {
    let line = |id: Option<i64>, path: PathBuf, keeper: Option<PathBuf>| CleanupLine {
        action: "trash",
        id,
        path: to_text(&path),
        to: None,
        keeper: keeper.as_deref().map(to_text),
        state: "planned",
        reason: None,
    };
    let stays = |survivor: &Survivor| match survivor {
        Survivor::File { place, .. } => Some(place.absolute()),
        Survivor::Confirmed => None,
    };
    let pictures = unit
        .pictures
        .iter()
        .map(|victim| line(Some(victim.photo.0), victim.place.absolute(), stays(&victim.survivor)));
    let beside = unit.companions.iter().map(|companion| line(None, companion.place.absolute(), None));
    pictures.chain(beside).collect()
}

fn refused_lines(plan: &Plan) -> impl Iterator<Item = CleanupLine> + '_ {
    plan.refused().iter().map(|refused| CleanupLine {
        action: "trash",
        id: Some(refused.photo.0),
        path: to_text(&refused.place.absolute()),
        to: None,
        keeper: None,
        state: "refused",
        reason: Some(refused.reason.to_string()),
    })
}

impl Session {
    fn report_lines(&self, report: &Report, action: &'static str, done: &'static str) -> CleanupLines {
        // What was done is told even where the journal cannot be read any more.
        let units = self.library.cleanup_units(report.cleanup).unwrap_or_default();
        let files = units.iter().flat_map(|unit| &unit.files);
        let lies_at: HashMap<PathBuf, PathBuf> =
            files.filter_map(|file| Some((file.going.place.absolute(), lies_at(file)?))).collect();
        let line = |outcome: &Outcome, path: &PathBuf| {
            let (state, reason) = match &outcome.went {
                Went::Through => (done, None),
                Went::Not(reason) => ("skipped", Some(reason.to_string())),
                Went::Left => ("left", None),
            };
            CleanupLine {
                action,
                id: outcome.photo.map(|photo| photo.0),
                path: to_text(path),
                to: lies_at.get(path).map(|at| to_text(at)),
                keeper: None,
                state,
                reason,
            }
        };
        let (files, bytes) = report.moved();
        let is_problem = |outcome: &&Outcome| matches!(outcome.went, Went::Not(_));
        CleanupLines {
            cleanup: Some(report.cleanup.0),
            lines: report
                .outcomes
                .iter()
                .flat_map(|outcome| outcome.paths.iter().map(move |path| line(outcome, path)))
                .collect(),
            passed: Vec::new(),
            bytes,
            files,
            problems: report.outcomes.iter().filter(is_problem).count() as u64,
            stopped: report.stopped.as_ref().map(stopped),
        }
    }
}

/// Where a file lies that was moved: in the trash, or where it was put back; nowhere once the trash was emptied.
fn lies_at(file: &JournalFile) -> Option<PathBuf> {
    match (file.is_back, &file.back_at) {
        (true, Some(back_at)) => Some(back_at.below(&file.going.place.root)),
        _ => file.in_trash().filter(|_| !file.is_lost).map(PathBuf::from),
    }
}

fn stopped(stopped: &Stopped) -> Failure {
    match stopped {
        Stopped::Cancelled => failure::cancelled(),
        Stopped::NoJournal(error) => failure::no_journal(error),
    }
}

fn unit_lines(unit: &JournalUnit) -> Vec<CleanupLine> {
    let line = |file: &JournalFile| CleanupLine {
        action: if file.is_back { "restore" } else { "trash" },
        id: file.going.photo.map(|photo| photo.0),
        path: to_text(&file.going.place.absolute()),
        to: lies_at(file).as_deref().map(to_text),
        keeper: None,
        state: unit.state.word(),
        reason: unit.reason.clone(),
    };
    unit.files.iter().map(line).collect()
}

fn duplicates_line(number: usize, group: &DuplicateGroup, ask: &AskDuplicates) -> DuplicatesLine {
    let selected = |member: &Member| member.how != How::Itself && goes(member, group, ask);
    let line = |member: &Member| DuplicateLine {
        id: member.photo.0,
        path: to_text(&member.path),
        why: why(member),
        selected: selected(member),
        protected: member.is_protected,
    };
    DuplicatesLine {
        group: number,
        lane: group.lane.word(),
        keeper: line(&group.keeper),
        members: group.members.iter().map(line).collect(),
        reclaimable: group.freed_by(selected),
    }
}

/// How a member is alike, and by what the keeper is kept rather than it.
fn why(member: &Member) -> String {
    let how = match member.how {
        How::Itself => return "stays".to_owned(),
        How::SameBytes => "same bytes".to_owned(),
        How::Picture { alike, area, quarters, mirrored } => {
            let mut words = vec![format!("{:.0} % alike", 100.0 * alike)];
            if area < 0.97 {
                words.push(format!("{:.0} % of the picture", 100.0 * area));
            }
            if quarters > 0 {
                words.push(format!("turned by {} degrees", 90 * quarters.min(4 - quarters)));
            }
            if mirrored {
                words.push("mirrored".to_owned());
            }
            words.join(", ")
        }
    };
    let bond = member.bond.map(|bond| match bond {
        Bond::RawAndPicture => "; raw file and picture of one shot",
        Bond::LivePhoto => "; a Live Photo and its picture",
        Bond::Bracket => "; shots of one series of exposures",
        Bond::Panorama => "; parts of one panorama",
    });
    let kept = member.reason.map(|reason| format!("; the other one {}", is_kept_since(reason)));
    let said = if member.is_settled { "; you decided on it before" } else { "" };
    format!("{how}{}{}{said}", bond.unwrap_or_default(), kept.unwrap_or_default())
}

/// Completes *the other one …*.
fn is_kept_since(reason: KeptBy) -> &'static str {
    let KeptBy::Criterion(criterion) = reason else { return "has more than 8 bits a colour" };
    match criterion {
        Criterion::Format => "is in a better format",
        Criterion::Pixels => "has more pixels",
        Criterion::Compression => "is less compressed",
        Criterion::Sharpness => "is sharper",
        Criterion::Edits => "has edits",
        Criterion::Facts => "has more details of the shot",
        Criterion::Rating => "has more stars",
        Criterion::Albums => "is in more albums",
        Criterion::Folder => "is in a folder that comes before",
        Criterion::Oldest => "is older",
    }
}
