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

/// `from` is to become `to`.
pub fn rename(from_dir: c_int, from: Name, to_dir: c_int, to: Name, flags: c_uint) {
    let Some(mut session) = session::now() else { return };
    let mut room = Text::new();
    let Some(from) = from.path().and_then(|name| path::absolute(&session, &mut room, from_dir, name)) else {
        return;
    };
    let Some(to) = to.path().and_then(|name| path::absolute(&session, &mut room, to_dir, name)) else {
        return;
    };
    let Some(kind) = keep::of_path(&mut session, &mut room, from, GONE) else { return };
    let used = seen::is_known(&session, seen::key(room.of(to), Aspect::Whole));
    let other = keep::of_path(&mut session, &mut room, to, NAME);
    let exchanged = flags & k::RENAME_EXCHANGE != 0;
    tell(&mut session, Kind::Moved, room.of(from), room.of(to), if exchanged { flag::EXCHANGED } else { 0 });
    keep::is_a(&session, room.of(to), kind);
    if let Some(other) = other.filter(|_| exchanged) {
        keep::is_a(&session, room.of(from), other);
    }
    if [Some(kind), other].contains(&Some(What::Directory)) {
        removed(true);
        if used || exchanged {
            // below the new name lie other files than those that were seen there
            session.word(word::AGAIN).fetch_add(1, Relaxed);
        }
    }
}

/// A directory may be gone from its name: what was known of where names lead is asked again.
pub fn removed(is_gone: bool) {
    if is_gone && let Some(session) = session::now() {
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
    let Some(from) = linked(&session, &mut room, from_dir, from, flags as u32) else {
        // a file that was made without a name gets its first
        keep::of_path(&mut session, &mut room, to, NAME);
        return;
    };
    let Some(kind) = keep::of_path(&mut session, &mut room, from, How { metadata: true, ..GONE }) else {
        return;
    };
    let settled = seen::is_known(&session, seen::key(room.of(from), Aspect::Whole));
    keep::of_path(&mut session, &mut room, to, How { metadata: !settled, ..NAME });
    keep::is_a(&session, room.of(to), kind);
    tell(&mut session, Kind::Linked, room.of(from), room.of(to), 0);
}

/// The file that gets another name, if it has one.
fn linked(session: &Session, room: &mut Text, dir: c_int, from: Name, flags: u32) -> Option<Span> {
    let name = from.path()?;
    if name.is_empty() && flags & k::AT_EMPTY_PATH != 0 {
        let start = room.len();
        path::of_descriptor(dir, room)?;
        return room.end_path(start);
    }
    let path = path::absolute(session, room, dir, name)?;
    if flags & k::AT_SYMLINK_FOLLOW != 0 { path::followed(session, room, path) } else { Some(path) }
}

fn tell(session: &mut Session, kind: Kind, from: &[u8], to: &[u8], flags: u16) {
    let head = Record { kind: kind as u16, flags, pack: NOT_PACKED, ..Record::default() };
    write::record(session, &mut Record { path: from, second: to, ..head });
}
