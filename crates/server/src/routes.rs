//! One route per kind of answer: JSON, shape, map, events, pictures, and the UI's own files.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use futures_util::{Stream, stream};
use likeness_api::wire::{Event, Failure, MapBytes, PhotoFilter, Request};
use likeness_api::{Api, Picture};
use tokio::sync::mpsc;

use crate::gate::{self, Gate};
use crate::ui;

/// Ratings for 500,000 photos fit, and so does any photo that someone drops on the page.
const BODY_LIMIT_BYTES: usize = 256 << 20;

/// Events wait here for a browser that is slow. When they are too many the stream ends: the pages then connect again, and
/// ask for everything anew.
const EVENTS_WAITING: usize = 64;

pub(crate) fn router(api: Arc<Api>, gate: Arc<Gate>) -> Router {
    Router::new()
        .route("/api/call", post(call))
        .route("/api/shape", post(shape))
        .route("/api/map", post(map))
        .route("/api/query-picture", post(take_query_picture))
        .route("/api/events", get(events))
        .route("/thumb/{photo}/{size}", get(thumbnail))
        .route("/picture/{photo}/{long_side}", get(picture))
        .route("/query-picture/{token}", get(query_picture))
        .with_state(api)
        .fallback(ui::file)
        .layer(DefaultBodyLimit::max(BODY_LIMIT_BYTES))
        .layer(middleware::from_fn_with_state(gate, gate::check))
}

async fn call(State(api): State<Arc<Api>>, Json(request): Json<Request>) -> Response {
    answer(move || api.call(request).map(|value| Json(value).into_response())).await
}

async fn shape(State(api): State<Arc<Api>>, Json(filter): Json<PhotoFilter>) -> Response {
    answer(move || api.grid_shape(&filter).map(bytes)).await
}

async fn map(State(api): State<Arc<Api>>, Json(query): Json<MapBytes>) -> Response {
    answer(move || api.map_bytes(&query).map(bytes)).await
}

async fn take_query_picture(State(api): State<Arc<Api>>, body: Bytes) -> Response {
    answer(move || api.take_query_picture(&body).map(|picture| Json(picture).into_response())).await
}

async fn thumbnail(State(api): State<Arc<Api>>, Path((photo, size)): Path<(i64, u32)>) -> Response {
    answer(move || api.thumbnail(photo, size).map(lasting_picture)).await
}

async fn picture(State(api): State<Arc<Api>>, Path((photo, long_side)): Path<(i64, String)>) -> Response {
    let long_side = match long_side.as_str() {
        "full" => None,
        pixels => match pixels.parse() {
            Ok(pixels) => Some(pixels),
            Err(_) => return StatusCode::NOT_FOUND.into_response(),
        },
    };
    answer(move || api.picture(photo, long_side).map(lasting_picture)).await
}

async fn query_picture(State(api): State<Arc<Api>>, Path(token): Path<String>) -> Response {
    answer(move || api.query_picture(&token).map(lasting_picture)).await
}

async fn events(State(api): State<Arc<Api>>) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let (sender, receiver) = mpsc::channel::<Event>(EVENTS_WAITING);
    let sender = Mutex::new(Some(sender));
    let subscription = api.listen(move |event| {
        let mut sender = sender.lock().unwrap_or_else(PoisonError::into_inner);
        if sender.as_ref().is_some_and(|sender| sender.try_send(event).is_err()) {
            *sender = None;
        }
    });
    let events = stream::unfold((receiver, subscription), async |(mut receiver, subscription)| {
        let event = receiver.recv().await?;
        let message = sse::Event::default().json_data(event).expect("events are plain data");
        Some((Ok(message), (receiver, subscription)))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// Runs what may read disks away from the threads that answer.
async fn answer(work: impl FnOnce() -> Result<Response, Failure> + Send + 'static) -> Response {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(response)) => response,
        Ok(Err(failure)) => (status(&failure), Json(failure)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn status(failure: &Failure) -> StatusCode {
    match failure.code.as_str() {
        "unknownPhoto" | "unknownFolder" | "unknownPicture" | "unknownAlbum" | "unknownTag"
        | "noThumbnail" => StatusCode::NOT_FOUND,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn bytes(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "no-store")], bytes)
        .into_response()
}

/// A photo is its content: what its id shows never changes.
fn lasting_picture(picture: Picture) -> Response {
    let headers = [
        (header::CONTENT_TYPE, picture.mime),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
        // Another run at this port may show another library, where the ids mean other photos.
        (header::VARY, "Cookie"),
    ];
    (headers, picture.bytes).into_response()
}
