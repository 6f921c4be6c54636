//! `confirm_mail`: to a registered address whose owner may or may not have written a mail. Quotes the command lines
//! exactly, so that a forged mail is found out.

use super::{Words, signed, tag};
use crate::limits;
use crate::model::address::Address;
use crate::model::phrase::Phrase;
use crate::model::robot::Robot;
use crate::model::ticket::Number;
use crate::write::clean;
use crate::write::voice::Voice;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/confirm_mail.txt")]
pub(super) struct ConfirmMail {
    robot: String,
    code: String,
    /// `2 commands for #12`.
    what: String,
    has_lines: bool,
    lines: Vec<String>,
    has_text: bool,
    /// `#12`, or `a new ticket`.
    ticket: String,
    hours: String,
    /// The reader is staff: a forged mail in that name is the whole team's matter.
    staff: bool,
}

impl ConfirmMail {
    pub fn of(
        robot: &Robot,
        say: &Voice<'_>,
        code: &str,
        lines: &[String],
        (has_text, about): (bool, Option<Number>),
        to: &Address,
    ) -> ConfirmMail {
        let what = say.say(match lines.len() {
            0 => Phrase::of("asked.text"),
            1 => Phrase::of("asked.command"),
            n => Phrase::of("asked.commands").with("count", n),
        });
        let ticket = tag(about);
        let about = Phrase::of("asked.about").with("what", &what).with("ticket", &ticket);
        ConfirmMail {
            robot: signed(robot),
            code: code.to_owned(),
            what: if ticket.is_empty() { what } else { say.say(about) },
            has_lines: !lines.is_empty(),
            lines: lines.iter().take(limits::COMMANDS).map(|l| clean::words(l)).collect(),
            has_text,
            ticket: if ticket.is_empty() { say.say(Phrase::of("asked.new_ticket")) } else { ticket },
            hours: limits::CONFIRM_COMMAND_HOURS.to_string(),
            staff: robot.member(to).is_some(),
        }
    }
}

impl Words for ConfirmMail {
    const KIND: &'static str = "confirm_mail";
    const SOURCE: &'static str = include_str!("../../../templates/mail/confirm_mail.txt");
    fn samples() -> [Self; 2] {
        let sample = |lines: &[&str], has_text| ConfirmMail {
            robot: "Help".into(),
            code: "c18-abc".into(),
            what: "2 commands for #12".into(),
            has_lines: !lines.is_empty(),
            lines: lines.iter().map(|l| (*l).to_owned()).collect(),
            has_text,
            ticket: "#12".into(),
            hours: "72".into(),
            staff: has_text,
        };
        [sample(&["close", "take 14"], true), sample(&[], false)]
    }
    fn code(&self) -> Option<&str> {
        Some(&self.code)
    }
}
