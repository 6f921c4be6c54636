//! The differences of a session's files, made of what was kept of them: a log, and which of its files, come in; one
//! [`Diffed`] for each with something to see goes out.

use crate::fault::Outcome;
use crate::model::session::{Change, Thing, Type};
use crate::model::session_log::{Diffed, Log, name_of};
use crate::store::Tx;
use similar::TextDiff;

/// Differences of the files that are wanted, by place; of each at most so many lines.
///
/// # Errors
/// Those of the database.
pub fn diffs(tx: &Tx<'_>, log: &Log, wanted: impl Fn(usize) -> bool, most: usize) -> Outcome<Vec<Diffed>> {
    let mut all = Vec::new();
    for (place, change) in log.changes().filter(|(place, _)| wanted(*place)) {
        let held = |thing: Option<&Thing>| content(tx, log.filed.number, thing);
        let (before, after) = (held(change.before.as_ref())?, held(change.after.as_ref())?);
        if let (Some(before), Some(after)) = (before, after) {
            all.extend(diffed(place, change, &before, &after, most));
        }
    }
    Ok(all)
}

/// What a file held; nothing, where there was none; `None` when that is not known.
fn content(tx: &Tx<'_>, session: u64, thing: Option<&Thing>) -> Outcome<Option<Vec<u8>>> {
    match thing {
        None => Ok(Some(Vec::new())),
        Some(thing) if thing.kind != Type::File => Ok(None),
        Some(thing) => match name_of(&thing.content) {
            Some(name) => tx.content(session, name),
            None => Ok(None),
        },
    }
}

fn diffed(place: usize, change: &Change, before: &[u8], after: &[u8], most: usize) -> Option<Diffed> {
    let (before, after) = (std::str::from_utf8(before).ok()?, std::str::from_utf8(after).ok()?);
    if before == after {
        return None;
    }
    let name = |exists: bool, side: &str, path: String| {
        if exists { format!("{side}{path}") } else { "/dev/null".to_owned() }
    };
    let old = change.from.as_ref().unwrap_or(&change.path).shown();
    let diff = TextDiff::from_lines(before, after);
    let (old, new) =
        (name(change.before.is_some(), "a", old), name(change.after.is_some(), "b", change.path.shown()));
    let whole = diff.unified_diff().header(&old, &new).to_string();
    let count = |sign: char| whole.lines().skip(2).filter(|line| line.starts_with(sign)).count();
    let (added, removed) = (count('+'), count('-'));
    let mut text: String = whole.split_inclusive('\n').take(most).collect();
    if text.len() < whole.len() {
        text.push_str("(cut here)\n");
    }
    Some(Diffed { place, text, added, removed })
}

/// Differences one after another, whole ones only, up to so many bytes.
pub(super) fn joined(diffs: &[Diffed], most: usize) -> String {
    let mut out = String::new();
    for diff in diffs {
        if out.len() + diff.text.len() <= most {
            out.push_str(&diff.text);
        }
    }
    out
}
