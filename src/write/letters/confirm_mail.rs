//! `confirm_mail`: to a registered address whose owner may or may not have written the mails that wait for its answer.
//! Quotes their command lines exactly, so that a forged mail is found out, and says of grave ones what they would do.

use super::{Words, signed, tag};
use crate::limits;
use crate::model::address::Address;
use crate::model::letter::Waiting;
use crate::model::phrase::Phrase;
use crate::model::robot::Robot;
use crate::model::ticket::Number;
use crate::write::clean;
use crate::write::voice::Voice;
use serde::Serialize;

/// Lines of what the commands of one mail would do.
const WOULD: usize = 60;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/confirm_mail.txt")]
pub(super) struct ConfirmMail {
    robot: String,
    code: String,
    /// `2 commands for #12`.
    what: String,
    /// Several mails wait: they are in `mails`, the others of these values are the last one's.
    several: bool,
    count: String,
    mails: Vec<Listed>,
    has_lines: bool,
    lines: Vec<String>,
    has_text: bool,
    /// `#12`, or `a new ticket`.
    ticket: String,
    has_would: bool,
    would: Vec<String>,
    hours: String,
    /// The reader is staff: a forged mail in that name is the whole team's matter.
    staff: bool,
}

/// One of several mails.
#[derive(Debug, Clone, Serialize)]
struct Listed {
    at: String,
    has_subject: bool,
    subject: String,
    lines: Vec<String>,
    has_text: bool,
    has_ticket: bool,
    ticket: String,
    would: Vec<String>,
}

impl ConfirmMail {
    pub fn of(robot: &Robot, say: &Voice<'_>, code: &str, mails: &[Waiting], to: &Address) -> ConfirmMail {
        let all: Vec<Listed> = mails.iter().map(|waiting| listed(say, waiting)).collect();
        let several = all.len() > 1;
        let what = say.say(match mails.iter().map(|w| w.lines.len()).sum() {
            0 => Phrase::of("asked.text"),
            1 => Phrase::of("asked.command"),
            n => Phrase::of("asked.commands").with("count", n),
        });
        let ticket = tag(mails.last().and_then(|w| w.about).filter(|_| !several));
        let about = Phrase::of("asked.about").with("what", &what).with("ticket", &ticket);
        let last = all.last().cloned();
        let Listed { lines, has_text, ticket: place, would, .. } = last.unwrap_or_else(Listed::nothing);
        ConfirmMail {
            robot: signed(robot),
            code: code.to_owned(),
            what: if ticket.is_empty() { what } else { say.say(about) },
            several,
            count: all.len().to_string(),
            mails: if several { all } else { Vec::new() },
            has_lines: !lines.is_empty(),
            lines,
            has_text,
            ticket: place,
            has_would: !would.is_empty(),
            would,
            hours: limits::CONFIRM_COMMAND_HOURS.to_string(),
            staff: robot.member(to).is_some(),
        }
    }
}

fn listed(say: &Voice<'_>, waiting: &Waiting) -> Listed {
    let cleaned = |all: &[String], most: usize| all.iter().take(most).map(|l| clean::words(l)).collect();
    Listed {
        at: waiting.at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        has_subject: !waiting.subject.trim().is_empty(),
        subject: clean::title(&waiting.subject),
        lines: cleaned(&waiting.lines, limits::COMMANDS),
        has_text: waiting.has_text,
        has_ticket: waiting.about.is_some(),
        ticket: place(say, waiting.about),
        would: cleaned(&waiting.would, WOULD),
    }
}

fn place(say: &Voice<'_>, about: Option<Number>) -> String {
    about.map_or_else(|| say.say(Phrase::of("asked.new_ticket")), |number| number.to_string())
}

impl Listed {
    fn nothing() -> Listed {
        Listed {
            at: String::new(),
            has_subject: false,
            subject: String::new(),
            lines: Vec::new(),
            has_text: true,
            has_ticket: false,
            ticket: String::new(),
            would: Vec::new(),
        }
    }
}

impl Words for ConfirmMail {
    const KIND: &'static str = "confirm_mail";
    const SOURCE: &'static str = include_str!("../../../templates/mail/confirm_mail.txt");
    fn samples() -> [Self; 2] {
        let mail = Listed {
            at: "2026-03-02 09:00 UTC".into(),
            has_subject: true,
            subject: "Printer".into(),
            lines: vec!["close".into()],
            has_text: true,
            has_ticket: true,
            ticket: "#12".into(),
            would: vec!["#12: closed".into()],
        };
        let sample = |lines: &[&str], all| ConfirmMail {
            robot: "Help".into(),
            code: "c18-abc".into(),
            what: "2 commands for #12".into(),
            several: all,
            count: "2".into(),
            mails: if all { vec![mail.clone(), mail.clone()] } else { Vec::new() },
            has_lines: !lines.is_empty(),
            lines: lines.iter().map(|l| (*l).to_owned()).collect(),
            has_text: all,
            ticket: "#12".into(),
            has_would: all,
            would: if all { mail.would.clone() } else { Vec::new() },
            hours: "72".into(),
            staff: all,
        };
        [sample(&["close", "take 14"], true), sample(&[], false)]
    }
    fn code(&self) -> Option<&str> {
        Some(&self.code)
    }
}
