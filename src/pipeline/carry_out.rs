//! Carrying a decision out: in comes what is to happen because of one mail, out go rows of the store and frozen letters,
//! all within the transaction of that mail. Decides nothing; what it reads again it has read before.

use super::bundles;
use super::notices::undelivered;
use super::owing::freeze;
use super::{House, Trace, Yes, session, step};
use crate::decide::{self, Case, announce, receipts};
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::address::Address;
use crate::model::clues::{Outgoing, Pending, Purpose};
use crate::model::decision::{Ask, Change, Decision, End, Entry, Filed, Filing, Target, What};
use crate::model::host::Card;
use crate::model::letter::{About, Letter, Recipient};
use crate::model::mail::Mail;
use crate::model::person::Person;
use crate::model::proof::{Proof, Sender};
use crate::model::request::Request;
use crate::model::ticket::{Number, State};
use crate::read;
use crate::store::Tx;
use crate::store::events::Cause;
use crate::store::tickets::{SeenBy, day, hour};
use jiff::SignedDuration;

/// One mail being carried out.
pub(super) struct Work<'a> {
    pub(super) tx: &'a Tx<'a>,
    pub(super) house: &'a House,
    pub(super) case: Case<'a>,
    pub(super) intake: i64,
    /// The question that this mail answers, if it does: then the one who was asked acts, by the proof of the code.
    pub(super) pending: Option<&'a Pending>,
}

