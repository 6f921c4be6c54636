//! Long pages on a terminal, through `$PAGER`, or `less` where there is one; elsewhere, and where none starts, as they are.

use crate::run::Failed;
use crate::show::screen;
use signal_hook::consts::{SIGINT, SIGQUIT};
use std::ffi::OsString;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// Shows a page. What Ctrl-C ends is for the pager to say, which goes on: from here on this process does not end by it.
///
/// # Errors
/// When it cannot be written.
pub(super) fn show(page: &str) -> Result<(), Failed> {
    if screen::is_terminal()
        && let Some(mut pager) = start()
    {
        for signal in [SIGINT, SIGQUIT] {
            signal_hook::flag::register(signal, Arc::default())?;
        }
        if let Some(mut to) = pager.stdin.take() {
            // whoever leaves the pager early has seen enough
            let _ = to.write_all(page.as_bytes());
        }
        pager.wait()?;
        return Ok(());
    }
    Ok(screen::print(page)?)
}

/// The reader's own pager is a line for the shell, as everywhere.
fn start() -> Option<Child> {
    let mut command = match pager() {
        Some(own) if own == "cat" => return None,
        Some(own) => {
            let mut shell = Command::new("/bin/sh");
            shell.arg("-c").arg(own);
            shell
        }
        None => Command::new("less"),
    };
    // short pages need no key, colours stay, and the screen is left as it is
    if !is_set("LESS") {
        command.env("LESS", "FRX");
    }
    command.stdin(Stdio::piped()).spawn().ok()
}

#[allow(clippy::disallowed_methods)] // how to read is no part of the configuration
fn pager() -> Option<OsString> {
    std::env::var_os("PAGER").filter(|value| !value.is_empty())
}

#[allow(clippy::disallowed_methods)] // as above
fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some()
}
