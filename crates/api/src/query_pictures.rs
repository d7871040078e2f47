//! Pictures that someone dropped or pasted to look for: kept in memory, the last few, until Likeness closes.

use std::collections::VecDeque;

use parking_lot::Mutex;

/// A browser tab seldom goes back further.
const KEPT: usize = 20;

#[derive(Default)]
pub(crate) struct QueryPictures(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    given: u64,
    pictures: VecDeque<(String, Vec<u8>)>,
}

impl QueryPictures {
    /// Keeps the bytes of a picture file, and names them.
    pub(crate) fn keep(&self, bytes: Vec<u8>) -> String {
        let mut kept = self.0.lock();
        kept.given += 1;
        let token = format!("q{}", kept.given);
        kept.pictures.push_back((token.clone(), bytes));
        if kept.pictures.len() > KEPT {
            kept.pictures.pop_front();
        }
        token
    }

    pub(crate) fn get(&self, token: &str) -> Option<Vec<u8>> {
        let kept = self.0.lock();
        kept.pictures.iter().find(|(name, _)| name == token).map(|(_, bytes)| bytes.clone())
    }
}
