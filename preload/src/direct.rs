//! The real call without libc, under the filter over a whole session: what has been looked at here passes by the session's
//! secret and costs nothing, while libc's own call would be stopped and looked at once more. Only functions that are one
//! system call and nothing else; and only where no other preloaded library is, which could have its say in them.

use core::ffi::{c_int, c_long};
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use linux_raw_sys::general as k;
use trackle_wire::state::flag;

use crate::filter;
use crate::hook::{self, Words, word};
use crate::hooks::Hook;
use crate::session::Session;
use crate::sys;

static ON: AtomicBool = AtomicBool::new(false);

/// The page of the session is there: from now on calls go directly, if that is of use.
pub fn begin(session: Session) {
    if session.flags() & flag::FILTER != 0 && filter::is_alone() {
        ON.store(true, Relaxed);
    }
}

/// Makes the call, if calls go directly and it can be done so; gives what libc would.
pub fn call(hook: u32, words: &Words) -> Option<c_long> {
    if !ON.load(Relaxed) {
        return None;
    }
    let row = ROWS.iter().find(|row| u32::from(row.hook) == hook)?;
    let given = sys::passed(row.number.into(), row.arguments.map(|argument| argument.value(words)));
    Some(given.map_or_else(|no| hook::failed(no.0 as c_int), |value| value as c_long))
}

/// What stands in the place of an argument.
#[derive(Clone, Copy)]
enum Argument {
    /// The function's own one.
    Own(u8),
    /// The working directory: the call with a directory stands for the older one without, which not every machine has.
    Here,
    Zero,
    /// The flags of creat(2), rmdir(2) and lchown(2).
    Creates,
    Directory,
    Link,
}

impl Argument {
    fn value(self, words: &Words) -> usize {
        let flags = match self {
            Argument::Own(at) => return word(words, at),
            Argument::Here => return k::AT_FDCWD as usize,
            Argument::Zero => 0,
            Argument::Creates => k::O_CREAT | k::O_WRONLY | k::O_TRUNC,
            Argument::Directory => k::AT_REMOVEDIR,
            Argument::Link => k::AT_SYMLINK_NOFOLLOW,
        };
        flags as usize
    }
}

/// A function, the system call that it is, and that one's arguments.
struct Row {
    hook: u8,
    number: u16,
    arguments: [Argument; 5],
}

macro_rules! direct {
    ($($($name:ident)+ = $number:ident $arguments:tt;)+) => {
        &[$($(Row {
            hook: Hook::$name as u8,
            number: k::$number as u16,
            arguments: padded(&$arguments),
        }),+),+]
    };
}

const fn padded(arguments: &[Argument]) -> [Argument; 5] {
    let (mut all, mut at) = ([ZERO; 5], 0);
    while at < arguments.len() {
        all[at] = arguments[at];
        at += 1;
    }
    all
}

const A: Argument = Argument::Own(0);
const B: Argument = Argument::Own(1);
const C: Argument = Argument::Own(2);
const D: Argument = Argument::Own(3);
const E: Argument = Argument::Own(4);
const HERE: Argument = Argument::Here;
const ZERO: Argument = Argument::Zero;
const CREATES: Argument = Argument::Creates;
const DIRECTORY: Argument = Argument::Directory;
const LINK: Argument = Argument::Link;

const ROWS: &[Row] = direct! {
    open open64 __open __open64 = __NR_openat [HERE, A, B, C];
    __open_2 __open64_2 = __NR_openat [HERE, A, B];
    openat openat64 = __NR_openat [A, B, C, D];
    creat creat64 = __NR_openat [HERE, A, CREATES, B];
    rename = __NR_renameat2 [HERE, A, HERE, B];
    renameat = __NR_renameat2 [A, B, C, D];
    renameat2 = __NR_renameat2 [A, B, C, D, E];
    link = __NR_linkat [HERE, A, HERE, B];
    linkat = __NR_linkat [A, B, C, D, E];
    unlink = __NR_unlinkat [HERE, A];
    rmdir = __NR_unlinkat [HERE, A, DIRECTORY];
    unlinkat = __NR_unlinkat [A, B, C];
    symlink = __NR_symlinkat [A, HERE, B];
    symlinkat = __NR_symlinkat [A, B, C];
    mkdir = __NR_mkdirat [HERE, A, B];
    mkdirat = __NR_mkdirat [A, B, C];
    chmod = __NR_fchmodat [HERE, A, B];
    fchmod = __NR_fchmod [A, B];
    chown = __NR_fchownat [HERE, A, B, C];
    lchown = __NR_fchownat [HERE, A, B, C, LINK];
    fchown = __NR_fchown [A, B, C];
    fchownat = __NR_fchownat [A, B, C, D, E];
    truncate truncate64 = __NR_truncate [A, B];
    setxattr = __NR_setxattr [A, B, C, D, E];
    lsetxattr = __NR_lsetxattr [A, B, C, D, E];
    fsetxattr = __NR_fsetxattr [A, B, C, D, E];
    removexattr = __NR_removexattr [A, B];
    lremovexattr = __NR_lremovexattr [A, B];
    fremovexattr = __NR_fremovexattr [A, B];
};
