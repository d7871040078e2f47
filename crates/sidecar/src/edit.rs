//! Changes one property in the text of a sidecar, and leaves every other byte as it is.
//!
//! The tree says where things stand; the change itself is a splice of text. New things take the form of what is around
//! them: attribute or element, line breaks, indentation, prefixes.

use std::ops::Range;

use roxmltree::{Attribute, Node};

use crate::Damage;
use crate::packet::{Packet, Place, Property, items_of, prefers_attributes, start_tag};

/// What RDF calls a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    /// Without order.
    Bag,
    /// In order.
    Seq,
}

impl List {
    fn name(self) -> &'static str {
        match self {
            List::Bag => "Bag",
            List::Seq => "Seq",
        }
    }
}

/// The text with `property` saying `value`, or without the property.
pub(crate) fn set_text(text: &str, property: &Property, value: Option<&str>) -> Result<String, Damage> {
    let packet = Packet::parse(text)?;
    let places = packet.places(property);
    let Some(value) = value else { return Ok(without(text, &places)) };
    let Some((first, others)) = places.split_first() else {
        return insert_text(text, property, value);
    };
    let mut splices: Vec<Splice> = others.iter().map(|place| removal(text, *place)).collect();
    splices.push(match first.of_text() {
        Place::Attribute(attribute) => (value_range(text, attribute), escaped(value)),
        Place::Element(node) => content(text, node, &escaped(value)),
    });
    Ok(spliced(text, splices))
}

/// The text with those items of `property` that are to be kept, and `more` after them.
pub(crate) fn set_items(
    text: &str,
    property: &Property,
    list: List,
    is_kept: impl Fn(&str) -> bool,
    more: &[String],
) -> Result<String, Damage> {
    let packet = Packet::parse(text)?;
    let places = packet.places(property);
    let mut items = packet.items(property).unwrap_or_default();
    items.retain(|item| is_kept(item));
    items.extend_from_slice(more);
    if items.is_empty() {
        return Ok(without(text, &places));
    }
    if let [place] = places[..]
        && let Some(list) = place.list()
        && let Some((last, _)) = items_of(list).last()
    {
        let dropped = items_of(list).filter(|(_, item)| !is_kept(item));
        let mut splices: Vec<Splice> = dropped.map(|(li, _)| removal(text, Place::Element(li))).collect();
        let tag = name_of(text, last);
        let before = line_start(text, last);
        let lines = more.iter().map(|item| format!("{before}<{tag}>{}</{tag}>", escaped(item)));
        splices.push((last.range().end..last.range().end, lines.collect()));
        return Ok(spliced(text, splices));
    }
    insert_items(&without(text, &places), property, list, &items)
}

type Splice = (Range<usize>, String);

fn spliced(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|(range, _)| (range.start, range.end));
    let mut result = String::with_capacity(text.len() + 256);
    let mut done = 0;
    for (range, replacement) in splices {
        result.push_str(&text[done..range.start]);
        result.push_str(&replacement);
        done = range.end;
    }
    result.push_str(&text[done..]);
    result
}

fn without(text: &str, places: &[Place<'_, '_>]) -> String {
    spliced(text, places.iter().map(|place| removal(text, *place)).collect())
}

/// Takes the property with the white space before it, so that no empty line stays.
fn removal(text: &str, place: Place<'_, '_>) -> Splice {
    let range = match place {
        Place::Attribute(attribute) => {
            let range = attribute.range();
            text[..range.start].trim_end().len()..range.end
        }
        Place::Element(node) => node.range().start - line_start(text, node).len()..node.range().end,
    };
    (range, String::new())
}

/// Puts `value` in the place of all that the element holds.
fn content(text: &str, node: Node<'_, '_>, value: &str) -> Splice {
    let tag = start_tag(text, node.range().start).expect("a parsed element has a start tag");
    if tag.is_empty {
        let end = node.range().end;
        return (trimmed_end(text, tag.end)..end, format!(">{value}</{}>", name_of(text, node)));
    }
    let closing = text[..node.range().end].rfind("</").expect("an element that is not empty has an end tag");
    (tag.end + 1..closing, value.to_owned())
}

