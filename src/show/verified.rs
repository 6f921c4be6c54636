//! How the letters in a mailbox fit the history.

use super::grid::{self, Column, painted, plain};
use super::look::{Look, Paint};
use serde_json::{Value, json};

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    pub mails: u64,
    /// Letters of ours among them.
    pub letters: u64,
    /// Letters that name no event, so that they prove nothing.
    pub bare: u64,
    /// Events in the database.
    pub events: u64,
    /// What does not fit, in words.
    pub wrong: Vec<String>,
    /// How many more letters do not fit.
    pub more: u64,
}

impl Verified {
    /// Whether everything fits.
    pub fn is_well(&self) -> bool {
        self.wrong.is_empty()
    }
}

/// For people.
pub fn page(found: &Verified, look: &Look) -> String {
    let bare = match found.bare {
        0 => String::new(),
        bare => format!(", {bare} of them without a mark of the history"),
    };
    let mut rows = vec![
        vec![plain("mailbox"), plain(format!("{} mails", found.mails))],
        vec![plain("letters"), plain(format!("{} of ours{bare}", found.letters))],
        vec![plain("events"), plain(format!("{} in the database", found.events))],
    ];
    if found.is_well() {
        rows.push(vec![plain("history"), painted(Paint::Good, "fits every letter")]);
    }
    rows.extend(found.wrong.iter().map(|wrong| vec![painted(Paint::Bad, "wrong"), plain(wrong)]));
    if found.more > 0 {
        rows.push(vec![painted(Paint::Bad, "wrong"), plain(format!("and {} letters more", found.more))]);
    }
    grid::lay(&[Column::Left, Column::Wrap], &rows, look)
}

/// For programs.
pub fn json(found: &Verified) -> Value {
    json!({
        "mails": found.mails,
        "letters": found.letters,
        "without_mark": found.bare,
        "events": found.events,
        "wrong": found.wrong,
        "more_wrong": found.more,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_named() {
        let mut found = Verified { mails: 9, letters: 3, bare: 1, events: 40, ..Verified::default() };
        let well = "\
mailbox  9 mails
letters  3 of ours, 1 of them without a mark of the history
events   40 in the database
history  fits every letter
";
        assert_eq!(page(&found, &Look::plain()), well);
        found.wrong.push("<a@b>: gone\u{1b}".into());
        found.more = 2;
        let page = page(&found, &Look::plain());
        assert!(page.ends_with("wrong    <a@b>: gone\\x1b\nwrong    and 2 letters more\n"), "{page}");
        assert_eq!((json(&found)["more_wrong"].as_u64(), found.is_well()), (Some(2), false));
    }
}
