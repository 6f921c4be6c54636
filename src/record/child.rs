//! Runs the recorded shell or command. In: a command; out: how it ended. Standard input, output and error and the terminal
//! are the child's alone: nothing is read from them or written to them here. Signals that are meant for the child reach
//! it; those from the keyboard do so by themselves.

use crate::fault::{Fault, Outcome};
use crate::model::session::Ending;
use rustix::process::{Pid, Signal};
use std::future::poll_fn;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};
use std::task::Poll;
use tokio::signal::unix::{SignalKind, signal};

/// How a child could not be started, as shells tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unstarted {
    /// Exit status 127.
    NotFound,
    /// Exit status 126.
    NotAllowed,
}

/// The child, and how it ended.
pub type Ended = (u32, Ending);

/// Signals that a recorder hands on; the second word says whether the keyboard sends it to the child as well.
const HANDED: [(Signal, bool); 6] = [
    (Signal::INT, true),
    (Signal::QUIT, true),
    (Signal::TERM, false),
    (Signal::HUP, false),
    (Signal::USR1, false),
    (Signal::USR2, false),
];

/// Runs a command to its end.
///
/// # Errors
/// When the machine cannot start or watch a process. A command that is not there is the inner error.
pub fn run(command: &mut Command) -> Outcome<Result<Ended, (Unstarted, io::Error)>> {
    watch(command, |_| ())
}

/// The same; `started` is told the number of its process.
///
/// # Errors
/// As [`run`].
pub fn watch(
    command: &mut Command,
    started: impl FnOnce(u32),
) -> Outcome<Result<Ended, (Unstarted, io::Error)>> {
    let fault = |e: io::Error| Fault::passing(format!("watching over the command: {e}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(fault)?;
    runtime.block_on(async {
        let mut signals = listen().map_err(fault)?;
        let mut ended = signal(SignalKind::child()).map_err(fault)?;
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(e) => return unstarted(e).map(Err),
        };
        let pid = child.id();
        started(pid);
        loop {
            if let Some(status) = child.try_wait().map_err(fault)? {
                return Ok(Ok((pid, ending(status))));
            }
            tokio::select! {
                _ = ended.recv() => {}
                (got, keyboard) = next(&mut signals) => hand_on(&child, got, keyboard),
            }
        }
    })
}

/// A shell's exit status for an ending: that of the program, or 128 and the signal's number.
pub fn status(ending: &Ending) -> u8 {
    match ending {
        Ending::Exit(code) => u8::try_from(*code & 0xff).unwrap_or(u8::MAX),
        Ending::Signal(number) => u8::try_from(128 + number).unwrap_or(u8::MAX),
        Ending::Recovered | Ending::Discarded => 0,
    }
}

fn unstarted(e: io::Error) -> Outcome<(Unstarted, io::Error)> {
    match e.kind() {
        io::ErrorKind::NotFound => Ok((Unstarted::NotFound, e)),
        io::ErrorKind::OutOfMemory | io::ErrorKind::WouldBlock => {
            Err(Fault::passing(format!("starting the command: {e}")))
        }
        _ => Ok((Unstarted::NotAllowed, e)),
    }
}

fn ending(status: ExitStatus) -> Ending {
    match (status.code(), status.signal()) {
        (Some(code), _) => Ending::Exit(code),
        (None, number) => Ending::Signal(number.unwrap_or_default()),
    }
}

type Listening = Vec<(tokio::signal::unix::Signal, Signal, bool)>;

/// What was ignored when we started (nohup) stays so, here and in the child.
fn listen() -> io::Result<Listening> {
    let ignored = ignored();
    let kept = HANDED.iter().filter(|(s, _)| ignored & (1 << (s.as_raw() - 1)) == 0);
    kept.map(|(s, keyboard)| Ok((signal(SignalKind::from_raw(s.as_raw()))?, *s, *keyboard))).collect()
}

/// The mask of ignored signals (proc(5)).
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// The next signal of any kind.
async fn next(signals: &mut Listening) -> (Signal, bool) {
    poll_fn(|cx| {
        for (listening, which, keyboard) in signals.iter_mut() {
            if listening.poll_recv(cx).is_ready() {
                return Poll::Ready((*which, *keyboard));
            }
        }
        Poll::Pending
    })
    .await
}

/// The terminal sends a key's signal to every process in its foreground: where we are among them the child has it.
fn hand_on(child: &Child, got: Signal, keyboard: bool) {
    if keyboard && in_foreground() {
        return;
    }
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // it may be gone, which is what we wait for
        let _ = rustix::process::kill_process(pid, got);
    }
}

fn in_foreground() -> bool {
    let Ok(terminal) = std::fs::File::open("/dev/tty") else { return false };
    rustix::termios::tcgetpgrp(&terminal).is_ok_and(|group| group == rustix::process::getpgrp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Ending {
        run(Command::new("sh").args(["-c", script])).unwrap().unwrap().1
    }

    #[test]
    fn the_ending_is_that_of_the_command() {
        assert_eq!(sh("exit 0"), Ending::Exit(0));
        assert_eq!(sh("exit 7"), Ending::Exit(7));
        assert_eq!(sh("kill -TERM $$"), Ending::Signal(15));
        assert_eq!(status(&Ending::Signal(15)), 143);
        assert_eq!(status(&Ending::Exit(255)), 255);
    }

    #[test]
    fn a_command_that_cannot_start_is_told_as_shells_do() {
        let unstarted = |path: &str| run(&mut Command::new(path)).unwrap().unwrap_err().0;
        assert_eq!(unstarted("/nowhere/x"), Unstarted::NotFound);
        assert_eq!(unstarted("/etc"), Unstarted::NotAllowed);
    }
}
