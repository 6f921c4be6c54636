//! Deciding: known facts and a request make a decision, one file for each kind of request. Knows no database, no
//! clock and no mail format; the same facts always give the same decision.

pub mod announce;
mod birth;
pub mod display;
pub mod bounce;
pub mod bundle;
pub mod by_hand;
pub mod confirm;
pub mod enroll;
pub mod follow_up;
pub mod help;
pub mod invite;
pub mod open;
mod orders;
pub mod receipts;
mod review;
pub mod search;
pub mod session;
mod show;
mod undo;
pub mod unsubscribe;
mod would;

use crate::command::line::Reading;
use crate::model::clues::Known;
use crate::model::decision::{Decision, End, Target};
use crate::model::kind::Nature;
use crate::model::mail::{Mail, PieceKind};
use crate::model::proof::{Proof, Sender, Vouched};
use crate::model::request::Request;
use crate::model::robot::Robot;
use crate::model::ticket::View;
use jiff::Timestamp;
use jiff::civil::Date;

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
    /// The command lines that the sender said yes to, when he was asked about a held mail.
    pub agreed: Option<&'a [String]>,
    pub now: Timestamp,
    /// The day that it is where the team works.
    pub today: Date,
}

impl Case<'_> {
    /// Whether one more automatic mail may go to the sender today.
    pub fn may_answer(&self) -> bool {
        self.nature.may_answer
            && self.known.counts.automatic_today < automatic_per_day(self.robot, self.is_staff())
    }
    /// Why the mail is held when its sender sent more than one may within an hour; staff may send what they like, as
    /// long as it is not all about one ticket.
    pub fn flood(&self) -> Option<Decision> {
        let (counts, policy) = (self.known.counts, &self.robot.policy);
        let all = [
            (counts.mails_this_hour, policy.mails_per_sender_hour, "within an hour"),
            (counts.mails_today, policy.mails_per_sender_day, "in a day"),
        ];
        let (_, most, time) = all.into_iter().find(|(sent, most, _)| sent > most)?;
        self.stopped(&format!("sent more than {most} mails {time}"))
    }
    /// Why the mail is held that would open one more ticket than its sender may open within an hour.
    pub fn flood_of_tickets(&self) -> Option<Decision> {
        let most = self.robot.policy.tickets_per_sender_hour;
        let full = self.known.counts.tickets_this_hour >= most;
        full.then(|| self.stopped(&format!("opened {most} tickets within an hour")))?
    }
    /// That a stranger's mail is held, which nobody has let through yet.
    fn stopped(&self, deed: &str) -> Option<Decision> {
        let stranger = self.sender.filter(|s| s.staff.is_none() && !self.released)?;
        Some(Decision::stopped(format!(
            "{} {deed}; if this one is wanted, let it through with `trackle quarantine retry`",
            stranger.address
        )))
    }
    /// Whether the mail is in a staff member's name and lacks the proof that the site's own mail server could have
    /// given: somebody else's, as likely as not. Where no proof is configured none is missed.
    pub fn may_be_forged(&self) -> bool {
        !self.released
            && self.is_staff()
            && self.sender.is_some_and(|s| s.proof < Proof::Domain)
            && !self.robot.trust.authserv_ids.is_empty()
    }
    /// Whether a member answers the very letter that staff got about a session.
    pub fn answers_a_log(&self) -> bool {
        self.is_staff() && self.known.reviewed.as_ref().is_some_and(|reviewed| reviewed.is_parent)
    }
    /// Whether the sender is staff.
    pub fn is_staff(&self) -> bool {
        self.sender.is_some_and(|s| s.staff.is_some())
    }
}

/// How many automatic mails one may get in a day. Without configured proof staff confirm each command by mail, so their
/// day holds more of it.
pub fn automatic_per_day(robot: &Robot, staff: bool) -> u32 {
    robot.policy.automatic_per_day.saturating_mul(if staff { STAFF_ROOM } else { 1 })
}

/// What is to happen.
pub fn decision(request: &Request, case: Case<'_>) -> Decision {
    let decision = wanted(request, case);
    too_much_news(&decision, case).map_or(decision, Decision::stopped)
}

/// Why a mail is held that would announce something about a ticket of which enough was announced for this hour. Staff
/// are no exception: a member's vacation robot that answers the list, and says so in no header, never ends by itself.
fn too_much_news(decision: &Decision, case: Case<'_>) -> Option<String> {
    let announced = decision.filings.iter().filter(|filing| !filing.quiet && !case.released);
    let mut about = announced.filter_map(|filing| match filing.target {
        Target::Known(number) => Some(number),
        Target::New { .. } => None,
    });
    let busy = about.find(|number| case.known.busy.contains(number))?;
    let from = case.sender.map_or_else(|| "nobody we know".to_owned(), |s| s.address.to_string());
    Some(format!(
        "{from} wrote when {} mails about {busy} had been announced within this hour, the most there may be: perhaps a \
         robot answers the list; if not, let it through with `trackle quarantine retry`",
        case.robot.policy.news_per_ticket_hour
    ))
}

fn wanted(request: &Request, case: Case<'_>) -> Decision {
    match request {
        Request::Nothing { why } => Decision::end(End::Ignored, why.clone()),
        Request::Report { letter } => bounce::bounce(letter.as_ref(), case),
        Request::Leave { ticket, person } => {
            let all = ticket.map_or_else(|| case.known.gathered.clone(), |ticket| vec![ticket]);
            let views: Vec<&View> = all.iter().filter_map(|ticket| case.known.view(*ticket)).collect();
            unsubscribe::unsubscribe(*ticket, person, &views)
        }
        Request::Remark => Decision::end(
            End::Held,
            "it answers a letter about mails that are set aside, and orders nothing; if it is a request, let it through \
             with `trackle quarantine retry`",
        ),
        // filed where it is opened
        Request::Session { brought } => {
            Decision::end(End::Held, format!("a session from {}", brought.from()))
        }
        Request::Enroll { card } => enroll::enroll(card, case),
        Request::Back => Decision::end(End::Applied, "letters to its sender arrive again"),
        Request::Confirm { pending } => confirm::confirm(pending, case),
        Request::StaleCode => stale_code(case),
        Request::Help => help::help(case),
        Request::Search { words } => search::search(words, case),
        Request::Orders => follow_up::orders(case),
        Request::FollowUp { ticket, evidence } => follow_up::follow_up(*ticket, *evidence, case),
        Request::Open => open::open(case),
    }
}

/// A code that is not ours is held in silence: most are old ones. Of a sender of many staff are told.
fn stale_code(case: Case<'_>) -> Decision {
    let most = case.robot.policy.wrong_codes_per_hour;
    match case.sender.filter(|_| case.known.counts.wrong_codes > most) {
        Some(sender) => Decision::stopped(format!(
            "{} sent more than {most} wrong confirmation codes within an hour: perhaps somebody guesses",
            sender.address
        )),
        None => Decision::end(End::Held, "its confirmation code is not one of ours"),
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
