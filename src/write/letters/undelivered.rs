//! `undelivered`: to staff, a letter of ours that will not arrive.

use super::status::Standing;
use super::{Words, signed};
use crate::model::robot::Robot;
use crate::model::ticket::View;
use crate::write::clean;
use serde::Serialize;

#[derive(Default, askama::Template, Serialize)]
#[template(path = "mail/undelivered.txt")]
pub(super) struct Undelivered {
    robot: String,
    has_ticket: bool,
    ticket: String,
    title: String,
    state: String,
    owner: String,
    requester: String,
    recipient: String,
    why: String,
}

impl Undelivered {
    pub fn of(robot: &Robot, view: Option<&View>, recipient: &str, why: &str) -> Undelivered {
        let (recipient, why) = (clean::words(recipient), clean::words(why));
        let plain = Undelivered { robot: signed(robot), recipient, why, ..Undelivered::default() };
        let Some(now) = view.map(|v| Standing::of(robot, v)) else { return plain };
        Undelivered {
            has_ticket: true,
            ticket: now.ticket,
            title: now.title,
            state: now.state,
            owner: now.owner,
            requester: now.requester,
            ..plain
        }
    }
}

impl Words for Undelivered {
    const KIND: &'static str = "undelivered";
    const SOURCE: &'static str = include_str!("../../../templates/mail/undelivered.txt");
    fn samples() -> [Self; 2] {
        let bare = || Undelivered {
            robot: "Help".into(),
            recipient: "ann@x.example".into(),
            why: "no such user".into(),
            ..Undelivered::default()
        };
        let full = Undelivered {
            has_ticket: true,
            ticket: "#12".into(),
            title: "Title".into(),
            state: "open".into(),
            owner: "nobody's".into(),
            requester: "Ann <ann@x.example>".into(),
            ..bare()
        };
        [full, bare()]
    }
}
