//! The journals that recorded programs left. In: a closed place; out: their records in one order, what lies in the packs
//! only by where it lies. Takes every byte for what anybody may have written: a torn or foreign record is passed over,
//! and counted; nothing is believed that does not fit.

use super::place::{self, Place};
use crate::fault::{Fault, Outcome};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use trackle_wire::record::{LONGEST, NOT_PACKED, PATIENCE, Record};
use trackle_wire::state::{LANE, LANE_START, word};
use trackle_wire::{Kind, file, take_within};

/// Where an original lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Whose programs kept it; `None`: the recorder did, at the end.
    pub owner: Option<u32>,
    /// In the pack, or else within the journal.
    pub packed: bool,
    pub at: u64,
    /// Bytes.
    pub size: u64,
}

/// A record, with names of its own and its content where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub kind: Kind,
    pub flags: u16,
    pub pid: u32,
    /// Whose journal it stands in.
    pub owner: u32,
    pub number: u64,
    /// Nanoseconds since 1970.
    pub time: u64,
    pub dev: u64,
    pub ino: u64,
    pub size: u64,
    pub mtime: u64,
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub links: u32,
    pub path: Vec<u8>,
    pub second: Vec<u8>,
    pub extra: Vec<u8>,
    pub content: Option<Kept>,
}

/// All journals of a session.
#[derive(Debug, Default)]
pub struct Journal {
    pub entries: Vec<Entry>,
    /// Changes that could not be recorded, as the programs counted them.
    pub lost: u64,
    /// Bytes that are no sound record: cut by a kill, or spoilt.
    pub torn: u64,
}

/// Reads the journals of all users in one order: within one user's by the records' numbers, between them by time.
///
/// # Errors
/// Passing ones from the file system. What is missing or not sound is no error.
pub fn read(place: &Place) -> Outcome<Journal> {
    let mut all = Journal::default();
    let mut journals = Vec::new();
    for owner in place.owners() {
        let fault = |e: io::Error| Fault::passing(format!("reading the journal of uid {owner}: {e}"));
        let mut own = Vec::new();
        if let Some(page) = place.file_of(owner, file::STATE) {
            all.lost += word_of(&page, word::LOST).unwrap_or(0);
            // what is missing there was reserved by a program that was killed before it wrote
            let mut lane = lane(&page).map_err(fault)?;
            all.torn += entries(owner, &mut lane, &mut own).map_err(fault)?;
        } else if let Some(mut lane) = place.file_of(owner, place::LANE) {
            all.torn += entries(owner, &mut lane, &mut own).map_err(fault)?;
        }
        let Some(mut journal) = place.file_of(owner, file::JOURNAL) else { continue };
        all.torn += entries(owner, &mut journal, &mut own).map_err(fault)?;
        own.sort_by_key(|e: &Entry| e.number);
        journals.push(own);
    }
    all.entries = merged(journals);
    Ok(all)
}

/// Reads one journal, of the programs of that user, behind what was read; gives how many bytes belong to no record.
///
/// # Errors
/// From the file system.
pub fn entries(owner: u32, from: &mut impl Read, to: &mut Vec<Entry>) -> io::Result<u64> {
    records(from, |at, record| to.extend(entry(owner, at, record)))
}

/// The records on a page.
///
/// # Errors
/// From the file system.
pub(super) fn lane(mut page: &File) -> io::Result<impl Read> {
    let end = word_of(page, word::LANE_END).unwrap_or(0).min(LANE as u64);
    page.seek(SeekFrom::Start(LANE_START as u64))?;
    Ok(page.take(end))
}

/// A word of the page that programs share.
fn word_of(page: &File, word: usize) -> Option<u64> {
    let mut bytes = [0; 8];
    page.read_exact_at(&mut bytes, word as u64 * 8).ok()?;
    Some(u64::from_le_bytes(bytes))
}

