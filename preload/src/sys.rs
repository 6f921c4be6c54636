//! System calls, as safe functions. They are made directly, not by libc: so `errno` stays the program's, another preloaded
//! library does not see them, and each carries the session's secret in an argument that the kernel ignores, by which a
//! filter over the whole session tells them from the program's own.

pub mod witness;

use core::arch::asm;
use core::sync::atomic::{AtomicI32, AtomicU64, Ordering::Relaxed};

use linux_raw_sys::general as k;

use crate::foreign::{List, Name};

/// What the kernel says no with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Errno(pub usize);

/// What a call gives.
pub type Out<T> = Result<T, Errno>;

/// The sixth argument of every call that has at most five.
pub static COOKIE: AtomicU64 = AtomicU64::new(0);

/// One system call with all its six arguments.
///
/// # Safety
/// The kernel reads and writes where the arguments say.
#[cfg(target_arch = "x86_64")]
#[inline]
pub unsafe fn call6(number: u32, a: [usize; 6]) -> Out<usize> {
    let [a, b, c, d, e, f] = a;
    let result: isize;
    // SAFETY: the instruction changes rax, rcx and r11 only; the rest is the caller's promise. The sixth argument is taken
    // away again: a call of libc's own that has fewer would carry the secret on, past the filter
    unsafe {
        asm!("syscall", "xor r9d, r9d", inlateout("rax") number as usize => result, in("rdi") a, in("rsi") b,
             in("rdx") c, in("r10") d, in("r8") e, inlateout("r9") f => _, lateout("rcx") _, lateout("r11") _,
             options(nostack));
    }
    out(result)
}

/// One system call with all its six arguments.
///
/// # Safety
/// The kernel reads and writes where the arguments say.
#[cfg(target_arch = "aarch64")]
#[inline]
pub unsafe fn call6(number: u32, a: [usize; 6]) -> Out<usize> {
    let [a, b, c, d, e, f] = a;
    let result: isize;
    // SAFETY: the instruction changes x0 only; the rest is the caller's promise. As above, the secret is taken away again
    unsafe {
        asm!("svc 0", "mov x5, xzr", in("x8") number as usize, inlateout("x0") a => result, in("x1") b, in("x2") c,
             in("x3") d, in("x4") e, inlateout("x5") f => _, options(nostack));
    }
    out(result)
}

fn out(result: isize) -> Out<usize> {
    if (-4095..0).contains(&result) { Err(Errno(result.unsigned_abs())) } else { Ok(result as usize) }
}

/// One system call with at most five arguments.
///
/// # Safety
/// As [`call6`].
#[inline(never)]
unsafe fn call(number: u32, a: usize, b: usize, c: usize, d: usize, e: usize) -> Out<usize> {
    // SAFETY: the caller's promise; the sixth argument is not looked at
    unsafe { call6(number, [a, b, c, d, e, COOKIE.load(Relaxed) as usize]) }
}

/// One system call with at most three arguments.
///
/// # Safety
/// As [`call6`].
#[inline(never)]
unsafe fn call3(number: u32, a: usize, b: usize, c: usize) -> Out<usize> {
    // SAFETY: the caller's promise
    unsafe { call(number, a, b, c, 0, 0) }
}

/// A descriptor of ours, closed when it goes out of use: none stays open in a foreign program.
///
/// It is as wide as what a call gives, so that either goes in a register.
pub struct Fd(usize);

impl Fd {
    /// Its number.
    #[inline]
    pub fn number(&self) -> i32 {
        self.0 as i32
    }
}

impl Drop for Fd {
    #[inline(never)]
    fn drop(&mut self) {
        // SAFETY: close looks at no memory
        let _ = unsafe { call3(k::__NR_close, self.0, 0, 0) };
    }
}

fn at(name: Name) -> usize {
    name.address()
}

/// The root of the file system where the program has taken another; else 0.
pub static ROOT: AtomicI32 = AtomicI32::new(0);

/// Where a name is looked for: an absolute one below the root that the program began with.
fn place(dir: i32, name: Name) -> [usize; 2] {
    let root = ROOT.load(Relaxed);
    if root == 0 {
        return [dir as usize, at(name)];
    }
    match name.bytes() {
        Some(b"/") => [root as usize, at(Name::HERE)],
        Some([b'/', ..]) => [root as usize, at(name) + 1],
        _ => [dir as usize, at(name)],
    }
}

