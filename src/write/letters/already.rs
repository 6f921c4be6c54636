//! `already`: a question was answered twice.

use super::{Words, signed, tag};
use crate::model::robot::Robot;
use crate::model::ticket::{Number, State};
use crate::write::voice::Voice;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/already.txt")]
pub(super) struct Already {
    robot: String,
    has_ticket: bool,
    ticket: String,
    /// Its title is known to the reader.
    has_title: bool,
    title: String,
    has_state: bool,
    state: String,
}

impl Already {
    pub fn of(
        (robot, say): (&Robot, &Voice<'_>),
        ticket: Option<Number>,
        title: String,
        state: Option<State>,
    ) -> Already {
        Already {
            robot: signed(robot),
            has_ticket: ticket.is_some(),
            ticket: tag(ticket),
            has_title: ticket.is_some() && !title.is_empty(),
            title,
            has_state: ticket.is_some() && state.is_some(),
            state: state.map(|s| say.say(s.phrase())).unwrap_or_default(),
        }
    }
}

impl Words for Already {
    const KIND: &'static str = "already";
    const SOURCE: &'static str = include_str!("../../../templates/mail/already.txt");
    fn samples() -> [Self; 2] {
        let sample = |all: bool, word: &str| if all { word.to_owned() } else { String::new() };
        [true, false].map(|all| Already {
            robot: "Help".into(),
            has_ticket: all,
            ticket: sample(all, "#12"),
            has_title: all,
            title: sample(all, "Title"),
            has_state: all,
            state: sample(all, "open"),
        })
    }
}
