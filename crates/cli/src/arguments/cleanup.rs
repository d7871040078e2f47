//! What can be typed about near-duplicates and the trash.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use likeness_api::{Among, AskDuplicates, Criterion, DECIDING, Lane, Strictness};

/// What is looked at.
#[derive(Debug, Args)]
pub struct Which {
    /// Near-duplicates of this kind and the surer ones; without it edits, of which nothing is selected to go
    #[arg(long, value_enum, value_name = "KIND")]
    pub strict: Option<LaneWord>,
    /// How alike photos must be
    #[arg(long, value_enum, default_value_t = HowAlike::Usual)]
    pub alike: HowAlike,
    /// Which pairs are looked at
    #[arg(long, value_enum, default_value_t = AmongWord::Everything)]
    pub among: AmongWord,
    /// Groups with a file in this folder
    #[arg(long)]
    pub folder: Option<PathBuf>,
    /// What decides which photo stays, the most important first; then the library's own order does
    #[arg(long, value_delimiter = ',', value_parser = criterion, value_name = "CRITERION")]
    pub keep: Vec<Criterion>,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = false)]
pub struct Duplicates {
    #[command(flatten)]
    pub which: Which,
}

#[derive(Debug, Args)]
pub struct Cleanup {
    #[command(subcommand)]
    pub action: CleanupAction,
}

#[derive(Debug, Subcommand)]
pub enum CleanupAction {
    /// Tell which files would go to the trash, and what stays for each
    Plan {
        #[command(flatten)]
        which: Which,
    },
    /// Move them to the trash; each file, and what stays for it, is opened and compared again before
    Apply {
        #[command(flatten)]
        which: Which,
        /// Only tell what would be done
        #[arg(long)]
        dry_run: bool,
        /// Leave albums, tags, stars, flags and colours of what goes behind
        #[arg(long)]
        no_decisions: bool,
    },
    /// Put back what a clean-up moved, to its place or beside what lies there now
    Undo {
        /// As `cleanup history` numbers it; the last one without it
        #[arg(value_name = "NUMBER")]
        cleanup: Option<i64>,
    },
    /// List what was cleaned up, or the files of one clean-up
    History {
        /// The clean-up
        #[arg(value_name = "NUMBER")]
        cleanup: Option<i64>,
    },
}

#[derive(Debug, Args)]
pub struct Trash {
    /// Files of the library, or ids: of an id all files go
    #[arg(value_name = "PHOTO", required = true)]
    pub photos: Vec<OsString>,
    /// Photos of which nothing would stay go as well; without it they are refused
    #[arg(long)]
    pub last_copies: bool,
    /// Only tell what would be done
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LaneWord {
    Copies,
    Edits,
    Bursts,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum HowAlike {
    Careful,
    Usual,
    Generous,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum AmongWord {
    Everything,
    DifferentFolders,
    OneFolder,
    ProtectedAndOthers,
}

fn criterion(word: &str) -> Result<Criterion, String> {
    Criterion::from_word(word).filter(|criterion| DECIDING.contains(criterion)).ok_or_else(|| {
        let all = DECIDING.map(Criterion::word).join(", ");
        format!("criteria are {all}")
    })
}

impl Which {
    /// In words of the engine.
    pub fn ask(&self) -> AskDuplicates {
        AskDuplicates {
            until: self.strict.map(|lane| match lane {
                LaneWord::Copies => Lane::Copies,
                LaneWord::Edits => Lane::Edits,
                LaneWord::Bursts => Lane::Bursts,
            }),
            strictness: match self.alike {
                HowAlike::Careful => Strictness::Careful,
                HowAlike::Usual => Strictness::Usual,
                HowAlike::Generous => Strictness::Generous,
            },
            among: match self.among {
                AmongWord::Everything => Among::Everything,
                AmongWord::DifferentFolders => Among::DifferentFolders,
                AmongWord::OneFolder => Among::OneFolder,
                AmongWord::ProtectedAndOthers => Among::ProtectedAndOthers,
            },
            folder: self.folder.clone(),
            keep: self.keep.clone(),
        }
    }
}
