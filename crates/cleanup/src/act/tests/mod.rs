//! Attacks on clean-ups: injected failures, ends in the middle, and files that change between plan and deed.

#![allow(clippy::unwrap_used)]

mod attacks;
mod away;
mod memory;
mod real;
mod swaps;
mod world;
