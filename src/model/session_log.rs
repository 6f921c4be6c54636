//! The log of a session: the record as it was filed, which does not change, and over it what staff made of how it is
//! shown. Files and typed commands are known by their places in the record, from 0.

use super::address::Address;
use super::mail::Attachment;
use super::session::{Change, Content, Ending, FilePath, Filed};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Bytes of files before and after, by the names that the record knows them by.
pub type Contents = BTreeMap<String, Vec<u8>>;

/// A session as everybody on staff may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    pub filed: Filed,
    /// The event by which it was filed.
    pub event: i64,
    pub overlay: Overlay,
}

/// What staff made of how a record is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlay {
    /// Files that are shown, or not, unlike the record says.
    pub files: BTreeMap<usize, bool>,
    /// Typed commands that are not shown.
    pub hidden_commands: BTreeSet<usize>,
    /// By file and line, then the older first.
    pub annotations: Vec<Annotation>,
}

/// What somebody said about a line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    pub at: Timestamp,
    /// Who, as staff call him.
    pub by: String,
    /// The change.
    pub place: usize,
    pub spot: Spot,
    pub text: String,
}

/// A line of a file, as it was before or after a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    pub path: FilePath,
    pub side: Side,
    /// From 1; 0 is the file as a whole.
    pub line: u32,
    /// What stands there.
    pub quoted: String,
}

/// Which of the two files of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Old,
    New,
}

impl Side {
    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Side::Old => "old",
            Side::New => "new",
        }
    }
    /// The side of that word.
    pub fn of(word: &str) -> Side {
        if word == "old" { Side::Old } else { Side::New }
    }
}

impl fmt::Display for Spot {
    /// `/etc/fstab, line 12`, of the file as it is since then, or `/etc/fstab, line 12 before`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.side) {
            (0, _) => write!(f, "{}", self.path),
            (line, Side::New) => write!(f, "{}, line {line}", self.path),
            (line, Side::Old) => write!(f, "{}, line {line} before", self.path),
        }
    }
}

/// Goes along the lines of a unified difference and knows which line of the file each of them is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rows {
    /// The next line of either side; `None` above the first hunk.
    at: Option<(u32, u32)>,
}

impl Rows {
    /// The side and number of a line of a file; `None` for what is none. A hunk's head is the line that it begins with.
    pub fn next(&mut self, line: &[u8]) -> Option<(Side, u32)> {
        if let Some(begins) = begins(line) {
            self.at = Some(begins);
            return Some((Side::New, begins.1));
        }
        let (old, new) = self.at.as_mut()?;
        match line.first() {
            Some(b'-') => Some((Side::Old, step(old))),
            Some(b'+') => Some((Side::New, step(new))),
            Some(b' ') | None => {
                step(old);
                Some((Side::New, step(new)))
            }
            // what follows is another file's head
            Some(b'\\') => None,
            Some(_) => {
                self.at = None;
                None
            }
        }
    }
}

/// Gives the number and counts on.
fn step(number: &mut u32) -> u32 {
    let now = *number;
    *number = number.saturating_add(1);
    now
}

/// The first lines of both sides, of a hunk's head.
pub fn begins(line: &[u8]) -> Option<(u32, u32)> {
    let line = std::str::from_utf8(line).ok()?;
    let (old, rest) = line.strip_prefix("@@ -")?.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let first = |range: &str| range.split(',').next().and_then(|n| n.parse().ok());
    Some((first(old)?, first(new)?))
}

/// How one file differs, as its log shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diffed {
    /// The change.
    pub place: usize,
    /// As `patch -p1` takes it.
    pub patch: Vec<u8>,
    /// As people read it, from the file's names on; empty when no line of it differs.
    pub lines: Vec<String>,
    /// How many lines are left out of these, since there are too many for anybody.
    pub more: usize,
    /// Lines that came and that went.
    pub added: usize,
    pub removed: usize,
}

/// A file that was not as the session before had left it: somebody changed it without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drifted {
    /// The change.
    pub place: usize,
    /// The session before.
    pub after: u64,
    /// What was otherwise.
    pub what: String,
}

/// What a letter tells of a session.
#[derive(Debug, Clone)]
pub struct Told {
    pub log: Log,
    /// Of the files that are shown and have one, by place.
    pub diffs: Vec<Diffed>,
    pub drifted: Vec<Drifted>,
    /// Files whose difference was too much for the attached patch.
    pub left: usize,
    /// The whole of it, to be kept.
    pub files: Vec<Attachment>,
    /// The address of who worked, for staff.
    pub address: Address,
}

impl Log {
    /// Whether what changed in a file is shown.
    pub fn shows(&self, place: usize) -> bool {
        let recorded = self.filed.session.changes.get(place).is_some_and(|change| change.shown);
        self.overlay.files.get(&place).copied().unwrap_or(recorded)
    }
    /// Whether the admin gave up: there is nothing but the fact.
    pub fn is_discarded(&self) -> bool {
        self.filed.session.ending == Ending::Discarded
    }
    /// The changes, with their places.
    pub fn changes(&self) -> impl Iterator<Item = (usize, &Change)> {
        self.filed.session.changes.iter().enumerate()
    }
    /// The files that somebody means: of that very path, below that directory when it ends in a slash, or else all whose
    /// paths end so at a whole name.
    pub fn meant(&self, said: &str) -> Vec<usize> {
        let said = FilePath::from(said.to_owned()).0;
        let of = |means: &dyn Fn(&[u8]) -> bool| -> Vec<usize> {
            let paths = |change: &Change| {
                means(&change.path.0) || change.from.as_ref().is_some_and(|from| means(&from.0))
            };
            self.changes().filter(|(_, change)| paths(change)).map(|(place, _)| place).collect()
        };
        if said.ends_with(b"/") {
            return of(&|path| path.starts_with(&said));
        }
        let exact = of(&|path| path == said);
        if !exact.is_empty() || said.starts_with(b"/") {
            return exact;
        }
        let tail = [b"/", said.as_slice()].concat();
        of(&|path| path.ends_with(&tail))
    }
}

/// Where a diff of a file can come from.
pub fn name_of(content: &Content) -> Option<&str> {
    if let Content::Hash(name) = content { Some(name) } else { None }
}
