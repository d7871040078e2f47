//! The api and the UI over HTTP on loopback, with a token.
