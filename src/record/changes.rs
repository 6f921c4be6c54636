//! The change set of a session: what is otherwise at its end than it was at its start. In: a closed place; out: one change
//! for each path that differs, with copies of both sides. It is made once, right at the end, and kept with the place: what
//! is asked later tells of the end of the session, not of today. Never tells of a path that no program of the session
//! touched, and never of one that is again what it was.

use super::contents::{Contents, Store};
use super::ending;
use super::journal::{self, Journal, Kept};
use super::place::Place;
use super::programs::Programs;
use super::steady;
use crate::fault::{Fault, Outcome};
use crate::model::session::{Change, Ran, Witnesses};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, BufReader};

/// The kept result: a line with what was seen, then one for each change.
const RESULT: &str = "changes";

/// What was done in a session.
pub struct Changed {
    /// By path. Neither packages nor descriptions are looked up yet, and nothing is chosen to be shown.
    pub changes: Vec<Change>,
    pub contents: Contents,
    pub witnesses: Witnesses,
    /// What ran, in order; its arguments are as they were, secrets included.
    pub ran: Vec<Ran>,
    /// Paths that came and went within the session.
    pub passing: u64,
}

/// What the first line of the result says.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    pub witnesses: Witnesses,
    pub passing: u64,
}

/// What each further one says.
#[derive(Serialize, Deserialize)]
pub(super) struct Line {
    pub change: Change,
    pub before: Option<Kept>,
    pub after: Option<Kept>,
}

/// The change set of a closed place. It is made at the first call.
///
/// # Errors
/// Passing ones from the file system; lasting ones where the place is damaged.
pub fn of(place: &Place) -> Outcome<Changed> {
    let journal = journal::read(place)?;
    if !place.dir().join(RESULT).exists() {
        write(place, &journal)?;
    }
    let (head, lines) = read(place)?;
    let mut contents = Contents::new(Store::new(place));
    let mut changes = Vec::with_capacity(lines.len());
    for line in lines {
        contents.learn(&line.change, line.before, line.after);
        changes.push(line.change);
    }
    let ran = Programs::of(&journal.entries, None).ran(&journal.entries);
    Ok(Changed { changes, contents, witnesses: head.witnesses, ran, passing: head.passing })
}

/// Compares now, and writes the result; nothing where it is there already.
///
/// # Errors
/// As [`of`].
pub fn finish(place: &Place) -> Outcome<()> {
    if place.dir().join(RESULT).exists() {
        return Ok(());
    }
    write(place, &journal::read(place)?)
}

fn write(place: &Place, journal: &Journal) -> Outcome<()> {
    let fault = |e: io::Error| Fault::passing(format!("writing the change set: {e}"));
    let (head, lines) = ending::compare(place, journal)?;
    let mut text = serde_json::to_vec(&head).map_err(|e| fault(e.into()))?;
    for line in &lines {
        text.push(b'\n');
        serde_json::to_writer(&mut text, line).map_err(|e| fault(e.into()))?;
    }
    text.push(b'\n');
    if place.start()?.ticket.is_some() {
        // somebody's work, which he may look through for hours before he files it
        steady::write_out(place);
    }
    place.put(RESULT, &text).map_err(fault)?;
    place.retire_pages();
    Ok(())
}

fn read(place: &Place) -> Outcome<(Head, Vec<Line>)> {
    let fault = |e: io::Error| Fault::lasting(format!("reading the change set: {e}"));
    let file = std::fs::File::open(place.dir().join(RESULT)).map_err(fault)?;
    let mut lines = BufReader::new(file).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new())).map_err(fault)?;
    let head = serde_json::from_str(&first).map_err(|e| fault(e.into()))?;
    let line = |line: io::Result<String>| Ok(serde_json::from_str(&line?)?);
    Ok((head, lines.map(line).collect::<io::Result<_>>().map_err(fault)?))
}

#[cfg(test)]
mod tests;
