//! What the processes of a session have seen of a path, each aspect with a hash of its own in the shared page.

use core::sync::atomic::Ordering::Relaxed;

use trackle_wire::aspect;
pub use trackle_wire::aspect::{Aspect, file};
use trackle_wire::slots::{self, Claim};
use trackle_wire::state::word;

use crate::session::Session;
use crate::sys;

/// The hash of an aspect of a path.
pub fn key(session: &Session, path: &[u8], aspect: Aspect) -> u64 {
    aspect::key(path, aspect, session.word(word::AGAIN).load(Relaxed))
}

/// Whether it was seen.
#[inline]
pub fn is_known(session: &Session, key: u64) -> bool {
    slots::is_saved(session.slots(), key)
}

/// It was seen now.
pub fn remember(session: &Session, key: u64) {
    if let Claim::First(index) = slots::claim(session.slots(), key) {
        slots::saved(session.slots(), index);
    }
}

/// Calls `save` unless the key is saved; the one who comes second waits for the first to be done, but no longer than a
/// process that was killed in the middle deserves.
pub fn once(session: &Session, key: u64, save: &mut dyn FnMut()) {
    const WAITS: usize = 250;
    let index = match slots::claim(session.slots(), key) {
        Claim::Saved => return,
        Claim::Full => return save(),
        Claim::First(index) => index,
        Claim::Saving(index) => {
            for _ in 0..WAITS {
                if slots::is_done(session.slots(), index) {
                    return;
                }
                sys::wait();
            }
            index
        }
    };
    save();
    slots::saved(session.slots(), index);
}
