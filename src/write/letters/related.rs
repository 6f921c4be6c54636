//! What a change means for the tickets around it, for staff: a line for each that can go on now, that waits again, that
//! is still open below. The ticket as it is now and its changes come in.

use crate::model::decision::{Change, What};
use crate::model::links::{Link, Relation};
use crate::model::ticket::{Number, State, View};
use crate::write::clean;

/// Tickets named for one change; further ones are counted.
const NAMED: usize = 10;
/// Characters of a title that stands beside its number.
const TITLE: usize = 60;

/// What follows from the ticket's being closed or reopened.
pub(super) fn consequences(view: &View, changes: &[Change]) -> Vec<String> {
    let turned = changes.iter().rev().find_map(|change| match &change.what {
        What::State { to, .. } => Some(*to),
        _ => None,
    });
    let around = |relation| {
        view.links.iter().filter(move |l| l.relation == relation && !l.outward && l.state == State::Open)
    };
    let goes_on = view.links.iter().find(|l| is_elsewhere(l)).map(|l| l.other);
    let mut lines: Vec<String> = match turned {
        Some(State::Closed) => around(Relation::Depends)
            .map(|l| freed(l, goes_on))
            .chain(around(Relation::Parent).map(|l| format!("Its part {} is still open.", named(l))))
            .collect(),
        Some(State::Open) => {
            around(Relation::Depends).map(|l| format!("{} waits for this again.", named(l))).collect()
        }
        _ => Vec::new(),
    };
    let more = lines.len().saturating_sub(NAMED);
    lines.truncate(NAMED);
    if more > 0 {
        lines.push(format!("The same goes for {more} more."));
    }
    lines
}

/// The ticket's matter is another ticket's now.
fn is_elsewhere(link: &Link) -> bool {
    link.outward && matches!(link.relation, Relation::Duplicate | Relation::Merged)
}

fn freed(link: &Link, goes_on: Option<Number>) -> String {
    let who = named(link);
    match goes_on {
        Some(other) => format!("{who} waited for this, which goes on at {other}."),
        None if link.held => format!("{who} waited for this, and still waits for others."),
        None => format!("{who} waited for this and can go on."),
    }
}

/// What the ticket is to another one now.
pub(super) fn relation(view: &View, relation: Relation, other: Number) -> String {
    let link = view.links.iter().find(|l| l.outward && l.relation == relation && l.other == other);
    let other = link.filter(|l| !l.title.is_empty()).map_or_else(|| other.to_string(), named);
    format!("Now {} {other}.", relation.words(true))
}

/// `#12 (Printer on fire)`.
fn named(link: &Link) -> String {
    format!("{} ({})", link.other, clean::line(&link.title, TITLE))
}
