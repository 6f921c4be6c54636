//! The real call without libc, under the filter over a whole session: what has been looked at here passes by the session's
//! secret and costs nothing, while libc's own call would be stopped and looked at once more. Only functions that are one
//! system call and nothing else; and only where no other preloaded library is, which could have its say in them.

use core::ffi::{c_int, c_long};
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

use linux_raw_sys::general as k;

use crate::filter;
use crate::hook;
use crate::session::Session;
use crate::sys;
use trackle_wire::state::flag;

static ON: AtomicBool = AtomicBool::new(false);

/// The page of the session is there: from now on calls go directly, if that is of use.
pub fn begin(session: &Session) {
    let on = session.flags() & flag::FILTER != 0 && filter::is_alone();
    if on && !ON.swap(true, Relaxed) {
        hook::forget();
    }
}

/// The address of what stands for a function, if calls go directly and it can be done so.
pub fn of(name: &[u8]) -> Option<usize> {
    if !ON.load(Relaxed) {
        return None;
    }
    NAMES.split(' ').position(|own| own.as_bytes() == name).and_then(address)
}

const HERE: usize = k::AT_FDCWD as usize;

/// Each with its other names, the words of libc's function, and those of the system call. A call with a directory stands
/// for the older one without, which not every machine has.
macro_rules! direct {
    ($($name:ident $($other:ident)* [$($arg:ident)*] $number:ident ($a:expr, $b:expr, $c:expr, $d:expr, $e:expr);)+) => {
        $(extern "C" fn $name($($arg: usize),*) -> c_long {
            sys::passed(k::$number, [$a, $b, $c, $d, $e])
        })+

        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Row { $($name, $($other,)*)+ }

        /// All names, in the order of the rows.
        const NAMES: &str = concat!($(stringify!($name), " ", $(stringify!($other), " ",)*)+);

        #[allow(non_upper_case_globals)]
        fn address(row: usize) -> Option<usize> {
            $(const $name: usize = Row::$name as usize; $(const $other: usize = Row::$other as usize;)*)+
            match row {
                $($name $(| $other)* => Some(self::$name as *const () as usize),)+
                _ => None,
            }
        }
    };
}

direct! {
    open open64 __open __open64 [a b c _d _e] __NR_openat(HERE, a, b, c, 0);
    __open_2 __open64_2 [a b _c _d _e] __NR_openat(HERE, a, b, 0, 0);
    openat openat64 [a b c d _e] __NR_openat(a, b, c, d, 0);
    creat creat64 [a b _c _d _e] __NR_openat(HERE, a, CREATES, b, 0);
    rename [a b _c _d _e] __NR_renameat2(HERE, a, HERE, b, 0);
    renameat [a b c d _e] __NR_renameat2(a, b, c, d, 0);
    renameat2 [a b c d e] __NR_renameat2(a, b, c, d, e);
    link [a b _c _d _e] __NR_linkat(HERE, a, HERE, b, 0);
    linkat [a b c d e] __NR_linkat(a, b, c, d, e);
    unlink [a _b _c _d _e] __NR_unlinkat(HERE, a, 0, 0, 0);
    rmdir [a _b _c _d _e] __NR_unlinkat(HERE, a, k::AT_REMOVEDIR as usize, 0, 0);
    unlinkat [a b c _d _e] __NR_unlinkat(a, b, c, 0, 0);
    symlink [a b _c _d _e] __NR_symlinkat(a, HERE, b, 0, 0);
    symlinkat [a b c _d _e] __NR_symlinkat(a, b, c, 0, 0);
    mkdir [a b _c _d _e] __NR_mkdirat(HERE, a, b, 0, 0);
    mkdirat [a b c _d _e] __NR_mkdirat(a, b, c, 0, 0);
    chmod [a b _c _d _e] __NR_fchmodat(HERE, a, b, 0, 0);
    fchmod [a b _c _d _e] __NR_fchmod(a, b, 0, 0, 0);
    chown [a b c _d _e] __NR_fchownat(HERE, a, b, c, 0);
    lchown [a b c _d _e] __NR_fchownat(HERE, a, b, c, k::AT_SYMLINK_NOFOLLOW as usize);
    fchown [a b c _d _e] __NR_fchown(a, b, c, 0, 0);
    fchownat [a b c d e] __NR_fchownat(a, b, c, d, e);
    truncate truncate64 [a b _c _d _e] __NR_truncate(a, b, 0, 0, 0);
    setxattr [a b c d e] __NR_setxattr(a, b, c, d, e);
    lsetxattr [a b c d e] __NR_lsetxattr(a, b, c, d, e);
    fsetxattr [a b c d e] __NR_fsetxattr(a, b, c, d, e);
    removexattr [a b _c _d _e] __NR_removexattr(a, b, 0, 0, 0);
    lremovexattr [a b _c _d _e] __NR_lremovexattr(a, b, 0, 0, 0);
    fremovexattr [a b _c _d _e] __NR_fremovexattr(a, b, 0, 0, 0);
}

const CREATES: usize = (k::O_CREAT | k::O_WRONLY | k::O_TRUNC) as usize;

/// What libc gives for what the kernel gave.
pub fn given(result: Result<usize, usize>) -> c_long {
    match result {
        Ok(value) => value as c_long,
        Err(number) => hook::failed(number as c_int),
    }
}
