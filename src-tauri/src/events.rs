//! News from the engine, on a channel for each page that listens.

use std::sync::{Arc, Mutex, PoisonError};

use likeness_api::wire::Event;
use likeness_api::{Api, Subscription};
use tauri::State;
use tauri::ipc::Channel;

/// What keeps events coming. A page that is loaded again listens anew, and the old channel ends.
#[derive(Default)]
pub struct Listeners(Mutex<Option<Subscription>>);

#[tauri::command]
pub fn listen(api: State<'_, Arc<Api>>, listeners: State<'_, Listeners>, channel: Channel<Event>) {
    let subscription = api.listen(move |event| {
        // A page that was closed cannot be told.
        let _ = channel.send(event);
    });
    *listeners.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(subscription);
}
