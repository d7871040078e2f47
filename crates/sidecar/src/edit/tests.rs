//! What is changed is changed as its surroundings are written, and nothing else is.

use super::*;

const RATING: Property = Property::new(&["http://ns.adobe.com/xap/1.0/"], "xmp", "Rating");
const SUBJECT: Property = Property::new(&["http://purl.org/dc/elements/1.1/"], "dc", "subject");
const OPENING: &str = "<r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">";

fn rdf(inner: &str) -> String {
    format!("{OPENING}{inner}</r:RDF>")
}

#[track_caller]
fn assert_rated(before: &str, value: Option<&str>, after: &str) {
    let text = set_text(&rdf(before), &RATING, value).expect("XMP");
    assert_eq!(text, rdf(after));
    assert_eq!(Packet::parse(&text).expect("XMP").text(&RATING).as_deref(), value);
}

#[test]
fn a_value_changes_where_it_stands() {
    let xmp = "xmlns:a=\"http://ns.adobe.com/xap/1.0/\"";
    for (before, after) in [
        ("<r:Description XMP a:Rating = '3'/>", "<r:Description XMP a:Rating = '5'/>"),
        ("<r:Description XMP a:Rating=\"\"/>", "<r:Description XMP a:Rating=\"5\"/>"),
        (
            "<r:Description><a:Rating XMP>3</a:Rating></r:Description>",
            "<r:Description><a:Rating XMP>5</a:Rating></r:Description>",
        ),
        (
            "<r:Description><a:Rating XMP /></r:Description>",
            "<r:Description><a:Rating XMP>5</a:Rating></r:Description>",
        ),
        (
            "<r:Description><a:Rating XMP></a:Rating ></r:Description>",
            "<r:Description><a:Rating XMP>5</a:Rating ></r:Description>",
        ),
        (
            "<r:Description><a:Rating XMP r:value=\"3\" a:by=\"me\"/></r:Description>",
            "<r:Description><a:Rating XMP r:value=\"5\" a:by=\"me\"/></r:Description>",
        ),
        (
            "<r:Description XMP a:Rating=\"3\"/>\n<r:Description XMP>\n <a:Rating>4</a:Rating>\n</r:Description>",
            "<r:Description XMP a:Rating=\"5\"/>\n<r:Description XMP>\n</r:Description>",
        ),
    ] {
        assert_rated(&before.replace("XMP", xmp), Some("5"), &after.replace("XMP", xmp));
    }
}

#[test]
fn a_value_goes_with_the_white_space_before_it() {
    let xmp = "xmlns:a=\"http://ns.adobe.com/xap/1.0/\"";
    for (before, after) in [
        ("<r:Description XMP\n  a:Rating=\"3\"\n  a:Label=\"x\"/>", "<r:Description XMP\n  a:Label=\"x\"/>"),
        (
            "<r:Description XMP>\r\n <a:Rating>3</a:Rating>\r\n <a:Label/>\r\n</r:Description>",
            "<r:Description XMP>\r\n <a:Label/>\r\n</r:Description>",
        ),
        (
            "<r:Description XMP><a:Label/> <a:Rating>3</a:Rating></r:Description>",
            "<r:Description XMP><a:Label/> </r:Description>",
        ),
        ("<r:Description/>", "<r:Description/>"),
    ] {
        assert_rated(&before.replace("XMP", xmp), None, &after.replace("XMP", xmp));
    }
}

#[test]
fn a_new_value_looks_like_its_neighbours() {
    let own = "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"";
    let dc = "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"";
    for (before, after) in [
        ("<r:Description r:about=\"\"/>", "<r:Description r:about=\"\" OWN xmp:Rating=\"5\"/>"),
        ("<r:Description OWN />", "<r:Description OWN xmp:Rating=\"5\" />"),
        (
            "<r:Description r:about=\"\"\r\n   DC\r\n  dc:a=\"1\">\r\n</r:Description>",
            "<r:Description r:about=\"\"\r\n   DC\r\n  dc:a=\"1\"\r\n  OWN\r\n  xmp:Rating=\"5\">\r\n</r:Description>",
        ),
        (
            "\n <r:Description DC>\n  <dc:a>1</dc:a>\n </r:Description>\n",
            "\n <r:Description DC>\n  <dc:a>1</dc:a>\n  <xmp:Rating OWN>5</xmp:Rating>\n </r:Description>\n",
        ),
        (
            "<r:Description DC><dc:a>1</dc:a></r:Description><r:Description OWN xmp:Label=\"a\"/>",
            "<r:Description DC><dc:a>1</dc:a></r:Description><r:Description OWN xmp:Label=\"a\" xmp:Rating=\"5\"/>",
        ),
        (
            "<r:Description xmlns:xmp=\"other\" xmp:a=\"1\"/>",
            "<r:Description xmlns:xmp=\"other\" xmp:a=\"1\" xmlns:xmp_=\"http://ns.adobe.com/xap/1.0/\" xmp_:Rating=\"5\"/>",
        ),
        ("", "<r:Description r:about=\"\" OWN xmp:Rating=\"5\"/>"),
    ] {
        let spelled = |text: &str| text.replace("OWN", own).replace("DC", dc);
        assert_rated(&spelled(before), Some("5"), &spelled(after));
    }
}

