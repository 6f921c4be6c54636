//! Comments on a session, the way patches are reviewed by mail: what a member of staff wrote below a quoted line of its log
//! belongs to that line. In come the pieces of his mail and the log as it was mailed to him; out go comments with their
//! places, and the text that is left. A line is found by itself when it is the only one of its kind, else by the quoted
//! lines above it and the file that they name; what could stand at two places is placed at neither, and is text.
//! Takes time in proportion to the mail and the log.

mod quoted;
mod sheet;

use super::Case;
use crate::command::Order;
use crate::limits;
use crate::model::clues::Reviewed;
use crate::model::session_log::Spot;
use quoted::{Run, runs};
use sheet::{Found, Sheet};

/// What an answer to a session's letter says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Review {
    pub comments: Vec<(Spot, String)>,
    /// Quoted lines below which something was said that stands nowhere, or in several places.
    pub unplaced: Vec<String>,
    /// What else was said; comments without a place with the line above them.
    pub rest: String,
}

/// Reads the answer, if it is one and a member's.
pub(super) fn review(case: Case<'_>) -> Option<Review> {
    let reviewed = case.known.reviewed.as_deref().filter(|_| case.is_staff())?;
    Some(of_runs(runs(&case.mail.pieces, &reviewed.letter), reviewed, &case.reading.orders))
}

fn of_runs(runs: Vec<Run>, reviewed: &Reviewed, orders: &[Order]) -> Review {
    let sheet = Sheet::of(reviewed);
    let mut review = Review::default();
    let mut rest: Vec<String> = Vec::new();
    let mut above: Vec<String> = Vec::new();
    for run in runs {
        above.extend(run.quoted);
        let said = without_orders(&run.said, orders);
        if said.is_empty() {
            continue;
        }
        let found =
            if review.comments.len() < limits::ANNOTATIONS { sheet.find(&above) } else { Found::Nothing };
        match found {
            Found::At(spot) => review.comments.push((spot, said)),
            // what nothing marks as said may as well be what a server wrote below the quote
            _ if run.unsure => {}
            Found::Nothing => rest.push(said),
            Found::Unclear(line) => {
                rest.push(format!("> {line}\n{said}"));
                review.unplaced.push(line);
            }
        }
    }
    review.rest = rest.join("\n\n");
    review
}

/// The text without the lines that are commands, and without blank lines around it.
fn without_orders(said: &[String], orders: &[Order]) -> String {
    let is_order = |line: &&String| orders.iter().any(|order| order.text == line.trim());
    let kept: Vec<&str> = said.iter().filter(|line| !is_order(line)).map(String::as_str).collect();
    kept.join("\n").trim_matches('\n').trim_end().to_owned()
}

#[cfg(test)]
mod tests;
