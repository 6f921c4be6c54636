//! What may follow a verb: the forms that verbs share. In comes the rest of a line, out come its parts when all of it
//! fits, else nothing. Nothing but numbers, names and a few set words ever fits without a colon: "close the window
//! first" is a sentence.

use super::day::Day;
use crate::limits;
use crate::model::address::Address;
use crate::model::fields;
use crate::model::ticket::Number;
use std::collections::BTreeSet;

/// Reads what follows a verb.
pub type Form = fn(&Tail<'_>) -> Option<Args>;

/// What follows a verb, its colon taken off.
#[derive(Debug, Clone, Copy)]
pub struct Tail<'a> {
    /// Tidied: plain quotes, plain blanks, nothing invisible.
    pub plain: &'a str,
    /// The whole line as it came, from which texts are cut.
    pub written: &'a str,
    /// A colon stood right after the verb.
    pub colon: bool,
    /// An exclamation mark stood in front.
    pub marked: bool,
}

/// The parts of a command; see [`super::Order`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Args {
    pub tickets: Vec<Number>,
    pub others: Vec<Number>,
    pub people: Vec<String>,
    pub words: Vec<String>,
    pub remark: String,
}

impl Args {
    fn of(tickets: Vec<Number>) -> Args {
        Args { tickets: once_each(tickets), ..Args::default() }
    }
    fn word(self, word: &str) -> Args {
        Args { words: vec![word.to_owned()], ..self }
    }
}

/// `help`
pub(super) fn alone(tail: &Tail<'_>) -> Option<Args> {
    polite(tail.plain).is_empty().then(Args::default)
}

/// `search: printer fire`, `!search printer fire`: no colon, no search, since "search the cellar" is a sentence.
pub(super) fn text(tail: &Tail<'_>) -> Option<Args> {
    let words = polite(tail.plain).trim();
    let meant = (tail.colon || tail.marked) && words.contains(char::is_alphanumeric);
    meant.then(|| Args { remark: words.to_owned(), ..Args::default() })
}

/// `take 12 15`
pub(super) fn numbers(tail: &Tail<'_>) -> Option<Args> {
    Some(Args::of(all_numbers(polite(tail.plain))?))
}

/// `close 12 15`, `close 12: the cable was loose`, `close: the cable was loose`
pub(super) fn numbers_text(tail: &Tail<'_>) -> Option<Args> {
    numbers(tail).or_else(|| titled(tail))
}

/// `title 12: No ink in the cellar`: the colon has to be there, and something behind it.
pub(super) fn titled(tail: &Tail<'_>) -> Option<Args> {
    let named =
        tail.plain.split_once(':').and_then(|(head, _)| all_numbers(head)).filter(|all| !all.is_empty());
    let colons = usize::from(tail.colon) + usize::from(named.is_some());
    let remark = tail.written.splitn(colons + 1, ':').nth(colons).filter(|_| colons > 0)?.trim();
    (!remark.is_empty()).then(|| Args { remark: remark.to_owned(), ..Args::of(named.unwrap_or_default()) })
}

/// `assign ann 12`, `assign 12 to ann`: one name, wherever it stands.
pub(super) fn person(tail: &Tail<'_>) -> Option<Args> {
    let (tickets, rest) = apart(polite(tail.plain), &["to"]);
    let [who] = rest.as_slice() else { return None };
    let who = who.trim_matches('"').trim_matches('\'');
    is_name(who).then(|| Args { people: vec![who.to_owned()], ..Args::of(tickets) })
}

/// `cc 12 bob@example.org eve@example.org`: addresses only.
pub(super) fn addresses(tail: &Tail<'_>) -> Option<Args> {
    let (tickets, rest) = apart(polite(tail.plain), &["to", "for", "from", "and"]);
    let bare = |word: &&str| word.trim_matches(['<', '>', '"', '\'', ';']).to_owned();
    let people: Vec<String> = rest.iter().map(bare).collect();
    let right =
        (1..=limits::COMMANDS).contains(&people.len()) && people.iter().all(|p| Address::parse(p).is_some());
    right.then(|| Args { people, ..Args::of(tickets) })
}

/// One address, and not more.
pub(super) fn address(tail: &Tail<'_>) -> Option<Args> {
    addresses(tail).filter(|args| args.people.len() == 1)
}

/// `prio high 12`, `prio 12 high`, `component: mail server`, `component 12: mail server`.
pub(super) fn value(tail: &Tail<'_>) -> Option<Args> {
    let (tickets, rest) = apart(polite(tail.plain), &[]);
    if let [word] = rest.as_slice()
        && is_value(word)
    {
        return Some(Args::of(tickets).word(word.trim_matches('"')));
    }
    let said = titled(tail)?;
    let value = polite(&said.remark).trim().to_owned();
    let right = !value.is_empty() && value.chars().count() <= fields::LONGEST;
    right.then(|| Args { words: vec![value], remark: String::new(), ..said })
}

/// `tag +ink -paper 12`, `tag ink`, `tag: ink, paper`: several without a sign need the colon.
pub(super) fn keywords(tail: &Tail<'_>) -> Option<Args> {
    let (tickets, rest) = apart(polite(tail.plain), &[]);
    let bare = |word: &str| word.trim_start_matches(['+', '-', '=']).to_lowercase();
    let signed = |word: &str| word.starts_with(['+', '-', '=']);
    let right = rest.iter().all(|word| is_keyword(&bare(word)));
    let meant = tail.colon || rest.len() == 1 || rest.iter().all(|word| signed(word));
    let words = rest.iter().map(|word| word.to_lowercase()).collect();
    (right && meant && (1..=limits::COMMANDS).contains(&rest.len()))
        .then(|| Args { words, ..Args::of(tickets) })
}

