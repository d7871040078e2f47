//! What can be typed.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use likeness_api::wire::RegionBox;
use likeness_api::{MapMethod, Metric, Shard, Sort};

mod cleanup;
pub mod decisions;
mod filters;

pub use cleanup::{Cleanup, CleanupAction, Duplicates, Trash};
pub use decisions::{Albums, SidecarAction, Sidecars, Tags};
pub use filters::Filters;

/// A photo manager that knows what photos look like.
#[derive(Debug, Parser)]
#[command(name = "likeness", version, propagate_version = true, disable_help_subcommand = true)]
pub struct Arguments {
    /// The library's folder; without it, your own library
    #[arg(long, global = true, env = "LIKENESS_LIBRARY", value_name = "DIR")]
    pub library: Option<PathBuf>,
    /// Print JSON Lines: one object per result
    #[arg(long, global = true)]
    pub json: bool,
    /// Print results and errors only
    #[arg(long, short, global = true)]
    pub quiet: bool,
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Add folders with photos, and read them
    Add(Read<1>),
    /// Look again at source folders, or at all of them
    Scan(Read<0>),
    /// Stay, and follow what changes in the source folders
    Watch,
    /// List source folders, forget one, point one elsewhere, or put them in order
    Folders(Folders),
    /// List photos
    Photos(Photos),
    /// List files that could not become photos, or only partly
    Problems,
    /// List tags, give them, take them, change them everywhere
    Tags(Tags),
    /// List, make and change albums and saved searches
    Albums(Albums),
    /// Write ratings, labels and tags into sidecars beside photos, or not; list where sidecars say something else
    Sidecars(Sidecars),
    /// Find photos that look like other photos
    Similar(Similar),
    /// List near-duplicates: copies, edits and bursts
    Duplicates(Duplicates),
    /// Move near-duplicates to the trash, put them back, list what was done
    Cleanup(Cleanup),
    /// Move photos to the trash
    Trash(Trash),
    /// Group photos that look alike
    Clusters(Clusters),
    /// List photos that were taken or kept together with one, whatever they look like
    GoesWith(GoesWith),
    /// List photos that are unlike all others
    Outliers(Outliers),
    /// Let the eye learn from your albums; what it learns is kept when photos of one album are found better by it
    Teach(Teach),
    /// Place all photos on a map, so that those which look alike lie together
    Map(Map),
    /// Write embeddings of pictures to a NumPy file, without a library
    Embed(Embed),
    /// Measure how well the model looks, on a folder whose sub-folders are classes
    Eval(Eval),
    /// List the forms of the model, or choose the one that this library looks with
    Models(Models),
    /// Show the library in the browser, on this machine only
    Serve(Serve),
    /// Check that everything is as it should be
    Doctor(Doctor),
    /// Print completions for a shell
    Completions(Completions),
}

