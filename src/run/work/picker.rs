//! Picking on the terminal: keys become what `show::pick` knows, which says what is on the screen. The terminal is as it was
//! afterwards, whatever happens in between. One that cannot place a cursor gets a numbered list.

use super::{asked, say};
use crate::diff;
use crate::model::session::{Change, Content, Thing};
use crate::record::complete::Complete;
use crate::run::account::variable;
use crate::show::look::Look;
use crate::show::pick::{Key, Pick, Step};
use crate::show::screen;
use rustix::termios::{self, OptionalActions, Termios};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::process::{Command, Stdio};

/// What was picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    /// By change: whether the log shows it.
    These(Vec<bool>),
    AsBefore,
}

/// Lets whoever sits there pick.
///
/// # Errors
/// When the terminal goes away.
pub fn pick(changes: &[Change], show: impl Fn(usize) -> io::Result<()>) -> io::Result<Picked> {
    let dumb = variable("TERM").is_none_or(|term| term == "dumb");
    let pick = Pick::of(changes);
    if dumb { by_number(pick, show) } else { by_key(pick, show) }
}

fn by_number(mut pick: Pick, show: impl Fn(usize) -> io::Result<()>) -> io::Result<Picked> {
    let look = screen::look_at(&io::stderr());
    loop {
        say(&pick.list(&look, usize::MAX));
        let line = asked("Turn which (3 5-8, a all, n none, d 3 shows it, Enter goes on)? ");
        match pick.say(&line.map_err(|e| io::Error::other(e.text))?) {
            Ok(Step::Stay) => {}
            Ok(Step::Done) => return Ok(Picked::These(pick.shown().to_vec())),
            Ok(Step::Quit) => return Ok(Picked::AsBefore),
            Ok(Step::Diff(at)) => show(at)?,
            Err(why) => say(&why),
        }
    }
}

fn by_key(mut pick: Pick, show: impl Fn(usize) -> io::Result<()>) -> io::Result<Picked> {
    let mut terminal = Terminal::take()?;
    let mut bytes = [0; 64];
    loop {
        let look = terminal.look();
        pick.fit(terminal.height());
        terminal.write(&pick.screen(&look))?;
        let read = io::stdin().lock().read(&mut bytes)?;
        if read == 0 {
            return Ok(Picked::AsBefore);
        }
        for key in keys(bytes.get(..read).unwrap_or_default()) {
            match pick.press(key) {
                Step::Stay => {}
                Step::Done => return Ok(Picked::These(pick.shown().to_vec())),
                Step::Quit => return Ok(Picked::AsBefore),
                Step::Diff(at) => {
                    drop(terminal);
                    show(at)?;
                    terminal = Terminal::take()?;
                }
            }
        }
    }
}

/// What bytes from a terminal mean; unknown ones mean nothing.
fn keys(mut bytes: &[u8]) -> Vec<Key> {
    const LONG: [(&[u8], Key); 14] = [
        (b"\x1b[A", Key::Up),
        (b"\x1bOA", Key::Up),
        (b"\x1b[B", Key::Down),
        (b"\x1bOB", Key::Down),
        (b"\x1b[5~", Key::PageUp),
        (b"\x1b[6~", Key::PageDown),
        (b"\x1b[H", Key::Home),
        (b"\x1bOH", Key::Home),
        (b"\x1b[1~", Key::Home),
        (b"\x1b[7~", Key::Home),
        (b"\x1b[F", Key::End),
        (b"\x1bOF", Key::End),
        (b"\x1b[4~", Key::End),
        (b"\x1b[8~", Key::End),
    ];
    let mut keys = Vec::new();
    while let Some((first, rest)) = bytes.split_first() {
        if let Some((sequence, key)) = LONG.iter().find(|(sequence, _)| bytes.starts_with(sequence)) {
            keys.push(*key);
            bytes = bytes.get(sequence.len()..).unwrap_or_default();
            continue;
        }
        bytes = rest;
        match first {
            b'k' | 0x10 => keys.push(Key::Up),
            b'j' | 0x0e => keys.push(Key::Down),
            b'b' | 0x02 => keys.push(Key::PageUp),
            b'f' | 0x06 => keys.push(Key::PageDown),
            b'g' => keys.push(Key::Home),
            b'G' => keys.push(Key::End),
            b' ' | b'x' => keys.push(Key::Turn),
            b'a' => keys.push(Key::All),
            b'n' => keys.push(Key::None),
            b'o' => keys.push(Key::Only),
            b'd' => keys.push(Key::Diff),
            b'\r' | b'\n' => keys.push(Key::Done),
            b'q' | 0x03 | 0x04 => keys.push(Key::Quit),
            // the rest of a sequence that is not known
            0x1b => bytes = after_sequence(rest),
            _ => {}
        }
    }
    keys
}

