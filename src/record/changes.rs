//! The change set of a session: what is otherwise at its end than it was at its start. In: a closed place; out: one change
//! for each path that differs, with copies of both sides. It is made once, right at the end, and kept with the place: what
//! is asked later tells of the end of the session, not of today. Never tells of a path that no program of the session
//! touched, and never of one that is again what it was.

use super::compare::{Compare, Side};
use super::contents::{Contents, Copies, Store};
use super::journal::{self, Entry, Journal, Kept};
use super::look::{self, State};
use super::moves::{self, Story, Was};
use super::place::Place;
use super::programs::Programs;
use super::resolve::Resolver;
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::session::{Change, Content, FilePath, Ran, Type, Witnesses};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader};
use std::os::unix::ffi::OsStrExt;
use std::rc::Rc;
use trackle_wire::record::flag;

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

#[derive(Serialize, Deserialize)]
struct Head {
    witnesses: Witnesses,
    passing: u64,
}

#[derive(Serialize, Deserialize)]
struct Line {
    change: Change,
    before: Option<Kept>,
    after: Option<Kept>,
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
    let (mut before, mut after) = (HashMap::new(), HashMap::new());
    let mut changes = Vec::with_capacity(lines.len());
    for line in lines {
        before.extend(line.before.map(|kept| (line.change.path.clone(), kept)));
        after.extend(line.after.map(|kept| (line.change.path.clone(), kept)));
        changes.push(line.change);
    }
    let contents = Contents::new(Store::new(place), before, after);
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
    let (head, lines) = End::compare(place, journal)?;
    let mut text = serde_json::to_vec(&head).map_err(|e| fault(e.into()))?;
    for line in &lines {
        text.push(b'\n');
        serde_json::to_writer(&mut text, line).map_err(|e| fault(e.into()))?;
    }
    text.push(b'\n');
    place.put(RESULT, &text).map_err(fault)?;
    place.forget_pages();
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

/// The end of a session, as the recorder finds it.
struct End<'a> {
    entries: &'a [Entry],
    story: Story,
    looks: &'a Looks,
    /// Of renamed directories: what lies below unchanged, by its name at the start, with where it is now.
    carried: HashMap<Vec<u8>, Vec<u8>>,
    /// When the session began, in nanoseconds since 1970.
    began: u64,
    /// Files that are there now and were not before the session, by device and number, with when they were made.
    young: HashMap<(u64, u64), u64>,
    notes: Vec<String>,
}

