//! The grammar of command lines. In comes what a sender wrote himself (quotes and signatures are off), out come the
//! orders in it, the lines that were meant as orders and are none, and the text that is left.
//! Never runs a line that is not a command from its first to its last word, and never one that is only similar to a
//! command: those are text, and at most reported. Takes time in proportion to the text, whatever is in it.

mod grammar;
mod nearly;

use super::forms::{Args, Tail};
use super::{Bare, Does, Question, Verb, reveal};
use crate::limits;
use crate::model::perms::Class;
use crate::model::refusal::{NotRun, Refusal};
use crate::model::ticket::Number;
use grammar::{Found, parse, tidy};
use nearly::{was_meant, why_not};
use std::collections::BTreeSet;

/// What a mail's own text says.
#[derive(Debug, Default)]
pub struct Reading {
    /// In the order of the text.
    pub orders: Vec<Order>,
    /// Lines that were meant as commands and are none; they are part of `rest` too. When there is one, nothing
    /// should be run: the sender thinks of his mail as a whole.
    pub not_run: Vec<NotRun>,
    /// The one line that there is, when a staff member begins it like a question and it is none. In a conversation it is
    /// a sentence of it; about no ticket it was meant as a command.
    pub slip: Option<NotRun>,
    /// The text without the command lines, without blank lines at its ends.
    pub rest: String,
}

/// One line that is a command.
#[derive(Debug, Clone)]
pub struct Order {
    /// Line of the text, from 1.
    pub line: u32,
    /// The line as written, blanks at its ends taken off.
    pub text: String,
    pub verb: &'static Verb,
    /// The tickets it names, each once; none means the ticket of the thread.
    pub tickets: Vec<Number>,
    /// Tickets that it relates those to.
    pub others: Vec<Number>,
    /// The people it names, as written.
    pub people: Vec<String>,
    /// A value, a day, keywords, a sort of list: whatever else it takes.
    pub words: Vec<String>,
    /// Words for requester and subscribers, as written; may be empty. Of a search the words that are looked for, of a
    /// title the title.
    pub remark: String,
}

impl Order {
    /// An order from its parts; `line` from 1, 0 for what stood in no line.
    pub fn new(line: u32, text: &str, verb: &'static Verb, args: Args) -> Order {
        let Args { tickets, others, people, words, remark } = args;
        Order { line, text: text.to_owned(), verb, tickets, others, people, words, remark }
    }
    /// Whether it is about all tickets whose news its sender gathers, in an answer to those news.
    pub fn is_about_all_gathered(&self) -> bool {
        self.verb.word == "digest" && self.tickets.is_empty()
    }
    /// A verb that needs nothing but a ticket, as it stands in an address: `close` of `help+12-close@`.
    pub fn bare(word: &str, ticket: Option<Number>) -> Option<Order> {
        let of_ticket = |v: &&Verb| {
            v.class != Class::Heavy
                && matches!(v.does, Does::Change(_) | Does::Note | Does::Ask(Question::Show))
        };
        let verb = Verb::of(word).filter(of_ticket)?;
        let args = (verb.form)(&Tail { plain: "", written: word, colon: false, marked: false })?;
        let text: String = [word.to_lowercase()].into_iter().chain(ticket.map(|n| format!(" {n}"))).collect();
        Some(Order::new(0, &text, verb, Args { tickets: ticket.into_iter().collect(), ..args }))
    }
    /// The session that it names, if it is about one's log.
    pub fn session(&self) -> Option<u64> {
        let of_log = matches!(self.verb.does, Does::Display(_));
        reveal::meant(&self.words).filter(|_| of_log).and_then(|meant| meant.session)
    }
    /// Every ticket that it touches or names.
    pub fn named(&self) -> impl Iterator<Item = Number> {
        self.tickets.iter().chain(&self.others).copied()
    }
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
    let slip = Some(&rest)
        .filter(|_| staff && scan.orders.is_empty() && scan.not_run.is_empty())
        .and_then(|r| slip(r));
    Reading { orders: scan.orders, not_run: scan.not_run, slip, rest }
}

/// A text of one line that begins like a question. "Help! The printer …" is also how people begin.
fn slip(text: &str) -> Option<NotRun> {
    let plain = tidy(text);
    let verb = nearly::exact(plain.split(' ').next()?).filter(|verb| verb.is_question())?;
    let meant = !text.contains('\n') && !matches!(verb.does, Does::Ask(Question::Help));
    meant.then(|| NotRun::new(text, Refusal::Form { usage: verb.usage }))
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
        // the mark stands in the first column, so that no quoted or indented line is ever taken for one
        let mark = line.trim_start_matches(BOM).starts_with('!');
        if self.block == Block::Over && !mark {
            return true;
        }
        let plain = tidy(line);
        if let Some(said) = plain.strip_prefix('!').filter(|said| mark && starts_with_letter(said)) {
            return match parse(said, line.split_once('!').map_or("", |(_, said)| said), true) {
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
        if is_set_off(line) {
            self.block = Block::Over;
            return true;
        }
        let first = self.block == Block::Before;
        if let Some(found) = parse(plain, line, false).filter(|f| self.staff || f.verb.bare != Bare::Staff) {
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
        self.targets = self.targets.saturating_add(found.args.tickets.len().max(1));
        if self.targets > limits::COMMANDS {
            self.refuse(line, Refusal::TooMany(limits::COMMANDS));
            return false;
        }
        if self.block == Block::Before {
            self.block = Block::Inside;
        }
        self.taken.insert(at);
        let line_number = u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1);
        let text = line.trim_start_matches(BOM).trim();
        self.orders.push(Order::new(line_number, text, found.verb, found.args));
        true
    }

    fn refuse(&mut self, line: &str, why: Refusal) -> bool {
        self.not_run.push(NotRun::new(line, why));
        self.not_run.len() < limits::UNKNOWN_COMMANDS
    }

    /// An unmarked "Help!" above other text is how people begin a mail, not a question to the robot.
    fn give_back_questions(&mut self) {
        let taken = &mut self.taken;
        self.orders.retain(|order| {
            let prose = order.verb.bare == Bare::Alone && !order.text.starts_with('!');
            if prose {
                taken.remove(&usize::try_from(order.line.saturating_sub(1)).unwrap_or(usize::MAX));
            }
            !prose
        });
    }
}

/// Words that end the block at the top.
fn is_stop(plain: &str) -> bool {
    let word = plain.trim_end_matches(|c: char| c.is_whitespace() || ".!,".contains(c));
    ["stop", "end", "quit", "thanks", "thank you", "--"].iter().any(|stop| word.eq_ignore_ascii_case(stop))
        || matches!(word, "–" | "—")
}

/// Columns by which listings are indented.
const LISTING: usize = 4;
const BOM: char = '\u{feff}';

fn is_blank(line: &str) -> bool {
    line.chars().all(|c| c.is_whitespace() || c == BOM)
}

/// Whether a line is indented as listings are (a tab, or four columns): it shows something and orders nothing.
fn is_set_off(line: &str) -> bool {
    let line = line.trim_start_matches(BOM);
    let blanks = line.chars().take_while(|c| c.is_whitespace());
    blanks.clone().any(|c| c == '\t') || blanks.count() >= LISTING
}

fn starts_with_letter(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests;
