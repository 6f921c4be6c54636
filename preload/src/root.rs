//! Programs that take another directory for their root. Their names lead elsewhere then, while the session's directory
//! lies outside: a descriptor of the old root is kept, the one that is ever left open, and all system calls of ours start
//! there ([`crate::sys::ROOT`]). Paths are recorded as they were outside.

use core::sync::atomic::Ordering::Relaxed;

use linux_raw_sys::general as k;
use trackle_wire::Kind;

use crate::done;
use crate::foreign::Name;
use crate::once::Path;
use crate::path;
use crate::session;
use crate::sys::{self, ROOT};
use crate::text::Text;

/// Where the new root lies, seen from the old one.
static BELOW: Path = Path::new();

/// What stands in front of every path that the program or the kernel names.
pub fn prefix() -> &'static [u8] {
    if ROOT.load(Relaxed) < 0 { b"" } else { BELOW.get() }
}

/// The program is to have this directory for its root.
pub fn changes(path: Name) {
    done::tell(Kind::Rooted, path.path(), -1, b"");
    let Some(session) = session::now() else { return };
    let mut room = Text::new();
    let Some(new) = path.path().and_then(|name| path::absolute(&session, &mut room, k::AT_FDCWD, name))
    else {
        return;
    };
    let Some(new) = path::real(&mut room, new) else { return };
    if ROOT.load(Relaxed) < 0
        && let Ok(root) = sys::open(k::AT_FDCWD, Name::of_text(c"/"), k::O_PATH | k::O_DIRECTORY, 0)
        && let Ok(kept) = sys::keep_open(&root)
    {
        ROOT.store(kept, Relaxed);
    }
    if room.of(new) != b"/" {
        BELOW.set(room.of(new));
    }
}

/// Whether programs that are started find no library any more: below another root there is none, as a rule, and the loader
/// would complain of that on every start.
pub fn hides_library(entry: &[u8]) -> bool {
    if ROOT.load(Relaxed) < 0 {
        return false;
    }
    let mut room = Text::new();
    let found = room
        .push(entry)
        .and_then(|()| room.end_path(0))
        .is_some_and(|name| sys::is_there_inside(room.name(name)));
    !found
}
