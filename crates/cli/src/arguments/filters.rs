//! What photos can be asked for by: filters that combine.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use likeness_api::wire::{FlagWord, LabelWord, OrientationWord};
use likeness_api::{ListPhotos, Sort};

#[derive(Debug, Args)]
pub struct Filters {
    /// Only below this folder
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// Taken then or later: 2024, 2024-05 or 2024-05-01
    #[arg(long, value_name = "DAY")]
    pub since: Option<String>,
    /// Taken then or before, to the end of that day, month or year
    #[arg(long, value_name = "DAY")]
    pub until: Option<String>,
    /// Part of the camera's name
    #[arg(long, value_name = "TEXT")]
    pub camera: Option<String>,
    /// Part of the lens's name
    #[arg(long, value_name = "TEXT")]
    pub lens: Option<String>,
    /// At least so many stars
    #[arg(long, value_name = "STARS", value_parser = clap::value_parser!(u8).range(0..=5))]
    pub rating: Option<u8>,
    /// Picked, rejected, or neither
    #[arg(long, value_name = "pick|reject|none", value_parser = flag)]
    pub flag: Option<FlagWord>,
    /// With this colour label
    #[arg(long, value_name = "COLOUR|none", value_parser = label)]
    pub label: Option<LabelWord>,
    /// With this tag or one below it; may be given several times, then with all of them
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Of this album, or of an album in it
    #[arg(long, value_name = "ALBUM")]
    pub album: Option<String>,
    /// jpeg, png, webp, gif, bmp, tiff, avif, heic, jxl or raw
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Which side is longer
    #[arg(long, value_name = "landscape|portrait|square", value_parser = orientation)]
    pub orientation: Option<OrientationWord>,
    /// Files of so many bytes or more: 500000, 500k, 20M
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub min_size: Option<u64>,
    /// Files of so many bytes or fewer
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub max_size: Option<u64>,
    /// Part of the file's name
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// That look like this photo of the library; may be given several times, then like all of them together
    #[arg(long, value_name = "PHOTO")]
    pub like: Vec<OsString>,
}

impl Filters {
    /// What they ask for, in the natural order.
    pub fn list(&self) -> ListPhotos {
        ListPhotos {
            folder: self.folder.clone(),
            since: self.since.clone(),
            until: self.until.clone(),
            camera: self.camera.clone(),
            lens: self.lens.clone(),
            rating: self.rating,
            flag: self.flag,
            label: self.label,
            tags: self.tags.clone(),
            album: self.album.clone(),
            format: self.format.clone(),
            orientation: self.orientation,
            min_size: self.min_size,
            max_size: self.max_size,
            name: self.name.clone(),
            like: self.like.clone(),
            sort: Sort::default(),
            limit: None,
        }
    }

    /// As photos lie in the album that is asked for, else newest first.
    pub fn natural_sort(&self) -> Sort {
        if self.album.is_some() { Sort::Album } else { Sort::Newest }
    }
}

fn flag(text: &str) -> Result<FlagWord, String> {
    match text {
        "pick" => Ok(FlagWord::Pick),
        "reject" => Ok(FlagWord::Reject),
        "none" => Ok(FlagWord::None),
        _ => Err("it is pick, reject or none".into()),
    }
}

fn label(text: &str) -> Result<LabelWord, String> {
    match text {
        "none" => Ok(LabelWord::None),
        "red" => Ok(LabelWord::Red),
        "yellow" => Ok(LabelWord::Yellow),
        "green" => Ok(LabelWord::Green),
        "blue" => Ok(LabelWord::Blue),
        "purple" => Ok(LabelWord::Purple),
        _ => Err("it is red, yellow, green, blue, purple or none".into()),
    }
}

fn orientation(text: &str) -> Result<OrientationWord, String> {
    match text {
        "landscape" => Ok(OrientationWord::Landscape),
        "portrait" => Ok(OrientationWord::Portrait),
        "square" => Ok(OrientationWord::Square),
        _ => Err("it is landscape, portrait or square".into()),
    }
}

/// Thousands as file managers count them.
fn bytes(text: &str) -> Result<u64, String> {
    let wrong = || "it is a number of bytes, such as 500000, 500k or 20M".to_owned();
    let (digits, times) = match text.to_ascii_lowercase().strip_suffix(['k', 'm', 'g']) {
        Some(digits) => {
            let thousands = match text.as_bytes().last().map(u8::to_ascii_lowercase) {
                Some(b'k') => 1_000,
                Some(b'm') => 1_000_000,
                _ => 1_000_000_000,
            };
            (digits.to_owned(), thousands)
        }
        None => (text.to_owned(), 1),
    };
    digits.parse::<u64>().ok().and_then(|count| count.checked_mul(times)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_bytes_and_thousands_of_them() {
        assert_eq!(bytes("500"), Ok(500));
        assert_eq!(bytes("500k"), Ok(500_000));
        assert_eq!(bytes("20M"), Ok(20_000_000));
        assert_eq!(bytes("2g"), Ok(2_000_000_000));
        assert!(["", "k", "1.5M", "-1", "20MB", "99999999999G"].iter().all(|text| bytes(text).is_err()));
    }
}
