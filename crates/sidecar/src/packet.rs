//! XMP as a tree: which properties stand where, in whichever of RDF's spellings, under whichever prefix.
//!
//! Knows the form and no meaning. Sidecars come from anywhere: no entities beyond XML's own five, and bounds on
//! everything whose cost grows faster than the file.

use roxmltree::{Attribute, Document, Node, ParsingOptions};

use crate::Damage;

pub(crate) const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

const MOST_ELEMENTS: u32 = 500_000;
/// Declarations of namespaces in a file, and attributes of one element: their cost grows with the square.
const MOST_NAMESPACES: usize = 1000;
const MOST_ATTRIBUTES: usize = 1000;

/// The name of a property.
#[derive(Debug)]
pub(crate) struct Property {
    /// The namespace that is written, and others that programs have written by mistake.
    pub namespaces: &'static [&'static str],
    /// The prefix that people know.
    pub prefix: &'static str,
    pub name: &'static str,
}

impl Property {
    pub(crate) const fn new(
        namespaces: &'static [&'static str],
        prefix: &'static str,
        name: &'static str,
    ) -> Self {
        Self { namespaces, prefix, name }
    }

    pub(crate) fn has_namespace(&self, namespace: Option<&str>) -> bool {
        namespace.is_some_and(|namespace| self.namespaces.contains(&namespace))
    }
}

/// Where a property stands.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a, 'text> {
    Attribute(Attribute<'a, 'text>),
    Element(Node<'a, 'text>),
}

impl<'a, 'text> Place<'a, 'text> {
    /// Where its text stands: in itself, or deeper when the property has qualifiers or is a list.
    pub(crate) fn of_text(self) -> Self {
        let mut node = match self {
            Place::Attribute(_) => return self,
            Place::Element(node) => node,
        };
        loop {
            if let Some(value) = node.attribute_node((RDF, "value")) {
                return Place::Attribute(value);
            }
            let inner = ["value", "Description", "Bag", "Seq", "Alt", "li"];
            let Some(next) = inner.iter().find_map(|name| child(node, name)) else {
                return Place::Element(node);
            };
            node = next;
        }
    }

    fn text(self) -> String {
        match self.of_text() {
            Place::Attribute(attribute) => attribute.value().trim().to_owned(),
            Place::Element(node) => {
                let texts: String = node.children().filter(Node::is_text).filter_map(|n| n.text()).collect();
                texts.trim().to_owned()
            }
        }
    }

    /// The list that it is, as `rdf:Bag` or one of its kin.
    pub(crate) fn list(self) -> Option<Node<'a, 'text>> {
        match self {
            Place::Attribute(_) => None,
            Place::Element(node) => ["Bag", "Seq", "Alt"].iter().find_map(|name| child(node, name)),
        }
    }

    fn items(self) -> Vec<String> {
        let items = match self.list() {
            Some(list) => items_of(list).map(|(_, text)| text).collect(),
            None => vec![self.text()],
        };
        items.into_iter().filter(|item| !item.is_empty()).collect()
    }
}

/// The items of a list, with their text.
pub(crate) fn items_of<'a, 'text>(list: Node<'a, 'text>) -> impl Iterator<Item = (Node<'a, 'text>, String)> {
    list.children().filter(|node| node.has_tag_name((RDF, "li"))).map(|li| (li, Place::Element(li).text()))
}

fn child<'a, 'text>(node: Node<'a, 'text>, name: &str) -> Option<Node<'a, 'text>> {
    node.children().find(|child| child.has_tag_name((RDF, name)))
}

/// A sidecar that was understood.
pub(crate) struct Packet<'text> {
    document: Document<'text>,
}

