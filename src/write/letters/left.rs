//! `left`: somebody gets no more mail about a ticket, as he asked, or because somebody else said so.

use super::{Words, signed};
use crate::model::robot::Robot;
use crate::model::ticket::Number;
use crate::write::clean;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/left.txt")]
pub(super) struct Left {
    robot: String,
    ticket: String,
    has_by: bool,
    /// Who said so.
    by: String,
}

impl Left {
    pub fn of(robot: &Robot, ticket: Number, by: Option<&str>) -> Left {
        let by = by.map(clean::name).unwrap_or_default();
        Left { robot: signed(robot), ticket: ticket.to_string(), has_by: !by.is_empty(), by }
    }
}

impl Words for Left {
    const KIND: &'static str = "left";
    const SOURCE: &'static str = include_str!("../../../templates/mail/left.txt");
    fn samples() -> [Self; 2] {
        ["Bo", ""].map(|by| Left {
            robot: "Help".into(),
            ticket: "#12".into(),
            has_by: !by.is_empty(),
            by: by.into(),
        })
    }
}
