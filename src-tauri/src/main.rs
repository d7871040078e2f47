//! `likeness-desktop`: the api in a Tauri window. Commands of one line, the picture protocol, the folder dialog.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod events;
mod pictures;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use likeness_api::wire::Failure;
use likeness_api::{Api, Options};
use tauri::{App, AppHandle, Manager, WebviewWindowBuilder};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};

fn main() {
    // Foreign decoders run in copies of this program.
    likeness_api::run_worker_if_asked();
    let library = std::env::var_os("LIKENESS_LIBRARY").map(PathBuf::from);
    let mut builder = tauri::Builder::default();
    if library.is_none() {
        // First of all: a second start must not open the library. Windows on libraries elsewhere stand for themselves.
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, arguments, folder| {
            show_window(app);
            add_folders(app, Path::new(&folder), arguments.into_iter().map(OsString::from));
        }));
    }
    builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .manage(events::Listeners::default())
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::grid_shape,
            commands::map_bytes,
            commands::take_query_picture,
            commands::take_query_file,
            commands::choose_folder,
            commands::save_picture,
            events::listen,
        ])
        .register_asynchronous_uri_scheme_protocol("thumb", |context, request, responder| {
            let api = Arc::clone(&context.app_handle().state::<Arc<Api>>());
            tauri::async_runtime::spawn_blocking(move || {
                responder.respond(pictures::answer(&api, request.uri()));
            });
        })
        .setup(move |app| {
            match Api::open(&Options { library }) {
                Ok(api) => open_window(app, api)?,
                Err(failure) => tell_and_exit(app.handle(), failure),
            }
            Ok(())
        })
        .run(tauri::generate_context!("tauri.conf.json"))
        .expect("the window's settings are valid");
}

fn open_window(app: &App, api: Api) -> tauri::Result<()> {
    app.manage(Arc::new(api));
    add_folders(app.handle(), Path::new(""), std::env::args_os());
    let settings = app.config().app.windows.first().expect("tauri.conf.json describes the window");
    WebviewWindowBuilder::from_config(app.handle(), settings)?.build()?;
    Ok(())
}

/// Without a library there is nothing to show but why.
fn tell_and_exit(app: &AppHandle, failure: Failure) {
    let reason = format!("{}\n\n{}", failure.what, failure.hint.unwrap_or_default());
    eprintln!("error: {reason}");
    let exiting = app.clone();
    app.dialog()
        .message(reason)
        .title("Likeness cannot open its library")
        .kind(MessageDialogKind::Error)
        .show(move |_| exiting.exit(1));
}

/// Adds the folders among the arguments that the window was started with in `folder`, as a file manager does.
fn add_folders(app: &AppHandle, folder: &Path, arguments: impl Iterator<Item = OsString>) {
    // A second start may come while the first one tells why it has no library.
    let Some(api) = app.try_state::<Arc<Api>>() else { return };
    for path in arguments.skip(1).map(|argument| folder.join(argument)).filter(|path| path.is_dir()) {
        if let Err(failure) = api.add_folder(&path) {
            eprintln!("error: {}", failure.what);
        }
    }
}

/// A second start shows the window that is there.
fn show_window(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}
