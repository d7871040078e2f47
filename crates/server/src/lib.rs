//! The api and the UI over HTTP, for this machine only.
//!
//! Three locks, on every request, reading ones too: the server listens on loopback only; `Host` and `Origin` must be
//! its own (a foreign page that resolves its name to this machine is refused); and the token of the printed address,
//! kept in a cookie after the first visit, must be there. Knows no paths: pictures are asked for by photo id.

mod gate;
mod routes;
mod ui;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use likeness_api::Api;
use tokio::net::TcpListener;

pub use gate::Token;

/// Why the server could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The port is taken, or may not be used.
    #[error("port {port} of this machine cannot be used")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// The system stopped the server.
    #[error("the server was stopped by the system")]
    Serve(#[source] std::io::Error),
    /// The system gave no random numbers for the token.
    #[error("the system gives no random numbers: {0}")]
    NoRandomness(String),
}

/// A server that listens but does not answer yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    token: Token,
}

impl Server {
    /// Takes `port` on loopback; 0 takes any free one.
    ///
    /// # Errors
    /// [`Error::Listen`] when the port cannot be had.
    pub async fn bind(port: u16) -> Result<Self, Error> {
        let listen = |source| Error::Listen { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        Ok(Self { listener, address, token: Token::random()? })
    }

    /// The address to open in a browser on this machine, token and all.
    pub fn url(&self) -> String {
        format!("http://{}/?token={}", self.address, self.token)
    }

    /// Answers until the process ends.
    ///
    /// # Errors
    /// [`Error::Serve`] when the system takes the socket away.
    pub async fn run(self, api: Arc<Api>) -> Result<(), Error> {
        let gate = gate::Gate::new(self.address.port(), self.token);
        axum::serve(self.listener, routes::router(api, gate)).await.map_err(Error::Serve)
    }
}
