//! The line that says whose words follow: "On Monday, 3 May 2021 at 10:00, Ada <ada@example.org> wrote:", in many
//! languages, in any order, wrapped over several lines.
//!
//! In comes a line number, out goes how many lines the attribution takes and how sure it is. Sure means: even when
//! what follows is not marked with `>`, it is not the writer's own. Anything less counts only above quoted lines.

use super::languages;
use super::page::{Look, Page, is_rule, is_space, plain};

/// Lines that one attribution may be wrapped over, blank ones included.
const LINES: usize = 6;
/// Blank lines between an attribution and the quoted lines.
const GAP: usize = 4;
/// Most words in an attribution, those of dates and addresses counted one by one.
const WORDS: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attribution {
    /// How many lines it takes.
    pub lines: usize,
    /// Whether lines marked with `>` follow.
    pub marked: bool,
}

/// The attribution that begins at line `i`, if one does.
pub(super) fn at(page: &Page, i: usize) -> Option<Attribution> {
    if !may_begin(page.head(i)?) {
        return None;
    }
    let mut text = String::new();
    for n in 0..LINES {
        let Some(line) = page.head(i + n) else {
            // One blank line may stand before a wrapped address.
            let address_follows = page.head(i + n + 1).is_some_and(|next| next.starts_with('<'));
            if n > 0 && page.look(i + n) == Look::Blank && address_follows {
                continue;
            }
            return None;
        };
        let line = plain(line);
        if n > 0 && !continues(&text, &line, page.look(i + n)) {
            return None;
        }
        text.push_str(&line);
        if n == 0 && !promises(&text) {
            return None;
        }
        let facts = Facts::of(&text);
        let marked = page.next_text(i + n + 1, GAP).is_some_and(|next| page.look(next) == Look::Quoted);
        if facts.sure() || (marked && facts.likely(n)) {
            return Some(Attribution { lines: n + 1, marked });
        }
        if !facts.may_wrap() {
            return None;
        }
        text.push(' ');
    }
    None
}

/// Whether a line has any of what an attribution begins with: a figure, an address, a colon, dashes, arrows, or letters of
/// other scripts, which may be any of it. Most prose has none, and is looked at no further.
fn may_begin(line: &str) -> bool {
    line.bytes().any(|b| b.is_ascii_digit() || b":@&->".contains(&b) || !b.is_ascii())
}

/// Whether a line, as `plain` makes it, has what no attribution's first line goes without: a colon at its end, something of
/// an address, dashes or arrows before it, or the begin of a date.
fn promises(text: &str) -> bool {
    let body = bare(text);
    body.ends_with([':', '：'])
        || body.contains(['@', '&'])
        || text.starts_with("--")
        || text.starts_with(">>>")
        || is_early(body) && (opens(body) || is_numbered(body) || dated(body))
}

/// Without rules and blanks at its ends.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| is_rule(c) || is_space(c))
}

/// Whether the first word is "on" or the like.
fn opens(body: &str) -> bool {
    words(body).next().is_some_and(languages::opens) || body.starts_with('在')
}

/// Whether the first word is a number.
fn is_numbered(body: &str) -> bool {
    words(body).next().is_some_and(|word| is_number(&word))
}

/// Whether a number stands among the first four words.
fn is_early(body: &str) -> bool {
    words(body).take(4).any(|word| is_number(&word)) || body.starts_with('在')
}

fn words(body: &str) -> impl Iterator<Item = &str> {
    body.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty())
}

