//! Benchmarks, one program per question a person would ask, and how they read vectors that were measured elsewhere.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};

/// The first `count` numbers of a file of f32, little endian; all of them without a count.
///
/// # Errors
/// When the file cannot be read, or has fewer.
pub fn read_numbers(file: &Path, count: Option<usize>) -> Result<Vec<f32>> {
    let named = || file.display().to_string();
    let mut bytes = Vec::new();
    let mut open = std::fs::File::open(file).with_context(named)?;
    match count {
        Some(count) => {
            bytes.resize(4 * count, 0);
            open.read_exact(&mut bytes).with_context(named)?;
        }
        None => _ = open.read_to_end(&mut bytes).with_context(named)?,
    }
    Ok(bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}