impl End<'_> {
    fn compare(place: &Place, journal: &Journal) -> Outcome<(Head, Vec<Line>)> {
        let entries = journal.entries.as_slice();
        let looks = Looks::default();
        let mut resolver = Resolver::new(entries);
        let number = |path: &[u8]| looks.at(path).map(|state| (state.dev, state.ino));
        let story = moves::story(entries, &mut resolver, &number);
        let began = u64::try_from(place.start()?.started.as_nanosecond()).unwrap_or(0);
        let (carried, young, notes) = Default::default();
        let mut end = End { entries, story, looks: &looks, carried, began, young, notes };
        end.expand();
        end.links();
        let (mut lines, passing) = end.lines(place)?;
        let programs = Programs::of(entries, place.first_program()?);
        for (line, at) in &mut lines {
            line.change.program = entries.get(*at).and_then(|entry| programs.of_entry(entry, *at));
        }
        let mut lines: Vec<Line> = lines.into_iter().map(|(line, _)| line).collect();
        super::backups::mark(lines.iter_mut().map(|line| &mut line.change));
        lines.sort_by(|a, b| a.change.path.cmp(&b.change.path));
        let mut witnesses = super::programs::witnesses(place, journal)?;
        witnesses.not_kept = lines.iter().filter(|l| is_not_kept(&l.change)).count() as u64;
        witnesses.notes.append(&mut end.notes);
        Ok((Head { witnesses, passing }, lines))
    }

    /// Adds what lies below renamed directories.
    fn expand(&mut self) {
        let mut seen = HashSet::new();
        let mut room = limits::SESSION_WALK;
        for (top, at) in std::mem::take(&mut self.story.moved) {
            if self.story.origin(&top).as_ref() == Some(&top) {
                continue;
            }
            let mut waiting = vec![top];
            while let Some(dir) = waiting.pop() {
                if !self.looks.at(&dir).is_some_and(|state| state.is(Type::Directory))
                    || !seen.insert(dir.clone())
                {
                    continue;
                }
                let Ok(below) = std::fs::read_dir(OsStr::from_bytes(&dir)) else { continue };
                for entry in below.flatten() {
                    let path = [dir.as_slice(), b"/", entry.file_name().as_bytes()].concat();
                    self.carry(&path, at);
                    waiting.push(path);
                    room = room.saturating_sub(1);
                }
                if room == 0 {
                    let text = format!("below {} more was renamed than is listed", FilePath(dir).shown());
                    return self.notes.push(text);
                }
            }
        }
    }

    fn carry(&mut self, path: &[u8], at: usize) {
        self.story.now.entry(path.to_vec()).or_insert(at);
        if let Some(origin) = self.story.origin(path).filter(|origin| !self.story.was.contains_key(origin)) {
            self.story.now.entry(origin.clone()).or_insert(at);
            self.carried.insert(origin, path.to_vec());
        }
    }

    /// One line for each path that differs, with the record that names it first; and how many came and went.
    fn lines(&mut self, place: &Place) -> Outcome<(Vec<(Line, usize)>, u64)> {
        let store = Store::new(place);
        let mut copies = Copies::begin(place, limits::SESSION_COPIES)?;
        let withhold_private = place.flags() & trackle_wire::state::flag::WITHHOLD_PRIVATE != 0;
        let mut compare = Compare { store: &store, copies: &mut copies, withhold_private };
        let paths = self.paths(place);
        self.young = paths
            .keys()
            .filter_map(|path| self.looks.at(path))
            .filter(|s| s.born >= self.began)
            .map(|state| ((state.dev, state.ino), state.born))
            .collect();
        let renamed = self.renamed(&paths);
        let gone: HashSet<&[u8]> = renamed.values().map(Vec::as_slice).collect();
        let (mut lines, mut passing) = (Vec::new(), 0);
        for (path, at) in paths.iter().filter(|(path, _)| !gone.contains(path.as_slice())) {
            let from = renamed.get(path).unwrap_or(path);
            let before: Side<'_> = self.before(from).map(|state| (from.as_slice(), state));
            let after = self.looks.at(path).map(|state| (path.as_slice(), State::clone(&state)));
            passing += u64::from(before.is_none() && after.is_none() && self.was_nothing(path));
            let Some(found) = compare.sides(before, after) else { continue };
            let change = Change {
                path: FilePath::new(path),
                action: found.action,
                from: (from != path).then(|| FilePath::new(from)),
                before: found.before.as_ref().map(|state| state.thing.clone()),
                after: found.after.as_ref().map(|state| state.thing.clone()),
                program: None,
                replaced: found.replaced,
                backup_of: None,
                others: found.unseen,
                shown: false,
                package: None,
                description: None,
            };
            let kept = |state: Option<State>| state.and_then(|state| state.kept);
            lines.push((Line { change, before: kept(found.before), after: kept(found.after) }, *at));
        }
        copies.end().map_err(|e| Fault::passing(format!("keeping copies: {e}")))?;
        Ok((lines, passing))
    }

    /// All paths to compare. The recorder's own files are none, and the kernel's have no content of their own.
    fn paths(&self, place: &Place) -> BTreeMap<Vec<u8>, usize> {
        let own = place.dir().parent().map(|dir| dir.as_os_str().as_bytes().to_vec()).unwrap_or_default();
        let is_foreign = |path: &[u8]| {
            let below = |top: &[u8]| {
                path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
            };
            ![own.as_slice(), b"/proc", b"/sys"].into_iter().any(below)
        };
        let now = self.story.now.iter().map(|(path, at)| (path.clone(), *at));
        let was = self.story.was.iter().map(|(path, was)| (path.clone(), was.first));
        now.chain(was).filter(|(path, _)| is_foreign(path)).collect()
    }

    /// What has another name now, by the new one.
    fn renamed(&mut self, paths: &BTreeMap<Vec<u8>, usize>) -> HashMap<Vec<u8>, Vec<u8>> {
        let mut renamed = HashMap::new();
        let mut pairs = std::mem::take(&mut self.story.given);
        for path in paths.keys() {
            let origin = self.story.origin(path);
            // before those whose new name was written anew
            pairs.extend(origin.map(|from| (from, path.clone())));
        }
        let mut taken = HashSet::new();
        for (from, path) in pairs.into_iter().rev().filter(|(from, path)| from != path) {
            let new = self.looks.at(&path).is_some() && self.before(&path).is_none();
            let gone = self.looks.at(&from).is_none() && self.before(&from).is_some();
            if new && gone && !renamed.contains_key(&path) && taken.insert(from.clone()) {
                renamed.insert(path, from);
            }
        }
        renamed
    }

    /// Adds the further names of files that were changed in place, as far as they are in the same directory.
    fn links(&mut self) {
        let mut names = Names::default();
        let several = |was: &Was| self.entries.get(was.first).is_some_and(|entry| entry.links > 1);
        let linked: Vec<(Vec<u8>, Was)> = self
            .story
            .was
            .iter()
            .filter(|(_, was)| several(was))
            .map(|(path, was)| (path.clone(), *was))
            .collect();
        for (path, was) in linked {
            let (Some(then), Some(now)) = (self.recorded(was), self.looks.at(&path)) else { continue };
            if !then.is(Type::File) || !then.is_same_file(&now) || now.thing.links < 2 {
                continue;
            }
            let mut known = 0;
            for name in names.of(&path, now.ino) {
                known += 1;
                if !self.story.was.contains_key(&name) {
                    self.story.now.entry(name.clone()).or_insert(was.first);
                    self.story.was.insert(name, was);
                }
            }
            if known < now.thing.links {
                let text = "bears other names in other directories, which are not listed";
                self.notes.push(format!("{} {text}", FilePath(path).shown()));
            }
        }
    }

    fn was_nothing(&self, path: &[u8]) -> bool {
        self.story.was.get(path).and_then(|was| self.entries.get(was.first)).is_some_and(|e| e.mode == 0)
    }

    /// What was at this path at the start.
    fn before(&self, path: &[u8]) -> Option<State> {
        match self.story.was.get(path) {
            Some(was) => self.recorded(*was),
            None => {
                self.carried.get(path).and_then(|now| self.looks.at(now)).map(|state| State::clone(&state))
            }
        }
    }

    fn recorded(&self, was: Was) -> Option<State> {
        let mut state = State::of(self.entries.get(was.first)?)?;
        // made within the session before any witness saw it; one that was made later only got the same number
        if self.young.get(&(state.dev, state.ino)).is_some_and(|born| *born <= state.changed) {
            return None;
        }
        let Some(entry) = was.opened.and_then(|at| self.entries.get(at)) else { return Some(state) };
        if !state.is(Type::File) {
            return Some(state);
        }
        state.opened = true;
        (state.thing.size, state.thing.mtime, state.changed) = (entry.size, entry.mtime, entry.time);
        if entry.flags & flag::WITHHELD != 0 {
            let rule = trackle_wire::deny::rule(&entry.path).unwrap_or("private");
            state.thing.content = Content::Withheld(rule.to_owned());
        } else if entry.flags & flag::NOT_KEPT != 0 || entry.content.is_none() {
            let large = entry.size > limits::SESSION_COPY;
            let why = if large { "it is too large" } else { "there was no room, or it could not be read" };
            state.thing.content = Content::NotKept(why.to_owned());
        } else {
            state.kept = entry.content;
        }
        Some(state)
    }
}

