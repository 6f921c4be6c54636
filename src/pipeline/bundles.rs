//! Sessions from hosts, and hosts: what a mail (or a file in our own spool) brings is opened, believed or not, and filed with
//! its ticket; who may send is asked of staff. A bundle comes as often as it likes and is filed once. What is not believed is
//! quarantined whole, and staff hear of it; whoever worked is told when the host is believed and the session is not filed.

use super::carry_out::Work;
use super::owing::freeze;
use super::session::{self, Arrival};
use super::{House, Trace};
use crate::decide::bundle::{self as decide, Believed};
use crate::fault::Outcome;
use crate::limits;
use crate::model::bundle::{ENDING, MAGIC, MEDIA};
use crate::model::clues::Purpose;
use crate::model::decision::{Ask, Change, Decision, End, What};
use crate::model::host::{Brought, CARD_ENDING, CARD_MEDIA, Card, Kept, Unfiled};
use crate::model::kind::Nature;
use crate::model::letter::{About, Letter, Recipient};
use crate::model::lock::minute;
use crate::model::mail::{Attachment, Mail};
use crate::model::proof::Sender;
use crate::model::request::Request;
use crate::model::session::Worker;
use crate::model::ticket::{Number, State};
use crate::read;
use crate::store::Tx;
use crate::store::events::Cause;
use crate::store::tickets::day;
use jiff::{SignedDuration, Timestamp};

/// How the mailbox of our own spool is called at its end.
const SPOOL: &str = "/spool/sessions";
/// The word for how a worker is known whose session a host has signed.
const SIGNED: &str = "host";

/// A bundle in a mail that was identified.
pub(super) struct Came<'a> {
    pub intake: i64,
    pub file: &'a Attachment,
    pub nature: Nature,
    pub sender: Option<Sender>,
    pub now: Timestamp,
}

impl Came<'_> {
    /// Files the session, or sets it aside.
    ///
    /// # Errors
    /// Only for failures of ours.
    pub(super) fn session(&self, tx: &Tx<'_>, house: &House) -> Outcome<Trace> {
        let brought = self.open(tx)?;
        let (mut end, mut letters) = (End::Quarantined, Vec::new());
        let (why, ticket) = match self.file(tx, house, &brought, &mut letters)? {
            Filed::Now(number, ticket) => {
                end = End::Applied;
                (format!("session {number}"), Some(ticket))
            }
            Filed::Before(why, ticket) => {
                end = End::Duplicate;
                (why, ticket)
            }
            Filed::Not(why) => (format!("a session was not filed: {why}"), None),
        };
        match end {
            End::Quarantined => tx.quarantine(self.intake, &why)?,
            _ => tx.end(self.intake, end, &why, ticket)?,
        }
        let request = Request::Session { brought: Box::new(brought) };
        let of = Trace::of(self.nature.clone(), self.sender.clone(), request, &Decision::end(end, why));
        Ok(Trace { ticket, letters, ..of })
    }

    fn open(&self, tx: &Tx<'_>) -> Outcome<Brought> {
        let file = self.file;
        let cover = match read::bundle::cover(&file.bytes) {
            Ok(cover) => cover,
            Err(why) => return Ok(Brought::Unreadable(why)),
        };
        let host = tx.host(&cover.key)?;
        let own = tx.mailbox_of(self.intake)?.ends_with(SPOOL);
        if host.is_none() && !own {
            return Ok(Brought::Stranger(cover));
        }
        let opened = read::bundle::open(&file.bytes, &cover.key, self.now).map(Box::new);
        // who may write into our own directory needs nobody's word
        Ok(Brought::Known { cover, host: host.filter(|_| !own), opened })
    }

    fn file(
        &self,
        tx: &Tx<'_>,
        house: &House,
        brought: &Brought,
        letters: &mut Vec<(&'static str, String, usize)>,
    ) -> Outcome<Filed> {
        let Believed { bundle, member } = match decide::believed(brought, &house.robot) {
            Ok(believed) => believed,
            Err(why) => return Ok(Filed::Not(why)),
        };
        if let Some(earlier) = tx.bundle_of(&bundle.id)? {
            return Ok(Filed::Before(format!("the same session as {earlier}"), None));
        }
        let worker = Worker { address: member.address.clone(), name: member.name.clone() };
        let arrival = Arrival {
            session: &bundle.session,
            contents: &bundle.contents,
            worker: &worker,
            proof: SIGNED,
            intake: Some(self.intake),
            is_redacted: false,
        };
        let cause = self.cause(&worker);
        let wanted = decide::ticket(bundle);
        let notes =
            wanted.as_ref().map_or(Ok(Vec::new()), |ticket| self.notes(tx, house, *ticket, member))?;
        let filed = match wanted {
            Ok(ticket) => session::file(tx, house, arrival, ticket, self.now)?
                .map_err(|_| Unfiled::UnknownTicket(u64::from(ticket.0))),
            Err(why) => Err(why),
        };
        let kept = |number, ticket, notes| Kept {
            name: member.name.clone(),
            host: bundle.session.host.clone(),
            started: bundle.session.started,
            number,
            ticket,
            notes,
            mail: self.intake,
        };
        match filed {
            Ok(taken) => {
                tx.add_bundle(&bundle.id, &bundle.cover, &cause)?;
                if !taken.is_new {
                    let why = format!("session {} was filed before", taken.number);
                    return Ok(Filed::Before(why, Some(taken.ticket)));
                }
                if !notes.is_empty() {
                    let kept = kept(Some(taken.number), Some(taken.ticket), notes);
                    letters.push(self.tell(tx, house, kept, &worker)?);
                }
                Ok(Filed::Now(taken.number, taken.ticket))
            }
            Err(why) => {
                let kept = kept(None, None, vec![sentence(&why)]);
                letters.push(self.tell(tx, house, kept, &worker)?);
                Ok(Filed::Not(why))
            }
        }
    }

    /// What whoever worked should know of the ticket, which went on without him.
    fn notes(
        &self,
        tx: &Tx<'_>,
        house: &House,
        ticket: Number,
        member: &crate::model::person::Member,
    ) -> Outcome<Vec<String>> {
        let Some(view) = tx.view(ticket, self.now)? else { return Ok(Vec::new()) };
        let mut notes = Vec::new();
        if let Some(into) = view.merged_into() {
            notes.push(format!("{ticket} is part of {into} by now."));
        } else if view.ticket.state == State::Closed {
            notes.push(format!(
                "{ticket} is closed by now: answer its thread with `reopen` if that is wrong."
            ));
        }
        if let Some(lock) = view.lock.filter(|lock| lock.keeps_out(&member.login)) {
            let since = minute(lock.since, &house.robot.policy.zone);
            notes.push(format!("{} works on {ticket} now, since {since}.", house.robot.called(&lock.login)));
        }
        Ok(notes)
    }

    fn tell(
        &self,
        tx: &Tx<'_>,
        house: &House,
        kept: Kept,
        worker: &Worker,
    ) -> Outcome<(&'static str, String, usize)> {
        let answered = Change { line: 0, what: What::Answered, remark: String::new() };
        let event = tx.add_event(&self.cause(worker), kept.ticket, &answered)?;
        let to = Recipient::Sender(worker.address.clone());
        let letter = Letter { to, about: About::Kept { kept: Box::new(kept) }, event, not_before: None };
        let frozen = freeze(tx, house, &letter, self.now)?;
        tx.count_more("automatic", &frozen.to.key(), day(self.now), 1)?;
        Ok((frozen.kind, frozen.to.to_string(), frozen.bytes.len()))
    }

    fn cause(&self, worker: &Worker) -> Cause {
        let (intake, now) = (Some(self.intake), self.now);
        Cause { actor: worker.address.key(), proof: SIGNED.into(), intake, now }
    }
}

