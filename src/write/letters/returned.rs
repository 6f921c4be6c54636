//! What the letters to staff about a letter of ours that came to nothing have in common: whose it was, and how the ticket
//! stands that it was about. Plain values for `complained` and `undelivered`; is no letter itself.

use super::signed;
use super::status::Standing;
use crate::model::robot::Robot;
use crate::model::ticket::View;
use crate::write::clean;
use serde::Serialize;

#[derive(Clone, Default, Serialize)]
pub(super) struct Returned {
    pub robot: String,
    pub has_ticket: bool,
    pub ticket: String,
    pub title: String,
    pub state: String,
    pub owner: String,
    pub requester: String,
    pub recipient: String,
    /// The other server's words, where there are any.
    pub why: String,
}

impl Returned {
    pub fn of(robot: &Robot, view: Option<&View>, recipient: &str, why: &str) -> Returned {
        let (recipient, why) = (clean::words(recipient), clean::words(why));
        let plain = Returned { robot: signed(robot), recipient, why, ..Returned::default() };
        let Some(now) = view.map(|v| Standing::of(robot, v)) else { return plain };
        Returned {
            has_ticket: true,
            ticket: now.ticket,
            title: now.title,
            state: now.state,
            owner: now.owner,
            requester: now.requester,
            ..plain
        }
    }

    /// Values to try a replacement on, with a ticket and without.
    pub fn samples() -> [Returned; 2] {
        let bare = Returned {
            robot: "Help".into(),
            recipient: "ann@x.example".into(),
            why: "no such user".into(),
            ..Returned::default()
        };
        let full = Returned {
            has_ticket: true,
            ticket: "#12".into(),
            title: "Title".into(),
            state: "open".into(),
            owner: "nobody's".into(),
            requester: "Ann <ann@x.example>".into(),
            ..bare.clone()
        };
        [full, bare]
    }
}
