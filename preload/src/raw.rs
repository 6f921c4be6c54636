//! System calls that a program makes by number, through libc's `syscall`: the same looks as at the functions.

use core::ffi::c_int;

use linux_raw_sys::general as k;
use linux_raw_sys::general::AT_FDCWD as HERE;

use crate::exec;
use crate::foreign::Name;
use crate::hook::Argument;
use crate::keep::{self, CREATE, GONE, METADATA, NAME, OF_LINK, WRITE};
use crate::{done, moved, open, root};

/// fchmodat2(2) and the calls for attributes with a directory are newer than the headers of some systems.
const FCHMODAT2: u32 = 452;
const SETXATTRAT: u32 = 463;
const REMOVEXATTRAT: u32 = 466;

/// A call by its number; gives where it is to go on, if it starts a program.
pub fn call(number: u32, [a, b, c, d, e]: [usize; 5]) -> Option<usize> {
    let name = |word: usize| Name::of(word);
    let int = |word: usize| word as c_int;
    match number {
        k::__NR_openat => open::told(int(a), name(b), int(c)),
        k::__NR_openat2 => open::told(int(a), name(b), name(c).first_word() as c_int),
        k::__NR_open_by_handle_at => open::by_handle(int(a), b, int(c)),
        k::__NR_renameat2 => moved::rename(int(a), name(b), int(c), name(d), e as u32),
        k::__NR_renameat => moved::rename(int(a), name(b), int(c), name(d), 0),
        k::__NR_linkat => moved::link(int(a), name(b), int(c), name(d), int(e)),
        k::__NR_unlinkat => keep::before(int(a), name(b).path(), GONE),
        k::__NR_symlinkat => moved::linked(int(b), name(c)),
        k::__NR_mkdirat => keep::directory(int(a), name(b)),
        k::__NR_mknodat => keep::before(int(a), name(b).path(), NAME),
        k::__NR_bind => open::socket(b, c as u32),
        k::__NR_truncate | k::__NR_acct => keep::before(HERE, name(a).path(), WRITE),
        k::__NR_fchmodat => keep::metadata_at(int(a), name(b), 0),
        FCHMODAT2 => keep::metadata_at(int(a), name(b), int(d)),
        k::__NR_fchownat => keep::metadata_at(int(a), name(b), int(e)),
        k::__NR_utimensat => keep::times(int(a), name(b), int(d)),
        SETXATTRAT | REMOVEXATTRAT => keep::metadata_at(int(a), name(b), int(c)),
        k::__NR_fchmod | k::__NR_fchown | k::__NR_fsetxattr | k::__NR_fremovexattr => {
            keep::descriptor(int(a))
        }
        k::__NR_setxattr | k::__NR_removexattr => keep::before(HERE, name(a).path(), METADATA),
        k::__NR_lsetxattr | k::__NR_lremovexattr => keep::before(HERE, name(a).path(), OF_LINK),
        k::__NR_ioctl => done::control(int(a), b),
        k::__NR_mount => done::at(name(b), b"mount"),
        k::__NR_umount2 => done::at(name(a), b"unmount"),
        k::__NR_swapon => done::at(name(a), b"swap on"),
        k::__NR_swapoff => done::at(name(a), b"swap off"),
        k::__NR_chroot => root::changes(name(a)),
        k::__NR_execve => return Some(exec::by_number as *const () as usize),
        k::__NR_execveat => return Some(exec::at_by_number as *const () as usize),
        _ => old(number, [a, b, c]),
    }
    None
}

/// Calls without a directory, which newer machines do not have.
#[cfg(target_arch = "x86_64")]
fn old(number: u32, [a, b, c]: [usize; 3]) {
    let name = |word: usize| Name::of(word);
    match number {
        k::__NR_open => open::told(HERE, name(a), b as c_int),
        k::__NR_creat => keep::before(HERE, name(a).path(), CREATE),
        k::__NR_rename => moved::rename(HERE, name(a), HERE, name(b), 0),
        k::__NR_link => moved::link(HERE, name(a), HERE, name(b), 0),
        k::__NR_unlink | k::__NR_rmdir => keep::before(HERE, name(a).path(), GONE),
        k::__NR_symlink => moved::linked(HERE, name(b)),
        k::__NR_mkdir => keep::directory(HERE, name(a)),
        k::__NR_mknod => keep::before(HERE, name(a).path(), NAME),
        k::__NR_chmod | k::__NR_chown | k::__NR_utime | k::__NR_utimes => {
            keep::before(HERE, name(a).path(), METADATA);
        }
        k::__NR_lchown => keep::before(HERE, name(a).path(), OF_LINK),
        k::__NR_futimesat => keep::times(a as c_int, name(b), 0),
        _ => {}
    }
    let _ = c;
}

#[cfg(not(target_arch = "x86_64"))]
fn old(_: u32, _: [usize; 3]) {}
