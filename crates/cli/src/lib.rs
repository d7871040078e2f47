//! The engine on a command line, and as a server for the browser. No webview.

mod arguments;
mod evaluation;
mod output;
mod progress;
mod verbs;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;

/// Runs the verb on this process's command line. A library, so that tests run the very program that they were built
/// with.
pub fn main() -> ExitCode {
    // Foreign decoders run in copies of this program.
    likeness_api::run_worker_if_asked();
    let arguments = Arguments::parse();
    match verbs::run(&arguments) {
        Ok(outcome) => outcome.exit_code(),
        Err(failure) => {
            output::print_failure(&failure);
            if failure.code == "wrongUsage" { ExitCode::from(2) } else { ExitCode::from(1) }
        }
    }
}
