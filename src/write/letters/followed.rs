//! `followed`: the receipt of somebody who follows a ticket from now on, or in another way, and how he stops.

use super::{Words, signed};
use crate::model::following::Level;
use crate::model::phrase::Phrase;
use crate::model::robot::Robot;
use crate::model::ticket::{Number, View};
use crate::write::voice::Voice;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/followed.txt")]
pub(super) struct Followed {
    robot: String,
    ticket: String,
    title: String,
    state: String,
    /// What mail he gets: one sentence.
    level: String,
    has_others: bool,
    /// Further tickets of which the same holds.
    others: String,
    /// Any at all.
    has_mail: bool,
}

impl Followed {
    pub fn of(robot: &Robot, say: &Voice<'_>, view: &View, level: Level, others: &[Number]) -> Followed {
        let ticket = &view.ticket;
        let key = match level {
            Level::Short => "follows.short",
            Level::Full => "follows.full",
            Level::Daily => "follows.daily",
            Level::Weekly => "follows.weekly",
            Level::Muted => "follows.muted",
        };
        Followed {
            robot: signed(robot),
            ticket: ticket.number.to_string(),
            title: say.title(&ticket.title),
            state: say.say(ticket.state.phrase()),
            level: say.say(Phrase::of(key)),
            has_others: !others.is_empty(),
            others: others.iter().map(Number::to_string).collect::<Vec<_>>().join(", "),
            has_mail: level != Level::Muted,
        }
    }
}

impl Words for Followed {
    const KIND: &'static str = "followed";
    const SOURCE: &'static str = include_str!("../../../templates/mail/followed.txt");
    fn samples() -> [Self; 2] {
        [true, false].map(|has_mail| Followed {
            robot: "Help".into(),
            ticket: "#12".into(),
            title: "Title".into(),
            state: "open".into(),
            level: "You get a short mail.".into(),
            has_others: has_mail,
            others: if has_mail { "#14".into() } else { String::new() },
            has_mail,
        })
    }
}
