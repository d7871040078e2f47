//! Tests across crates; the test binaries lie beside this file.
