//! The page that the processes of one user share within a session: a file of fixed size that each maps. First stand words
//! of 64 bits, little-endian, that are only read and changed atomically: the header, then the slots of paths seen
//! ([`super::slots`]). A slot holds the hash of a path with its lowest bit cleared, for as long as he who came first keeps
//! the original; afterwards that bit is set. Whoever finds no room records once more, which costs time and nothing else:
//! the reader takes the first record of a path.
//!
//! Behind them is the lane: records ([`super::record`]) without content, which a store into memory writes ten times
//! faster than a call to the kernel; those that follow when it is full go into the journal, as do all with content.
//!
//! Last comes the filter for programs that the library does not see into.
//!
//! All blocks of the file are there from the beginning: a store into one that the full disk has no room for would end the
//! program that made it.

/// What the first word holds; a page of another layout is not used.
pub const MAGIC: u64 = u64::from_le_bytes(*b"TRKLST03");

/// Words of the header.
pub mod word {
    pub const MAGIC: usize = 0;
    /// See [`super::flag`].
    pub const FLAGS: usize = 1;
    /// The next record's number.
    pub const NEXT: usize = 2;
    /// Where the next original goes in the pack, in bytes.
    pub const PACK_END: usize = 3;
    /// How many changes could not be recorded.
    pub const LOST: usize = 4;
    /// The secret of the session-wide filter, in the sixth argument of the library's own system calls; 0 without one.
    pub const COOKIE: usize = 5;
    /// The most bytes that originals may take in the session; 0: the compiled default.
    pub const PACK_LIMIT: usize = 6;
    /// How often a directory was moved or taken away: what was known of where names lead is then asked again.
    pub const MOVES: usize = 7;
    /// How often a directory took a name that was in use before: what was seen of the paths below holds no more.
    pub const AGAIN: usize = 8;
    /// Where the next record goes in the lane, in bytes from its start; it grows beyond [`super::LANE`].
    pub const LANE_END: usize = 9;
    /// How many words the header has.
    pub const HEADER: usize = 64;
}

/// Bits of the flags.
pub mod flag {
    /// The session is over: nothing is recorded.
    pub const CLOSED: u64 = 1;
    /// Nothing is recorded for now.
    pub const PAUSED: u64 = 2;
    /// Of files that neither group nor others may read, nothing but the fact is kept.
    pub const WITHHOLD_PRIVATE: u64 = 4;
    /// A second witness takes in the filters of static programs at its socket.
    pub const WITNESS: u64 = 8;
    /// The session-wide filter is on.
    pub const FILTER: u64 = 16;
    /// Programs that were started are recorded too.
    pub const PROGRAMS: u64 = 32;
    /// A filter has been put around a static program: a process that has a filter already may have this session's.
    pub const AROUND: u64 = 64;
}

/// Slots of paths seen: a power of two.
pub const SLOTS: usize = 1 << 19;
/// Bytes of the lane.
pub const LANE: usize = 8 << 20;
/// Where in the file it begins.
pub const LANE_START: usize = (word::HEADER + SLOTS) * 8;
/// Where the program of the filter begins that is put around static programs ([`super::filter`]): a word that says how many
/// instructions there are, 0 for none, and then these. The recorder writes it, into the page of its own user only.
pub const FILTER_START: usize = LANE_START + LANE;
/// Bytes of the file.
pub const SIZE: usize = FILTER_START + 4096;
/// The lowest bit of a slot that is saved.
pub const SAVED: u64 = 1;

/// The hash of a path as a slot holds it, with the lowest bit cleared; never 0.
pub fn hash(path: &[u8]) -> u64 {
    const PRIME: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut sum = PRIME ^ path.len() as u64;
    let mut words = path.chunks_exact(8);
    for word in &mut words {
        sum = mix(sum ^ u64::from_le_bytes(word.try_into().unwrap_or_default()));
    }
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(words.remainder()) {
        *to = *from;
    }
    let sum = mix(sum ^ u64::from_le_bytes(last)) & !SAVED;
    if sum == 0 { PRIME & !SAVED } else { sum }
}

fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (word ^ (word >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

const _: () = assert!(SIZE - FILTER_START > 8 * super::filter::ROOM);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::format;

    #[test]
    fn paths_have_hashes_of_their_own() {
        let paths = (0..100_000).map(|n| format!("/srv/images/{:03}/{n}.png", n % 500));
        let hashes: BTreeSet<u64> = paths.map(|p| hash(p.as_bytes())).collect();
        assert_eq!(hashes.len(), 100_000);
        assert!(hashes.iter().all(|h| h & SAVED == 0 && *h != 0));
        assert_ne!(hash(b"/a"), hash(b"/a\0"));
    }
}
