//! What an audit found: the conservation law as a sum, and each law that does not hold.

use super::grid::{self, Column, painted, plain};
use super::look::{Look, Paint};
use crate::store::audit::Findings;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Ends of a mail, and how people call the sum's parts.
const MAILS: [(&str, &[&str]); 6] = [
    ("applied", &["applied"]),
    ("duplicate", &["duplicate"]),
    ("ignored", &["ignored"]),
    ("held", &["held"]),
    ("quarantined", &["quarantined"]),
    ("pending", &["new", "reading"]),
];
const LETTERS: [(&str, &[&str]); 4] = [
    ("sent", &["sent"]),
    ("waiting", &["waiting", "sending"]),
    ("failed", &["failed"]),
    ("bounced", &["bounced"]),
];

/// For people.
pub fn page(found: &Findings, look: &Look) -> String {
    let chain = if found.chain_head.is_empty() {
        "broken".into()
    } else {
        format!("newest {:.16}", found.chain_head)
    };
    let mut rows = vec![
        vec![plain("mails"), plain(sum(&found.mails, &MAILS))],
        vec![
            plain("raw"),
            plain(format!("{} different ones, read and compared with their SHA-256", found.raw)),
        ],
        vec![plain("letters"), plain(sum(&found.letters, &LETTERS))],
        vec![plain("events"), plain(format!("{} in a chain, {chain}", found.events))],
    ];
    if found.broken.is_empty() {
        rows.push(vec![plain("laws"), painted(Paint::Good, format!("all {} hold", Findings::laws()))]);
    }
    rows.extend(found.broken.iter().map(|law| vec![painted(Paint::Bad, "broken"), plain(law)]));
    grid::lay(&[Column::Left, Column::Wrap], &rows, look)
}

/// `12 = 10 applied + 2 pending + …`: what came in is what ended.
fn sum(states: &BTreeMap<String, u64>, parts: &[(&str, &[&str])]) -> String {
    let all: u64 = states.values().sum();
    let of = |names: &[&str]| names.iter().filter_map(|name| states.get(*name)).sum::<u64>();
    let words: Vec<String> = parts.iter().map(|(word, names)| format!("{} {word}", of(names))).collect();
    format!("{all} = {}", words.join(" + "))
}

/// For programs.
pub fn json(found: &Findings) -> Value {
    json!({
        "mails": found.mails,
        "raw": found.raw,
        "letters": found.letters,
        "events": found.events,
        "chain_head": found.chain_head,
        "laws": Findings::laws(),
        "broken": found.broken,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_adds_up_and_broken_laws_are_named() {
        let mut found = Findings { raw: 3, events: 9, chain_head: "ab".repeat(32), ..Findings::default() };
        found.mails = [("applied", 2), ("reading", 1), ("new", 1)].map(|(s, n)| (s.to_owned(), n)).into();
        let page = page(&found, &Look::plain());
        assert!(page.starts_with(
            "mails    4 = 2 applied + 0 duplicate + 0 ignored + 0 held + 0 quarantined + 2 pending\n"
        ));
        assert!(page.contains("events   9 in a chain, newest abababababababab\n"), "{page}");
        assert!(page.ends_with(&format!("laws     all {} hold\n", Findings::laws())));
        found.broken.push("letter without a cause 3".into());
        assert!(super::page(&found, &Look::plain()).ends_with("broken   letter without a cause 3\n"));
    }
}
