//! Every function that is looked at on its way to libc: the whole list. glibc calls its own functions past the loader's
//! table, so each that a program may call has its own row, also where one is written with another. Those that start
//! programs, and those that choose a name themselves, are in [`crate::exec`] and [`crate::chosen`]; what is left alone,
//! and why, is in [`crate::left`].

use core::ffi::{c_int, c_long};

use linux_raw_sys::general::AT_FDCWD as HERE;

use crate::foreign::{Name, Stream};
use crate::keep::{self, CREATE, GONE, METADATA, NAME, OF_LINK, WRITE};
use crate::{done, moved, open, raw, root};

crate::hooks! {
    // Opening for writing. From then on the content may change at any time, so no write has to be looked at.
    open open64 __open __open64 (path: Name, flags: c_int) open::opens(HERE, path, flags);
    openat openat64 (dir: c_int, path: Name, flags: c_int) open::opens(dir, path, flags);
    // what a fortified program calls where it gives no mode
    __open_2 __open64_2 (path: Name, flags: c_int) open::opens(HERE, path, flags);
    __openat_2 __openat64_2 (dir: c_int, path: Name, flags: c_int) open::opens(dir, path, flags);
    openat2 (dir: c_int, path: Name, how: Name) open::opens(dir, path, how.first_word() as c_int);
    open_by_handle_at (dir: c_int, handle: usize, flags: c_int) open::by_handle(dir, handle, flags);
    creat creat64 (path: Name) keep::before(HERE, path.path(), CREATE);
    fopen fopen64 (path: Name, mode: Name) open::streams(path, mode);
    freopen freopen64 (path: Name, mode: Name, stream: Stream) open::again(path, mode, stream);
    truncate truncate64 acct (path: Name) keep::before(HERE, path.path(), WRITE);
    // it is opened in the child, where nobody looks
    posix_spawn_file_actions_addopen (_actions: usize, _fd: c_int, path: Name, flags: c_int) open::told(HERE, path, flags);

    // Names that are made, moved and taken away.
    rename (from: Name, to: Name) moved::rename(HERE, from, HERE, to, 0);
    renameat (from_dir: c_int, from: Name, to_dir: c_int, to: Name) moved::rename(from_dir, from, to_dir, to, 0);
    renameat2 (from_dir: c_int, from: Name, to_dir: c_int, to: Name, flags: u32)
        moved::rename(from_dir, from, to_dir, to, flags);
    link (from: Name, to: Name) moved::link(HERE, from, HERE, to, 0);
    linkat (from_dir: c_int, from: Name, to_dir: c_int, to: Name, flags: c_int)
        moved::link(from_dir, from, to_dir, to, flags);
    unlink rmdir remove (path: Name) keep::before(HERE, path.path(), GONE);
    unlinkat (dir: c_int, path: Name) keep::before(dir, path.path(), GONE);
    symlink (_to: Name, path: Name) moved::linked(HERE, path);
    symlinkat (_to: Name, dir: c_int, path: Name) moved::linked(dir, path);
    mkdir (path: Name) keep::directory(HERE, path);
    mkdirat (dir: c_int, path: Name) keep::directory(dir, path);
    mknod mkfifo (path: Name) keep::before(HERE, path.path(), NAME);
    mknodat mkfifoat (dir: c_int, path: Name) keep::before(dir, path.path(), NAME);
    // as programs of before 2021 call them
    __xmknod (_version: c_int, path: Name) keep::before(HERE, path.path(), NAME);
    __xmknodat (_version: c_int, dir: c_int, path: Name) keep::before(dir, path.path(), NAME);
    bind (_socket: c_int, address: usize, length: u32) open::socket(address, length);

    // Mode, owner and times: what needs no content kept.
    chmod (path: Name) keep::before(HERE, path.path(), METADATA);
    lchmod (path: Name) keep::before(HERE, path.path(), OF_LINK);
    fchmodat (dir: c_int, path: Name, _mode: u32, flags: c_int) keep::metadata_at(dir, path, flags);
    chown (path: Name) keep::before(HERE, path.path(), METADATA);
    lchown (path: Name) keep::before(HERE, path.path(), OF_LINK);
    fchownat (dir: c_int, path: Name, _owner: u32, _group: u32, flags: c_int) keep::metadata_at(dir, path, flags);
    fchmod fchown futimes futimens (fd: c_int) keep::descriptor(fd);
    utime utimes (path: Name) keep::before(HERE, path.path(), METADATA);
    lutimes (path: Name) keep::before(HERE, path.path(), OF_LINK);
    futimesat (dir: c_int, path: Name) keep::times(dir, path, 0);
    utimensat (dir: c_int, path: Name, _times: usize, flags: c_int) keep::times(dir, path, flags);

    // Extended attributes, and with them access control lists and capabilities.
    setxattr removexattr (path: Name) keep::before(HERE, path.path(), METADATA);
    lsetxattr lremovexattr (path: Name) keep::before(HERE, path.path(), OF_LINK);
    fsetxattr fremovexattr (fd: c_int) keep::descriptor(fd);
    ioctl (fd: c_int, request: usize) done::control(fd, request);

    // Files that libc writes by itself.
    updwtmp updwtmpx (path: Name) keep::before(HERE, path.path(), WRITE);
    logwtmp () keep::before(HERE, Some(c"/var/log/wtmp".to_bytes()), WRITE);
    login logout () open::logins();
    pututline pututxline () keep::before(HERE, Some(c"/var/run/utmp".to_bytes()), WRITE);
    lckpwdf () keep::before(HERE, Some(c"/etc/.pwd.lock".to_bytes()), CREATE);

    // What leaves no file behind, and what changes where names lead.
    mount (_source: Name, target: Name) done::at(target, b"mount");
    umount umount2 (target: Name) done::at(target, b"unmount");
    swapon (path: Name) done::at(path, b"swap on");
    swapoff (path: Name) done::at(path, b"swap off");
    chroot (path: Name) root::changes(path);

    // System calls by number.
    syscall (number: c_long, a: usize, b: usize, c: usize, d: usize, e: usize) raw::call(number as u32, [a, b, c, d, e]);
}
