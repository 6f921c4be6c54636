//! Safe functions over the few system calls that the recorder needs and no safe crate has: seccomp's filter with a listener
//! and its notifications (seccomp(2), seccomp_unotify(2)), the memory of another process (process_vm_readv(2)), words in a
//! file that several processes map (mmap(2)), and taking a terminal back (tcsetpgrp(3)). All the unsafe of the recorder's
//! side is in here, each block one call with whose promise it rests on; what is done with it is decided elsewhere.

pub mod memory;
pub mod notice;
pub mod seccomp;
pub mod terminal;
pub mod words;

use std::io;

/// The result of a call that gives -1 for an error.
fn checked(result: libc::c_long) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}
