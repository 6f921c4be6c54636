//! Puts a filter onto this thread and all that it becomes and starts, and hands out the end at which stopped calls are
//! heard of (seccomp(2), SECCOMP_FILTER_FLAG_NEW_LISTENER). There is no way back: from here on every call that the filter
//! stops waits for whoever holds the listener, and fails with ENOSYS once nobody does.

use crate::checked;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use trackle_wire::filter::Instruction;

/// By which right a filter is put on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// The caller has CAP_SYS_ADMIN; programs keep what set-uid bits give them.
    Administrator,
    /// Anybody may, who gives up that programs started from here gain rights by being started (no_new_privs): sudo will
    /// not work below.
    NoNewRights,
}

/// Puts a filter on and gives its listener, which is closed on exec.
///
/// # Errors
/// When the kernel is too old, knows another form of notice, or does not allow it; also when there is a listener already
/// (EBUSY). Nothing is on then.
pub fn install(program: &[Instruction], right: Right) -> io::Result<OwnedFd> {
    crate::notice::check()?;
    if right == Right::NoNewRights {
        // SAFETY: takes numbers only
        checked(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }.into())?;
    }
    let listener = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
    // once it is being answered, a call is not begun again by each signal (Linux 5.19)
    match put_on(program, listener | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) {
        Err(e) if e.raw_os_error() == Some(libc::EINVAL) => put_on(program, listener),
        other => other,
    }
}

fn put_on(program: &[Instruction], flags: libc::c_ulong) -> io::Result<OwnedFd> {
    let len = u16::try_from(program.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    // the same layout, which `Instruction` promises by repr(C)
    let filter = program.as_ptr().cast_mut().cast::<libc::sock_filter>();
    let program = libc::sock_fprog { len, filter };
    // SAFETY: the kernel only reads the program, which outlives the call
    let made =
        unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const program) };
    let made = RawFd::try_from(checked(made)?).map_err(|_| io::ErrorKind::InvalidData)?;
    // SAFETY: the kernel has just made this descriptor for us
    Ok(unsafe { OwnedFd::from_raw_fd(made) })
}
