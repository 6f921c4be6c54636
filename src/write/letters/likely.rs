//! Tickets that may ask for the same, as those see them who are proven to nobody: number, state and title, and how to
//! follow one instead. No address, and no link that somebody could want to have mailed to others.

use crate::model::clues::Hit;
use crate::model::robot::Robot;
use crate::write::clean;
use serde::Serialize;

/// Characters of a title.
const TITLE: usize = 60;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Likely {
    pub ticket: String,
    pub state: String,
    pub title: String,
    /// Where to write, in order to follow it.
    pub follow: String,
}

/// All of them.
pub(super) fn likely(robot: &Robot, hits: &[Hit]) -> Vec<Likely> {
    let one = |hit: &Hit| Likely {
        ticket: hit.number.to_string(),
        state: hit.state.word().to_owned(),
        title: public(&hit.title, TITLE),
        follow: match robot.address_with(&format!("{}-subscribe", hit.number.0)) {
            Some(address) => address.to_string(),
            None => format!("{}, with the line: subscribe {}", robot.address, hit.number.0),
        },
    };
    hits.iter().map(one).collect()
}

/// A title for everybody, without addresses and links.
pub(super) fn public(title: &str, most: usize) -> String {
    let shows = |word: &&str| !word.contains('@') && !word.contains("://") && !word.starts_with("www.");
    let word = |word| if shows(&word) { word } else { "…" };
    let title: String = title.split(' ').map(word).collect::<Vec<_>>().join(" ");
    let title = clean::line(&title, most);
    if title.is_empty() { "(no subject)".to_owned() } else { title }
}

/// One to try a template on.
pub(super) fn sample() -> Likely {
    Likely {
        ticket: "#12".into(),
        state: "open".into(),
        title: "Title".into(),
        follow: "help+12-subscribe@x.example".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::public;

    #[test]
    fn titles_for_everybody_hold_neither_addresses_nor_links() {
        for (title, shown) in [
            ("Mail for bob@home.example bounces", "Mail for … bounces"),
            ("buy at https://evil.example now", "buy at … now"),
            ("www.evil.example", "…"),
            ("", "(no subject)"),
            ("a\nb", "a\\nb"),
        ] {
            assert_eq!(public(title, 60), shown);
        }
        assert_eq!(public(&"x".repeat(100), 60).chars().count(), 61);
    }
}
