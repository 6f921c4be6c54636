//! `help`: what can be said to the robot, from the table of commands.

use super::{Words, signed};
use crate::model::letter::VerbHelp;
use crate::model::robot::Robot;
use crate::write::clean;
use crate::write::voice::Voice;
use serde::Serialize;

#[derive(askama::Template, Serialize)]
#[template(path = "mail/help.txt")]
pub(super) struct Help {
    robot: String,
    address: String,
    verbs: Vec<Verb>,
}

#[derive(Debug, Clone, Serialize)]
struct Verb {
    usage: String,
    what: String,
}

impl Help {
    pub fn of(robot: &Robot, say: &Voice<'_>, staff: bool) -> Help {
        let verb = |v: VerbHelp| Verb { usage: clean::words(&v.usage), what: clean::words(&v.what) };
        Help {
            robot: signed(robot),
            address: robot.address.to_string(),
            verbs: say.verbs(staff).map(verb).collect(),
        }
    }
}

impl Words for Help {
    const KIND: &'static str = "help";
    const SOURCE: &'static str = include_str!("../../../templates/mail/help.txt");
    fn samples() -> [Self; 2] {
        let verb = Verb { usage: "close [12]".into(), what: "the ticket is done".into() };
        let sample =
            |verbs: Vec<Verb>| Help { robot: "Help".into(), address: "help@x.example".into(), verbs };
        [sample(vec![verb.clone(), verb]), sample(Vec::new())]
    }
}
