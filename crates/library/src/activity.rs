//! What is being done, how fast, and how long it will take: from the bare counts of a job's context.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use likeness_domain::{Progress, Stage};

/// What the engine is doing now.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Activity {
    /// Nothing.
    #[default]
    Idle,
    /// Something, with how far it is.
    Working(Work),
    /// Something that is held.
    Paused(Work),
}

/// How far work is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Work {
    /// The step.
    pub stage: Stage,
    /// Things done.
    pub done: u64,
    /// Things to do, as far as known; equal to `done` while that is unknown.
    pub total: u64,
    /// Things a second, lately; unknown in the first second.
    pub per_second: Option<f64>,
    /// Seconds left at that speed.
    pub seconds_left: Option<f64>,
}

impl Work {
    /// Before the first count.
    pub(crate) const BEGUN: Self =
        Self { stage: Stage::Find, done: 0, total: 0, per_second: None, seconds_left: None };
}

/// Speed is measured over the last so many seconds: long enough to be calm, short enough to follow.
const WINDOW: Duration = Duration::from_secs(10);
const FIRST_ANSWER: Duration = Duration::from_secs(1);

/// Watches one job's counts and tells its speed.
#[derive(Debug, Default)]
pub struct Speedometer {
    stage: Option<Stage>,
    seen: VecDeque<(Instant, u64)>,
}

impl Speedometer {
    /// Takes in a count at the time `now`, and says how far the work is.
    pub fn read(&mut self, now: Instant, progress: Progress) -> Work {
        let Progress { stage, done, total } = progress;
        if self.stage != Some(stage) || self.seen.back().is_some_and(|&(_, last)| done < last) {
            self.stage = Some(stage);
            self.seen.clear();
        }
        self.seen.push_back((now, done));
        while self.seen.len() > 2 && now.duration_since(self.seen[1].0) >= WINDOW {
            self.seen.pop_front();
        }
        let (since, first) = self.seen[0];
        let elapsed = now.duration_since(since);
        let per_second =
            (elapsed >= FIRST_ANSWER && done > first).then(|| (done - first) as f64 / elapsed.as_secs_f64());
        let seconds_left = per_second.map(|speed| total.saturating_sub(done) as f64 / speed);
        Work { stage, done, total, per_second, seconds_left }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_follows_the_last_seconds_and_starts_again_with_a_stage() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut speedometer = Speedometer::default();
        let mut read =
            |seconds, stage, done| speedometer.read(at(seconds), Progress { stage, done, total: 1000 });
        assert_eq!(read(0, Stage::Decode, 0).per_second, None);
        assert_eq!(read(10, Stage::Decode, 100).per_second, Some(10.0));
        let faster = read(20, Stage::Decode, 600);
        assert_eq!((faster.per_second, faster.seconds_left), (Some(50.0), Some(8.0)));
        assert_eq!(read(21, Stage::Embed, 5).per_second, None);
    }
}
