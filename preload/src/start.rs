//! What the environment said when the program began: which session it belongs to. It is looked at once, when the library is
//! loaded, and without a system call: programs overwrite or clear it, and some filters kill for an unexpected call.
//!
//! A program with more rights than its user takes nothing from the environment but the session's name.

use core::ffi::c_ulong;

use trackle_wire::{self as wire, file, id};

use crate::foreign::{self, Name};
use crate::once::Once;
use crate::room::digits;

/// The longest of our variables. Who has longer ones is not recorded.
pub const LONGEST: usize = 400;
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

    /// The session's directory, where the environment names it.
    pub fn dir(&self) -> Option<Name> {
        self.dir.value_name(wire::DIR)
    }

    /// The session's name.
    pub fn name(&self) -> Option<Name> {
        self.session.value_name(wire::SESSION)
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

    /// The path of a file of ours below a directory that nobody but this user, or root, can exchange.
    pub fn own_path(&self, uid: u32, name: Name, to: &mut [u8]) -> Option<()> {
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

/// What the program's environment said, if it belongs to a session.
#[inline]
pub fn get() -> Option<&'static Start> {
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
