//! Sidecars beside photos: what another program decided arrives, what was decided here is written when that is turned
//! on, and where both decided nobody is overruled.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use likeness_domain::{ColorLabel, JobContext, PhotoId, Rating, Tag};
use likeness_library::{Library, WriteSidecars};
use likeness_tests::world::{Counted, World, add, look_again, photo_at, row_of, snapshot, stars, test};

pub fn trials() -> Vec<Trial> {
    vec![
        test("what a sidecar says arrives with the photo, and when it changes", what_a_sidecar_says_arrives),
        test("nothing is written until that is turned on", nothing_is_written_unasked),
        test("what was decided is written and read by others", what_was_decided_is_written),
        test("a conflict stays until the person has chosen", a_conflict_stays),
    ]
}

/// A sidecar as other programs write it.
fn sidecar(rating: u8, label: &str, tag: &str) -> String {
    format!(
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
         <rdf:Description rdf:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:crs='urn:develop'
           xmlns:lr='http://ns.adobe.com/lightroom/1.0/' xmp:Rating='{rating}' xmp:Label='{label}' crs:Look='warm'>
           <lr:hierarchicalSubject><rdf:Bag><rdf:li>{tag}</rdf:li></rdf:Bag></lr:hierarchicalSubject>
         </rdf:Description></rdf:RDF></x:xmpmeta>"
    )
}

fn rating(stars: u8) -> Rating {
    Rating::new(stars).expect("at most five")
}

fn rate(library: &Library, photo: PhotoId, stars: u8) {
    library.rate(&[photo], rating(stars)).expect("rated");
}

fn tags(library: &Library, photo: PhotoId) -> Vec<String> {
    let tags = library.catalog().tags_of(&[photo]).expect("tags");
    tags.into_iter().map(|(tag, _)| tag.to_string()).collect()
}

fn write(library: &Library) -> u64 {
    let written = library.write_sidecars(&JobContext::unattended()).expect("written");
    assert!(written.failed.is_empty(), "{written:?}");
    written.saved
}

fn what_a_sidecar_says_arrives() {
    let world = World::with_photos(3);
    let first = world.write("0.xmp", sidecar(4, "Red", "Animals|Dogs").as_bytes());
    world.write("1.jpg.xmp", b"<not XMP>");
    let library = world.open(Counted::new());
    add(&library, &world.photos());
    let photo = photo_at(&library, &world.photos().join("0.jpg"));
    assert_eq!((stars(&library, photo), tags(&library, photo)), (4, vec!["Animals|Dogs".to_owned()]));
    assert_eq!(row_of(&library, photo).decisions.label, ColorLabel::Red);
    assert!(library.catalog().undo_label().expect("an answer").is_none(), "nobody did anything here");

    // What was decided here stays while the other program changes something else.
    rate(&library, photo, 2);
    fs::write(&first, sidecar(4, "Blue", "Animals|Cats")).expect("written");
    look_again(&library);
    assert_eq!((stars(&library, photo), tags(&library, photo)), (2, vec!["Animals|Cats".to_owned()]));
    assert_eq!(row_of(&library, photo).decisions.label, ColorLabel::Blue);
    assert!(library.sidecar_conflicts().expect("conflicts").is_empty());

    // A sidecar that comes later, for a photo that is known.
    world.write("2.jpg.xmp", sidecar(5, "", "Sea").as_bytes());
    look_again(&library);
    assert_eq!(stars(&library, photo_at(&library, &world.photos().join("2.jpg"))), 5);
}

fn nothing_is_written_unasked() {
    let world = World::with_photos(2);
    world.write("0.xmp", sidecar(4, "Red", "Sea").as_bytes());
    let before = snapshot(&world.photos());
    let library = world.open(Counted::new());
    add(&library, &world.photos());
    for name in ["0.jpg", "1.jpg"] {
        rate(&library, photo_at(&library, &world.photos().join(name)), 1);
    }
    look_again(&library);
    assert_eq!(write(&library), 0);
    assert!(snapshot(&world.photos()) == before);
}

