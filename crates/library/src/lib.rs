//! The straight line from a file to a search result; owns threads and jobs.
//!
//! Read [`refresh`](Library::refresh) first: it is the line. [`follow`](Library::follow) walks it in the background,
//! [`similar`](Library::similar) asks what came of it,
//! [`arrange_map`](Library::arrange_map) lays it out. Knows nothing of wire formats, and no words for the user but
//! what its parts say.

mod activity;
mod all_cores;
mod builtin_model;
mod catch_up;
mod cleanup;
mod contexts;
mod decisions;
mod doctor;
mod embed_files;
mod error;
mod evaluate;
mod eye;
mod file_changes;
mod filter;
mod learn;
mod lesson;
mod library;
mod looks;
#[cfg(test)]
mod made_up;
mod map;
mod notices;
mod odd;
mod pictures;
mod pipeline;
mod places;
mod refresh;
mod roots;
mod sidecars;
mod similar;
mod stacks;
mod suggest;
mod taught;
mod thumbnails;
mod turn;
mod vectors;
mod wishes;
mod work;

pub use activity::{Activity, Work};
pub use builtin_model::{ModelForm, builtin};
pub use cleanup::{Among, AskGroups, Choice, ChosenFolder, DuplicateGroup, How, Member, SeenFile};
pub use contexts::{ContextState, GoesWith};
pub use decisions::TakenBack;
pub use doctor::Repair;
pub use embed_files::{EmbeddedFile, embed_files, picture_files};
pub use error::Error;
pub use evaluate::{
    ClassFigures, ConfusedPair, CopyFigures, CopyPhotos, Evaluation, Figures, Strength, class_of, evaluate,
    measure_copies,
};
pub use file_changes::{FileChange, FileChanges};
pub use library::{Library, decoders};
pub use likeness_cleanup::{Bond, Criterion, KeeperOrder, KeptBy, Lane, Strictness, act};
pub use likeness_cluster::DEFAULT_CONFIDENCE;
pub use likeness_decode::{DecodeError, DecodePool, Limits, WorkerCommand, run_worker_if_asked};
pub use likeness_embed::{EmbedError, HeadError, Model, ModelError, Precision};
pub use likeness_neighbors::{Accuracy, Metric};
pub use likeness_scan::WatchState;
pub use likeness_sidecar::Error as SidecarError;
pub use likeness_store as store;
pub use likeness_store::{Finding, FindingState};
pub use map::{Arrange, Begin, Dims, FIRST_MAP, Label, Layout, MakingMap, Points};
pub use notices::{Notice, Subscription};
pub use odd::OddOne;
pub use places::Places;
pub use refresh::{Scope, Summary, WithEmbeddings};
pub use sidecars::{SidecarsWritten, WriteSidecars};
pub use similar::{Answer, Question, Similar, Subject};
pub use suggest::SuggestedAlbum;
pub use taught::Proposals;
pub use thumbnails::ThumbnailSize;
pub use work::Following;
