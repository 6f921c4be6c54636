//! The slots of the shared page: which paths were seen, by their hash. Processes add to them at the same time and without
//! a lock; nothing is ever taken out. A hash has its place in each of three tables, the small one first: a session of a few
//! thousand files touches few pages of memory, and each page costs every process that touches it.

use core::sync::atomic::{AtomicU64, Ordering::*};

use crate::state::{SAVED, SLOTS};

/// How a hash was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Nobody had it: it is now being saved by the caller, who says [`saved`] with this index.
    First(usize),
    /// Somebody is saving it at the moment; the index is for asking whether he [`is_done`].
    Saving(usize),
    /// It is saved.
    Saved,
    /// It is not there, and there is no room for it.
    Full,
}

/// Slots of a place: those of one line of the processor's cache.
const LINE: usize = 8;
/// Where the tables begin and how many slots they have.
const TABLES: [(usize, usize); 3] = [(0, 1 << 12), (1 << 12, 1 << 15), (9 << 12, SLOTS - (9 << 12))];

/// Whether a hash is saved.
#[inline]
pub fn is_saved(slots: &[AtomicU64], hash: u64) -> bool {
    find(slots, hash, false) == Claim::Saved
}

/// Takes a hash to be saved, unless somebody has.
#[inline]
pub fn claim(slots: &[AtomicU64], hash: u64) -> Claim {
    find(slots, hash, true)
}

/// What was claimed is saved.
pub fn saved(slots: &[AtomicU64], index: usize) {
    if let Some(slot) = slots.get(index) {
        slot.fetch_or(SAVED, Release);
    }
}

/// Whether what was being saved is saved by now.
pub fn is_done(slots: &[AtomicU64], index: usize) -> bool {
    slots.get(index).is_none_or(|slot| slot.load(Acquire) & SAVED != 0)
}

fn find(slots: &[AtomicU64], hash: u64, insert: bool) -> Claim {
    for (start, length) in TABLES {
        let from = start + (hash >> 8) as usize % (length / LINE) * LINE;
        let line = slots.get(from..from + LINE).unwrap_or_default();
        for (index, slot) in (from..).zip(line) {
            let mut held = slot.load(Acquire);
            if held == 0 {
                if !insert {
                    return Claim::Full;
                }
                match slot.compare_exchange(0, hash, AcqRel, Acquire) {
                    Ok(_) => return Claim::First(index),
                    Err(other) => held = other,
                }
            }
            if held & !SAVED == hash {
                return if held & SAVED == 0 { Claim::Saving(index) } else { Claim::Saved };
            }
        }
    }
    Claim::Full
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::hash;
    use std::format;
    use std::vec::Vec;

    #[test]
    fn a_path_is_saved_once() {
        let slots: Vec<AtomicU64> = (0..SLOTS).map(|_| AtomicU64::new(0)).collect();
        for n in 0..80_000 {
            let h = hash(format!("/usr/share/doc/{n}").as_bytes());
            let Claim::First(index) = claim(&slots, h) else { panic!("{n}: {:?}", claim(&slots, h)) };
            assert_eq!(claim(&slots, h), Claim::Saving(index));
            assert!(!is_done(&slots, index) && !is_saved(&slots, h));
            saved(&slots, index);
            assert!(is_done(&slots, index) && is_saved(&slots, h));
            assert_eq!(claim(&slots, h), Claim::Saved);
        }
        assert!(!is_saved(&slots, hash(b"/etc/fstab")));
    }

    #[test]
    fn no_room_is_said() {
        let slots: Vec<AtomicU64> = (0..SLOTS).map(|_| AtomicU64::new(3)).collect();
        assert_eq!(claim(&slots, 4), Claim::Full);
        assert_eq!(claim(&[], 4), Claim::Full);
    }
}
