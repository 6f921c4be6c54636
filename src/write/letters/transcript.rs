//! `transcript`: which lines were not run, and why. Every line of the mail is quoted and indented, so that nothing in
//! the letter can be taken for a command when it comes back.

use super::{Pair, Words, signed, tag};
use crate::limits;
use crate::model::refusal::NotRun;
use crate::model::robot::Robot;
use crate::model::ticket::Number;
use crate::write::clean;
use crate::write::voice::Voice;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/transcript.txt")]
pub(super) struct Transcript {
    robot: String,
    has_ticket: bool,
    ticket: String,
    /// Its title is known to the reader.
    has_title: bool,
    title: String,
    several: bool,
    lines: Vec<Pair>,
    has_text: bool,
}

impl Transcript {
    pub fn of(
        (robot, say): (&Robot, &Voice<'_>),
        about: Option<Number>,
        title: String,
        lines: &[NotRun],
        has_text: bool,
    ) -> Transcript {
        let pair = |l: &NotRun| Pair { text: clean::words(&l.line), why: clean::words(&say.refusal(&l.why)) };
        Transcript {
            robot: signed(robot),
            has_ticket: about.is_some(),
            ticket: tag(about),
            has_title: about.is_some() && !title.is_empty(),
            title,
            several: lines.len() > 1,
            lines: lines.iter().take(limits::COMMANDS).map(pair).collect(),
            has_text,
        }
    }
}

impl Words for Transcript {
    const KIND: &'static str = "transcript";
    const SOURCE: &'static str = include_str!("../../../templates/mail/transcript.txt");
    fn samples() -> [Self; 2] {
        let sample = |all: bool| Transcript {
            robot: "Help".into(),
            has_ticket: all,
            ticket: if all { "#12".into() } else { String::new() },
            has_title: all,
            title: if all { "Title".into() } else { String::new() },
            several: all,
            lines: vec![Pair { text: "close it".into(), why: "no such command".into() }],
            has_text: all,
        };
        [sample(true), sample(false)]
    }
}
