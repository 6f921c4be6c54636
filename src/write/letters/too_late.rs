//! `too_late`: a question was answered after its time.

use super::{Words, signed, tag};
use crate::model::robot::Robot;
use crate::model::ticket::Number;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/too_late.txt")]
pub(super) struct TooLate {
    robot: String,
    address: String,
    has_ticket: bool,
    ticket: String,
}

impl TooLate {
    pub fn of(robot: &Robot, ticket: Option<Number>) -> TooLate {
        TooLate {
            robot: signed(robot),
            address: robot.address.to_string(),
            has_ticket: ticket.is_some(),
            ticket: tag(ticket),
        }
    }
}

impl Words for TooLate {
    const KIND: &'static str = "too_late";
    const SOURCE: &'static str = include_str!("../../../templates/mail/too_late.txt");
    fn samples() -> [Self; 2] {
        [true, false].map(|all| TooLate {
            robot: "Help".into(),
            address: "help@x.example".into(),
            has_ticket: all,
            ticket: if all { "#12".into() } else { String::new() },
        })
    }
}
