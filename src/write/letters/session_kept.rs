//! `session_kept`: to whoever worked on a host, what became of the session when its thread alone does not tell: it was set
//! aside, or the ticket went on without it.

use super::{Words, signed};
use crate::model::host::Kept;
use crate::model::lock::minute;
use crate::model::robot::Robot;
use crate::write::clean;
use serde::Serialize;

#[derive(Default, askama::Template, Serialize)]
#[template(path = "mail/session_kept.txt")]
pub(super) struct SessionKept {
    robot: String,
    name: String,
    host: String,
    started: String,
    /// It was filed, as the session of that number.
    has_number: bool,
    number: String,
    ticket: String,
    notes: Vec<String>,
    mail: String,
}

impl SessionKept {
    pub fn of(robot: &Robot, kept: &Kept) -> SessionKept {
        SessionKept {
            robot: signed(robot),
            name: clean::name(&kept.name),
            host: clean::words(&kept.host),
            started: minute(kept.started, &robot.policy.zone),
            has_number: kept.number.is_some(),
            number: kept.number.map(|n| n.to_string()).unwrap_or_default(),
            ticket: super::tag(kept.ticket),
            notes: kept.notes.iter().map(|note| clean::words(note)).collect(),
            mail: kept.mail.to_string(),
        }
    }
}

impl Words for SessionKept {
    const KIND: &'static str = "session_kept";
    const SOURCE: &'static str = include_str!("../../../templates/mail/session_kept.txt");
    fn samples() -> [Self; 2] {
        [true, false].map(|all| SessionKept {
            robot: "Help".into(),
            name: "Anna".into(),
            host: "web1".into(),
            started: "2026-03-02 14:02".into(),
            has_number: all,
            number: if all { "17".into() } else { String::new() },
            ticket: if all { "#12".into() } else { String::new() },
            notes: vec!["#12 is closed by now.".into()],
            mail: "81".into(),
        })
    }
}
