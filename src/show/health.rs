//! How the robot is doing, and what needs a person.

use super::grid::{self, Cell, Column, painted, plain};
use super::look::{Look, Paint, age, count, json_time};
use crate::store::reports::Health;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// A letter that is unsent for so long wants somebody to look.
const UNSENT: SignedDuration = SignedDuration::from_hours(4);

/// A mailbox that was not looked into for two rounds and this much longer does not answer.
const SILENT: SignedDuration = SignedDuration::from_mins(15);

/// What the database does not know.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// Whether a daemon works on the state directory; `None` when that cannot be told.
    pub running: Option<bool>,
    /// The mailboxes that it should look into, and how often.
    pub rounds: Vec<(String, SignedDuration)>,
    /// MiB that are free on the disk, and that are wanted, where those are too few to fetch mail.
    pub full: Option<(u64, u64)>,
}

/// What needs a person, in words; empty when all is well.
pub fn needs(health: &Health, outside: &Outside, now: Timestamp) -> Vec<String> {
    let mut needs = Vec::new();
    if health.quarantined > 0 {
        let mails = count(health.quarantined, "mail");
        needs.push(format!("{mails} could not be handled: see `trackle quarantine list`"));
    }
    if let Some(oldest) = health.oldest_unsent.filter(|at| now.duration_since(*at) > UNSENT) {
        needs.push(format!("letters have been waiting for {}: see `trackle check`", age(oldest, now)));
    }
    if health.letters_held > 0 {
        let letters = count(health.letters_held, "letter");
        needs.push(format!("{letters} held since a backup was restored: see `trackle outbox`"));
    }
    if let Some((free, wanted)) = outside.full {
        needs.push(format!(
            "the disk is full: {free} MiB are free, and no mail is fetched until there are {wanted}"
        ));
    }
    let rounds = outside.rounds.iter().filter(|_| outside.running == Some(true));
    needs.extend(rounds.filter_map(|(name, every)| silent(health, name, *every, now)));
    needs
}

fn silent(health: &Health, name: &str, every: SignedDuration, now: Timestamp) -> Option<String> {
    let looked = health.mailboxes.iter().find(|(n, _)| n == name).and_then(|(_, looked)| *looked);
    match looked {
        None => Some(format!("{name} has never answered: see `trackle check`")),
        Some(at) if now.duration_since(at) > every.saturating_mul(2).saturating_add(SILENT) => {
            Some(format!("{name} has not answered for {}: see `trackle check`", age(at, now)))
        }
        Some(_) => None,
    }
}

/// For people.
pub fn page(health: &Health, outside: &Outside, now: Timestamp, look: &Look) -> String {
    let daemon = match outside.running {
        Some(true) => painted(Paint::Good, "running"),
        Some(false) => painted(Paint::Careful, "not running"),
        None => plain("unknown: its lock file may not be looked at"),
    };
    let mut rows = vec![
        vec![plain("daemon"), daemon],
        vec![plain("tickets"), plain(format!("{} open, {} unconfirmed", health.open, health.unconfirmed))],
        vec![plain("mails"), mails(health)],
        vec![plain("letters"), letters(health, now)],
    ];
    for (index, (name, looked)) in health.mailboxes.iter().enumerate() {
        let when = looked
            .map_or_else(|| "never looked into".into(), |at| format!("looked into {} ago", age(at, now)));
        rows.push(vec![plain(if index == 0 { "mailboxes" } else { "" }), plain(format!("{name} {when}"))]);
    }
    if !health.last_trouble.is_empty() {
        rows.push(vec![plain("trouble"), plain(&health.last_trouble)]);
    }
    for need in needs(health, outside, now) {
        rows.push(vec![painted(Paint::Bad, "needs you"), plain(need)]);
    }
    grid::lay(&[Column::Left, Column::Wrap], &rows, look)
}

fn mails(health: &Health) -> Cell {
    plain(format!(
        "{} waiting, {} held, {} in quarantine",
        health.mails_waiting, health.held, health.quarantined
    ))
}

fn letters(health: &Health, now: Timestamp) -> Cell {
    let oldest = health.oldest_unsent.map(|at| format!(" (oldest {})", age(at, now))).unwrap_or_default();
    plain(format!("{} waiting{oldest}, {} undeliverable", health.letters_waiting, health.letters_failed))
}

/// For programs.
pub fn json(health: &Health, outside: &Outside, now: Timestamp) -> Value {
    let mailboxes: Vec<Value> = health
        .mailboxes
        .iter()
        .map(|(name, looked)| json!({ "name": name, "looked": looked.map(json_time) }))
        .collect();
    json!({
        "running": outside.running,
        "tickets": { "open": health.open, "unconfirmed": health.unconfirmed },
        "mails": { "waiting": health.mails_waiting, "held": health.held, "quarantined": health.quarantined },
        "letters": {
            "waiting": health.letters_waiting,
            "held": health.letters_held,
            "undeliverable": health.letters_failed,
            "oldest_unsent": health.oldest_unsent.map(json_time),
            "last_trouble": health.last_trouble,
        },
        "mailboxes": mailboxes,
        "needs": needs(health, outside, now),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_called_for_quarantine_and_for_old_letters() {
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        let idle = Outside { running: Some(false), ..Outside::default() };
        let well = Health { open: 4, oldest_unsent: Some(at(0)), held: 2, ..Health::default() };
        assert_eq!(needs(&well, &idle, at(4 * 3_600)), Vec::<String>::new());
        assert_eq!(needs(&well, &idle, at(4 * 3_600 + 1)).len(), 1);
        let ill = Health { quarantined: 1, last_trouble: "451 \u{1b}c".into(), ..well };
        assert_eq!(needs(&ill, &idle, at(100_000)).len(), 2);
        let full = needs(&Health::default(), &Outside { full: Some((12, 102)), ..Outside::default() }, at(0));
        assert_eq!(full, ["the disk is full: 12 MiB are free, and no mail is fetched until there are 102"]);
        let page = page(&ill, &idle, at(120), &Look::plain());
        let wanted = "\
daemon     not running
tickets    4 open, 0 unconfirmed
mails      0 waiting, 2 held, 1 in quarantine
letters    0 waiting (oldest 2m), 0 undeliverable
trouble    451 \\x1bc
needs you  1 mail could not be handled: see `trackle quarantine list`
";
        assert_eq!(page, wanted);
        assert_eq!(json(&ill, &idle, at(120))["mails"]["held"], 2);
    }

    #[test]
    fn a_mailbox_that_does_not_answer_a_running_daemon_is_told_of() {
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        let five = SignedDuration::from_mins(5);
        let mailboxes = vec![("a".to_owned(), Some(at(0))), ("gone".to_owned(), Some(at(0)))];
        let health = Health { mailboxes, ..Health::default() };
        let rounds = vec![("a".to_owned(), five), ("b".to_owned(), five)];
        let outside = Outside { running: Some(true), rounds, full: None };
        assert_eq!(needs(&health, &outside, at(25 * 60)), ["b has never answered: see `trackle check`"]);
        let late = needs(&health, &outside, at(26 * 60));
        assert_eq!(late.first().unwrap(), "a has not answered for 26m: see `trackle check`");
        assert_eq!(late.len(), 2);
        let stopped = Outside { running: Some(false), ..outside };
        assert_eq!(needs(&health, &stopped, at(26 * 60)), Vec::<String>::new());
    }
}
