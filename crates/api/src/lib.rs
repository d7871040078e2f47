//! One function per command, and the wire types (nowhere else). The only place where an error becomes words.
//!
//! [`Api`] is what the window and the browser talk to; [`Session`] is what the command line runs. Both are thin: they
//! turn wire types into the library's words and back.

mod api;
mod cleanup;
mod commands;
mod convert;
mod decisions;
mod embed;
mod eval;
mod failure;
mod filter;
mod learned;
pub mod lines;
mod map;
mod models;
mod numpy;
mod open;
mod outside;
mod query_pictures;
mod report;
mod session;
mod sidecars;
mod times;
pub mod wire;
mod wire_path;
#[cfg(test)]
mod wire_ts;

pub use api::{Api, Picture, Subscription};
pub use embed::{EmbedTarget, Shard, embed};
pub use eval::{EvalTarget, eval};
pub use likeness_domain::{JobControl, Progress, Stage};
pub use likeness_library::act::{PassOn, Plan};
pub use likeness_library::store::Sort;
pub use likeness_library::{Accuracy, Metric, Repair, WithEmbeddings, WriteSidecars, run_worker_if_asked};
pub use likeness_library::{Among, Criterion, Lane, Strictness};
pub use open::Options;
pub use outside::open_in_browser;
pub use session::{
    AskDuplicates, AskMap, AskSimilar, CleanupLines, Job, LastCopies, ListPhotos, MapLines, MapMethod,
    MapScope, Session, SimilarLines,
};
