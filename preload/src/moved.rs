//! Names that change places, and further names of one file. Both ends are kept, and what was done is told, so that the
//! reader can follow a file through its names.

use core::sync::atomic::Ordering::Relaxed;

use linux_raw_sys::general as k;
use trackle_wire::record::flag;
use trackle_wire::{Kind, Record, state::word};

use crate::act::Place;
use crate::keep::{self, GONE, How, NAME, What};
use crate::path;
use crate::room::{Room, Span};
use crate::seen::{self, Aspect};
use crate::sys::{self, Stat};
use crate::write;

/// `from` is to become `to`. The content of `from` is not copied where it can be later: it stays what it is until the new
/// name is opened, and `to` counts as seen only when `from` does.
pub fn rename(room: &mut Room, from: Place, to: Place, flags: u32) {
    let Some(from) = path::of(room, from) else { return };
    let Some(to) = path::of(room, to) else { return };
    let session = room.session;
    let (settled, used) = (is_whole(room, from), is_whole(room, to));
    let exchanged = flags & k::RENAME_EXCHANGE != 0;
    let copies = used || exchanged;
    let Some(kind) = keep::of_path(room, from, How { metadata: !copies, ..GONE }) else { return };
    let how = if settled || copies { NAME } else { How { once: false, ..NAME } };
    let other = keep::of_path(room, to, how);
    tell(room, Kind::Moved, from, to, if exchanged { flag::EXCHANGED } else { 0 });
    keep::is_a(room, to, kind);
    if let Some(other) = other.filter(|_| exchanged) {
        keep::is_a(room, from, other);
    }
    if kind == What::Directory || other == Some(What::Directory) {
        session.word(word::MOVES).fetch_add(1, Relaxed);
        if copies {
            // below the new name lie other files than those that were seen there
            session.word(word::AGAIN).fetch_add(1, Relaxed);
        }
    }
}

fn is_whole(room: &Room, path: Span) -> bool {
    seen::is_known(room.session, seen::key(room, path, Aspect::Whole))
}

/// A link is to be made under this name. Where that was a directory's, what was known of where names lead is asked again.
pub fn linked(room: &mut Room, at: Place) {
    if keep::is_made(room, at, What::Link) == Some(What::Directory) {
        room.session.word(word::MOVES).fetch_add(1, Relaxed);
    }
}

/// `to` is to be another name of `from`. When the content is not kept by now, it will be at the first change through
/// either name, and the record of this tells which file it was.
pub fn link(room: &mut Room, from: Place, to: Place, flags: u32) {
    let Some(to) = path::of(room, to) else { return };
    let Some(from) = target(room, from, flags) else {
        // a file that was made without a name gets its first
        keep::of_path(room, to, NAME);
        return;
    };
    let Some(kind) = keep::of_path(room, from, How { metadata: true, ..GONE }) else { return };
    let settled = is_whole(room, from);
    keep::of_path(room, to, How { metadata: !settled, ..NAME });
    keep::is_a(room, to, kind);
    tell(room, Kind::Linked, from, to, 0);
}

/// The file that gets another name, if it has one.
fn target(room: &mut Room, from: Place, flags: u32) -> Option<Span> {
    if flags & k::AT_EMPTY_PATH != 0 && from.1.path() == Some(b"") {
        return path::of_descriptor(from.0, room);
    }
    let path = path::of(room, from)?;
    if flags & k::AT_SYMLINK_FOLLOW != 0 { path::followed(room, path) } else { Some(path) }
}

#[inline(never)]
fn tell(room: &Room, kind: Kind, from: Span, to: Span, flags: u16) {
    // by its number the reader knows whether the call did what it was to do
    let Ok(Stat { dev, ino, .. }) = sys::stat(room.name(from), sys::ITSELF) else { return };
    let record = write::about(kind, room.of(from), room.of(to));
    write::record(room.session, &mut Record { flags, dev, ino, ..record });
}
