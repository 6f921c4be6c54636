//! The letters that have not left yet: to whom, what, since when, and what keeps them.

use super::grid::{self, Column, painted, plain};
use super::look::{Look, Paint, age, json_time};
use crate::store::owed::Owed;
use jiff::Timestamp;
use serde_json::{Value, json};

/// What can be done with those that are held.
const REMEDY: &str =
    "`trackle outbox release LETTER` (or --all) sends a held one, `… drop LETTER --reason TEXT` gives one up";

/// For people; `more` stand behind those that are given.
pub fn page(letters: &[Owed], more: bool, now: Timestamp, look: &Look) -> String {
    let heads = ["letter", "state", "age", "tries", "to", "what", "ticket", "why"];
    let mut rows = vec![heads.iter().map(|h| painted(Paint::Dim, h)).collect::<Vec<_>>()];
    rows.extend(letters.iter().map(|letter| {
        vec![
            painted(Paint::Bold, letter.letter.to_string()),
            painted(if letter.state == "held" { Paint::Careful } else { Paint::Plain }, &letter.state),
            plain(age(letter.queued, now)),
            plain(letter.tries.to_string()),
            plain(&letter.to),
            plain(letter.kind.replace('_', " ")),
            plain(letter.ticket.map(|n| format!("#{n}")).unwrap_or_default()),
            plain(&letter.said),
        ]
    }));
    let columns = [
        Column::Right,
        Column::Left,
        Column::Right,
        Column::Right,
        Column::Left,
        Column::Left,
        Column::Right,
        Column::Wrap,
    ];
    let mut page = grid::lay(&columns, &rows, look);
    if more {
        page.push_str("and more\n");
    }
    if letters.iter().any(|letter| letter.state == "held") {
        page.push_str(&look.paint(Paint::Dim, REMEDY));
        page.push('\n');
    }
    page
}

/// For programs, as an array.
pub fn json(letters: &[Owed]) -> Value {
    let one = |letter: &Owed| {
        json!({
            "letter": letter.letter,
            "state": letter.state,
            "to": letter.to,
            "kind": letter.kind,
            "ticket": letter.ticket,
            "queued": json_time(letter.queued),
            "tries": letter.tries,
            "said": letter.said,
        })
    };
    letters.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_shown_with_what_can_be_done() {
        let letter = Owed {
            letter: 7,
            state: "held".into(),
            to: "bob@example.org".into(),
            kind: "staff_changed".into(),
            ticket: Some(3),
            queued: Timestamp::UNIX_EPOCH,
            tries: 1,
            said: "owed\u{1b}[31m".into(),
        };
        let page = page(&[letter], true, Timestamp::from_second(7_200).unwrap(), &Look::plain());
        assert!(
            page.contains("     7  held    2h      1  bob@example.org  staff changed      #3  owed"),
            "{page}"
        );
        assert!(!page.contains('\u{1b}') && page.contains("and more") && page.contains("release LETTER"));
    }
}
