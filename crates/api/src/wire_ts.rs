//! Writes `ui/src/backend/wire.ts` from the wire types, and fails when the file in the tree is another.
//! `UPDATE_WIRE=1 cargo test -p likeness-api wire` brings it up to date.

use std::path::Path;

use ts_rs::{Config, TS};

use crate::wire::*;

macro_rules! declarations {
    ($config:expr, $($name:ty),* $(,)?) => { [$(format!("export {}\n", <$name>::decl($config))),*].join("\n") };
}

fn wire_ts() -> String {
    let config = Config::default().with_large_int("number");
    let types = declarations!(
        &config,
        Request,
        PhotoFilter,
        SortWord,
        FlagWord,
        LabelWord,
        OrientationWord,
        FilterCounts,
        ValueCount,
        FolderCount,
        LibraryState,
        ModelState,
        Folder,
        FolderWord,
        Activity,
        ActivityWord,
        Failure,
        PhotoRow,
        AvailabilityWord,
        PhotoDetail,
        FilePlace,
        SimilarQuery,
        RegionBox,
        SimilarAnswer,
        SimilarRow,
        LikenessWord,
        TagRow,
        TagOn,
        AlbumKindWord,
        AlbumRow,
        AlbumOf,
        SuggestionRow,
        Proposals,
        ProposalRow,
        OddRow,
        OddCauseWord,
        GoesWithAnswer,
        GoesWithRow,
        GoesWithWord,
        Lesson,
        SidecarState,
        SidecarConflictRow,
        SidecarValues,
        SideWord,
        DuplicatesAsk,
        HowAlikeWord,
        AlikeLimits,
        AmongWord,
        LaneWord,
        DuplicatesState,
        GroupGlance,
        DuplicateGroup,
        DuplicateMember,
        SeenFile,
        DuplicateChoice,
        VerdictWord,
        SettledPair,
        CleanupPlan,
        TrashPlan,
        PassedOn,
        CleanupProblem,
        CleanupReport,
        CleanupRow,
        DecisionWord,
        Undone,
        ProblemRow,
        CameraCount,
        QueryPicture,
        MapBytes,
        LayoutWord,
        MapState,
        MadeMap,
        MakingMap,
        MapCluster,
        MapLegend,
        Event,
    );
    format!(
        "// Generated from crates/api/src/wire.rs. Do not edit: UPDATE_WIRE=1 cargo test -p likeness-api wire\n\n{types}"
    )
}

#[test]
fn wire_ts_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/backend/wire.ts");
    if std::env::var_os("UPDATE_WIRE").is_some() {
        std::fs::write(&path, wire_ts()).expect("the UI's folder can be written");
    }
    let written = std::fs::read_to_string(&path).expect("wire.ts exists");
    assert!(written == wire_ts(), "wire.ts is stale: run UPDATE_WIRE=1 cargo test -p likeness-api wire");
}
