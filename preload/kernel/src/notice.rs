//! Notices of stopped calls (seccomp_unotify(2)): takes the next one and lets its call go on. A notice is taken into a
//! [`Desk`], memory that a second process maps as well: the kernel writes it there, so that when the taker is killed at
//! whatever moment the other finds it and answers; otherwise the stopped program would wait for ever.

use crate::checked;
use crate::words::Words;
use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// A call that waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    pub id: u64,
    /// The thread that calls.
    pub thread: u32,
    /// As in linux/audit.h.
    pub arch: u32,
    pub number: u32,
    pub arguments: [u64; 6],
}

/// Words of a place: the notice as the kernel writes it, whose listener it came from, and when.
const PLACE: usize = 16;
const NOTICE: usize = size_of::<libc::seccomp_notif>() / 8;
const LISTENER: usize = NOTICE;
const SINCE: usize = NOTICE + 1;

/// Where notices lie while they are answered: one place for each that is answered at the same time.
#[derive(Debug)]
pub struct Desk(Words);

/// A place of a desk.
#[derive(Debug, Clone, Copy)]
pub struct Place<'d>(&'d [std::sync::atomic::AtomicU64]);

impl Desk {
    /// Bytes of the file that a desk of so many places needs.
    pub const fn bytes(places: usize) -> usize {
        places * PLACE * 8
    }

    /// A desk in a file of zeros, or one that another process has left.
    ///
    /// # Errors
    /// When the file cannot be mapped.
    pub fn at(file: BorrowedFd<'_>, places: usize) -> io::Result<Desk> {
        Words::map(file, places * PLACE).map(Desk)
    }

    /// A place by its number; each is for one thread at a time.
    pub fn place(&self, number: usize) -> Option<Place<'_>> {
        self.0.all().chunks_exact(PLACE).nth(number).map(Place)
    }

    /// All places.
    pub fn places(&self) -> impl Iterator<Item = Place<'_>> {
        self.0.all().chunks_exact(PLACE).map(Place)
    }
}

impl Place<'_> {
    fn word(&self, index: usize) -> u64 {
        self.0.get(index).map_or(0, |w| w.load(Acquire))
    }

    fn set(&self, index: usize, value: u64) {
        if let Some(word) = self.0.get(index) {
            word.store(value, Release);
        }
    }

    /// Takes the next notice of a listener, waiting for it; `listener` is the number by which the other process knows
    /// where a notice came from, not 0.
    ///
    /// # Errors
    /// ENOENT when the caller was killed meanwhile, or (newer kernels) nobody is left who could call.
    pub fn take(&self, from: BorrowedFd<'_>, listener: u64) -> io::Result<Notice> {
        self.clear();
        self.set(LISTENER, listener);
        let room = self.0.get(..NOTICE).ok_or(io::ErrorKind::InvalidInput)?;
        let address = room.as_ptr().cast_mut();
        // SAFETY: the room has the size of a notice (checked when a filter is made) and may be changed behind our back
        let result = unsafe { libc::ioctl(from.as_raw_fd(), RECEIVE, address) };
        checked(result.into())?;
        Ok(self.notice())
    }

    /// What lies here that nobody may have answered: the listener's number and the notice.
    pub fn left(&self) -> Option<(u64, Notice)> {
        let notice = self.notice();
        Some((self.word(LISTENER), notice)).filter(|(listener, notice)| *listener != 0 && notice.id != 0)
    }

    /// Marks since when it is being answered; any clock, not 0.
    pub fn begin(&self, now: u64) {
        self.set(SINCE, now);
    }

    /// Since when it is being answered.
    pub fn since(&self) -> Option<u64> {
        Some(self.word(SINCE)).filter(|w| *w != 0)
    }

    /// Makes the place free: nothing on it waits for an answer.
    pub fn clear(&self) {
        for word in self.0 {
            word.store(0, Relaxed);
        }
    }

    fn notice(&self) -> Notice {
        // id u64, pid u32, flags u32, then seccomp_data: nr u32, arch u32, ip u64, args [u64; 6]
        let (thread, number_arch) = (self.word(1), self.word(2));
        let arguments = std::array::from_fn(|n| self.word(4 + n));
        let halves = |word: u64| ((word & 0xFFFF_FFFF) as u32, (word >> 32) as u32);
        let (number, arch) = halves(number_arch);
        Notice { id: self.word(0), thread: halves(thread).0, arch, number, arguments }
    }
}

/// Lets a call go on as if nothing had stopped it.
///
/// # Errors
/// ENOENT when the caller is gone, or it was answered already.
pub fn let_pass(listener: BorrowedFd<'_>, id: u64) -> io::Result<()> {
    let flags = libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32;
    let answer = libc::seccomp_notif_resp { id, val: 0, error: 0, flags };
    // SAFETY: the kernel only reads the answer, which outlives the call
    checked(unsafe { libc::ioctl(listener.as_raw_fd(), SEND, &raw const answer) }.into())?;
    Ok(())
}