/// openat(2), with O_CLOEXEC and O_NOCTTY always.
#[inline(never)]
pub fn open(dir: i32, name: Name, flags: u32, mode: u32) -> Out<Fd> {
    let flags = flags | k::O_CLOEXEC | k::O_NOCTTY;
    let [dir, name] = place(dir, name);
    // SAFETY: the name ends with a NUL
    unsafe { call(k::__NR_openat, dir, name, flags as usize, mode as usize, 0) }.map(Fd)
}

/// Whether there is something under this name for the programs below another root.
pub fn is_there_inside(name: Name) -> bool {
    // SAFETY: the name ends with a NUL
    unsafe { call3(k::__NR_faccessat, k::AT_FDCWD as usize, at(name), 0) }.is_ok()
}

/// Opens what a handle stands for, to be looked at.
pub fn open_by_handle(dir: i32, handle: usize) -> Out<Fd> {
    let flags = k::O_RDONLY | k::O_CLOEXEC | k::O_NONBLOCK | k::O_NOCTTY;
    // SAFETY: the kernel reads the program's own handle
    unsafe { call3(k::__NR_open_by_handle_at, dir as usize, handle, flags as usize) }.map(Fd)
}

/// A second descriptor that stays open until another program is started, with a number that is seldom used.
pub fn keep_open(fd: &Fd) -> Out<i32> {
    const HIGH: usize = 800;
    // SAFETY: no memory is looked at
    unsafe { call3(k::__NR_fcntl, fd.0, k::F_DUPFD_CLOEXEC as usize, HIGH) }.map(|n| n as i32)
}

/// What something is, as far as it is looked at here.
#[derive(Clone, Copy)]
pub struct Stat {
    pub dev: u64,
    pub ino: u64,
    pub size: u64,
    /// Nanoseconds since 1970.
    pub mtime: u64,
    /// Blocks of 512 bytes.
    pub blocks: u64,
    /// With the type; 0 where nothing is.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub links: u32,
}

impl Stat {
    /// Of a place where nothing is.
    pub const NOTHING: Stat =
        Stat { dev: 0, ino: 0, size: 0, mtime: 0, blocks: 0, mode: 0, uid: 0, gid: 0, links: 0 };

    /// Which type it is: a bit pattern of [`Stat::mode`].
    #[inline]
    pub fn kind(&self) -> u32 {
        self.mode & k::S_IFMT
    }
}

/// What a name stands for; a link at its end is followed only by [`BEHIND`].
pub fn stat(name: Name, flags: u32) -> Out<Stat> {
    stat_at(k::AT_FDCWD, name, flags)
}

/// For [`stat`]: the name itself.
pub const ITSELF: u32 = k::AT_SYMLINK_NOFOLLOW;
/// For [`stat`]: what a link leads to.
pub const BEHIND: u32 = 0;

/// What an open descriptor is.
pub fn fstat(fd: i32) -> Out<Stat> {
    stat_at(fd, Name::EMPTY, k::AT_EMPTY_PATH)
}

/// What a name below a directory stands for.
#[inline(never)]
#[allow(clippy::unnecessary_cast)] // the words have other sizes and signs on some machines
pub fn stat_at(dir: i32, name: Name, flags: u32) -> Out<Stat> {
    let mut stat = core::mem::MaybeUninit::<k::stat>::uninit();
    let to = stat.as_mut_ptr() as usize;
    let [dir, name] = place(dir, name);
    // SAFETY: the name ends with a NUL, `to` has room for the structure
    unsafe { call(NEWFSTATAT, dir, name, to, flags as usize, 0) }?;
    // SAFETY: the kernel has filled it
    let stat = unsafe { stat.assume_init_ref() };
    Ok(Stat {
        dev: stat.st_dev,
        ino: stat.st_ino,
        size: stat.st_size as u64,
        mtime: nanoseconds(stat.st_mtime as u64, stat.st_mtime_nsec as u64),
        blocks: stat.st_blocks as u64,
        mode: stat.st_mode,
        uid: stat.st_uid,
        gid: stat.st_gid,
        links: stat.st_nlink as u32,
    })
}

#[cfg(target_arch = "x86_64")]
const NEWFSTATAT: u32 = k::__NR_newfstatat;
#[cfg(target_arch = "aarch64")]
const NEWFSTATAT: u32 = 79;

/// Where memory may be written that has no value yet.
pub type Space<'a> = &'a mut [core::mem::MaybeUninit<u8>];

/// Memory whose every byte has been written.
///
/// It is the callers' care that it has been: they are [`crate::room`], which counts, and one list of names.
pub fn written(room: &[core::mem::MaybeUninit<u8>]) -> &[u8] {
    // SAFETY: see above
    unsafe { core::slice::from_raw_parts(room.as_ptr().cast(), room.len()) }
}