fn after_sequence(rest: &[u8]) -> &[u8] {
    let Some((b'[' | b'O', inner)) = rest.split_first() else { return rest };
    let end = inner.iter().position(|byte| byte.is_ascii_alphabetic() || *byte == b'~');
    end.and_then(|end| inner.get(end + 1..)).unwrap_or_default()
}

/// The terminal, raw and on its other screen until it is dropped.
struct Terminal {
    before: Termios,
}

const ENTER: &str = "\x1b[?1049h\x1b[?25l";
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";

impl Terminal {
    fn take() -> io::Result<Terminal> {
        let before = termios::tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        termios::tcsetattr(io::stdin(), OptionalActions::Flush, &raw)?;
        let mut terminal = Terminal { before };
        terminal.write(ENTER)?;
        Ok(terminal)
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        let mut out = io::stderr();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    fn look(&self) -> Look {
        screen::look_at(&io::stderr())
    }

    fn height(&self) -> usize {
        let size = termios::tcgetwinsize(io::stderr()).map(|size| usize::from(size.ws_row));
        size.ok().filter(|rows| *rows > 0).unwrap_or(24)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.write(LEAVE);
        let _ = termios::tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// Shows what changed in one file, a page at a time.
///
/// # Errors
/// When it cannot be shown.
pub fn show_difference(complete: &Complete, at: usize) -> io::Result<()> {
    let Some(change) = complete.session.changes.get(at) else { return Ok(()) };
    let held = |thing: &Option<Thing>| match thing.as_ref().map(|thing| &thing.content) {
        Some(Content::Hash(name)) => complete.contents.get(name).map(Vec::as_slice),
        _ => None,
    };
    let owner = |uid: u32, gid: u32| format!("{uid}:{gid}");
    let diff = diff::of(change, held(&change.before), held(&change.after), &owner);
    let (mut lines, more) = diff.readable(usize::MAX);
    if more > 0 {
        lines.push(format!("… {more} more lines"));
    }
    paged(&lines.join("\n"))
}

/// By the user's pager, or else as it is.
fn paged(text: &str) -> io::Result<()> {
    let pager = variable("PAGER").unwrap_or_else(|| "less".into());
    let started =
        Command::new("/bin/sh").arg("-c").arg(pager).stdin(Stdio::piped()).stdout(io::stderr()).spawn();
    if let Ok(mut child) = started {
        // whoever ends it early has seen enough
        let _ = child.stdin.take().map(|mut input| writeln!(input, "{text}"));
        if child.wait()?.success() {
            return Ok(());
        }
    }
    say(text);
    asked("Enter goes on ").map(drop).map_err(|e| io::Error::other(e.text))
}

/// Takes a terminal back from a shell that was killed: it left it to its own group, and its line editor's modes on.
pub fn take_terminal_back(before: Option<&Termios>) {
    let Ok(terminal) = std::fs::File::open("/dev/tty") else { return };
    let _ = trackle_kernel::terminal::take(terminal.as_fd());
    if let Some(before) = before {
        let _ = termios::tcsetattr(&terminal, OptionalActions::Now, before);
    }
}

/// How the terminal is set, if there is one.
pub fn modes() -> Option<Termios> {
    termios::tcgetattr(io::stdin()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_keys() {
        for (bytes, pressed) in [
            (&b"j"[..], vec![Key::Down]),
            (b"\x1b[A\x1bOB", vec![Key::Up, Key::Down]),
            (b" \r", vec![Key::Turn, Key::Done]),
            (b"\x1b[5~k", vec![Key::PageUp, Key::Up]),
            (b"\x1b[15~q", vec![Key::Quit]),
            (b"\x1b[<0;1;1M", vec![]),
            (b"\x1b", vec![]),
            (b"\x1b[", vec![]),
            (b"\xff\x00z", vec![]),
        ] {
            assert_eq!(keys(bytes), pressed, "{bytes:?}");
        }
    }
}
