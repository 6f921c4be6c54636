//! The grammar of command lines. In comes what a sender wrote himself (quotes and signatures are off), out come the
//! orders in it, the lines that were meant as orders and are none, and the text that is left.
//! Never runs a line that is not a command from its first to its last word, and never one that is only similar to a
//! command: those are text, and at most reported. Takes time in proportion to the text, whatever is in it.

use super::{Shape, TABLE, Verb};
use crate::limits;
use crate::model::refusal::{NotRun, Refusal};
use crate::model::ticket::Number;
use std::collections::BTreeSet;

/// What a mail's own text says.
#[derive(Debug, Default)]
pub struct Reading {
    /// In the order of the text.
    pub orders: Vec<Order>,
    /// Lines that were meant as commands and are none; they are part of `rest` too. When there is one, nothing
    /// should be run: the sender thinks of his mail as a whole.
    pub not_run: Vec<NotRun>,
    /// The text without the command lines, without blank lines at its ends.
    pub rest: String,
}

/// One line that is a command.
#[derive(Debug)]
pub struct Order {
    /// Line of the text, from 1.
    pub line: u32,
    /// The line as written, blanks at its ends taken off.
    pub text: String,
    pub verb: &'static Verb,
    /// The tickets it names, each once; none means the ticket of the thread.
    pub tickets: Vec<Number>,
    /// The person it names, as written.
    pub who: Option<String>,
    /// Words for requester and subscribers, as written; may be empty.
    pub remark: String,
}

/// Finds the commands: in the block at the top, and in lines that begin with `!` anywhere. `staff` says that a staff
/// member is named as the sender (proven or not): only they are told of unmarked lines that are nearly commands.
pub fn read(new_text: &str, staff: bool) -> Reading {
    let lines: Vec<&str> = new_text.split('\n').collect();
    let mut scan = Scan { staff, ..Scan::default() };
    for (at, line) in lines.iter().enumerate() {
        if !scan.step(at, line) {
            break;
        }
    }
    let is_left = |taken: &BTreeSet<usize>, at: usize, line: &str| !taken.contains(&at) && !is_blank(line);
    if lines.iter().enumerate().any(|(at, line)| is_left(&scan.taken, at, line)) {
        scan.give_back_questions();
    }
    let left: Vec<&str> =
        lines.iter().enumerate().filter(|(at, _)| !scan.taken.contains(at)).map(|(_, line)| *line).collect();
    let first = left.iter().position(|line| !is_blank(line)).unwrap_or(left.len());
    let last = left.iter().rposition(|line| !is_blank(line)).map_or(first, |at| at + 1);
    let rest = left.get(first..last).unwrap_or_default().join("\n");
    Reading { orders: scan.orders, not_run: scan.not_run, rest }
}

/// How far the block of commands at the top has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Block {
    #[default]
    Before,
    Inside,
    Over,
}

#[derive(Default)]
struct Scan {
    staff: bool,
    block: Block,
    orders: Vec<Order>,
    not_run: Vec<NotRun>,
    /// Tickets named so far; a line that names none counts as one.
    targets: usize,
    /// Lines, from 0, that are no part of the text any more.
    taken: BTreeSet<usize>,
}

impl Scan {
    /// Looks at one line; `false` when all after it is text.
    fn step(&mut self, at: usize, line: &str) -> bool {
        let plain = tidy(line);
        // the mark stands in the first column, so that no quoted or indented line is ever taken for one
        let mark = line.trim_start_matches(BOM).starts_with('!');
        if let Some(said) = plain.strip_prefix('!').filter(|said| mark && starts_with_letter(said)) {
            return match parse(said, line.split_once('!').map_or("", |(_, said)| said)) {
                Some(found) => self.take(at, line, found),
                None => {
                    self.block = Block::Over;
                    self.refuse(line, why_not(said))
                }
            };
        }
        match self.block {
            Block::Over => true,
            Block::Before if plain.is_empty() => true,
            _ => self.unmarked(at, line, &plain),
        }
    }

    /// A line without mark, in or before the top block.
    fn unmarked(&mut self, at: usize, line: &str, plain: &str) -> bool {
        let first = self.block == Block::Before;
        if let Some(found) = parse(plain, line).filter(|f| self.staff || f.verb.shape != Shape::PersonTickets)
        {
            return self.take(at, line, found);
        }
        self.block = Block::Over;
        if is_stop(plain) && !self.orders.is_empty() {
            self.taken.insert(at);
        } else if self.staff && was_meant(plain, first) {
            return self.refuse(line, why_not(plain));
        }
        true
    }

