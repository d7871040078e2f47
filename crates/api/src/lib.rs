//! One function per command, and the wire types (nowhere else).

pub mod wire;
#[cfg(test)]
mod wire_ts;
