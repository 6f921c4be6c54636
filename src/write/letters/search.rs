//! `search`: the tickets that a search found. To those who are not proven staff their titles only, and no address that
//! may stand in one.

use super::{Words, signed};
use crate::limits;
use crate::model::clues::Hit;
use crate::model::robot::Robot;
use crate::write::clean;
use crate::write::voice::Voice;
use serde::Serialize;

/// Columns of the words around a hit.
const COLUMNS: usize = 60;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/search.txt")]
pub(super) struct Search {
    robot: String,
    address: String,
    asked: bool,
    words: String,
    full: bool,
    some: bool,
    hits: Vec<Found>,
}

/// One ticket.
#[derive(Debug, Clone, Serialize)]
struct Found {
    ticket: String,
    state: String,
    title: String,
    /// The words around the hit.
    lines: Vec<String>,
}

impl Search {
    pub fn of(robot: &Robot, say: &Voice<'_>, words: &str, hits: &[Hit], full: bool) -> Search {
        let found = |hit: &Hit| Found {
            ticket: hit.number.to_string(),
            state: say.say(hit.state.phrase()),
            title: say.title(&if full { hit.title.clone() } else { clean::without_addresses(&hit.title) }),
            lines: if full { lines(&clean::words(&hit.snippet)) } else { Vec::new() },
        };
        Search {
            robot: signed(robot),
            address: robot.address.to_string(),
            asked: !words.is_empty(),
            words: clean::words(words),
            full,
            some: !hits.is_empty(),
            hits: hits.iter().take(limits::SEARCH_HITS).map(found).collect(),
        }
    }
}

/// Lines short enough to stand behind a bar, where no mail program takes them for a command.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < COLUMNS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

impl Words for Search {
    const KIND: &'static str = "search";
    const SOURCE: &'static str = include_str!("../../../templates/mail/search.txt");
    fn samples() -> [Self; 2] {
        let found = Found {
            ticket: "#12".into(),
            state: "open".into(),
            title: "Title".into(),
            lines: vec!["some words".into()],
        };
        [true, false].map(|all| Search {
            robot: "Help".into(),
            address: "help@x.example".into(),
            asked: all,
            words: if all { "some words".into() } else { String::new() },
            full: all,
            some: all,
            hits: if all { vec![found.clone(), found.clone()] } else { Vec::new() },
        })
    }
}
