//! `news`: to a follower, once a day or a week, what happened to the tickets that he follows so. One line for each thing
//! that was done or said; no address of anybody, nothing for staff only.

use super::changed::fact;
use super::lines::{ROOM, folded, line};
use super::{Words, signed};
use crate::model::decision::What;
use crate::model::following::Level;
use crate::model::phrase::Phrase;
use crate::model::robot::Robot;
use crate::model::roundup::{Piece, Roundup, Say, Told};
use crate::model::ticket::State;
use crate::write::clean;
use crate::write::voice::Voice;
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
    /// Otherwise they come once a day.
    weekly: bool,
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
    pub fn of(robot: &Robot, say: &Voice<'_>, roundup: &Roundup) -> News {
        let told = &roundup.tickets;
        let all = told.len() as u64 + roundup.more;
        let mut numbers: Vec<String> = told.iter().take(NUMBERS).map(|t| t.number.to_string()).collect();
        if all > NUMBERS as u64 {
            numbers.push("…".to_owned());
        }
        News {
            robot: signed(robot),
            count: say.say(match all {
                1 => Phrase::of("news.ticket"),
                all => Phrase::of("news.tickets").with("count", all),
            }),
            numbers: numbers.join(", "),
            first: told.first().map_or(12, |t| t.number.0).to_string(),
            weekly: roundup.level == Level::Weekly,
            tickets: told.iter().map(|t| ticket(robot, say, t)).collect(),
            has_more: roundup.more > 0,
            more: roundup.more.to_string(),
        }
    }
}

fn ticket(robot: &Robot, say: &Voice<'_>, told: &Told) -> Ticket {
    let state = say.say(Phrase::of(match told.state {
        State::Unconfirmed => "state.unconfirmed",
        State::Open => "state.open",
        State::Closed => "state.closed",
    }));
    let lines = told.news.iter().flat_map(|piece| folded(&said(robot, say, piece), LINES));
    Ticket {
        head: line(&told.number.to_string(), &say.title(&told.title), &format!(" ({state})")),
        lines: lines.collect(),
        has_more: told.more > 0,
        more: told.more.to_string(),
    }
}

/// One thing that happened, as a sentence.
fn said(robot: &Robot, say: &Voice<'_>, piece: &Piece) -> String {
    let who = Some(clean::name(&piece.who)).filter(|w| !w.is_empty());
    let who = who.unwrap_or_else(|| say.say(Phrase::of("said.somebody")));
    match &piece.say {
        Say::Changed { what, remark, hidden } => {
            match (done(robot, say, &who, (what, *hidden)), words(remark, say)) {
                (Some(done), remark) if remark.is_empty() => format!("{done}."),
                (Some(done), remark) => format!("{done}: {remark}"),
                (None, remark) => format!("{who}: {remark}"),
            }
        }
        Say::Wrote { text, files } => {
            let text = words(text, say);
            if !text.is_empty() {
                return format!("{who}: {text}");
            }
            let phrase = match files {
                0 => Phrase::of("news.wordless"),
                1 => Phrase::of("news.file"),
                many => Phrase::of("news.files").with("count", many),
            };
            say.say(phrase.with("actor", who))
        }
    }
}

/// What was done, as a sentence without its end.
fn done(robot: &Robot, say: &Voice<'_>, who: &str, (what, hidden): (&What, bool)) -> Option<String> {
    let phrase = match what {
        What::State { to: State::Closed, .. } => Phrase::of("news.closed"),
        What::State { .. } => Phrase::of("news.reopened"),
        What::Owner { to: Some(login), .. } => {
            Phrase::of("news.owner").with("owner", clean::name(&robot.called(login)))
        }
        What::Owner { to: None, .. } => Phrase::of("news.dropped"),
        What::Worked { .. } => Phrase::of("news.worked"),
        what => return Some(fact(who, hidden, what, say)?.trim_end_matches('.').to_owned()),
    };
    Some(say.say(phrase.with("actor", who)))
}

/// The beginning of a text in one line: no quotes, no addresses.
fn words(text: &str, say: &Voice<'_>) -> String {
    let own = text.lines().filter(|line| !line.starts_with('>'));
    let address = say.say(Phrase::of("news.address"));
    let words = own.flat_map(str::split_whitespace);
    let shown = words.map(|word| if word.contains('@') { address.as_str() } else { word });
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
            weekly: false,
            tickets: vec![ticket("")],
            has_more: false,
            more: "0".into(),
        };
        [
            News { tickets: vec![ticket("3")], weekly: true, has_more: true, more: "4".into(), ..bare() },
            bare(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::Wording;
    use jiff::Timestamp;

    #[test]
    fn each_thing_is_one_sentence() {
        let robot = crate::write::tests::robot();
        let wording = Wording::built_in();
        let voice = wording.voice("news", None);
        let change = |what, remark: &str| Say::Changed { what, remark: remark.into(), hidden: false };
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
            assert_eq!(said(&robot, &voice, &piece), wanted);
        }
    }
}
