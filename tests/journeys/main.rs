//! What a person does with a library, from the first folder on: on real folders and files, through the whole engine.

mod cleanup;
mod cleanup_keeper;
mod cleanup_told;
mod command_line;
mod decisions;
mod drives;
mod files;
mod kept;
mod learned;
mod look;
mod map;
mod sidecars;
mod work;

use std::process::ExitCode;

use libtest_mimic::Arguments;
use likeness_tests::world::run_program_if_asked;

fn main() -> ExitCode {
    if let Some(code) = run_program_if_asked() {
        return code;
    }
    let arguments = Arguments::from_args();
    let trials = [
        files::trials(),
        look::trials(),
        map::trials(),
        sidecars::trials(),
        work::trials(),
        drives::trials(),
        decisions::trials(),
        learned::trials(),
        cleanup::trials(),
        cleanup_keeper::trials(),
        kept::trials(),
        cleanup_told::trials(),
        command_line::trials(),
    ];
    libtest_mimic::run(&arguments, trials.into_iter().flatten().collect()).exit_code()
}
