//! The lines of a session's log that can be answered: each with the place that it stands for. In come the differences that
//! are shown; a quoted line, with those above it, finds the one place that it came from, or that there is none.

use super::quoted::plain;
use crate::model::clues::Reviewed;
use crate::model::session_log::{Rows, Side, Spot, begins};
use crate::model::session_words::sign;
use std::collections::HashMap;

/// Lines that are looked at, over all files.
const LINES: usize = 20_000;
/// Quoted lines above one that help to find it.
const ABOVE: usize = 50;
/// Quoted lines that may be one, broken.
const BROKEN: usize = 4;
/// Characters from which on the begin of a line tells which one it is.
const BEGIN: usize = 20;

/// Where a quoted line came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    At(Spot),
    /// It is no line of a difference.
    Nothing,
    /// It is one, and stands nowhere or in several places.
    Unclear(String),
}

struct Line {
    key: String,
    spot: Spot,
    /// Which file, and which hunk of all.
    file: usize,
    hunk: usize,
}

pub(super) struct Sheet {
    lines: Vec<Line>,
    by_key: HashMap<String, Vec<usize>>,
    /// What names a file, or a hunk.
    heads: HashMap<String, Head>,
}

#[derive(Clone)]
struct Head {
    spot: Spot,
    file: usize,
    /// A hunk's head: which one; several may have the same.
    hunks: Vec<usize>,
}

impl Sheet {
    pub fn of(reviewed: &Reviewed) -> Sheet {
        let mut sheet = Sheet { lines: Vec::new(), by_key: HashMap::new(), heads: HashMap::new() };
        let mut hunks = 0;
        for (file, change) in reviewed.log.changes() {
            let spot = Spot { path: change.path.clone(), side: Side::New, line: 0, quoted: String::new() };
            sheet.head(&format!("{} {}", sign(change), change.path), spot.clone(), file);
            for diff in reviewed.diffs.iter().filter(|diff| diff.place == file) {
                sheet.file(&diff.lines, &spot, file, &mut hunks);
            }
        }
        for (at, line) in sheet.lines.iter().enumerate() {
            sheet.by_key.entry(line.key.clone()).or_default().push(at);
        }
        sheet
    }

    fn head(&mut self, line: &str, spot: Spot, file: usize) {
        self.heads.entry(plain(line)).or_insert(Head { spot, file, hunks: Vec::new() });
    }

    /// The lines of one file.
    fn file(&mut self, lines: &[String], spot: &Spot, file: usize, hunks: &mut usize) {
        let mut rows = Rows::default();
        for text in lines {
            if self.lines.len() >= LINES {
                return;
            }
            let row = rows.next(text.as_bytes());
            if let Some(begins) = begins(text.as_bytes()) {
                *hunks += 1;
                let spot = Spot { line: begins.1, quoted: text.clone(), ..spot.clone() };
                let head = Head { spot, file, hunks: Vec::new() };
                self.heads.entry(plain(text)).or_insert(head).hunks.push(*hunks);
                continue;
            }
            let Some((side, line)) = row else {
                if !text.ends_with("/dev/null") && !text.starts_with('\\') {
                    self.head(text, spot.clone(), file);
                }
                continue;
            };
            let spot = Spot { side, line, quoted: text.clone(), ..spot.clone() };
            self.lines.push(Line { key: plain(text), spot, file, hunk: *hunks });
        }
    }

    /// The place of the last of these quoted lines.
    pub fn find(&self, above: &[String]) -> Found {
        let Some(last) = above.iter().rposition(|line| !line.is_empty()) else { return Found::Nothing };
        let (above, line) =
            (above.get(..last).unwrap_or_default(), above.get(last).cloned().unwrap_or_default());
        for joined in 1..=BROKEN {
            let Some(candidates) = self.candidates(above, &line, joined) else { continue };
            let above = above.get(..(last + 1).saturating_sub(joined)).unwrap_or_default();
            return match self.best(candidates, above) {
                Some(line) => Found::At(line.spot.clone()),
                None => Found::Unclear(line),
            };
        }
        // a file's line in the list of files ends in brackets
        let named = line.split(" (").next().unwrap_or_default();
        if let Some(head) = self.heads.get(&line).or_else(|| self.heads.get(named)) {
            return if head.hunks.len() > 1 { Found::Unclear(line) } else { Found::At(head.spot.clone()) };
        }
        let begun: Vec<&Line> = self.lines.iter().filter(|l| l.key.starts_with(&line)).take(2).collect();
        match begun.as_slice() {
            [one] if line.chars().count() >= BEGIN => Found::At(one.spot.clone()),
            _ if line.starts_with(['+', '-']) && !line.starts_with("--") => Found::Unclear(line),
            _ => Found::Nothing,
        }
    }

    /// Lines that read like the last so many quoted ones put together: a mail program broke them.
    fn candidates(&self, above: &[String], line: &str, joined: usize) -> Option<&Vec<usize>> {
        let first = (above.len() + 1).checked_sub(joined)?;
        let parts: Vec<&str> = above.get(first..)?.iter().map(String::as_str).chain([line]).collect();
        let whole = |joint: &str| self.by_key.get(&plain(&parts.join(joint)));
        whole(" ").or_else(|| whole("")).filter(|_| joined == 1 || parts.iter().all(|part| !part.is_empty()))
    }

    /// The one that the lines above speak for; `None` when they speak for several.
    fn best(&self, candidates: &[usize], above: &[String]) -> Option<&Line> {
        let head = above.iter().rev().find_map(|line| self.heads.get(line));
        let named =
            above.iter().rev().find_map(|line| self.heads.get(line).filter(|head| head.hunks.is_empty()));
        let score = |at: usize| {
            let Some(line) = self.lines.get(at) else { return (false, false, 0) };
            let of_file = named.is_some_and(|head| head.file == line.file);
            let of_hunk = head.is_some_and(|head| head.hunks.contains(&line.hunk));
            (of_file, of_hunk, self.agreeing(at, above))
        };
        let mut scored: Vec<_> = candidates.iter().map(|at| (score(*at), *at)).collect();
        scored.sort_unstable_by(|one, other| other.cmp(one));
        match scored.as_slice() {
            [(_, one)] => self.lines.get(*one),
            [(first, one), (second, _), ..] if first > second => self.lines.get(*one),
            _ => None,
        }
    }

    /// How many quoted lines, going up, are the lines above that one.
    fn agreeing(&self, at: usize, above: &[String]) -> usize {
        let of_file = self.lines.get(at).map(|line| line.file);
        let lines = self.lines.get(..at).unwrap_or_default().iter().rev();
        let lines = lines.take_while(|line| Some(line.file) == of_file).filter(|line| !line.key.is_empty());
        let quoted = above.iter().rev().filter(|line| !line.is_empty()).take(ABOVE);
        quoted.zip(lines).take_while(|(quoted, line)| **quoted == line.key).count()
    }
}