fn what_was_decided_is_written() {
    let world = World::with_photos(3);
    let theirs = world.write("0.xmp", sidecar(4, "Red", "Sea").as_bytes());
    let library = world.open(Counted::new());
    add(&library, &world.photos());
    let path = |name: &str| world.photos().join(name);
    let photo = |name: &str| photo_at(&library, &path(name));
    library.set_writes_sidecars(WriteSidecars::Yes).expect("turned on");
    rate(&library, photo("0.jpg"), 5);
    let tag: Tag = "Animals|Dogs".parse().expect("a tag");
    library.add_tags(&[photo("1.jpg")], &[tag]).expect("tagged");

    assert_eq!(write(&library), 2);
    let changed = sidecar(4, "Red", "Sea").replace("xmp:Rating='4'", "xmp:Rating='5'");
    assert_eq!(fs::read_to_string(&theirs).expect("there"), changed, "nothing else is touched");
    // Called as the sidecar that is there.
    let begun = fs::read_to_string(path("1.xmp")).expect("there");
    assert!(begun.contains("Animals|Dogs"), "{begun}");
    assert!(!path("2.xmp").exists() && !path("2.jpg.xmp").exists(), "nothing to say");
    assert_eq!(write(&library), 0, "nothing is written twice");

    // Reading what was written changes nothing, here or there.
    let before = snapshot(&world.photos());
    look_again(&library);
    assert_eq!((stars(&library, photo("0.jpg")), write(&library)), (5, 0));
    assert!(snapshot(&world.photos()) == before);
    library.undo(&JobContext::unattended()).expect("undone");
    library.undo(&JobContext::unattended()).expect("undone");
    assert_eq!(write(&library), 2);
    assert_eq!(fs::read_to_string(&theirs).expect("there"), sidecar(4, "Red", "Sea"));
}

fn a_conflict_stays() {
    let world = World::with_photos(2);
    let paths = ["0.xmp", "1.xmp"].map(|name| world.write(name, sidecar(2, "Red", "Sea").as_bytes()));
    let library = world.open(Counted::new());
    add(&library, &world.photos());
    library.set_writes_sidecars(WriteSidecars::Yes).expect("turned on");
    let photos = ["0.jpg", "1.jpg"].map(|name| photo_at(&library, &world.photos().join(name)));
    photos.iter().for_each(|photo| rate(&library, *photo, 3));
    let theirs = sidecar(5, "Red", "Sea");
    paths.iter().for_each(|path| fs::write(path, &theirs).expect("written"));
    look_again(&library);
    let conflicts = library.sidecar_conflicts().expect("conflicts");
    assert_eq!(conflicts.len(), 2);
    let about = |photo: PhotoId| conflicts.iter().find(|conflict| conflict.photo == photo).expect("one");
    let [first, second] = photos.map(about);
    assert_eq!((first.there.rating, first.here.rating), (Some(rating(5)), rating(3)));
    assert_eq!((stars(&library, photos[0]), write(&library)), (3, 0));
    assert_eq!(fs::read_to_string(&paths[0]).expect("there"), theirs);
    look_again(&library);
    assert_eq!(library.sidecar_conflicts().expect("conflicts").len(), 2, "another look settles nothing");

    library.take_from_sidecar(first).expect("settled");
    library.keep_over_sidecar(second).expect("settled");
    assert!(library.sidecar_conflicts().expect("conflicts").is_empty());
    assert_eq!(photos.map(|photo| stars(&library, photo)), [5, 3]);
    assert_eq!(write(&library), 1);
    assert_eq!(rating_in(&paths[0]), rating_in(&paths[1]).replace('3', "5"));
}

fn rating_in(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("there");
    let rating = text.split_whitespace().find(|word| word.starts_with("xmp:Rating="));
    rating.expect("a rating").to_owned()
}
