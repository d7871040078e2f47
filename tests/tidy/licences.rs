//! Which licences the libraries inside Likeness may have, and which of them NOTICE has to name. Looks at what
//! the manifests declare; the licence texts themselves are not read.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Metadata, PackageId};
use spdx::{Expression, LicenseReq, ParseMode};

use crate::{assert_none, root, workspace};

/// Ask for nothing but to be named.
const PERMISSIVE: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "bzip2-1.0.6",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "IJG",
];

/// Ask that changes to their own files be published; we change none. NOTICE names every such library.
const TO_BE_NAMED: [&str; 1] = ["MPL-2.0"];

/// A library that becomes part of a program of ours.
struct Library {
    name: String,
    licence: Option<String>,
}

/// Every foreign library that the programs are linked with: not what only builds or tests them.
fn libraries(workspace: &Metadata) -> Vec<Library> {
    let resolve = workspace.resolve.as_ref().expect("cargo resolves the workspace");
    let mut seen: BTreeSet<&PackageId> = BTreeSet::new();
    let mut next: Vec<&PackageId> = workspace.workspace_members.iter().collect();
    while let Some(id) = next.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = resolve.nodes.iter().find(|node| &node.id == id).expect("every package is resolved");
        let linked = |dependency: &&cargo_metadata::NodeDep| {
            dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal)
        };
        next.extend(node.deps.iter().filter(linked).map(|dependency| &dependency.pkg));
    }
    let foreign = seen.into_iter().filter(|id| !workspace.workspace_members.contains(id));
    foreign
        .map(|id| &workspace[id])
        .map(|package| Library { name: package.name.to_string(), licence: package.license.clone() })
        .collect()
}

/// Whether one of the ways to read the licence asks for nothing beyond `accepted`.
fn satisfied(licence: &str, accepted: &[&str]) -> bool {
    let accepts = |req: &LicenseReq| req.license.id().is_some_and(|id| accepted.contains(&id.name));
    Expression::parse_mode(licence, ParseMode::LAX)
        .is_ok_and(|expression| expression.evaluate(|req| accepts(req)))
}

fn offences(libraries: &[Library], notice: &str) -> Vec<String> {
    libraries.iter().filter_map(|library| offence(library, notice)).collect()
}

fn offence(Library { name, licence }: &Library, notice: &str) -> Option<String> {
    let Some(licence) = licence else {
        return Some(format!("{name} declares no licence"));
    };
    if satisfied(licence, &PERMISSIVE) {
        return None;
    }
    let known = [&PERMISSIVE[..], &TO_BE_NAMED].concat();
    if !satisfied(licence, &known) {
        return Some(format!("{name} is under {licence}, which we have not agreed to"));
    }
    let named = notice.lines().any(|line| line.contains(&format!("`{name}`")));
    (!named).then(|| format!("NOTICE does not name `{name}`, which is under {licence}"))
}

#[test]
fn every_library_has_a_licence_we_can_keep() {
    let notice = std::fs::read_to_string(root().join("NOTICE")).expect("NOTICE can be read");
    assert_none(&offences(&libraries(&workspace()), &notice));
}

#[test]
fn a_licence_that_asks_for_more_is_found() {
    let library = |licence: Option<&str>| [Library { name: "plum".into(), licence: licence.map(Into::into) }];
    for wrong in [None, Some("GPL-3.0-only"), Some("MIT AND AGPL-3.0"), Some("nonsense"), Some("MPL-2.0")] {
        assert_eq!(offences(&library(wrong), "").len(), 1, "{wrong:?}");
    }
    for right in ["MIT/Apache-2.0", "GPL-3.0 OR ISC", "(MIT OR Apache-2.0) AND Unicode-3.0"] {
        assert_none(&offences(&library(Some(right)), ""));
    }
    assert_none(&offences(&library(Some("MPL-2.0")), "- `plum`, MPL-2.0"));
}
