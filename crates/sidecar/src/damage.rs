//! What is wrong with the content of a sidecar, and where.

/// Why a sidecar cannot be understood, and at which place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct Damage {
    /// Counted from 1.
    pub line: usize,
    /// Characters, counted from 1.
    pub column: usize,
    /// One sentence without a full stop, such as "expected 'rdf:RDF' tag, not 'rdf:Seq'".
    pub reason: String,
}

impl Damage {
    /// Right after `before`, the text up to the place.
    pub(crate) fn after(before: &str, reason: impl Into<String>) -> Self {
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            reason: reason.into(),
        }
    }
}

impl From<(roxmltree::Error, &str)> for Damage {
    fn from((error, text): (roxmltree::Error, &str)) -> Self {
        use roxmltree::Error::*;
        let position = error.pos();
        let words = error.to_string();
        let reason = words.strip_suffix(&format!(" at {position}")).unwrap_or(&words);
        match error {
            UnclosedRootNode | UnexpectedEndOfStream => Damage::after(text, "the file ends too early"),
            NoRootNode => Damage::after(text, "there is no XML in it"),
            DtdDetected => Damage::after("", "it has a document type, which sidecars never have"),
            NodesLimitReached => Damage::after("", "it has more elements than any sidecar"),
            _ => Damage { line: position.row as usize, column: position.col as usize, reason: reason.into() },
        }
    }
}
