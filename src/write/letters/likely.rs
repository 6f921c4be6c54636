//! Tickets that may ask for the same, as those see them who are proven to nobody: number, state and title, and how to
//! follow one instead. No address, and no link that somebody could want to have mailed to others.

use crate::model::clues::Hit;
use crate::model::robot::Robot;
use crate::write::clean;
use crate::write::voice::Voice;
use serde::Serialize;

/// Characters of a title.
const TITLE: usize = 60;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Likely {
    pub ticket: String,
    pub state: String,
    pub title: String,
    /// Where to write, in order to follow it.
    pub follow: String,
}

/// All of them.
pub(super) fn likely(robot: &Robot, say: &Voice<'_>, hits: &[Hit]) -> Vec<Likely> {
    let one = |hit: &Hit| Likely {
        ticket: hit.number.to_string(),
        state: say.say(hit.state.phrase()),
        title: clean::line(&clean::without_addresses(&hit.title), TITLE),
        follow: match robot.address_with(&format!("{}-subscribe", hit.number.0)) {
            Some(address) => address.to_string(),
            None => format!("{}: subscribe {}", robot.address, hit.number.0),
        },
    };
    hits.iter().map(one).collect()
}

/// One to try a template on.
pub(super) fn sample() -> Likely {
    Likely {
        ticket: "#12".into(),
        state: "open".into(),
        title: "Title".into(),
        follow: "help+12-subscribe@x.example".into(),
    }
}
