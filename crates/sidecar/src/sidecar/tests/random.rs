//! Made-up sidecars in every spelling that XML and RDF allow: one decision changes one place, and all else is the same.

use likeness_domain::{ColorLabel, Flag, Rating};
use roxmltree::{Document, Node};

use super::{decided, said};
use crate::packet::RDF;

const XMP: &str = "http://ns.adobe.com/xap/1.0/";

/// SplitMix64.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len() as u64) as usize]
    }

    fn space(&mut self) -> &'static str {
        self.of(&["", "", "\n", "\n  ", " ", "\r\n\t", "\n<!-- <a> & \"b -->\n ", "<?pi <x?>"])
    }

    fn value(&mut self) -> &'static str {
        self.of(&[
            "",
            "a",
            "3 > 2",
            "&lt;b&gt; &amp;amp;",
            "&#x732B;",
            "Zoë",
            "猫 🐈",
            "xmp:Rating=4",
            "/>",
            "]]",
        ])
    }

    fn attributes(&mut self) -> String {
        let mut attributes = String::new();
        for number in 0..self.below(4) {
            let between = self.of(&[" ", "\n   ", "\r\n  "]);
            let equals = self.of(&["=", " = ", "=\n"]);
            let quote = self.of(&["'", "\""]);
            attributes += &format!("{between}q:a{number}{equals}{quote}{}{quote}", self.value());
        }
        attributes
    }

    fn element(&mut self, depth: u64) -> String {
        let name = self.of(&["q:Thing", "q:Rating", "q:History", "Rating"]);
        let attributes = self.attributes();
        let inner = match self.below(4) {
            0 => return format!("<{name}{attributes}{}/>", self.of(&["", " "])),
            1 => self.value().to_owned(),
            2 => format!("<![CDATA[{}]]>", self.of(&["<not a=\"tag\">", "&amp;", "</q:Thing>"])),
            _ if depth == 0 => String::new(),
            _ => (0..self.below(3)).map(|_| self.space().to_owned() + &self.element(depth - 1)).collect(),
        };
        format!("<{name}{attributes}>{inner}{}</{name}>", self.space())
    }

    /// A sidecar, with the rating that it says.
    fn sidecar(&mut self) -> (String, Option<u8>) {
        let xmp = self.of(&["xmp", "xap", "a"]);
        let rdf = self.of(&["rdf", "R"]);
        let stars = self.below(6) as u8;
        let blocks = 1 + self.below(3);
        let rated = self.below(blocks + 1);
        let opening = ["", "<?xml version='1.0'?>", "<?xpacket begin='\u{FEFF}' id='x'?>\n"];
        let mut text = self.of(&opening).to_owned();
        text +=
            &format!("<x:xmpmeta xmlns:x='adobe:ns:meta/'>{}<{rdf}:RDF xmlns:{rdf}='{RDF}'>", self.space());
        for block in 0..blocks {
            let is_attribute = self.below(2) == 0;
            let is_rated = rated == block;
            text += self.space();
            text += &format!("<{rdf}:Description {rdf}:about=''\n xmlns:{xmp}='{XMP}' xmlns:q='urn:q'");
            text += &self.attributes();
            if is_rated && is_attribute {
                text += &format!(" {xmp}:Rating='{stars}'");
            }
            text += ">";
            for _ in 0..self.below(4) {
                text += self.space();
                text += &self.element(2);
            }
            if is_rated && !is_attribute {
                text += &format!("{}<{xmp}:Rating>{stars}</{xmp}:Rating>", self.space());
            }
            text += &format!("{}</{rdf}:Description>", self.space());
        }
        text += &format!("{}</{rdf}:RDF></x:xmpmeta>", self.space());
        text += self.of(&["", "\n", "<?xpacket end='w'?>"]);
        (text, (rated < blocks).then_some(stars))
    }
}

/// Everything in the text but ratings and white space, spelled out.
fn rest(text: &str) -> String {
    fn tell(node: Node<'_, '_>, told: &mut String) {
        let is_rating = |namespace: Option<&str>, name: &str| namespace == Some(XMP) && name == "Rating";
        if is_rating(node.tag_name().namespace(), node.tag_name().name()) {
            return;
        }
        *told += &format!("\n{:?} {:?}", node.node_type(), node.tag_name());
        if !node.is_element() {
            *told += &format!(" {:?} {:?}", node.pi(), node.text().unwrap_or_default().trim());
        }
        for attribute in node.attributes().filter(|a| !is_rating(a.namespace(), a.name())) {
            *told += &format!(" {:?}:{}={:?}", attribute.namespace(), attribute.name(), attribute.value());
        }
        let is_blank =
            |node: &Node<'_, '_>| node.is_text() && node.text().is_none_or(|t| t.trim().is_empty());
        node.children().filter(|child| !is_blank(child)).for_each(|child| tell(child, told));
        *told += "/";
    }
    let mut told = String::new();
    tell(Document::parse(text).expect("XML").root(), &mut told);
    told
}

#[test]
fn a_rating_changes_one_place_and_everything_else_is_the_same() {
    let mut random = Random(20_261_121);
    let mut inserted = 0;
    for round in 0..500 {
        let (before, stars) = random.sidecar();
        assert_eq!(said(&before).decisions.rating.stars(), stars.unwrap_or(0), "round {round}: {before}");
        let other = (stars.unwrap_or(0) + 1 + random.below(5) as u8) % 6;
        let rated = decided(other, Flag::None, ColorLabel::None, &[]);
        let after = rated.written_into(before.clone()).expect("XMP");
        assert_eq!(Some(said(&after).decisions.rating), Rating::new(other), "{before}\n\n{after}");
        assert_eq!(rest(&after), rest(&before), "round {round}: {before}\n\n{after}");

        // Bytes: a common beginning and a common end, and only the rating between them.
        let start = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
        let (old, new) = (&before.as_bytes()[start..], &after.as_bytes()[start..]);
        let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
        let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
        match stars {
            Some(_) => assert_eq!((old.len(), new.len()), (1, 1), "one digit"),
            None => {
                inserted += 1;
                assert_eq!(old.len(), 0, "nothing is taken away: {before}\n\n{after}");
                assert!(new.len() < 60, "{}", String::from_utf8_lossy(new));
            }
        }
    }
    assert!(inserted > 100, "{inserted}");
}

#[test]
fn damaged_text_never_panics() {
    let mut random = Random(7);
    let mut understood = 0;
    for _ in 0..1000 {
        let (text, _) = random.sidecar();
        let mut bytes = text.into_bytes();
        for _ in 0..1 + random.below(4) {
            let at = random.below(bytes.len() as u64) as usize;
            match random.below(3) {
                0 => bytes.truncate(at + 1),
                1 => bytes[at] = random.of(&["<", ">", "\"", "'", "&", "/", "=", " "]).as_bytes()[0],
                _ => bytes[at] = random.bits() as u8,
            }
        }
        let Ok(contents) = crate::text::Contents::decode(&bytes) else { continue };
        let all = decided(3, Flag::Pick, ColorLabel::Red, &["a|b", "c"]);
        if let Ok(written) = all.written_into(contents.text) {
            assert_eq!(said(&written), all);
            understood += 1;
        }
    }
    assert!(understood > 20, "{understood}");
}
