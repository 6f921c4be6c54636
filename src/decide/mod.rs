//! Deciding: known facts and a request make a decision, one file for each kind of request. Knows no database, no
//! clock and no mail format; the same facts always give the same decision.

pub mod announce;
pub mod bounce;
pub mod confirm;
pub mod follow_up;
pub mod help;
pub mod open;
pub mod search;
pub mod unsubscribe;

use crate::command::line::Reading;
use crate::model::clues::Known;
use crate::model::decision::{Decision, End};
use crate::model::kind::Nature;
use crate::model::mail::{Mail, PieceKind};
use crate::model::proof::{Sender, Vouched};
use crate::model::request::Request;
use crate::model::robot::Robot;
use jiff::Timestamp;

/// How many times more automatic mail a staff member may get in a day than anybody else.
const STAFF_ROOM: u32 = 20;

/// Everything that deciding looks at.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    pub mail: &'a Mail,
    pub nature: &'a Nature,
    pub sender: Option<&'a Sender>,
    /// The sender, when there is proof enough to change something.
    pub vouched: Option<&'a Vouched>,
    pub known: &'a Known,
    pub reading: &'a Reading,
    pub robot: &'a Robot,
    /// The mail was held before, and its sender (or a sysadmin) said yes meanwhile.
    pub released: bool,
    pub now: Timestamp,
}

impl Case<'_> {
    /// Whether one more automatic mail may go to the sender today.
    pub fn may_answer(&self) -> bool {
        // without configured proof staff confirm each command by mail, so their day holds more of it
        let room = if self.is_staff() { STAFF_ROOM } else { 1 };
        self.nature.may_answer
            && self.known.counts.automatic_today < self.robot.policy.automatic_per_day * room
    }
    /// Whether the sender sent more than one may within an hour; staff may send what they like.
    pub fn is_flood(&self) -> bool {
        !self.released
            && self.sender.is_some_and(|s| s.staff.is_none())
            && self.known.counts.mails_this_hour > self.robot.policy.mails_per_sender_hour
    }
    /// Whether the sender is staff.
    pub fn is_staff(&self) -> bool {
        self.sender.is_some_and(|s| s.staff.is_some())
    }
}

/// What is to happen.
pub fn decision(request: &Request, case: Case<'_>) -> Decision {
    match request {
        Request::Nothing { why } => Decision::end(End::Ignored, why.clone()),
        Request::Report { letter } => bounce::bounce(letter.as_ref(), case),
        Request::Leave { ticket, person } => unsubscribe::unsubscribe(*ticket, person, case),
        Request::Confirm { pending } => confirm::confirm(pending, case),
        Request::StaleCode => Decision::end(End::Held, "its confirmation code is not one of ours"),
        Request::Help => help::help(case),
        Request::Search { words } => search::search(words, case),
        Request::Orders => follow_up::orders(case),
        Request::FollowUp { ticket, evidence } => follow_up::follow_up(*ticket, *evidence, case),
        Request::Open => open::open(case),
    }
}

/// The text of a mail that adds to a ticket: what its writer added, or else what he forwarded.
pub fn text_of(mail: &Mail, rest: &str) -> String {
    let rest = rest.trim_matches('\n').trim_end();
    if !rest.trim().is_empty() {
        return rest.to_owned();
    }
    let forwarded: Vec<&str> =
        mail.pieces.iter().filter(|p| p.kind == PieceKind::Forward).map(|p| p.text.as_str()).collect();
    forwarded.concat().trim().to_owned()
}