    fn take(&mut self, at: usize, line: &str, found: Found) -> bool {
        self.targets = self.targets.saturating_add(found.tickets.len().max(1));
        if self.targets > limits::COMMANDS {
            self.refuse(line, Refusal::TooMany(limits::COMMANDS));
            return false;
        }
        if self.block == Block::Before {
            self.block = Block::Inside;
        }
        self.taken.insert(at);
        self.orders.push(Order {
            line: u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1),
            text: line.trim_start_matches(BOM).trim().to_owned(),
            verb: found.verb,
            tickets: found.tickets,
            who: found.who,
            remark: found.remark,
        });
        true
    }

    fn refuse(&mut self, line: &str, why: Refusal) -> bool {
        self.not_run.push(NotRun { line: shown(line), why });
        self.not_run.len() < limits::UNKNOWN_COMMANDS
    }

    /// An unmarked "Help!" above other text is how people begin a mail, not a question to the robot.
    fn give_back_questions(&mut self) {
        let taken = &mut self.taken;
        self.orders.retain(|order| {
            let prose = order.verb.is_question() && !order.text.starts_with('!');
            if prose {
                taken.remove(&usize::try_from(order.line.saturating_sub(1)).unwrap_or(usize::MAX));
            }
            !prose
        });
    }
}

/// A line that is a command from end to end.
struct Found {
    verb: &'static Verb,
    tickets: Vec<Number>,
    who: Option<String>,
    remark: String,
}

impl Found {
    fn new(verb: &'static Verb) -> Found {
        Found { verb, tickets: Vec::new(), who: None, remark: String::new() }
    }
}

/// Reads a whole line: `plain` is tidied, `written` is the same line as it came, from which remarks are cut.
fn parse(plain: &str, written: &str) -> Option<Found> {
    let (verb, after) = verb_of(plain)?;
    let after = after.trim_start();
    let (colon, after) = after.strip_prefix(':').map_or((false, after), |rest| (true, rest));
    let found = Found::new(verb);
    match verb.shape {
        Shape::Alone => polite(after).is_empty().then_some(found),
        Shape::Tickets => Some(Found { tickets: tickets(polite(after))?, ..found }),
        Shape::TicketsText => tickets_text(found, after, colon, written),
        Shape::PersonTickets => person_tickets(found, polite(after)),
    }
}

/// `12 15`, `12: text`, and after a colon also plain text.
fn tickets_text(found: Found, after: &str, colon: bool, written: &str) -> Option<Found> {
    if let Some(tickets) = tickets(polite(after)) {
        return Some(Found { tickets, ..found });
    }
    let named = after.split_once(':').and_then(|(head, _)| tickets(head)).filter(|named| !named.is_empty());
    let colons = usize::from(colon) + usize::from(named.is_some());
    // no colon, no text: "close the window first" is a sentence
    let remark = written.splitn(colons + 1, ':').nth(colons).filter(|_| colons > 0)?;
    Some(Found { tickets: named.unwrap_or_default(), remark: remark.trim().to_owned(), ..found })
}

/// `ann 12`, `12 ann`, `12 to ann`: one word that is no number, wherever it stands.
fn person_tickets(found: Found, after: &str) -> Option<Found> {
    let mut words = words(after).filter(|word| !word.eq_ignore_ascii_case("to"));
    let mut numbers = Vec::new();
    let mut who = None;
    words.try_for_each(|word| match Number::parse(word) {
        Some(number) => {
            numbers.push(number);
            Some(())
        }
        None if who.is_none() && is_name(word) => {
            who = Some(word.trim_matches('"').trim_matches('\'').to_owned());
            Some(())
        }
        None => None,
    })?;
    who.is_some().then(|| Found { tickets: once_each(numbers), who, ..found })
}

/// A login or an address, as far as can be told without knowing anybody.
fn is_name(word: &str) -> bool {
    word.len() <= 254
        && word.chars().any(char::is_alphabetic)
        && !word.contains([':', ';', '#', '(', ')', '!', '?', '/', '<', '>'])
}

/// Ticket numbers and nothing else.
fn tickets(text: &str) -> Option<Vec<Number>> {
    words(text).map(Number::parse).collect::<Option<Vec<_>>>().map(once_each)
}

fn once_each(mut numbers: Vec<Number>) -> Vec<Number> {
    let mut seen = BTreeSet::new();
    numbers.retain(|number| seen.insert(*number));
    numbers
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty())
}

/// The verb at the start of a line and what follows it; the longest word wins, so that "assign me" is not "assign".
fn verb_of(plain: &str) -> Option<(&'static Verb, &str)> {
    TABLE
        .iter()
        .flat_map(|verb| verb.words().map(move |word| (*verb, word)))
        .filter(|(_, word)| {
            let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            plain.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
                && plain.get(word.len()..).is_some_and(ends)
        })
        .max_by_key(|(_, word)| word.len())
        .and_then(|(verb, word)| Some((verb, plain.get(word.len()..)?)))
}