fn is_number(word: &&str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// Where in a line an attribution begins that shares it with the words before, as a byte offset.
pub(super) fn inside(line: &str) -> Option<usize> {
    let text = line.trim_matches(is_space);
    if text.starts_with('>') || !text.ends_with([':', '：']) {
        return None;
    }
    let starts = line.match_indices("On ").take(3).map(|(at, _)| at);
    let mut found =
        starts.filter(|&at| at > 0 && line.get(..at).is_some_and(|before| before.ends_with([' ', '-'])));
    let facts = |at: usize| line.get(at..).map(|rest| Facts::of(&plain(rest)));
    let at = found.find(|&at| facts(at).is_some_and(|f| f.opens && f.early && f.dated && f.wrote))?;
    let before = line.get(..at)?.trim_end();
    // Dashes between the two belong to the attribution.
    let cut = if before.ends_with("--") { before.trim_end_matches('-').len() } else { at };
    (!line.get(..cut)?.trim_matches(is_space).is_empty()).then_some(cut)
}

/// Whether an unfinished attribution may go on with this line.
fn continues(text: &str, line: &str, look: Look) -> bool {
    let open = is_open(text);
    match look {
        Look::Quoted => open,
        Look::Rule => false,
        Look::Blank | Look::Text if open => true,
        Look::Blank | Look::Text => {
            let body = bare(line);
            !(opens(body) && is_early(body))
        }
    }
}

fn is_open(text: &str) -> bool {
    text.matches('<').count() > text.matches('>').count()
}

/// What can be seen in a text that may be an attribution.
#[derive(Debug, Default)]
struct Facts {
    /// The first word is "on" or the like.
    opens: bool,
    /// The first word is a number.
    numbered: bool,
    /// A number stands among the first four words.
    early: bool,
    /// The second word begins with a digit: "Tue 3 May".
    weekday: bool,
    /// There is a time of day, a date in figures, or a year and a day.
    dated: bool,
    /// Some word says "wrote".
    wrote: bool,
    /// ... and it is the last one.
    wrote_last: bool,
    /// There is an address.
    address: bool,
    /// ... or a list of them.
    crowded: bool,
    /// ... between brackets.
    bracketed: bool,
    /// ... these being `<>`, which prose has no use for.
    angled: bool,
    /// ... and it is the end of the text.
    address_last: bool,
    colon: bool,
    /// Dashes on both sides, or ">>>".
    ruled: bool,
    /// More words than names, dates and addresses have.
    long: bool,
    /// A bracket is still open.
    open: bool,
}

impl Facts {
    /// Of a text as `plain` makes it.
    fn of(text: &str) -> Facts {
        let bare = bare(text);
        let body = bare.trim_end_matches([':', '：', ' ']);
        let colon = body.len() < bare.len() && bare.ends_with([':', '：']);
        let words: Vec<&str> = words(body).collect();
        let at = body.rfind('@');
        let before_at = at.and_then(|at| body.get(..at)).unwrap_or("");
        let bracketed = before_at.contains(['<', '(', '[']) || body.contains("&lt;");
        // without any of these nobody asks who wrote
        let tells = colon || bracketed || text.starts_with("--");
        let wrote_last = tells
            && (languages::ends_in_wrote(body)
                || words.iter().rev().take(2).any(|w| languages::wrote_at_the_end(w)));
        let wrote = wrote_last || tells && words.iter().any(|w| languages::wrote(w));
        let arrows = text.starts_with(">>>") && text.ends_with(">>>");
        let dated = dated(body);
        Facts {
            opens: opens(body),
            numbered: is_numbered(body),
            early: is_early(body),
            weekday: words.get(1).is_some_and(is_number),
            dated,
            wrote,
            wrote_last,
            address: at.is_some(),
            crowded: body.matches('@').count() > 2,
            bracketed,
            angled: before_at.contains('<'),
            address_last: body.ends_with(['>', ')', ']']) && at.is_some(),
            colon,
            ruled: (text.starts_with("--") && text.ends_with("--") && wrote) || (arrows && dated),
            long: words.len() > WORDS,
            open: is_open(body),
        }
    }

    fn sure(&self) -> bool {
        let starts = self.opens && self.early;
        let numbered = self.numbered || self.weekday;
        // "3 May 2021 14:05, Ada wrote:", "Ada <ada@example.org> wrote:", "On 3 May 2021 wrote Ada:"
        let who_or_when = if self.bracketed {
            (self.colon && (self.wrote_last || self.address_last || self.dated))
                || (self.wrote_last && self.dated)
        } else {
            self.colon && self.dated && (starts || (numbered && self.wrote_last))
        };
        // "Mon, 3 May 2021 14:05 Ada <ada@example.org>:"
        let addressed = self.bracketed && self.address_last && !self.crowded;
        let silent = self.colon && self.dated && (starts || numbered) && addressed;
        !self.long && ((self.wrote && who_or_when) || self.ruled || silent)
    }

    /// Good enough above quoted lines; `wrapped` counts the lines after the first.
    fn likely(&self, wrapped: usize) -> bool {
        let whole = !self.open && (wrapped == 0 || (self.dated && self.early));
        whole
            && ((self.colon && (self.wrote || (self.address && (self.dated || self.address_last))))
                || (self.dated && self.early && self.address_last)
                || (self.colon && self.opens && self.early && self.dated))
    }

    fn may_wrap(&self) -> bool {
        !self.colon && ((self.early && (self.opens || self.dated || self.numbered)) || self.angled)
    }
}

/// Whether a text holds a time of day, a date in figures, or a year together with another number.
fn dated(text: &str) -> bool {
    let figures =
        text.split(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | '/' | '-' | '@' | '年' | '月'));
    let (mut year, mut numbers) = (false, 0_usize);
    for figure in figures.filter(|f| f.starts_with(|c: char| c.is_ascii_digit())).take(40) {
        let parts: Vec<&str> =
            figure.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).collect();
        let is_year = |p: &&str| p.len() == 4 && (p.starts_with("19") || p.starts_with("20"));
        let pairs = parts.iter().filter(|p| p.len() == 2).count();
        let found = match parts.as_slice() {
            [hours, minutes] | [hours, minutes, _] if figure.contains(':') => {
                hours.len() <= 2 && minutes.len() == 2
            }
            // Neither an IP address nor a version is a date.
            [_, _, _] => parts.iter().any(is_year) || pairs >= 2 || figure.contains('/'),
            _ => false,
        };
        if found {
            return true;
        }
        numbers += parts.len();
        year |= parts.iter().any(is_year);
    }
    year && numbers > 1
}
