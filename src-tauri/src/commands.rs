//! One line per command: the api does the work, away from the window's thread.

use std::path::PathBuf;
use std::sync::Arc;

use likeness_api::Api;
use likeness_api::wire::{Failure, MapBytes, PhotoFilter, QueryPicture, Request};
use serde_json::Value;
use tauri::ipc::{InvokeBody, Response};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

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

/// A native dialog cannot be driven: a test answers it through the environment.
#[tauri::command(async)]
pub fn choose_folder(app: AppHandle) -> Option<String> {
    let chosen = match std::env::var_os("LIKENESS_TEST_CHOOSE_FOLDER") {
        Some(answer) => Some(PathBuf::from(answer)),
        None => app.dialog().file().blocking_pick_folder().and_then(|folder| folder.into_path().ok()),
    };
    chosen.as_deref().map(Api::chosen_folder)
}
