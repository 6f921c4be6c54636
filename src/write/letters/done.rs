//! `done`: to whoever invited people or took some off, and would hear of it in no other way. They are named by what stands
//! before the at sign, as he knows whom he meant.

use super::{Words, signed};
use crate::model::address::Address;
use crate::model::letter::Deeds;
use crate::model::robot::Robot;
use crate::model::ticket::View;
use crate::write::clean;
use crate::write::voice::Voice;
use serde::Serialize;

#[derive(Default, askama::Template, Serialize)]
#[template(path = "mail/done.txt")]
pub(super) struct Done {
    robot: String,
    ticket: String,
    title: String,
    has_asked: bool,
    asked: String,
    /// Who was not asked again.
    has_passed: bool,
    passed: String,
    has_removed: bool,
    removed: String,
}

impl Done {
    pub fn of(robot: &Robot, say: &Voice<'_>, view: &View, deeds: &Deeds) -> Done {
        Done {
            robot: signed(robot),
            ticket: view.ticket.number.to_string(),
            title: say.title(&view.ticket.title),
            has_asked: !deeds.asked.is_empty(),
            asked: named(&deeds.asked),
            has_passed: !deeds.passed.is_empty(),
            passed: named(&deeds.passed),
            has_removed: !deeds.removed.is_empty(),
            removed: named(&deeds.removed),
        }
    }
}

fn named(people: &[Address]) -> String {
    let names: Vec<String> = people.iter().map(|a| clean::name(a.local())).collect();
    names.join(", ")
}

impl Words for Done {
    const KIND: &'static str = "done";
    const SOURCE: &'static str = include_str!("../../../templates/mail/done.txt");
    fn samples() -> [Self; 2] {
        let bare = || Done {
            robot: "Help".into(),
            ticket: "#12".into(),
            title: "Title".into(),
            has_asked: true,
            asked: "ann".into(),
            ..Done::default()
        };
        let full = Done {
            has_passed: true,
            passed: "bo".into(),
            has_removed: true,
            removed: "eve, lee".into(),
            ..bare()
        };
        [full, bare()]
    }
}
