//! Which crate may see which, as ARCHITECTURE.md has it: a crate sees only crates that lie lower, and each
//! big foreign library is seen by one crate alone.

use cargo_metadata::{DependencyKind, Metadata};

use crate::{assert_none, workspace};

/// A package of ours and the packages of ours that it may use.
const MAY_USE: [(&str, &[&str]); 17] = [
    ("likeness-domain", &[]),
    ("likeness-scan", &["likeness-domain"]),
    ("likeness-decode", &["likeness-domain"]),
    ("likeness-embed", &["likeness-domain"]),
    ("likeness-neighbors", &["likeness-domain"]),
    ("likeness-cluster", &["likeness-domain"]),
    ("likeness-contexts", &["likeness-domain"]),
    ("likeness-layout", &["likeness-domain"]),
    ("likeness-sidecar", &["likeness-domain"]),
    ("likeness-store", &["likeness-domain"]),
    ("likeness-cleanup", &["likeness-domain", "likeness-store"]),
    (
        "likeness-library",
        &[
            "likeness-domain",
            "likeness-scan",
            "likeness-decode",
            "likeness-embed",
            "likeness-neighbors",
            "likeness-cluster",
            "likeness-contexts",
            "likeness-layout",
            "likeness-sidecar",
            "likeness-store",
            "likeness-cleanup",
        ],
    ),
    ("likeness-api", &["likeness-domain", "likeness-library"]),
    ("likeness-server", &["likeness-api"]),
    ("likeness-cli", &["likeness-api", "likeness-server"]),
    ("likeness-desktop", &["likeness-api"]),
    ("likeness-testkit", &["likeness-domain"]),
];

/// What tests of any package may use besides: made-up photos and vectors.
const FOR_TESTS: &str = "likeness-testkit";

/// Packages that only measure or test, and see whatever they look at.
const ONLOOKERS: [&str; 2] = ["likeness-tests", "likeness-benches"];

/// Foreign libraries, by the beginning of their names, that one package of ours alone may use.
const SEEN_BY_ONE: [(&str, &str); 10] = [
    ("candle", "likeness-embed"),
    ("rusqlite", "likeness-store"),
    ("usearch", "likeness-neighbors"),
    ("notify", "likeness-scan"),
    ("linfa-clustering", "likeness-cluster"),
    ("linfa-reduction", "likeness-layout"),
    ("roxmltree", "likeness-sidecar"),
    ("trash", "likeness-cleanup"),
    ("axum", "likeness-server"),
    ("tauri", "likeness-desktop"),
];

/// What `domain` is free of: it is words, not a form on disk or on a wire.
const NOT_IN_DOMAIN: [&str; 3] = ["serde", "rusqlite", "tokio"];

/// One line of a manifest: `from` names `to` as a dependency.
struct Arrow {
    from: String,
    to: String,
    kind: DependencyKind,
}

fn arrows(workspace: &Metadata) -> Vec<Arrow> {
    let ours = workspace.workspace_packages();
    let arrows = ours.iter().flat_map(|package| {
        let from = package.name.to_string();
        package.dependencies.iter().map(move |dependency| Arrow {
            from: from.clone(),
            to: dependency.name.clone(),
            kind: dependency.kind,
        })
    });
    arrows.collect()
}

fn offences(arrows: &[Arrow]) -> Vec<String> {
    arrows.iter().filter_map(offence).collect()
}

fn offence(Arrow { from, to, kind }: &Arrow) -> Option<String> {
    if ONLOOKERS.contains(&from.as_str()) {
        return None;
    }
    let Some((_, may_use)) = MAY_USE.iter().find(|(package, _)| package == from) else {
        return Some(format!("{from} has no place in the table of crates"));
    };
    let in_tests = *kind == DependencyKind::Development;
    if to.starts_with("likeness-") && !may_use.contains(&to.as_str()) && !(in_tests && to == FOR_TESTS) {
        return Some(format!("{from} must not see {to}"));
    }
    if from == "likeness-domain" && NOT_IN_DOMAIN.contains(&to.as_str()) {
        return Some(format!("{from} must not see {to}"));
    }
    let owner = SEEN_BY_ONE.iter().find(|(library, _)| to.starts_with(library))?.1;
    (from != owner).then(|| format!("{from} uses {to}, which only {owner} may"))
}

#[test]
fn crates_only_look_down() {
    assert_none(&offences(&arrows(&workspace())));
}

#[test]
fn an_arrow_that_points_up_sideways_or_at_anothers_library_is_found() {
    let arrow = |from: &str, to: &str, kind| Arrow { from: from.into(), to: to.into(), kind };
    let (normal, tests) = (DependencyKind::Normal, DependencyKind::Development);
    for wrong in [
        arrow("likeness-domain", "likeness-store", normal),
        arrow("likeness-scan", "likeness-decode", normal),
        arrow("likeness-scan", "likeness-decode", tests),
        arrow("likeness-library", "likeness-testkit", normal),
        arrow("likeness-desktop", "likeness-library", normal),
        arrow("likeness-library", "rusqlite", normal),
        arrow("likeness-decode", "candle-core", tests),
        arrow("likeness-domain", "serde", normal),
        arrow("likeness-common", "likeness-domain", normal),
    ] {
        assert_eq!(offences(std::slice::from_ref(&wrong)).len(), 1, "{} -> {}", wrong.from, wrong.to);
    }
    let right = [
        arrow("likeness-store", "rusqlite", normal),
        arrow("likeness-cli", "likeness-server", normal),
        arrow("likeness-decode", "likeness-testkit", tests),
        arrow("likeness-benches", "likeness-embed", normal),
    ];
    assert_none(&offences(&right));
}
