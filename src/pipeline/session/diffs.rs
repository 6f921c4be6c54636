//! The differences of a session's files, made of what was kept of them: a log, and which of its files, come in; for each of
//! them goes out what letters and people need of it.

use crate::diff::{self, Diff, Kind};
use crate::fault::Outcome;
use crate::limits;
use crate::model::session::{Change, Thing, Type};
use crate::model::session_log::{Diffed, Log, name_of};
use crate::store::Tx;

/// How one file of a session changed.
///
/// # Errors
/// Those of the database.
pub fn diff(tx: &Tx<'_>, session: u64, change: &Change) -> Outcome<Diff> {
    let (before, after) =
        (content(tx, session, change.before.as_ref())?, content(tx, session, change.after.as_ref())?);
    Ok(diff::of(change, before.as_deref(), after.as_deref(), &|uid, gid| format!("{uid}:{gid}")))
}

/// Those of the files that are wanted, by place; none of a file with nothing to see.
///
/// # Errors
/// Those of the database.
pub fn diffs(tx: &Tx<'_>, log: &Log, wanted: impl Fn(usize) -> bool) -> Outcome<Vec<Diffed>> {
    let mut all = Vec::new();
    for (place, change) in log.changes().filter(|(place, _)| wanted(*place)) {
        let diff = diff(tx, log.filed.number, change)?;
        if !diff.lines.is_empty() {
            all.push(diffed(place, &diff));
        }
    }
    Ok(all)
}

fn diffed(place: usize, diff: &Diff) -> Diffed {
    let (removed, added) = diff.counts();
    let (lines, more) = shown(diff);
    Diffed { place, patch: diff.patch(), lines, more, added, removed }
}

/// What is read of it: the lines, and above them the file's names. What else there is to say of a file stands in the list
/// of files. The number of lines that are left out at its end comes with it.
fn shown(diff: &Diff) -> (Vec<String>, usize) {
    let names = |bytes: &[u8]| bytes.starts_with(b"--- ") || bytes.starts_with(b"+++ ");
    let wanted = |line: &&diff::Line| match line.kind {
        Kind::Note => false,
        Kind::Head => names(&line.bytes),
        _ => true,
    };
    let lines = Diff { lines: diff.lines.iter().filter(wanted).cloned().collect() };
    lines.readable(limits::DIFF_LINES)
}

/// What a file held, where that is known.
fn content(tx: &Tx<'_>, session: u64, thing: Option<&Thing>) -> Outcome<Option<Vec<u8>>> {
    match thing.filter(|thing| thing.kind == Type::File).and_then(|thing| name_of(&thing.content)) {
        Some(name) => tx.content(session, name),
        None => Ok(None),
    }
}

/// Patches one after another, whole ones only: none of more than so many lines, and all of them in so many bytes. What is
/// left out is named in its place. Gives how many files that are, too.
pub(super) fn joined(log: &Log, diffs: &[Diffed]) -> (Vec<u8>, usize) {
    let (mut out, mut left, mut unnamed) = (Vec::new(), 0, 0);
    for diff in diffs {
        let lines = diff.patch.split_inclusive(|b| *b == b'\n').count();
        let room = limits::SESSION_PATCH.saturating_sub(out.len());
        if lines <= limits::SESSION_PATCH_LINES && diff.patch.len() <= room {
            out.extend_from_slice(&diff.patch);
            continue;
        }
        left += 1;
        if let Some(change) = log.filed.session.changes.get(diff.place).filter(|_| room > 0) {
            let (path, number) = (&change.path, log.filed.number);
            let note = format!(
                "# {path}: {lines} lines, too many for a mail: trackle session show {number} --patch\n"
            );
            out.extend_from_slice(note.as_bytes());
        } else {
            unnamed += 1;
        }
    }
    if unnamed > 0 {
        let number = log.filed.number;
        let note = format!("# and {unnamed} more files: trackle session show {number} --patch\n");
        out.extend_from_slice(note.as_bytes());
    }
    (out, left)
}
