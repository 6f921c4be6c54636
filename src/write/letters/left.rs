//! `left`: somebody gets no more mail about a ticket, or about all whose news came gathered, as he asked or because
//! somebody else said so.

use super::{Words, signed, tag};
use crate::model::robot::Robot;
use crate::model::ticket::Number;
use crate::write::clean;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/left.txt")]
pub(super) struct Left {
    robot: String,
    has_ticket: bool,
    ticket: String,
    has_by: bool,
    /// Who said so.
    by: String,
}

impl Left {
    pub fn of(robot: &Robot, ticket: Option<Number>, by: Option<&str>) -> Left {
        let by = by.map(clean::name).unwrap_or_default();
        let has_ticket = ticket.is_some();
        Left { robot: signed(robot), has_ticket, ticket: tag(ticket), has_by: !by.is_empty(), by }
    }
}

impl Words for Left {
    const KIND: &'static str = "left";
    const SOURCE: &'static str = include_str!("../../../templates/mail/left.txt");
    fn samples() -> [Self; 2] {
        [("#12", "Bo"), ("", "")].map(|(ticket, by)| Left {
            robot: "Help".into(),
            has_ticket: !ticket.is_empty(),
            ticket: ticket.into(),
            has_by: !by.is_empty(),
            by: by.into(),
        })
    }
}
