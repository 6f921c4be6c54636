//! What is known of the changed files beside their content. In: the changes of a session and the contents of their files; out:
//! the same changes with the package that owns each, what kind of file it is and which parts of a big one changed, and the
//! words that the session is tagged with; and what else the host wrote down. The machine is asked once and its answers are
//! kept with the place, so that a session that is completed again is the same. Never tells a byte of a file that is withheld.

use super::contents::{Contents, Original};
use super::evidence::{self, Search};
use super::place::Place;
use super::{describe, look, packages, tags};
use crate::diff::{Ranges, is_binary};
use crate::fault::Outcome;
use crate::limits;
use crate::model::session::{Change, Content, Evidence, FilePath, Thing, Type};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

/// How much is read at a time.
const PIECE: usize = 64 * 1024;

/// Where the answers are kept.
const ANSWERS: &str = "about.json";

/// What the machine said.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Answers {
    packages: BTreeMap<FilePath, String>,
    /// What kind of file it is, of those of which no copy was kept.
    #[serde(default)]
    kinds: BTreeMap<FilePath, String>,
    pub evidence: Vec<Evidence>,
}

/// Asks the machine, or reads what it said the first time.
pub fn ask(place: &Place, changes: &[Change], search: &Search<'_>) -> Answers {
    let kept = place.dir().join(ANSWERS);
    if let Some(answers) = fs::read(&kept).ok().and_then(|json| serde_json::from_slice(&json).ok()) {
        return answers;
    }
    let is_file = |change: &&Change| {
        let sides = [&change.before, &change.after];
        sides.into_iter().flatten().any(|thing| matches!(thing.kind, Type::File | Type::Symlink))
    };
    let paths: Vec<&FilePath> = changes.iter().filter(is_file).map(|change| &change.path).collect();
    let root = Path::new("/");
    let kinds = changes.iter().filter_map(|change| Some((change.path.clone(), kind_now(change)?))).collect();
    let answers =
        Answers { packages: packages::of(root, &paths), kinds, evidence: evidence::of(root, search) };
    // what cannot be kept is asked again
    if let Ok(json) = serde_json::to_vec(&answers) {
        let _ = fs::write(&kept, json);
    }
    answers
}

/// Fills in what is known, and gives the words.
///
/// # Errors
/// When a copy that the recorder kept cannot be read.
pub fn tell(changes: &mut [Change], contents: &Contents, answers: &Answers) -> Outcome<Vec<String>> {
    for change in changes.iter_mut() {
        change.package = answers.packages.get(&change.path).cloned();
        let kept = description(change, contents)?;
        change.description = kept.or_else(|| answers.kinds.get(&change.path).cloned());
    }
    Ok(tags::of(changes))
}

/// What kind of file it is as it lies there, while it is what the session left.
fn kind_now(change: &Change) -> Option<String> {
    let left = change.after.as_ref().filter(|thing| is_told(thing))?;
    let seen = look::at(&change.path.0).ok()??;
    if (seen.thing.size, seen.thing.mtime) != (left.size, left.mtime) {
        return None;
    }
    let mut head = Vec::new();
    look::open(&change.path.0, &seen).ok()?.take(describe::HEAD as u64).read_to_end(&mut head).ok()?;
    Some(describe::of(&head, head.len() < describe::HEAD))
}

/// Whether it is a file whose content may be told of.
fn is_told(thing: &Thing) -> bool {
    thing.kind == Type::File && matches!(thing.content, Content::Hash(_))
}

/// `SQLite 3 database; changed: 4,096 bytes at 8,192`
fn description(change: &Change, contents: &Contents) -> Outcome<Option<String>> {
    let told = |thing: &Option<Thing>| thing.as_ref().is_some_and(is_told);
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
