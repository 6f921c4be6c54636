//! One record of a journal: what a path was just before its first change, or what was done to a name. All numbers are
//! little-endian. A record stands at a multiple of eight bytes of its own length, begins with a magic word and carries a sum
//! over all behind it, so that a reader finds the next sound record behind one that was cut by a kill or a full disk.
//!
//! ```text
//!   0 magic u32 | 4 length u32, of all | 8 sum u64, over all behind it | 16 kind u16 | 18 flags u16 | 20 pid u32
//!  24 number u64 | 32 time u64 | 40 dev u64 | 48 ino u64 | 56 size u64 | 64 mtime u64 | 72 pack u64
//!  80 mode u32 | 84 uid u32 | 88 gid u32 | 92 links u32 | 96 path u32 | 100 second u32 | 104 extra u32 | 108 content u32
//! 112 path, second, extra, content, zeros up to a multiple of eight
//! ```

/// Bytes before the path.
pub const HEAD: usize = 112;
/// The longest record.
pub const LONGEST: usize = 1 << 20;
/// For [`take_within`]: more than kills and full disks leave behind.
pub const PATIENCE: usize = 64 * LONGEST;
/// In [`Record::pack`]: nothing of it is in the pack.
pub const NOT_PACKED: u64 = u64::MAX;
const MAGIC: u32 = u32::from_le_bytes(*b"TRK1");

/// What a record tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Kind {
    /// `path` was this before its first change; mode 0: there was nothing. `second`: where a symbolic link led; `extra`:
    /// extended attributes, each name NUL length(u32) value; content inline or in the pack.
    Before = 1,
    /// `path` is to become `second` (rename). The records `Before` of both stand before it.
    Moved = 2,
    /// `second` is to become another name of `path` (hard link).
    Linked = 3,
    /// The program `path` is to be started with the arguments `second` (each ended by NUL) in the directory `extra`.
    Started = 4,
    /// Something at `path` could not be recorded; `second` says why.
    Lost = 5,
    /// Something was done at `path` that leaves no file behind: `second` says what (a mount, a kernel setting).
    Done = 6,
    /// The process with this number and its children see `path` as their root from here on.
    Rooted = 7,
}

/// Bits of [`Record::flags`].
pub mod flag {
    /// Content is wanted but withheld: by the deny list, or the mode.
    pub const WITHHELD: u16 = 1;
    /// Content was not kept: too big, or it could not be read.
    pub const NOT_KEPT: u16 = 2;
    /// Both names of a rename change places.
    pub const EXCHANGED: u16 = 4;
    /// A program that this witness does not see into: static, set-uid without an installed library, another machine's word size.
    pub const UNSEEN: u16 = 8;
    /// It was the second witness that saw it.
    pub const SECOND_WITNESS: u16 = 16;
    /// Only mode, owner or attributes are about to change: content was not looked at.
    pub const METADATA: u16 = 32;
    /// The process ran with more rights than its user (AT_SECURE).
    pub const PRIVILEGED: u16 = 64;
    /// Of a started program: statically linked.
    pub const STATIC: u16 = 128;
}

/// A record. Names are bytes, as the kernel has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Record<'a> {
    /// See [`Kind`]; unknown ones are passed over by the reader.
    pub kind: u16,
    pub flags: u16,
    pub pid: u32,
    /// Counted within one user's journal.
    pub number: u64,
    /// Nanoseconds of CLOCK_REALTIME: puts the journals of several users in order.
    pub time: u64,
    pub dev: u64,
    pub ino: u64,
    pub size: u64,
    /// Nanoseconds since 1970.
    pub mtime: u64,
    /// Where the content begins in the pack, of `size` bytes; [`NOT_PACKED`] for none.
    pub pack: u64,
    /// With its type bits; 0 where nothing was.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub links: u32,
    pub path: &'a [u8],
    pub second: &'a [u8],
    pub extra: &'a [u8],
    pub content: &'a [u8],
}

