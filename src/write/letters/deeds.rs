//! What somebody did to a ticket, in a word or two behind its number, and the command that takes it back. For staff only:
//! it names values, logins and whatever else a team sorts its work by.

use super::lines::cut;
use crate::model::decision::What;
use crate::model::fields::Field;
use crate::model::links::Relation;
use crate::model::robot::Robot;
use crate::model::session_words::changed;
use crate::model::ticket::{Number, State};
use crate::write::clean;

/// Columns of a value or a name.
const VALUE: usize = 20;

/// `closed`, `given to Anna Lee`, `prio high`; `itself` is the login of who did it. `None` for what is no change of how
/// a ticket stands.
pub(super) fn did(robot: &Robot, what: &What, itself: Option<&str>) -> Option<String> {
    let none = "none".to_owned();
    Some(match what {
        What::State { to: State::Closed, .. } => "closed".to_owned(),
        What::State { .. } => "opened again".to_owned(),
        What::Owner { to: Some(to), .. } if itself == Some(to) => "taken".to_owned(),
        What::Owner { to: Some(to), .. } => {
            format!("given to {}", cut(&clean::name(&robot.called(to)), VALUE))
        }
        What::Owner { to: None, .. } => "given up".to_owned(),
        What::Set { field: Field::Title, .. } => "named anew".to_owned(),
        What::Set { field: Field::Private, to, .. } => {
            if to.is_some() { "made private" } else { "made public" }.to_owned()
        }
        What::Set { field: Field::Wait, to: None, .. } => "waits no longer".to_owned(),
        What::Set { field, to, .. } => {
            let value = to.as_deref().map_or(none, |to| cut(&clean::words(to), VALUE));
            format!("{} {value}", verb(*field))
        }
        What::Related { relation, other } => format!("{} {other}", relation.words(true)),
        What::Unrelated { relation, other } => format!("no longer {} {other}", relation.words(true)),
        What::Requester { .. } => "has another requester".to_owned(),
        What::Worked { discarded: true, .. } => "worked on, and given up".to_owned(),
        What::Worked { host, files, .. } => {
            format!("worked on at {}, {}", cut(&clean::name(host), VALUE), changed(*files))
        }
        What::Displayed { shown, .. } => if *shown { "log shown" } else { "log hidden" }.to_owned(),
        _ => return None,
    })
}

/// The command line that takes it back.
pub(super) fn back(number: Number, what: &What) -> Option<String> {
    let n = number.0;
    Some(match what {
        What::State { to: State::Closed, .. } => format!("reopen {n}"),
        What::State { .. } => format!("close {n}"),
        What::Owner { from: Some(from), .. } => format!("assign {} {n}", clean::words(from)),
        What::Owner { from: None, .. } => format!("drop {n}"),
        What::Set { field: Field::Title, from: Some(from), .. } => {
            format!("title {n}: {}", clean::title(from))
        }
        What::Set { field: Field::Title, .. } => return None,
        What::Set { field: Field::Private, to: Some(_), .. } => format!("public {n}"),
        What::Set { field: Field::Private, to: None, .. } => format!("private {n}"),
        What::Set { field: field @ (Field::Due | Field::Wait), from, .. } => {
            let before = from.as_deref().filter(|from| *from != "later");
            match (field, before) {
                (Field::Wait, None) if from.is_some() => format!("wait {n}"),
                (_, before) => format!("{} {n} {}", field.word(), before.map_or("none".into(), clean::words)),
            }
        }
        What::Set { field, from, .. } => {
            format!("{} {n}: {}", verb(*field), from.as_deref().map_or("none".into(), clean::words))
        }
        What::Related { relation: Relation::Depends, other } => format!("depends {n} not on {}", other.0),
        What::Unrelated { relation: Relation::Depends, other } => format!("depends {n} on {}", other.0),
        _ => return None,
    })
}

/// The verb that sets a field.
fn verb(field: Field) -> &'static str {
    match field {
        Field::Priority => "prio",
        other => other.word(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(field: Field, from: Option<&str>, to: Option<&str>) -> What {
        What::Set { field, from: from.map(str::to_owned), to: to.map(str::to_owned) }
    }

    #[test]
    fn each_change_has_its_words_and_its_way_back() {
        let owner = |from: Option<&str>, to: Option<&str>| What::Owner {
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
        };
        let (open, closed, other) = (State::Open, State::Closed, Number(7));
        let depends = Relation::Depends;
        for (what, words, command) in [
            (What::State { from: open, to: closed }, "closed", "reopen 12"),
            (What::State { from: closed, to: open }, "opened again", "close 12"),
            (owner(None, Some("ann")), "taken", "drop 12"),
            (owner(Some("ben"), None), "given up", "assign ben 12"),
            (set(Field::Priority, None, Some("high")), "prio high", "prio 12: none"),
            (set(Field::Priority, Some("low"), None), "prio none", "prio 12: low"),
            (set(Field::Title, Some("Ink"), Some("Toner")), "named anew", "title 12: Ink"),
            (set(Field::Due, None, Some("2026-12-01")), "due 2026-12-01", "due 12 none"),
            (set(Field::Due, Some("2026-12-01"), None), "due none", "due 12 2026-12-01"),
            (set(Field::Wait, Some("later"), None), "waits no longer", "wait 12"),
            (set(Field::Wait, Some("user"), Some("later")), "wait later", "wait 12 user"),
            (set(Field::Private, None, Some("yes")), "made private", "public 12"),
            (set(Field::Private, Some("yes"), None), "made public", "private 12"),
            (What::Related { relation: depends, other }, "waits for #7", "depends 12 not on 7"),
            (What::Unrelated { relation: depends, other }, "no longer waits for #7", "depends 12 on 7"),
        ] {
            let ours = crate::write::tests::robot();
            assert_eq!(did(&ours, &what, Some("ann")).as_deref(), Some(words));
            assert_eq!(back(Number(12), &what).as_deref(), Some(command), "{what:?}");
        }
    }
}
