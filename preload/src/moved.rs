//! Names that change places, and further names of one file. Both ends are kept, and what was done is told, so that the
//! reader can follow a file through its names.

use core::ffi::{c_int, c_uint};
use core::sync::atomic::Ordering::Relaxed;

use linux_raw_sys::general as k;
use trackle_wire::record::{NOT_PACKED, flag};
use trackle_wire::{Kind, Record, state::word};

use crate::foreign::Name;
use crate::keep::{self, GONE, How, NAME, What};
use crate::path;
use crate::seen::{self, Aspect};
use crate::session::{self, Session};
use crate::text::{Span, Text};
use crate::write;

/// `from` is to become `to`. The content of `from` is not copied where it can be later: it stays what it is until the new
/// name is opened, and `to` counts as seen only when `from` does.
pub fn rename(from_dir: c_int, from: Name, to_dir: c_int, to: Name, flags: c_uint) {
    let Some(mut session) = session::now() else { return };
    let mut room = Text::new();
    let Some(from) = from.path().and_then(|name| path::absolute(&session, &mut room, from_dir, name)) else {
        return;
    };
    let Some(to) = to.path().and_then(|name| path::absolute(&session, &mut room, to_dir, name)) else {
        return;
    };
    let is_whole = |path| seen::is_known(&session, seen::key(&session, path, Aspect::Whole));
    let (settled, used) = (is_whole(room.of(from)), is_whole(room.of(to)));
    let exchanged = flags & k::RENAME_EXCHANGE != 0;
    let copies = used || exchanged;
    let Some(kind) = keep::of_path(&mut session, &mut room, from, How { metadata: !copies, ..GONE }) else {
        return;
    };
    let how = if settled || copies { NAME } else { How { once: false, ..NAME } };
    let other = keep::of_path(&mut session, &mut room, to, how);
    tell(&mut session, Kind::Moved, room.of(from), room.of(to), if exchanged { flag::EXCHANGED } else { 0 });
    keep::is_a(&session, room.of(to), kind);
    if let Some(other) = other.filter(|_| exchanged) {
        keep::is_a(&session, room.of(from), other);
    }
    if kind == What::Directory || other == Some(What::Directory) {
        session.word(word::MOVES).fetch_add(1, Relaxed);
        if used || exchanged {
            // below the new name lie other files than those that were seen there
            session.word(word::AGAIN).fetch_add(1, Relaxed);
        }
    }
}

/// A link is to be made under this name. Where that was a directory's, what was known of where names lead is asked again.
pub fn linked(dir: c_int, path: Name) {
    if keep::is_made(dir, path, What::Link) == Some(What::Directory)
        && let Some(session) = session::now()
    {
        session.word(word::MOVES).fetch_add(1, Relaxed);
    }
}

/// `to` is to be another name of `from`. When the content is not kept by now, it will be at the first change through
/// either name, and the record of this tells which file it was.
pub fn link(from_dir: c_int, from: Name, to_dir: c_int, to: Name, flags: c_int) {
    let Some(mut session) = session::now() else { return };
    let mut room = Text::new();
    let Some(to) = to.path().and_then(|name| path::absolute(&session, &mut room, to_dir, name)) else {
        return;
    };
    let Some(from) = target(&session, &mut room, from_dir, from, flags as u32) else {
        // a file that was made without a name gets its first
        keep::of_path(&mut session, &mut room, to, NAME);
        return;
    };
    let Some(kind) = keep::of_path(&mut session, &mut room, from, How { metadata: true, ..GONE }) else {
        return;
    };
    let settled = seen::is_known(&session, seen::key(&session, room.of(from), Aspect::Whole));
    keep::of_path(&mut session, &mut room, to, How { metadata: !settled, ..NAME });
    keep::is_a(&session, room.of(to), kind);
    tell(&mut session, Kind::Linked, room.of(from), room.of(to), 0);
}

/// The file that gets another name, if it has one.
fn target(session: &Session, room: &mut Text, dir: c_int, from: Name, flags: u32) -> Option<Span> {
    let name = from.path()?;
    if name.is_empty() && flags & k::AT_EMPTY_PATH != 0 {
        return path::of_descriptor(dir, room);
    }
    let path = path::absolute(session, room, dir, name)?;
    if flags & k::AT_SYMLINK_FOLLOW != 0 { path::followed(session, room, path) } else { Some(path) }
}

fn tell(session: &mut Session, kind: Kind, from: &[u8], to: &[u8], flags: u16) {
    let head = Record { kind: kind as u16, flags, pack: NOT_PACKED, ..Record::default() };
    write::record(session, &mut Record { path: from, second: to, ..head });
}
