//! Benchmarks, one program per question a person would ask.
