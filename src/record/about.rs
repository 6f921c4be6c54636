//! What is known of the changed files beside their content. In: the changes of a session and the contents of their files; out:
//! the same changes with the package that owns each, what kind of file it is and which parts of a big one changed, and the
//! words that the session is tagged with. Never tells a byte of a file that is withheld.

use super::contents::{Contents, Original};
use super::{describe, packages, tags};
use crate::diff::{Ranges, is_binary};
use crate::fault::Outcome;
use crate::limits;
use crate::model::session::{Change, Content, FilePath, Thing, Type};
use std::io::Read;
use std::path::Path;

/// How much is read at a time.
const PIECE: usize = 64 * 1024;

/// Fills in what is known, and gives the words. `root` is `/`.
///
/// # Errors
/// When a copy that the recorder kept cannot be read.
pub fn tell(root: &Path, changes: &mut [Change], contents: &Contents) -> Outcome<Vec<String>> {
    let is_file = |change: &Change| {
        let sides = [&change.before, &change.after];
        sides.into_iter().flatten().any(|thing| matches!(thing.kind, Type::File | Type::Symlink))
    };
    let paths: Vec<FilePath> =
        changes.iter().filter(|change| is_file(change)).map(|change| change.path.clone()).collect();
    let owners = packages::of(root, &paths.iter().collect::<Vec<_>>());
    for change in changes.iter_mut() {
        change.package = owners.get(&change.path).cloned();
        change.description = description(change, contents)?;
    }
    Ok(tags::of(changes))
}

/// `SQLite 3 database; changed: 4,096 bytes at 8,192`
fn description(change: &Change, contents: &Contents) -> Outcome<Option<String>> {
    let told = |thing: &Option<Thing>| {
        thing
            .as_ref()
            .is_some_and(|thing| thing.kind == Type::File && matches!(thing.content, Content::Hash(_)))
    };
    if !told(&change.before) && !told(&change.after) {
        return Ok(None);
    }
    let (mut before, mut after) = contents.streams(&change.path)?;
    let mut head = vec![0; describe::HEAD];
    let shown = if after.is_some() { &mut after } else { &mut before };
    let read = fill(shown, &mut head);
    head.truncate(read);
    if read == 0 && shown.is_none() {
        return Ok(None);
    }
    let kind = describe::of(&head, read < describe::HEAD);
    let size = |thing: &Option<Thing>| thing.as_ref().map_or(0, |thing| thing.size);
    let big = size(&change.before).max(size(&change.after)) > limits::SESSION_CONTENT as u64;
    let parts = if (big || is_binary(&head)) && told(&change.before) && told(&change.after) {
        ranges(contents.streams(&change.path)?)
    } else {
        None
    };
    Ok(Some(match parts {
        Some(parts) => format!("{kind}; {parts}"),
        None => kind,
    }))
}

/// Where both sides differ; `None` where one of them was not kept.
fn ranges(sides: (Option<Original>, Option<Original>)) -> Option<String> {
    let (mut before, mut after) = (Some(sides.0?), Some(sides.1?));
    let mut ranges = Ranges::default();
    let (mut old, mut new) = (vec![0; PIECE], vec![0; PIECE]);
    loop {
        let (one, other) = (fill(&mut before, &mut old), fill(&mut after, &mut new));
        if one == 0 && other == 0 {
            return Some(ranges.to_string()).filter(|text| !text.is_empty());
        }
        ranges.feed(old.get(..one)?, new.get(..other)?);
    }
}

/// Reads until the piece is full or the stream ends; one that cannot be read ends there.
fn fill(from: &mut Option<Original>, piece: &mut [u8]) -> usize {
    let Some(from) = from else { return 0 };
    let mut filled = 0;
    while let Some(rest) = piece.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) | Err(_) => break,
            Ok(read) => filled += read,
        }
    }
    filled
}