/// What became of a session.
enum Filed {
    Now(u64, Number),
    Before(String, Option<Number>),
    Not(Unfiled),
}

/// A reason as a letter has it.
fn sentence(why: &Unfiled) -> String {
    let why = why.to_string();
    let mut signs = why.chars();
    let first = signs.next().map(|sign| sign.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", signs.as_str())
}

/// The card that a mail brings, when its own key has signed it.
pub(super) fn card(mail: &Mail) -> Option<Card> {
    let is_card = |file: &&Attachment| file.media == CARD_MEDIA || file.name.ends_with(CARD_ENDING);
    mail.attachments.iter().find(is_card).and_then(|file| read::host::card(&file.bytes).ok())
}

/// The bundle that a mail brings.
pub(super) fn file_of(mail: &Mail) -> Option<&Attachment> {
    let named = |file: &Attachment| file.name.starts_with("session-") && file.name.ends_with(ENDING);
    let is = |file: &&Attachment| file.media == MEDIA || file.bytes.starts_with(MAGIC) || named(file);
    mail.attachments.iter().find(is)
}

impl Work<'_> {
    /// Asks all of staff about a host.
    pub(super) fn ask_about_host(&self, decision: &Decision, owed: &mut Vec<Letter>) -> Outcome<()> {
        let Some(Ask::Host { card }) = &decision.ask else { return Ok(()) };
        let (house, now) = (self.house, self.case.now);
        self.tx.count_more("hosts", "", day(now), 1)?;
        let asked = Change { line: 0, what: What::Asked, remark: String::new() };
        let event = self.tx.add_event(&self.cause(), None, &asked)?;
        let list = self.tx.meet(&house.robot.list, "", now)?;
        let expires = now + SignedDuration::from_hours(limits::CONFIRM_HOST_HOURS);
        let id = self.tx.ask(Purpose::Host, None, &list, &self.cause(), expires)?;
        self.tx.asked(id, event)?;
        let code = house.robot.seal.code(id, &list.address, expires);
        let from = self.case.sender.map(|sender| sender.address.to_string()).unwrap_or_default();
        let about = About::Host { card: Box::new(card.clone()), code: Some(code), by: from };
        let to = Recipient::Staff(house.robot.list.clone());
        owed.push(Letter { to, about, event, not_before: None });
        Ok(())
    }
}

/// Believes a host whose card was let through, and tells staff; what it sent before goes on. `by` is whoever said yes.
pub(super) fn enroll(tx: &Tx<'_>, house: &House, card: &Card, by: &str, cause: &Cause) -> Outcome<()> {
    let event = tx.enroll(card, by, cause)?;
    let about = About::Host { card: Box::new(card.clone()), code: None, by: by.to_owned() };
    let to = Recipient::Staff(house.robot.list.clone());
    freeze(tx, house, &Letter { to, about, event, not_before: None }, cause.now)?;
    tx.waits_for_host(&card.key)?.into_iter().try_for_each(|mail| tx.retry(mail, cause))
}
