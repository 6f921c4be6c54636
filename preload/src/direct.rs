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
    let given = sys::passed(row.number.into(), row.arguments.map(|argument| value(argument, words)));
    Some(given.map_or_else(|no| hook::failed(no.0 as c_int), |value| value as c_long))
}

/// What stands in the place of an argument: the function's own one of this number, or one of these.
type Argument = u8;

const A: Argument = 0;
const B: Argument = 1;
const C: Argument = 2;
const D: Argument = 3;
const E: Argument = 4;
const ZERO: Argument = 5;
/// The working directory: the call with a directory stands for the older one without, which not every machine has.
const HERE: Argument = 6;
/// The flags of creat(2), rmdir(2) and lchown(2).
const CREATES: Argument = 7;
const DIRECTORY: Argument = 8;
const LINK: Argument = 9;

fn value(argument: Argument, words: &Words) -> usize {
    let flags = match argument {
        HERE => return k::AT_FDCWD as usize,
        ZERO => 0,
        CREATES => k::O_CREAT | k::O_WRONLY | k::O_TRUNC,
        DIRECTORY => k::AT_REMOVEDIR,
        LINK => k::AT_SYMLINK_NOFOLLOW,
        own => return word(words, own),
    };
    flags as usize
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

// a wrong index does not compile
#[allow(clippy::indexing_slicing)]
const fn padded(arguments: &[Argument]) -> [Argument; 5] {
    let (mut all, mut at) = ([ZERO; 5], 0);
    while at < arguments.len() {
        all[at] = arguments[at];
        at += 1;
    }
    all
}

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
