//! Where a session's files are: the directory of the session, that of the user in it, and what is made there by the first
//! process of a user. Everything on the way is asked whose it is.
//!
//! A program with more rights than its user finds the directory where root alone decides what stands
//! ([`trackle_wire::SESSIONS`]). So does every program that was given no directory: the child of such a program.

use linux_raw_sys::general as k;
use trackle_wire::{file, state};

use crate::foreign::Name;
use crate::room::digits;
use crate::start::Start;
use crate::sys::{self, Errno, Fd, Out};

/// The page.
pub const STATE: Name = Name::of_text(c"state");
/// The records' file.
pub const JOURNAL: Name = Name::of_text(c"journal");
/// The originals' file.
pub const PACK: Name = Name::of_text(c"pack");
const _: () = assert!(file::STATE.len() == 5 && file::JOURNAL.len() == 7 && file::PACK.len() == 4);
/// What is there is not what it should be.
pub const REFUSED: Errno = Errno(linux_raw_sys::errno::EPERM as usize);
/// Nothing is there.
pub const MISSING: Errno = Errno(linux_raw_sys::errno::ENOENT as usize);

/// The session's directory. Where the environment names it, it must be the user's or root's own; the installed place is
/// gone down step by step, and nobody but root may have had a hand in it.
pub fn base(start: &Start) -> Out<Fd> {
    const STEP: u32 = k::O_PATH | k::O_DIRECTORY | k::O_NOFOLLOW;
    if let Some(dir) = start.dir() {
        let fd = sys::open(k::AT_FDCWD, dir, STEP, 0)?;
        let owner = sys::fstat(fd.number())?.uid;
        return if owner == sys::euid() || owner == 0 { Ok(fd) } else { Err(REFUSED) };
    }
    let mut at = sys::open(k::AT_FDCWD, Name::of_text(c"/run"), STEP, 0)?;
    for step in [c"trackle", c"s"] {
        at = roots_own(sys::open(at.number(), Name::of_text(step), STEP, 0)?)?;
    }
    let name = start.name().ok_or(REFUSED)?;
    sys::open(at.number(), name, STEP, 0)
}

fn roots_own(dir: Fd) -> Out<Fd> {
    let stat = sys::fstat(dir.number())?;
    let safe = stat.uid == 0 && (stat.mode & 0o022 == 0 || stat.mode & k::S_ISVTX != 0);
    if safe { Ok(dir) } else { Err(REFUSED) }
}

/// The user's directory in that of the session.
pub fn user_directory(start: &Start, uid: u32) -> Out<Fd> {
    own_directory(&base(start)?, uid)
}

/// The user's directory in that of the session, when it is really his.
pub fn own_directory(base: &Fd, uid: u32) -> Out<Fd> {
    let mut room = [0; 16];
    let name = Name::lent(digits(uid, &mut room));
    let own = sys::open(base.number(), name, k::O_DIRECTORY | k::O_NOFOLLOW, 0)?;
    let stat = sys::fstat(own.number())?;
    if stat.uid == uid && stat.mode & 0o022 == 0 { Ok(own) } else { Err(REFUSED) }
}

/// Makes the user's directory in that of the session.
pub fn make_directory(base: &Fd, uid: u32, owner: u32) -> Out<Fd> {
    let mut room = [0; 16];
    let _ = sys::mkdir(base.number(), Name::lent(digits(uid, &mut room)), 0o700);
    let own = own_directory(base, uid)?;
    if owner != uid {
        // so that the session's owner can read what was kept, which is no more than he might have read himself
        sys::chmod(own.number(), 0o755)?;
    }
    Ok(own)
}

/// Makes the journal, the pack and the page, the page last and whole: who finds one finds all.
pub fn make_files(own: &Fd, foreign: bool) -> Out<()> {
    let mode = if foreign { 0o644 } else { 0o600 };
    let flags = k::O_WRONLY | k::O_CREAT | k::O_NOFOLLOW;
    for name in [JOURNAL, PACK] {
        sys::chmod(sys::open(own.number(), name, flags, mode)?.number(), mode)?;
    }
    let mut room = [0; 16];
    let temporary = Name::lent(digits(sys::pid(), &mut room));
    let page = sys::open(own.number(), temporary, flags | k::O_EXCL, mode)?;
    let made = begin_page(&page, mode).and_then(|()| sys::name_once(own.number(), temporary, STATE));
    if made.is_err() {
        let _ = sys::unlink(own.number(), temporary);
    }
    Ok(())
}

fn begin_page(page: &Fd, mode: u32) -> Out<()> {
    sys::chmod(page.number(), mode)?;
    sys::allocate(page.number(), state::SIZE)?;
    let flags = state::flag::WITHHOLD_PRIVATE | state::flag::PROGRAMS;
    sys::write(page.number(), &[state::MAGIC, flags], [&[]; 5]).map(drop)
}

/// Whether a file is a user's own, and has no other name.
pub fn is_own_file(file: &Fd, uid: u32) -> bool {
    sys::fstat(file.number()).is_ok_and(|s| s.kind() == k::S_IFREG && s.uid == uid && s.links == 1)
}
