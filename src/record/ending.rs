//! What is otherwise at the end of a session than at its start. In: the records of its programs, and the files as they are
//! now; out: a line for each path that differs. Tells of no path that no program of the session touched, and of none that
//! is again what it was.

use super::backups;
use super::changes::{Head, Line};
use super::compare::{Compare, Difference, Side, TICK};
use super::contents::{Copies, Store};
use super::journal::{Entry, Journal};
use super::look::State;
use super::looks::{Looks, Names};
use super::moves::{self, Story, Was};
use super::place::{Place, Start};
use super::programs::{self, Programs};
use super::resolve::Resolver;
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::session::{Change, Content, FilePath, Type};
use jiff::Timestamp;
use rustix::fs::FileType;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use trackle_wire::record::flag;

/// The end of a session, as the recorder finds it.
struct Ending<'a> {
    place: &'a Place,
    start: Start,
    /// Nanoseconds since 1970; `None`: nobody saw it.
    ended: Option<u64>,
    entries: &'a [Entry],
    story: Story,
    looks: &'a Looks,
    /// Of renamed directories: what lies below unchanged, by its name at the start, with where it is now.
    carried: HashMap<Vec<u8>, Vec<u8>>,
    /// When the session began, in nanoseconds since 1970.
    began: u64,
    /// Files that are there now and were not before the session, by device and number, with when they were made.
    young: HashMap<(u64, u64), u64>,
    /// Files with further names that are not known.
    partly: HashSet<Vec<u8>>,
    notes: Vec<String>,
}

/// A file with several names, by what was first seen of it under any.
struct Linked {
    was: Was,
    paths: Vec<Vec<u8>>,
}

/// What differs, path by path, and who saw it. Copies of how files are now are kept with the place.
///
/// # Errors
/// Passing ones from the file system; lasting ones where the place is damaged.
pub fn compare(place: &Place, journal: &Journal) -> Outcome<(Head, Vec<Line>)> {
    let entries = journal.entries.as_slice();
    let looks = Looks::default();
    let mut end = Ending::of(place, entries, &looks)?;
    end.expand();
    end.links();
    end.young();
    let (mut lines, passing) = end.lines()?;
    let programs = Programs::of(entries, Some(place.first_program()?));
    for (line, at) in &mut lines {
        line.change.program = entries.get(*at).and_then(|entry| programs.of_entry(entry, *at));
    }
    let mut lines: Vec<Line> = lines.into_iter().map(|(line, _)| line).collect();
    backups::mark(lines.iter_mut().map(|line| &mut line.change));
    lines.sort_by(|a, b| a.change.path.cmp(&b.change.path));
    let mut witnesses = programs::witnesses(place, journal)?;
    witnesses.not_kept = lines.iter().filter(|l| is_not_kept(&l.change)).count() as u64;
    witnesses.notes.append(&mut end.notes);
    Ok((Head { witnesses, passing }, lines))
}

fn is_not_kept(change: &Change) -> bool {
    change.before.as_ref().is_some_and(|thing| matches!(thing.content, Content::NotKept(_)))
}

