//! Tags with what they lie below, in the lists that programs keep of them.
//!
//! Every program writes `dc:subject`, the bare names. What lies below what is told by lists of paths, and programs
//! disagree in which: the first list that has any is believed, in the order of how many programs keep it.

use std::collections::BTreeSet;

use likeness_domain::{SEPARATOR, Tag};

use crate::Damage;
use crate::edit::{List, set_items};
use crate::packet::{Packet, Property};

const NAMES: Property = Property::new(&["http://purl.org/dc/elements/1.1/"], "dc", "subject");

/// A list of tags with what they lie below, joined by the character.
const PATHS: [(Property, char, List); 4] = [
    (Property::new(&["http://ns.adobe.com/lightroom/1.0/"], "lr", "hierarchicalSubject"), '|', List::Bag),
    (Property::new(&["http://www.digikam.org/ns/1.0/"], "digiKam", "TagsList"), '/', List::Seq),
    (
        Property::new(
            &["http://ns.microsoft.com/photo/1.0/", "http://ns.microsoft.com/photo/1.0"],
            "MicrosoftPhoto",
            "LastKeywordXMP",
        ),
        '/',
        List::Bag,
    ),
    (
        Property::new(&["http://ns.iview-multimedia.com/mediapro/1.0/"], "mediapro", "CatalogSets"),
        '|',
        List::Bag,
    ),
];

/// What programs note for themselves among the tags of people.
const PROGRAMS_OWN: [&str; 2] = ["darktable", "_Digikam_Internal_Tags_"];

pub(crate) fn said(packet: &Packet<'_>) -> Option<BTreeSet<Tag>> {
    let names = packet.items(&NAMES);
    let lists = PATHS.iter().map(|(list, separator, _)| (packet.items(list), *separator));
    let lists: Vec<(Vec<String>, char)> = lists.filter_map(|(items, by)| Some((items?, by))).collect();
    if names.is_none() && lists.is_empty() {
        return None;
    }
    let tags_in = |items: &[String], by: char| -> BTreeSet<Tag> {
        items.iter().filter_map(|item| tag_of(item, by)).collect()
    };
    let paths = lists.iter().map(|(items, by)| tags_in(items, *by)).find(|tags| !tags.is_empty());
    let mut tags = paths.unwrap_or_default();
    let bare = tags_in(&names.unwrap_or_default(), SEPARATOR);
    let added: Vec<Tag> = bare.into_iter().filter(|name| !is_said_by(&tags, name.as_str())).collect();
    tags.extend(added);
    Some(lowest(&tags))
}

/// `text`, saying these tags.
pub(crate) fn written(text: String, tags: &BTreeSet<Tag>) -> Result<String, Damage> {
    let packet = Packet::parse(&text)?;
    let tags = lowest(tags);
    if said(&packet).unwrap_or_default() == tags {
        return Ok(text);
    }
    let mut text = text.clone();
    for (index, (property, separator, list)) in PATHS.iter().enumerate() {
        let there = packet.items(property);
        let is_begun = index == 0 && tags.iter().any(|tag| tag.parent().is_some());
        if there.is_none() && !is_begun {
            continue;
        }
        let spelled = |tag: &Tag| tag.as_str().replace(SEPARATOR, &separator.to_string());
        let spelled: Vec<String> = tags.iter().map(spelled).collect();
        let is_kept = |item: &str| match tag_of(item, *separator) {
            Some(there) => {
                spelled.iter().any(|tag| tag == item) || tags.iter().any(|tag| tag.is_under(&there))
            }
            None => true,
        };
        let there = there.unwrap_or_default();
        let more: Vec<String> = spelled.iter().filter(|tag| !there.contains(tag)).cloned().collect();
        text = set_items(&text, property, *list, is_kept, &more)?;
    }
    let there = packet.items(&NAMES).unwrap_or_default();
    let is_kept = |item: &str| tag_of(item, SEPARATOR).is_none() || is_said_by(&tags, item);
    let names: BTreeSet<&str> = tags.iter().map(Tag::name).collect();
    let more = names.into_iter().filter(|name| !there.iter().any(|item| item == name));
    let more: Vec<String> = more.map(str::to_owned).collect();
    set_items(&text, &NAMES, List::Bag, is_kept, &more)
}

/// The tag that an item of a list names; `None` for what is no tag, or not a person's.
fn tag_of(item: &str, separator: char) -> Option<Tag> {
    let item = match separator {
        SEPARATOR => item.to_owned(),
        // A bar is an ordinary letter to digiKam. It has no place in a name of ours.
        _ => item.replace(SEPARATOR, " ").replace(separator, &SEPARATOR.to_string()),
    };
    let parts: Vec<&str> = item.split(SEPARATOR).filter(|part| !part.trim().is_empty()).collect();
    let tag: Tag = parts.join("|").parse().ok()?;
    (!PROGRAMS_OWN.contains(&parts[0].trim())).then_some(tag)
}

/// Whether a name of `dc:subject` is one of the tags, or a part of one: many programs list these too.
fn is_said_by(tags: &BTreeSet<Tag>, name: &str) -> bool {
    let bare = name.split(SEPARATOR).map(str::trim).collect::<Vec<_>>().join("|");
    tags.iter().any(|tag| tag.as_str() == bare || tag.as_str().split(SEPARATOR).any(|part| part == bare))
}