/// `due 2026-12-01 12`, `due 12 friday`, `due none`.
pub(super) fn day(tail: &Tail<'_>) -> Option<Args> {
    with_day(tail, &["by", "on", "until"], is_none)
}

/// `wait`, `wait 12 for user`, `wait until friday`, `wait off`.
pub(super) fn wait(tail: &Tail<'_>) -> Option<Args> {
    let known = |said: &str| said.is_empty() || is_none(said) || WAITED_FOR.contains(&said);
    with_day(tail, &["for", "until", "till", "the"], known)
}

/// A day, or a word that is known, with ticket numbers before or behind it; a number that can be part of the day is.
fn with_day(tail: &Tail<'_>, small: &[&str], known: impl Fn(&str) -> bool) -> Option<Args> {
    /// No day is written in more words.
    const MOST: usize = 3;
    let plain = polite(tail.plain).to_lowercase();
    let all: Vec<&str> = words(&plain).filter(|word| !small.contains(word)).collect();
    let lead = all.iter().take_while(|word| Number::parse(word).is_some()).count();
    let meant = |said: &str| known(said) || Day::parse(said).is_some();
    (0..=lead).find_map(|first| {
        let rest = all.get(first..)?;
        (0..=rest.len().min(MOST)).rev().find_map(|length| {
            let (day, behind) = rest.split_at_checked(length)?;
            let said = day.join(" ");
            let tickets = all.get(..first)?.iter().chain(behind).map(|word| Number::parse(word));
            let tickets = tickets.collect::<Option<Vec<_>>>().filter(|_| meant(&said))?;
            Some(Args::of(tickets).word(&said))
        })
    })
}

/// Words for the requester, in `wait for user`.
pub(super) const WAITED_FOR: [&str; 4] = ["user", "requester", "sender", "answer"];

/// `dup 12`, `dup 15 of 12`, `link 12 15`, `depends not on 15`: numbers before the small word are what it is said of.
pub(super) fn relation(tail: &Tail<'_>) -> Option<Args> {
    const SMALL: [&str; 7] = ["of", "on", "to", "with", "into", "for", "by"];
    let mut args = Args::default();
    let mut seen = Vec::new();
    for word in words(polite(tail.plain)) {
        let small = SMALL.iter().any(|s| s.eq_ignore_ascii_case(word));
        match Number::parse(word) {
            Some(number) => seen.push(number),
            None if small => args.tickets.append(&mut seen),
            None if is_none(word) || word.eq_ignore_ascii_case("not") => args.words = vec!["not".into()],
            None => return None,
        }
    }
    args = Args { tickets: once_each(args.tickets), others: once_each(seen), ..args };
    let meant = !args.others.is_empty() || !args.words.is_empty();
    meant.then_some(args)
}

/// Numbers and at most one of these words, as `subscribe 12 weekly`.
pub(super) fn one_of(tail: &Tail<'_>, known: &[&str]) -> Option<Args> {
    let (tickets, rest) = apart(polite(tail.plain), &["to"]);
    let word = match rest.as_slice() {
        [] => None,
        [word] => Some(known.iter().find(|k| k.eq_ignore_ascii_case(word))?),
        _ => return None,
    };
    let words = word.map(|w| (*w).to_owned()).into_iter().collect();
    Some(Args { words, ..Args::of(tickets) })
}

/// The ticket numbers in a text, and its other words but the small ones that only join.
fn apart<'a>(text: &'a str, small: &[&str]) -> (Vec<Number>, Vec<&'a str>) {
    let mut numbers = Vec::new();
    let mut rest = Vec::new();
    for word in words(text).filter(|word| !small.iter().any(|s| s.eq_ignore_ascii_case(word))) {
        match Number::parse(word) {
            // "in 3 days", "1 december": a number behind such a word is no ticket's
            Some(_) if rest.last().is_some_and(|last: &&str| last.eq_ignore_ascii_case("in")) => {
                rest.push(word)
            }
            Some(number) => numbers.push(number),
            None => rest.push(word),
        }
    }
    (numbers, rest)
}

/// A login or an address, as far as can be told without knowing anybody.
fn is_name(word: &str) -> bool {
    word.len() <= 254
        && word.chars().any(char::is_alphabetic)
        && !word.contains([':', ';', '#', '(', ')', '!', '?', '/', '<', '>'])
}

/// One word that a site may have as a value.
fn is_value(word: &str) -> bool {
    let bare = word.trim_matches('"');
    (is_none(bare) || bare.starts_with(char::is_alphanumeric))
        && bare.chars().count() <= fields::LONGEST
        && !bare.contains([':', ';', '(', ')', '!', '?', '<', '>', '"'])
}

/// A keyword: letters, digits and what joins them.
fn is_keyword(word: &str) -> bool {
    (1..=40).contains(&word.chars().count())
        && word.starts_with(char::is_alphanumeric)
        && word.chars().all(|c| c.is_alphanumeric() || "-_.:/+".contains(c))
}

/// Words that empty a field.
pub(super) fn is_none(word: &str) -> bool {
    ["none", "no", "off", "-", "never"].iter().any(|n| n.eq_ignore_ascii_case(word))
}

/// Ticket numbers and nothing else.
fn all_numbers(text: &str) -> Option<Vec<Number>> {
    words(text).map(Number::parse).collect()
}

fn once_each(mut numbers: Vec<Number>) -> Vec<Number> {
    let mut seen = BTreeSet::new();
    numbers.retain(|number| seen.insert(*number));
    numbers
}

pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty())
}

/// What people add out of politeness comes off the end.
pub(super) fn polite(mut text: &str) -> &str {
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
