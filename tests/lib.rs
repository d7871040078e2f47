//! Tests across crates; the test binaries lie beside this file. What those of the whole engine share is here.

pub mod world;
