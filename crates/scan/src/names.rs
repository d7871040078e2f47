//! What a name says: whether a scan passes by, and what kind of file it is likely to be.
//!
//! Pure functions on bytes. Knows nothing of disks; what a file really holds is told by its content.

use std::collections::HashSet;
use std::path::Path;

use likeness_domain::{RelativePath, stem};

/// What a name belongs to, as some names are passed by only for one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryType {
    Folder,
    File,
}

/// What a file's name says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameSays {
    Picture,
    /// Belongs to a picture, whether that lies beside it or not.
    Companion,
    /// The movie of a Live Photo when a picture of the same name lies beside it, else a video.
    Movie,
    Video,
    /// The record of an export, when a picture that it names lies beside it, else no business of ours.
    Record,
    /// A voice memo, when a picture of the same name lies beside it, else no business of ours.
    Memo,
    /// Neither picture nor video: passed by, never opened.
    Foreign,
    /// Nothing: only its content can tell.
    Nothing,
}

/// Whether a scan passes by `name`, which lies in a folder called `parent`: hidden, system, trash, thumbnail and cache
/// folders, the inside of other programs' photo libraries except their originals, and files that are still written.
pub(crate) fn is_skipped(parent: &[u8], name: &[u8], entry: EntryType) -> bool {
    let lower = name.to_ascii_lowercase();
    let extension = extension(&lower);
    if lower.starts_with(b".") || SYSTEM_FOLDERS.contains(&lower.as_slice()) {
        return true;
    }
    if holds(PHOTO_LIBRARIES, self::extension(&parent.to_ascii_lowercase())) {
        let holds_originals = lower == b"originals" || lower == b"masters";
        return entry == EntryType::File || !holds_originals;
    }
    match entry {
        EntryType::Folder => CACHE_FOLDERS.contains(&lower.as_slice()) || holds(CACHE_EXTENSIONS, extension),
        EntryType::File => holds(UNFINISHED, extension) || lower.ends_with(b"~") || lower.starts_with(b"~$"),
    }
}

/// Whether a scan of `root` passes by `path` because of its own name or that of a folder above it.
pub(crate) fn is_skipped_path(root: &Path, path: &RelativePath, last: EntryType) -> bool {
    if path.is_root() {
        return false;
    }
    let mut parent = folder_name(root);
    let mut parts = path.as_bytes().split(|&byte| byte == b'/').peekable();
    while let Some(name) = parts.next() {
        let entry = if parts.peek().is_some() { EntryType::Folder } else { last };
        if is_skipped(parent, name, entry) {
            return true;
        }
        parent = name;
    }
    false
}

/// The name of a source folder itself, empty for the root of the file system.
pub(crate) fn folder_name(root: &Path) -> &[u8] {
    root.file_name().map_or(b"", |name| name.as_encoded_bytes())
}

/// What the name of a file says about it.
pub(crate) fn name_says(name: &[u8]) -> NameSays {
    let lower = name.to_ascii_lowercase();
    let extension = extension(&lower);
    if holds(PICTURES, extension) || holds(RAW_PICTURES, extension) {
        NameSays::Picture
    } else if holds(COMPANIONS, extension) {
        NameSays::Companion
    } else if holds(MOVIES, extension) {
        NameSays::Movie
    } else if holds(VIDEOS, extension) {
        NameSays::Video
    } else if extension == b"json" {
        NameSays::Record
    } else if extension == b"wav" {
        NameSays::Memo
    } else if holds(FOREIGN, extension) || holds(FOREIGN_NAMES, &lower) {
        NameSays::Foreign
    } else {
        NameSays::Nothing
    }
}

/// The pictures of one folder, by name and by name without extension, in lower case.
#[derive(Debug, Default)]
pub(crate) struct PictureNames(HashSet<Vec<u8>>);

