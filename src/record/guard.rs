//! The user's terminal is raw while what it shows is recorded (`record/tty.rs`), and a recorder that is killed leaves it so:
//! nothing that is typed is shown, and no line ends. So a process waits beside it, with the terminal as it was, and puts
//! it back when the recorder goes without a word. It leads a session of its own: no key and no window that is closed
//! ends it, and it is never stopped for setting a terminal that is another's foreground.

use rustix::termios::{self, OptionalActions, Termios};
use std::io::{self, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The hidden subcommand that is it.
pub const GUARD: &str = "__guard";
/// What the recorder says before it ends.
const DONE: u8 = b'.';
/// How long a shell in front of a killed program has for setting the terminal by itself, as most do.
const AFTER_YOU: Duration = Duration::from_millis(200);
/// Told to whoever sits there.
const WORDS: &str =
    "\r\nTrackle's recorder was killed; `trackle recover` files what it has written down.\r\n";

/// The recorder's end. Ends the guard when it is dropped.
#[derive(Debug)]
pub struct Guard {
    line: PipeWriter,
    process: Child,
}

impl Guard {
    /// Posts one at the terminal on standard input, as that is now; `trackle` is this program.
    ///
    /// # Errors
    /// When there is none, or no process can be had.
    pub fn post(trackle: &Path) -> io::Result<Guard> {
        let ((theirs, line), (mut ready, says)) = (io::pipe()?, io::pipe()?);
        let mut command = Command::new(trackle);
        command.arg(GUARD).env_clear().current_dir("/");
        let terminal = io::stdin().as_fd().try_clone_to_owned()?;
        let process = command.stdin(theirs).stdout(says).stderr(Stdio::from(terminal)).spawn()?;
        drop(command); // and with it our copies of its ends
        let guard = Guard { line, process };
        // it knows how the terminal was
        ready.read_exact(&mut [0])?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.line.write_all(&[DONE]);
        let _ = self.process.wait();
    }
}

/// Is the guard: `line` is how the recorder is heard, `ready` where it is told that this has begun.
///
/// # Errors
/// When there is no terminal (any more).
pub fn stand(mut line: impl Read, mut ready: impl Write, terminal: impl AsFd) -> io::Result<()> {
    rustix::process::setsid()?;
    let before = termios::tcgetattr(&terminal)?;
    ready.write_all(&[DONE])?;
    ready.flush()?;
    if matches!(line.read(&mut [0]), Ok(1)) {
        return Ok(());
    }
    std::thread::sleep(AFTER_YOU);
    if is_raw_of(&before, &termios::tcgetattr(&terminal)?) {
        termios::tcsetattr(&terminal, OptionalActions::Now, &before)?;
    }
    rustix::io::write(&terminal, WORDS.as_bytes())?;
    Ok(())
}

/// Whether a terminal is now as the recorder makes it. If not, somebody has set it already.
fn is_raw_of(before: &Termios, now: &Termios) -> bool {
    let mut raw = before.clone();
    raw.make_raw();
    (raw.input_modes, raw.output_modes, raw.local_modes)
        == (now.input_modes, now.output_modes, now.local_modes)
}
