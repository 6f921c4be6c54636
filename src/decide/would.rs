//! What commands would do, in words, for the question about grave ones: each ticket in one line. Changes that were tried
//! out come in; nothing has happened.

use super::Case;
use crate::model::decision::{Filing, Target, What};
use crate::model::ticket::State;

/// One line for each ticket: `#15 (Printer): merged into #12, closed`. Titles and addresses are for staff alone.
pub(super) fn would(filings: &[Filing], case: Case<'_>) -> Vec<String> {
    let line = |filing: &Filing| {
        let head = match &filing.target {
            Target::New { title, .. } => format!("a new ticket ({title})"),
            Target::Known(number) => match case.known.view(*number).filter(|_| case.is_staff()) {
                Some(view) => format!("{number} ({})", view.ticket.title),
                None => number.to_string(),
            },
        };
        let said: Vec<String> = filing.changes.iter().map(|c| words(&c.what, case.is_staff())).collect();
        format!("{head}: {}", said.join(", "))
    };
    filings.iter().map(line).collect()
}

fn words(what: &What, staff: bool) -> String {
    match what {
        What::State { to: State::Closed, .. } => "closed".to_owned(),
        What::State { .. } => "reopened".to_owned(),
        What::Owner { to: Some(login), .. } => format!("given to {login}"),
        What::Owner { to: None, .. } => "nobody's".to_owned(),
        What::Set { field, to: Some(to), .. } => format!("{} {to}", field.word()),
        What::Set { field, to: None, .. } => format!("no {}", field.word()),
        What::Related { relation, other } => format!("{} {other}", relation.words(true)),
        What::Unrelated { relation, other } => format!("no longer {} {other}", relation.words(true)),
        What::Requester { to, .. } if staff => format!("the request of {to}"),
        What::Follows { who, to: Some(_), .. } if staff => format!("{who} follows it"),
        What::Follows { who, to: None, .. } if staff => format!("{who} no longer follows it"),
        other => other.word().to_owned(),
    }
}
