//! Other programs of the system: the file manager and the browser.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure;
use crate::wire::Failure;

/// Opens the file manager at `path`.
pub(crate) fn show_in_file_manager(path: &Path) -> Result<(), Failure> {
    start(file_manager(path)).map_err(|error| failure::no_program("file manager", &error))
}

/// Opens the browser at `url`.
///
/// # Errors
/// When the system has none that can be started.
pub fn open_in_browser(url: &str) -> Result<(), Failure> {
    start(browser(url)).map_err(|error| failure::no_program("browser", &error))
}

fn start(mut command: Command) -> std::io::Result<()> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    // Waited for on a thread of its own, so that no dead process is left behind.
    std::thread::spawn(move || child.wait());
    Ok(())
}

#[cfg(target_os = "macos")]
fn file_manager(path: &Path) -> Command {
    let mut command = Command::new("open");
    command.arg("-R").arg(path);
    command
}

#[cfg(target_os = "macos")]
fn browser(url: &str) -> Command {
    let mut command = Command::new("open");
    command.arg(url);
    command
}

#[cfg(windows)]
fn file_manager(path: &Path) -> Command {
    let mut argument = std::ffi::OsString::from("/select,");
    argument.push(path);
    let mut command = Command::new("explorer");
    command.arg(argument);
    command
}

#[cfg(windows)]
fn browser(url: &str) -> Command {
    let mut command = Command::new("explorer");
    command.arg(url);
    command
}

/// No common file manager selects a file when asked by `xdg-open`: it shows the folder.
#[cfg(all(unix, not(target_os = "macos")))]
fn file_manager(path: &Path) -> Command {
    let mut command = Command::new("xdg-open");
    command.arg(path.parent().unwrap_or(path));
    command
}

#[cfg(all(unix, not(target_os = "macos")))]
fn browser(url: &str) -> Command {
    let mut command = Command::new("xdg-open");
    command.arg(url);
    command
}
