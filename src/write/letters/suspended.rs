//! `suspended`: a warning to an address that letters came back from, in case somebody reads it after all.

use super::{Words, signed};
use crate::limits;
use crate::model::robot::Robot;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/suspended.txt")]
pub(super) struct Suspended {
    robot: String,
    /// `1` of `most`.
    warning: String,
    most: String,
    is_last: bool,
}

impl Suspended {
    pub fn of(robot: &Robot, warning: u32) -> Suspended {
        Suspended {
            robot: signed(robot),
            warning: warning.to_string(),
            most: limits::SUSPENDED_WARNINGS.to_string(),
            is_last: warning >= limits::SUSPENDED_WARNINGS,
        }
    }
}

impl Words for Suspended {
    const KIND: &'static str = "suspended";
    const SOURCE: &'static str = include_str!("../../../templates/mail/suspended.txt");
    fn samples() -> [Self; 2] {
        [true, false].map(|is_last| Suspended {
            robot: "Help".into(),
            warning: if is_last { "3".into() } else { "1".into() },
            most: "3".into(),
            is_last,
        })
    }
}
