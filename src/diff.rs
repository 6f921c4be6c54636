//! What changed in a file, as people read it and as `patch -p1` applies it: in come the two contents and what is known of
//! the path, out come lines with their kinds. Unified format with the extended headers of git (git-diff(1), "Generating
//! patch text with -p"), which GNU patch follows since 2.7. Contents are bytes and stay what they are; only names are quoted,
//! as git quotes them. Never reads a file. Over its limits it says so in the place of hunks.

mod emphasis;
mod head;
mod ranges;

pub use head::{facts, quoted};
pub use ranges::Ranges;

use crate::limits;
use crate::model::session::{Change, Thing, Type};
use similar::{Algorithm, DiffOp, DiffTag, TextDiff};
use std::ops::Range;
use std::time::Duration;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// A change of one path, ready to be shown or applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    pub lines: Vec<Line>,
}

/// One line, without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub kind: Kind,
    /// As it stands in the patch, with its sign.
    pub bytes: Vec<u8>,
    /// The parts of `bytes` that make the difference to the line it replaces or is replaced by.
    pub strong: Vec<Range<usize>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words for people, which patch(1) passes over.
    Note,
    /// What names the file, its modes, a rename.
    Head,
    /// `@@ -1,3 +1,4 @@`
    Hunk,
    Same,
    Removed,
    Added,
    /// `\ No newline at end of file`
    Unended,
}

/// The whole change of a path. The contents are those of regular files where they are at hand, redacted or not; of links
/// and of what has no content nothing is needed. `owner` gives the names that stand for a user and a group.
pub fn of(
    change: &Change,
    before: Option<&[u8]>,
    after: Option<&[u8]>,
    owner: &dyn Fn(u32, u32) -> String,
) -> Diff {
    let mut diff = Diff::default();
    for fact in facts(change, owner) {
        diff.push(Kind::Note, format!("# {fact}").into_bytes());
    }
    let (old, new) = (side(change.before.as_ref(), before), side(change.after.as_ref(), after));
    let facts = diff.lines.len();
    // a file that became a link is taken away and made anew, as git has it
    let retyped = matches!((&change.before, &change.after), (Some(b), Some(a)) if b.kind != a.kind);
    if retyped {
        diff.part(change, old, Side::Nothing);
        diff.part(change, Side::Nothing, new);
    } else {
        diff.part(change, old, new);
    }
    // what has no lines to read is told by size and hash
    if !diff.lines.iter().any(|line| line.kind == Kind::Hunk)
        && let Some(fact) = head::bare(change)
    {
        let line = Line { kind: Kind::Note, bytes: format!("# {fact}").into_bytes(), strong: Vec::new() };
        diff.lines.insert(facts, line);
    }
    diff
}

/// The hunks between two texts.
pub fn unified(old: &[u8], new: &[u8]) -> Diff {
    let mut diff = Diff::default();
    diff.hunks(old, new);
    diff
}

/// What one side of a change is to a patch.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Side<'a> {
    Nothing,
    /// The mode with its type bits, and the bytes where they are known.
    Is(u32, Option<&'a [u8]>),
    /// A directory, a device: no patch can make one.
    Else,
}

fn side<'a>(thing: Option<&'a Thing>, content: Option<&'a [u8]>) -> Side<'a> {
    match thing {
        None => Side::Nothing,
        Some(thing) if thing.kind == Type::File => Side::Is(0o100_000 | thing.mode, content),
        Some(thing) if thing.kind == Type::Symlink => {
            Side::Is(0o120_000, thing.target.as_ref().map(|target| target.0.as_slice()))
        }
        Some(_) => Side::Else,
    }
}

/// Lines with their ends; only LF ends one, as in diff(1).
fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|b| *b == b'\n').collect()
}

impl Diff {
    fn push(&mut self, kind: Kind, bytes: Vec<u8>) {
        self.lines.push(Line { kind, bytes, strong: Vec::new() });
    }

    /// One section of a patch.
    fn part(&mut self, change: &Change, old: Side<'_>, new: Side<'_>) {
        let contents = match (old, new) {
            (Side::Else, _) | (_, Side::Else) | (Side::Nothing, Side::Nothing) => return,
            (Side::Nothing, Side::Is(_, new)) => new.map(|new| (&b""[..], new)),
            (Side::Is(_, old), Side::Nothing) => old.map(|old| (old, &b""[..])),
            (Side::Is(_, old), Side::Is(_, new)) => old.zip(new),
        };
        let head = head::lines(change, old, new);
        let both = matches!((old, new), (Side::Is(..), Side::Is(..)));
        let text = contents.filter(|(old, new)| old == new || !(is_binary(old) || is_binary(new)));
        // without contents, only a rename or a change of mode can be applied
        if text.is_some() || (both && head.len() > 1) {
            head.into_iter().for_each(|line| self.push(Kind::Head, line));
        }
        match (contents, text) {
            (_, Some((before, after))) if before != after => {
                head::names(change, old, new).into_iter().for_each(|line| self.push(Kind::Head, line));
                self.hunks(before, after);
            }
            (Some(_), None) => self.push(Kind::Note, b"# Binary files differ".to_vec()),
            _ => {}
        }
    }