/// The words of the head, for a writer that hands the rest over as it is (writev), and how many zeros follow the rest;
/// `None` where the record would be too long.
pub fn head(record: &Record<'_>, words: &mut [u64; HEAD / 8]) -> Option<usize> {
    let parts = [record.path, record.second, record.extra, record.content];
    let bare = parts.iter().fold(HEAD, |sum, part| sum.saturating_add(part.len()));
    if bare > LONGEST - 8 {
        return None;
    }
    let length = bare.next_multiple_of(8);
    let pair = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    let of = |part: &[u8]| part.len() as u32;
    *words = [
        pair(MAGIC, length as u32),
        0,
        pair(u32::from(record.kind) | u32::from(record.flags) << 16, record.pid),
        record.number,
        record.time,
        record.dev,
        record.ino,
        record.size,
        record.mtime,
        record.pack,
        pair(record.mode, record.uid),
        pair(record.gid, record.links),
        pair(of(record.path), of(record.second)),
        pair(of(record.extra), of(record.content)),
    ];
    let mut sum = Sum::default();
    words.get(2..)?.iter().for_each(|word| sum.word(*word));
    // as the bytes of these words would end it
    sum.word((HEAD - 16) as u64);
    parts.iter().for_each(|part| sum.add(part));
    words[1] = sum.end();
    Some(length - bare)
}

/// How long the record is whose head begins with this word.
pub fn length(first: u64) -> usize {
    (first >> 32) as usize
}

/// Writes a record; gives its bytes, or `None` when it does not fit.
pub fn put<'b>(record: &Record<'_>, to: &'b mut [u8]) -> Option<&'b [u8]> {
    let mut words = [0; HEAD / 8];
    let zeros = head(record, &mut words)?;
    for (to, word) in to.get_mut(..HEAD)?.chunks_exact_mut(8).zip(words) {
        to.copy_from_slice(&word.to_le_bytes());
    }
    let mut at = HEAD;
    for part in [record.path, record.second, record.extra, record.content, [0; 8].get(..zeros)?] {
        to.get_mut(at..at + part.len())?.copy_from_slice(part);
        at += part.len();
    }
    to.get(..at)
}

/// The first sound record within the bytes, with how many bytes lie before it (garbage, if there are any) and its own length.
/// `None` when there is none any more: an empty, cut or spoilt end.
pub fn take(bytes: &[u8]) -> Option<(usize, usize, Record<'_>)> {
    take_within(bytes, &mut { usize::MAX })
}

/// The same for bytes that anybody may have written: heads of long records that lie closely together, none of them sound,
/// would have their bytes summed again and again. `patience` says how many bytes may be summed for nothing, [`PATIENCE`]
/// at first; all bytes that are passed renew it. A record that is longer is passed over.
pub fn take_within<'a>(bytes: &'a [u8], patience: &mut usize) -> Option<(usize, usize, Record<'a>)> {
    let mut before = 0;
    loop {
        let rest = bytes.get(before..)?;
        if rest.len() < HEAD {
            return None;
        }
        if let Some((length, record)) = whole(rest, patience) {
            let own = length - borrowed(rest, length, patience);
            *patience = patience.saturating_add(own);
            return Some((before, own, record));
        }
        let next = 1 + rest.get(1..)?.windows(4).position(|word| word == MAGIC.to_le_bytes())?;
        *patience = patience.saturating_add(8 * next);
        before += next;
    }
}

/// How many of the last bytes of a sound record are the next one's: it was cut, and what it lacks is what the next one
/// happens to begin with. Behind one that was not cut stands another, or zeros, or nothing: so no content of a file can
/// pretend to be a record.
#[cold]
fn borrowed(bytes: &[u8], end: usize, patience: &mut usize) -> usize {
    let magic = MAGIC.to_le_bytes();
    let behind = bytes.get(end..).unwrap_or_default();
    if behind.starts_with(&magic) || behind.iter().take(8).all(|byte| *byte == 0) {
        return 0;
    }
    let goes_on = |back: &usize| {
        let from = bytes.get(end - back..).unwrap_or_default();
        from.starts_with(&magic) && whole(from, patience).is_some_and(|(length, _)| length > *back)
    };
    (1..(HEAD + 8).min(end)).find(goes_on).unwrap_or(0)
}

