//! `ticket_opened`: to the requester, once the address is proven.

use super::likely::{self, Likely};
use super::{Words, signed};
use crate::model::clues::Hit;
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
    has_likely: bool,
    likely: Vec<Likely>,
}

impl TicketOpened {
    pub fn of(robot: &Robot, say: &Voice<'_>, view: &View, hits: &[Hit]) -> TicketOpened {
        let (ticket, likely) = (&view.ticket, likely::likely(robot, say, hits));
        TicketOpened {
            robot: signed(robot),
            ticket: ticket.number.to_string(),
            title: say.title(&ticket.title),
            has_likely: !likely.is_empty(),
            likely,
        }
    }
}

impl Words for TicketOpened {
    const KIND: &'static str = "ticket_opened";
    const SOURCE: &'static str = include_str!("../../../templates/mail/ticket_opened.txt");
    fn samples() -> [Self; 2] {
        [true, false].map(|has_likely| TicketOpened {
            robot: "Help".into(),
            ticket: "#12".into(),
            title: "Title".into(),
            has_likely,
            likely: if has_likely { vec![likely::sample()] } else { Vec::new() },
        })
    }
}
