//! The picture protocol: `thumb://localhost/thumb/ID/SIZE`, `/picture/ID/SIDE`, `/query-picture/TOKEN`. Ids, never paths.

use likeness_api::wire::Failure;
use likeness_api::{Api, Picture};
use tauri::http::{Response, StatusCode, Uri, header};

/// The picture at an address, or a status that says why there is none.
pub fn answer(api: &Api, address: &Uri) -> Response<Vec<u8>> {
    let parts: Vec<&str> = address.path().trim_matches('/').split('/').collect();
    let picture = match parts[..] {
        ["thumb", photo, size] => numbers(photo, size).map(|(photo, size)| api.thumbnail(photo, size)),
        ["picture", photo, "full"] => photo.parse().ok().map(|photo| api.picture(photo, None)),
        ["picture", photo, side] => numbers(photo, side).map(|(photo, side)| api.picture(photo, Some(side))),
        ["query-picture", token] => Some(api.query_picture(token)),
        _ => None,
    };
    match picture {
        Some(Ok(picture)) => found(picture),
        Some(Err(failure)) => missing(&failure),
        None => status(StatusCode::BAD_REQUEST, Vec::new()),
    }
}

fn numbers(photo: &str, pixels: &str) -> Option<(i64, u32)> {
    Some((photo.parse().ok()?, pixels.parse().ok()?))
}

/// A photo is its content: what its id shows never changes. Other origins are let in because the page's own scheme
/// differs from this one, and WebGL reads no pictures without it.
fn found(picture: Picture) -> Response<Vec<u8>> {
    Response::builder()
        .header(header::CONTENT_TYPE, picture.mime)
        .header(header::CACHE_CONTROL, "private, max-age=31536000, immutable")
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .body(picture.bytes)
        .expect("the headers are valid")
}

fn missing(failure: &Failure) -> Response<Vec<u8>> {
    status(StatusCode::NOT_FOUND, failure.what.clone().into_bytes())
}

fn status(status: StatusCode, body: Vec<u8>) -> Response<Vec<u8>> {
    Response::builder().status(status).body(body).expect("the status is valid")
}
