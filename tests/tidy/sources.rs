//! What the repository's files look like: an opening sentence, a bounded length, nothing unfinished, no path
//! of one person's machine, nothing heavy, and pages whose parts do not reach into each other.

use std::{path::Path, process::Command};

use crate::{assert_none, root};

/// About 400 lines is a file; past this it is two.
const LONGEST_FILE_LINES: usize = 800;
/// What models may weigh together, so that a clone stays quick.
const HEAVIEST_MODELS_BYTES: usize = 25_000_000;
/// What any one file may weigh.
const HEAVIEST_FILE_BYTES: usize = 12_000_000;

/// A file of the repository, by its path from the root.
struct Source {
    path: String,
    bytes: Vec<u8>,
}

impl Source {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_default()
    }

    fn is_code(&self) -> bool {
        [".rs", ".ts", ".svelte", ".mjs"].iter().any(|ending| self.path.ends_with(ending))
    }
}

/// A rule: what is wrong with one file, in words without its path.
type Rule = fn(&Source) -> Vec<String>;

const RULES: [Rule; 7] = [
    opens_with_its_purpose,
    is_bounded,
    is_finished,
    names_no_machine,
    is_light,
    keeps_to_its_part,
    is_no_robot_of_a_host,
];

fn opens_with_its_purpose(source: &Source) -> Vec<String> {
    let missing = source.path.ends_with(".rs") && !source.text().starts_with("//! ");
    missing.then(|| "does not open with //! and what it is for".into()).into_iter().collect()
}

/// What a program writes is as long as it is.
fn is_bounded(source: &Source) -> Vec<String> {
    let lines = source.text().lines().count();
    let is_written = source.is_code() && !source.text().starts_with("// Generated from ");
    let long = is_written && lines > LONGEST_FILE_LINES;
    long.then(|| format!("has {lines} lines")).into_iter().collect()
}

fn is_finished(source: &Source) -> Vec<String> {
    // Written in halves, so that this file is not an offence itself.
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("unimple", "mented!"),
        concat!("to", "do!("),
        concat!("dbg", "!("),
        concat!("console", ".log("),
    ];
    let in_code = |word: &&&str| source.is_code() && source.text().contains(**word);
    words.iter().filter(in_code).map(|word| format!("says {word}")).collect()
}

fn names_no_machine(source: &Source) -> Vec<String> {
    let paths = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
    let begins_a_path = |text: &str, at: usize| {
        !text[..at].ends_with(|before: char| before.is_alphanumeric() || "._-)}$~*".contains(before))
    };
    let named =
        |path: &&&str| source.text().match_indices(**path).any(|(at, _)| begins_a_path(source.text(), at));
    paths.iter().filter(named).map(|path| format!("names a folder of one machine, {path}")).collect()
}

fn is_light(source: &Source) -> Vec<String> {
    let bytes = source.bytes.len();
    (bytes > HEAVIEST_FILE_BYTES).then(|| format!("weighs {bytes} bytes")).into_iter().collect()
}

/// A feature sees the backend and `lib`; `lib` sees neither; one file alone knows the window.
fn keeps_to_its_part(source: &Source) -> Vec<String> {
    let Some(here) = source.path.strip_prefix("ui/src/") else { return Vec::new() };
    let mut offences = Vec::new();
    for import in imports(source.text()) {
        if import.starts_with("@tauri-apps") && here != "backend/desktop.ts" {
            offences.push(format!("imports {import}; only backend/desktop.ts may"));
        }
        let there = resolve(here, import);
        let stranger = match (feature(here), feature(&there)) {
            (Some(ours), Some(theirs)) => ours != theirs,
            (None, Some(_)) => here.starts_with("lib/") || here.starts_with("backend/"),
            (_, None) => here.starts_with("lib/") && there.starts_with("backend/"),
        };
        if stranger {
            offences.push(format!("imports {import} from a part it must not know"));
        }
    }
    offences
}

/// What a file of the pages imports, as written.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    let spoken = ["from '", "from \"", "import '", "import \"", "import('", "import(\""];
    spoken
        .into_iter()
        .flat_map(move |opening| text.split(opening).skip(1))
        .filter_map(|rest| rest.split(['\'', '"']).next())
}

