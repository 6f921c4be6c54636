//! Writing records: into memory that the processes share, or with one call, so that those of many processes never mix, and
//! none is lost when its writer is killed right afterwards.

use core::sync::atomic::Ordering::Relaxed;

use linux_raw_sys::general as k;
use trackle_wire::record::{self, HEAD, NOT_PACKED, flag};
use trackle_wire::state::{LANE, word};
use trackle_wire::{Kind, Record};

use crate::place;
use crate::session::Session;
use crate::start;
use crate::sys;

/// A record of this kind without a content.
pub fn about<'a>(kind: Kind, path: &'a [u8], second: &'a [u8]) -> Record<'a> {
    Record { kind: kind as u16, path, second, pack: NOT_PACKED, ..Record::default() }
}

/// Adds a record to the journal, with its number, time and process. On a full disk a content is lost, but not that there
/// was one: the shared memory has its room already.
#[inline(never)]
pub fn record(session: Session, record: &mut Record<'_>) {
    record.pid = sys::pid();
    record.time = sys::now();
    if start::get().is_some_and(|s| s.secure) {
        record.flags |= flag::PRIVILEGED;
    }
    if written(session, record).is_some() {
        return;
    }
    record.flags |= flag::NOT_KEPT;
    if core::mem::take(&mut record.content).is_empty() || written(session, record).is_none() {
        session.lost();
    }
}

/// Puts a record without a content into the shared memory, if there is room, and others into the file.
fn written(session: Session, record: &mut Record<'_>) -> Option<()> {
    let is_short = record.content.is_empty() && session.word(word::LANE_END).load(Relaxed) < LANE as u64;
    // it may make another user's page the session's, who counts for himself
    let journal = || session.open(place::JOURNAL, k::O_WRONLY | k::O_APPEND);
    let (session, journal) =
        if is_short { (session, None) } else { journal().map(|(s, fd)| (s, Some(fd)))? };
    record.number = session.word(word::NEXT).fetch_add(1, Relaxed);
    let mut head = [0; HEAD / 8];
    let zeros = record::head(record, &mut head)?;
    let Some(journal) = journal else {
        // it may be the first for which there was no room
        return session
            .put(&head, [record.path, record.second, record.extra])
            .or_else(|| written(session, record));
    };
    let parts = [record.path, record.second, record.extra, record.content, [0; 8].get(..zeros)?];
    let written = sys::write(journal.number(), &head, parts).ok()?;
    (written == record::length(head[0])).then_some(())
}
