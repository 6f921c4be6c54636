//! The one place that writes to standard output. In: whole screens, or raw bytes; out: nothing else. A reader that
//! went away (`trackle list | head`) is no failure.

use super::look::Look;
use super::safe;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

/// What standard output is: its width, whether it takes colour (and `NO_COLOR` is not set), the reader's time zone.
pub fn look() -> Look {
    look_at(&io::stdout())
}

/// The same of another stream: standard error, where somebody is asked.
pub fn look_at(out: &(impl IsTerminal + AsFd)) -> Look {
    let terminal = out.is_terminal();
    let width = rustix::termios::tcgetwinsize(out).ok().map(|size| usize::from(size.ws_col));
    Look {
        width: width.filter(|w| terminal && *w > 0),
        colour: terminal && !is_set("NO_COLOR") && !is_dumb(),
        zone: TimeZone::system(),
    }
}

/// Whether somebody looks at it, rather than a program.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Writes text that is safe already (all screens of this room are).
///
/// # Errors
/// When the text cannot be written for another reason than that nobody reads it.
pub fn print(text: &str) -> io::Result<()> {
    print_bytes(text.as_bytes())
}

/// Writes bytes as they are.
///
/// # Errors
/// As [`print`].
pub fn print_bytes(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes a value for programs, on lines of its own.
///
/// # Errors
/// As [`print`].
pub fn print_json(value: &Value) -> io::Result<()> {
    print(&format!("{}\n", safe::json(&format!("{value:#}"))))
}

/// Writes a value for programs, on one line.
///
/// # Errors
/// As [`print`].
pub fn print_json_line(value: &Value) -> io::Result<()> {
    print(&format!("{}\n", safe::json(&value.to_string())))
}

#[allow(clippy::disallowed_methods)] // how to print is no part of the configuration
fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Whether nothing can be put anywhere on the terminal.
#[allow(clippy::disallowed_methods)] // as above
pub fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}
