//! What the processes of a session and its second witness have seen of a path: each aspect has a hash of its own in the
//! shared page ([`super::slots`]).

use crate::state::{SAVED, hash};

/// What may have been seen of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// As a program: that something of it could not be seen was told.
    Lost,
}

/// The hash of an aspect of a path. `again` is the page's word of that name: once a directory took the name of one that was
/// there before, the paths below are those of other files.
pub fn key(path: &[u8], aspect: Aspect, again: u64) -> u64 {
    of(hash(path), aspect, again)
}

/// The same of a path whose own hash ([`hash`]) is known.
pub fn of(hash: u64, aspect: Aspect, again: u64) -> u64 {
    let whole = if again == 0 { hash } else { twist(twist(hash, 1) ^ again, 1) };
    match aspect {
        Aspect::Whole => whole,
        Aspect::Metadata => twist(whole, 2),
        Aspect::Link => twist(hash, 3),
        Aspect::Straight(moves) => twist(twist(hash, 4) ^ moves, 4),
        Aspect::Program(file) => twist(twist(hash, 5) ^ file, 5),
        Aspect::Directory => twist(hash, 7),
        Aspect::Lost => twist(hash, 8),
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_aspect_has_a_hash_of_its_own() {
        use Aspect::{Directory, Link, Lost, Metadata, Program, Straight, Whole};
        let counted = (0..50).flat_map(|n| [Straight(n), Program(n)]);
        let all = [Whole, Metadata, Link, Directory, Lost].into_iter().chain(counted);
        let keys = all.map(|aspect| key(b"/etc", aspect, 0)).chain([file(1, 2), file(2, 1)]);
        let keys: BTreeSet<u64> = keys.collect();
        assert_eq!(keys.len(), 5 + 100 + 2);
        assert!((1..50).all(|again| !keys.contains(&key(b"/etc", Whole, again))));
        assert!(keys.iter().all(|key| key & SAVED == 0 && *key != 0));
    }
}