/// The path below `ui/src` that `import`, written in the file `here`, points to.
fn resolve(here: &str, import: &str) -> String {
    if !import.starts_with('.') {
        return import.to_owned();
    }
    let mut parts: Vec<&str> = here.split('/').collect();
    parts.pop();
    for part in import.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The feature that a path below `ui/src` belongs to.
fn feature(path: &str) -> Option<&str> {
    path.strip_prefix("features/")?.split('/').next()
}

fn is_no_robot_of_a_host(source: &Source) -> Vec<String> {
    let host = source.path.starts_with(".github/") || source.path.starts_with(".gitlab");
    host.then(|| "belongs to one host; .ci/run is all a host needs".into()).into_iter().collect()
}

fn models_weight(sources: &[Source]) -> Vec<String> {
    let models = sources.iter().filter(|source| source.path.starts_with("models/"));
    let bytes: usize = models.map(|source| source.bytes.len()).sum();
    (bytes > HEAVIEST_MODELS_BYTES).then(|| format!("models/ weighs {bytes} bytes")).into_iter().collect()
}

fn offences(source: &Source) -> Vec<String> {
    let found = RULES.iter().flat_map(|rule| rule(source));
    found.map(|offence| format!("{} {offence}", source.path)).collect()
}

/// Every file that git keeps, as it lies on disk.
fn repository(root: &Path) -> Vec<Source> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output().expect("git runs");
    assert!(listed.status.success(), "git lists the repository's files");
    let paths = String::from_utf8(listed.stdout).expect("the repository's paths are UTF-8");
    let present = paths.split_terminator('\0').filter(|path| root.join(path).is_file());
    let read = |path: &str| std::fs::read(root.join(path)).expect("a file that git keeps can be read");
    present.map(|path| Source { path: path.to_owned(), bytes: read(path) }).collect()
}

#[test]
fn every_file_keeps_the_rules() {
    let sources = repository(&root());
    assert!(sources.iter().any(|source| source.path == "Cargo.toml"), "the repository was looked at");
    let mut found: Vec<String> = sources.iter().flat_map(offences).collect();
    found.extend(models_weight(&sources));
    assert_none(&found);
}

#[test]
fn every_rule_can_fail() {
    let source = |path: &str, text: &str| Source { path: path.into(), bytes: text.into() };
    let machine = format!("see {}me/notes", concat!("/ro", "ot/"));
    let unfinished = format!("//! A file.\n// {}\n", concat!("TO", "DO"));
    for wrong in [
        source("crates/a/src/lib.rs", "use std::io;\n"),
        source("crates/a/src/lib.rs", &format!("//! A file.\n{}", "\n".repeat(LONGEST_FILE_LINES))),
        source("crates/a/src/lib.rs", &unfinished),
        source("README.md", &machine),
        source("docs/film.mp4", &"x".repeat(HEAVIEST_FILE_BYTES + 1)),
        source("ui/src/features/map/Map.svelte", "import { invoke } from '@tauri-apps/api/core'"),
        source("ui/src/features/map/Map.svelte", "import Grid from '../grid/Grid.svelte'"),
        source("ui/src/lib/list.ts", "import type { Backend } from '../backend/backend'"),
        source(".github/workflows/a.yml", "on: push\n"),
    ] {
        assert_eq!(offences(&wrong).len(), 1, "{} {:?}", wrong.path, offences(&wrong));
    }
    let heavy = source("models/a/weights.safetensors", &"x".repeat(HEAVIEST_MODELS_BYTES + 1));
    assert_eq!(models_weight(&[heavy]).len(), 1);
    for right in [
        source("ui/src/App.svelte", "import Grid from './features/grid/Grid.svelte'"),
        source("ui/src/features/map/Map.svelte", "import { list } from '../../lib/list'"),
        source("ui/src/backend/desktop.ts", "import { invoke } from \"@tauri-apps/api/core\""),
        source(
            "ui/src/backend/wire.ts",
            &format!("// Generated from wire.rs.{}", "\n".repeat(LONGEST_FILE_LINES)),
        ),
        source("README.md", "see the tree's root/ and ../root/\n"),
    ] {
        assert_none(&offences(&right));
    }
}
