//! The slots of the shared page: which paths were seen, by their hash. Processes add to them at the same time and without
//! a lock; nothing is ever taken out. A hash has its place in each of three tables, the small one first: a session of a few
//! thousand files touches few pages of memory, and each page costs every process that touches it.

use core::sync::atomic::{AtomicU64, Ordering::*};

use crate::state::{SAVED, SLOTS};

/// How a hash was found.
#[derive(Debug, Clone, Copy)]
pub enum Claim<'p> {
    /// Nobody had it: it is now being saved by the caller, who says [`saved`] of this slot.
    First(&'p AtomicU64),
    /// Somebody is saving it at the moment: the slot tells when [`is_done`].
    Saving(&'p AtomicU64),
    /// It is saved.
    Saved,
    /// It is not there, and there is no room for it.
    Full,
}

/// Slots of a place: those of one line of the processor's cache.
const LINE: usize = 8;
/// Where the tables begin and how many slots they have.
const TABLES: [(usize, usize); 3] = [(0, 1 << 12), (1 << 12, 1 << 15), (9 << 12, SLOTS - (9 << 12))];

/// Whether a hash is saved. `at` gives a slot by its number below [`SLOTS`].
#[inline]
pub fn is_saved<'p>(at: impl Fn(usize) -> Option<&'p AtomicU64>, hash: u64) -> bool {
    matches!(find(at, hash, false), Claim::Saved)
}

/// Takes a hash to be saved, unless somebody has.
#[inline]
pub fn claim<'p>(at: impl Fn(usize) -> Option<&'p AtomicU64>, hash: u64) -> Claim<'p> {
    find(at, hash, true)
}

/// What was claimed is saved.
pub fn saved(slot: &AtomicU64) {
    slot.fetch_or(SAVED, Release);
}

/// Whether what was being saved is saved by now.
pub fn is_done(slot: &AtomicU64) -> bool {
    slot.load(Acquire) & SAVED != 0
}

fn find<'p>(at: impl Fn(usize) -> Option<&'p AtomicU64>, hash: u64, insert: bool) -> Claim<'p> {
    for (start, length) in TABLES {
        let from = start + (hash >> 8) as usize % (length / LINE) * LINE;
        for slot in (from..from + LINE).map_while(&at) {
            let mut held = slot.load(Acquire);
            if held == 0 {
                if !insert {
                    return Claim::Full;
                }
                match slot.compare_exchange(0, hash, AcqRel, Acquire) {
                    Ok(_) => return Claim::First(slot),
                    Err(other) => held = other,
                }
            }
            if held & !SAVED == hash {
                return if held & SAVED == 0 { Claim::Saving(slot) } else { Claim::Saved };
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
        let page: Vec<AtomicU64> = (0..SLOTS).map(|_| AtomicU64::new(0)).collect();
        let at = |n| page.get(n);
        for n in 0..80_000 {
            let h = hash(format!("/usr/share/doc/{n}").as_bytes());
            let Claim::First(slot) = claim(at, h) else { panic!("{n}: {:?}", claim(at, h)) };
            assert!(matches!(claim(at, h), Claim::Saving(_)) && !is_done(slot) && !is_saved(at, h));
            saved(slot);
            assert!(matches!(claim(at, h), Claim::Saved) && is_done(slot) && is_saved(at, h));
        }
        assert!(!is_saved(at, hash(b"/etc/fstab")));
    }

    #[test]
    fn no_room_is_said() {
        let page: Vec<AtomicU64> = (0..SLOTS).map(|_| AtomicU64::new(3)).collect();
        assert!(matches!(claim(|n| page.get(n), 4), Claim::Full));
        assert!(matches!(claim(|_| None, 4), Claim::Full));
    }
}