fn is_not_kept(change: &Change) -> bool {
    change.before.as_ref().is_some_and(|thing| matches!(thing.content, Content::NotKept(_)))
}

/// The names in directories by their files' numbers, each directory read once.
#[derive(Default)]
struct Names {
    known: HashMap<Vec<u8>, HashMap<u64, Vec<Vec<u8>>>>,
}

impl Names {
    /// All names of a file in the directory of that one.
    fn of(&mut self, path: &[u8], ino: u64) -> Vec<Vec<u8>> {
        use std::os::unix::fs::DirEntryExt;
        let dir =
            path.iter().rposition(|b| *b == b'/').and_then(|slash| path.get(..slash)).unwrap_or_default();
        let names = self.known.entry(dir.to_vec()).or_insert_with(|| {
            let mut names: HashMap<u64, Vec<Vec<u8>>> = HashMap::new();
            let whole = if dir.is_empty() { b"/" } else { dir };
            for entry in std::fs::read_dir(OsStr::from_bytes(whole)).into_iter().flatten().flatten() {
                let name = [dir, b"/", entry.file_name().as_bytes()].concat();
                names.entry(entry.ino()).or_default().push(name);
            }
            names
        });
        names.get(&ino).cloned().unwrap_or_default()
    }
}

/// What is at paths now, each looked at once.
#[derive(Default)]
struct Looks {
    known: RefCell<HashMap<Vec<u8>, Option<Rc<State>>>>,
    closed: RefCell<Vec<Vec<u8>>>,
}

impl Looks {
    fn at(&self, path: &[u8]) -> Option<Rc<State>> {
        if let Some(known) = self.known.borrow().get(path) {
            return known.clone();
        }
        let seen = look::at(path).unwrap_or_else(|_| {
            self.closed.borrow_mut().push(path.to_vec());
            None
        });
        let seen = seen.map(Rc::new);
        self.known.borrow_mut().insert(path.to_vec(), seen.clone());
        seen
    }
}
