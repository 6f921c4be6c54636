//! `confirm_ticket`: to an address that nobody has proven. Holds not one byte of the mail that came from there, since
//! anybody may have sent that mail in order to have us write to a stranger. The
//! titles in it are those of public tickets that may ask for the same.

use super::likely::{self, Likely};
use super::{Words, signed};
use crate::limits;
use crate::model::clues::Hit;
use crate::model::robot::Robot;
use crate::write::voice::Voice;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/confirm_ticket.txt")]
pub(super) struct ConfirmTicket {
    robot: String,
    code: String,
    days: String,
    has_likely: bool,
    likely: Vec<Likely>,
}

impl ConfirmTicket {
    pub fn of(robot: &Robot, say: &Voice<'_>, code: &str, hits: &[Hit]) -> ConfirmTicket {
        let (days, likely) = (limits::CONFIRM_TICKET_DAYS.to_string(), likely::likely(robot, say, hits));
        let has_likely = !likely.is_empty();
        ConfirmTicket { robot: signed(robot), code: code.to_owned(), days, has_likely, likely }
    }
}

impl Words for ConfirmTicket {
    const KIND: &'static str = "confirm_ticket";
    const SOURCE: &'static str = include_str!("../../../templates/mail/confirm_ticket.txt");
    fn samples() -> [Self; 2] {
        [true, false].map(|has_likely| ConfirmTicket {
            robot: "Help".into(),
            code: "c17-abc".into(),
            days: "14".into(),
            has_likely,
            likely: if has_likely { vec![likely::sample()] } else { Vec::new() },
        })
    }
    fn code(&self) -> Option<&str> {
        Some(&self.code)
    }
}
