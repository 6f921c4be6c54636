//! `ticket_opened`: to the requester, once the address is proven.

use super::{Words, signed};
use crate::model::robot::Robot;
use crate::model::ticket::View;
use crate::write::voice::Voice;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/ticket_opened.txt")]
pub(super) struct TicketOpened {
    robot: String,
    ticket: String,
    title: String,
}

impl TicketOpened {
    pub fn of(robot: &Robot, say: &Voice<'_>, view: &View) -> TicketOpened {
        let ticket = &view.ticket;
        TicketOpened {
            robot: signed(robot),
            ticket: ticket.number.to_string(),
            title: say.title(&ticket.title),
        }
    }
}

impl Words for TicketOpened {
    const KIND: &'static str = "ticket_opened";
    const SOURCE: &'static str = include_str!("../../../templates/mail/ticket_opened.txt");
    fn samples() -> [Self; 2] {
        let sample = || TicketOpened { robot: "Help".into(), ticket: "#12".into(), title: "Title".into() };
        [sample(), sample()]
    }
}
