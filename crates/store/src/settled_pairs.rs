//! What the person said about photos that look alike: pairs of contents that are not duplicates, or are all wanted.

use likeness_domain::{CleanupId, PhotoId};
use rusqlite::{Row, params};

use crate::decisions::check_known;
use crate::journal::Step;
use crate::{Decision, Error, Store};

/// What the person said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// They were taken for duplicates and are none.
    NotDuplicates,
    /// They are, and all of them stay.
    KeepAll,
}

impl Verdict {
    /// The word in the catalog, in JSON and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::NotDuplicates => "not duplicates",
            Verdict::KeepAll => "keep all",
        }
    }

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let word = row.get_ref("verdict")?.as_str()?;
        Ok(if word == Verdict::KeepAll.word() { Verdict::KeepAll } else { Verdict::NotDuplicates })
    }
}

/// A pair that was settled, the photo with the lower number first; of one photo twice, its files are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub struct SettledPair {
    pub first: PhotoId,
    pub second: PhotoId,
    pub verdict: Verdict,
    /// Of one photo twice, how many of its files: 2 or more.
    pub files: u32,
}

impl Store {
    /// Settles every pair among each of `groups`, as one step that can be undone. A photo that a group has several times
    /// stands for so many files of it.
    ///
    /// # Errors
    /// When a photo is unknown or the catalog cannot be written; then nothing was settled.
    pub fn settle_pairs(&self, groups: &[Vec<PhotoId>], verdict: Verdict) -> Result<(), Error> {
        let decision = match verdict {
            Verdict::NotDuplicates => Decision::NotDuplicates,
            Verdict::KeepAll => Decision::KeepAll,
        };
        self.settle(Step::Own(decision), groups, verdict)
    }

    /// Keeps all of `photos`, what a clean-up left of a group, as a part of its step: what takes that back takes this back.
    /// Does nothing when nothing of the clean-up went.
    ///
    /// # Errors
    /// When a photo is unknown or the catalog cannot be written; then nothing was settled.
    pub fn keep_after_cleanup(&self, cleanup: CleanupId, photos: &[PhotoId]) -> Result<(), Error> {
        self.settle(Step::Of(cleanup), &[photos.to_vec()], Verdict::KeepAll)
    }

    fn settle(&self, step: Step, groups: &[Vec<PhotoId>], verdict: Verdict) -> Result<(), Error> {
        self.decide_in(step, |catalog| {
            let mut settle = catalog.prepare_cached(
                "INSERT INTO settled_pairs (first, second, verdict, files) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (first, second) DO UPDATE SET verdict = excluded.verdict, files = max(files, excluded.files)",
            )?;
            for photos in groups {
                check_known(catalog, photos)?;
                for (at, first) in photos.iter().enumerate() {
                    for second in &photos[at + 1..] {
                        let (low, high) = (first.min(second), first.max(second));
                        let files = photos.iter().filter(|photo| low == high && *photo == low).count().max(2);
                        settle.execute(params![low.0, high.0, verdict.word(), files as i64])?;
                    }
                }
            }
            Ok(())
        })
    }