#[test]
fn a_default_namespace_is_not_used_for_attributes() {
    let text = "<RDF xmlns=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"/>";
    let rated = set_text(text, &RATING, Some("5")).expect("XMP");
    let listed = set_items(&rated, &SUBJECT, List::Bag, |_| true, &["a".to_owned()]).expect("XMP");
    let packet = Packet::parse(&listed).expect("XMP");
    assert_eq!(packet.text(&RATING).as_deref(), Some("5"), "{listed}");
    assert_eq!(packet.items(&SUBJECT), Some(vec!["a".to_owned()]), "{listed}");
}

#[track_caller]
fn assert_listed(before: &str, kept: &str, more: &[&str], after: &str) {
    let dc = "xmlns:d=\"http://purl.org/dc/elements/1.1/\"";
    let more: Vec<String> = more.iter().map(|item| (*item).to_owned()).collect();
    let before = rdf(&before.replace("DC", dc));
    let text = set_items(&before, &SUBJECT, List::Bag, |item| kept.contains(item), &more).expect("XMP");
    assert_eq!(text, rdf(&after.replace("DC", dc)));
}

#[test]
fn items_come_and_go_one_by_one() {
    let list = |items: &str| {
        format!(
            "<r:Description DC>\n <d:subject><!-- mine -->\n  <r:Seq>{items}\n  </r:Seq>\n </d:subject>\n</r:Description>"
        )
    };
    let three = list("\n   <r:li>a</r:li>\n   <r:li>b</r:li>\n   <r:li>c</r:li>");
    assert_listed(&three, "ac", &["d"], &list("\n   <r:li>a</r:li>\n   <r:li>c</r:li>\n   <r:li>d</r:li>"));
    assert_listed(
        &three,
        "ab",
        &["d<"],
        &list("\n   <r:li>a</r:li>\n   <r:li>b</r:li>\n   <r:li>d&lt;</r:li>"),
    );
    assert_listed(&three, "", &[], "<r:Description DC>\n</r:Description>");
    assert_listed(&three, "", &["x", "y"], &list("\n   <r:li>x</r:li>\n   <r:li>y</r:li>"));
}

#[test]
fn a_list_is_made_where_there_is_none_or_something_else() {
    let list = "<d:subject><r:Bag><r:li>a</r:li><r:li>b</r:li></r:Bag></d:subject>";
    let whole = format!("<r:Description DC>{list}</r:Description>");
    assert_listed("<r:Description DC/>", "", &["a", "b"], &whole);
    assert_listed("<r:Description DC d:subject=\"a\"/>", "a", &["b"], &whole);
    assert_listed("<r:Description DC><d:subject>a</d:subject></r:Description>", "a", &["b"], &whole);
    assert_listed(
        "<r:Description DC><d:subject><r:Bag/></d:subject></r:Description>",
        "",
        &["a", "b"],
        &whole,
    );
    let twice = "<r:Description DC d:subject=\"a\"><d:subject><r:Alt><r:li>b</r:li></r:Alt></d:subject></r:Description>";
    assert_listed(twice, "ab", &[], &whole);
    let lines = "\n <r:Description DC>\n  <d:subject>\n   <r:Bag>\n    <r:li>a</r:li>\n   </r:Bag>\n  </d:subject>\n </r:Description>\n";
    assert_listed("\n <r:Description DC/>\n", "", &["a"], lines);
}

#[test]
fn every_character_comes_back() {
    let odd = "a<b>&\"c' ]]> &amp; Zoë 猫 🐈";
    let before = rdf("<r:Description r:about=\"\"/>");
    let as_attribute = set_text(&before, &RATING, Some(odd)).expect("XMP");
    let as_item = set_items(&before, &SUBJECT, List::Seq, |_| true, &[odd.to_owned()]).expect("XMP");
    assert_eq!(Packet::parse(&as_attribute).expect("XMP").text(&RATING).as_deref(), Some(odd));
    assert_eq!(Packet::parse(&as_item).expect("XMP").items(&SUBJECT), Some(vec![odd.to_owned()]));
    let unsayable = set_text(&before, &RATING, Some("a\u{0}\u{FFFF}b")).expect("XMP");
    assert_eq!(Packet::parse(&unsayable).expect("XMP").text(&RATING).as_deref(), Some("ab"));
}