/// Without the tags that others lie below: those say them too, and Capture One lists every step of the way.
fn lowest(tags: &BTreeSet<Tag>) -> BTreeSet<Tag> {
    let is_lowest = |tag: &&Tag| !tags.iter().any(|other| other != *tag && other.is_under(tag));
    tags.iter().filter(is_lowest).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::tests::packet_of;

    fn tags(texts: &[&str]) -> BTreeSet<Tag> {
        texts.iter().map(|text| text.parse().expect("a tag")).collect()
    }

    fn list(name: &str, items: &[&str]) -> String {
        let items: String = items.iter().map(|item| format!("<rdf:li>{item}</rdf:li>")).collect();
        format!("<{name}><rdf:Bag>{items}</rdf:Bag></{name}>")
    }

    fn said_in(text: &str) -> Option<BTreeSet<Tag>> {
        said(&Packet::parse(text).expect("XMP"))
    }

    #[test]
    fn names_add_to_paths_and_repeat_none_of_them() {
        let names = list("dc:subject", &["Rex", "Dogs", "Garden", "", " "]);
        assert_eq!(said_in(&packet_of(&names)), Some(tags(&["Dogs", "Garden", "Rex"])));
        let paths = list("lr:hierarchicalSubject", &["Animals", "Animals|Dogs", "Animals|Dogs|Rex"]);
        let text = packet_of(&(names + &paths));
        assert_eq!(said_in(&text), Some(tags(&["Animals|Dogs|Rex", "Garden"])));
        assert_eq!(said_in(&packet_of("")), None);
        assert_eq!(said_in(&packet_of("<dc:subject><rdf:Bag/></dc:subject>")), Some(tags(&[])));
        assert_eq!(said_in(&packet_of("<dc:subject>Garden</dc:subject>")), Some(tags(&["Garden"])));
    }

    #[test]
    fn the_first_list_that_has_any_is_believed() {
        let darktable = list("lr:hierarchicalSubject", &["darktable|format|cr2"]);
        let digikam = list("digiKam:TagsList", &["Animals/Dogs", "Places"]);
        let windows = list("MicrosoftPhoto:LastKeywordXMP", &["Old/Tag"]);
        let text = packet_of(&[&*darktable, &*digikam, &*windows].concat());
        assert_eq!(said_in(&text), Some(tags(&["Animals|Dogs", "Places"])));
        let later = packet_of(&(list("lr:hierarchicalSubject", &["Animals|Cats"]) + &digikam));
        assert_eq!(said_in(&later), Some(tags(&["Animals|Cats"])));
        assert_eq!(said_in(&packet_of(&windows)), Some(tags(&["Old|Tag"])));
    }

    #[test]
    fn every_list_that_is_there_says_what_is_written_and_programs_notes_stay() {
        let before = [
            list("dc:subject", &["Animals", "Dogs", "Rex", "Garden"]),
            list("lr:hierarchicalSubject", &["Animals", "Animals|Dogs|Rex", "darktable|changed"]),
            list("digiKam:TagsList", &["Animals/Dogs/Rex", "Long gone"]),
        ];
        let before = packet_of(&before.concat());
        let after = tags(&["Animals|Cats", "AC/DC", "Garden"]);
        let text = written(before, &after).expect("written");
        let packet = Packet::parse(&text).expect("XMP");
        let items = |index: usize| packet.items(&PATHS[index].0).expect("a list");
        assert_eq!(packet.items(&NAMES).expect("names"), ["Animals", "Garden", "AC/DC", "Cats"]);
        assert_eq!(items(0), ["Animals", "darktable|changed", "AC/DC", "Animals|Cats", "Garden"]);
        assert_eq!(items(1), ["AC/DC", "Animals/Cats", "Garden"]);
        assert_eq!(said(&packet), Some(after.clone()));
        assert_eq!(written(text.clone(), &after).expect("written"), text, "nothing is written twice");
    }

    #[test]
    fn tags_without_depth_begin_no_list_of_paths_and_no_tags_leave_none() {
        let text = written(packet_of(""), &tags(&["Garden", "Sea"])).expect("written");
        assert!(!text.contains("hierarchicalSubject>"), "{text}");
        assert_eq!(said_in(&text), Some(tags(&["Garden", "Sea"])));
        assert_eq!(said_in(&written(text, &tags(&[])).expect("written")), None);
        let deep = tags(&["Animals|Dogs|Rex", "Rex"]);
        let text = written(packet_of(""), &deep).expect("written");
        assert_eq!(said_in(&text), Some(deep));
    }

    #[test]
    fn tags_above_others_count_as_said() {
        let text = packet_of(&list("lr:hierarchicalSubject", &["Animals|Dogs"]));
        let same = written(text.clone(), &tags(&["Animals", "Animals|Dogs"])).expect("written");
        assert_eq!(same, text);
    }

    #[test]
    fn what_is_no_tag_is_neither_read_nor_lost() {
        let long = "x".repeat(2000);
        let text = packet_of(&list("dc:subject", &[&long, "Garden"]));
        assert_eq!(said_in(&text), Some(tags(&["Garden"])));
        let text = written(text, &tags(&["Sea"])).expect("written");
        assert!(text.contains(&long) && !text.contains("Garden"));
    }
}
