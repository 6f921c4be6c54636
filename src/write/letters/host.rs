//! `host`: to staff, a machine that wants to be believed, with the code to say yes by; or one that is from now on. What it
//! says of itself is shown with the print of its key, since only that can be compared.

use super::{Words, signed};
use crate::limits;
use crate::model::host::Card;
use crate::model::robot::Robot;
use crate::write::clean;
use serde::Serialize;

#[derive(Default, askama::Template, Serialize)]
#[template(path = "mail/host.txt")]
pub(super) struct Host {
    robot: String,
    host: String,
    /// Somebody is to say yes.
    has_code: bool,
    code: String,
    has_by: bool,
    /// Who asks, or who said yes.
    by: String,
    key: String,
    print: String,
    has_login: bool,
    login: String,
    has_member: bool,
    member: String,
    hours: String,
}

impl Host {
    pub fn of(robot: &Robot, card: &Card, code: Option<&str>, by: &str) -> Host {
        let login = card.login.as_deref().map(clean::words).unwrap_or_default();
        let member = card.member.as_deref().map(clean::words).unwrap_or_default();
        Host {
            robot: signed(robot),
            host: clean::words(&card.name),
            has_code: code.is_some(),
            code: code.unwrap_or_default().to_owned(),
            has_by: !by.is_empty(),
            by: clean::words(by),
            key: card.key.to_string(),
            print: card.key.print(),
            has_login: !login.is_empty(),
            login,
            has_member: !member.is_empty(),
            member,
            hours: limits::CONFIRM_HOST_HOURS.to_string(),
        }
    }
}

impl Words for Host {
    const KIND: &'static str = "host";
    const SOURCE: &'static str = include_str!("../../../templates/mail/host.txt");
    fn samples() -> [Self; 2] {
        [true, false].map(|all| Host {
            robot: "Help".into(),
            host: "web1.example.org".into(),
            has_code: all,
            code: if all { "c18-abcdefghijklmnopqrst".into() } else { String::new() },
            has_by: all,
            by: "root@web1.example.org".into(),
            key: "ed25519:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE".into(),
            print: "72cd-6e84-22c4-07fb".into(),
            has_login: all,
            login: "root".into(),
            has_member: all,
            member: "anna".into(),
            hours: "72".into(),
        })
    }
    fn code(&self) -> Option<&str> {
        Some(self.code.as_str()).filter(|code| !code.is_empty())
    }
}
