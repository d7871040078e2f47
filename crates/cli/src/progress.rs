//! A progress bar on a terminal, and Ctrl+C. Never on stdout, so never between results.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use likeness_api::{Job, JobControl, Progress, Stage};

/// Whether progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    OnTerminal,
    Nothing,
}

/// Runs `work` as a job with a bar; Ctrl+C cancels it, a second one ends the program at once.
pub fn with_progress<T>(show: Show, work: impl FnOnce(&Job) -> T) -> T {
    let bar = bar(show);
    let control = JobControl::new();
    cancel_on_interrupt(&control);
    let shown = bar.clone();
    let job = Job::new(control, move |progress| update(&shown, progress));
    let result = work(&job);
    bar.finish_and_clear();
    result
}

/// Ctrl+C and a termination signal cancel; the second time they end the program at once.
pub fn cancel_on_interrupt(control: &JobControl) {
    let control = control.clone();
    // A handler can be set once a process; every verb sets it once.
    let _ = ctrlc::set_handler(move || {
        if control.is_cancelled() {
            std::process::exit(130);
        }
        control.cancel();
    });
}

fn bar(show: Show) -> ProgressBar {
    if show == Show::Nothing || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn update(bar: &ProgressBar, Progress { stage, done, total }: Progress) {
    let words = match stage {
        Stage::Wait => "Waiting for another Likeness that reads photos into this library",
        Stage::Find => "Looking for files",
        Stage::Read => "Reading files",
        Stage::Decode => "Reading photos",
        Stage::Embed => "Looking at photos",
        Stage::Save => "Saving",
        Stage::Compare => "Comparing photos",
        Stage::Arrange => "Placing photos",
        Stage::Group => "Grouping photos",
        Stage::Learn => "Learning",
        Stage::Trash => "Moving files to the trash",
        Stage::Restore => "Putting files back",
    };
    let template = match stage {
        Stage::Wait => "{msg}",
        Stage::Find => "{msg}: {pos}",
        _ => "{msg} {wide_bar} {pos} of {len}, {per_sec}, {eta} left",
    };
    // The same step may begin again, with other files.
    if bar.message() != words || (done == 0 && bar.position() > 0) {
        bar.reset();
        bar.set_message(words);
        bar.set_style(ProgressStyle::with_template(template).expect("the templates are valid"));
    }
    bar.set_length(total);
    bar.set_position(done);
}
