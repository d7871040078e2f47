//! The api on a command line.
