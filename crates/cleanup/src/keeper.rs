//! Which of several near-duplicates stays: criteria in the user's order, the next one deciding where the last leaves it open.

use likeness_domain::{FileId, PictureFormat, Rating};

/// What one file of a group is chosen by.
#[derive(Debug, Clone, PartialEq)]
pub struct Traits {
    /// The file: of two that are equal in everything, the one that the catalog has known longer stays.
    pub file: FileId,
    /// How it is stored.
    pub format: PictureFormat,
    /// Bits of each colour, where known: 8 for most, up to 32.
    pub bits: Option<u8>,
    /// Width times height of the picture.
    pub pixels: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Any measure of how fine the finest edges are that can be compared within a group, more is sharper. Taken of all
    /// pictures at one scale: so the small copy of a sharp photo is as sharp as the photo, an enlarged one no less, and pixels
    /// tell these apart.
    pub sharpness: Option<f32>,
    /// Whether a sidecar or edits of a program lie beside it.
    pub has_edits: bool,
    /// How much the file says of its taking: time, place, camera, lens, exposure; 0 to 5.
    pub facts: u8,
    /// Stars.
    pub rating: Rating,
    /// In how many albums the photo is.
    pub albums: u32,
    /// Place of its folder in the user's order, 0 first; folders without a place come after all others.
    pub folder_rank: Option<u32>,
    /// When it was taken or, where unknown, last changed: nanoseconds since 1970.
    pub time_ns: i64,
    /// When the file was last changed: nanoseconds since 1970. Of files taken at one time, the older one is the original.
    pub modified_ns: i64,
}

/// One reason to keep a file rather than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Criterion {
    /// A camera's raw file, then more than 8 bits a colour, then what cameras write, then other formats.
    Format,
    /// More pixels.
    Pixels,
    /// More bytes for each pixel, in steps of about 40 %: less was lost when it was stored.
    Compression,
    /// Sharper when all are seen at one size, in steps of about 20 %.
    Sharpness,
    /// Has edits or a sidecar.
    Edits,
    /// Says more of its taking.
    Facts,
    /// More stars.
    Rating,
    /// In more albums.
    Albums,
    /// Lies in a folder that the user put higher.
    Folder,
    /// Older.
    Oldest,
}

/// By what one file is kept rather than another, as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeptBy {
    /// It is ahead by this one.
    Criterion(Criterion),
    /// Of two pictures of which neither is a camera's raw file, it alone has more than 8 bits a colour: what decides of
    /// [`Criterion::Format`], and cannot be seen from formats.
    Bits,
}

impl KeptBy {
    /// The word in JSON: that of the criterion, or `bits`.
    pub fn word(self) -> &'static str {
        match self {
            KeptBy::Criterion(criterion) => criterion.word(),
            KeptBy::Bits => "bits",
        }
    }
}

impl Criterion {
    /// All of them, in the order that is used until the user says otherwise.
    pub const ALL: [Criterion; 10] = {
        use Criterion::*;
        [Format, Pixels, Compression, Sharpness, Edits, Facts, Rating, Albums, Folder, Oldest]
    };

    /// The word in settings and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Criterion::Format => "format",
            Criterion::Pixels => "pixels",
            Criterion::Compression => "compression",
            Criterion::Sharpness => "sharpness",
            Criterion::Edits => "edits",
            Criterion::Facts => "facts",
            Criterion::Rating => "rating",
            Criterion::Albums => "albums",
            Criterion::Folder => "folder",
            Criterion::Oldest => "oldest",
        }
    }

    /// The criterion that [`word`](Self::word) names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|criterion| criterion.word() == word)
    }

    /// How a file stands by this criterion alone: of two, the one with less is kept. Steps are fixed, so that what is level
    /// with two things makes these level too.
    fn standing(self, of: &Traits) -> (i64, i64) {
        let first = match self {
            Criterion::Format => -i64::from(format_rank(of)),
            Criterion::Pixels => -(of.pixels as i64),
            Criterion::Compression => -i64::from(bytes_step(of)),
            Criterion::Sharpness => -i64::from(sharpness_step(of)),
            Criterion::Edits => -i64::from(of.has_edits),
            Criterion::Facts => -i64::from(of.facts),
            Criterion::Rating => -i64::from(of.rating.stars()),
            Criterion::Albums => -i64::from(of.albums),
            Criterion::Folder => of.folder_rank.map_or(i64::MAX, i64::from),
            Criterion::Oldest => return (of.time_ns, of.modified_ns),
        };
        (first, 0)
    }
}