fn insert_text(text: &str, property: &Property, value: &str) -> Result<String, Damage> {
    let text = with_block(text)?;
    let packet = Packet::parse(&text)?;
    let block = home(&packet, property);
    if prefers_attributes(block) {
        let (name, declaration) = name_in(block, property, Spelling::Attribute);
        let tag = start_tag(&text, block.range().start).expect("a parsed element has a start tag");
        let end = trimmed_end(&text, tag.end);
        let between = between_attributes(&text[block.range().start..end]);
        let declaration = declaration.map(|words| format!("{between}{words}")).unwrap_or_default();
        let attribute = format!("{declaration}{between}{name}=\"{}\"", escaped(value));
        return Ok(spliced(&text, vec![(end..end, attribute)]));
    }
    let (name, declaration) = name_in(block, property, Spelling::Element);
    let declaration = declaration.map(|words| format!(" {words}")).unwrap_or_default();
    let splice =
        appended(&text, block, |line| format!("{}<{name}{declaration}>{}</{name}>", line(0), escaped(value)));
    Ok(spliced(&text, vec![splice]))
}

fn insert_items(text: &str, property: &Property, list: List, items: &[String]) -> Result<String, Damage> {
    let text = with_block(text)?;
    let packet = Packet::parse(&text)?;
    let block = home(&packet, property);
    let (name, declaration) = name_in(block, property, Spelling::Element);
    let declaration = declaration.map(|words| format!(" {words}")).unwrap_or_default();
    // The block is itself in RDF's namespace, so what stands before its name stands before all of RDF's names.
    let block_name = name_of(&text, block);
    let rdf = block_name.strip_suffix("Description").unwrap_or("rdf:");
    let splice = appended(&text, block, |line| {
        let items = items.iter().map(|item| format!("{}<{rdf}li>{}</{rdf}li>", line(2), escaped(item)));
        let items: String = items.collect();
        let (outer, inner, list) = (line(0), line(1), list.name());
        format!(
            "{outer}<{name}{declaration}>{inner}<{rdf}{list}>{items}{inner}</{rdf}{list}>{outer}</{name}>"
        )
    });
    Ok(spliced(&text, vec![splice]))
}

/// The text with a block for properties, if it has none.
fn with_block(text: &str) -> Result<String, Damage> {
    let packet = Packet::parse(text)?;
    if packet.descriptions().next().is_some() {
        return Ok(text.to_owned());
    }
    let rdf = packet.rdf().expect("a packet has it");
    let rdf_name = name_of(text, rdf);
    let prefix = rdf_name.strip_suffix("RDF").unwrap_or("rdf:");
    // An attribute has no default namespace, so `about` is left out where RDF has no prefix; that means the same.
    let about = if prefix.is_empty() { String::new() } else { format!(" {prefix}about=\"\"") };
    let splice = appended(text, rdf, |line| format!("{}<{prefix}Description{about}/>", line(0)));
    Ok(spliced(text, vec![splice]))
}

/// The block that a new property goes to: beside its kin, else the first.
fn home<'a, 'text>(packet: &'a Packet<'text>, property: &Property) -> Node<'a, 'text> {
    let is_kin = |block: &Node<'_, '_>| {
        block.attributes().any(|attribute| property.has_namespace(attribute.namespace()))
            || block.children().any(|node| property.has_namespace(node.tag_name().namespace()))
    };
    let kin = packet.descriptions().find(is_kin);
    kin.or_else(|| packet.descriptions().next()).expect("a block was made where there was none")
}

