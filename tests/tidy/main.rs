//! The rules of the house, held by a test: who may depend on whom, what a file looks like, what may be
//! shipped. A rule is a pure function from what it looks at to the offences it finds, each in words that
//! name the place, so that every rule is also shown here to be able to fail. Knows no product code.

mod arrows;
mod licences;
mod sources;

use std::path::PathBuf;

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

/// Fails with every offence on a line of its own.
fn assert_none(offences: &[String]) {
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

/// The repository's root.
fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// What cargo knows of the whole workspace with every feature, for the machine that runs the test.
fn workspace() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .features(CargoOpt::AllFeatures)
        .other_options(vec!["--locked".into(), "--filter-platform".into(), host()])
        .exec()
        .expect("cargo describes its own workspace")
}

/// The target triple of this machine, without which cargo describes the dependencies of every platform.
fn host() -> String {
    let version = std::process::Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8(version.stdout).expect("rustc speaks UTF-8");
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    line.expect("rustc names its host").to_owned()
}
