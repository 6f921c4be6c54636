//! `left`: somebody gets no more mail about a ticket.

use super::{Words, signed};
use crate::model::robot::Robot;
use crate::model::ticket::Number;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/left.txt")]
pub(super) struct Left {
    robot: String,
    ticket: String,
}

impl Left {
    pub fn of(robot: &Robot, ticket: Number) -> Left {
        Left { robot: signed(robot), ticket: ticket.to_string() }
    }
}

impl Words for Left {
    const KIND: &'static str = "left";
    const SOURCE: &'static str = include_str!("../../../templates/mail/left.txt");
    fn samples() -> [Self; 2] {
        [0, 1].map(|_| Left { robot: "Help".into(), ticket: "#12".into() })
    }
}