/// Where a symbolic link leads: how many bytes were written.
#[inline(never)]
pub fn readlink(dir: i32, name: Name, to: Space<'_>) -> Out<usize> {
    let [dir, name] = place(dir, name);
    // SAFETY: the name ends with a NUL, the kernel writes at most the length
    unsafe { call(k::__NR_readlinkat, dir, name, to.as_mut_ptr() as usize, to.len(), 0) }
}

/// The working directory: how many bytes were written, the NUL among them.
pub fn getcwd(to: Space<'_>) -> Out<usize> {
    // SAFETY: the kernel writes at most the length
    unsafe { call3(k::__NR_getcwd, to.as_mut_ptr() as usize, to.len(), 0) }
}

/// Reads from a place of a file.
pub fn pread(fd: i32, to: Space<'_>, place: u64) -> Out<usize> {
    // SAFETY: the kernel writes at most the length
    unsafe { call(k::__NR_pread64, fd as usize, to.as_mut_ptr() as usize, to.len(), place as usize, 0) }
}

/// Writes words and five parts in one go.
pub fn write(fd: i32, words: &[u64], rest: [&[u8]; 5]) -> Out<usize> {
    let part =
        |base: *const u8, length: usize| k::iovec { iov_base: base.cast_mut().cast(), iov_len: length as _ };
    let mut parts = [const { k::iovec { iov_base: core::ptr::null_mut(), iov_len: 0 } }; 6];
    parts[0] = part(words.as_ptr().cast(), size_of_val(words));
    for (to, from) in parts.iter_mut().skip(1).zip(rest) {
        *to = part(from.as_ptr(), from.len());
    }
    // SAFETY: the kernel reads only what the slices cover
    unsafe { call3(k::__NR_writev, fd as usize, parts.as_ptr() as usize, parts.len()) }
}

/// Copies within the kernel, from and to a place; shares the blocks where the file system can.
pub fn copy_file_range(from: i32, at: u64, to: i32, place: u64, length: usize) -> Out<usize> {
    let (mut at, mut place) = (at, place);
    let (from_at, to_at) = (&raw mut at as usize, &raw mut place as usize);
    // SAFETY: the kernel changes the two words of this frame; the sixth argument is looked at here
    unsafe { call6(k::__NR_copy_file_range, [from as usize, from_at, to as usize, to_at, length, 0]) }
}

/// Copies within the kernel to where `to` stands.
pub fn sendfile(from: i32, at: u64, to: i32, length: usize) -> Out<usize> {
    let mut at = at;
    // SAFETY: the kernel changes the word of this frame
    unsafe { call(k::__NR_sendfile, to as usize, from as usize, &raw mut at as usize, length, 0) }
}

/// Where the next write goes.
pub fn seek(fd: i32, place: u64) -> Out<usize> {
    // SAFETY: no memory is looked at
    unsafe { call3(k::__NR_lseek, fd as usize, place as usize, k::SEEK_SET as usize) }
}

/// Lets `to` have the blocks of all of `from`, from a place on that is a multiple of a block.
pub fn clone_range(from: i32, to: i32, place: u64) -> Out<usize> {
    let range = k::file_clone_range { src_fd: from.into(), src_offset: 0, src_length: 0, dest_offset: place };
    let request = linux_raw_sys::ioctl::FICLONERANGE as usize;
    // SAFETY: the kernel reads the structure of this frame
    unsafe { call3(k::__NR_ioctl, to as usize, request, &raw const range as usize) }
}

/// Gives a file its size, with the blocks for it: later writes need no more room.
pub fn allocate(fd: i32, size: usize) -> Out<usize> {
    // SAFETY: no memory is looked at
    unsafe { call(k::__NR_fallocate, fd as usize, 0, 0, size, 0) }
}

/// The names of the extended attributes, each ended by NUL; of a link those of its own. Of a file that is open they are had
/// in fewer steps.
pub fn attributes(name: Name, file: Option<&Fd>, to: Space<'_>) -> Out<usize> {
    let (number, of) = file.map_or((k::__NR_llistxattr, at(name)), |file| (k::__NR_flistxattr, file.0));
    // SAFETY: the name ends with a NUL, the kernel writes at most the length
    unsafe { call3(number, of, to.as_mut_ptr() as usize, to.len()) }
}

