//! The program `likeness`.

use std::process::ExitCode;

fn main() -> ExitCode {
    likeness_cli::main()
}
