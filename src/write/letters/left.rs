//! `left`: somebody gets no more mail about a ticket, or about all whose news came gathered.

use super::{Words, signed, tag};
use crate::model::robot::Robot;
use crate::model::ticket::Number;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/left.txt")]
pub(super) struct Left {
    robot: String,
    has_ticket: bool,
    ticket: String,
}

impl Left {
    pub fn of(robot: &Robot, ticket: Option<Number>) -> Left {
        Left { robot: signed(robot), has_ticket: ticket.is_some(), ticket: tag(ticket) }
    }
}

impl Words for Left {
    const KIND: &'static str = "left";
    const SOURCE: &'static str = include_str!("../../../templates/mail/left.txt");
    fn samples() -> [Self; 2] {
        let left = |ticket: &str| Left {
            robot: "Help".into(),
            has_ticket: !ticket.is_empty(),
            ticket: ticket.into(),
        };
        [left("#12"), left("")]
    }
}