impl<'text> Packet<'text> {
    pub(crate) fn parse(text: &'text str) -> Result<Self, Damage> {
        within_bounds(text)?;
        let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_ELEMENTS, ..Default::default() };
        let document =
            Document::parse_with_options(text, options).map_err(|error| Damage::from((error, text)))?;
        let packet = Self { document };
        match packet.rdf() {
            Some(_) => Ok(packet),
            None => Err(Damage::after("", "it is XML, but not XMP: there is no rdf:RDF in it")),
        }
    }

    pub(crate) fn rdf(&self) -> Option<Node<'_, 'text>> {
        self.document.descendants().find(|node| node.has_tag_name((RDF, "RDF")))
    }

    /// The blocks that hold the properties.
    pub(crate) fn descriptions(&self) -> impl Iterator<Item = Node<'_, 'text>> {
        let blocks = self.rdf().into_iter().flat_map(|rdf| rdf.children());
        blocks.filter(|node| node.has_tag_name((RDF, "Description")))
    }

    /// Everywhere that the property stands: once, in a sidecar without faults.
    pub(crate) fn places(&self, property: &Property) -> Vec<Place<'_, 'text>> {
        let mut places = Vec::new();
        for block in self.descriptions() {
            let attributes = block.attributes().filter(|attribute| {
                attribute.name() == property.name && property.has_namespace(attribute.namespace())
            });
            places.extend(attributes.map(Place::Attribute));
            let elements = block.children().filter(|node| {
                let tag = node.tag_name();
                tag.name() == property.name && property.has_namespace(tag.namespace())
            });
            places.extend(elements.map(Place::Element));
        }
        places
    }

    /// Its text, without white space around; the first where it stands more than once. `None` when it is not there.
    pub(crate) fn text(&self, property: &Property) -> Option<String> {
        self.places(property).first().map(|place| place.text())
    }

    /// Its items, the empty ones left out; of all places. `None` when it is not there.
    pub(crate) fn items(&self, property: &Property) -> Option<Vec<String>> {
        let places = self.places(property);
        (!places.is_empty()).then(|| places.into_iter().flat_map(Place::items).collect())
    }
}

/// Whether properties without parts stand as attributes of `block`, as most programs write them.
pub(crate) fn prefers_attributes(block: Node<'_, '_>) -> bool {
    let is_property = |attribute: &Attribute<'_, '_>| {
        attribute.namespace().is_some_and(|namespace| namespace != RDF && namespace != XML)
    };
    let is_plain =
        |node: &Node<'_, '_>| node.is_element() && !node.children().any(|inner| inner.is_element());
    block.attributes().any(|attribute| is_property(&attribute))
        || !block.children().any(|node| is_plain(&node))
}

/// The opening tag of an element.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct StartTag {
    /// Where what closes it begins: `>` or `/>`.
    pub end: usize,
    pub is_empty: bool,
    attributes: usize,
}

/// The tag that opens at byte `at` of `text`; `None` when it does not end before the next one.
pub(crate) fn start_tag(text: &str, at: usize) -> Option<StartTag> {
    let (mut quote, mut attributes) = (None, 0);
    for (index, byte) in text.bytes().enumerate().skip(at + 1) {
        match (byte, quote) {
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(opened)) if byte == opened => {
                quote = None;
                attributes += 1;
            }
            (b'>', None) => {
                let is_empty = text[..index].ends_with('/');
                return Some(StartTag { end: index - usize::from(is_empty), is_empty, attributes });
            }
            (b'<', _) => return None,
            _ => {}
        }
    }
    None
}