    fn hunks(&mut self, old: &[u8], new: &[u8]) {
        if old.len() > limits::DIFF_BYTES || new.len() > limits::DIFF_BYTES {
            self.push(Kind::Note, b"# too big to be compared line by line".to_vec());
            return;
        }
        let (before, after) = (lines(old), lines(new));
        let mut config = TextDiff::configure();
        config.algorithm(Algorithm::Myers).timeout(Duration::from_millis(limits::DIFF_MILLISECONDS));
        let diff = config.diff_slices(&before, &after);
        let mut emphasis = emphasis::Budget::default();
        for ops in diff.grouped_ops(CONTEXT) {
            let (Some(first), Some(last)) = (ops.first(), ops.last()) else { continue };
            let span = |from: Range<usize>, to: Range<usize>| from.start..to.end;
            let from = span(first.old_range(), last.old_range());
            let to = span(first.new_range(), last.new_range());
            self.push(
                Kind::Hunk,
                format!("@@ -{} +{} @@", head::extent(&from), head::extent(&to)).into_bytes(),
            );
            for op in &ops {
                self.op(op, &before, &after, &mut emphasis);
            }
        }
    }

    fn op(&mut self, op: &DiffOp, before: &[&[u8]], after: &[&[u8]], emphasis: &mut emphasis::Budget) {
        let old = before.get(op.old_range()).unwrap_or_default();
        let new = after.get(op.new_range()).unwrap_or_default();
        if op.tag() == DiffTag::Equal {
            old.iter().for_each(|line| self.line(Kind::Same, line, Vec::new()));
            return;
        }
        let (mut out, mut into) = emphasis.between(old, new);
        for (n, line) in old.iter().enumerate() {
            self.line(Kind::Removed, line, out.get_mut(n).map(std::mem::take).unwrap_or_default());
        }
        for (n, line) in new.iter().enumerate() {
            self.line(Kind::Added, line, into.get_mut(n).map(std::mem::take).unwrap_or_default());
        }
    }

    fn line(&mut self, kind: Kind, line: &[u8], strong: Vec<Range<usize>>) {
        let sign = match kind {
            Kind::Removed => b'-',
            Kind::Added => b'+',
            _ => b' ',
        };
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let bytes = [&[sign], text].concat();
        self.lines.push(Line { kind, bytes, strong });
        if text.len() == line.len() {
            self.push(Kind::Unended, b"\\ No newline at end of file".to_vec());
        }
    }

    /// How many lines go, and how many come.
    pub fn counts(&self) -> (usize, usize) {
        let count = |kind| self.lines.iter().filter(|line| line.kind == kind).count();
        (count(Kind::Removed), count(Kind::Added))
    }

    /// As `patch -p1` takes it.
    pub fn patch(&self) -> Vec<u8> {
        let mut patch = Vec::new();
        for line in &self.lines {
            patch.extend_from_slice(&line.bytes);
            patch.push(b'\n');
        }
        patch
    }

    /// The first `most` lines as text for people: foreign bytes and control characters stand as `\xNN`, an overlong line is
    /// cut. The number of lines that are left out comes with it.
    pub fn readable(&self, most: usize) -> (Vec<String>, usize) {
        let most = most.min(limits::DIFF_LINES);
        let shown = self.lines.iter().take(most).map(|line| readable(&line.bytes)).collect();
        (shown, self.lines.len().saturating_sub(most))
    }
}

/// Whether a content is not for people to read: it holds a NUL.
pub fn is_binary(content: &[u8]) -> bool {
    content.contains(&0)
}

/// One line of at most [`limits::DIFF_COLUMNS`] bytes, and an ellipsis where there was more.
fn readable(line: &[u8]) -> String {
    let mut text = String::new();
    for chunk in line.utf8_chunks() {
        let signs = chunk.valid().chars().map(Ok).chain(chunk.invalid().iter().map(Err));
        for sign in signs {
            let before = text.len();
            match sign {
                Ok('\t') => text.push('\t'),
                Ok(sign @ ('\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')) => {
                    text.extend(sign.escape_unicode());
                }
                Ok(sign) if sign.is_control() => text.push_str(&format!("\\x{:02x}", u32::from(sign))),
                Ok(sign) => text.push(sign),
                Err(byte) => text.push_str(&format!("\\x{byte:02x}")),
            }
            if text.len() > limits::DIFF_COLUMNS {
                text.truncate(before);
                text.push('…');
                return text;
            }
        }
    }
    text
}

#[cfg(test)]
mod tests;