impl<'a> Ending<'a> {
    fn of(place: &'a Place, entries: &'a [Entry], looks: &'a Looks) -> Outcome<Ending<'a>> {
        let nanoseconds = |at: Timestamp| u64::try_from(at.as_nanosecond()).unwrap_or(u64::MAX);
        let start = place.start()?;
        let ended = place.end()?.map(|end| nanoseconds(end.ended));
        let number = |path: &[u8]| looks.at(path).map(|state| (state.dev, state.ino));
        let story = moves::story(entries, &mut Resolver::new(entries), &number);
        let began = nanoseconds(start.started);
        let mut notes = Vec::new();
        if ended.is_none() {
            notes.push("nobody saw the end: what others changed since is not told apart".to_owned());
        }
        let (carried, young, partly) = Default::default();
        Ok(Ending { place, start, ended, entries, story, looks, carried, began, young, partly, notes })
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

    /// Learns which files were made since the session began.
    fn young(&mut self) {
        let paths = self.story.now.keys().chain(self.story.was.keys());
        let young = paths.filter_map(|path| self.looks.at(path)).filter(|state| state.born >= self.began);
        self.young = young.map(|state| ((state.dev, state.ino), state.born)).collect();
    }

    /// One line for each path that differs, with the record that names it first; and how many came and went.
    fn lines(&mut self) -> Outcome<(Vec<(Line, usize)>, u64)> {
        let store = Store::new(self.place);
        let mut copies = Copies::begin(self.place)?;
        let withhold_private = self.place.flags() & trackle_wire::state::flag::WITHHOLD_PRIVATE != 0;
        let mut compare = Compare::new(&store, &mut copies, withhold_private);
        let paths = self.paths();
        let origins = self.origins(&paths);
        let renamed = self.renamed(&origins);
        let homes = self.homes(&origins);
        let gone: HashSet<&[u8]> = renamed.values().map(Vec::as_slice).collect();
        let (mut lines, mut passing) = (Vec::new(), 0);
        for (path, at) in paths.iter().filter(|(path, _)| !gone.contains(path.as_slice())) {
            let from = renamed.get(path).unwrap_or(path);
            if !self.was_named(path) {
                continue;
            }
            let mut before: Side<'_> = self.before(from).map(|state| (from.as_slice(), state));
            if let (Some((_, then)), Some(home)) = (&mut before, homes.get(path))
                && let Some(now) = self.looks.at(home)
            {
                compare.adopt(then, home, &now);
            }
            let after = self.after(path, before.as_ref(), *at);
            passing += u64::from(before.is_none() && after.is_none() && self.was_nothing(path));
            if let Some(found) = compare.sides(before, after) {
                lines.push((self.line(path, from, found), *at));
            }
        }
        copies.end().map_err(|e| Fault::passing(format!("keeping copies: {e}")))?;
        Ok((lines, passing))
    }

    fn line(&mut self, path: &[u8], from: &[u8], found: Difference) -> Line {
        if self.partly.contains(path) {
            let text = "bears other names in other directories, which are not listed";
            self.notes.push(format!("{} {text}", FilePath::new(path).shown()));
        }
        let late =
            found.after.as_ref().is_some_and(|now| self.ended.is_some_and(|ended| now.changed > ended));
        let change = Change {
            path: FilePath::new(path),
            action: found.action,
            from: (from != path).then(|| FilePath::new(from)),
            before: found.before.as_ref().map(|state| state.thing.clone()),
            after: found.after.as_ref().map(|state| state.thing.clone()),
            program: None,
            replaced: found.replaced,
            backup_of: None,
            others: found.unseen || late,
            shown: false,
            package: None,
            description: None,
        };
        let kept = |state: Option<State>| state.and_then(|state| state.kept);
        Line { change, before: kept(found.before), after: kept(found.after) }
    }

    /// What is at a path now. Where it cannot be told, it is what it was, of unknown content.
    fn after<'p>(&mut self, path: &'p [u8], before: Option<&(&[u8], State)>, at: usize) -> Side<'p> {
        let Some(state) = self.looks.at(path) else {
            if !self.looks.is_closed(path) {
                return None;
            }
            let Some((_, then)) = before else {
                let text = "was made, and cannot be looked at by this user";
                self.notes.push(format!("{} {text}", FilePath::new(path).shown()));
                return None;
            };
            // another number makes it another file, whatever it holds
            return Some((path, State { ino: 0, changed: u64::MAX, ..then.clone() }));
        };
        let mut state = State::clone(&state);
        if self.is_others_secret(&state, at) {
            state.thing.content = Content::Withheld("not the other user's to read".to_owned());
        }
        Some((path, state))
    }

    /// Whether root would show what the user whose program named it may not read himself.
    fn is_others_secret(&self, state: &State, at: usize) -> bool {
        let owner = self.entries.get(at).map_or(0, |entry| entry.owner);
        let is_foreign = owner != 0 && owner != self.start.uid && rustix::process::geteuid().is_root();
        is_foreign && state.is(Type::File) && state.thing.uid != owner && state.thing.mode & 0o004 == 0
    }

