//! `complained`: to staff, somebody has reported a letter of ours as spam.

use super::status::Standing;
use super::{Words, signed};
use crate::model::robot::Robot;
use crate::model::ticket::View;
use crate::write::clean;
use serde::Serialize;

#[derive(Default, askama::Template, Serialize)]
#[template(path = "mail/complained.txt")]
pub(super) struct Complained {
    robot: String,
    has_ticket: bool,
    ticket: String,
    title: String,
    state: String,
    owner: String,
    requester: String,
    recipient: String,
}

impl Complained {
    pub fn of(robot: &Robot, view: Option<&View>, recipient: &str) -> Complained {
        let recipient = clean::words(recipient);
        let plain = Complained { robot: signed(robot), recipient, ..Complained::default() };
        let Some(now) = view.map(|v| Standing::of(robot, v)) else { return plain };
        Complained {
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

impl Words for Complained {
    const KIND: &'static str = "complained";
    const SOURCE: &'static str = include_str!("../../../templates/mail/complained.txt");
    fn samples() -> [Self; 2] {
        let bare = || Complained {
            robot: "Help".into(),
            recipient: "ann@x.example".into(),
            ..Complained::default()
        };
        let full = Complained {
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
