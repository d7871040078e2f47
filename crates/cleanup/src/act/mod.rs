//! From a plan to files in the trash, and back: what must never go wrong.
//!
//! [`Plan`] is a value. [`carry_out`] looks at every file again, writes to the journal what it is about to do, moves,
//! looks again, and writes what came of it. [`undo`] puts back. [`settle`] finds out after a crash what was done, and leaves
//! the disk and the journal in agreement. All of them speak to a [`Disk`].

mod carry_out;
mod disk;
mod elsewhere;
mod plan;
mod reason;
mod settle;
mod system_disk;
mod system_trash;
#[cfg(test)]
mod tests;
mod undo;

pub use carry_out::{Outcome, Report, Stopped, Went, carry_out};
pub use disk::{Disk, Moment, Seen};
pub use plan::{Companion, PassOn, Plan, Refused, Survivor, Unit, Victim};
pub use reason::Reason;
pub use settle::{Settled, settle};
pub use system_disk::{Eyes, SystemDisk};
pub use undo::undo;
