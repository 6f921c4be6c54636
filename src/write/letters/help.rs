//! `help`: what can be said to the robot, from the table of commands. Staff get it in groups, the words of every day with
//! how they are written; everybody else a dozen lines; who names a word gets that one in full.

use super::{Words, signed};
use crate::model::letter::{Group as Kind, VerbHelp};
use crate::model::robot::Robot;
use crate::write::clean;
use crate::write::voice::Voice;
use crate::write::wrap::WIDTH;
use serde::Serialize;

/// The column in which it says what a word does.
const COLUMN: usize = 14;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/help.txt")]
pub(super) struct Help {
    robot: String,
    address: String,
    /// One word was asked for, and it is this.
    one: bool,
    usage: String,
    what: String,
    has_also: bool,
    /// Other words for it.
    also: String,
    groups: Vec<Group>,
}

#[derive(Debug, Clone, Serialize)]
struct Group {
    has_name: bool,
    name: String,
    lines: Vec<String>,
}

impl Help {
    pub fn of(robot: &Robot, say: &Voice<'_>, staff: bool, word: Option<&str>) -> Help {
        let verbs: Vec<VerbHelp> = say.verbs(staff).collect();
        let one = verbs.iter().find(|v| word == Some(v.word.as_str()));
        Help {
            robot: signed(robot),
            address: robot.address.to_string(),
            one: one.is_some(),
            usage: one.map(|v| clean::words(&v.usage)).unwrap_or_default(),
            what: one.map(|v| clean::words(&v.what)).unwrap_or_default(),
            has_also: one.is_some_and(|v| !v.also.is_empty()),
            also: one.map(|v| v.also.join(", ")).unwrap_or_default(),
            groups: if staff { groups(say, &verbs) } else { vec![short(&verbs)] },
        }
    }
}

/// Everything, the words of every day first.
fn groups(say: &Voice<'_>, verbs: &[VerbHelp]) -> Vec<Group> {
    let group = |kind: Kind| {
        let line = |v: &VerbHelp| match kind {
            Kind::EveryDay => {
                vec![format!("  {}", clean::words(&v.usage)), format!("      {}", clean::words(&v.what))]
            }
            _ => columns(v),
        };
        let lines = verbs.iter().filter(|v| v.group == kind).flat_map(line).collect();
        Group { has_name: true, name: say.say(kind.phrase()), lines }
    };
    Kind::ALL.into_iter().map(group).filter(|g| !g.lines.is_empty()).collect()
}

fn short(verbs: &[VerbHelp]) -> Group {
    let lines = verbs.iter().filter(|v| !v.seldom).flat_map(columns).collect();
    Group { has_name: false, name: String::new(), lines }
}

/// The word, and beside it what it does, in as many lines as that takes.
fn columns(verb: &VerbHelp) -> Vec<String> {
    let mut lines = vec![format!("  {:<width$}", clean::words(&verb.word), width = COLUMN - 2)];
    for word in clean::words(&verb.what).split(' ') {
        if let Some(line) = lines.last_mut() {
            if line.chars().count() + 1 + word.chars().count() > WIDTH {
                lines.push(format!("{:COLUMN$}{word}", ""));
            } else {
                // the padding of a line that has only its word is the blank between them
                line.push_str(if line.chars().count() == COLUMN && line.ends_with(' ') { "" } else { " " });
                line.push_str(word);
            }
        }
    }
    lines
}

impl Words for Help {
    const KIND: &'static str = "help";
    const SOURCE: &'static str = include_str!("../../../templates/mail/help.txt");
    fn samples() -> [Self; 2] {
        let group = Group { has_name: true, name: "Every day".into(), lines: vec!["  close".into()] };
        [true, false].map(|all| Help {
            robot: "Help".into(),
            address: "help@x.example".into(),
            one: all,
            usage: if all { "close [12]".into() } else { String::new() },
            what: if all { "it is done".into() } else { String::new() },
            has_also: all,
            also: if all { "done, fixed".into() } else { String::new() },
            groups: if all { vec![group.clone()] } else { Vec::new() },
        })
    }
}
