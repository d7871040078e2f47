//! How results are printed: aligned text for people, JSON Lines for scripts. Results only on stdout.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use likeness_api::wire::Failure;
use serde::Serialize;

/// How a verb ended when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    DoneWithProblems,
    /// The verb did its work, and what it found is bad.
    Bad,
}

impl Outcome {
    pub fn exit_code(self) -> ExitCode {
        match self {
            Outcome::Done => ExitCode::SUCCESS,
            Outcome::Bad => ExitCode::from(1),
            Outcome::DoneWithProblems => ExitCode::from(3),
        }
    }

    pub fn with_problems(problems: u64) -> Self {
        if problems == 0 { Outcome::Done } else { Outcome::DoneWithProblems }
    }
}

/// Whether results are for people or for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    JsonLines,
}

/// Prints one result.
pub fn print_line(form: Form, line: &impl Serialize, text: impl FnOnce() -> String) {
    print_text(&match form {
        Form::JsonLines => serde_json::to_string(line).expect("lines are plain data"),
        Form::Text => text(),
    });
}

/// Prints a result as it is. A reader that went away ends the program quietly; results that are lost do not.
pub fn print_text(text: &str) {
    match writeln!(io::stdout(), "{text}") {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            print_failure(&Failure {
                code: "cannotWrite".into(),
                what: format!("the results cannot be written: {error}"),
                hint: Some("Make room, or write them elsewhere.".into()),
            });
            std::process::exit(1);
        }
    }
}

/// A table for people: every column as wide as its widest cell, numbers to the right.
pub struct Table {
    rows: Vec<Vec<String>>,
    right: &'static [usize],
}

impl Table {
    /// `right` names the columns of numbers.
    pub fn new(heading: &[&str], right: &'static [usize]) -> Self {
        Self { rows: vec![heading.iter().map(ToString::to_string).collect()], right }
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells.into_iter().map(|cell| printable(&cell)).collect());
    }

    pub fn print(self) {
        let columns = self.rows[0].len();
        let width =
            |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            let cells: Vec<String> = row
                .iter()
                .enumerate()
                .map(|(column, cell)| {
                    if self.right.contains(&column) {
                        format!("{cell:>0$}", widths[column])
                    } else {
                        format!("{cell:<0$}", widths[column])
                    }
                })
                .collect();
            print_text(cells.join("  ").trim_end());
        }
    }
}

/// Names of files are text, whatever is in them: control characters do not reach the terminal.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// One quiet line for a person at a terminal.
pub fn print_aside(what: &str) {
    if io::stderr().is_terminal() {
        eprintln!("{}", printable(what));
    }
}

/// Something to know about results, beside them.
pub fn print_note(what: &str, hint: &str) {
    eprintln!("note: {what}");
    eprintln!("hint: {hint}");
}

pub fn print_failure(failure: &Failure) {
    eprintln!("error: {}", printable(&failure.what));
    if let Some(hint) = &failure.hint {
        eprintln!("hint: {}", printable(hint));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\n"), "a\u{fffd}[31mb\u{fffd}");
    }
}
