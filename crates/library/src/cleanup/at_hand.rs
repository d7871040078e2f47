//! Thumbnails at hand while photos are compared with each other: a photo is decoded once, however many pairs it is in.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, OnceLock};

use likeness_domain::Pixels;
use parking_lot::Mutex;

/// So many are kept, 50 MB at most where they are 256 pixels long; then the first makes room.
const MOST: usize = 256;

/// Pixels by row; nothing of a row that has none to be had.
#[derive(Default)]
pub(super) struct AtHand(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    pictures: HashMap<u32, Picture>,
    first_to_last: VecDeque<u32>,
}

/// Decoded by whoever asks first; others wait for it.
type Picture = Arc<OnceLock<Option<Pixels>>>;

impl AtHand {
    /// The pixels of `row`, made by `decode` when they are not at hand. `decode` must not wait for other threads that compare:
    /// one of them may wait for it.
    pub(super) fn picture(&self, row: u32, decode: impl FnOnce() -> Option<Pixels>) -> Picture {
        let picture = self.0.lock().place_of(row);
        picture.get_or_init(decode);
        picture
    }
}

impl Kept {
    fn place_of(&mut self, row: u32) -> Picture {
        if let Some(picture) = self.pictures.get(&row) {
            return Arc::clone(picture);
        }
        if self.first_to_last.len() == MOST
            && let Some(first) = self.first_to_last.pop_front()
        {
            self.pictures.remove(&first);
        }
        self.first_to_last.push_back(row);
        Arc::clone(self.pictures.entry(row).or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_picture_is_decoded_once_as_long_as_there_is_room() {
        let at_hand = AtHand::default();
        let decoded = Cell::new(0);
        let ask = |row: u32| {
            let picture = at_hand.picture(row, || {
                decoded.set(decoded.get() + 1);
                (row > 0).then(|| Pixels::new(1, 1, vec![row as u8; 3]).expect("three bytes"))
            });
            picture.get().expect("decoded").as_ref().map(|pixels| pixels.rgb()[0])
        };
        assert_eq!((ask(7), ask(0), ask(7), ask(0)), (Some(7), None, Some(7), None));
        assert_eq!(decoded.get(), 2, "what is not to be had is not asked for again");
        (0..MOST as u32).for_each(|row| _ = ask(1000 + row));
        assert_eq!(at_hand.0.lock().pictures.len(), MOST);
        assert_eq!((ask(7), decoded.get()), (Some(7), 2 + MOST + 1));
    }
}
