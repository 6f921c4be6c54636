//! The second witness: sees what the preload library cannot, since it asks the kernel instead of the program: static
//! programs, those that make their own system calls, other libraries' back doors. A filter on the session's processes stops
//! each call that changes a file; a supervisor, a process of its own, looks at what the call is about to change, keeps it,
//! and lets the call go on. It never changes what a call does, and never fails one.
//!
//! Where the recorder has the right (root), the filter lies over the whole session: `trackle __filtered` puts it on and
//! becomes the shell. Anybody else may only filter what gives up gaining rights, so there the library puts it on where a
//! static program is started, and on nothing else: sudo and su stay what they are, but for those started *by* such a
//! static program, which the kernel refuses their rights. Both hand the listener over at the socket `witness` in the
//! session's directory.
//!
//! A stopped call fails once nobody holds its listener. So there are two supervisors, each holding all listeners: one
//! answers, the other waits for it to die, takes over what lies on its desk, and starts a new second. They outlive the
//! recorder for as long as a program under the filter lives: a daemon that was started in the session is let pass for ever.

mod answer;
mod duty;
mod hand;
mod join;
mod ledger;
mod original;
pub mod poll;
mod target;
mod testimony;

pub use duty::{Duty, serve, stand_by};
pub use join::join;

use crate::fault::{Fault, Outcome};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::process::{Pid, PidfdFlags};
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The hidden subcommands that run a supervisor, and that put the filter on.
pub const SUPERVISOR: &str = "__witness";
pub const FILTERED: &str = "__filtered";
/// What a log says of them.
pub const OVER_SESSION: &str = "system call filter over the whole session";
pub const AROUND_STATIC: &str = "system call filter around static programs";
/// How long a supervisor may take to begin.
const PATIENCE: Duration = Duration::from_secs(3);

/// How much a second witness can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Every program of the session.
    Session,
    /// Static programs, started by those that carry the library.
    StaticPrograms,
    /// Nothing: the kernel has no such filters, or this machine's are not known.
    Nothing,
}

impl Reach {
    /// As a log says it.
    pub fn words(self) -> Option<&'static str> {
        match self {
            Reach::Session => Some(OVER_SESSION),
            Reach::StaticPrograms => Some(AROUND_STATIC),
            Reach::Nothing => None,
        }
    }
}

/// What a second witness of ours could see here.
pub fn reach() -> Reach {
    let known = !trackle_wire::calls::MACHINES.is_empty() && trackle_kernel::notice::check().is_ok();
    let scope = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
    match known {
        false => Reach::Nothing,
        true => reach_under(scope.trim(), may_filter_all()),
    }
}

/// How far that is where Yama keeps processes from each other's memory (the kernel's admin-guide/LSM/Yama.rst): what a
/// call names stands there. By 1 and 2 only root may look at what he has not started, by 3 nobody.
fn reach_under(scope: &str, root: bool) -> Reach {
    match (scope, root) {
        ("" | "0" | "1" | "2", true) => Reach::Session,
        ("" | "0", false) => Reach::StaticPrograms,
        _ => Reach::Nothing,
    }
}

/// Whether we have CAP_SYS_ADMIN (capabilities(7)), by which programs below a filter keep their set-uid bits.
fn may_filter_all() -> bool {
    const SYS_ADMIN: u64 = 21;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let effective = line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    effective & (1 << SYS_ADMIN) != 0
}

/// The recorder's end: while it lives the supervisors wait for programs to come.
#[derive(Debug)]
pub struct Supervisors {
    control: OwnedFd,
    child: Child,
    /// What runs them, and puts filters on.
    trackle: PathBuf,
    dir: PathBuf,
}

impl Supervisors {
    /// Starts them for a session's directory, in which this user has his own already; from then on the shared page says
    /// that they are there. `trackle` is this program.
    ///
    /// # Errors
    /// When they cannot be started or do not begin in time; the session goes on without.
    pub fn start(trackle: &Path, dir: &Path) -> Outcome<Supervisors> {
        let fault = |e: io::Error| Fault::passing(format!("starting the second witness: {e}"));
        let (control, theirs) = pair().map_err(fault)?;
        let mut command = supervisor(trackle, dir);
        let child = command.stdin(Stdio::from(theirs)).spawn().map_err(fault)?;
        drop(command); // and with it our copy of their end
        let supervisors = Supervisors { control, child, trackle: trackle.to_owned(), dir: dir.to_owned() };
        match hand::receive(supervisors.control.as_fd(), &mut [0], PATIENCE) {
            Ok((1, _)) => Ok(supervisors),
            Ok(_) => Err(fault(io::ErrorKind::UnexpectedEof.into())),
            Err(e) => Err(fault(e)),
        }
    }

    /// The words that go before a command, to start it under a filter over all that it does.
    pub fn prefix(&self) -> [OsString; 4] {
        [self.trackle.clone().into(), FILTERED.into(), self.dir.clone().into(), "--".into()]
    }

    /// They stay for this process too: the shell, which may outlive a recorder that is killed.
    pub fn stay_for(&self, process: u32) {
        let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
        let Some(shell) = pid.and_then(|p| rustix::process::pidfd_open(p, PidfdFlags::empty()).ok()) else {
            return;
        };
        let _ = hand::send(self.control.as_fd(), &duty::Message::Stay.bytes(), Some(shell.as_fd()));
    }

    /// The first supervisor, while it lives.
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Supervisors {
    fn drop(&mut self) {
        // it has ended, or is on duty for programs that outlive the session and then is init's to wait for
        let _ = self.child.try_wait();
    }
}

fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}

/// A supervisor's command line, without what comes on its standard input.
fn supervisor(trackle: &Path, dir: &Path) -> Command {
    let mut command = Command::new(trackle);
    command.arg(SUPERVISOR).arg(dir).env_clear().current_dir("/");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_not_look_at_a_program_does_not_say_that_he_sees_it() {
        for (scope, user, root) in [
            ("", Reach::StaticPrograms, Reach::Session),
            ("0", Reach::StaticPrograms, Reach::Session),
            ("1", Reach::Nothing, Reach::Session),
            ("2", Reach::Nothing, Reach::Session),
            ("3", Reach::Nothing, Reach::Nothing),
            ("4", Reach::Nothing, Reach::Nothing),
        ] {
            assert_eq!((reach_under(scope, false), reach_under(scope, true)), (user, root), "{scope}");
        }
    }
}
