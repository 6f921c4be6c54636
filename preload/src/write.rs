//! Writing records: one call each, so that those of many processes never mix, and none is lost when its writer is killed
//! right afterwards.

use core::sync::atomic::Ordering::Relaxed;

use linux_raw_sys::general as k;
use trackle_wire::record::{self, flag};
use trackle_wire::{Record, state::word};

use crate::session::{self, Session};
use crate::sys;

/// Adds a record to the journal, with its number, time and process.
pub fn record(session: &mut Session, record: &mut Record<'_>) {
    if written(session, record).is_none() {
        session.lost();
    }
}

fn written(session: &mut Session, record: &mut Record<'_>) -> Option<()> {
    let journal = session.open(session::JOURNAL, k::O_WRONLY | k::O_APPEND)?;
    record.pid = sys::pid();
    record.number = session.word(word::NEXT).fetch_add(1, Relaxed);
    record.time = sys::now();
    if session::start().is_some_and(|s| s.secure) {
        record.flags |= flag::PRIVILEGED;
    }
    let (head, zeros) = record::head(record)?;
    let parts = [&head, record.path, record.second, record.extra, record.content, [0; 8].get(..zeros)?];
    let length: usize = parts.iter().map(|part| part.len()).sum();
    sys::writev(journal.number(), parts).ok().filter(|n| *n == length).map(drop)
}