#[derive(Debug, Args)]
pub struct Read<const REQUIRED: usize> {
    /// Folders with photos
    #[arg(value_name = "FOLDER", num_args = REQUIRED.., required = REQUIRED > 0)]
    pub folders: Vec<PathBuf>,
    /// Read without looking: photos are shown, but not found by look until a later scan
    #[arg(long)]
    pub no_embed: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Folders {
    #[command(subcommand)]
    pub action: Option<FolderAction>,
}

#[derive(Debug, Subcommand)]
pub enum FolderAction {
    /// Forget a source folder; nothing on the disk changes, and decisions are kept
    Remove {
        /// The source folder
        folder: PathBuf,
    },
    /// The photos of a source folder now lie elsewhere
    Relink {
        /// Where they lay
        old: PathBuf,
        /// Where they lie now
        new: PathBuf,
    },
    /// Put source folders in order: of near-duplicates, what lies in the first stays rather than what lies in others
    ///
    /// Folders that are not named come last, all the same. The order decides where what comes before it in the order of
    /// criteria leaves it open; `--keep folder` puts it first.
    Order {
        /// Source folders, the first one first
        #[arg(value_name = "FOLDER", required_unless_present = "none")]
        folders: Vec<PathBuf>,
        /// No order: source folders are all the same
        #[arg(long, conflicts_with = "folders")]
        none: bool,
    },
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Models {
    #[command(subcommand)]
    pub action: Option<ModelAction>,
}

#[derive(Debug, Subcommand)]
pub enum ModelAction {
    /// List them, the quickest on this machine first
    List,
    /// Look with this one from now on; photos are seen again in the background
    Use {
        /// As `models list` names it
        tag: String,
    },
}

#[derive(Debug, Args)]
pub struct Photos {
    #[command(flatten)]
    pub filters: Filters,
    /// The order; without it newest first, and photos of one album as they lie in it
    #[arg(long, value_enum)]
    pub sort: Option<SortWord>,
    /// At most so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SortWord {
    Newest,
    Oldest,
    Name,
    Largest,
    BestRated,
    RecentlyAdded,
    Album,
}

impl From<SortWord> for Sort {
    fn from(word: SortWord) -> Self {
        match word {
            SortWord::Newest => Sort::Newest,
            SortWord::Oldest => Sort::Oldest,
            SortWord::Name => Sort::Name,
            SortWord::Largest => Sort::Largest,
            SortWord::BestRated => Sort::BestRated,
            SortWord::RecentlyAdded => Sort::RecentlyAdded,
            SortWord::Album => Sort::Album,
        }
    }
}

#[derive(Debug, Args)]
pub struct Similar {
    /// Photos to look like, all together: ids, or files in the library or not
    #[arg(value_name = "PHOTO", required = true)]
    pub photos: Vec<OsString>,
    /// Look less like this photo; may be given several times
    #[arg(long, value_name = "PHOTO")]
    pub less: Vec<OsString>,
    /// At most so many results
    #[arg(short = 'n', value_name = "N", default_value_t = 20, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub limit: usize,
    /// How likeness is measured
    #[arg(long, value_parser = metric, default_value = "cosine", value_name = "cosine|euclidean|dot|hamming")]
    pub metric: Metric,
    /// Compare with every photo
    #[arg(long)]
    pub exact: bool,
    /// Only this part of the photo, as fractions of its sides
    #[arg(long, value_name = "x,y,w,h", value_parser = region)]
    pub region: Option<RegionBox>,
    /// Only answer with this model
    #[arg(long, value_name = "TAG")]
    pub model: Option<String>,
}

fn metric(text: &str) -> Result<Metric, String> {
    Metric::from_word(text).ok_or_else(|| "it is cosine, euclidean, dot or hamming".into())
}

fn region(text: &str) -> Result<RegionBox, String> {
    let numbers: Result<Vec<f32>, _> = text.split(',').map(|number| number.trim().parse()).collect();
    match numbers.as_deref() {
        Ok(&[x, y, width, height]) => Ok(RegionBox { x, y, width, height }),
        _ => Err("it is four numbers from 0 to 1, such as 0,0,0.5,1 for the left half".into()),
    }
}

#[derive(Debug, Args)]
pub struct Clusters {
    /// How many; auto takes as many as suit the photos best
    #[arg(short = 'k', value_name = "N|auto", value_parser = cluster_count, default_value = "auto")]
    pub count: ClusterCount,
    /// Keep the clusters as suggested albums; what is the same as before keeps its number and name
    #[arg(long)]
    pub save: bool,
}

#[derive(Debug, Args)]
pub struct GoesWith {
    /// An id, or a file of the library
    pub photo: OsString,
    /// At most so many
    #[arg(short = 'n', value_name = "N", default_value_t = 20, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub limit: usize,
}

#[derive(Debug, Args)]
pub struct Teach {
    /// Look without what albums taught again
    #[arg(long)]
    pub forget: bool,
}

#[derive(Debug, Args)]
pub struct Outliers {
    /// At most so many
    #[arg(short = 'n', value_name = "N", default_value_t = 20, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterCount {
    Auto,
    Given(NonZeroUsize),
}

fn cluster_count(text: &str) -> Result<ClusterCount, String> {
    match text.parse().ok().and_then(NonZeroUsize::new) {
        _ if text == "auto" => Ok(ClusterCount::Auto),
        Some(count) if u16::try_from(count.get()).is_ok() => Ok(ClusterCount::Given(count)),
        _ => Err("it is auto, or a number from 1 to 65535".into()),
    }
}

#[derive(Debug, Args)]
pub struct Map {
    /// tsne keeps neighbours together, and what it makes; pca shows where photos differ most
    #[arg(long, value_parser = map_method, default_value = "tsne", value_name = "pca|tsne")]
    pub method: MapMethod,
    /// 2 for the plane, 3 for space
    #[arg(long, value_parser = clap::value_parser!(u8).range(2..=3), default_value_t = 2, value_name = "2|3")]
    pub dims: u8,
    /// With how many neighbours each photo should lie, about
    #[arg(long, value_parser = perplexity, default_value = "30", value_name = "N")]
    pub perplexity: f32,
    /// The same photos with the same seed make the same map
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub seed: u64,
    /// Draw the map with its photos into this file
    #[arg(long, value_name = "FILE.png")]
    pub png: Option<PathBuf>,
    /// Only place photos that have no place yet; the others stay where they are
    #[arg(long)]
    pub update: bool,
}

fn map_method(text: &str) -> Result<MapMethod, String> {
    match text {
        "pca" => Ok(MapMethod::Pca),
        "tsne" => Ok(MapMethod::Tsne),
        _ => Err("it is pca or tsne".into()),
    }
}

fn perplexity(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(perplexity) if (1.0..=200.0).contains(&perplexity) => Ok(perplexity),
        _ => Err("it is a number from 1 to 200".into()),
    }
}

#[derive(Debug, Args)]
pub struct Embed {
    /// Picture files, and folders of them
    #[arg(value_name = "FILE/FOLDER", required = true)]
    pub sources: Vec<PathBuf>,
    /// The file to write; the pictures' names go beside it, as .npy.txt
    ///
    /// One name a line, in the order of the rows: relative to the folder where one is given, else as it was given.
    /// Backslashes, control characters and bytes that are no text are written as \xHH.
    #[arg(long, value_name = "X.npy")]
    pub out: PathBuf,
    /// Only with this model
    #[arg(long, value_name = "TAG")]
    pub model: Option<String>,
    /// Only the i-th of n shares of the files, for several processes
    #[arg(long, value_name = "i/n", value_parser = shard)]
    pub shard: Option<Shard>,
}

fn shard(text: &str) -> Result<Shard, String> {
    let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match parts {
        Some((index, count)) if (1..=count).contains(&index) => Ok(Shard { index, count }),
        _ => Err("it is i/n with i from 1 to n, such as 1/4".into()),
    }
}

#[derive(Debug, Args)]
pub struct Eval {
    /// A folder with a sub-folder for each class
    pub folder: PathBuf,
    /// Measure other vectors of the same pictures beside
    ///
    /// A row of float32 or float64 for each picture: by the names in X.npy.txt beside it, as embed writes them; without
    /// that file in the order that embed has.
    #[arg(long, value_name = "X.npy")]
    pub against: Option<PathBuf>,
    /// Change photos in 14 ways and look for their originals
    #[arg(long)]
    pub copies: bool,
    /// More photos that copies are looked for among
    #[arg(long, value_name = "FOLDER", requires = "copies")]
    pub distractors: Option<PathBuf>,
    /// Write a page with tables and the pictures that the model confuses
    #[arg(long, value_name = "PAGE.html")]
    pub report: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Serve {
    /// The port; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Open the browser
    #[arg(long)]
    pub open: bool,
}

#[derive(Debug, Args)]
pub struct Doctor {
    /// Make again what can be made again
    #[arg(long)]
    pub repair: bool,
}

#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_hold_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn maps_and_clusters_are_checked() {
        assert_eq!(cluster_count("auto"), Ok(ClusterCount::Auto));
        assert!(cluster_count("1").is_ok() && cluster_count("65535").is_ok());
        assert!(["", "0", "-1", "65536", "many"].iter().all(|text| cluster_count(text).is_err()));
        assert!(["1", "30", "12.5"].iter().all(|text| perplexity(text).is_ok()));
        assert!(["0.5", "NaN", "inf", "a"].iter().all(|text| perplexity(text).is_err()));
    }

    #[test]
    fn shares_and_regions_are_checked() {
        assert!(shard("1/4").is_ok() && shard("4/4").is_ok());
        assert!(["0/4", "5/4", "1", "a/b", "1/0"].iter().all(|text| shard(text).is_err()));
        assert!(region("0, 0.5,1,0.5").is_ok());
        assert!(["", "1,2,3", "a,b,c,d"].iter().all(|text| region(text).is_err()));
    }
}
