//! How the robot is doing, and what needs a person.

use super::grid::{self, Cell, Column, painted, plain};
use super::look::{Look, Paint, age, count, json_time};
use crate::store::reports::Health;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// A letter that is unsent for so long wants somebody to look.
const UNSENT: SignedDuration = SignedDuration::from_hours(4);

/// What needs a person, in words; empty when all is well.
pub fn needs(health: &Health, now: Timestamp) -> Vec<String> {
    let mut needs = Vec::new();
    if health.quarantined > 0 {
        let mails = count(health.quarantined, "mail");
        needs.push(format!("{mails} could not be handled: see `trackle quarantine list`"));
    }
    if let Some(oldest) = health.oldest_unsent.filter(|at| now.duration_since(*at) > UNSENT) {
        needs.push(format!("letters have been waiting for {}: see `trackle check`", age(oldest, now)));
    }
    needs
}

/// For people. `running`: whether a daemon works on the state directory; `None` when that cannot be told.
pub fn page(health: &Health, running: Option<bool>, now: Timestamp, look: &Look) -> String {
    let daemon = match running {
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
    for need in needs(health, now) {
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
pub fn json(health: &Health, running: Option<bool>, now: Timestamp) -> Value {
    let mailboxes: Vec<Value> = health
        .mailboxes
        .iter()
        .map(|(name, looked)| json!({ "name": name, "looked": looked.map(json_time) }))
        .collect();
    json!({
        "running": running,
        "tickets": { "open": health.open, "unconfirmed": health.unconfirmed },
        "mails": { "waiting": health.mails_waiting, "held": health.held, "quarantined": health.quarantined },
        "letters": {
            "waiting": health.letters_waiting,
            "undeliverable": health.letters_failed,
            "oldest_unsent": health.oldest_unsent.map(json_time),
            "last_trouble": health.last_trouble,
        },
        "mailboxes": mailboxes,
        "needs": needs(health, now),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_called_for_quarantine_and_for_old_letters() {
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        let well = Health { open: 4, oldest_unsent: Some(at(0)), held: 2, ..Health::default() };
        assert_eq!(needs(&well, at(4 * 3_600)), Vec::<String>::new());
        assert_eq!(needs(&well, at(4 * 3_600 + 1)).len(), 1);
        let ill = Health { quarantined: 1, last_trouble: "451 \u{1b}c".into(), ..well };
        assert_eq!(needs(&ill, at(100_000)).len(), 2);
        let page = page(&ill, Some(false), at(120), &Look::plain());
        let wanted = "\
daemon     not running
tickets    4 open, 0 unconfirmed
mails      0 waiting, 2 held, 1 in quarantine
letters    0 waiting (oldest 2m), 0 undeliverable
trouble    451 \\x1bc
needs you  1 mail could not be handled: see `trackle quarantine list`
";
        assert_eq!(page, wanted);
        assert_eq!(json(&ill, None, at(120))["mails"]["held"], 2);
    }
}