impl PictureNames {
    pub(crate) fn new<'a>(pictures: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut names = HashSet::new();
        for picture in pictures {
            let lower = picture.to_ascii_lowercase();
            names.insert(stem(&lower).to_vec());
            names.insert(lower);
        }
        Self(names)
    }

    /// Whether a movie or memo of this name belongs to one of the pictures: `IMG_1.MOV` beside `img_1.heic`, and
    /// `PXL_1.MP` beside `PXL_1.MP.jpg`.
    pub(crate) fn share_name_with(&self, name: &[u8]) -> bool {
        let lower = name.to_ascii_lowercase();
        self.0.contains(stem(&lower)) || self.0.contains(&lower)
    }

    /// Whether an export's record is about one of the pictures: `IMG.json`, `IMG.jpg.json`, and
    /// `IMG.jpg.supplemental-meta.json`, whose middle part is cut at varying lengths.
    pub(crate) fn are_recorded_by(&self, name: &[u8]) -> bool {
        let lower = name.to_ascii_lowercase();
        (0..lower.len()).filter(|&at| lower[at] == b'.').any(|dot| self.0.contains(&lower[..dot]))
    }
}

fn extension(name: &[u8]) -> &[u8] {
    match name.iter().rposition(|&byte| byte == b'.') {
        Some(dot) if dot > 0 => &name[dot + 1..],
        _ => b"",
    }
}

/// Whether the list, words between blanks, holds `word`.
fn holds(list: &str, word: &[u8]) -> bool {
    list.split_ascii_whitespace().any(|listed| listed.as_bytes() == word)
}

/// Formats that are decoded, and further picture formats, whose files end as listed problems and not in silence.
const PICTURES: &str = "jpg jpeg jpe jfif jif mpo insp png apng webp gif bmp dib tif tiff heic heif hif heics heifs \
    avif avifs jxl jp2 j2k jpf jpx jpm jxr wdp hdp ico psd psb xcf tga exr hdr pnm pbm pgm ppm pam pfm qoi dds pcx";
const RAW_PICTURES: &str = "3fr arw cr2 cr3 crw dcr dcs dng erf fff gpr iiq kdc mef mfw mos mrw nef nrw orf ori pef \
    raf raw rw2 rwl sr2 srf srw x3f";
/// Edits and thumbnails that cameras and raw developers write beside a picture.
const COMPANIONS: &str = "xmp aae thm pp3 dop";
const MOVIES: &str = "mov mp4 m4v mp";
const VIDEOS: &str = "avi mkv webm mpg mpeg mpe mts m2ts m2t 3gp 3g2 wmv asf flv mod tod vob ogv mxf dv insv lrv 360 \
    braw r3d crm";
/// Common things that are no pictures: not even opened once.
const FOREIGN: &str = "txt md rst log csv tsv ini cfg conf toml yaml yml xml html htm css js mjs ts tsx jsx svelte vue \
    map rs py pyc c h cc cpp hpp cs go java class kt swift rb php pl lua r sh bat cmd ps1 sql o a so dll exe msi \
    pdf doc docx odt rtf xls xlsx ods ppt pptx odp pages numbers key epub mobi tex \
    zip gz bz2 xz zst 7z rar tar tgz iso img dmg deb rpm apk jar whl torrent \
    mp3 m4a aac flac ogg oga opus wma aif aiff mid midi amr \
    db sqlite sqlite3 db-wal db-shm db-journal lrcat lrcat-data bak lock pid sig asc pem crt icc icm \
    url lnk desktop webloc vcf ics eml ttf otf woff woff2 svg eps ai indd blend obj stl gpx kml srt vtt \
    npy npz safetensors onnx parquet pickle pkl";
