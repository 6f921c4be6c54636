//! `quarantined`: to staff, mails that could not be handled, and those that a safety stop holds. Never their text or subject: whatever broke us shall not
//! break the next reader.

use super::{Pair, Words, signed};
use crate::model::letter::{Stopped, Stuck};
use crate::model::robot::Robot;
use crate::write::{attached, clean};
use serde::Serialize;

#[derive(Default, askama::Template, Serialize)]
#[template(path = "mail/quarantined.txt")]
pub(super) struct Quarantined {
    robot: String,
    /// There is more than one of those that the subject speaks of.
    several: bool,
    count: String,
    has_items: bool,
    items: Vec<Item>,
    has_more: bool,
    more: String,
    has_stopped: bool,
    /// Numbers of mails, and whose they are, by what rule and what to do about it.
    stopped: Vec<Pair>,
    has_more_stopped: bool,
    /// Reasons beyond those.
    more_stopped: String,
}

/// One mail.
#[derive(Debug, Clone, Serialize)]
struct Item {
    id: String,
    size: String,
    print: String,
    why: String,
}

/// Mails, and reasons of stops, that one letter lists.
const MOST: usize = 50;

impl Quarantined {
    pub fn of(robot: &Robot, items: &[Stuck], stopped: &[Stopped]) -> Quarantined {
        let item = |s: &Stuck| Item {
            id: s.intake.to_string(),
            size: attached::size(s.size).to_string(),
            print: clean::words(&s.print),
            why: clean::words(&s.why),
        };
        let stop = |s: &Stopped| Pair { text: s.numbers(), why: clean::words(&s.why) };
        let held = stopped.iter().map(|s| s.count).sum();
        let count = if items.is_empty() { held } else { items.len() as u64 };
        let (more, more_stopped) = (items.len().saturating_sub(MOST), stopped.len().saturating_sub(MOST));
        Quarantined {
            robot: signed(robot),
            several: count > 1,
            count: count.to_string(),
            has_items: !items.is_empty(),
            items: items.iter().take(MOST).map(item).collect(),
            has_more: more > 0,
            more: more.to_string(),
            has_stopped: !stopped.is_empty(),
            stopped: stopped.iter().take(MOST).map(stop).collect(),
            has_more_stopped: more_stopped > 0,
            more_stopped: more_stopped.to_string(),
        }
    }
}

impl Words for Quarantined {
    const KIND: &'static str = "quarantined";
    const SOURCE: &'static str = include_str!("../../../templates/mail/quarantined.txt");
    fn samples() -> [Self; 2] {
        let item = Item { id: "7".into(), size: "3 kB".into(), print: "0a1b".into(), why: "too deep".into() };
        let stop = Pair { text: "8, 9".into(), why: "ann@x.example sent more than 60 mails".into() };
        [true, false].map(|all| Quarantined {
            robot: "Help".into(),
            several: all,
            count: if all { "51".into() } else { "1".into() },
            has_items: all,
            items: if all { vec![item.clone()] } else { Vec::new() },
            has_more: all,
            more: "1".into(),
            has_stopped: true,
            stopped: vec![stop.clone()],
            has_more_stopped: all,
            more_stopped: "1".into(),
        })
    }
}
