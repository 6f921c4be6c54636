//! System calls for the second witness: the socket where it waits, and the filter that it hears of.

use core::sync::atomic::AtomicU64;

use linux_raw_sys::general as k;

use super::{Errno, Fd, Out, call, call3, call6, euid};

/// The kernel has one already.
pub const BUSY: Errno = Errno(linux_raw_sys::errno::EBUSY as usize);

/// Numbers of socket(7), unix(7), prctl(2) and seccomp(2).
mod number {
    pub const AF_UNIX: u16 = 1;
    pub const SOCK_STREAM: usize = 1;
    pub const SOCK_CLOEXEC: usize = 0o2_000_000;
    pub const SOL_SOCKET: usize = 1;
    pub const SO_PEERCRED: usize = 17;
    pub const SO_RCVTIMEO: usize = 20;
    pub const SCM_RIGHTS: i32 = 1;
    pub const MSG_NOSIGNAL: usize = 0x4000;
    pub const MSG_DONTWAIT: usize = 0x40;
    pub const PR_SET_NO_NEW_PRIVS: usize = 38;
    pub const SET_MODE_FILTER: usize = 1;
    pub const NEW_LISTENER: usize = 8;
    pub const WAIT_KILLABLE: usize = 32;
    pub const EINVAL: usize = linux_raw_sys::errno::EINVAL as usize;
}

/// Where a socket is (`struct sockaddr_un`).
#[repr(C)]
pub struct Address {
    family: u16,
    /// Its path, ended by NUL.
    pub path: [u8; 108],
}

impl Address {
    /// Without a path.
    pub const NONE: Address = Address { family: 0, path: [0; 108] };
}

/// A connection to the socket there, on which nothing waits longer than a second.
pub fn call_at(address: &mut Address) -> Out<Fd> {
    address.family = number::AF_UNIX;
    let kind = number::SOCK_STREAM | number::SOCK_CLOEXEC;
    // SAFETY: no memory is looked at
    let socket = unsafe { call3(k::__NR_socket, number::AF_UNIX.into(), kind, 0) }.map(Fd)?;
    let second = k::timespec { tv_sec: 1, tv_nsec: 0 };
    let (to, length) = (&raw const second as usize, size_of::<k::timespec>());
    // SAFETY: the kernel reads the structure of this frame
    unsafe { call(k::__NR_setsockopt, socket.0, number::SOL_SOCKET, number::SO_RCVTIMEO, to, length) }?;
    let to = core::ptr::from_ref(address) as usize;
    // SAFETY: the kernel reads the structure of this frame
    unsafe { call3(k::__NR_connect, socket.0, to, size_of::<Address>()) }?;
    Ok(socket)
}

/// Whether the other end of a connection runs as the same user as we.
pub fn is_same_user(socket: i32) -> bool {
    // pid, uid, gid
    let mut who = [0u32, u32::MAX, 0];
    let mut length = size_of_val(&who) as u32;
    let to = [&raw mut who as usize, &raw mut length as usize];
    // SAFETY: the kernel writes at most the length into the array of this frame
    let asked = unsafe {
        call(k::__NR_getsockopt, socket as usize, number::SOL_SOCKET, number::SO_PEERCRED, to[0], to[1])
    };
    asked.is_ok() && who[1] == euid()
}

/// Waits for bytes: how many came, 0 when the other end is gone.
pub fn receive(socket: i32, to: &mut [u8]) -> Out<usize> {
    // SAFETY: the kernel writes at most the length; there is no address to be written, so the sixth argument is one too
    unsafe { call6(k::__NR_recvfrom, [socket as usize, to.as_mut_ptr() as usize, to.len(), 0, 0, 0]) }
}

/// Sends bytes and a duplicate of a descriptor.
pub fn hand_over(socket: i32, bytes: &[u8], descriptor: i32) -> Out<usize> {
    #[repr(C)]
    struct Rights {
        length: usize,
        level: i32,
        kind: i32,
        descriptor: i32,
        _fill: i32,
    }
    #[repr(C)]
    struct Message {
        name: usize,
        name_length: usize,
        parts: usize,
        count: usize,
        rights: usize,
        rights_length: usize,
        flags: usize,
    }
    // the length that counts ends with the descriptor
    let length = size_of::<Rights>() - 4;
    let rights =
        Rights { length, level: number::SOL_SOCKET as i32, kind: number::SCM_RIGHTS, descriptor, _fill: 0 };
    let part = k::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() as _ };
    let message = Message {
        name: 0,
        name_length: 0,
        parts: &raw const part as usize,
        count: 1,
        rights: &raw const rights as usize,
        rights_length: size_of::<Rights>(),
        flags: 0,
    };
    let flags = number::MSG_NOSIGNAL | number::MSG_DONTWAIT;
    // SAFETY: the kernel reads the structures of this frame and what the slice covers
    unsafe { call3(k::__NR_sendmsg, socket as usize, &raw const message as usize, flags) }
}

/// Puts a filter on this thread and what it becomes and starts, all of which gains no rights by being started any more;
/// gives the end where stopped calls are heard of.
pub fn filter(program: &[AtomicU64]) -> Out<Fd> {
    #[repr(C)]
    struct Program {
        length: u16,
        first: *const AtomicU64,
    }
    // SAFETY: no memory is looked at
    unsafe { call3(k::__NR_prctl, number::PR_SET_NO_NEW_PRIVS, 1, 0) }?;
    let program = Program { length: program.len() as u16, first: program.as_ptr() };
    let with = |flags: usize| {
        let address = &raw const program as usize;
        // SAFETY: the kernel reads the program, which is as long as it says
        unsafe { call3(k::__NR_seccomp, number::SET_MODE_FILTER, flags, address) }.map(Fd)
    };
    match with(number::NEW_LISTENER | number::WAIT_KILLABLE) {
        Err(Errno(number::EINVAL)) => with(number::NEW_LISTENER),
        other => other,
    }
}
