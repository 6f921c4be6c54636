//! `news`: to a follower, once a day or a week, what happened to the tickets that he follows so. One line for each thing
//! that was done or said; no address of anybody, nothing for staff only.

use super::changed::fact;
use super::lines::{ROOM, folded, line};
use super::{Words, signed};
use crate::model::decision::What;
use crate::model::following::Level;
use crate::model::robot::Robot;
use crate::model::roundup::{Piece, Roundup, Say, Told};
use crate::model::ticket::State;
use crate::write::clean;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/news.txt")]
pub(super) struct News {
    robot: String,
    /// `1 ticket`, `3 tickets`.
    count: String,
    /// `#12, #15`.
    numbers: String,
    /// `12`, for the example.
    first: String,
    /// `a day`, `a week`.
    rhythm: String,
    tickets: Vec<Ticket>,
    has_more: bool,
    more: String,
}

#[derive(Serialize)]
struct Ticket {
    /// `#12 Printer on fire (closed)`.
    head: String,
    lines: Vec<String>,
    has_more: bool,
    more: String,
}

/// Lines for one thing that was done or said.
const LINES: usize = 3;
/// Numbers in the subject.
const NUMBERS: usize = 5;

impl News {
    pub fn of(robot: &Robot, roundup: &Roundup) -> News {
        let told = &roundup.tickets;
        let all = told.len() as u64 + roundup.more;
        let mut numbers: Vec<String> = told.iter().take(NUMBERS).map(|t| t.number.to_string()).collect();
        if all > NUMBERS as u64 {
            numbers.push("…".to_owned());
        }
        News {
            robot: signed(robot),
            count: if all == 1 { "1 ticket".to_owned() } else { format!("{all} tickets") },
            numbers: numbers.join(", "),
            first: told.first().map_or(12, |t| t.number.0).to_string(),
            rhythm: if roundup.level == Level::Weekly { "a week" } else { "a day" }.to_owned(),
            tickets: told.iter().map(|t| ticket(robot, t)).collect(),
            has_more: roundup.more > 0,
            more: roundup.more.to_string(),
        }
    }
}

fn ticket(robot: &Robot, told: &Told) -> Ticket {
    Ticket {
        head: line(&told.number.to_string(), &told.title, &format!(" ({})", told.state.word())),
        lines: told.news.iter().flat_map(|piece| folded(&said(robot, piece), LINES)).collect(),
        has_more: told.more > 0,
        more: told.more.to_string(),
    }
}

/// One thing that happened, as a sentence.
fn said(robot: &Robot, piece: &Piece) -> String {
    let who =
        Some(clean::name(&piece.who)).filter(|w| !w.is_empty()).unwrap_or_else(|| "Somebody".to_owned());
    match &piece.say {
        Say::Changed { what, remark } => {
            let done = done(robot, &who, what);
            match (done, words(remark)) {
                (Some(done), remark) if remark.is_empty() => format!("{done}."),
                (Some(done), remark) => format!("{done}: {remark}"),
                (None, remark) => format!("{who}: {remark}"),
            }
        }
        Say::Wrote { text, files } => match (words(text), files) {
            (text, 0) if text.is_empty() => format!("{who} wrote, without any words."),
            (text, 1) if text.is_empty() => format!("{who} has sent a file."),
            (text, files) if text.is_empty() => format!("{who} has sent {files} files."),
            (text, _) => format!("{who}: {text}"),
        },
    }
}

/// What was done, as a sentence without its end.
fn done(robot: &Robot, who: &str, what: &What) -> Option<String> {
    Some(match what {
        What::State { to: State::Closed, .. } => format!("{who} has closed it"),
        What::State { .. } => format!("{who} has opened it again"),
        What::Owner { to: Some(login), .. } => {
            format!("{} takes care of it now", clean::name(&robot.called(login)))
        }
        What::Owner { to: None, .. } => format!("{who} has given it back to the team"),
        what => fact(who, what)?.trim_end_matches('.').to_owned(),
    })
}

/// The beginning of a text in one line: no quotes, no addresses.
fn words(text: &str) -> String {
    let own = text.lines().filter(|line| !line.starts_with('>'));
    let words = own.flat_map(str::split_whitespace);
    let shown = words.map(|word| if word.contains('@') { "(address)" } else { word });
    clean::line(&shown.take(ROOM).collect::<Vec<_>>().join(" "), (LINES + 1) * ROOM)
}

impl Words for News {
    const KIND: &'static str = "news";
    const SOURCE: &'static str = include_str!("../../../templates/mail/news.txt");
    fn samples() -> [Self; 2] {
        let ticket = |more: &str| Ticket {
            head: "#12 Title (open)".into(),
            lines: vec!["Ann has closed it.".into()],
            has_more: !more.is_empty(),
            more: more.into(),
        };
        let bare = || News {
            robot: "Help".into(),
            count: "1 ticket".into(),
            numbers: "#12".into(),
            first: "12".into(),
            rhythm: "a day".into(),
            tickets: vec![ticket("")],
            has_more: false,
            more: "0".into(),
        };
        [News { tickets: vec![ticket("3")], has_more: true, more: "4".into(), ..bare() }, bare()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn each_thing_is_one_sentence() {
        let robot = crate::write::tests::robot();
        let change = |what, remark: &str| Say::Changed { what, remark: remark.into() };
        let wrote = |text: &str, files| Say::Wrote { text: text.into(), files };
        let close = || What::State { from: State::Open, to: State::Closed };
        for (say, wanted) in [
            (change(close(), ""), "Bob has closed it."),
            (change(close(), "The cable\nwas loose."), "Bob has closed it: The cable was loose."),
            (
                change(What::Owner { from: None, to: Some("anna".into()) }, ""),
                "Anna Lee takes care of it now.",
            ),
            (change(What::Owner { from: None, to: None }, ""), "Bob has given it back to the team."),
            (
                wrote("Hello,\n\nwrite to eve@x.example\n> old\nplease", 1),
                "Bob: Hello, write to (address) please",
            ),
            (wrote("", 1), "Bob has sent a file."),
            (wrote(" \n", 3), "Bob has sent 3 files."),
        ] {
            let piece = Piece { at: Timestamp::UNIX_EPOCH, who: "Bob".into(), say };
            assert_eq!(said(&robot, &piece), wanted);
        }
    }
}
