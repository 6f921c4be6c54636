//! The page that a program shares with the others of its user. It is mapped at the first change; nearly all programs make
//! none.

use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering::*};

use linux_raw_sys::general as k;
use trackle_wire::record::{self, HEAD};
use trackle_wire::state;

use crate::direct;
use crate::foreign::Name;
use crate::place::{self, MISSING, REFUSED, STATE};
use crate::start::{self, LONGEST, Start};
use crate::sys::{self, Fd, Out};

/// What the processes of one user share.
#[derive(Clone, Copy)]
pub struct Session(&'static Page);

type Page = [AtomicU64; state::SIZE / 8];

static PAGE: AtomicPtr<Page> = AtomicPtr::new(core::ptr::null_mut());
/// No page, and none to be looked for.
const NONE: *mut Page = core::ptr::without_provenance_mut(8);
static UID: AtomicU32 = AtomicU32::new(0);
static OTHER: AtomicBool = AtomicBool::new(false);

/// The session, when something is to be recorded now.
#[inline]
pub fn now() -> Option<Session> {
    let page = match PAGE.load(Acquire) {
        NONE => return None,
        page if page.is_null() => first()?,
        page => page,
    };
    of_page(page)
}

fn of_page(page: *mut Page) -> Option<Session> {
    // SAFETY: `enter` has mapped it, for ever
    let session = Session(unsafe { &*page });
    Some(session).filter(|s| s.flags() & (state::flag::CLOSED | state::flag::PAUSED) == 0)
}

#[cold]
fn first() -> Option<*mut Page> {
    let page = start::get().and_then(|start| enter(start).ok()).unwrap_or(NONE);
    match PAGE.compare_exchange(core::ptr::null_mut(), page, AcqRel, Acquire) {
        Err(other) => {
            if page != NONE {
                sys::unmap(page.cast(), state::SIZE);
            }
            Some(other).filter(|other| *other != NONE)
        }
        Ok(_) => Some(page).filter(|page| *page != NONE),
    }
}

impl Session {
    /// A word of the header.
    #[inline]
    pub fn word(&self, index: usize) -> &'static AtomicU64 {
        static NOWHERE: AtomicU64 = AtomicU64::new(0);
        self.0.get(index).unwrap_or(&NOWHERE)
    }

    /// The flags of the page.
    #[inline]
    pub fn flags(&self) -> u64 {
        self.word(state::word::FLAGS).load(Relaxed)
    }

    /// The program of the filter that is put around others; empty where the recorder gave none.
    pub fn filter(&self) -> &'static [AtomicU64] {
        let all = self.0.get(state::FILTER_START / 8..).unwrap_or_default();
        let Some((count, program)) = all.split_first() else { return &[] };
        program.get(..count.load(Relaxed) as usize).unwrap_or_default()
    }

    /// The slots of what was seen.
    #[inline]
    pub fn slots(&self) -> &'static [AtomicU64] {
        self.0.get(state::word::HEADER..state::word::HEADER + state::SLOTS).unwrap_or_default()
    }

    /// Writes a record into the lane, its first word last: whoever is killed in the middle leaves nothing that could be
    /// taken for one.
    #[inline(never)]
    pub fn put(self, head: &[u64; HEAD / 8], parts: [&[u8]; 3]) -> Option<()> {
        let length = record::length(head[0]);
        let start = self.word(state::word::LANE_END).fetch_add(length as u64, Relaxed) as usize;
        let words = self.0.get(state::LANE_START / 8..state::FILTER_START / 8)?;
        let words = words.get(start / 8..)?.get(..length / 8)?;
        let mut at: *mut u64 = words.get(1..)?.as_ptr().cast_mut().cast();
        let rest = head.get(1..)?;
        // SAFETY: these words are this call's alone, since the end was moved behind them, and hold all parts
        unsafe { at.copy_from_nonoverlapping(rest.as_ptr(), rest.len()) };
        // SAFETY: the same
        at = unsafe { at.add(rest.len()) };
        let mut to: *mut u8 = at.cast();
        for part in parts {
            // SAFETY: these words are this call's alone, since the end was moved behind them, and hold all parts
            unsafe { to.copy_from_nonoverlapping(part.as_ptr(), part.len()) };
            // SAFETY: the same
            to = unsafe { to.add(part.len()) };
        }
        words.first()?.store(head[0], Release);
        Some(())
    }

    /// One more change that could not be recorded.
    pub fn lost(&self) {
        self.word(state::word::LOST).fetch_add(1, Relaxed);
    }

    /// Whether the records go to another user than him whose session it is, or are of a program with his rights and more:
    /// then nothing is kept that not everybody may read.
    pub fn is_foreign(&self) -> bool {
        OTHER.load(Relaxed) || start::get().is_some_and(|s| s.secure)
    }

    /// The page of the user whose rights the process has by now, and a file beside it.
    pub fn open(mut self, name: Name, flags: u32) -> Option<(Session, Fd)> {
        let start = start::get()?;
        let uid = sys::euid();
        if uid != UID.load(Relaxed) {
            let page = enter(start).ok()?;
            PAGE.store(page, Release);
            self = of_page(page)?;
        }
        let flags = flags | k::O_NOFOLLOW | k::O_NONBLOCK;
        let mut path = [0; LONGEST + 40];
        if start.own_path(uid, name, &mut path).is_some() {
            return Some((self, sys::open(k::AT_FDCWD, Name::lent(&path), flags, 0).ok()?));
        }
        let own = place::user_directory(start, uid).ok()?;
        let fd = sys::open(own.number(), name, flags, 0).ok()?;
        Some((self, fd)).filter(|(_, fd)| place::is_own_file(fd, uid))
    }
}

/// Finds or makes the page of the present user.
fn enter(start: &Start) -> Out<*mut Page> {
    let uid = sys::euid();
    let base = place::base(start)?;
    let owner = sys::fstat(base.number())?.uid;
    let own = match place::own_directory(&base, uid) {
        Err(MISSING) => place::make_directory(&base, uid, owner)?,
        other => other?,
    };
    let flags = k::O_RDWR | k::O_NOFOLLOW | k::O_NONBLOCK;
    let page = match sys::open(own.number(), STATE, flags, 0) {
        Err(MISSING) => {
            place::make_files(&own, owner != uid)?;
            sys::open(own.number(), STATE, flags, 0)?
        }
        other => other?,
    };
    let stat = sys::fstat(page.number())?;
    if !place::is_own_file(&page, uid) || stat.size != state::SIZE as u64 {
        return Err(REFUSED);
    }
    if stat.blocks < state::SIZE as u64 / 512 {
        // a store into a page without a block ends the program when the disk is full
        sys::allocate(page.number(), state::SIZE)?;
    }
    let map: *mut Page = sys::map(page.number(), state::SIZE)?.cast();
    // SAFETY: it was just mapped, for ever. A page that says pause is as good as any: pauses end
    let session = Session(unsafe { &*map });
    if session.word(state::word::MAGIC).load(Acquire) != state::MAGIC {
        sys::unmap(map.cast(), state::SIZE);
        return Err(REFUSED);
    }
    UID.store(uid, Relaxed);
    OTHER.store(owner != uid, Relaxed);
    sys::COOKIE.store(session.word(state::word::COOKIE).load(Relaxed), Relaxed);
    direct::begin(session);
    Ok(map)
}
