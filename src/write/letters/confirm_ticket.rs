//! `confirm_ticket`: to an address that nobody has proven. Holds not one byte of the mail that came from there, since
//! anybody may have sent that mail in order to have us write to a stranger.

use super::{Words, signed};
use crate::limits;
use crate::model::robot::Robot;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/confirm_ticket.txt")]
pub(super) struct ConfirmTicket {
    robot: String,
    code: String,
    days: String,
}

impl ConfirmTicket {
    pub fn of(robot: &Robot, code: &str) -> ConfirmTicket {
        let days = limits::CONFIRM_TICKET_DAYS.to_string();
        ConfirmTicket { robot: signed(robot), code: code.to_owned(), days }
    }
}

impl Words for ConfirmTicket {
    const KIND: &'static str = "confirm_ticket";
    const SOURCE: &'static str = include_str!("../../../templates/mail/confirm_ticket.txt");
    fn samples() -> [Self; 2] {
        let sample = || ConfirmTicket { robot: "Help".into(), code: "c17-abc".into(), days: "14".into() };
        [sample(), sample()]
    }
    fn code(&self) -> Option<&str> {
        Some(&self.code)
    }
}
