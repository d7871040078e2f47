//! One function per command about near-duplicates and the trash.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use likeness_domain::{
    CleanupId, ColorLabel, FileId, Flag, FolderId, JobContext, PhotoId, Rating, RelativePath,
};
use likeness_library::act::{self, PassOn, Plan, Report, Stopped, Went};
use likeness_library::store::{self, Verdict};
use likeness_library::{
    Among, AskGroups, Choice, ChosenFolder, Criterion, How, Lane, Library, Member, SeenFile, Strictness,
};

use crate::api::Api;
use crate::commands::ids;
use crate::convert::photo_row;
use crate::failure::{self, Words};
use crate::wire::{
    self, AlikeLimits, AmongWord, CleanupPlan, CleanupProblem, CleanupReport, CleanupRow, DuplicateChoice,
    DuplicateGroup, DuplicateMember, DuplicatesAsk, DuplicatesState, Failure, GroupGlance, HowAlikeWord,
    LaneWord, PassedOn, SettledPair, TrashPlan, VerdictWord,
};
use crate::wire_path::to_text;

pub(crate) fn duplicates(api: &Api, ask: DuplicatesAsk) -> Result<DuplicatesState, Failure> {
    let groups = api.library.duplicate_groups(&asked(&ask)).in_words()?;
    let glance = |group: &likeness_library::DuplicateGroup| GroupGlance {
        lane: lane_word(group.lane),
        keeper: group.keeper.photo.0,
        files: 1 + group.members.len() as u32,
        selected: group.members.iter().filter(|member| member.is_selected).count() as u32,
        frees: group.reclaimable() as i64,
    };
    Ok(DuplicatesState {
        groups: groups.iter().map(glance).collect(),
        waiting: api.library.catalog().count_not_compared().in_words()? as i64,
        limits: [HowAlikeWord::Careful, HowAlikeWord::Usual, HowAlikeWord::Generous].map(alike_limits).into(),
    })
}

pub(crate) fn duplicate_groups(
    api: &Api,
    ask: DuplicatesAsk,
    from: u32,
    count: u32,
) -> Result<Vec<DuplicateGroup>, Failure> {
    let groups = api.library.duplicate_groups(&asked(&ask)).in_words()?;
    let part: Vec<_> = groups.iter().skip(from as usize).take(count as usize).collect();
    let members = part.iter().flat_map(|group| group.members.iter().chain([&group.keeper]));
    let photos: BTreeSet<PhotoId> = members.map(|member| member.photo).collect();
    let photos: Vec<PhotoId> = photos.into_iter().collect();
    let rows = api.library.catalog().photos(&photos).in_words()?;
    let rows: HashMap<PhotoId, store::PhotoRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    let group = |group: &&likeness_library::DuplicateGroup| {
        let mut numbers: HashMap<(u64, u64), u32> = HashMap::new();
        let mut member = |member: &Member| {
            let next = numbers.len() as u32;
            let on_disk = *numbers.entry(member.on_disk).or_insert(next);
            member_of(member, on_disk, rows.get(&member.photo)?)
        };
        Some(DuplicateGroup {
            lane: lane_word(group.lane),
            keeper: member(&group.keeper)?,
            members: group.members.iter().filter_map(member).collect(),
        })
    };
    Ok(part.iter().filter_map(group).collect())
}

fn member_of(member: &Member, on_disk: u32, row: &store::PhotoRow) -> Option<DuplicateMember> {
    let (alike, area, quarters, mirrored) = match member.how {
        How::Itself | How::SameBytes => (1.0, 1.0, 0, false),
        How::Picture { alike, area, quarters, mirrored } => (alike, area, quarters, mirrored),
    };
    Some(DuplicateMember {
        file: member.file.0,
        photo: photo_row(row),
        path: to_text(&member.path),
        size: member.size_bytes as i64,
        on_disk,
        reason: member.reason.map(|reason| reason.word().to_owned()),
        same_bytes: member.how == How::SameBytes,
        alike,
        area,
        quarters,
        mirrored,
        bond: member.bond.map(|bond| bond.word().to_owned()),
        settled: member.is_settled,
        protected: member.is_protected,
        selected: member.is_selected,
    })
}

pub(crate) fn settle_duplicates(api: &Api, groups: &[Vec<i64>], word: VerdictWord) -> Result<(), Failure> {
    let groups: Vec<Vec<PhotoId>> = groups.iter().map(|photos| ids(photos)).collect();
    let verdict = match word {
        VerdictWord::NotDuplicates => Verdict::NotDuplicates,
        VerdictWord::KeepAll => Verdict::KeepAll,
    };
    api.library.settle_groups(&groups, verdict).in_words()
}

pub(crate) fn settled_pairs(api: &Api) -> Result<Vec<SettledPair>, Failure> {
    let pairs = api.library.catalog().settled_pairs_newest_first().in_words()?;
    let pair = |pair: &store::SettledPair| SettledPair {
        first: pair.first.0,
        second: pair.second.0,
        verdict: match pair.verdict {
            Verdict::NotDuplicates => VerdictWord::NotDuplicates,
            Verdict::KeepAll => VerdictWord::KeepAll,
        },
    };
    Ok(pairs.iter().map(pair).collect())
}

