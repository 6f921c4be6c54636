//! What the processes of a session have seen of a path, each aspect with a hash of its own in the shared page.

use core::sync::atomic::Ordering::Relaxed;

use trackle_wire::aspect;
pub use trackle_wire::aspect::{Aspect, file};
use trackle_wire::slots::{self, Claim};
use trackle_wire::state::word;

use crate::room::{Room, Span};
use crate::session::Session;
use crate::sys;

/// The hash of an aspect of a path.
#[inline(never)]
pub fn key(room: &Room, path: Span, aspect: Aspect) -> u64 {
    aspect::key(room.of(path), aspect, room.session.word(word::AGAIN).load(Relaxed))
}

/// Whether it was seen.
#[inline]
pub fn is_known(session: Session, key: u64) -> bool {
    slots::is_saved(session.slots(), key)
}

/// It was seen now.
#[inline(never)]
pub fn remember(session: Session, key: u64) {
    if let Claim::First(index) = slots::claim(session.slots(), key) {
        slots::saved(session.slots(), index);
    }
}

/// Takes a key to be saved; nothing if it is saved. Who comes second waits for the first to be done, but no longer than a
/// process that was killed in the middle deserves. The index is for telling that it is saved ([`saved`]); without one there
/// was no room for it.
#[inline(never)]
pub fn claim(session: Session, key: u64) -> Option<Option<usize>> {
    const WAITS: usize = 250;
    match slots::claim(session.slots(), key) {
        Claim::Saved => None,
        Claim::Full => Some(None),
        Claim::First(index) => Some(Some(index)),
        Claim::Saving(index) => {
            for _ in 0..WAITS {
                if slots::is_done(session.slots(), index) {
                    return None;
                }
                sys::wait();
            }
            Some(Some(index))
        }
    }
}

/// What was claimed is saved.
pub fn saved(session: Session, claimed: Option<usize>) {
    if let Some(index) = claimed {
        slots::saved(session.slots(), index);
    }
}
