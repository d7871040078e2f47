//! A library in a temporary folder, and made-up scans and contents to fill it with. For tests of this crate.