/// Whether a notice still waits for an answer; until then its thread number is nobody else's.
pub fn is_waiting(listener: BorrowedFd<'_>, id: u64) -> bool {
    // SAFETY: the kernel only reads the number, which outlives the call
    unsafe { libc::ioctl(listener.as_raw_fd(), ID_VALID, &raw const id) == 0 }
}

/// Asks that the caller and who answers it run on the same processor, one right after the other, which costs a tenth
/// (Linux 6.6). Older kernels do not know it, and that is no failure.
pub fn hand_over_directly(listener: BorrowedFd<'_>) -> bool {
    // SAFETY: takes a number only
    unsafe { libc::ioctl(listener.as_raw_fd(), SET_FLAGS, SYNC_WAKE_UP) == 0 }
}

/// Whether this kernel's notices have the form that is known here.
///
/// # Errors
/// When they have not, or there are none.
pub fn check() -> io::Result<()> {
    let mut sizes = libc::seccomp_notif_sizes { seccomp_notif: 0, seccomp_notif_resp: 0, seccomp_data: 0 };
    // SAFETY: the kernel writes into `sizes`, which has its layout
    checked(unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_GET_NOTIF_SIZES, 0, &raw mut sizes) })?;
    let known = (size_of::<libc::seccomp_notif>(), size_of::<libc::seccomp_notif_resp>());
    if (usize::from(sizes.seccomp_notif), usize::from(sizes.seccomp_notif_resp)) == known {
        Ok(())
    } else {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Numbers of the requests (linux/seccomp.h): direction, size, `!`, number.
const fn request(direction: libc::Ioctl, size: usize, number: libc::Ioctl) -> libc::Ioctl {
    direction << 30 | (size as libc::Ioctl) << 16 | 0x21 << 8 | number
}
const RECEIVE: libc::Ioctl = request(3, size_of::<libc::seccomp_notif>(), 0);
const SEND: libc::Ioctl = request(3, size_of::<libc::seccomp_notif_resp>(), 1);
const ID_VALID: libc::Ioctl = request(1, size_of::<u64>(), 2);
const SET_FLAGS: libc::Ioctl = request(1, size_of::<u64>(), 4);
const SYNC_WAKE_UP: libc::c_ulong = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seccomp::{Right, install};
    use std::fs;
    use std::os::fd::{AsFd, OwnedFd};
    use std::sync::mpsc;
    use trackle_wire::filter::{Instruction, ROOM, program};

    fn desk() -> Desk {
        let path = std::env::temp_dir().join(format!("trackle-desk-{:?}", std::thread::current().id()));
        let mut options = fs::File::options();
        let file = options.read(true).write(true).create(true).truncate(true).open(&path).unwrap();
        fs::remove_file(&path).unwrap();
        file.set_len(Desk::bytes(2) as u64).unwrap();
        Desk::at(file.as_fd(), 2).unwrap()
    }

    /// A filter is on one thread only until that starts others.
    fn filtered(work: impl FnOnce() + Send + 'static) -> (OwnedFd, std::thread::JoinHandle<()>) {
        let (to, from) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let mut room = [Instruction::default(); ROOM];
            let listener = install(program(0, &mut room).unwrap(), Right::NoNewRights).unwrap();
            to.send(listener).unwrap();
            work();
        });
        (from.recv().unwrap(), thread)
    }

    #[test]
    fn a_stopped_call_is_told_and_goes_on() {
        let path = std::env::temp_dir().join(format!("trackle-notice-{}", std::process::id()));
        let made = path.clone();
        let (listener, thread) = filtered(move || fs::create_dir(made).unwrap());
        let desk = desk();
        let place = desk.place(1).unwrap();
        let notice = place.take(listener.as_fd(), 7).unwrap();
        assert!(!path.exists());
        let act = trackle_wire::calls::act(notice.arch, notice.number).unwrap();
        let address = match act {
            trackle_wire::calls::Act::Make(trackle_wire::calls::Name::Path(n), _) => {
                notice.arguments[n as usize]
            }
            trackle_wire::calls::Act::Make(trackle_wire::calls::Name::At(n), _) => {
                notice.arguments[n as usize + 1]
            }
            other => panic!("{other:?}"),
        };
        let text = crate::memory::text(notice.thread, address, 4096).unwrap();
        assert_eq!(text, path.as_os_str().as_encoded_bytes());
        // what another process that maps the desk would find
        assert_eq!(place.left(), Some((7, notice)));
        assert!(desk.place(0).unwrap().left().is_none());
        assert!(is_waiting(listener.as_fd(), notice.id));
        let_pass(listener.as_fd(), notice.id).unwrap();
        assert!(!is_waiting(listener.as_fd(), notice.id));
        assert!(let_pass(listener.as_fd(), notice.id).is_err());
        thread.join().unwrap();
        assert!(path.exists());
        fs::remove_dir(&path).unwrap();
    }

    #[test]
    fn a_second_listener_is_refused_and_the_first_stays() {
        let (listener, thread) = filtered(|| {
            let mut room = [Instruction::default(); ROOM];
            let error = install(program(0, &mut room).unwrap(), Right::NoNewRights).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(libc::EBUSY));
        });
        thread.join().unwrap();
        drop(listener);
    }
}
