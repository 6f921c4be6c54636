//! Paths that a process was told by the kernel and needs again soon: asking for that of a descriptor takes ten times as
//! long as asking which file it is. A place is read and written without a lock: whoever finds another at it does without.

use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering::*, fence};

use crate::room::Room;

/// The longest path that is remembered, in words of eight bytes.
const WORDS: usize = 40;

/// A place for one path, with what tells whether it is the right one. All zeros: an empty one.
pub struct Memo {
    /// Odd while somebody writes.
    turn: AtomicUsize,
    tag: AtomicU64,
    length: AtomicUsize,
    words: [AtomicU64; WORDS],
}

impl Memo {
    /// Remembers a path, if it is short enough and nobody else is at it.
    #[inline(never)]
    pub fn set(&self, tag: u64, path: &[u8]) {
        let turn = self.turn.load(Relaxed);
        if path.len() > WORDS * 8
            || turn % 2 == 1
            || self.turn.compare_exchange(turn, turn + 1, Acquire, Relaxed).is_err()
        {
            return;
        }
        fence(Release);
        self.tag.store(tag, Relaxed);
        self.length.store(path.len(), Relaxed);
        for (to, from) in self.words.iter().zip(path.chunks(8)) {
            to.store(from.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)), Relaxed);
        }
        self.turn.store(turn + 2, Release);
    }

    /// Puts the path down if it is the one with this tag.
    #[inline(never)]
    pub fn get(&self, tag: u64, room: &mut Room) -> Option<()> {
        let turn = self.turn.load(Acquire);
        if turn % 2 == 1 || self.tag.load(Relaxed) != tag {
            return None;
        }
        let start = room.len();
        let length = self.length.load(Relaxed);
        for word in self.words.iter().take(length.div_ceil(8)) {
            room.push(&word.load(Relaxed).to_le_bytes());
        }
        room.cut(start + length);
        fence(Acquire);
        if self.turn.load(Relaxed) != turn {
            room.cut(start);
            return None;
        }
        Some(())
    }
}