    /// Takes verdicts back, as one step that can be undone: the pairs are looked at as if nothing had been said.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn unsettle_pairs(&self, pairs: &[(PhotoId, PhotoId)]) -> Result<(), Error> {
        self.decide(Decision::Unsettle, |catalog| {
            let mut forget =
                catalog.prepare_cached("DELETE FROM settled_pairs WHERE first = ?1 AND second = ?2")?;
            for (first, second) in pairs {
                forget.execute([first.min(second).0, first.max(second).0])?;
            }
            Ok(())
        })
    }

    /// All pairs that were settled, in order.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn settled_pairs(&self) -> Result<Vec<SettledPair>, Error> {
        self.pairs("SELECT * FROM settled_pairs ORDER BY first, second")
    }

    /// The same, those that were settled last first; what was settled before the steps that can be taken back comes behind
    /// them, the highest numbers first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn settled_pairs_newest_first(&self) -> Result<Vec<SettledPair>, Error> {
        self.pairs(
            "SELECT settled_pairs.* FROM settled_pairs
             LEFT JOIN (SELECT key, max(action) AS step FROM changes WHERE subject = 'settled_pairs' GROUP BY key)
                ON key = json_array(first, second)
             ORDER BY step DESC NULLS LAST, first DESC, second DESC",
        )
    }

    fn pairs(&self, select: &str) -> Result<Vec<SettledPair>, Error> {
        self.read(|view| {
            let mut select = view.prepare_cached(select)?;
            let rows = select.query_map([], |row| {
                Ok(SettledPair {
                    first: PhotoId(row.get("first")?),
                    second: PhotoId(row.get("second")?),
                    verdict: Verdict::of(row)?,
                    files: row.get("files")?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CleanupKind;
    use crate::journal::mark_cleanup;
    use crate::testing::Library;

    #[test]
    fn what_was_said_last_comes_first() {
        let (library, photos) = Library::with_photos(4);
        let store = &library.store;
        let settle = |a: usize, b: usize, verdict: Verdict| {
            store.settle_pairs(&[vec![photos[a], photos[b]]], verdict).expect("settled");
        };
        let newest_first = || -> Vec<(i64, i64)> {
            let pairs = store.settled_pairs_newest_first().expect("pairs");
            pairs.iter().map(|pair| (pair.first.0, pair.second.0)).collect()
        };
        settle(1, 2, Verdict::KeepAll);
        settle(0, 3, Verdict::KeepAll);
        settle(0, 1, Verdict::NotDuplicates);
        assert_eq!(newest_first(), [(1, 2), (1, 4), (2, 3)]);
        settle(1, 2, Verdict::NotDuplicates);
        assert_eq!(newest_first(), [(2, 3), (1, 2), (1, 4)], "it was said anew");
        // The journal knows so many steps.
        store.write(|catalog| Ok(catalog.execute("DELETE FROM actions", [])?)).expect("forgotten");
        settle(2, 3, Verdict::KeepAll);
        assert_eq!(newest_first(), [(3, 4), (2, 3), (1, 4), (1, 2)]);
    }

    #[test]
    fn files_of_one_photo_are_settled_by_number() {
        let (library, photos) = Library::with_photos(1);
        let store = &library.store;
        let files = || store.settled_pairs().expect("pairs").first().map(|pair| pair.files);
        let settle =
            |files: usize| store.settle_pairs(&[vec![photos[0]; files]], Verdict::KeepAll).expect("settled");
        settle(3);
        assert_eq!(files(), Some(3));
        settle(2);
        assert_eq!(files(), Some(3), "the third one was settled before");
        settle(4);
        store.unsettle_pairs(&[(photos[0], photos[0])]).expect("taken back");
        for before in [Some(4), Some(3)] {
            store.undo().expect("undone");
            assert_eq!(files(), before);
        }
    }

    #[test]
    fn what_a_clean_up_keeps_is_part_of_its_step() {
        let (library, photos) = Library::with_photos(4);
        let store = &library.store;
        let pairs = || store.settled_pairs().expect("pairs").len();
        let refused = store.begin_cleanup(CleanupKind::Duplicates).expect("begun");
        store.keep_after_cleanup(refused, &photos).expect("nothing to do");
        assert_eq!(pairs(), 0, "nothing went");

        let cleanup = store.begin_cleanup(CleanupKind::Duplicates).expect("begun");
        store.write(|catalog| mark_cleanup(catalog, cleanup)).expect("something went");
        store.keep_after_cleanup(cleanup, &photos[..3]).expect("kept");
        assert_eq!((pairs(), store.undo_label().expect("read")), (3, Some(Decision::CleanUp)));
        // What was said of a pair since then holds.
        store.settle_pairs(&[photos[..2].to_vec()], Verdict::NotDuplicates).expect("settled");
        assert!(store.keep_after_cleanup(cleanup, &[PhotoId(9), photos[0]]).is_err());
        store.forget_cleanup_step(cleanup).expect("taken back");
        assert_eq!(
            store.settled_pairs().expect("pairs").iter().map(|pair| pair.verdict).collect::<Vec<_>>(),
            [Verdict::NotDuplicates]
        );
        assert_eq!(store.undo_label().expect("read"), Some(Decision::NotDuplicates));
    }

    #[test]
    fn verdicts_are_steps_and_hold_for_contents() {
        let (library, photos) = Library::with_photos(3);
        let store = &library.store;
        let pairs = || -> Vec<(i64, i64, Verdict)> {
            let pairs = store.settled_pairs().expect("pairs");
            pairs.iter().map(|pair| (pair.first.0, pair.second.0, pair.verdict)).collect()
        };
        let (no, keep) = (Verdict::NotDuplicates, Verdict::KeepAll);
        store.settle_pairs(&[vec![photos[2], photos[0]], vec![photos[1], photos[1]]], no).expect("settled");
        let first = [(1, 3, no), (2, 2, no)];
        assert_eq!(pairs(), first);
        store.settle_pairs(std::slice::from_ref(&photos), keep).expect("settled");
        let second = [(1, 2, keep), (1, 3, keep), (2, 2, no), (2, 3, keep)];
        assert_eq!(pairs(), second);
        store.unsettle_pairs(&[(photos[1], photos[0])]).expect("taken back");
        assert_eq!(pairs(), second[1..]);
        assert_eq!(store.undo().expect("undone").expect("a step").action, Decision::Unsettle);
        assert_eq!(pairs(), second);
        store.undo().expect("undone");
        assert_eq!(pairs(), first);
        store.undo().expect("undone");
        assert_eq!(pairs(), []);
        store.redo().expect("done again");
        assert_eq!(pairs(), first);
        assert!(matches!(store.settle_pairs(&[vec![PhotoId(9)]], no), Err(Error::UnknownPhoto(PhotoId(9)))));
    }
}