/// What people add out of politeness comes off the end.
fn polite(mut text: &str) -> &str {
    loop {
        let bare = text.trim_end_matches(|c: char| c.is_whitespace() || ".!,".contains(c));
        let shorter = ["please", "thanks", "thank you"].iter().find_map(|word| {
            let at = bare.len().checked_sub(word.len())?;
            let (before, end) = bare.split_at_checked(at)?;
            let whole = before.is_empty() || before.ends_with([' ', ',', '.', '!']);
            (whole && end.eq_ignore_ascii_case(word)).then_some(before)
        });
        match shorter {
            Some(before) => text = before,
            None => return bare,
        }
    }
}

/// Words that end the block at the top.
fn is_stop(plain: &str) -> bool {
    let word = plain.trim_end_matches(|c: char| c.is_whitespace() || ".!,".contains(c));
    ["stop", "end", "quit", "thanks", "thank you", "--"].iter().any(|stop| word.eq_ignore_ascii_case(stop))
        || matches!(word, "–" | "—")
}

/// Whether an unmarked line of a staff member was most likely meant as a command.
fn was_meant(plain: &str, first: bool) -> bool {
    let said: Vec<&str> = words(plain).take(7).collect();
    let Some((word, others)) = said.split_first() else { return false };
    let numbers = others.iter().filter(|other| Number::parse(other.trim_end_matches(':')).is_some()).count();
    if exact(word).is_some() {
        // further down, a sentence may well begin with such a word; with a number it is hardly a sentence
        return said.len() <= 6 && (first || numbers > 0);
    }
    let letters = word.trim_end_matches([':', '.', '!']);
    let near =
        |most| nearest(letters, most).is_some_and(|verb| !others.is_empty() || same_start(letters, verb));
    // a word alone is more often a greeting: "Hello" is as far from "help" as a typing error
    let most = if others.is_empty() { 1 } else { 2 };
    said.len() <= 3 && letters.len() >= 4 && numbers == others.len() && near(most)
}

fn same_start(a: &str, b: &str) -> bool {
    a.get(..1).zip(b.get(..1)).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// Why a line that was meant as a command is none.
fn why_not(plain: &str) -> Refusal {
    let word = words(plain).next().unwrap_or("");
    match exact(word) {
        Some(verb) => Refusal::Form { usage: verb.usage },
        None => Refusal::Unknown { nearest: nearest(word.trim_end_matches([':', '.', '!']), 2) },
    }
}

/// The verb of exactly that word, punctuation after it left out.
fn exact(word: &str) -> Option<&'static Verb> {
    let word = word.trim_end_matches([':', '.', '!']);
    TABLE.iter().copied().find(|verb| verb.words().any(|known| known.eq_ignore_ascii_case(word)))
}

/// The word of ours that differs least, by at most so many letters changed, added, left out or swapped.
fn nearest(word: &str, most: usize) -> Option<&'static str> {
    let word: Vec<u8> = word.bytes().take(20).map(|b| b.to_ascii_lowercase()).collect();
    TABLE
        .iter()
        .flat_map(|verb| verb.words())
        .map(|known| (distance(&word, known.as_bytes()), known))
        .filter(|(far, known)| *far <= most && *far < known.len())
        .min_by_key(|(far, _)| *far)
        .map(|(_, known)| known)
}

/// Optimal string alignment: a change, an addition, a loss or a swap of two neighbours counts one.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let mut least = (cell(&last, j) + usize::from(x != y)).min(cell(&last, j + 1) + 1);
            least = least.min(cell(&row, j) + 1);
            let swapped = previous == Some(y) && j.checked_sub(1).and_then(|k| b.get(k)) == Some(x);
            if let (true, Some(k)) = (swapped, j.checked_sub(1)) {
                least = least.min(cell(&before, k) + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
        previous = Some(x);
    }
    last.last().copied().unwrap_or(a.len())
}

const BOM: char = '\u{feff}';

/// What clients do to a typed line is undone: odd blanks, curly quotes, invisible characters. Blanks at its ends go.
fn tidy(line: &str) -> String {
    let plain: String = line
        .chars()
        .filter(|c| !matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}'))
        .map(|c| match c {
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' => '\'',
            '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => '"',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect();
    plain.trim().to_owned()
}

fn is_blank(line: &str) -> bool {
    line.chars().all(|c| c.is_whitespace() || c == BOM)
}

fn starts_with_letter(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// A line as a letter can show it: one line of at most 120 characters, nothing invisible.
fn shown(line: &str) -> String {
    const MOST: usize = 120;
    let harmless = |c: &char| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | &BOM);
    let clean = line.trim().chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !c.is_control());
    let mut text: String = clean.filter(harmless).take(MOST + 1).collect();
    if let Some((cut, _)) = text.char_indices().nth(MOST) {
        let cut = text.get(..cut).and_then(|kept| kept.char_indices().next_back()).map_or(0, |(at, _)| at);
        text.truncate(cut);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests;
