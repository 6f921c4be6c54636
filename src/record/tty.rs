//! A terminal between the user's and the shell's, so that what is shown can be recorded (`record/cast.rs`). Keys pass
//! through and are never looked at; the window's size is handed through; the user's terminal is raw meanwhile and as it was
//! afterwards. pty(7), termios(3).

use super::cast::Cast;
use super::guard::Guard;
use super::shell::PAUSED;
use crate::clock;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{self, LocalModes, OptionalActions, Termios, Winsize};
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// The hidden subcommand that makes a terminal its own and becomes the shell.
pub const LEADER: &str = "__leader";
/// The recording, within a session's directory.
pub const FILE: &str = "terminal.cast";
/// Between two looks at the window's size, in milliseconds.
const LOOK: i64 = 200;
/// Bytes that are read at a time.
const PIECE: usize = 16 * 1024;

/// A terminal of our own.
pub struct Tty {
    controller: OwnedFd,
    name: PathBuf,
}

impl Tty {
    /// Opens one of the size of the user's.
    ///
    /// # Errors
    /// When there is no terminal to be like, or no more can be made.
    pub fn open() -> io::Result<Tty> {
        let size = termios::tcgetwinsize(io::stdin())?;
        let modes = termios::tcgetattr(io::stdin())?;
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&controller)?;
        unlockpt(&controller)?;
        let name = PathBuf::from(OsString::from_vec(ptsname(&controller, Vec::new())?.into_bytes()));
        termios::tcsetwinsize(&controller, size)?;
        termios::tcsetattr(&controller, OptionalActions::Now, &modes)?;
        let flags = fcntl_getfl(&controller)?;
        fcntl_setfl(&controller, flags | OFlags::NONBLOCK)?;
        Ok(Tty { controller, name })
    }

    /// Has a command run in it. It must be one that takes the terminal for its own ([`LEADER`]).
    ///
    /// # Errors
    /// When the other end cannot be opened.
    pub fn hand_to(&self, command: &mut Command) -> io::Result<()> {
        let end = || {
            let noctty = OFlags::NOCTTY.bits().cast_signed();
            OpenOptions::new().read(true).write(true).custom_flags(noctty).open(&self.name)
        };
        command.stdin(end()?).stdout(end()?).stderr(end()?);
        Ok(())
    }

    /// Begins to pass everything through, recording what is shown, until it is told to stop.
    ///
    /// # Errors
    /// When the recording cannot be written, or the user's terminal cannot be made raw.
    pub fn pass(self, session: &Path, started: i64, kind: &str) -> io::Result<Passing> {
        let size = termios::tcgetwinsize(io::stdin())?;
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(session.join(FILE))?;
        let cast = Cast::begin(file, (size.ws_col, size.ws_row), started, kind)?;
        let guard = std::env::current_exe().and_then(|trackle| Guard::post(&trackle)).ok();
        let raw = Raw::make()?;
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let through = Through {
            controller: self.controller,
            cast: Some(cast),
            size,
            paused: session.join(PAUSED),
            waiting: Vec::new(),
        };
        let thread = std::thread::spawn(move || through.all(&told));
        Ok(Passing { stop, thread: Some(thread), _raw: raw, _guard: guard })
    }
}

/// Everything passes for as long as this lives.
pub struct Passing {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    _raw: Raw,
    /// Dropped behind it. Without one a terminal stays raw when we are killed.
    _guard: Option<Guard>,
}

