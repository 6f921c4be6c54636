//! What was typed in a session: in come the files that shells wrote (`record/shell/`), out go commands in their order.
//! A file is a row of entries, each begun by two NULs, its fields parted by one, ended by a dot: what was cut by a kill or
//! a full disk takes no other entry with it.
//!
//! ```text
//! NUL NUL begin|end NUL count NUL seconds NUL status NUL directory NUL line NUL .
//! ```

use super::shell::HISTORY;
use crate::fault::{Fault, Outcome};
use crate::model::session::{FilePath, Typed};
use jiff::Timestamp;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What is read of one file.
const FILE: u64 = 16 << 20;
/// Files that are read: shells of one session.
const FILES: usize = 1_000;
/// Commands of one session; later ones are left out.
const COMMANDS: usize = 20_000;
/// The longest line that is kept whole.
const LINE: usize = 64 << 10;

/// All that was typed in a session, by its time; a shell that has no clock counts from the session's start.
///
/// # Errors
/// When the files cannot be read.
pub fn of(session: &Path, started: Timestamp) -> Outcome<Vec<Typed>> {
    let mut all = Vec::new();
    for path in files(session)? {
        all.extend(typed(&bytes(&path)?, started));
    }
    all.sort_by_key(|typed| typed.at);
    all.truncate(COMMANDS);
    Ok(all)
}

/// The files of a session that shells wrote.
///
/// # Errors
/// When its directory cannot be read.
pub(super) fn files(session: &Path) -> Outcome<Vec<PathBuf>> {
    let failed = |e: std::io::Error| Fault::passing(format!("reading {}: {e}", session.display()));
    let mut files = Vec::new();
    for entry in session.read_dir().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let number = name.as_bytes().strip_prefix(HISTORY.as_bytes()).and_then(|n| n.strip_prefix(b"."));
        if number.is_some_and(|n| n.iter().all(u8::is_ascii_digit)) {
            files.push(entry.path());
        }
    }
    files.sort();
    files.truncate(FILES);
    Ok(files)
}

/// The beginning of such a file.
///
/// # Errors
/// When it cannot be read.
fn bytes(path: &Path) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(FILE).read_to_end(&mut bytes));
    read.map_err(|e| Fault::passing(format!("reading {}: {e}", path.display())))?;
    Ok(bytes)
}

/// The commands of one shell.
fn typed(bytes: &[u8], started: Timestamp) -> Vec<Typed> {
    let mut all: Vec<(u64, Typed)> = Vec::new();
    for (_, entry) in entries(bytes) {
        match all.last_mut() {
            // its end tells what its beginning does, and the status beside
            Some((count, last)) if *count == entry.count && last.status.is_none() => {
                last.status = entry.status
            }
            last => {
                let at = entry.at.or(last.map(|(_, typed)| typed.at)).unwrap_or(started);
                let Entry { count, directory, line, status, .. } = entry;
                all.push((count, Typed { at, directory, line, status }));
            }
        }
        if all.len() > COMMANDS {
            break;
        }
    }
    all.into_iter().map(|(_, typed)| typed).collect()
}

/// One entry.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    /// Which command of its shell it tells of.
    count: u64,
    ended: bool,
    at: Option<Timestamp>,
    directory: FilePath,
    line: String,
    status: Option<i32>,
}

/// The sound entries of a file, each with where it begins.
fn entries(bytes: &[u8]) -> impl Iterator<Item = (usize, Entry)> {
    let begins: Vec<usize> =
        bytes.windows(2).enumerate().filter(|(_, pair)| *pair == [0, 0]).map(|(at, _)| at).collect();
    let ends: Vec<usize> = begins.iter().skip(1).copied().chain([bytes.len()]).collect();
    begins.into_iter().zip(ends).filter_map(|(from, to)| Some((from, entry(bytes.get(from + 2..to)?)?)))
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let mut fields = bytes.split(|byte| *byte == 0);
    let mut next = || fields.next();
    let (kind, count, seconds, status) = (next()?, next()?, next()?, next()?);
    let (directory, line, end) = (next()?, next()?, next()?);
    let sound = end == b"." && next().is_none() && matches!(kind, b"begin" | b"end");
    if !sound || line.is_empty() || line.starts_with(b" ") {
        return None;
    }
    let text = |bytes| std::str::from_utf8(bytes).ok();
    Some(Entry {
        count: text(count)?.parse().ok()?,
        ended: kind == b"end",
        at: text(seconds).and_then(time),
        directory: FilePath::new(directory),
        line: String::from_utf8_lossy(line.get(..LINE).unwrap_or(line)).into_owned(),
        status: text(status)?.parse().ok(),
    })
}

