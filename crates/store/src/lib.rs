//! Keeps everything: the only SQL.
