//! One line per command: the api does the work, away from the window's thread.

use std::path::PathBuf;
use std::sync::Arc;

use likeness_api::Api;
use likeness_api::wire::{Failure, MapBytes, PhotoFilter, QueryPicture, Request};
use serde_json::Value;
use tauri::ipc::{InvokeBody, Response};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::{DialogExt, FilePath};

#[tauri::command(async)]
pub fn call(api: State<'_, Arc<Api>>, request: Request) -> Result<Value, Failure> {
    api.call(request)
}

#[tauri::command(async)]
pub fn grid_shape(api: State<'_, Arc<Api>>, filter: PhotoFilter) -> Result<Response, Failure> {
    api.grid_shape(&filter).map(Response::new)
}

#[tauri::command(async)]
pub fn map_bytes(api: State<'_, Arc<Api>>, query: MapBytes) -> Result<Response, Failure> {
    api.map_bytes(&query).map(Response::new)
}

#[tauri::command(async)]
pub fn take_query_picture(
    api: State<'_, Arc<Api>>,
    request: tauri::ipc::Request<'_>,
) -> Result<QueryPicture, Failure> {
    match request.body() {
        InvokeBody::Raw(bytes) => api.take_query_picture(bytes),
        InvokeBody::Json(_) => api.take_query_picture(&[]),
    }
}

#[tauri::command(async)]
pub fn take_query_file(api: State<'_, Arc<Api>>, path: PathBuf) -> Result<QueryPicture, Failure> {
    api.take_query_file(&path)
}

#[tauri::command(async)]
pub fn choose_folder(app: AppHandle) -> Option<String> {
    let chosen = answered("LIKENESS_TEST_CHOOSE_FOLDER", || app.dialog().file().blocking_pick_folder());
    chosen.as_deref().map(Api::chosen_folder)
}

/// Asks where to keep a PNG and writes it there; false when the person closed the dialog.
#[tauri::command(async)]
pub fn save_picture(app: AppHandle, request: tauri::ipc::Request<'_>) -> Result<bool, Failure> {
    let InvokeBody::Raw(png) = request.body() else { return Ok(false) };
    let dialog = app.dialog().file().set_file_name("Likeness.png").add_filter("PNG", &["png"]);
    let chosen = answered("LIKENESS_TEST_SAVE_PICTURE", || dialog.blocking_save_file());
    chosen.map_or(Ok(false), |path| Api::save_picture(&path, png).map(|()| true))
}

/// A native dialog cannot be driven: a test answers it through the environment.
fn answered(variable: &str, ask: impl FnOnce() -> Option<FilePath>) -> Option<PathBuf> {
    match std::env::var_os(variable) {
        Some(answer) => Some(PathBuf::from(answer)),
        None => ask()?.into_path().ok(),
    }
}