impl Work<'_> {
    /// Carries a decision out, and puts into `trace` what it came to.
    pub(super) fn carry_out(&self, request: &Request, decision: &Decision, trace: &mut Trace) -> Outcome<()> {
        let mut ticket = self.ticket_of(request);
        let mut owed = Vec::new();
        let mut opened = None;
        for pending in &decision.answers {
            if !self.tx.answer(*pending, self.case.now)? {
                return Err(Fault::lasting("a question was answered twice within one transaction"));
            }
        }
        self.restore(request, decision)?;
        // a report that comes again is no news
        let is_news = match &decision.undelivered {
            Some(failure) => self.failed(failure)?,
            None => true,
        };
        let bounced = self.bounced(request)?;
        let author = self.author(request)?;
        for filing in decision.filings.iter().filter(|_| is_news) {
            let author =
                author.as_ref().ok_or_else(|| Fault::lasting("a change without anybody who made it"))?;
            let confirms = self.pending.filter(|p| p.purpose == Purpose::Ticket).and_then(|p| p.ticket);
            let before = confirms.map_or_else(|| Ok(Vec::new()), |ticket| self.written_for(ticket))?;
            let filing = &session::with_lines(self.tx, filing)?;
            let filed =
                self.tx.file(filing, Some(self.case.mail), author, &self.cause(), self.seen_by(request))?;
            let number = filed.view.ticket.number;
            // beside a new ticket others may have changed: the mail is that one's
            ticket = opened.or(Some(number));
            if matches!(filing.target, Target::New { .. }) {
                opened = opened.or(Some(number));
                self.tx.count_more("tickets", &author.address.key(), hour(self.case.now), 1)?;
                self.ask_about(&filed, decision, author, &mut owed)?;
            }
            self.announce(&filed, &before, &mut owed)?;
            self.invitations(&filed, &before, &mut owed)?;
            owed.extend(bounced.and_then(|letter| undelivered(self.house, &filed, letter)));
            if confirms.is_some() {
                self.open_waiting(author, &mut owed)?;
            }
        }
        receipts::gather(&mut owed);
        if decision.proves_sender
            && let Some(person) = &author
        {
            self.tx.confirm_person(person.id, self.case.now)?;
        }
        owed.extend(self.complaint(request, decision)?);
        self.ask_about_mail(decision, &mut owed)?;
        self.ask_about_host(decision, &mut owed)?;
        self.replies(request, decision, ticket, &mut owed)?;
        self.tx.end(self.intake, decision.end, &decision.why, ticket)?;
        if decision.stopped {
            self.tx.stop(self.intake)?;
        }
        for letter in owed {
            if !self.is_too_much(&letter)? {
                trace.letters.push(self.owe(letter)?);
            }
        }
        trace.ticket = ticket;
        self.release(decision, author.as_ref(), trace)
    }

    /// Lets held mails go on, in the order in which they came, and what came with the yes behind them.
    fn release(&self, decision: &Decision, author: Option<&Person>, trace: &mut Trace) -> Outcome<()> {
        let mut went_to = self.pending.and_then(|p| p.ticket);
        let mut any = false;
        for held in &decision.releases {
            // a sysadmin may have let it through, or dropped it, before its sender said yes
            if !self.tx.is_held(*held)? {
                continue;
            }
            let mail = self.read_again(*held)?;
            let inner = step(self.tx, self.house, *held, &mail, Yes::Sender, self.case.now)?;
            if let (Request::Enroll { card }, End::Applied) = (&inner.request, inner.end) {
                self.enroll(card)?;
            }
            went_to = went_to.or(inner.ticket);
            trace.released.push((*held, inner));
            any = true;
        }
        if let (Some(text), Some(ticket), Some(author), true) = (&decision.with_yes, went_to, author, any) {
            self.file_with_yes(text, ticket, author, trace)?;
        }
        Ok(())
    }

    /// The one who said yes to a host is whoever answered, of all those who were asked.
    fn enroll(&self, card: &Card) -> Outcome<()> {
        let Some(sender) = self.case.sender else { return Ok(()) };
        let cause = Cause { actor: sender.address.key(), ..self.cause() };
        bundles::enroll(self.tx, self.house, card, sender.address.as_str(), &cause)
    }

    /// "Yes, and also …": what came with the yes goes where the released mail went, after it and by the same proof.
    fn file_with_yes(&self, text: &str, ticket: Number, author: &Person, trace: &mut Trace) -> Outcome<()> {
        let Some(view) = self.tx.view(ticket, self.case.now)? else { return Ok(()) };
        if view.ticket.state == State::Unconfirmed {
            return Ok(());
        }
        let proven = self.case.sender.map(|s| Sender {
            proof: Proof::Confirmed,
            why: "it came with the answer to our question".into(),
            ..s.clone()
        });
        let case = Case { sender: proven.as_ref(), ..self.case };
        let staff_only = !case.is_staff() && !view.has_part(&author.address);
        let entry = Some(Entry { text: text.to_owned(), staff_only });
        let filing = Filing {
            target: Target::Known(ticket),
            entry,
            changes: Vec::new(),
            quiet: false,
            requester: None,
        };
        let filed = self.tx.file(&filing, Some(case.mail), author, &self.cause(), SeenBy::default())?;
        let mut owed = Vec::new();
        Work { case, ..*self }.announce(&filed, &[], &mut owed)?;
        for letter in owed {
            trace.letters.push(self.owe(letter)?);
        }
        trace.ticket = Some(ticket);
        Ok(())
    }

    /// The letter that came back, if staff are to hear of it: once for each ticket and recipient.
    fn bounced<'r>(&self, request: &'r Request) -> Outcome<Option<&'r Outgoing>> {
        let Request::Report { letter: Some(letter) } = request else { return Ok(None) };
        let Some(ticket) = letter.ticket.filter(|_| !letter.automatic) else { return Ok(None) };
        Ok(if self.tx.is_out_of_reach(ticket, &letter.recipient)? { None } else { Some(letter) })
    }

    pub(super) fn cause(&self) -> Cause {
        let sender = self.case.sender;
        if let Some(pending) = self.pending {
            return Cause {
                actor: pending.person.address.key(),
                proof: Proof::Confirmed.word().to_owned(),
                intake: Some(self.intake),
                now: self.case.now,
            };
        }
        Cause {
            actor: sender.map_or_else(|| "trackle".into(), |s| s.address.key()),
            proof: sender.map_or(Proof::None, |s| s.proof).word().to_owned(),
            intake: Some(self.intake),
            now: self.case.now,
        }
    }

    fn ticket_of(&self, request: &Request) -> Option<Number> {
        match request {
            Request::FollowUp { ticket, .. } => Some(*ticket),
            Request::Leave { ticket, .. } => *ticket,
            Request::Confirm { pending } => pending.ticket,
            Request::Report { letter } => letter.as_ref().and_then(|l| l.ticket),
            _ => None,
        }
    }

    /// In whose name a change is filed: the sender, the one who was asked, or the one a letter was for.
    fn author(&self, request: &Request) -> Outcome<Option<Person>> {
        if let Some(pending) = self.pending {
            return Ok(Some(pending.person.clone()));
        }
        match request {
            Request::Leave { person, .. } => return Ok(Some(person.clone())),
            Request::Report { letter: Some(letter) } => {
                let address = Address::parse(&letter.recipient);
                return address.map(|a| self.tx.meet(&a, "", self.case.now)).transpose();
            }
            _ => {}
        }
        self.case.sender.map(|s| self.tx.meet(&s.address, &s.name, self.case.now)).transpose()
    }

    /// What confirms a ticket brings along all that was written for it until then, read again from the raw bytes.
    fn written_for(&self, ticket: Number) -> Outcome<Vec<Mail>> {
        self.tx.mails_of(ticket)?.into_iter().map(|intake| self.read_again(intake)).collect()
    }

    /// Requests that nobody was asked about, since enough questions to their sender were out, waited for this. Each
    /// goes on alone: one whose mail cannot be read any more keeps neither the others nor the confirmation from it.
    fn open_waiting(&self, person: &Person, owed: &mut Vec<Letter>) -> Outcome<()> {
        for (pending, ticket) in self.tx.unasked(person.id, self.case.now)? {
            let mut letters = Vec::new();
            match self.tx.part(|_| self.open_one(pending, ticket, person, &mut letters)) {
                Ok(()) => owed.append(&mut letters),
                Err(fault) if fault.again || self.tx.is_broken() => return Err(fault),
                Err(fault) => tracing::error!("opening {ticket}, which waited for its sender: {fault}"),
            }
        }
        Ok(())
    }

    fn open_one(&self, pending: i64, ticket: Number, person: &Person, owed: &mut Vec<Letter>) -> Outcome<()> {
        self.tx.answer(pending, self.case.now)?;
        let before = self.written_for(ticket)?;
        let changes = vec![Change { line: 0, what: What::Confirmed, remark: String::new() }];
        let filing =
            Filing { target: Target::Known(ticket), entry: None, changes, quiet: false, requester: None };
        let filed = self.tx.file(&filing, None, person, &self.cause(), SeenBy::default())?;
        self.announce(&filed, &before, owed)?;
        self.invitations(&filed, &before, owed)
    }

    /// Owes the letters about a filing, and counts it against the ticket's hour.
    fn announce(&self, filed: &Filed, before: &[Mail], owed: &mut Vec<Letter>) -> Outcome<()> {
        let letters = announce::letters(filed, before, self.case);
        if !letters.is_empty() {
            self.tx.count_more("news", &filed.view.ticket.number.0.to_string(), hour(self.case.now), 1)?;
        }
        owed.extend(letters);
        Ok(())
    }

    fn read_again(&self, intake: i64) -> Outcome<Mail> {
        let bytes = self.tx.raw_of(intake)?;
        read::mail(&bytes)
            .map_err(|e| Fault::lasting(format!("mail {intake} cannot be read again: {}", e.why)))
    }

    /// Whose mail clients hold this mail already.
    fn seen_by(&self, request: &Request) -> SeenBy {
        let mail = self.case.mail;
        let from_outside = self.case.sender.is_some_and(|s| s.staff.is_none());
        // an answer to a question is between the robot and whom it asked
        let private =
            matches!(request, Request::Confirm { .. } | Request::Report { .. } | Request::Leave { .. });
        SeenBy {
            staff: !private && announce::list_has(self.case),
            outside: !private
                && (from_outside
                    || announce::was_sent_to(mail, |a| {
                        self.case.known.views.iter().any(|v| v.subscribers().any(|s| s.address == *a))
                    })),
        }
    }

    /// A new ticket that waits for its requester's yes.
    fn ask_about(
        &self,
        filed: &Filed,
        decision: &Decision,
        person: &Person,
        owed: &mut Vec<Letter>,
    ) -> Outcome<()> {
        let Some(Ask::Ticket { mail_it }) = decision.ask else { return Ok(()) };
        let now = self.case.now;
        let expires = now + SignedDuration::from_hours(24 * limits::CONFIRM_TICKET_DAYS);
        let id =
            self.tx.ask(Purpose::Ticket, Some(filed.view.ticket.number), person, &self.cause(), expires)?;
        if mail_it {
            let about = About::ConfirmTicket {
                code: self.house.robot.seal.code(id, &person.address, expires),
                likely: filed.likely.clone(),
                answers: self.case.mail.message_id.clone(),
            };
            owed.push(self.question(person, filed.event, about)?);
            self.tx.asked(id, filed.event)?;
        }
        Ok(())
    }

    /// A question, put off into later hours when there were too many in this one.
    pub(super) fn question(&self, person: &Person, event: i64, about: About) -> Outcome<Letter> {
        let now = self.case.now;
        let asked = self.tx.tally("confirmations", "", hour(now))?;
        let hours =
            i64::from((asked.saturating_sub(1)) / self.case.robot.policy.confirmations_per_hour.max(1));
        let not_before = (hours > 0).then(|| now + SignedDuration::from_hours(hours));
        Ok(Letter { to: Recipient::Sender(person.address.clone()), about, event, not_before })
    }

    /// Whether a receipt would be more automatic mail than its reader may get today: one yes can open many tickets.
    fn is_too_much(&self, letter: &Letter) -> Outcome<bool> {
        if !matches!(letter.about, About::Opened { .. } | About::Followed { .. }) {
            return Ok(false);
        }
        let reader = letter.to.address();
        let most = decide::automatic_per_day(self.case.robot, self.case.robot.member(reader).is_some());
        Ok(self.tx.count("automatic", &reader.key(), day(self.case.now))? >= most)
    }

    /// Writes a letter and owes it, both for ever: its bytes are not made again.
    fn owe(&self, letter: Letter) -> Outcome<(&'static str, String, usize)> {
        let frozen = freeze(self.tx, self.house, &letter, self.case.now)?;
        if frozen.envelope_from.is_none() {
            self.tx.count_more("automatic", &frozen.to.key(), day(self.case.now), 1)?;
        }
        Ok((frozen.kind, frozen.to.to_string(), frozen.bytes.len()))
    }
}
