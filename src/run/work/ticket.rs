//! Which ticket is worked on: the one that was named, or one of the open ones, offered to whoever sits at a terminal.

use super::{agreed, asked, failed};
use crate::clock::{Clock, SystemClock};
use crate::model::refusal::Refusal;
use crate::model::ticket::{Number, State, View};
use crate::run::Failed;
use crate::run::desk::Sitting;
use crate::show::{list, screen};
use crate::store::lists::{Asked, Line, Yardstick};
use std::io::IsTerminal;

/// How many a person likes to choose among.
const MOST: usize = 50;

/// The ones that are offered.
pub fn asked_for() -> Asked {
    Asked { state: Some(State::Open), owner: None, unowned: false, only: Vec::new(), most: MOST }
}

/// Those of this machine's database.
///
/// # Errors
/// When there is none.
pub fn open_ones(sitting: &Sitting) -> Result<Vec<Line>, Failed> {
    let config = sitting.config();
    let by = Yardstick { values: &config.fields, today: config.schedule().today(SystemClock.now()) };
    Ok(sitting.reader()?.list(asked_for().which(), by)?)
}

/// The ticket; `None` when nobody said which, and the open ones were listed instead.
///
/// # Errors
/// When they cannot be had or none is open, or what was chosen is none.
pub fn wanted(
    named: Option<Number>,
    open: impl FnOnce() -> Result<Vec<Line>, Failed>,
) -> Result<Option<Number>, Failed> {
    if named.is_some() {
        return Ok(named);
    }
    let (tickets, now) = (open()?, SystemClock.now());
    if tickets.is_empty() {
        return Err(failed("no ticket is open: name one".into()));
    }
    screen::print(&list::page(&tickets, false, now, &screen::look()))?;
    if !std::io::stdin().is_terminal() {
        super::say("Which one? Name its number: trackle work 42");
        return Ok(None);
    }
    let answer = asked("Work on which ticket? ")?;
    if answer.is_empty() {
        return Err(failed("nothing was done".into()));
    }
    Number::parse(&answer).map(Some).ok_or_else(|| failed(format!("{answer} is not a ticket number")))
}

/// The ticket as it stands, for what is told of it; whether there is one, and for whom, is the lock's business.
///
/// # Errors
/// When it is closed, and nobody agreed to work on it all the same.
pub fn open(view: Option<View>, number: Number, closed: bool) -> Result<View, Failed> {
    let Some(view) = view.filter(|view| view.ticket.state != State::Unconfirmed) else {
        return Err(failed(Refusal::NoTicket(number).to_string()));
    };
    let is_closed = view.ticket.state == State::Closed && view.merged_into().is_none();
    if is_closed && !closed {
        if !std::io::stdin().is_terminal() {
            return Err(failed(format!("{number} is closed: reopen it first, or say --closed")));
        }
        if !agreed(&format!("{number} is closed. Work on it all the same?"))? {
            return Err(failed("nothing was done".into()));
        }
    }
    Ok(view)
}
