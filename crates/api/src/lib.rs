//! One function per command, and the wire types.
