//! Embeddings as NumPy keeps them: a `.npy` file of one row per picture, and the pictures' names beside it, one per line.

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

pub(crate) fn write(out: &Path, rows: &[(&Path, &[f32])], dimension: usize) -> io::Result<()> {
    let shape = [rows.len() as u64, dimension as u64];
    let file = BufWriter::new(File::create(out)?);
    let mut npy = npyz::WriteOptions::<f32>::new().default_dtype().shape(&shape).writer(file).begin_nd()?;
    rows.iter().try_for_each(|(_, values)| npy.extend(values.iter().copied()))?;
    npy.finish()?;
    let mut names = BufWriter::new(File::create(names_path(out))?);
    rows.iter().try_for_each(|(path, _)| writeln!(names, "{}", path.display()))?;
    names.flush()
}

/// Reads single-precision rows, by anyone.
pub(crate) fn read(npy: &Path) -> io::Result<Rows> {
    let file = npyz::NpyFile::new(BufReader::new(File::open(npy)?))?;
    let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let &[count, dimension @ 1..=u64::MAX] = file.shape() else {
        return Err(wrong("it has no rows of one length"));
    };
    if file.order() != npyz::Order::C {
        return Err(wrong("it is ordered by columns"));
    }
    let values = file.into_vec::<f32>()?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let out = folder.path().join("x.npy");
        let rows: [(&Path, &[f32]); 2] =
            [(Path::new("/a.jpg"), &[1.0, 2.0]), (Path::new("/b.jpg"), &[3.0, 4.5])];
        write(&out, &rows, 2).expect("written");
        let names = Some(vec!["/a.jpg".to_owned(), "/b.jpg".to_owned()]);
        assert_eq!(read(&out).expect("read"), Rows { values: vec![1.0, 2.0, 3.0, 4.5], dimension: 2, names });
        fs::write(names_path(&out), "/a.jpg\n").expect("written");
        assert!(read(&out).is_err(), "a name is missing");
        fs::write(&out, "no numbers").expect("written");
        assert!(read(&out).is_err());
    }
}
