//! `invited`: to somebody who is asked whether he wants to follow a ticket. Says who asked for that, by name alone, and the
//! ticket's number and title; not one word of what was written in it.

use super::{Words, signed};
use crate::limits;
use crate::model::robot::Robot;
use crate::model::ticket::View;
use crate::write::clean;
use crate::write::voice::Voice;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/invited.txt")]
pub(super) struct Invited {
    robot: String,
    ticket: String,
    title: String,
    has_by: bool,
    by: String,
    code: String,
    days: String,
}

impl Invited {
    pub fn of(robot: &Robot, say: &Voice<'_>, code: &str, view: &View, by: &str) -> Invited {
        let by = clean::name(by);
        Invited {
            robot: signed(robot),
            ticket: view.ticket.number.to_string(),
            title: say.title(&view.ticket.title),
            has_by: !by.is_empty(),
            by,
            code: code.to_owned(),
            days: limits::INVITATION_DAYS.to_string(),
        }
    }
}

impl Words for Invited {
    const KIND: &'static str = "invited";
    const SOURCE: &'static str = include_str!("../../../templates/mail/invited.txt");
    fn samples() -> [Self; 2] {
        [true, false].map(|has_by| Invited {
            robot: "Help".into(),
            ticket: "#12".into(),
            title: "Title".into(),
            has_by,
            by: if has_by { "Ann".into() } else { String::new() },
            code: "c17-abc".into(),
            days: "14".into(),
        })
    }
    fn code(&self) -> Option<&str> {
        Some(&self.code)
    }
}
