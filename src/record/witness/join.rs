//! Puts the filter on this process, which then becomes the session's shell. In: the session's directory; out: a process all
//! of whose calls are seen, or one as it was before. The order matters, since there is no way back from a filter: first the
//! supervisor says that it is there, then the filter, then the listener goes over.

use super::duty::{HELLO, WHOLE};
use super::hand;
use super::ledger::Ledger;
use crate::fault::{Fault, Outcome};
use rustix::fs::{Mode, OFlags};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;
use trackle_kernel::seccomp::{Right, install};
use trackle_wire::file;
use trackle_wire::filter::{Instruction, ROOM, program};

/// How long the supervisor may take for each word.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the listener is offered: a supervisor may be killed just then, and the other takes its place.
const TRIES: usize = 5;

/// Puts the filter over this process and all that it becomes and starts.
///
/// # Errors
/// When there is no supervisor, or the kernel allows no filter: nothing has changed then.
pub fn join(dir: &Path) -> Outcome<()> {
    let fault = |e: io::Error| Fault::lasting(format!("no filter over the session: {e}"));
    let uid = rustix::process::geteuid().as_raw();
    let cookie = Ledger::open(dir, uid)?.cookie();
    let mut room = [Instruction::default(); ROOM];
    let program = program(cookie, &mut room).ok_or_else(|| fault(io::ErrorKind::Unsupported.into()))?;
    let mut supervisor = call(dir).map_err(fault)?;
    let listener = install(program, Right::Administrator).map_err(fault)?;
    for _ in 0..TRIES {
        let handed = hand::send(supervisor.as_fd(), &[WHOLE], Some(listener.as_fd()));
        let answer = handed.and_then(|()| hand::receive(supervisor.as_fd(), &mut [0], PATIENCE));
        if matches!(answer, Ok((1, _))) {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
        if let Ok(other) = call(dir) {
            supervisor = other;
        }
    }
    Ok(())
}

/// A connection to a supervisor that is there.
fn call(dir: &Path) -> io::Result<UnixStream> {
    let (_dir, path) = address(dir)?;
    let supervisor = UnixStream::connect(path)?;
    if !hand::is_ours(&supervisor) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let mut word = [0];
    match hand::receive(supervisor.as_fd(), &mut word, PATIENCE)? {
        (1, _) if word == [HELLO] => Ok(supervisor),
        _ => Err(io::ErrorKind::ConnectionRefused.into()),
    }
}

/// Where the socket is, in a form that is short enough for one however deep the directory lies.
pub fn address(dir: &Path) -> io::Result<(OwnedFd, String)> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let dir = rustix::fs::open(dir, flags, Mode::empty())?;
    let path = format!("/proc/self/fd/{}/{}", dir.as_raw_fd(), file::WITNESS);
    Ok((dir, path))
}
