//! The context of anything slow: how it says how far it is, and how it learns that it should pause or stop.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::Stage;

/// How far a job is within one stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Things done.
    pub done: u64,
    /// Things to do in all, as far as known now.
    pub total: u64,
}

/// The job was asked to stop. An outcome, not an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Paused,
    Cancelled,
}

/// The handle with which someone else pauses, resumes and cancels a job. Clones steer the same job.
#[derive(Debug, Clone)]
pub struct JobControl(Arc<(Mutex<State>, Condvar)>);

impl JobControl {
    /// A handle for a job that runs.
    pub fn new() -> Self {
        Self(Arc::new((Mutex::new(State::Running), Condvar::new())))
    }

    /// Holds the job at its next check. No effect on a cancelled job.
    pub fn pause(&self) {
        self.change(State::Running, State::Paused);
    }

    /// Lets a paused job go on.
    pub fn resume(&self) {
        self.change(State::Paused, State::Running);
    }

    /// Ends the job at its next check, paused or not. For good.
    pub fn cancel(&self) {
        *self.state() = State::Cancelled;
        self.0.1.notify_all();
    }

    /// Whether the job is held.
    pub fn is_paused(&self) -> bool {
        *self.state() == State::Paused
    }

    /// Whether the job was asked to end.
    pub fn is_cancelled(&self) -> bool {
        *self.state() == State::Cancelled
    }

    fn change(&self, from: State, to: State) {
        let mut state = self.state();
        if *state == from {
            *state = to;
            self.0.1.notify_all();
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_until_running(&self) -> Result<(), Cancelled> {
        let paused = self
            .0
            .1
            .wait_while(self.state(), |state| *state == State::Paused)
            .unwrap_or_else(PoisonError::into_inner);
        if *paused == State::Cancelled { Err(Cancelled) } else { Ok(()) }
    }
}

impl Default for JobControl {
    fn default() -> Self {
        Self::new()
    }
}

/// First parameter of anything slow. Cheap to clone; clones belong to the same job.
#[derive(Clone)]
pub struct JobContext {
    control: JobControl,
    report: Arc<dyn Fn(Progress) + Send + Sync>,
}

impl JobContext {
    /// A context that reports to `report`, which must be quick: it is called from worker threads, often.
    pub fn new(control: JobControl, report: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self { control, report: Arc::new(report) }
    }

    /// A context that nobody watches and nobody stops.
    pub fn unattended() -> Self {
        Self::new(JobControl::new(), |_| {})
    }

    /// The same job, steered by the same handle, as a part that somebody else counts.
    pub fn uncounted(&self) -> Self {
        Self { control: self.control.clone(), report: Arc::new(|_| {}) }
    }

    /// Says how far the job is.
    pub fn progress(&self, stage: Stage, done: u64, total: u64) {
        (self.report)(Progress { stage, done, total });
    }

    /// Waits while the job is paused.
    ///
    /// # Errors
    /// [`Cancelled`] when the job should end.
    pub fn check(&self) -> Result<(), Cancelled> {
        self.control.wait_until_running()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancelled_job_ends_even_when_it_is_paused() {
        let control = JobControl::new();
        let context = JobContext::new(control.clone(), |_| {});
        assert_eq!(context.check(), Ok(()));
        control.pause();
        let waiting = std::thread::spawn(move || context.check());
        control.cancel();
        assert_eq!(waiting.join().expect("no panic"), Err(Cancelled));
        control.resume();
        assert!(control.is_cancelled());
    }
}