    /// All paths to compare. The recorder's own files are none, and the kernel's have no content of their own.
    fn paths(&mut self) -> BTreeMap<Vec<u8>, usize> {
        let own =
            self.place.dir().parent().map(|dir| dir.as_os_str().as_bytes().to_vec()).unwrap_or_default();
        let is_foreign = |path: &[u8]| {
            let below = |top: &[u8]| {
                path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
            };
            ![own.as_slice(), trackle_wire::SESSIONS.as_bytes(), b"/proc", b"/sys"].into_iter().any(below)
        };
        let settings: BTreeSet<&[u8]> =
            self.story.now.keys().filter_map(|path| path.strip_prefix(b"/proc/sys/")).collect();
        let told = |path: &[u8]| format!("the kernel setting {} was written to", FilePath::new(path).shown());
        self.notes.extend(settings.into_iter().map(told));
        let now = self.story.now.iter().map(|(path, at)| (path.clone(), *at));
        let was = self.story.was.iter().map(|(path, was)| (path.clone(), was.first));
        now.chain(was).filter(|(path, _)| is_foreign(path)).collect()
    }

    /// Of what was brought to another name: its first and its present one.
    fn origins(&mut self, paths: &BTreeMap<Vec<u8>, usize>) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut origins = Vec::new();
        for path in paths.keys() {
            let origin = self.story.origin(path).filter(|from| from != path);
            origins.extend(origin.map(|from| (from, path.clone())));
        }
        origins
    }

    /// What has another name now, by the new one.
    fn renamed(&mut self, origins: &[(Vec<u8>, Vec<u8>)]) -> HashMap<Vec<u8>, Vec<u8>> {
        let mut renamed = HashMap::new();
        let mut pairs = std::mem::take(&mut self.story.given);
        // before those whose new name was written anew
        pairs.extend_from_slice(origins);
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

    /// Adds the further names of files that were changed through one, as far as they are in the same directory. What was
    /// first seen of the file is what it was by each of its names.
    fn links(&mut self) {
        let mut names = Names::default();
        let mut files: HashMap<(u64, u64), Linked> = HashMap::new();
        for (path, was) in &self.story.was {
            let Some(entry) = self.entries.get(was.first).filter(|entry| entry.links > 1) else { continue };
            if FileType::from_raw_mode(entry.mode) != FileType::RegularFile {
                continue;
            }
            let linked = files.entry((entry.dev, entry.ino));
            let linked = linked.or_insert(Linked { was: *was, paths: Vec::new() });
            linked.was.first = linked.was.first.min(was.first);
            linked.was.opened = linked.was.opened.into_iter().chain(was.opened).min();
            linked.paths.push(path.clone());
        }
        for ((dev, ino), Linked { was, paths }) in files {
            let mut all: BTreeSet<Vec<u8>> = paths.iter().flat_map(|path| names.of(path, ino)).collect();
            // one that was another file at the start only got the same number
            let was_other = |was: &Was| {
                self.entries.get(was.first).is_some_and(|entry| (entry.dev, entry.ino) != (dev, ino))
            };
            all.retain(|name| !self.story.was.get(name).is_some_and(was_other));
            all.retain(|name| self.looks.at(name).is_some_and(|now| (now.dev, now.ino) == (dev, ino)));
            let there = all.first().and_then(|name| self.looks.at(name));
            if let Some(name) = paths.iter().find(|path| all.contains(*path))
                && there.is_some_and(|now| (all.len() as u64) < u64::from(now.thing.links))
            {
                self.partly.insert(name.clone());
            }
            all.retain(|name| self.story.is_of_start(name));
            for name in all.into_iter().chain(paths) {
                self.story.now.entry(name.clone()).or_insert(was.first);
                self.story.was.insert(name, was);
            }
        }
    }

    /// Files that lie elsewhere now and were opened by nobody, so that they hold what they held at the start: by their first
    /// name, where it is no rename that is told.
    fn homes(&self, origins: &[(Vec<u8>, Vec<u8>)]) -> HashMap<Vec<u8>, Vec<u8>> {
        let mut homes = HashMap::new();
        for (from, path) in origins {
            let (Some(then), Some(now)) = (self.before(from), self.looks.at(path)) else { continue };
            if then.is(Type::File) && !then.opened && then.is_same_file(&now) {
                homes.insert(from.clone(), path.clone());
            }
        }
        homes
    }

    /// Whether something is known of what a path was: one that only a rename names that failed was nothing else.
    fn was_named(&mut self, path: &[u8]) -> bool {
        self.story.was.contains_key(path)
            || self.carried.contains_key(path)
            || self.story.origin(path).is_none_or(|origin| origin != path)
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
        let is_older = |born: &u64| born.saturating_add(TICK) < state.changed;
        if self.young.get(&(state.dev, state.ino)).is_some_and(is_older) {
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
