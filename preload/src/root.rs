//! Programs that take another directory for their root. Their names lead elsewhere then, while the session's directory
//! lies outside: a descriptor of the old root is kept, the one that is ever left open, and all system calls of ours start
//! there ([`crate::sys::ROOT`]). Paths are recorded as they were outside.

use core::sync::atomic::Ordering::Relaxed;

use linux_raw_sys::general as k;
use trackle_wire::Kind;

use crate::done;
use crate::foreign::Name;
use crate::own;
use crate::path;
use crate::room::Room;
use crate::sys::{self, ROOT};

/// What stands in front of every path that the program or the kernel names.
pub fn prefix() -> &'static [u8] {
    let own = if ROOT.load(Relaxed) == 0 { None } else { own::get() };
    own.map_or(b"", |own| own.below.get())
}

/// The program is to have this directory for its root.
pub fn changes(room: &mut Room, path: Name) {
    let Some(new) = path.path().and_then(|name| path::absolute(room, k::AT_FDCWD, name)) else { return };
    done::tell(room, Kind::Rooted, Some(new), b"");
    let Some(new) = path::real(room, new) else { return };
    if ROOT.load(Relaxed) == 0
        && let Ok(root) = sys::open(k::AT_FDCWD, Name::of_text(c"/"), k::O_PATH | k::O_DIRECTORY, 0)
        && let Ok(kept) = sys::keep_open(&root)
    {
        ROOT.store(kept, Relaxed);
    }
    if let [_, _, ..] = room.of(new)
        && let Some(own) = own::get()
    {
        own.below.set(room.of(new));
    }
}

/// Whether programs that are started find no library any more: below another root there is none, as a rule, and the loader
/// would complain of that on every start.
pub fn hides_library(entry: Name) -> bool {
    ROOT.load(Relaxed) != 0 && !sys::is_there_inside(entry)
}
