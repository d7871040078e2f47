//! `likeness-desktop`: the api in a Tauri window. Commands of one line, the picture protocol, the folder dialog.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod events;
mod pictures;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use likeness_api::{Api, Options};
use tauri::Manager;

fn main() -> ExitCode {
    // Foreign decoders run in copies of this program.
    likeness_api::run_worker_if_asked();
    let options = Options { library: std::env::var_os("LIKENESS_LIBRARY").map(PathBuf::from) };
    let api = match Api::open(&options) {
        Ok(api) => Arc::new(api),
        Err(failure) => {
            eprintln!("error: {}\nhint: {}", failure.what, failure.hint.unwrap_or_default());
            return ExitCode::FAILURE;
        }
    };
    add_named_folders(&api);
    run(api);
    ExitCode::SUCCESS
}

/// Folders named when the window is started, as a file manager does, are added.
fn add_named_folders(api: &Api) {
    for folder in std::env::args_os().skip(1).map(PathBuf::from).filter(|path| path.is_dir()) {
        if let Err(failure) = commands::add(api, &folder) {
            eprintln!("error: {}", failure.what);
        }
    }
}

fn run(api: Arc<Api>) {
    let pictures = Arc::clone(&api);
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _arguments, _folder| show_window(app)))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .manage(api)
        .manage(events::Listeners::default())
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::grid_shape,
            commands::take_query_picture,
            commands::take_query_file,
            commands::choose_folder,
            events::listen,
        ])
        .register_asynchronous_uri_scheme_protocol("thumb", move |_context, request, responder| {
            let pictures = Arc::clone(&pictures);
            tauri::async_runtime::spawn_blocking(move || {
                responder.respond(pictures::answer(&pictures, request.uri()))
            });
        })
        .run(tauri::generate_context!("tauri.conf.json"))
        .expect("the window's settings are valid");
}

/// A second start shows the window that is there.
fn show_window(app: &tauri::AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}
