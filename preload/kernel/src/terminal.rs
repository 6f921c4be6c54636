//! A terminal that was left to a group of processes that is gone (tcsetpgrp(3)): whoever takes it back is in the background,
//! and would be stopped for asking.

use crate::checked;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

/// Gives the terminal to the group of this process.
///
/// # Errors
/// When it is not the terminal of this session.
pub fn take(terminal: BorrowedFd<'_>) -> io::Result<()> {
    let (mut stops, mut before) = (empty(), empty());
    // SAFETY: the set is ours and initialised
    unsafe { libc::sigaddset(&raw mut stops, libc::SIGTTOU) };
    // SAFETY: both sets are ours and initialised; the call writes to nothing else
    checked(unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &raw const stops, &raw mut before) }.into())?;
    // SAFETY: asks for a number
    let own = unsafe { libc::getpgrp() };
    // SAFETY: takes numbers only; the descriptor lives as long as it is borrowed
    let taken = checked(unsafe { libc::tcsetpgrp(terminal.as_raw_fd(), own) }.into());
    // SAFETY: the set is the one that was in force; none is asked for.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, ptr::null_mut()) };
    taken.map(|_| ())
}

fn empty() -> libc::sigset_t {
    let mut set = std::mem::MaybeUninit::uninit();
    // SAFETY: it is written to, not read
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    // SAFETY: sigemptyset has initialised the whole set
    unsafe { set.assume_init() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd;

    #[test]
    fn what_is_no_terminal_is_an_error() {
        let file = std::fs::File::open("/dev/null").expect("/dev/null");
        assert!(take(file.as_fd()).is_err());
    }
}