/// The record that begins here, if it is sound.
#[inline(never)]
fn whole<'a>(bytes: &'a [u8], patience: &mut usize) -> Option<(usize, Record<'a>)> {
    let mut at = Reader { from: bytes };
    let (magic, length) = (at.u32()?, at.u32()? as usize);
    if magic != MAGIC || !(HEAD..=LONGEST).contains(&length) {
        return None;
    }
    let sum = at.u64()?;
    let all = bytes.get(16..length)?;
    let (kind, flags, pid) = (at.u16()?, at.u16()?, at.u32()?);
    let mut words = [0; 7];
    for word in &mut words {
        *word = at.u64()?;
    }
    let [number, time, dev, ino, size, mtime, pack] = words;
    let (mode, uid, gid, links) = (at.u32()?, at.u32()?, at.u32()?, at.u32()?);
    let lengths = [at.u32()?, at.u32()?, at.u32()?, at.u32()?];
    let mut parts = [&[][..]; 4];
    for (part, length) in parts.iter_mut().zip(lengths) {
        *part = at.bytes(length as usize)?;
    }
    // before anything is summed
    let used = lengths.iter().try_fold(HEAD, |sum, l| sum.checked_add(*l as usize))?;
    if used.checked_next_multiple_of(8)? != length {
        return None;
    }
    let left = patience.checked_sub(length)?;
    let mut own = Sum::default();
    own.add(all.get(..HEAD - 16)?);
    for part in parts {
        own.add(part);
    }
    if own.end() != sum {
        *patience = left;
        return None;
    }
    let [path, second, extra, content] = parts;
    let record = Record {
        kind,
        flags,
        pid,
        number,
        time,
        dev,
        ino,
        size,
        mtime,
        pack,
        mode,
        uid,
        gid,
        links,
        path,
        second,
        extra,
        content,
    };
    // cut within its zeros: what stands there is the next record
    let zeros = bytes.get(used..length)?.iter().take_while(|byte| **byte == 0).count();
    Some((used + zeros, record))
}

/// A sum that tells whether bytes are those that were written; it does not tell who wrote them.
#[derive(Clone, Copy)]
struct Sum(u64);

impl Default for Sum {
    fn default() -> Sum {
        Sum(0x5452_4B4C_4553_5553)
    }
}

impl Sum {
    #[inline(never)]
    fn add(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.word(u64::from_le_bytes(word.try_into().unwrap_or_default()));
        }
        let mut last = [0; 8];
        for (to, from) in last.iter_mut().zip(words.remainder()) {
            *to = *from;
        }
        self.word(u64::from_le_bytes(last) ^ bytes.len() as u64);
    }

    fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x9FB2_1C65_1E98_DF25).rotate_left(29);
    }

    fn end(self) -> u64 {
        self.0 ^ (self.0 >> 31)
    }
}

