//! Which session a program belongs to, and the page that it shares with the others of its user. The environment is looked
//! at once, when the library is loaded, and without a system call: programs overwrite or clear it, and some filters kill
//! for an unexpected call. The page is mapped at the first change; nearly all programs make none.
//!
//! A program with more rights than its user takes nothing from the environment but the session's name, and finds its
//! directory where root alone decides what stands ([`trackle_wire::SESSIONS`]). So does every program that was given no
//! directory: the child of such a program.

use core::ffi::c_ulong;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering::*};

use linux_raw_sys::general as k;
use trackle_wire::record::HEAD;
use trackle_wire::{self as wire, file, id, state};

use crate::direct;
use crate::foreign::{self, Name};
use crate::once::Once;
use crate::room::digits;
use crate::sys::{self, Errno, Fd, Out};

/// The longest of our variables. Who has longer ones is not recorded.
const LONGEST: usize = 400;
const AT_SECURE: c_ulong = 23;

/// What the environment said when the program began.
pub struct Start {
    /// Our variables as they stood there, each ended by NUL. Without a directory root's place is meant.
    session: Variable<48>,
    dir: Variable<LONGEST>,
    ticket: Variable<48>,
    /// Our own entry in LD_PRELOAD.
    entry: Variable<LONGEST>,
    /// Whether the program has more rights than its user.
    pub secure: bool,
}

static START: Once<Start> = Once::new(Start::NONE);

/// A variable, with its name, or nothing.
struct Variable<const SIZE: usize> {
    length: usize,
    bytes: [u8; SIZE],
}

impl<const SIZE: usize> Variable<SIZE> {
    const NONE: Variable<SIZE> = Variable { length: 0, bytes: [0; SIZE] };

    fn set(&mut self, value: &[u8]) -> Option<()> {
        self.length = joined(&mut self.bytes, &[value])?;
        Some(())
    }

    #[inline(never)]
    fn text(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    fn value(&self, name: &str) -> &[u8] {
        self.bytes.get(name.len() + 1..self.length).unwrap_or_default()
    }

    fn value_name(&self, name: &str) -> Option<Name> {
        self.bytes.get(name.len() + 1..).filter(|_| self.length > name.len() + 1).map(Name::lent)
    }
}

impl Start {
    const NONE: Start = Start {
        session: Variable::NONE,
        dir: Variable::NONE,
        ticket: Variable::NONE,
        entry: Variable::NONE,
        secure: false,
    };

    /// TRACKLE_SESSION=…
    #[inline(never)]
    pub fn session_variable(&self) -> &[u8] {
        self.session.text()
    }

    /// TRACKLE_DIR=…, or nothing.
    #[inline(never)]
    pub fn dir_variable(&self) -> &[u8] {
        self.dir.text()
    }

    /// TRACKLE_TICKET=…, or nothing.
    #[inline(never)]
    pub fn ticket_variable(&self) -> &[u8] {
        self.ticket.text()
    }

    /// Whether a path lies in the session's own directory.
    #[inline(never)]
    pub fn is_own(&self, path: &[u8]) -> bool {
        let dir = match self.dir.value(wire::DIR) {
            b"" => wire::SESSIONS.as_bytes(),
            dir => dir,
        };
        path.strip_prefix(dir).is_some_and(|rest| matches!(rest, [b'/', ..]))
    }

    /// The same as a name.
    pub fn entry_name(&self) -> Name {
        Name::lent(&self.entry.bytes)
    }

    /// Our own entry in LD_PRELOAD.
    #[inline(never)]
    pub fn entry(&self) -> &[u8] {
        self.entry.text()
    }
}

/// What the program's environment said, if it belongs to a session.
#[inline]
pub fn start() -> Option<&'static Start> {
    Some(START.get()).filter(|start| start.session.length > 0)
}

unsafe extern "C" {
    fn getauxval(kind: c_ulong) -> c_ulong;
}

#[used]
#[unsafe(link_section = ".init_array")]
static BEGIN: extern "C" fn() = begin;

