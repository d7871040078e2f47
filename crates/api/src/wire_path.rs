//! Paths as text and back without loss: as they are where they are text, as `file:` addresses where they are not.

use std::path::{Path, PathBuf};

use url::Url;

/// The path as a face may show it and send it back.
pub(crate) fn to_text(path: &Path) -> String {
    match path.to_str() {
        Some(text) => text.into(),
        None => Url::from_file_path(path).map_or_else(|()| path.display().to_string(), Into::into),
    }
}

/// The path that a text names.
pub(crate) fn from_text(text: &str) -> PathBuf {
    let address = text.starts_with("file://").then(|| Url::parse(text).ok()?.to_file_path().ok());
    address.flatten().unwrap_or_else(|| PathBuf::from(text))
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn every_path_comes_back_as_it_was() {
        for bytes in [&b"/home/anna/Bilder"[..], b"/old disk/\xff 100 %", "/f\u{fc}r/Anna".as_bytes()] {
            let path = Path::new(OsStr::from_bytes(bytes));
            assert_eq!(from_text(&to_text(path)), path);
        }
        assert_eq!(to_text(Path::new("/home/anna")), "/home/anna");
    }
}