/// `1795251861.123456`; some locales have a comma.
fn time(seconds: &str) -> Option<Timestamp> {
    let (whole, part) = seconds.split_once(['.', ',']).unwrap_or((seconds, "0"));
    let nanoseconds: String = part.chars().chain("000000000".chars()).take(9).collect();
    Timestamp::new(whole.parse().ok()?, nanoseconds.parse().ok()?).ok()
}

/// Takes the last command out that ended in a file, for good; gives when it ran, as far as the shell told. The one that runs
/// now, and asked for this, has not ended.
///
/// # Errors
/// When the file cannot be read or written.
pub fn forget_last(path: &Path) -> Outcome<Option<(Option<Timestamp>, Option<Timestamp>)>> {
    let mut bytes = bytes(path)?;
    let all: Vec<(usize, Entry)> = entries(&bytes).collect();
    let Some((last, end)) = all.iter().enumerate().rev().find(|(_, (_, entry))| entry.ended) else {
        return Ok(None);
    };
    let (count, until) = (end.1.count, end.1.at);
    let Some((from, first)) = all.iter().find(|(_, entry)| entry.count == count) else { return Ok(None) };
    let behind = all.get(last + 1).map_or(bytes.len(), |(at, _)| *at);
    let span = (first.at, until);
    bytes.drain(*from..behind);
    replace(path, &bytes)?;
    Ok(Some(span))
}

/// The shell opens the file by its name for every line, so a new one in its place is whole or not there.
fn replace(path: &Path, bytes: &[u8]) -> Outcome<()> {
    let failed = |e: std::io::Error| Fault::passing(format!("writing {}: {e}", path.display()));
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut draft = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    draft.write_all(bytes).map_err(failed)?;
    draft.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry_of(kind: &str, count: u64, seconds: &str, status: &str, line: &str) -> Vec<u8> {
        format!("\0\0{kind}\0{count}\0{seconds}\0{status}\0/etc\0{line}\0.").into_bytes()
    }

    fn lines(bytes: &[u8]) -> Vec<(String, Option<i32>)> {
        typed(bytes, Timestamp::UNIX_EPOCH).into_iter().map(|typed| (typed.line, typed.status)).collect()
    }

    fn sample() -> Vec<u8> {
        [
            entry_of("begin", 1, "12.5", "-", "make\ninstall"),
            entry_of("end", 1, "14.5", "2", "make\ninstall"),
            entry_of("end", 2, "15", "0", "ls"),
            entry_of("begin", 3, "16", "-", "sleep 9"),
        ]
        .concat()
    }

    #[test]
    fn a_beginning_and_its_end_are_one_command() {
        let all = typed(&sample(), Timestamp::UNIX_EPOCH);
        let told = [("make\ninstall", Some(2)), ("ls", Some(0)), ("sleep 9", None)];
        assert_eq!(lines(&sample()), told.map(|(line, status)| (line.to_owned(), status)));
        assert_eq!(all[0].at.as_millisecond(), 12_500);
        assert_eq!(all[0].directory, "/etc".into());
    }

    #[test]
    fn what_is_cut_or_spoilt_takes_nothing_else_with_it() {
        let (whole, next) = (sample(), entry_of("end", 9, "99", "0", "last"));
        for cut in 0..whole.len() {
            let kept = lines(&whole[..cut]);
            assert!(lines(&whole).iter().zip(&kept).all(|(a, b)| a.0 == b.0), "{cut}");
            let behind = lines(&[&whole[..cut], &next].concat());
            assert_eq!(behind.last().unwrap().0, "last", "{cut}");
        }
        for wrong in [
            entry_of("start", 1, "1", "0", "x"),
            entry_of("end", 1, "1", "0", ""),
            entry_of("end", 1, "1", "0", " secret"),
            b"\0\0end\x001\0".to_vec(),
            vec![0; 1000],
        ] {
            assert_eq!(lines(&wrong), []);
        }
    }

    #[test]
    fn a_shell_without_a_clock_keeps_the_order() {
        let bytes = [entry_of("end", 1, "-", "0", "a"), entry_of("end", 2, "x", "0", "b")].concat();
        let at = Timestamp::from_second(7).unwrap();
        assert!(typed(&bytes, at).iter().all(|typed| typed.at == at));
        assert_eq!(time("1795251861,123456").unwrap().as_microsecond(), 1_795_251_861_123_456);
        assert_eq!(time("nan"), None);
    }

    #[test]
    fn the_last_command_that_ended_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("history.12");
        std::fs::write(&path, sample()).unwrap();
        let forgotten = || forget_last(&path).unwrap().map(|(from, _)| from.unwrap().as_second());
        assert_eq!(forgotten(), Some(15));
        assert_eq!(forgotten(), Some(12));
        assert_eq!(forgotten(), None);
        let left = of(dir.path(), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].line, "sleep 9");
    }
}
