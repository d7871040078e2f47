//! Reading and writing one sidecar file.

use std::io;
use std::path::Path;

use likeness_domain::ContentHash;

use crate::packet::Packet;
use crate::replace::{self, Replaced, Seen, Step};
use crate::text::Contents;
use crate::{Damage, Decided, Error, Said};

/// What a sidecar begins as.
const EMPTY: &str = "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>
<x:xmpmeta xmlns:x=\"adobe:ns:meta/\" x:xmptk=\"Likeness\">
 <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">
  <rdf:Description rdf:about=\"\"
   xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end=\"w\"?>";

/// A sidecar that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sidecar {
    /// What it says about its photo.
    pub said: Said,
    /// Of all its bytes: what [`write`] expects to find.
    pub hash: ContentHash,
}

/// What came of writing a sidecar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It says everything already, whoever wrote it, or there is nothing to say and no sidecar. Nothing was written.
    Unchanged {
        /// Of what lies there; `None` when nothing does.
        hash: Option<ContentHash>,
    },
    /// It says everything now.
    Saved {
        /// Of what was written.
        hash: ContentHash,
    },
    /// It is not what was expected: another program changed, made or removed it. Nothing was written.
    Conflict {
        /// What lies there; `None` when nothing does.
        now: Option<Sidecar>,
    },
}

/// Reads the sidecar at `path`.
///
/// # Errors
/// When there is none, when it is not a file or too large, and when it is damaged: then the error says where.
pub fn read(path: &Path) -> Result<Sidecar, Error> {
    let not_there = || Error::Io { path: path.into(), source: io::ErrorKind::NotFound.into() };
    sidecar_of(path, &replace::look(path)?.ok_or_else(not_there)?)
}

/// Makes the sidecar at `path` say what was decided, and changes nothing else in it; begins it where there is none.
///
/// `expected` is the hash of the sidecar that the decisions are based on, as [`read`] or `write` gave it; `None` when
/// there was none. The file is replaced in one step, with its permissions; links are not followed.
///
/// # Errors
/// When it cannot be read (see [`read`]), is read-only, or the disk is full. Then it is as it was.
pub fn write(path: &Path, decided: &Decided, expected: Option<ContentHash>) -> Result<Written, Error> {
    write_watched(path, decided, expected, &mut |_| Ok(()))
}

fn write_watched(
    path: &Path,
    decided: &Decided,
    expected: Option<ContentHash>,
    before: &mut dyn FnMut(Step) -> io::Result<()>,
) -> Result<Written, Error> {
    if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xmp")) {
        return Err(Error::NotASidecar { path: path.into() });
    }
    let seen = replace::look(path)?;
    let there = seen.as_ref().map(|seen| seen.bytes.as_slice());
    let damaged = |damage| Error::Damaged { path: path.into(), damage };
    let contents = Contents::decode(there.unwrap_or(EMPTY.as_bytes())).map_err(damaged)?;
    let text = decided.written_into(contents.text.clone()).map_err(damaged)?;
    let hash = there.map(hash_of);
    if text == contents.text {
        return Ok(Written::Unchanged { hash });
    }
    if hash != expected {
        let now = seen.map(|seen| sidecar_of(path, &seen)).transpose()?;
        return Ok(Written::Conflict { now });
    }
    let bytes = contents.encode(&text);
    match replace::replace(path, &bytes, seen.as_ref(), before)? {
        Replaced::Done => Ok(Written::Saved { hash: hash_of(&bytes) }),
        Replaced::ChangedMeanwhile => {
            let now = replace::look(path)?.map(|seen| sidecar_of(path, &seen)).transpose()?;
            Ok(Written::Conflict { now })
        }
    }
}

fn sidecar_of(path: &Path, seen: &Seen) -> Result<Sidecar, Error> {
    let said = said_in(&seen.bytes).map_err(|damage| Error::Damaged { path: path.into(), damage })?;
    Ok(Sidecar { said, hash: hash_of(&seen.bytes) })
}

fn said_in(bytes: &[u8]) -> Result<Said, Damage> {
    let contents = Contents::decode(bytes)?;
    Ok(Said::of(&Packet::parse(&contents.text)?))
}

fn hash_of(bytes: &[u8]) -> ContentHash {
    ContentHash(*blake3::hash(bytes).as_bytes())
}

#[cfg(test)]
mod tests;
