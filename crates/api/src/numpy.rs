//! Embeddings as NumPy keeps them: a `.npy` file of one row per picture, and the pictures' names beside it, one per line.
//!
//! A name is a line, whatever is in it: see [`name_of`]. So names match rows, and two files never share one.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use npyz::WriterBuilder;

/// Rows that were read.
#[derive(Debug, PartialEq)]
pub(crate) struct Rows {
    /// Row after row.
    pub(crate) values: Vec<f32>,
    /// Numbers in a row.
    pub(crate) dimension: usize,
    /// The pictures' names, when they lie beside the file.
    pub(crate) names: Option<Vec<String>>,
}

/// `x.npy.txt` beside `x.npy`.
fn names_path(npy: &Path) -> PathBuf {
    npy.with_extension("npy.txt")
}

/// The path as a line of text: bytes that are no text, control characters, line separators and backslashes are `\xHH`,
/// byte by byte.
pub(crate) fn name_of(path: &Path) -> String {
    let mut name = String::new();
    let escape = |name: &mut String, bytes: &[u8]| {
        bytes.iter().for_each(|byte| write!(name, "\\x{byte:02x}").expect("writing to a string"));
    };
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_control() || matches!(letter, '\\' | '\u{2028}' | '\u{2029}') {
                escape(&mut name, letter.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                name.push(letter);
            }
        }
        escape(&mut name, chunk.invalid());
    }
    name
}

/// Writes `rows`, each with its name.
pub(crate) fn write(out: &Path, rows: &[(String, &[f32])], dimension: usize) -> io::Result<()> {
    let shape = [rows.len() as u64, dimension as u64];
    let file = BufWriter::new(File::create(out)?);
    let mut npy = npyz::WriteOptions::<f32>::new().default_dtype().shape(&shape).writer(file).begin_nd()?;
    rows.iter().try_for_each(|(_, values)| npy.extend(values.iter().copied()))?;
    npy.finish()?;
    let mut names = BufWriter::new(File::create(names_path(out))?);
    rows.iter().try_for_each(|(name, _)| writeln!(names, "{name}"))?;
    names.flush()
}

/// Reads rows of single or double precision, by anyone.
pub(crate) fn read(npy: &Path) -> io::Result<Rows> {
    let file = File::open(npy)?;
    if file.metadata()?.len() == 0 {
        return Err(cut_off(io::ErrorKind::UnexpectedEof.into()));
    }
    let file = npyz::NpyFile::new(BufReader::new(file)).map_err(cut_off)?;
    let &[count, dimension @ 1..=u64::MAX] = file.shape() else {
        return Err(wrong("it has no rows of one length"));
    };
    if file.order() != npyz::Order::C {
        return Err(wrong("it is ordered by columns"));
    }
    let values = read_values(file).map_err(cut_off)?;
    let names = match fs::read_to_string(names_path(npy)) {
        Ok(text) => Some(text.lines().map(str::to_owned).collect::<Vec<_>>()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if names.as_ref().is_some_and(|names| names.len() as u64 != count) {
        return Err(wrong("it has not as many rows as there are names beside it"));
    }
    Ok(Rows { values, dimension: dimension as usize, names })
}

fn read_values(file: npyz::NpyFile<BufReader<File>>) -> io::Result<Vec<f32>> {
    let file = match file.try_data::<f32>() {
        Ok(single) => return single.collect(),
        Err(file) => file,
    };
    match file.try_data::<f64>() {
        Ok(double) => double.map(|value| value.map(|value| value as f32)).collect(),
        Err(file) => {
            let kind = file.dtype().descr();
            Err(wrong(&format!("its numbers are {kind}, neither float32 nor float64")))
        }
    }
}

fn cut_off(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => wrong("its end is missing"),
        _ => error,
    }
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

#[cfg(test)]
mod tests {
    use npyz::{AutoSerialize, Order, WriteOptions};

    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let out = folder.path().join("x.npy");
        let rows: [(String, &[f32]); 2] = [("a.jpg".into(), &[1.0, 2.0]), ("b.jpg".into(), &[3.0, 4.5])];
        write(&out, &rows, 2).expect("written");
        let names = Some(vec!["a.jpg".to_owned(), "b.jpg".to_owned()]);
        assert_eq!(read(&out).expect("read"), Rows { values: vec![1.0, 2.0, 3.0, 4.5], dimension: 2, names });
        fs::write(names_path(&out), "a.jpg\n").expect("written");
        assert!(read(&out).is_err(), "a name is missing");
        fs::write(&out, "no numbers").expect("written");
        assert!(read(&out).is_err());
    }

    fn save<T: AutoSerialize + Copy>(out: &Path, order: Order, shape: &[u64], values: &[T]) {
        let file = File::create(out).expect("made");
        let options = WriteOptions::<T>::new().default_dtype().order(order).shape(shape);
        let mut npy = options.writer(file).begin_nd().expect("begun");
        npy.extend(values.iter().copied()).expect("written");
        npy.finish().expect("written");
    }

    #[test]
    fn double_precision_is_read_and_the_rest_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let out = folder.path().join("x.npy");
        save(&out, Order::C, &[2, 2], &[0.1_f64, 2.0, -3.0, 4.5]);
        let values = vec![0.1_f32, 2.0, -3.0, 4.5];
        assert_eq!(read(&out).expect("read"), Rows { values, dimension: 2, names: None });
        let refused = || read(&out).expect_err("refused").to_string();
        save(&out, Order::C, &[2, 2], &[1_i64, 2, 3, 4]);
        assert!(refused().contains("<i8"), "{}", refused());
        save(&out, Order::Fortran, &[2, 2], &[0.1_f32, 2.0, -3.0, 4.5]);
        assert!(refused().contains("columns"));
        save(&out, Order::C, &[4], &[0.1_f32, 2.0, -3.0, 4.5]);
        assert!(refused().contains("rows"));
        save(&out, Order::C, &[2, 2], &[0.1_f32, 2.0, -3.0, 4.5]);
        let whole = fs::read(&out).expect("read");
        fs::write(&out, &whole[..whole.len() - 1]).expect("cut off");
        assert!(refused().contains("its end is missing"), "{}", refused());
        fs::write(&out, "").expect("emptied");
        assert!(refused().contains("its end is missing"), "{}", refused());
    }

    #[cfg(unix)]
    #[test]
    fn every_name_is_one_line_and_its_own() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let name = |bytes: &[u8]| name_of(Path::new(OsStr::from_bytes(bytes)));
        assert_eq!(name("für Anna/1 <b>.jpg".as_bytes()), "für Anna/1 <b>.jpg");
        assert_eq!(name(b"a\nb\r\t\x1b.jpg"), r"a\x0ab\x0d\x09\x1b.jpg");
        assert_eq!(name(b"\xff\xfe\\n"), r"\xff\xfe\x5cn");
        assert_eq!(name("\u{2028}\u{85}".as_bytes()), r"\xe2\x80\xa8\xc2\x85");
        assert_ne!(name(b"a\nb"), name(br"a\x0ab"));
    }
}
