//! What the processes of a session have seen of a path, each aspect with a hash of its own in the shared page.

use core::sync::atomic::Ordering::Relaxed;

use trackle_wire::slots::{self, Claim};
use trackle_wire::state::{SAVED, hash, word};

use crate::session::Session;
use crate::sys;

/// What may have been seen of a path.
#[derive(Clone, Copy)]
pub enum Aspect {
    /// What it was before its first change.
    Whole,
    /// Its mode, owner and attributes, not its content.
    Metadata,
    /// It is, or has been, a symbolic link.
    Link,
    /// It is, or has been, a directory.
    Directory,
    /// As a directory: it is no link and lies below none, so long as none was moved since.
    Straight(u64),
    /// As a program: what loading it does, so long as it stays the same file.
    Program(u64),
}

/// The hash of an aspect of a path.
pub fn key(session: &Session, path: &[u8], aspect: Aspect) -> u64 {
    let hash = hash(path);
    match aspect {
        Aspect::Whole | Aspect::Metadata => {
            // the path of another file, since a directory above took the name of one that was there before
            let again = session.word(word::AGAIN).load(Relaxed);
            let whole = if again == 0 { hash } else { twist(hash ^ again, 1) };
            if let Aspect::Whole = aspect { whole } else { twist(whole, 2) }
        }
        Aspect::Link => twist(hash, 3),
        Aspect::Directory => twist(hash, 7),
        Aspect::Straight(moves) => twist(hash ^ moves, 4),
        Aspect::Program(file) => twist(hash ^ file, 5),
    }
}

/// The hash of a file by its device and number: it is the object of a path that was seen.
pub fn file(dev: u64, ino: u64) -> u64 {
    twist(dev.rotate_left(40) ^ ino, 6)
}

fn twist(hash: u64, by: u64) -> u64 {
    let word = (hash ^ by).wrapping_mul(0xA24B_AED4_963E_E407);
    ((word ^ (word >> 29)) & !SAVED).max(2)
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
