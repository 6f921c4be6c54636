//! `requester`: to the one whose request it is now, and to the one whose it was. Names, no addresses.

use super::{Words, signed};
use crate::model::address::Address;
use crate::model::robot::Robot;
use crate::model::ticket::View;
use crate::write::clean;
use crate::write::voice::Voice;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/requester.txt")]
pub(super) struct Requester {
    robot: String,
    ticket: String,
    title: String,
    /// Who said so.
    by: String,
    /// The reader's, from now on; else that of `requester`.
    is_yours: bool,
    requester: String,
}

impl Requester {
    pub fn of(robot: &Robot, say: &Voice<'_>, to: &Address, view: &View, by: &str) -> Requester {
        let ticket = &view.ticket;
        let name = |name: &str| Some(clean::name(name)).filter(|n| !n.is_empty());
        Requester {
            robot: signed(robot),
            ticket: ticket.number.to_string(),
            title: say.title(&ticket.title),
            by: name(by).unwrap_or_else(|| signed(robot)),
            is_yours: ticket.requester.address == *to,
            requester: name(&ticket.requester.called())
                .unwrap_or_else(|| ticket.requester.address.local().to_owned()),
        }
    }
}

impl Words for Requester {
    const KIND: &'static str = "requester";
    const SOURCE: &'static str = include_str!("../../../templates/mail/requester.txt");
    fn samples() -> [Self; 2] {
        [true, false].map(|is_yours| Requester {
            robot: "Help".into(),
            ticket: "#12".into(),
            title: "Title".into(),
            by: "Bo".into(),
            is_yours,
            requester: "Ann".into(),
        })
    }
}