/// Calls for each sound record with its place in the file; gives how many bytes belong to none. Holds a few mebibytes of
/// the file at a time.
fn records(file: &mut impl Read, mut each: impl FnMut(u64, Record<'_>)) -> io::Result<u64> {
    const WINDOW: usize = 4 * LONGEST;
    let (mut window, mut from, mut base) = (Vec::with_capacity(WINDOW), 0, 0);
    let (mut torn, mut over, mut patience) = (0, false, PATIENCE);
    loop {
        if !over && window.len() - from < 2 * LONGEST {
            window.drain(..from);
            base += from as u64;
            from = 0;
            let more = (WINDOW - window.len()) as u64;
            over = file.by_ref().take(more).read_to_end(&mut window)? as u64 != more;
        }
        let rest = window.get(from..).unwrap_or_default();
        // where a record could reach beyond the window, nothing is said of it yet
        let sure = if over { rest.len() } else { rest.len() - LONGEST };
        match take_within(rest, &mut patience) {
            Some((before, length, record)) if before <= sure => {
                each(base + (from + before) as u64, record);
                torn += spoilt(rest.get(..before));
                from += before + length;
            }
            _ => {
                torn += spoilt(rest.get(..sure));
                from += sure;
                if over {
                    return Ok(torn);
                }
            }
        }
    }
}

/// How many bytes are lost. Zeros are none: they were never written, such as those at the end of the page, where a record
/// did not fit any more.
fn spoilt(bytes: Option<&[u8]>) -> u64 {
    let bytes = bytes.unwrap_or_default();
    if bytes.iter().all(|byte| *byte == 0) { 0 } else { bytes.len() as u64 }
}

fn entry(owner: u32, at: u64, record: Record<'_>) -> Option<Entry> {
    let kind = kind(record.kind).filter(|kind| is_whole(*kind, &record))?;
    let inline = at
        + (trackle_wire::record::HEAD + record.path.len() + record.second.len() + record.extra.len()) as u64;
    let content = if record.pack != NOT_PACKED {
        Some(Kept { owner: Some(owner), packed: true, at: record.pack, size: record.size })
    } else {
        let size = record.content.len() as u64;
        // an empty file is kept by saying so, wherever that is said
        let at = if size == 0 { 0 } else { inline };
        (size == record.size).then_some(Kept { owner: Some(owner), packed: false, at, size })
    };
    Some(Entry {
        kind,
        flags: record.flags,
        pid: record.pid,
        owner,
        number: record.number,
        time: record.time,
        dev: record.dev,
        ino: record.ino,
        size: record.size,
        mtime: record.mtime,
        mode: record.mode,
        uid: record.uid,
        gid: record.gid,
        links: record.links,
        path: record.path.to_vec(),
        second: record.second.to_vec(),
        extra: record.extra.to_vec(),
        content,
    })
}

/// Whether a record names what it is about from the root on: others are nobody's who kept to the rules.
fn is_whole(kind: Kind, record: &Record<'_>) -> bool {
    let is_path = |name: &[u8]| name.starts_with(b"/") && !name.contains(&0);
    match kind {
        Kind::Before => is_path(record.path),
        Kind::Moved | Kind::Linked => is_path(record.path) && is_path(record.second),
        Kind::Started | Kind::Lost | Kind::Done | Kind::Rooted => true,
    }
}

/// Kinds of a later version are passed over.
fn kind(number: u16) -> Option<Kind> {
    [Kind::Before, Kind::Moved, Kind::Linked, Kind::Started, Kind::Lost, Kind::Done, Kind::Rooted]
        .into_iter()
        .find(|kind| *kind as u16 == number)
}

/// Of several journals, each in its own order, the one whose next record is oldest comes next. A clock that was set back
/// within a journal counts as if it stood still.
fn merged(journals: Vec<Vec<Entry>>) -> Vec<Entry> {
    let mut timed = Vec::new();
    for journal in journals {
        let mut latest = 0;
        for entry in journal {
            latest = latest.max(entry.time);
            timed.push((latest, entry));
        }
    }
    // stable: records of one journal stay in their order
    timed.sort_by_key(|(time, _)| *time);
    timed.into_iter().map(|(_, entry)| entry).collect()
}

/// An entry for the tests of this room.
#[cfg(test)]
pub fn sample() -> Entry {
    let record = Record { kind: Kind::Before as u16, pack: NOT_PACKED, path: b"/", ..Record::default() };
    entry(0, 0, record).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(number: u64, time: u64, content: &'static [u8]) -> Record<'static> {
        Record {
            kind: Kind::Before as u16,
            number,
            time,
            mode: 0o100_644,
            size: content.len() as u64,
            pack: NOT_PACKED,
            path: b"/etc/fstab",
            content,
            ..Record::default()
        }
    }

    fn put(to: &mut Vec<u8>, record: &Record<'_>) {
        let mut room = vec![0; LONGEST];
        to.extend_from_slice(trackle_wire::put(record, &mut room).unwrap());
    }

    fn numbers(bytes: &[u8]) -> (Vec<u64>, u64) {
        let mut found = Vec::new();
        let torn = records(&mut io::Cursor::new(bytes), |at, r| {
            let inline = at as usize + trackle_wire::record::HEAD + r.path.len();
            assert_eq!(&bytes[inline..inline + r.content.len()], r.content);
            found.push(r.number);
        });
        (found, torn.unwrap())
    }

    #[test]
    fn records_are_found_behind_torn_ones_and_across_windows() {
        let big: &'static [u8] = Box::leak(vec![7; 900_000].into_boxed_slice());
        let mut bytes = Vec::new();
        for number in 0..12 {
            put(&mut bytes, &record(number, 0, if number % 3 == 0 { big } else { b"x" }));
        }
        assert_eq!(numbers(&bytes), ((0..12).collect(), 0));
        let mut torn = bytes[..500_000].to_vec();
        torn.extend(&bytes);
        torn.extend(&bytes[..333]);
        assert_eq!(numbers(&torn), ((0..12).collect(), 500_333));
        assert_eq!(numbers(&[]), (vec![], 0));
        let blank = [vec![0; 2_000], bytes.clone(), vec![0; 5 * LONGEST]].concat();
        assert_eq!(numbers(&blank), ((0..12).collect(), 0));
        assert_eq!(numbers(&vec![b'T'; 9 * LONGEST]), (vec![], 9 * LONGEST as u64));
    }

    #[test]
    fn between_journals_time_counts_within_one_the_number() {
        let entry = |owner, number, time| entry(owner, 0, record(number, time, b"")).unwrap();
        let ordered = merged(vec![
            vec![entry(0, 1, 10), entry(0, 2, 5), entry(0, 3, 30)],
            vec![entry(9, 1, 7), entry(9, 2, 20)],
        ]);
        let seen: Vec<(u32, u64)> = ordered.iter().map(|e| (e.owner, e.number)).collect();
        assert_eq!(seen, [(9, 1), (0, 1), (0, 2), (9, 2), (0, 3)]);
    }

    #[test]
    fn where_content_lies_is_told() {
        let inline = entry(5, 1000, record(1, 1, b"proc\n")).unwrap().content.unwrap();
        assert_eq!((inline.packed, inline.at, inline.size), (false, 1000 + 112 + 10, 5));
        let packed = entry(5, 0, Record { pack: 4096, size: 9, ..record(1, 1, b"") }).unwrap().content;
        assert_eq!(packed, Some(Kept { owner: Some(5), packed: true, at: 4096, size: 9 }));
        assert_eq!(entry(5, 0, Record { size: 9, ..record(1, 1, b"") }).unwrap().content, None);
        for wrong in [&b"etc/fstab"[..], b"", b"/etc\0/x"] {
            assert_eq!(entry(5, 0, Record { path: wrong, ..record(1, 1, b"") }), None);
        }
        assert_eq!(entry(5, 0, Record { kind: 99, ..record(1, 1, b"") }), None);
    }
}