const RAW: u8 = 4;
const DEEP: u8 = 3;

fn format_rank(traits: &Traits) -> u8 {
    match traits.format {
        PictureFormat::Raw => RAW,
        _ if traits.bits.is_some_and(|bits| bits > 8) => DEEP,
        PictureFormat::Jpeg
        | PictureFormat::Heic
        | PictureFormat::Tiff
        | PictureFormat::Avif
        | PictureFormat::JpegXl => 2,
        PictureFormat::Png | PictureFormat::WebP | PictureFormat::Bmp => 1,
        PictureFormat::Gif => 0,
    }
}

fn bytes_step(traits: &Traits) -> i32 {
    (2.0 * (traits.bytes.max(1) as f64 / traits.pixels.max(1) as f64).log2()).floor() as i32
}

/// What is not known comes last.
fn sharpness_step(traits: &Traits) -> i32 {
    match traits.sharpness {
        Some(sharpness) if sharpness > 0.0 => (4.0 * sharpness.log2()).floor() as i32,
        _ => i32::MIN,
    }
}

/// The criteria in the user's order. Those that are not named follow in their usual one, so that the order is always whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeeperOrder(Vec<Criterion>);

impl Default for KeeperOrder {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl KeeperOrder {
    /// `first` come first; one named twice counts where it is named first.
    pub fn new(first: &[Criterion]) -> Self {
        let mut order: Vec<Criterion> = Vec::new();
        for &criterion in first.iter().chain(&Criterion::ALL) {
            if !order.contains(&criterion) {
                order.push(criterion);
            }
        }
        Self(order)
    }

    /// All criteria, the first deciding first.
    pub fn criteria(&self) -> &[Criterion] {
        &self.0
    }

    /// How a file ranks among others.
    pub fn rank(&self, of: &Traits) -> Rank {
        let mut standings = [(0, 0); Criterion::ALL.len()];
        standings.iter_mut().zip(&self.0).for_each(|(standing, by)| *standing = by.standing(of));
        Rank { standings, file: of.file }
    }

    /// By what `keeper` is kept rather than `other`, both ranked by this order: the first criterion by which it is better.
    /// `None` when only the catalog's order decided, or `other` would be the one to keep.
    pub fn reason(&self, keeper: &Rank, other: &Rank) -> Option<KeptBy> {
        let mut standings = self.0.iter().zip(keeper.standings.iter().zip(&other.standings));
        let (criterion, (kept, left)) = standings.find(|(_, (kept, left))| kept != left)?;
        let is_deep = *criterion == Criterion::Format && kept.0 == -i64::from(DEEP);
        let reason = if is_deep { KeptBy::Bits } else { KeptBy::Criterion(*criterion) };
        (kept < left).then_some(reason)
    }
}

/// How a file stands by each criterion of an order, the first deciding first, then how long the catalog has known it: the
/// least is the one to keep. Equal only for one and the same file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    standings: [(i64, i64); Criterion::ALL.len()],
    file: FileId,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traits(file: i64) -> Traits {
        Traits {
            file: FileId(file),
            format: PictureFormat::Jpeg,
            bits: Some(8),
            pixels: 12_000_000,
            bytes: 4_000_000,
            sharpness: Some(10.0),
            has_edits: false,
            facts: 3,
            rating: Rating::default(),
            albums: 0,
            folder_rank: None,
            time_ns: 1_000,
            modified_ns: 1_000,
        }
    }

