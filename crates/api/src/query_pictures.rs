//! Pictures that someone dropped or pasted to look for: kept in memory, the last few, until Likeness closes.

use std::collections::VecDeque;

use parking_lot::Mutex;

/// A browser tab seldom goes back further.
const KEPT: usize = 20;
/// All of them together; the last one is kept whatever its size.
const KEPT_BYTES: usize = 64 << 20;

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
        while kept.pictures.len() > 1 && kept.is_too_much() {
            kept.pictures.pop_front();
        }
        token
    }

    pub(crate) fn get(&self, token: &str) -> Option<Vec<u8>> {
        let kept = self.0.lock();
        kept.pictures.iter().find(|(name, _)| name == token).map(|(_, bytes)| bytes.clone())
    }
}

impl Kept {
    fn is_too_much(&self) -> bool {
        let bytes: usize = self.pictures.iter().map(|(_, bytes)| bytes.len()).sum();
        self.pictures.len() > KEPT || bytes > KEPT_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_pictures_make_room() {
        let pictures = QueryPictures::default();
        let small = pictures.keep(vec![1; 10]);
        let large = pictures.keep(vec![2; KEPT_BYTES + 1]);
        assert_eq!(pictures.get(&small), None);
        assert_eq!(pictures.get(&large).map(|bytes| bytes.len()), Some(KEPT_BYTES + 1));
        let last: Vec<String> = (0..=KEPT).map(|_| pictures.keep(vec![3])).collect();
        assert_eq!(pictures.get(&large), None);
        assert_eq!((pictures.get(&last[0]), pictures.get(&last[1])), (None, Some(vec![3])));
    }
}