/// The value of one extended attribute.
pub fn attribute(name: Name, attribute: Name, to: Space<'_>) -> Out<usize> {
    let (to, length) = (to.as_mut_ptr() as usize, to.len());
    // SAFETY: the names end with a NUL, the kernel writes at most the length
    unsafe { call(k::__NR_lgetxattr, at(name), at(attribute), to, length, 0) }
}

/// Makes a directory.
pub fn mkdir(dir: i32, name: Name, mode: u32) -> Out<()> {
    // SAFETY: the name ends with a NUL
    unsafe { call3(k::__NR_mkdirat, dir as usize, at(name), mode as usize) }.map(drop)
}

/// Gives a file its name unless that is taken.
pub fn name_once(dir: i32, from: Name, to: Name) -> Out<()> {
    // SAFETY: the names end with a NUL
    unsafe {
        call(k::__NR_renameat2, dir as usize, at(from), dir as usize, at(to), k::RENAME_NOREPLACE as usize)
    }
    .map(drop)
}

/// Takes a file away.
pub fn unlink(dir: i32, name: Name) -> Out<()> {
    // SAFETY: the name ends with a NUL
    unsafe { call3(k::__NR_unlinkat, dir as usize, at(name), 0) }.map(drop)
}

/// Sets the mode of an open file, whatever the umask is.
pub fn chmod(fd: i32, mode: u32) -> Out<()> {
    // SAFETY: no memory is looked at
    unsafe { call3(k::__NR_fchmod, fd as usize, mode as usize, 0) }.map(drop)
}

/// Maps the start of a file, shared with all who map it; or, without a file (-1), new memory. It stays mapped for the life of
/// the process.
#[inline(never)]
pub fn map(fd: i32, size: usize) -> Out<*mut u8> {
    let protection = (k::PROT_READ | k::PROT_WRITE) as usize;
    let kind = if fd < 0 { k::MAP_PRIVATE | k::MAP_ANONYMOUS } else { k::MAP_SHARED } as usize;
    // SAFETY: a new mapping takes no memory that is in use
    unsafe { call6(k::__NR_mmap, [0, size, protection, kind, fd as usize, 0]) }
        .map(core::ptr::with_exposed_provenance_mut)
}

/// Takes a mapping of [`map`] back that nobody has seen.
pub fn unmap(address: *const u8, size: usize) {
    // SAFETY: the caller has shown it to nobody
    let _ = unsafe { call3(k::__NR_munmap, address as usize, size, 0) };
}

/// The user whose rights the process has.
pub fn euid() -> u32 {
    number(k::__NR_geteuid)
}

/// The group whose rights the process has.
pub fn egid() -> u32 {
    number(k::__NR_getegid)
}

/// The process.
pub fn pid() -> u32 {
    number(k::__NR_getpid)
}

fn number(call_number: u32) -> u32 {
    // SAFETY: no memory is looked at
    unsafe { call3(call_number, 0, 0, 0) }.unwrap_or_default() as u32
}

/// Nanoseconds since 1970. libc would ask a page of the kernel's, which is faster; but to find its function takes more stack
/// than is left here.
pub fn now() -> u64 {
    let mut time = k::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the kernel fills the structure of this frame
    let _ = unsafe { call3(k::__NR_clock_gettime, k::CLOCK_REALTIME as usize, &raw mut time as usize, 0) };
    nanoseconds(time.tv_sec as u64, time.tv_nsec as u64)
}

/// One number of seconds and nanoseconds.
fn nanoseconds(seconds: u64, rest: u64) -> u64 {
    seconds.wrapping_mul(1_000_000_000).wrapping_add(rest)
}

/// Lets a fifth of a millisecond pass.
pub fn wait() {
    let time = k::timespec { tv_sec: 0, tv_nsec: 200_000 };
    // SAFETY: the kernel reads the structure of this frame
    let _ = unsafe { call3(k::__NR_nanosleep, &raw const time as usize, 0, 0) };
}

/// Becomes another program; comes back only when that fails.
pub fn become_program(dir: i32, path: Name, argv: List, envp: List, flags: u32) {
    let (path, argv, envp) = (path.address(), argv.address(), envp.address());
    // SAFETY: the caller's contract with libc: a name and two lists
    let _ = unsafe { call(k::__NR_execveat, dir as usize, path, argv, envp, flags as usize) };
}

/// A call of the program's own, which has been looked at.
pub fn passed(number: u32, [a, b, c, d, e]: [usize; 5]) -> Out<usize> {
    // SAFETY: the program's contract with libc
    unsafe { call(number, a, b, c, d, e) }
}
