//! The account: what the mails must have led to, against what is found. Comparing is all it does, so that it can be
//! shown to notice what is missing, doubled, or changed.

use super::mails::{Plan, Sort, name};
use crate::sink::Taken;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Text or a change of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    pub ticket: u32,
    pub what: String,
}

/// What can be seen in the end.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Titles of all tickets.
    pub tickets: Vec<String>,
    pub filed: Vec<Filed>,
    /// Every letter that a server took, each copy.
    pub letters: Vec<Taken>,
}

/// Things in words, and how many there are of each.
type Tally = BTreeMap<String, usize>;

/// What must be there, once each but for changes that have no number.
pub fn expected(plan: &Plan, numbers: &HashMap<String, u32>) -> Tally {
    let mut tally = Tally::new();
    let mut add = |what: String| *tally.entry(what).or_default() += 1;
    for (number, sort) in plan.sorts.iter().enumerate() {
        let (this, sender) = (name(number), plan.sender(number));
        let mut owe = |to: &str, kind: &str| add(format!("letter {kind} to {to} about {this}"));
        match *sort {
            Sort::Copy(_) => {}
            Sort::Known => {
                owe(&sender, "ticket_opened");
                owe("staff@team.example", "staff_opened");
                add(format!("ticket {this}"));
            }
            Sort::Stranger => {
                owe(&sender, "confirm_ticket");
                add(format!("ticket {this}"));
            }
            Sort::FollowUp(of) => {
                owe("staff@team.example", "staff_changed");
                add(format!("text of {this} in #{}", numbers[&name(of)]));
            }
            Sort::Close(of) | Sort::Take(of) => {
                owe("staff@team.example", "staff_changed");
                owe(&plan.sender(of), "changed");
                let ticket = numbers[&name(of)];
                if matches!(sort, Sort::Close(_)) {
                    add(format!("closed #{ticket}"));
                } else {
                    add(format!("assigned #{ticket}"));
                    add(format!("text of {this} in #{ticket}"));
                }
            }
        }
    }
    tally
}

/// Everything that is wrong, in words.
pub fn verdict(expected: &Tally, found: &Found) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut tally = Tally::new();
    let mut add = |what: String| *tally.entry(what).or_default() += 1;
    found.tickets.iter().for_each(|title| add(format!("ticket {title}")));
    for filed in &found.filed {
        add(match number_in(&filed.what) {
            Some(number) => format!("text of {number} in #{}", filed.ticket),
            None => format!("{} #{}", filed.what, filed.ticket),
        });
    }
    let mut first: HashMap<(&str, String), &Taken> = HashMap::new();
    for letter in &found.letters {
        let text = String::from_utf8_lossy(&letter.bytes);
        let id = field(&text, "Message-ID");
        match first.get(&(letter.to.as_str(), id.clone())) {
            Some(earlier) if *earlier == letter => {}
            Some(_) => wrong.push(format!("the copies of {id} to {} differ", letter.to)),
            None => {
                add(format!(
                    "letter {} to {} about {}",
                    field(&text, "X-Trackle-Kind"),
                    letter.to,
                    about(letter)
                ));
                first.insert((&letter.to, id), letter);
            }
        }
    }
    let all: HashSet<&String> = expected.keys().chain(tally.keys()).collect();
    for what in all {
        let (due, there) = (expected.get(what).unwrap_or(&0), tally.get(what).unwrap_or(&0));
        if due != there {
            wrong.push(format!("{what}: {there} instead of {due}"));
        }
    }
    wrong.sort();
    wrong
}

/// A fault in words, and how it comes about.
type Change = (&'static str, fn(&mut Found));

/// Were anything lost, doubled or changed, the verdict would say so: of what is found, one thing is taken away, put
/// there twice, or altered at a time.
pub fn notices_each_change(expected: &Tally, found: &Found) -> Result<(), String> {
    let changes: [Change; 9] = [
        ("a lost ticket", |f| drop(f.tickets.pop())),
        ("a doubled ticket", |f| f.tickets.push(f.tickets[f.tickets.len() / 2].clone())),
        ("a lost text", |f| drop(f.filed.remove(7))),
        ("a doubled text or change", |f| f.filed.push(f.filed[7].clone())),
        ("a text in another ticket", |f| f.filed[7].ticket += 1),
        ("a lost letter", |f| {
            let lost = middle(f).clone();
            f.letters.retain(|letter| *letter != lost);
        }),
        ("a letter to somebody else", |f| middle(f).to = "bob@team.example".into()),
        ("a copy that is not the same to the byte", |f| {
            let mut copy = middle(f).clone();
            copy.bytes.push(b'\n');
            f.letters.push(copy);
        }),
        ("a letter written a second time", |f| {
            let text = String::from_utf8_lossy(&middle(f).bytes).replace("Message-ID: <", "Message-ID: <2");
            let again = Taken { bytes: text.into_bytes(), ..middle(f).clone() };
            f.letters.push(again);
        }),
    ];
    for (what, change) in changes {
        let mut tampered = found.clone();
        change(&mut tampered);
        if verdict(expected, &tampered).is_empty() {
            return Err(format!("{what} would not be noticed"));
        }
    }
    // what is allowed stays allowed
    let mut twice = found.clone();
    let copy = middle(&mut twice).clone();
    twice.letters.push(copy);
    if verdict(expected, &twice).is_empty() {
        Ok(())
    } else {
        Err("a copy of a letter is complained of".into())
    }
}

fn middle(found: &mut Found) -> &mut Taken {
    let at = found.letters.len() / 2;
    &mut found.letters[at]
}

fn field(letter: &str, name: &str) -> String {
    let line = letter.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    line.unwrap_or("nothing").trim().to_owned()
}

/// The mail that a letter is about: by what its text says last of all, or else its recipient, whom a question tells
/// nothing of the mail.
fn about(letter: &Taken) -> String {
    let text = String::from_utf8_lossy(&letter.bytes);
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let stranger = || letter.to.strip_prefix('s')?.split('@').next()?.parse().ok().map(super::mails::name);
    let found = number_in(body).or_else(|| number_in(&field(&text, "Subject"))).or_else(stranger);
    found.unwrap_or_else(|| "nothing".into())
}

/// The first `mail 000123`.
fn number_in(text: &str) -> Option<String> {
    text.match_indices("mail ").find_map(|(at, _)| {
        let digits = text.get(at + 5..at + 11)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| format!("mail {digits}"))
    })
}
