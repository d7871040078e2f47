//! What can be typed about near-duplicates and the trash.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, Subcommand, ValueEnum};
use likeness_api::{Among, AskDuplicates, Criterion, Lane, Strictness};

/// What is looked at.
#[derive(Debug, Args)]
pub struct Which {
    /// Near-duplicates of this kind and the surer ones; without it edits, of which nothing is selected to go
    #[arg(long, value_enum, value_name = "KIND")]
    pub strict: Option<LaneWord>,
    /// How alike photos must be. The numbers: how much of what is compared agrees, how much of the one picture is repeated
    /// in the other where no quality was lost, and the distance by look within which shots of a moment are a burst
    #[arg(long, value_enum, default_value_t = HowAlike::Usual)]
    pub alike: HowAlike,
    /// Which pairs are looked at
    #[arg(long, value_enum, default_value_t = AmongWord::Everything)]
    pub among: AmongWord,
    /// Only pairs in different ones of these folders, source folders or folders in them; given twice or more
    #[arg(long, value_name = "FOLDER")]
    pub between: Vec<PathBuf>,
    /// Only groups with a file in this folder, or in a folder in it
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

#[derive(Debug, Clone, Copy)]
pub enum HowAlike {
    Careful,
    Usual,
    Generous,
}

impl ValueEnum for HowAlike {
    fn value_variants<'a>() -> &'a [Self] {
        &[HowAlike::Careful, HowAlike::Usual, HowAlike::Generous]
    }

    /// The word, and the numbers behind it.
    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (word, means) = match self {
            HowAlike::Careful => ("careful", "only what leaves no doubt"),
            HowAlike::Usual => ("usual", "right at least 98 times of 100"),
            HowAlike::Generous => ("generous", "also what has to be looked at"),
        };
        let limits = self.strictness().limits();
        let (share, repeated) = (100.0 * limits.least_share, 100.0 * limits.least_repeated);
        let help = format!(
            "{means}: {share:.0} % agree and {repeated:.0} % is repeated, bursts up to {} apart",
            limits.farthest_burst
        );
        Some(PossibleValue::new(word).help(help))
    }
}

impl HowAlike {
    fn strictness(self) -> Strictness {
        match self {
            HowAlike::Careful => Strictness::Careful,
            HowAlike::Usual => Strictness::Usual,
            HowAlike::Generous => Strictness::Generous,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum AmongWord {
    /// Wherever their files lie
    Everything,
    /// In different source folders, or in different ones of those that --between names
    DifferentFolders,
    /// In one and the same folder
    OneFolder,
    /// One in a protected folder, and one that is not
    ProtectedAndOthers,
}

fn criterion(word: &str) -> Result<Criterion, String> {
    Criterion::from_word(word).ok_or_else(|| {
        let all = Criterion::ALL.map(Criterion::word).join(", ");
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
            strictness: self.alike.strictness(),
            among: match self.among {
                AmongWord::Everything => Among::Everything,
                AmongWord::DifferentFolders => Among::DifferentFolders(Vec::new()),
                AmongWord::OneFolder => Among::OneFolder,
                AmongWord::ProtectedAndOthers => Among::ProtectedAndOthers,
            },
            between: self.between.clone(),
            folder: self.folder.clone(),
            keep: self.keep.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_alike_is_said_with_the_numbers_behind_it() {
        for alike in HowAlike::value_variants() {
            let value = alike.to_possible_value().expect("a word");
            let help = value.get_help().expect("a help").to_string();
            let limits = alike.strictness().limits();
            let share = format!("{:.0} % agree", 100.0 * limits.least_share);
            assert!(help.contains(&share), "{help}");
            assert!(help.contains(&limits.farthest_burst.to_string()), "{help}");
        }
    }
}
