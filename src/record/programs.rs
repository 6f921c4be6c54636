//! Which programs ran in a session, which of them changed a file first, and what no witness saw into. In: the records of
//! started programs; out: lists, and the name behind a process. A process is known by its last start before a record.

use super::journal::{Entry, Journal};
use super::library;
use super::place::Place;
use super::witness::{AROUND_STATIC, OVER_SESSION};
use crate::fault::Outcome;
use crate::model::session::{FilePath, Ran, Unseen, Witnesses};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use trackle_wire::Kind;
use trackle_wire::record::flag;
use trackle_wire::state::flag as page;

/// The processes of a session.
pub struct Programs {
    /// By process: from which record on it is which program.
    by_pid: HashMap<u32, Vec<(usize, FilePath)>>,
    /// From which record on there was only this program, or (`None`) more than one.
    until: Vec<(usize, Option<FilePath>)>,
}

impl Programs {
    /// `first` is the program that the recorder itself started, which no record tells of, and its process, where that was
    /// written down.
    pub fn of(entries: &[Entry], first: Option<(Option<u32>, FilePath)>) -> Programs {
        let mut by_pid: HashMap<u32, Vec<(usize, FilePath)>> = HashMap::new();
        let mut until: Vec<(usize, Option<FilePath>)> = Vec::new();
        if let Some((pid, program)) = first {
            until.push((0, Some(program.clone())));
            pid.map(|pid| by_pid.insert(pid, vec![(0, program)]));
        }
        for (at, entry) in entries.iter().enumerate().filter(|(_, e)| e.kind == Kind::Started) {
            let program = program(entry);
            match until.last() {
                None => until.push((at, Some(program.clone()))),
                Some((_, Some(only))) if *only != program => until.push((at, None)),
                _ => {}
            }
            by_pid.entry(entry.pid).or_default().push((at, program));
        }
        Programs { by_pid, until }
    }

    /// What wrote this record. A process that became no program itself is a copy of one that did: which, is known where
    /// there was only one program until then.
    pub fn of_entry(&self, entry: &Entry, at: usize) -> Option<FilePath> {
        let own = self.by_pid.get(&entry.pid).and_then(|known| {
            let later = known.partition_point(|(from, _)| *from <= at);
            known.get(later.checked_sub(1)?)
        });
        let only = || self.until.get(self.until.partition_point(|(from, _)| *from <= at).checked_sub(1)?);
        match own {
            Some((_, program)) => Some(program.clone()),
            None => only().and_then(|(_, program)| program.clone()),
        }
    }

    /// All that ran, in order.
    pub fn ran(&self, entries: &[Entry]) -> Vec<Ran> {
        let started = entries.iter().filter(|entry| entry.kind == Kind::Started);
        let arguments = |bytes: &[u8]| {
            let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
            bytes.split(|b| *b == 0).map(|a| String::from_utf8_lossy(a).into_owned()).collect()
        };
        let ran = started.map(|entry| Ran {
            at: time(entry.time),
            pid: entry.pid,
            uid: entry.owner,
            program: program(entry),
            arguments: arguments(&entry.second),
            directory: FilePath::new(&entry.extra),
        });
        ran.collect()
    }
}

/// The whole path of a program that was started.
fn program(entry: &Entry) -> FilePath {
    if entry.path.starts_with(b"/") || entry.path.is_empty() || entry.extra.is_empty() {
        return FilePath::new(&entry.path);
    }
    let path = entry.path.strip_prefix(b"./").unwrap_or(&entry.path);
    FilePath([entry.extra.strip_suffix(b"/").unwrap_or(&entry.extra), b"/", path].concat())
}

/// Who saw the session, and what nobody saw.
///
/// # Errors
/// As [`Place::start`].
pub fn witnesses(place: &Place, journal: &Journal) -> Outcome<Witnesses> {
    let start = place.start()?;
    let lost = journal.entries.iter().filter(|entry| entry.kind == Kind::Lost).count() as u64;
    let mut notes = Vec::new();
    let filtered = place.flags() & page::FILTER != 0;
    if !filtered && start.witnesses.iter().any(|word| word == OVER_SESSION) {
        // it was asked for, and the kernel did not allow it
        notes.push("the filter over the session could not be put on".to_owned());
    }
    let filter = match place.flags() {
        _ if filtered => Some(OVER_SESSION),
        flags if flags & page::WITNESS != 0 => Some(AROUND_STATIC),
        _ => None,
    };
    let mut by = start.witnesses;
    by.retain(|word| word != OVER_SESSION && word != AROUND_STATIC);
    by.extend(filter.map(str::to_owned));
    if journal.torn > 0 {
        notes.push(format!("{} bytes of the journals were no sound record", journal.torn));
    }
    Ok(Witnesses {
        by,
        // under the filter nothing is unseen, whatever a program knew of it
        unseen: if filtered { Vec::new() } else { unseen(&journal.entries, &place.first_program()?) },
        lost: journal.lost.max(lost),
        not_kept: 0,
        still_running: super::running::of(&start.id),
        notes,
    })
}

fn unseen(entries: &[Entry], (pid, first): &(Option<u32>, FilePath)) -> Vec<Unseen> {
    let mut times: BTreeMap<(&[u8], &str), u64> = BTreeMap::new();
    let blind = entries.iter().filter(|e| e.kind == Kind::Started && e.flags & flag::UNSEEN != 0);
    for entry in blind {
        let why = match entry.flags {
            flags if flags & flag::STATIC != 0 => "static",
            flags if flags & flag::PRIVILEGED != 0 => "set-uid",
            _ => "it takes no preload library",
        };
        *times.entry((&entry.path, why)).or_default() += 1;
    }
    let one = |((program, why), times): ((&[u8], &str), u64)| Unseen {
        program: FilePath::new(program),
        why: why.to_owned(),
        times,
    };
    // what the recorder itself has started, no program tells of
    let told = |pid: u32| entries.iter().any(|entry| entry.kind == Kind::Started && entry.pid == pid);
    let blind =
        pid.is_some_and(|pid| !told(pid)) && !library::is_loaded_by(Path::new(OsStr::from_bytes(&first.0)));
    let first = blind.then(|| Unseen { program: first.clone(), why: "static".to_owned(), times: 1 });
    times.into_iter().map(one).chain(first).collect()
}

fn time(nanoseconds: u64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(nanoseconds)).unwrap_or(Timestamp::UNIX_EPOCH)
}