fn within_bounds(text: &str) -> Result<(), Damage> {
    if text.matches("xmlns").count() > MOST_NAMESPACES {
        return Err(Damage::after("", "it declares more namespaces than any sidecar"));
    }
    for (at, _) in text.match_indices('<') {
        if start_tag(text, at).is_some_and(|tag| tag.attributes > MOST_ATTRIBUTES) {
            return Err(Damage::after(&text[..at], "an element with more attributes than any sidecar has"));
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A sidecar with these properties, written as elements.
    pub(crate) fn packet_of(properties: &str) -> String {
        format!(
            "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"{RDF}\">\n <rdf:Description rdf:about=\"\"\n  \
             xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n  \
             xmlns:xmpDM=\"http://ns.adobe.com/xmp/1.0/DynamicMedia/\" xmlns:acdsee=\"http://ns.acdsee.com/iptc/1.0/\"\n  \
             xmlns:MicrosoftPhoto=\"http://ns.microsoft.com/photo/1.0\" xmlns:darktable=\"http://darktable.sf.net/\"\n  \
             xmlns:lr=\"http://ns.adobe.com/lightroom/1.0/\" xmlns:digiKam=\"http://www.digikam.org/ns/1.0/\">\n  \
             {properties}\n </rdf:Description>\n</rdf:RDF></x:xmpmeta>"
        )
    }

    const RATING: Property = Property::new(&["http://ns.adobe.com/xap/1.0/"], "xmp", "Rating");

    fn rating_in(rdf: &str) -> Option<String> {
        let text = format!("<r:RDF xmlns:r='{RDF}' xmlns:a='http://ns.adobe.com/xap/1.0/'>{rdf}</r:RDF>");
        Packet::parse(&text).expect("XMP").text(&RATING)
    }

    #[test]
    fn a_property_is_found_in_every_spelling() {
        for rdf in [
            "<r:Description a:Rating='3'/>",
            "<r:Description/><r:Description><a:Rating>3</a:Rating></r:Description>",
            "<r:Description><b:Rating xmlns:b='http://ns.adobe.com/xap/1.0/'> 3 </b:Rating></r:Description>",
            "<r:Description><Rating xmlns='http://ns.adobe.com/xap/1.0/'>&#51;</Rating></r:Description>",
            "<r:Description><a:Rating><!-- stars --><![CDATA[3]]></a:Rating></r:Description>",
            "<r:Description><a:Rating r:value='3' a:by='me'/></r:Description>",
            "<r:Description><a:Rating r:parseType='Resource'><a:by/><r:value>3</r:value></a:Rating></r:Description>",
            "<r:Description><a:Rating><r:Description><r:value>3</r:value></r:Description></a:Rating></r:Description>",
            "<r:Description><a:Rating><r:Alt><r:li>3</r:li></r:Alt></a:Rating></r:Description>",
            "<r:Description a:Rating='3'/><r:Description a:Rating='5'/>",
        ] {
            assert_eq!(rating_in(rdf).as_deref(), Some("3"), "{rdf}");
        }
        for rdf in ["", "<r:Description/>", "<r:Description Rating='3'/>", "<r:li a:Rating='3'/>"] {
            assert_eq!(rating_in(rdf), None, "{rdf}");
        }
    }

    #[test]
    fn what_is_no_xmp_says_what_and_where() {
        let damage = |text: &str| Packet::parse(text).err().expect("damaged");
        let rdf = format!("<rdf:RDF xmlns:rdf=\"{RDF}\">\n");
        let crossed = damage(&format!("{rdf} <a><b></a></b></rdf:RDF>"));
        assert_eq!((crossed.line, crossed.column), (2, 8));
        assert_eq!(crossed.reason, "expected 'b' tag, not 'a'");
        let torn = damage(&format!("{rdf} <a>Zo"));
        assert_eq!((torn.line, torn.column, torn.reason.as_str()), (2, 7, "the file ends too early"));
        assert!(damage(&format!("{rdf} <p:a/></rdf:RDF>")).reason.contains('p'));
        assert!(damage("<html/>").reason.contains("no rdf:RDF"));
        assert!(damage("JFIF").reason.len() > 5);
    }

    #[test]
    fn entities_of_ones_own_are_refused_inside_and_outside() {
        let doctype = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
        for text in [format!("{doctype}<x>&b;</x>"), "<!DOCTYPE x SYSTEM \"/etc/passwd\"><x/>".to_owned()] {
            let damage = Packet::parse(&text).err().expect("refused");
            assert!(damage.reason.contains("document type"), "{damage}");
        }
        let text = format!("<rdf:RDF xmlns:rdf=\"{RDF}\">&file;</rdf:RDF>");
        assert!(Packet::parse(&text).is_err());
    }

    #[test]
    fn depth_and_number_have_bounds_that_no_sidecar_meets() {
        let rdf = |inner: &str| format!("<rdf:RDF xmlns:rdf=\"{RDF}\">{inner}</rdf:RDF>");
        let deep = "<rdf:Alt><rdf:li>".repeat(100_000) + "5" + &"</rdf:li></rdf:Alt>".repeat(100_000);
        let deep = format!(
            "<rdf:Description><a:Rating xmlns:a='http://ns.adobe.com/xap/1.0/'>{deep}</a:Rating></rdf:Description>"
        );
        let text = rdf(&deep);
        assert_eq!(Packet::parse(&text).expect("deep, but XMP").text(&RATING).as_deref(), Some("5"));

        let attributes: String = (0..2000).map(|number| format!(" a{number}=''")).collect();
        let spaces: String = (0..2000).map(|number| format!("<a xmlns:p{number}='u'>")).collect();
        for (inner, word) in [
            ("<a/>".repeat(600_000), "elements"),
            (format!("<a{attributes}/>"), "attributes"),
            (format!("{spaces}{}", "</a>".repeat(2000)), "namespaces"),
        ] {
            let damage = Packet::parse(&rdf(&inner)).err().expect("refused");
            assert!(damage.reason.contains(word), "{damage}");
        }
    }

    #[test]
    fn a_start_tag_ends_outside_of_quotes() {
        let tag = |text: &str| start_tag(text, 0).map(|tag| (tag.end, tag.is_empty, tag.attributes));
        assert_eq!(tag("<a>"), Some((2, false, 0)));
        assert_eq!(tag("<a b='>' c=\"'/>\" />"), Some((17, true, 2)));
        assert_eq!(tag("<a b='"), None);
    }
}
