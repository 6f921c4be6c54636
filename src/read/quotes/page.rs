//! A text as lines: what each line looks like, and the kind it has been given so far.
//!
//! Every look at a line is paid once, here; the other files of this room ask by line number and may ask past the end.

use crate::model::folded::folded;
use crate::model::mail::{Piece, PieceKind};

/// Longest line, in bytes, that is read as a header, an attribution or a signature of any sort.
const HEAD_BYTES: usize = 500;

/// What a line looks like by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Blank,
    /// Begins with `>`.
    Quoted,
    /// Consists of three or more dashes, underscores or the like.
    Rule,
    Text,
}

#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    /// With its line end.
    raw: &'a str,
    /// Without white space at its ends.
    text: &'a str,
    look: Look,
    kind: PieceKind,
}

pub(super) struct Page<'a> {
    lines: Vec<Line<'a>>,
}

impl<'a> Page<'a> {
    /// One line per item, each with its line end; all of them `New`.
    pub(super) fn new(lines: impl Iterator<Item = &'a str>) -> Page<'a> {
        let mut lines: Vec<Line<'a>> =
            lines.map(|raw| Line { raw, text: raw.trim(), look: look(raw), kind: PieceKind::New }).collect();
        // `>From` is how mailboxes guard a line that begins with "From"; it is no quote when it stands alone.
        let guarded: Vec<bool> = (0..lines.len())
            .map(|i| {
                let quoted =
                    |n: Option<usize>| n.and_then(|n| lines.get(n)).is_some_and(|l| l.look == Look::Quoted);
                lines.get(i).is_some_and(|l| l.raw.starts_with(">From "))
                    && !quoted(i.checked_sub(1))
                    && !quoted(Some(i + 1))
            })
            .collect();
        for (line, guarded) in lines.iter_mut().zip(guarded) {
            if guarded {
                line.look = Look::Text;
            }
        }
        Page { lines }
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The line without white space at its ends; empty past the end.
    pub(super) fn line(&self, i: usize) -> &'a str {
        self.lines.get(i).map_or("", |l| l.text)
    }

    /// The line, trimmed, if it is short enough to mean anything to us and not blank.
    pub(super) fn head(&self, i: usize) -> Option<&'a str> {
        let line = self.lines.get(i)?;
        (line.raw.len() <= HEAD_BYTES && line.look != Look::Blank).then_some(line.text)
    }

    /// Whether the line ends in a space, as the delimiter of signatures does.
    pub(super) fn has_space(&self, i: usize) -> bool {
        self.lines.get(i).is_some_and(|l| l.raw.trim_end_matches('\n').ends_with([' ', '\u{a0}']))
    }

    /// `Blank` past the end.
    pub(super) fn look(&self, i: usize) -> Look {
        self.lines.get(i).map_or(Look::Blank, |l| l.look)
    }

    pub(super) fn kind(&self, i: usize) -> Option<PieceKind> {
        self.lines.get(i).map(|l| l.kind)
    }

    pub(super) fn mark(&mut self, from: usize, to: usize, kind: PieceKind) {
        self.lines.iter_mut().take(to).skip(from).for_each(|l| l.kind = kind);
    }

    /// Whether any line with words in it is still new.
    pub(super) fn has_new_text(&self) -> bool {
        self.lines.iter().any(|l| l.kind == PieceKind::New && matches!(l.look, Look::Text))
    }

    /// The first line at or after `i` that is not blank, looking over at most `blanks` blank ones.
    pub(super) fn next_text(&self, i: usize, blanks: usize) -> Option<usize> {
        (i..self.len()).take(blanks + 1).find(|&n| self.look(n) != Look::Blank)
    }

    /// The runs of lines of this kind, as half-open ranges, top first.
    pub(super) fn runs(&self, kind: PieceKind) -> Vec<(usize, usize)> {
        let mut runs = Vec::new();
        let mut from = 0;
        for group in self.lines.chunk_by(|a, b| (a.kind == kind) == (b.kind == kind)) {
            if group.first().is_some_and(|l| l.kind == kind) {
                runs.push((from, from + group.len()));
            }
            from += group.len();
        }
        runs
    }

    /// Blank lines belong to what stands above them, but those next to new text stay new.
    pub(super) fn settle_blanks(&mut self) {
        let mut above = None;
        let mut i = 0;
        while i < self.len() {
            let end = (i..self.len()).find(|&n| self.look(n) != Look::Blank).unwrap_or(self.len());
            if end > i {
                let below = self.kind(end);
                let kind = match (above, below) {
                    (Some(PieceKind::New), Some(_)) | (_, Some(PieceKind::New)) => PieceKind::New,
                    (Some(kind), _) | (None, Some(kind)) => kind,
                    (None, None) => PieceKind::New,
                };
                self.mark(i, end, kind);
            }
            above = self.kind(end);
            i = end + 1;
        }
    }

    /// The lines put together again, one piece for each run of one kind.
    pub(super) fn into_pieces(self) -> Vec<Piece> {
        self.lines
            .chunk_by(|a, b| a.kind == b.kind)
            .filter_map(|run| {
                let mut text = String::with_capacity(run.iter().map(|l| l.raw.len()).sum());
                text.extend(run.iter().map(|l| l.raw));
                Some(Piece { kind: run.first()?.kind, text })
            })
            .collect()
    }
}

/// White space, and the marks that take no room but confuse a comparison.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || is_mark(c)
}

/// Direction marks, joiners and the byte order mark.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What rules are drawn with.
pub(super) fn is_rule(c: char) -> bool {
    matches!(c, '-' | '_' | '=' | '*' | '~' | '#' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '─' | '━' | '═')
}

/// One line for comparing: lower case, no direction marks, no bold stars, single spaces, none at the ends.
pub(super) fn plain(line: &str) -> String {
    folded(line, |c| is_mark(c) || c == '*')
}

fn look(raw: &str) -> Look {
    let text = raw.trim_matches(is_space);
    if text.is_empty() {
        return Look::Blank;
    }
    if text.starts_with('>') {
        // ">>> like this <<<" is an ornament, ">>> Ada 3/5/21 14:05 >>>" an attribution.
        let ends = text.ends_with("<<") || text.ends_with(">>>");
        let closed = ends && text.starts_with(">>") && text.chars().any(char::is_alphanumeric);
        return if closed { Look::Text } else { Look::Quoted };
    }
    // Only as much is counted as a rule can have.
    if text.len() <= HEAD_BYTES
        && text.chars().all(|c| is_rule(c) || c == ' ')
        && text.chars().nth(2).is_some()
    {
        return Look::Rule;
    }
    Look::Text
}