struct Reader<'a> {
    from: &'a [u8],
}

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.from.split_at_checked(count)?;
        self.from = rest;
        Some(taken)
    }
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }
    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }
    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }
    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    fn sample(n: u64) -> Record<'static> {
        Record {
            kind: Kind::Before as u16,
            pid: 7,
            number: n,
            size: 5,
            mode: 0o100_644,
            pack: NOT_PACKED,
            path: b"/etc/fstab",
            extra: b"user.x\0",
            content: b"proc\n",
            ..Record::default()
        }
    }

    fn bytes(records: &[Record<'_>]) -> Vec<u8> {
        let mut all = Vec::new();
        let mut room = [0; 4096];
        for record in records {
            all.extend_from_slice(put(record, &mut room).unwrap());
        }
        all
    }

    fn read(mut from: &[u8]) -> Vec<u64> {
        let mut found = Vec::new();
        while let Some((before, length, record)) = take(from) {
            found.push(record.number);
            from = &from[before + length..];
        }
        found
    }

    #[test]
    fn what_is_put_is_taken() {
        let all = bytes(&[sample(1), sample(2)]);
        assert_eq!(all.len() % 8, 0);
        let (before, length, record) = take(&all).unwrap();
        assert_eq!((before, length * 2, record), (0, all.len(), sample(1)));
        assert_eq!(put(&sample(1), &mut [0; 100]), None);
    }

    #[test]
    fn a_record_cut_at_any_byte_takes_no_other_with_it() {
        let (one, all) = (bytes(&[sample(1)]), bytes(&[sample(1), sample(2)]));
        for cut in 0..one.len() {
            assert_eq!(read(&all[..cut]), []);
            assert_eq!(read(&all[..one.len() + cut]), [1]);
        }
    }

    /// Killed in the middle of a record, with somebody else's right behind.
    #[test]
    fn a_record_that_lacks_but_zeros_is_whole_and_takes_nothing_of_the_next() {
        let (one, all) = (bytes(&[sample(9)]), bytes(&[sample(1), sample(2)]));
        let used = HEAD + 10 + 7 + 5;
        assert!(used < one.len());
        for cut in 0..one.len() {
            let torn: Vec<u8> = one[..cut].iter().chain(&all).copied().collect();
            let found: &[u64] = if cut < used { &[1, 2] } else { &[9, 1, 2] };
            assert_eq!(read(&torn), found, "cut at {cut}");
        }
    }

    /// A mebibyte of heads, each of which says that all behind it is its own.
    #[test]
    fn a_record_that_ends_as_the_next_one_begins_takes_nothing_of_it() {
        let next = bytes(&[sample(2)]);
        for tail in (1..=16).map(|length| &next[..length]) {
            let mut first = sample(1);
            let content = [b"text ", tail].concat();
            first.content = &content;
            let mut room = [0; 1024];
            let whole = put(&first, &mut room).unwrap();
            // its zeros are gone as well
            let end = HEAD + first.path.len() + first.second.len() + first.extra.len() + content.len();
            for cut in 0..=tail.len() {
                let torn = [&whole[..end - cut], &next].concat();
                let numbers = read(&torn);
                assert!(numbers.contains(&2), "{} of {} cut: {numbers:?}", cut, tail.len());
            }
        }
    }

    /// Whoever writes a file chooses its content, and that is part of a record.
    #[test]
    fn no_content_is_taken_for_a_record() {
        let forged = bytes(&[Record { path: b"", extra: b"", content: b"", ..sample(7) }]);
        let content = [b"text ", forged.as_slice()].concat();
        let whole = bytes(&[Record { content: &content, ..sample(1) }]);
        for behind in [vec![], vec![0; 64], bytes(&[sample(2)])] {
            assert!(!read(&[whole.as_slice(), &behind].concat()).contains(&7));
        }
    }

    #[test]
    fn heads_without_end_are_summed_for_no_longer_than_patience_lasts() {
        let mut crafted = std::vec![0; LONGEST];
        let one = bytes(&[Record { path: b"", extra: b"", content: b"", ..sample(1) }]);
        let mut claimed = 0;
        for at in (0..LONGEST - HEAD).step_by(HEAD) {
            let (all, head) = (LONGEST - at, &mut crafted[at..at + HEAD]);
            head.copy_from_slice(&one);
            head[4..8].copy_from_slice(&(all as u32).to_le_bytes());
            head[96..100].copy_from_slice(&((all - HEAD) as u32).to_le_bytes());
            claimed += all;
        }
        assert!(claimed > 4_000 * LONGEST);
        let mut patience = 4 * LONGEST;
        assert_eq!(take_within(&crafted, &mut patience), None);
        // each byte renews it by eight, and the heads at the end, which are short, have used that up
        assert!(patience < LONGEST, "{patience}");
        crafted.extend(bytes(&[sample(6), sample(7)]));
        assert_eq!(take_within(&crafted, &mut { 4 * LONGEST }).map(|found| found.2.number), Some(6));
    }

    #[test]
    fn lengths_that_do_not_add_up_cost_nothing() {
        let mut crafted = bytes(&[sample(1)]);
        crafted[4] += 8;
        let mut patience = 1_000;
        assert_eq!(take_within(&crafted, &mut patience), None);
        assert_eq!(patience, 1_000);
    }

    #[test]
    fn a_record_with_any_bit_turned_is_not_taken_for_sound() {
        let one = bytes(&[sample(1)]);
        let zeros = one.len() - (HEAD + 10 + 7 + 5);
        for bit in 0..(one.len() - zeros) * 8 {
            let mut spoilt = one.clone();
            spoilt[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&spoilt), [], "bit {bit}");
        }
    }
}