/// Runs when the library is loaded, before the program: no system call, no allocation.
extern "C" fn begin() {
    if !crate::hook::has_libc() {
        return;
    }
    // SAFETY: libc is there, and the function only looks at memory
    let secure = unsafe { getauxval(AT_SECURE) } != 0;
    // SAFETY: the loader runs this once, before there is a second thread
    let start = unsafe { START.at_first() };
    start.secure = secure;
    if look(start).is_none() {
        start.session.length = 0;
    }
}

fn look(start: &mut Start) -> Option<()> {
    let secure = start.secure;
    for variable in foreign::current().names() {
        if let Some(value) = value_of(variable, wire::SESSION) {
            if id::is_valid(value) {
                start.session.set(variable)?;
            }
        } else if secure {
            // nothing else is taken from him who started it
        } else if let Some([b'/', ..]) = value_of(variable, wire::DIR) {
            start.dir.set(variable)?;
        } else if value_of(variable, wire::TICKET).is_some() {
            let _ = start.ticket.set(variable);
        } else if let Some(value) = value_of(variable, wire::PRELOAD) {
            start.entry.set(entries(value).find(|entry| is_ours(entry)).unwrap_or_default())?;
        }
    }
    if secure {
        // a privileged program has it from the system's library path, and the loader has taken the variable away
        start.entry.set(wire::LIBRARY.as_bytes())?;
    }
    Some(())
}

/// What a variable is set to, if this is its name.
#[inline(never)]
pub fn value_of<'v>(variable: &'v [u8], name: &str) -> Option<&'v [u8]> {
    match variable.strip_prefix(name.as_bytes())? {
        [b'=', value @ ..] => Some(value),
        _ => None,
    }
}

/// Puts parts down one behind the other, and tells how long that is; nothing where they do not fit. The last byte, at least,
/// stays the NUL that ends them.
#[inline(never)]
pub fn joined(to: &mut [u8], parts: &[&[u8]]) -> Option<usize> {
    let (_, to) = to.split_last_mut()?;
    let mut at = 0;
    for part in parts {
        to.get_mut(at..)?.get_mut(..part.len())?.copy_from_slice(part);
        at += part.len();
    }
    Some(at)
}

/// The entries of LD_PRELOAD.
pub fn entries(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|b| *b == b':' || *b == b' ').filter(|entry| !entry.is_empty())
}

/// Whether an entry of LD_PRELOAD is this library: by its bare name, or by that of a copy somewhere.
pub fn is_ours(entry: &[u8]) -> bool {
    let name = entry.rsplit(|b| *b == b'/').next().unwrap_or_default();
    name == wire::LIBRARY.as_bytes() || (name.starts_with(b"libtrackle-") && name.ends_with(b".so"))
}

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
    let page = start().and_then(|start| enter(start).ok()).unwrap_or(NONE);
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
        let bare = HEAD + parts.iter().map(|part| part.len()).sum::<usize>();
        let length = bare.next_multiple_of(8);
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
        OTHER.load(Relaxed) || start().is_some_and(|s| s.secure)
    }

    /// The page of the user whose rights the process has by now, and a file beside it.
    pub fn open(mut self, name: Name, flags: u32) -> Option<(Session, Fd)> {
        let start = start()?;
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
        let own = user_directory(start, uid).ok()?;
        let fd = sys::open(own.number(), name, flags, 0).ok()?;
        Some((self, fd)).filter(|(_, fd)| is_own_file(fd, uid))
    }
}

impl Start {
    /// The path of a file of ours below a directory that nobody but this user, or root, can exchange.
    fn own_path(&self, uid: u32, name: Name, to: &mut [u8]) -> Option<()> {
        let dir = Some(self.dir.value(wire::DIR)).filter(|dir| !dir.is_empty())?;
        joined(to, &[dir, b"/", digits(uid, &mut [0; 16]), b"/", name.bytes()?]).map(drop)
    }

    /// The path where the second witness waits.
    pub fn witness(&self, to: &mut [u8]) -> Option<()> {
        const NAME: &[u8] = file::WITNESS.as_bytes();
        match self.dir.value(wire::DIR) {
            b"" => {
                joined(to, &[wire::SESSIONS.as_bytes(), b"/", self.session.value(wire::SESSION), b"/", NAME])
            }
            dir => joined(to, &[dir, b"/", NAME]),
        }
        .map(drop)
    }
}

