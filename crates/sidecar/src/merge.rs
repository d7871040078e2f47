//! What is right when a person decided here and another program decided there. Never told by which was later: clocks
//! and copies lie. What both have agreed on tells who changed something; where both did, nobody is right.

use likeness_domain::Tag;

use crate::{Decided, Said};

/// A decision that is one value, so that two may contradict each other. Tags are sets, and never do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Field {
    Rating,
    Flag,
    Label,
}

/// What came of laying a sidecar beside what was decided here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// What holds here from now on: with what was changed in the sidecar, and without what is in conflict.
    pub decided: Decided,
    /// What both have agreed on, for the next time.
    pub agreed: Decided,
    /// What was decided here and otherwise there. It stays as it was on both sides until a person has chosen.
    pub conflicts: Vec<Field>,
}

/// Lays `there`, what a sidecar says now, beside `here`, what was decided here. `agreed` is what both said when they
/// were last laid side by side; nothing decided, the first time.
pub fn merge(agreed: &Decided, here: &Decided, there: &Said) -> Merged {
    let (mut decided, mut agreed) = (here.clone(), agreed.clone());
    let (ours, both) = (&mut decided.decisions, &mut agreed.decisions);
    let settled = [
        (Field::Rating, settle(&mut both.rating, &mut ours.rating, there.rating)),
        (Field::Flag, settle(&mut both.flag, &mut ours.flag, there.flag)),
        (Field::Label, settle(&mut both.label, &mut ours.label, there.label)),
    ];
    if let Some(tags) = &there.tags {
        // A sidecar that names a tag also says those that it lies below.
        let is_said = |tag: &Tag| tags.iter().any(|said| said.is_under(tag));
        let stays = |tag: &&Tag| !agreed.tags.contains(*tag) || is_said(tag);
        let removed_here = |tag: &&Tag| agreed.tags.contains(*tag) && !here.tags.contains(*tag);
        let theirs = tags.iter().filter(|tag| !removed_here(tag));
        decided.tags = here.tags.iter().filter(stays).chain(theirs).cloned().collect();
        agreed.tags.retain(is_said);
        agreed.tags.extend(tags.iter().cloned());
    }
    let conflicts = settled.into_iter().filter(|(_, is_settled)| !is_settled).map(|(field, _)| field);
    Merged { decided, agreed, conflicts: conflicts.collect() }
}

/// Whether at most one side has changed the value; then both have it.
fn settle<T: Copy + PartialEq>(agreed: &mut T, here: &mut T, there: Option<T>) -> bool {
    let Some(there) = there else { return true };
    if there == *agreed {
        return true;
    }
    if *here != *agreed && *here != there {
        return false;
    }
    (*agreed, *here) = (there, there);
    true
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use likeness_domain::{ColorLabel, Decisions, Flag, Rating};

    use super::*;

    fn rated(stars: u8) -> Rating {
        Rating::new(stars).expect("at most five")
    }

    fn tags(letters: &str) -> BTreeSet<Tag> {
        letters.chars().map(|letter| letter.to_string().parse().expect("a tag")).collect()
    }

    fn decided(stars: u8, letters: &str) -> Decided {
        Decided { decisions: Decisions { rating: rated(stars), ..Decisions::default() }, tags: tags(letters) }
    }

    fn says(stars: u8) -> Said {
        Said { rating: Some(rated(stars)), ..Said::default() }
    }

    /// Stars here and agreed on afterwards, and whether there is a conflict.
    fn stars(agreed: u8, here: u8, there: u8) -> (u8, u8, bool) {
        let merged = merge(&decided(agreed, ""), &decided(here, ""), &says(there));
        let stars = |decided: &Decided| decided.decisions.rating.stars();
        (stars(&merged.decided), stars(&merged.agreed), merged.conflicts == [Field::Rating])
    }

    #[test]
    fn who_alone_changed_something_is_right() {
        assert_eq!(stars(2, 2, 5), (5, 5, false), "changed there");
        assert_eq!(stars(2, 5, 2), (5, 2, false), "changed here, and yet to be written");
        assert_eq!(stars(2, 5, 5), (5, 5, false), "changed alike");
        assert_eq!(stars(2, 2, 2), (2, 2, false), "not changed");
        assert_eq!(stars(0, 3, 0), (3, 0, false), "decided here, and never there");
    }

    #[test]
    fn where_both_changed_it_nobody_is_and_both_stay_until_one_gives_way() {
        assert_eq!(stars(2, 4, 5), (4, 2, true));
        assert_eq!(stars(0, 4, 5), (4, 0, true), "the first time");
        assert_eq!(stars(2, 5, 5), (5, 5, false), "the person took theirs");
        assert_eq!(stars(5, 4, 5), (4, 5, false), "the person kept this: theirs counts as agreed on");
    }

    #[test]
    fn a_sidecar_that_says_nothing_takes_nothing_away() {
        let here = Decided {
            decisions: Decisions { rating: rated(3), flag: Flag::Pick, label: ColorLabel::Red },
            tags: tags("ab"),
        };
        let merged = merge(&here, &here, &Said::default());
        assert_eq!(merged, Merged { decided: here.clone(), agreed: here, conflicts: Vec::new() });
    }

    #[test]
    fn each_decision_is_merged_for_itself() {
        let here = Decided {
            decisions: Decisions { rating: rated(3), flag: Flag::Pick, label: ColorLabel::Red },
            tags: BTreeSet::new(),
        };
        let there = Said {
            rating: Some(rated(3)),
            flag: Some(Flag::Reject),
            label: Some(ColorLabel::Blue),
            ..Said::default()
        };
        let agreed = Decisions { label: ColorLabel::Red, ..Decisions::default() };
        let merged = merge(&Decided { decisions: agreed, ..Decided::default() }, &here, &there);
        assert_eq!(merged.conflicts, [Field::Flag]);
        let expected = Decisions { rating: rated(3), flag: Flag::Pick, label: ColorLabel::Blue };
        assert_eq!(merged.decided.decisions, expected);
        assert_eq!(merged.agreed.decisions, Decisions { flag: Flag::None, ..expected });
    }

    #[test]
    fn tags_come_and_go_from_both_sides() {
        let there = Said { tags: Some(tags("acx")), ..Said::default() };
        // Agreed on a, b, c: here c went and y came, there b went and x came.
        let merged = merge(&decided(0, "abc"), &decided(0, "aby"), &there);
        assert_eq!(merged.decided.tags, tags("axy"));
        assert_eq!(merged.agreed.tags, tags("acx"));
        let again = merge(&merged.agreed, &merged.decided, &there);
        assert_eq!(again, merged, "laid side by side once more, nothing changes");
    }

    #[test]
    fn a_tag_stays_while_the_sidecar_names_one_below_it() {
        let tags = |texts: &[&str]| texts.iter().map(|text| text.parse().expect("a tag")).collect();
        let both = Decided { tags: tags(&["Plant", "Plant|Fruit"]), ..Decided::default() };
        let says = |texts: &[&str]| Said { tags: Some(tags(texts)), ..Said::default() };
        let merged = merge(&both, &both, &says(&["Plant|Fruit"]));
        assert_eq!((&merged.decided, &merged.agreed), (&both, &both));
        let without = Decided { tags: tags(&["Plant|Fruit"]), ..Decided::default() };
        let merged = merge(&both, &without, &says(&["Plant|Fruit"]));
        assert_eq!(merged.decided, without, "removed here");
        let merged = merge(&both, &both, &says(&["Plants"]));
        assert_eq!(merged.decided.tags, tags(&["Plants"]), "removed there");
    }
}