/// Adds an element at the end of `parent`. `write` gets what begins a line, by how much deeper than the element.
fn appended(text: &str, parent: Node<'_, '_>, write: impl Fn(&dyn Fn(usize) -> String) -> String) -> Splice {
    let last = parent.last_element_child();
    let begin = match last {
        Some(sibling) => line_start(text, sibling).to_owned(),
        None => deeper(line_start(text, parent), 1),
    };
    let element = write(&|depth| deeper(&begin, depth));
    if let Some(sibling) = last {
        let end = sibling.range().end;
        return (end..end, element);
    }
    let tag = start_tag(text, parent.range().start).expect("a parsed element has a start tag");
    if !tag.is_empty {
        return (tag.end + 1..tag.end + 1, element);
    }
    let closed = format!(">{element}{}</{}>", line_start(text, parent), name_of(text, parent));
    (trimmed_end(text, tag.end)..parent.range().end, closed)
}

fn deeper(line_start: &str, by: usize) -> String {
    if line_start.is_empty() { String::new() } else { format!("{line_start}{}", " ".repeat(by)) }
}

/// The line break and the indentation before an element; nothing when something else stands before it in its line.
fn line_start<'t>(text: &'t str, node: Node<'_, '_>) -> &'t str {
    let before = &text[..node.range().start];
    let line = before.trim_end_matches([' ', '\t']);
    let end = line.strip_suffix("\r\n").or_else(|| line.strip_suffix('\n'));
    end.map_or("", |end| &before[end.len()..])
}

/// What stands between two attributes: a line break and an indentation, where the tag has several lines.
fn between_attributes(tag: &str) -> &str {
    let Some(at) = tag.rfind('\n') else { return " " };
    let from = if tag[..at].ends_with('\r') { at - 1 } else { at };
    let to = at + 1 + (tag[at + 1..].len() - tag[at + 1..].trim_start_matches([' ', '\t']).len());
    &tag[from..to]
}

fn trimmed_end(text: &str, end: usize) -> usize {
    text[..end].trim_end().len()
}

/// The name as written, with its prefix.
fn name_of<'t>(text: &'t str, node: Node<'_, '_>) -> &'t str {
    let name = &text[node.range().start + 1..];
    let end = name.find(|c: char| c.is_whitespace() || c == '/' || c == '>').unwrap_or(name.len());
    &name[..end]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Attribute,
    Element,
}

/// What the property is called in `block`, and the declaration that its prefix needs when nothing has declared it.
fn name_in(block: Node<'_, '_>, property: &Property, spelling: Spelling) -> (String, Option<String>) {
    let local = property.name;
    // A default namespace is for elements only.
    let is_usable = |prefix: Option<&str>| prefix.is_some() || spelling == Spelling::Element;
    let declared =
        block.namespaces().find(|space| property.has_namespace(Some(space.uri())) && is_usable(space.name()));
    if let Some(space) = declared {
        let name = space.name().map_or(local.to_owned(), |prefix| format!("{prefix}:{local}"));
        return (name, None);
    }
    let mut prefix = property.prefix.to_owned();
    while block.lookup_namespace_uri(Some(&prefix)).is_some() {
        prefix.push('_');
    }
    (format!("{prefix}:{local}"), Some(format!("xmlns:{prefix}=\"{}\"", property.namespaces[0])))
}

/// Where the value stands between its quotes.
fn value_range(text: &str, attribute: Attribute<'_, '_>) -> Range<usize> {
    let range = attribute.range();
    let quote = &text[range.end - 1..range.end];
    let opening = text[range.clone()].find(quote).expect("a value stands between two quotes");
    range.start + opening + 1..range.end - 1
}

/// Fit for an element and for an attribute. What XML cannot say at all is left out.
fn escaped(value: &str) -> String {
    let mut result = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            '\'' => result.push_str("&apos;"),
            '\u{FFFE}' | '\u{FFFF}' => {}
            character if character.is_control() => {}
            character => result.push(character),
        }
    }
    result
}

#[cfg(test)]
mod tests;