    /// For each criterion, one that is better by it than `traits(1)` and in nothing else.
    fn better(criterion: Criterion) -> Traits {
        let mut better = traits(2);
        match criterion {
            Criterion::Format => better.format = PictureFormat::Raw,
            Criterion::Pixels => {
                better.pixels *= 4;
                better.bytes *= 4;
            }
            Criterion::Compression => better.bytes *= 2,
            Criterion::Sharpness => better.sharpness = Some(20.0),
            Criterion::Edits => better.has_edits = true,
            Criterion::Facts => better.facts = 5,
            Criterion::Rating => better.rating = Rating::new(4).expect("four stars"),
            Criterion::Albums => better.albums = 1,
            Criterion::Folder => better.folder_rank = Some(0),
            Criterion::Oldest => better.time_ns = 10,
        }
        better
    }

    #[test]
    fn each_criterion_decides_and_says_so() {
        let order = KeeperOrder::default();
        let [first, second] = [1, 2].map(|file| order.rank(&traits(file)));
        for criterion in Criterion::ALL {
            let better = order.rank(&better(criterion));
            assert!(better < first, "{criterion:?}");
            assert_eq!(order.reason(&better, &first), Some(KeptBy::Criterion(criterion)));
            assert_eq!(order.reason(&first, &better), None);
            assert_eq!(Criterion::from_word(criterion.word()), Some(criterion));
        }
        assert!(first < second, "known longer");
        assert_eq!(order.reason(&first, &second), None);
    }

    #[test]
    fn the_user_puts_another_first() {
        let order = KeeperOrder::new(&[Criterion::Oldest, Criterion::Rating, Criterion::Oldest]);
        assert_eq!(order.criteria()[..3], [Criterion::Oldest, Criterion::Rating, Criterion::Format]);
        assert_eq!(order.criteria().len(), Criterion::ALL.len());
        let (old, raw) = (better(Criterion::Oldest), better(Criterion::Format));
        let reason =
            |order: &KeeperOrder, a: &Traits, b: &Traits| order.reason(&order.rank(a), &order.rank(b));
        assert_eq!(reason(&order, &old, &raw), Some(KeptBy::Criterion(Criterion::Oldest)));
        assert_eq!(reason(&KeeperOrder::default(), &raw, &old), Some(KeptBy::Criterion(Criterion::Format)));
    }

    #[test]
    fn more_bits_are_a_better_format_and_said_by_name() {
        let order = KeeperOrder::default();
        let [plain, raw] = [traits(1), better(Criterion::Format)].map(|of| order.rank(&of));
        let of = |file, format, bits| order.rank(&Traits { format, bits, ..traits(file) });
        let deep = of(2, PictureFormat::Png, Some(16));
        let png = of(3, PictureFormat::Png, Some(8));
        assert_eq!([&plain, &png].map(|other| order.reason(&deep, other)), [Some(KeptBy::Bits); 2]);
        assert_eq!(order.reason(&raw, &deep), Some(KeptBy::Criterion(Criterion::Format)));
        let ten = of(3, PictureFormat::Heic, Some(10));
        assert!(deep < ten, "level, and known longer");
        assert_eq!(order.reason(&deep, &ten), None);
        let unknown = of(3, PictureFormat::Jpeg, None);
        assert!(plain < unknown, "what is not known counts as 8");
        assert_eq!(order.reason(&plain, &unknown), None);
    }

    #[test]
    fn the_sharper_of_two_is_kept_and_one_that_was_not_measured_is_not() {
        let order = KeeperOrder::new(&[Criterion::Sharpness]);
        let of = |file, sharpness| order.rank(&Traits { sharpness, ..traits(file) });
        let (sharp, soft, unknown) = (of(3, Some(0.8)), of(2, Some(0.4)), of(1, None));
        for (kept, other) in [(&sharp, &soft), (&soft, &unknown), (&sharp, &unknown)] {
            assert_eq!(order.reason(kept, other), Some(KeptBy::Criterion(Criterion::Sharpness)));
        }
    }

    #[test]
    fn folders_further_up_come_first_and_those_without_a_place_last() {
        let order = KeeperOrder::new(&[Criterion::Folder]);
        let of = |file, folder_rank| order.rank(&Traits { folder_rank, ..traits(file) });
        let (first, second, none) = (of(3, Some(0)), of(2, Some(1)), of(1, None));
        for (kept, other) in [(&first, &second), (&second, &none)] {
            assert_eq!(order.reason(kept, other), Some(KeptBy::Criterion(Criterion::Folder)));
        }
    }
}