const FOREIGN_NAMES: &str = "thumbs.db ehthumbs.db ehthumbs_vista.db desktop.ini zbthumbnail.info";
/// Folders of systems and network drives; the hidden ones are known by the dot in front.
const SYSTEM_FOLDERS: [&[u8]; 12] = [
    b"$recycle.bin",
    b"recycler",
    b"found.000",
    b"lost+found",
    b"system volume information",
    b"network trash folder",
    b"temporary items",
    b"@eadir",
    b"#recycle",
    b"#snapshot",
    b"@recycle",
    b"@recently-snapshot",
];
/// Thumbnails, previews and caches of other photo programs.
const CACHE_FOLDERS: [&[u8]; 4] = [b"thumbnails", b"ipod photo cache", b"captureone", b"__macosx"];
const CACHE_EXTENSIONS: &str = "lrdata download";
/// Folders that a photo program shows as one thing; the person's own photos lie in `originals` or `Masters`.
const PHOTO_LIBRARIES: &str = "photoslibrary migratedphotolibrary aplibrary migratedaplibrary";
/// Files that are still being written: downloads and atomic saves.
const UNFINISHED: &str = "tmp temp part partial crdownload download filepart opdownload aria2 swp swx swo";

#[cfg(test)]
mod tests {
    use super::*;

    fn skips(path: &str, last: EntryType) -> bool {
        let path = RelativePath::from_bytes(path.into()).expect("valid");
        is_skipped_path(Path::new("/photos"), &path, last)
    }

    #[test]
    fn hidden_system_trash_and_thumbnail_folders_are_skipped() {
        for folder in [
            ".thumbnails",
            ".Trash-1000",
            ".stfolder",
            ".dtrash",
            "$RECYCLE.BIN",
            "System Volume Information",
            "lost+found",
            "@eaDir",
            "#recycle",
            "Catalog Previews.lrdata",
            "CaptureOne",
            "Mine.photoslibrary/resources",
        ] {
            assert!(skips(folder, EntryType::Folder), "{folder}");
            assert!(skips(&format!("2020/{folder}/a.jpg"), EntryType::File), "{folder}");
        }
        for folder in ["2020", "a.part", "b~", "Mine.photoslibrary", "Mine.photoslibrary/originals/A"] {
            assert!(!skips(folder, EntryType::Folder), "{folder}");
        }
    }

    #[test]
    fn files_that_are_still_written_are_skipped() {
        for file in
            ["._a.jpg", "a.jpg.tmp", "a.jpg.crdownload", "a.jpg.PART", "a.jpg~", "~$a.doc", ".~lock.a#"]
        {
            assert!(skips(file, EntryType::File), "{file}");
        }
        assert!(!skips("a.jpg", EntryType::File));
    }

    #[test]
    fn names_tell_pictures_companions_and_videos_in_any_case() {
        for (name, says) in [
            ("A.JPG", NameSays::Picture),
            ("a.Cr3", NameSays::Picture),
            ("a.psd", NameSays::Picture),
            ("a.jpg.xmp", NameSays::Companion),
            ("a.AAE", NameSays::Companion),
            ("a.MOV", NameSays::Movie),
            ("a.mkv", NameSays::Video),
            ("a.json", NameSays::Record),
            ("Thumbs.db", NameSays::Foreign),
            ("a.pdf", NameSays::Foreign),
            ("jpg", NameSays::Nothing),
            ("a", NameSays::Nothing),
            ("a.xyz", NameSays::Nothing),
            ("a.", NameSays::Nothing),
        ] {
            assert_eq!(name_says(name.as_bytes()), says, "{name}");
        }
    }

    #[test]
    fn movies_and_records_belong_to_the_picture_beside_them() {
        let pictures = PictureNames::new([&b"IMG_1.HEIC"[..], b"PXL_2.MP.jpg"].into_iter());
        assert!(pictures.share_name_with(b"img_1.mov"));
        assert!(pictures.share_name_with(b"PXL_2.MP"));
        assert!(!pictures.share_name_with(b"IMG_10.MOV"));
        for record in ["IMG_1.json", "IMG_1.HEIC.json", "IMG_1.HEIC.supplemental-me.json"] {
            assert!(pictures.are_recorded_by(record.as_bytes()), "{record}");
        }
        assert!(!pictures.are_recorded_by(b"IMG_10.json"));
    }
}
