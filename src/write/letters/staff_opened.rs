//! `staff_opened`: the first mail of a thread on the staff list, with everything that the requester sent.

use super::Words;
use super::likely::{self, Likely};
use super::status::{self, Standing};
use crate::model::clues::Hit;
use crate::model::letter::News;
use crate::model::robot::Robot;
use crate::model::ticket::View;
use crate::write::attached::Files;
use crate::write::voice::Voice;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/staff_opened.txt")]
pub(super) struct StaffOpened {
    ticket: String,
    title: String,
    state: String,
    owner: String,
    has_marks: bool,
    /// What is set besides.
    marks: String,
    requester: String,
    has_readers: bool,
    /// Who gets what staff answer.
    readers: String,
    who: String,
    has_proof: bool,
    proof: String,
    has_text: bool,
    text: String,
    has_left: bool,
    /// Files that are too big to be attached.
    left: Vec<String>,
    /// The ticket that it was taken out of, if it was.
    has_origin: bool,
    origin: String,
    has_likely: bool,
    likely: Vec<Likely>,
}

impl StaffOpened {
    pub fn of(
        (robot, say): (&Robot, &Voice<'_>),
        view: &View,
        news: &News,
        files: &Files<'_>,
        hits: &[Hit],
    ) -> StaffOpened {
        let now = Standing::of(robot, view);
        let (origin, likely) = (status::origin(news), likely::likely(robot, say, hits));
        let (proof, text) = (status::proof(news), status::text(news, say));
        StaffOpened {
            ticket: now.ticket,
            title: now.title,
            state: now.state,
            owner: now.owner,
            has_marks: !now.marks.is_empty(),
            marks: now.marks,
            requester: now.requester,
            has_readers: !now.readers.is_empty(),
            readers: now.readers,
            who: status::who(robot, news),
            has_proof: !proof.is_empty(),
            proof,
            has_text: !text.is_empty(),
            text,
            has_left: !files.left.is_empty(),
            left: files.left.clone(),
            has_origin: !origin.is_empty(),
            origin,
            has_likely: !likely.is_empty(),
            likely,
        }
    }
}

impl Words for StaffOpened {
    const KIND: &'static str = "staff_opened";
    const SOURCE: &'static str = include_str!("../../../templates/mail/staff_opened.txt");
    fn samples() -> [Self; 2] {
        let sample = |all: bool| StaffOpened {
            ticket: "#12".into(),
            title: "Title".into(),
            state: "open".into(),
            owner: "nobody's".into(),
            has_marks: all,
            marks: if all { "high".into() } else { String::new() },
            requester: "Ann <ann@x.example>".into(),
            has_readers: all,
            readers: if all { "Ann".into() } else { String::new() },
            who: "Ann <ann@x.example>".into(),
            has_proof: all,
            proof: if all { "confirmed by mail".into() } else { String::new() },
            has_text: all,
            text: if all { "Text".into() } else { String::new() },
            has_left: all,
            left: if all { vec!["film.mp4 (44.0 MB)".into()] } else { Vec::new() },
            has_origin: all,
            origin: if all { "#9".into() } else { String::new() },
            has_likely: all,
            likely: if all { vec![likely::sample()] } else { Vec::new() },
        };
        [sample(true), sample(false)]
    }
}
