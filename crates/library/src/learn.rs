//! What Likeness learns by itself, in the background, after photos came and after the person decided.

use likeness_domain::JobContext;

use crate::{Error, Library};

impl Library {
    /// Learns anew whatever is due: albums to suggest, photos to propose, odd ones out, what goes with what.
    ///
    /// # Errors
    /// When the catalog cannot be read or written, or the job is cancelled: the next call goes on.
    pub fn learn(&self, ctx: &JobContext) -> Result<(), Error> {
        self.update_proposals(ctx)?;
        self.update_suggestions(ctx)?;
        self.update_odd_ones(ctx)?;
        self.update_contexts(ctx)
    }
}