impl Drop for Passing {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // what was shown last has passed when it ends
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// The user's terminal, raw.
struct Raw(Termios);

impl Raw {
    fn make() -> io::Result<Raw> {
        let before = termios::tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        termios::tcsetattr(io::stdin(), OptionalActions::Drain, &raw)?;
        Ok(Raw(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = termios::tcsetattr(io::stdin(), OptionalActions::Drain, &self.0);
    }
}

/// Both directions.
struct Through {
    controller: OwnedFd,
    /// `None` once it could not be written any more: the shell goes on.
    cast: Option<Cast<File>>,
    size: Winsize,
    /// While that is there, nothing is kept.
    paused: PathBuf,
    /// Keys that the shell's end has not taken yet.
    waiting: Vec<u8>,
}

impl Through {
    fn all(mut self, stop: &AtomicBool) {
        let begun = clock::instant();
        loop {
            let stopping = stop.load(Ordering::Relaxed);
            let Ok((keys, shown)) = self.ready(stopping) else { return };
            if shown {
                match self.show(begun.elapsed()) {
                    Ok(true) => {}
                    Ok(false) | Err(_) => return,
                }
            } else if stopping {
                return;
            }
            if keys && !stopping && self.take_keys().is_err() {
                return;
            }
            self.give_keys();
            self.fit(begun.elapsed());
        }
    }

    /// Waits until something is to be done: whether keys were pressed, and whether there is something to be shown.
    fn ready(&self, stopping: bool) -> io::Result<(bool, bool)> {
        let input = io::stdin();
        let out = if self.waiting.is_empty() { PollFlags::IN } else { PollFlags::IN | PollFlags::OUT };
        let wanted = if self.waiting.is_empty() { PollFlags::IN } else { PollFlags::empty() };
        let mut both = [PollFd::new(&self.controller, out), PollFd::new(&input, wanted)];
        let patience = Timespec { tv_sec: 0, tv_nsec: if stopping { 0 } else { LOOK * 1_000_000 } };
        match poll(&mut both, Some(&patience)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(e) => return Err(e.into()),
        }
        let [controller, input] = both.map(|fd| fd.revents());
        let shown = controller.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR);
        Ok((input.intersects(PollFlags::IN | PollFlags::HUP), shown))
    }

    /// Gives whether the other end is still open.
    fn show(&mut self, at: std::time::Duration) -> io::Result<bool> {
        let mut bytes = [0; PIECE];
        let read = match rustix::io::read(&self.controller, &mut bytes) {
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => return Ok(true),
            Ok(0) | Err(_) => return Ok(false),
            Ok(read) => read,
        };
        let bytes = bytes.get(..read).unwrap_or_default();
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()?;
        let kept = echoes(&self.controller) && !self.paused.exists();
        if self.cast.as_mut().is_some_and(|cast| cast.output(at, bytes, kept).is_err()) {
            self.cast = None;
        }
        Ok(true)
    }

    fn take_keys(&mut self) -> io::Result<()> {
        let mut bytes = [0; PIECE];
        let read = io::stdin().lock().read(&mut bytes)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.waiting.extend_from_slice(bytes.get(..read).unwrap_or_default());
        Ok(())
    }

    fn give_keys(&mut self) {
        if !self.waiting.is_empty()
            && let Ok(taken) = rustix::io::write(&self.controller, &self.waiting)
        {
            self.waiting.drain(..taken);
        }
    }

    /// Makes the shell's terminal as large as the user's.
    fn fit(&mut self, at: std::time::Duration) {
        let Ok(size) = termios::tcgetwinsize(io::stdin()) else { return };
        if size.ws_col != self.size.ws_col || size.ws_row != self.size.ws_row {
            self.size = size;
            let _ = termios::tcsetwinsize(&self.controller, size);
            if let Some(cast) = &mut self.cast {
                let _ = cast.resized(at, (size.ws_col, size.ws_row));
            }
        }
    }
}

/// Whether what is typed is shown: by the terminal, or by a program that takes every key (a line editor). What asks for a
/// password takes whole lines and has nothing echoed.
fn echoes(terminal: impl AsFd) -> bool {
    termios::tcgetattr(terminal).is_ok_and(|modes| {
        modes.local_modes.contains(LocalModes::ECHO) || !modes.local_modes.contains(LocalModes::ICANON)
    })
}