pub(crate) fn unsettle_pairs(api: &Api, pairs: &[(i64, i64)]) -> Result<(), Failure> {
    let pairs: Vec<(PhotoId, PhotoId)> =
        pairs.iter().map(|(first, second)| (PhotoId(*first), PhotoId(*second))).collect();
    api.library.unsettle_pairs(&pairs).in_words()
}

pub(crate) fn plan_cleanup(
    api: &Api,
    choices: &[DuplicateChoice],
    pass_on: bool,
) -> Result<CleanupPlan, Failure> {
    plan_view(api, &planned(api, choices, pass_on)?)
}

pub(crate) fn clean_up(
    api: &Api,
    choices: &[DuplicateChoice],
    pass_on: bool,
    kept: &[i64],
) -> Result<CleanupReport, Failure> {
    carry_out(api, &planned(api, choices, pass_on)?.keeping(ids(kept)))
}

/// All files of `photos`, and `files`.
pub(crate) fn plan_trash(api: &Api, photos: &[i64], files: &[wire::SeenFile]) -> Result<TrashPlan, Failure> {
    let mut files: Vec<SeenFile> = files.iter().map(seen).collect();
    files.extend(api.library.files_of(&ids(photos)).in_words()?);
    let confirmed: BTreeSet<PhotoId> = files.iter().map(|seen| seen.photo).collect();
    let plan = api.library.plan_trash(&files, &confirmed).in_words()?;
    let last = plan.last_copies();
    Ok(TrashPlan {
        files: files.iter().map(|seen| wire::SeenFile { file: seen.file.0, photo: seen.photo.0 }).collect(),
        moved: files_of(&plan),
        bytes: plan.freed_bytes() as i64,
        refused: refused(&plan),
        last: last.iter().map(|photo| photo.0).collect(),
    })
}

/// Photos that are not `confirmed` go only when another file of theirs stays.
pub(crate) fn move_to_trash(
    api: &Api,
    files: &[wire::SeenFile],
    confirmed: &[i64],
) -> Result<CleanupReport, Failure> {
    let files: Vec<SeenFile> = files.iter().map(seen).collect();
    let confirmed: BTreeSet<PhotoId> = ids(confirmed).into_iter().collect();
    carry_out(api, &api.library.plan_trash(&files, &confirmed).in_words()?)
}

fn seen(seen: &wire::SeenFile) -> SeenFile {
    SeenFile { file: FileId(seen.file), photo: PhotoId(seen.photo) }
}

pub(crate) fn cleanups(api: &Api) -> Result<Vec<CleanupRow>, Failure> {
    let rows = api.library.cleanups().in_words()?;
    let row = |row: &store::CleanupRow| CleanupRow {
        cleanup: row.id.0,
        kind: row.kind.word().to_owned(),
        begun_ms: row.begun_ms,
        in_trash: row.in_trash as i64,
        bytes: row.bytes as i64,
        restored: row.restored as i64,
        failed: row.failed as i64,
    };
    Ok(rows.iter().map(row).collect())
}

pub(crate) fn undo_cleanup(api: &Api, cleanup: i64) -> Result<CleanupReport, Failure> {
    let undo = |ctx: &JobContext| api.library.undo_cleanup(ctx, CleanupId(cleanup));
    let report = api.following.attend(undo).in_words()?;
    Ok(report_view(&report, Vec::new()))
}

/// Source folders that are protected as a whole.
pub(crate) fn protected_folders(api: &Api) -> Result<Vec<i64>, Failure> {
    let folders = api.library.catalog().protected_folders().in_words()?;
    Ok(folders.iter().filter(|safe| safe.path.is_root()).map(|safe| safe.folder.0).collect())
}

pub(crate) fn protect_folder(api: &Api, folder: i64, protect: bool) -> Result<(), Failure> {
    match protect {
        true => api.library.protect_folder(FolderId(folder), &RelativePath::ROOT),
        false => api.library.unprotect_folder(FolderId(folder), &RelativePath::ROOT),
    }
    .in_words()
}

pub(crate) fn keeper_order(api: &Api) -> Result<Vec<&'static str>, Failure> {
    let order = api.library.keeper_order().in_words()?;
    Ok(order.criteria().iter().map(|criterion| criterion.word()).collect())
}

pub(crate) fn set_keeper_order(api: &Api, criteria: &[String]) -> Result<(), Failure> {
    let criteria: Option<Vec<Criterion>> = criteria.iter().map(|word| Criterion::from_word(word)).collect();
    let criteria = criteria.ok_or_else(|| failure::wrong_usage("there is no such criterion", ""))?;
    api.library.set_keeper_order(&criteria).in_words()
}

fn strictness(alike: HowAlikeWord) -> Strictness {
    match alike {
        HowAlikeWord::Careful => Strictness::Careful,
        HowAlikeWord::Usual => Strictness::Usual,
        HowAlikeWord::Generous => Strictness::Generous,
    }
}

