//! System calls that a program makes by number, through libc's `syscall`: the same looks as at the functions.

use linux_raw_sys::general as k;
#[cfg(target_arch = "aarch64")]
use trackle_wire::calls::AARCH64 as MACHINE;
#[cfg(target_arch = "x86_64")]
use trackle_wire::calls::X86_64 as MACHINE;
use trackle_wire::calls::{
    Act::{self, Metadata, Truncate},
    Follow::{Flags, Yes},
    Name::{At, Path},
};

use crate::act::{self, Does};
use crate::exec;

/// Calls that the second witness lets pass, since they change nothing that cannot be seen at the end, or need a right that
/// a program without the library does not get.
const OTHERS: &[(u32, Does)] = &[
    (k::__NR_utimensat, Does::Call(Metadata(At(0), Flags(3)))),
    #[cfg(target_arch = "x86_64")]
    (k::__NR_utime, Does::Call(Metadata(Path(0), Yes))),
    #[cfg(target_arch = "x86_64")]
    (k::__NR_utimes, Does::Call(Metadata(Path(0), Yes))),
    #[cfg(target_arch = "x86_64")]
    (k::__NR_futimesat, Does::Call(Metadata(At(0), Yes))),
    (k::__NR_acct, Does::Call(Truncate(Path(0)))),
    (k::__NR_ioctl, Does::Control),
    (k::__NR_swapon, Does::Swap(true)),
    (k::__NR_swapoff, Does::Swap(false)),
    (k::__NR_chroot, Does::Root),
];

/// Looks at a call by its number; gives where it is to go on, if it starts a program.
pub fn before(words: &[usize]) -> Option<usize> {
    let (number, words) = words.split_first()?;
    let number = *number as u32;
    let call = match MACHINE.calls.iter().find(|(own, _)| u32::from(*own) == number) {
        Some((_, Act::Exec(Path(_), _))) => return Some(exec::by_number as *const () as usize),
        Some((_, Act::Exec(..))) => return Some(exec::at_by_number as *const () as usize),
        Some((_, act)) => &Does::Call(*act),
        None => &OTHERS.iter().find(|(own, _)| *own == number)?.1,
    };
    act::before(call, words);
    None
}
