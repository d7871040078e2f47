//! Who may ask: this machine's own browser, on our own page, with the token.

use std::fmt;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

use crate::Error;

/// The secret in the printed address: 128 random bits.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    pub(crate) fn random() -> Result<Self, Error> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).map_err(|error| Error::NoRandomness(error.to_string()))?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// In constant time: the answer's delay tells nothing about the token.
    fn is(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a request must show to be let in.
pub(crate) struct Gate {
    hosts: [String; 2],
    /// With the port in its name: cookies are shared by all ports of a host.
    cookie: String,
    token: Token,
}

enum Verdict {
    Enter,
    /// The first visit, with the token in the address: it moves into a cookie.
    Welcome,
    Refuse(StatusCode, &'static str),
}

impl Gate {
    pub(crate) fn new(port: u16, token: Token) -> Arc<Self> {
        let hosts = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
        Arc::new(Self { hosts, cookie: format!("likeness-{port}"), token })
    }

    fn judge(&self, request: &Request) -> Verdict {
        let headers = request.headers();
        if !self.is_own_host(headers) {
            return Verdict::Refuse(StatusCode::FORBIDDEN, "This address does not belong to Likeness.");
        }
        if !self.is_own_origin(headers) {
            return Verdict::Refuse(StatusCode::FORBIDDEN, "Other sites may not ask Likeness for anything.");
        }
        if self.cookie_matches(headers) {
            return Verdict::Enter;
        }
        let is_first_page = request.method() == Method::GET && request.uri().path() == "/";
        let token = request.uri().query().and_then(|query| query.strip_prefix("token="));
        if is_first_page && token.is_some_and(|token| self.token.is(token)) {
            return Verdict::Welcome;
        }
        Verdict::Refuse(
            StatusCode::UNAUTHORIZED,
            "Open the address that `likeness serve` printed, with its token.",
        )
    }

    fn is_own_host(&self, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(header::HOST).iter();
        match (hosts.next(), hosts.next()) {
            (Some(host), None) => self.hosts.iter().any(|own| host.as_bytes() == own.as_bytes()),
            _ => false,
        }
    }

    /// A browser names the page that asks in `Origin`, and for plain reads in `Sec-Fetch-Site`.
    fn is_own_origin(&self, headers: &HeaderMap) -> bool {
        let own_origin = |origin: &HeaderValue| {
            origin.as_bytes().strip_prefix(b"http://").is_some_and(|host| {
                self.hosts.iter().any(|own| own.as_bytes() == host)
                    && headers.get(header::HOST).is_some_and(|asked| asked.as_bytes() == host)
            })
        };
        let own_site = |site: &HeaderValue| matches!(site.as_bytes(), b"same-origin" | b"none");
        headers.get_all(header::ORIGIN).iter().all(own_origin)
            && headers.get_all("sec-fetch-site").iter().all(own_site)
    }

    fn cookie_matches(&self, headers: &HeaderMap) -> bool {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split("; "))
            .filter_map(|cookie| cookie.split_once('='))
            .any(|(name, value)| name == self.cookie && self.token.is(value))
    }

    fn welcome(&self) -> Response {
        let cookie = format!("{}={}; HttpOnly; SameSite=Strict; Path=/", self.cookie, self.token);
        (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, "/".into())])
            .into_response()
    }
}

/// Lets in who may ask, and marks every answer so that other sites cannot use it.
pub(crate) async fn check(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let mut response = match gate.judge(&request) {
        Verdict::Enter => next.run(request).await,
        Verdict::Welcome => gate.welcome(),
        Verdict::Refuse(status, why) => (status, why).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn request(path: &str, headers: &[(&str, &str)]) -> Request {
        let mut builder = Request::builder().uri(path);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(Body::empty()).expect("valid")
    }

    fn gate() -> Arc<Gate> {
        Gate::new(4000, Token("secret".into()))
    }

    fn status(path: &str, headers: &[(&str, &str)]) -> u16 {
        match gate().judge(&request(path, headers)) {
            Verdict::Enter => 200,
            Verdict::Welcome => 303,
            Verdict::Refuse(status, _) => status.as_u16(),
        }
    }

    const OWN: (&str, &str) = ("host", "127.0.0.1:4000");
    const COOKIE: (&str, &str) = ("cookie", "other=1; likeness-4000=secret");

    #[test]
    fn the_token_opens_the_first_page_and_the_cookie_everything() {
        assert_eq!(status("/?token=secret", &[OWN]), 303);
        assert_eq!(status("/thumb/1/256", &[OWN, COOKIE]), 200);
        assert_eq!(status("/api/call", &[OWN, COOKIE, ("origin", "http://127.0.0.1:4000")]), 200);
    }

    #[test]
    fn without_the_token_nothing_opens() {
        for path in ["/", "/?token=", "/?token=secreT", "/?token=secret2", "/thumb/1/256?token=secret"] {
            assert_eq!(status(path, &[OWN]), 401, "{path}");
        }
        assert_eq!(status("/", &[OWN, ("cookie", "likeness-4001=secret")]), 401);
    }

    #[test]
    fn foreign_hosts_and_pages_are_refused_even_with_the_token() {
        let foreign_host = ("host", "evil.test:4000");
        assert_eq!(status("/thumb/1/256", &[foreign_host, COOKIE]), 403);
        assert_eq!(status("/thumb/1/256", &[OWN, OWN, COOKIE]), 403);
        assert_eq!(status("/thumb/1/256", &[COOKIE]), 403);
        for origin in ["http://evil.test", "null", "https://127.0.0.1:4000", "http://localhost:4000"] {
            assert_eq!(status("/api/call", &[OWN, COOKIE, ("origin", origin)]), 403, "{origin}");
        }
        for site in ["cross-site", "same-site"] {
            assert_eq!(status("/thumb/1/256", &[OWN, COOKIE, ("sec-fetch-site", site)]), 403, "{site}");
        }
        assert_eq!(status("/", &[OWN, COOKIE, ("sec-fetch-site", "none")]), 200);
    }
}