/// Finds or makes the page of the present user.
fn enter(start: &Start) -> Out<*mut Page> {
    let uid = sys::euid();
    let base = base(start)?;
    let owner = sys::fstat(base.number())?.uid;
    let own = match own_directory(&base, uid) {
        Err(MISSING) => make_directory(&base, uid, owner)?,
        other => other?,
    };
    let flags = k::O_RDWR | k::O_NOFOLLOW | k::O_NONBLOCK;
    let page = match sys::open(own.number(), STATE, flags, 0) {
        Err(MISSING) => {
            make_files(&own, owner != uid)?;
            sys::open(own.number(), STATE, flags, 0)?
        }
        other => other?,
    };
    let stat = sys::fstat(page.number())?;
    if !is_own_file(&page, uid) || stat.size != state::SIZE as u64 {
        return Err(REFUSED);
    }
    if stat.blocks < state::SIZE as u64 / 512 {
        // a store into a page without a block ends the program when the disk is full
        sys::allocate(page.number(), state::SIZE)?;
    }
    let map = sys::map(page.number(), state::SIZE)?;
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

const STATE: Name = Name::of_text(c"state");
const _: () = assert!(file::STATE.len() == 5);
const REFUSED: Errno = Errno(linux_raw_sys::errno::EPERM as usize);
const MISSING: Errno = Errno(linux_raw_sys::errno::ENOENT as usize);

/// The session's directory. Where the environment names it, it must be the user's or root's own; the installed place is
/// gone down step by step, and nobody but root may have had a hand in it.
fn base(start: &Start) -> Out<Fd> {
    const STEP: u32 = k::O_PATH | k::O_DIRECTORY | k::O_NOFOLLOW;
    if let Some(dir) = start.dir.value_name(wire::DIR) {
        let fd = sys::open(k::AT_FDCWD, dir, STEP, 0)?;
        let owner = sys::fstat(fd.number())?.uid;
        return if owner == sys::euid() || owner == 0 { Ok(fd) } else { Err(REFUSED) };
    }
    let mut at = sys::open(k::AT_FDCWD, Name::of_text(c"/run"), STEP, 0)?;
    for step in [c"trackle", c"s"] {
        at = roots_own(sys::open(at.number(), Name::of_text(step), STEP, 0)?)?;
    }
    let name = start.session.value_name(wire::SESSION).ok_or(REFUSED)?;
    sys::open(at.number(), name, STEP, 0)
}

fn roots_own(dir: Fd) -> Out<Fd> {
    let stat = sys::fstat(dir.number())?;
    let safe = stat.uid == 0 && (stat.mode & 0o022 == 0 || stat.mode & k::S_ISVTX != 0);
    if safe { Ok(dir) } else { Err(REFUSED) }
}

fn user_directory(start: &Start, uid: u32) -> Out<Fd> {
    own_directory(&base(start)?, uid)
}

/// The user's directory in that of the session, when it is really his.
fn own_directory(base: &Fd, uid: u32) -> Out<Fd> {
    let mut room = [0; 16];
    let name = Name::lent(digits(uid, &mut room));
    let own = sys::open(base.number(), name, k::O_DIRECTORY | k::O_NOFOLLOW, 0)?;
    let stat = sys::fstat(own.number())?;
    if stat.uid == uid && stat.mode & 0o022 == 0 { Ok(own) } else { Err(REFUSED) }
}

fn make_directory(base: &Fd, uid: u32, owner: u32) -> Out<Fd> {
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
fn make_files(own: &Fd, foreign: bool) -> Out<()> {
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

/// The records' file.
pub const JOURNAL: Name = Name::of_text(c"journal");
/// The originals' file.
pub const PACK: Name = Name::of_text(c"pack");

fn is_own_file(file: &Fd, uid: u32) -> bool {
    sys::fstat(file.number()).is_ok_and(|s| s.kind() == k::S_IFREG && s.uid == uid && s.links == 1)
}
