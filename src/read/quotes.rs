//! What the writer added, and what was there before: cuts the readable text of a mail into pieces.
//!
//! In comes the text (`\n` line ends, format=flowed undone, HTML turned into text with `> ` before quotes), out come
//! runs of its lines that put together are the text again: nothing is ever thrown away. It never looks at headers and
//! never decides what a piece is good for. Where it cannot know, lines below an unmistakable head of an older mail are
//! a quote, since commands are read from new text only; answers between lines marked with `>` stay new. Time is
//! linear in the text.
//!
//! There is no standard but for `> ` (RFC 3676 4.5) and `-- ` (4.3); the rest is what mail programs do.

mod attribution;
mod blocks;
mod languages;
mod page;
mod signature;

use crate::model::mail::{Piece, PieceKind};
use blocks::Announces;
use page::{Look, Page};

/// Blank lines between two quoted lines, or between a head and what it announces.
const GAP: usize = 4;
/// From this length on, a quoted line may have been wrapped without its mark.
const WRAPPED_AT: usize = 66;

/// Cuts a text into pieces. A line is cut in two only where an attribution shares it with the words before.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut page = Page::new(text.split_inclusive('\n').flat_map(shared));
    let head = mark_older(&mut page);
    signature::mark(&mut page);
    // A head with nothing written above it is a mail passed on, not one answered.
    if !page.has_new_text() {
        let marked = || page.next_text(0, GAP).filter(|&i| blocks::at(&page, i).is_some());
        if let Some(head) = head.or_else(marked) {
            page.mark(head, page.len(), PieceKind::Forward);
        }
    }
    page.settle_blanks();
    page.into_pieces()
}

/// "Yes. On Monday ... wrote:" is two lines to us.
fn shared(line: &str) -> impl Iterator<Item = &str> {
    let at = if line.len() <= 500 { attribution::inside(line) } else { None };
    let (before, after) = at.and_then(|at| line.split_at_checked(at)).unwrap_or(("", line));
    [before, after].into_iter().filter(|part| !part.is_empty())
}

/// What was found at a line: where it ends, and what it is.
struct Older {
    end: usize,
    kind: PieceKind,
    /// Announced by a head such as "-----Original Message-----".
    headed: bool,
}

/// Marks quotes and forwards; returns the line of a head below which all is quoted.
fn mark_older(page: &mut Page) -> Option<usize> {
    let (mut i, mut written) = (0, false);
    while i < page.len() {
        let Some(older) = older_at(page, i, written) else {
            written |= page.look(i) == Look::Text;
            i += 1;
            continue;
        };
        let start = if page.look(i) == Look::Quoted { i } else { above(page, i) };
        page.mark(start, older.end, older.kind);
        if older.headed {
            return Some(start);
        }
        i = older.end;
    }
    None
}

/// The older mail that begins at line `i`, if one does.
fn older_at(page: &Page, i: usize, written: bool) -> Option<Older> {
    let quote = |end| Some(Older { end, kind: PieceKind::Quote, headed: false });
    match page.look(i) {
        Look::Blank => return None,
        Look::Quoted => return quote(quoted(page, i)),
        Look::Rule | Look::Text => {}
    }
    match blocks::at(page, i) {
        Some((_, Announces::Original)) => {
            return Some(Older { end: page.len(), kind: PieceKind::Quote, headed: true });
        }
        Some((lines, Announces::Forward)) => {
            let below = i + lines;
            let marked = page.next_text(below, GAP).is_some_and(|n| page.look(n) == Look::Quoted);
            let end = if marked { quoted(page, below) } else { page.len() };
            return Some(Older { end, kind: PieceKind::Forward, headed: false });
        }
        None => {}
    }
    if let Some(found) = attribution::at(page, i) {
        return quote(if found.marked { quoted(page, i + found.lines) } else { page.len() });
    }
    // With nothing above it, the mark is the ticket system's own mail.
    let above_this = written && page.head(i).is_some_and(blocks::says_above);
    above_this.then(|| quote(page.len())).flatten()
}

/// Where a run of quoted lines ends that begins at line `i` or after a few blank ones.
fn quoted(page: &Page, i: usize) -> usize {
    let mut end = i;
    while let Some(n) = page.next_text(end, GAP) {
        if page.look(n) == Look::Quoted || (n == end && n > i && lost_its_mark(page, n)) {
            end = n + 1;
        } else {
            break;
        }
    }
    end
}

/// Whether line `i`, between two quoted lines, is the end of the one above, broken off by a mail program.
fn lost_its_mark(page: &Page, i: usize) -> bool {
    let Some(above) = i.checked_sub(1).map(|n| page.line(n)) else { return false };
    let line = page.line(i);
    let between = page.look(i + 1) == Look::Quoted && page.look(i) == Look::Text;
    let full = above.chars().take(WRAPPED_AT).count() == WRAPPED_AT
        && !above.ends_with(['.', '?', '!', ':', ';', ')']);
    let runs_on = line.starts_with(|c: char| !c.is_uppercase());
    let open_link =
        above.rfind("(http").is_some_and(|at| above.get(at..).is_some_and(|rest| !rest.contains(')')));
    let link = line.starts_with("(http") || line.starts_with("<http");
    between && ((full && runs_on) || open_link || link)
}

/// Where the older mail really begins: a rule drawn above its head belongs to the head.
fn above(page: &Page, i: usize) -> usize {
    let rule = (0..i).rev().take(GAP).find(|&n| page.look(n) != Look::Blank);
    rule.filter(|&n| page.look(n) == Look::Rule && page.kind(n) == Some(PieceKind::New)).unwrap_or(i)
}

#[cfg(test)]
mod tests;