fn alike_limits(alike: HowAlikeWord) -> AlikeLimits {
    let limits = strictness(alike).limits();
    AlikeLimits {
        alike,
        share: limits.least_share,
        repeated: limits.least_repeated,
        burst: limits.farthest_burst,
    }
}

pub(crate) fn set_folder_order(api: &Api, folders: &[i64]) -> Result<(), Failure> {
    let folders: Vec<FolderId> = folders.iter().map(|folder| FolderId(*folder)).collect();
    api.library.set_folder_order(&folders).in_words()
}

fn asked(ask: &DuplicatesAsk) -> AskGroups {
    AskGroups {
        strictness: strictness(ask.alike),
        among: match ask.among {
            AmongWord::Everything => Among::Everything,
            AmongWord::DifferentFolders => Among::DifferentFolders(
                ask.between.iter().map(|source| ChosenFolder::whole(FolderId(*source))).collect(),
            ),
            AmongWord::OneFolder => Among::OneFolder,
            AmongWord::ProtectedAndOthers => Among::ProtectedAndOthers,
        },
        keep: Vec::new(),
        until: match ask.until {
            LaneWord::Copies => Lane::Copies,
            LaneWord::Edits => Lane::Edits,
            LaneWord::Bursts => Lane::Bursts,
        },
    }
}

fn lane_word(lane: Lane) -> LaneWord {
    match lane {
        Lane::Copies => LaneWord::Copies,
        Lane::Edits => LaneWord::Edits,
        Lane::Bursts => LaneWord::Bursts,
    }
}

fn planned(api: &Api, choices: &[DuplicateChoice], pass_on: bool) -> Result<Plan, Failure> {
    let choices: Vec<Choice> = choices
        .iter()
        .map(|choice| Choice { goes: seen(&choice.goes), stays: seen(&choice.stays) })
        .collect();
    let pass_on = if pass_on { PassOn::Decisions } else { PassOn::Nothing };
    api.library.plan_cleanup(&choices, pass_on).in_words()
}

/// What photos that stay would get.
pub(crate) fn passed_on(library: &Library, plan: &Plan) -> Result<Vec<PassedOn>, Failure> {
    let mut gone: BTreeMap<PhotoId, Vec<PhotoId>> = BTreeMap::new();
    for unit in plan.units().iter().filter(|_| plan.pass_on() == PassOn::Decisions) {
        if let Some(keeper) = unit.keeper {
            gone.entry(keeper).or_default().extend(unit.pictures.iter().map(|victim| victim.photo));
        }
    }
    let mut passed = Vec::new();
    for (keeper, gone) in gone {
        let passing = library.passing(keeper, &gone).in_words()?;
        if !passing.is_empty() {
            passed.push(PassedOn {
                keeper: keeper.0,
                stars: passing.rating.map(Rating::stars),
                pick: passing.flag == Some(Flag::Pick),
                label: passing.label.map(|label: ColorLabel| label.word().to_owned()),
                tags: passing.tags,
                albums: passing.albums,
            });
        }
    }
    Ok(passed)
}

fn plan_view(api: &Api, plan: &Plan) -> Result<CleanupPlan, Failure> {
    let passed = passed_on(&api.library, plan)?;
    let along = plan.units().iter().map(|unit| unit.companions.len() as i64).sum();
    let (files, bytes) = (files_of(plan), plan.freed_bytes() as i64);
    Ok(CleanupPlan { files, along, bytes, refused: refused(plan), passed })
}

fn files_of(plan: &Plan) -> i64 {
    plan.units().iter().map(|unit| (unit.pictures.len() + unit.companions.len()) as i64).sum()
}

fn carry_out(api: &Api, plan: &Plan) -> Result<CleanupReport, Failure> {
    let report = api.following.attend(|ctx| api.library.clean_up(ctx, plan)).in_words()?;
    Ok(report_view(&report, refused(plan)))
}

fn refused(plan: &Plan) -> Vec<CleanupProblem> {
    let problem = |refused: &act::Refused| CleanupProblem {
        photo: Some(refused.photo.0),
        path: to_text(&refused.place.absolute()),
        reason: refused.reason.to_string(),
    };
    plan.refused().iter().map(problem).collect()
}

pub(crate) fn report_view(report: &Report, mut problems: Vec<CleanupProblem>) -> CleanupReport {
    for outcome in &report.outcomes {
        if let Went::Not(reason) = &outcome.went {
            problems.push(CleanupProblem {
                photo: outcome.photo.map(|photo| photo.0),
                path: outcome.paths.first().map(|path| to_text(path)).unwrap_or_default(),
                reason: reason.to_string(),
            });
        }
    }
    let (files, bytes) = report.moved();
    CleanupReport {
        cleanup: report.cleanup.0,
        files: files as i64,
        bytes: bytes as i64,
        problems,
        left: report.left() as i64,
        stopped: report.stopped.as_ref().map(|stopped| match stopped {
            Stopped::Cancelled => failure::cancelled().what,
            Stopped::NoJournal(error) => failure::no_journal(error).what,
        }),
    }
}
