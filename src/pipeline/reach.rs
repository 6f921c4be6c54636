//! Whom letters reach: what a report or a complaint counts against an address, and what its owner's next mail clears. In
//! come decisions and failures; out go suspensions, and warnings once a week. The one place that scores.

use super::House;
use super::carry_out::Work;
use super::owing::freeze;
use crate::fault::Outcome;
use crate::model::address::Address;
use crate::model::decision::{Decision, End, Failure};
use crate::model::kind::Kind;
use crate::model::letter::{About, Letter, Recipient};
use crate::model::proof::Proof;
use crate::model::request::Request;
use crate::model::robot::Robot;
use crate::store::Tx;
use crate::store::events::Cause;
use crate::store::reach::Suspension;
use jiff::Timestamp;

/// Warnings owed at a time.
const WARNINGS: usize = 50;
/// Local parts whose owners look after mail: what comes back from there is told and never held against them.
const ROOTS: [&str; 4] = ["root", "postmaster", "hostmaster", "abuse"];

impl Work<'_> {
    /// Notes a letter that came back. Gives whether that is news.
    pub(super) fn failed(&self, failure: &Failure) -> Outcome<bool> {
        let is_news = self.tx.bounced(failure.letter, &failure.why)?;
        if let Some(address) = Address::parse(&failure.recipient).filter(|_| is_news) {
            let cause = Cause { intake: Some(self.intake), ..by_itself(self.case.now) };
            count(self.tx, &self.house.robot, (&address, failure.half_points), &cause)?;
        }
        Ok(is_news)
    }

    /// Whoever writes again gets mail again. Leaving is not writing, and no machine does it for him.
    pub(super) fn restore(&self, request: &Request, decision: &Decision) -> Outcome<()> {
        let person = self.case.nature.kind == Kind::Mail && decision.end == End::Applied;
        let leaves = matches!(request, Request::Leave { .. } | Request::Report { .. });
        if let Some(sender) = self.case.sender.filter(|_| person && !leaves) {
            self.tx.restore(&sender.address, &self.cause())?;
        }
        Ok(())
    }

    /// No more news to whoever complained. Staff are told when that is new.
    pub(super) fn complaint(&self, request: &Request, decision: &Decision) -> Outcome<Option<Letter>> {
        let (Some(who), Request::Report { letter: Some(about) }) = (&decision.complaint, request) else {
            return Ok(None);
        };
        let is_new = self.tx.suspend(who, Suspension::Complaint, &self.cause())?;
        if !is_new && decision.filings.is_empty() {
            return Ok(None);
        }
        let detail = serde_json::json!({ "who": who.as_str() }).to_string();
        let event = self.tx.add_raw_event(&self.cause(), about.ticket, 0, "complained", &detail)?;
        let view = about.ticket.map(|n| self.tx.view(n, self.case.now)).transpose()?.flatten();
        let about = About::Complained { view: view.map(Box::new), recipient: who.to_string() };
        let to = Recipient::Staff(self.house.robot.list.clone());
        Ok(Some(Letter { to, about, event, not_before: None }))
    }
}

/// Counts what did not arrive, in half points, and suspends the address when that is too much.
///
/// # Errors
/// Those of the database.
pub fn count(
    tx: &Tx<'_>,
    robot: &Robot,
    (address, half_points): (&Address, u8),
    cause: &Cause,
) -> Outcome<()> {
    if half_points > 0 && tx.count_failure(address, half_points, cause.now)? && !is_only_told(address, robot)
    {
        tx.suspend(address, Suspension::Bounces, cause)?;
    }
    Ok(())
}

/// Staff, and those who look after mail, are never suspended: somebody has to hear of trouble.
fn is_only_told(address: &Address, robot: &Robot) -> bool {
    robot.reads_list(address)
        || robot.member(address).is_some()
        || ROOTS.iter().any(|root| address.local().eq_ignore_ascii_case(root))
}

/// Owes suspended people their warnings; gives how many. Should one arrive, its reader can mend it by answering.
///
/// # Errors
/// Those of the database.
pub fn warn(tx: &Tx<'_>, house: &House, now: Timestamp) -> Outcome<usize> {
    let due = tx.to_be_warned(now, WARNINGS)?;
    for (person, warning) in &due {
        let detail = serde_json::json!({ "who": person.address.as_str(), "warning": warning }).to_string();
        let event = tx.add_raw_event(&by_itself(now), None, 0, "warned", &detail)?;
        let about = About::Suspended { warning: *warning };
        let to = Recipient::Person(person.clone());
        freeze(tx, house, &Letter { to, about, event, not_before: None }, now)?;
        tx.warned(person.id, now)?;
    }
    Ok(due.len())
}

/// What the robot does of its own accord.
pub fn by_itself(now: Timestamp) -> Cause {
    Cause { actor: "trackle".into(), proof: Proof::None.word().into(), intake: None, now }
}
