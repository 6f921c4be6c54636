//! `quarantined`: to staff, mails that could not be handled. Never their text or subject: whatever broke us shall not
//! break the next reader.

use super::{Words, signed};
use crate::model::letter::Stuck;
use crate::model::robot::Robot;
use crate::write::{attached, clean};
use serde::Serialize;

#[derive(Default, askama::Template, Serialize)]
#[template(path = "mail/quarantined.txt")]
pub(super) struct Quarantined {
    robot: String,
    several: bool,
    count: String,
    items: Vec<Item>,
    has_more: bool,
    more: String,
}

/// One mail.
#[derive(Debug, Clone, Serialize)]
struct Item {
    id: String,
    size: String,
    print: String,
    why: String,
}

/// Mails that one letter lists.
const MOST: usize = 50;

impl Quarantined {
    pub fn of(robot: &Robot, items: &[Stuck]) -> Quarantined {
        let item = |s: &Stuck| Item {
            id: s.intake.to_string(),
            size: attached::size(s.size).to_string(),
            print: clean::words(&s.print),
            why: clean::words(&s.why),
        };
        let more = items.len().saturating_sub(MOST);
        Quarantined {
            robot: signed(robot),
            several: items.len() > 1,
            count: items.len().to_string(),
            items: items.iter().take(MOST).map(item).collect(),
            has_more: more > 0,
            more: more.to_string(),
        }
    }
}

impl Words for Quarantined {
    const KIND: &'static str = "quarantined";
    const SOURCE: &'static str = include_str!("../../../templates/mail/quarantined.txt");
    fn samples() -> [Self; 2] {
        [true, false].map(|all| Quarantined {
            robot: "Help".into(),
            several: all,
            count: if all { "51".into() } else { "1".into() },
            items: vec![Item {
                id: "7".into(),
                size: "3 kB".into(),
                print: "0a1b".into(),
                why: "too deep".into(),
            }],
            has_more: all,
            more: "1".into(),
        })
    }
}
