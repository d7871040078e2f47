//! Why there is no layout.

use likeness_domain::Cancelled;
use linfa_reduction::ReductionError;

/// Why there is no layout.
#[derive(Debug, thiserror::Error)]
pub enum LayoutError {
    /// The job was stopped.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The numbers are not rows of the dimension that was given.
    #[error("{numbers} numbers are not rows of {dimension}")]
    Shape {
        /// Numbers that were given.
        numbers: usize,
        /// Numbers that a row should have.
        dimension: usize,
    },
    /// Something is there for another number of photos than the rest.
    #[error("{what} of {actual} photos where there are {expected}")]
    Count {
        /// What does not fit, in the plural.
        what: &'static str,
        /// Photos that it should be for.
        expected: usize,
        /// Photos that it is for.
        actual: usize,
    },
    /// A vector or a position holds a number that is not finite.
    #[error("row {row} holds a number that is not finite")]
    NotFinite {
        /// The row, counted from 0.
        row: usize,
    },
    /// Principal components were not found.
    #[error("no principal components were found in a sample of {rows} x {dimension} numbers")]
    Components {
        /// Rows of the sample.
        rows: usize,
        /// Numbers in a row.
        dimension: usize,
        /// What linfa says.
        #[source]
        source: ReductionError,
    },
}
