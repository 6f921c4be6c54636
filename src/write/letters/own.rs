//! `own`: to a member of staff, what was done in his name, with the proof of it and the line that takes it back. Whoever
//! acts for somebody else is found out by it within a day.

use super::deeds::{back, did};
use super::lines::{ROOM, cut, line, local};
use super::{Words, signed};
use crate::model::decision::What;
use crate::model::proof::Proof;
use crate::model::robot::Robot;
use crate::model::roundup::{Act as Fact, Own as Facts};
use crate::write::clean;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/own.txt")]
pub(super) struct Own {
    robot: String,
    /// `1 thing`, `3 things`.
    count: String,
    since: String,
    acts: Vec<Act>,
    has_more: bool,
    more: String,
}

#[derive(Serialize)]
struct Act {
    said: String,
    proof: String,
    has_back: bool,
    /// A command line.
    back: String,
}

impl Own {
    pub fn of(robot: &Robot, facts: &Facts) -> Own {
        let all = facts.acts.len() as u64 + facts.more;
        Own {
            robot: signed(robot),
            count: if all == 1 { "1 thing".to_owned() } else { format!("{all} things") },
            since: local(facts.since, &facts.zone, "%a %-d %b, %H:%M"),
            acts: facts.acts.iter().map(|act| self::act(robot, facts, act)).collect(),
            has_more: facts.more > 0,
            more: facts.more.to_string(),
        }
    }
}

/// Columns of a proof that nobody knows, as of an older version.
const PROOF: usize = 30;
/// Columns of a command line that stands behind its proof.
const BACK: usize = ROOM - 46;

fn act(robot: &Robot, facts: &Facts, act: &Fact) -> Act {
    let done = match &act.what {
        What::Opened => "opened".to_owned(),
        What::Commented => "written to".to_owned(),
        What::Follows { to: None, .. } => "followed no longer".to_owned(),
        What::Follows { to: Some(level), .. } => format!("followed ({})", level.word()),
        What::Described { .. } => "described anew".to_owned(),
        What::Tagged { .. } => "keywords".to_owned(),
        what => did(robot, what, Some(&facts.login)).unwrap_or_else(|| what.word().to_owned()),
    };
    let when = local(act.at, &facts.zone, "%a %H:%M");
    let back = back(act.number, &act.what).unwrap_or_default();
    let proof =
        Proof::of(&act.proof).map_or_else(|| cut(&clean::words(&act.proof), PROOF), |p| p.words().to_owned());
    Act {
        said: line(&format!("{when} {} {done}:", act.number), &act.title, ""),
        proof,
        has_back: !back.is_empty() && back.chars().count() < BACK,
        back,
    }
}

impl Words for Own {
    const KIND: &'static str = "own";
    const SOURCE: &'static str = include_str!("../../../templates/mail/own.txt");
    fn samples() -> [Self; 2] {
        let act = |back: &str| Act {
            said: "Fri 08:15 #12 closed: Title".into(),
            proof: "confirmed by mail".into(),
            has_back: !back.is_empty(),
            back: back.into(),
        };
        let bare = || Own {
            robot: "Help".into(),
            count: "1 thing".into(),
            since: "Fri 20 Nov, 07:00".into(),
            acts: vec![act("")],
            has_more: false,
            more: "0".into(),
        };
        [Own { acts: vec![act("reopen 12")], has_more: true, more: "4".into(), ..bare() }, bare()]
    }
}
