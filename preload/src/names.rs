//! Names that are made, moved and taken away.

use core::ffi::{c_int, c_uint};

use linux_raw_sys::general as k;

use crate::foreign::Name;
use crate::hook;
use crate::keep::{self, GONE, NAME};
use crate::moved;

hook! {
    unlink(path: Name) -> c_int = -1;
        before { keep::before(k::AT_FDCWD, path.path(), GONE) }
    unlinkat(dir: c_int, path: Name, flags: c_int) -> c_int = -1;
        before { keep::before(dir, path.path(), GONE) }
        => after (result) { moved::removed(result == 0 && flags as u32 & k::AT_REMOVEDIR != 0) }
    rmdir remove(path: Name) -> c_int = -1;
        before { keep::before(k::AT_FDCWD, path.path(), GONE) }
        => after (result) { moved::removed(result == 0) }
    rename(from: Name, to: Name) -> c_int = -1;
        before { moved::rename(k::AT_FDCWD, from, k::AT_FDCWD, to, 0) }
    renameat(from_dir: c_int, from: Name, to_dir: c_int, to: Name) -> c_int = -1;
        before { moved::rename(from_dir, from, to_dir, to, 0) }
    renameat2(from_dir: c_int, from: Name, to_dir: c_int, to: Name, flags: c_uint) -> c_int = -1;
        before { moved::rename(from_dir, from, to_dir, to, flags) }
    link(from: Name, to: Name) -> c_int = -1;
        before { moved::link(k::AT_FDCWD, from, k::AT_FDCWD, to, 0) }
    linkat(from_dir: c_int, from: Name, to_dir: c_int, to: Name, flags: c_int) -> c_int = -1;
        before { moved::link(from_dir, from, to_dir, to, flags) }
    mkdir(path: Name, mode: c_uint) -> c_int = -1;
        before { keep::directory(k::AT_FDCWD, path) }
    mkdirat(dir: c_int, path: Name, mode: c_uint) -> c_int = -1;
        before { keep::directory(dir, path) }
    mkfifo(path: Name, mode: c_uint) -> c_int = -1;
        before { keep::before(k::AT_FDCWD, path.path(), NAME) }
    mkfifoat(dir: c_int, path: Name, mode: c_uint) -> c_int = -1;
        before { keep::before(dir, path.path(), NAME) }
    mknod(path: Name, mode: c_uint, device: u64) -> c_int = -1;
        before { keep::before(k::AT_FDCWD, path.path(), NAME) }
    mknodat(dir: c_int, path: Name, mode: c_uint, device: u64) -> c_int = -1;
        before { keep::before(dir, path.path(), NAME) }
    symlink(target: Name, path: Name) -> c_int = -1;
        before { keep::link(k::AT_FDCWD, path) }
    symlinkat(target: Name, dir: c_int, path: Name) -> c_int = -1;
        before { keep::link(dir, path) }
}
