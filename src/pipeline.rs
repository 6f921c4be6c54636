//! The sentence as code: the one file that knows all verbs and their order. One mail is one part of a transaction:
//! it is identified, routed, decided, carried out, its letters written and owed, all of it or nothing.
//!
//! The order that must never change: what was read is on disk before it is looked at; dedupe keys, used-up codes and
//! owed letters are in the same transaction as the change; the mailbox is marked, and letters leave, only after it.

use crate::command::line::{self, Reading};
use crate::decide::{self, Case, announce};
use crate::fault::{Fault, Outcome};
use crate::identify;
use crate::limits;
use crate::model::address::Address;
use crate::model::clues::{Hit, Known, Outgoing, Pending, Purpose};
use crate::model::decision::{Ask, Change, Decision, End, Entry, Filed, Filing, Reply, Target, What};
use crate::model::kind::{Kind, Nature};
use crate::model::letter::{About, Frozen, Letter, Recipient, Stuck};
use crate::model::mail::{Mail, PieceKind};
use crate::model::person::Person;
use crate::model::proof::{Proof, Sender, Vouched};
use crate::model::refusal::{NotRun, Refusal};
use crate::model::request::Request;
use crate::model::robot::Robot;
use crate::model::ticket::{Number, State, View};
use crate::read;
use crate::route;
use crate::store::Tx;
use crate::store::events::Cause;
use crate::store::search::Scope;
use crate::store::tickets::{MessageKind, SeenBy, day, hour};
use crate::write::{self, Moment, Wording};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// What stays the same from mail to mail.
pub struct House {
    pub robot: Robot,
    pub wording: Wording,
}

/// Each verb's answer for one mail: what `explain` prints and the log tells.
#[derive(Debug, Clone)]
pub struct Trace {
    pub nature: Nature,
    pub sender: Option<Sender>,
    pub request: Request,
    pub commands: usize,
    pub end: End,
    pub why: String,
    pub ticket: Option<Number>,
    /// Kind, recipient and size of every letter owed.
    pub letters: Vec<(&'static str, String, usize)>,
    /// The held mail that this one let go on: its intake number and its own trace.
    pub released: Option<(i64, Box<Trace>)>,
}

/// Who said yes to a mail that was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Yes {
    /// Nobody yet.
    Not,
    /// Its sender answered the question.
    Sender,
    /// A sysadmin let it through.
    Sysadmin,
}

/// Handles one mail; `intake` is its row. Everything is inside the transaction of `tx`.
///
/// # Errors
/// Only for failures of ours; then nothing of it has happened.
pub fn handle(tx: &Tx<'_>, house: &House, intake: i64, mail: &Mail, now: Timestamp) -> Outcome<Trace> {
    let yes = if tx.is_released(intake)? { Yes::Sysadmin } else { Yes::Not };
    step(tx, house, intake, mail, yes, now)
}

fn step(tx: &Tx<'_>, house: &House, intake: i64, mail: &Mail, yes: Yes, now: Timestamp) -> Outcome<Trace> {
    let robot = &house.robot;
    let (nature, mut sender, mut vouched) = identified(mail, robot, yes, now);
    let reading = commands(mail, sender.as_ref());
    let from = sender.as_ref().map(|s| &s.address);
    let clues = route::clues::clues(mail, from, &reading, robot, now);
    let mut known = tx.look_up(&clues, from, &robot.seal, now)?;
    // what a sysadmin lets through only looked like a code
    known.bad_code &= yes == Yes::Not;
    let facts = route::Facts {
        mail,
        nature: &nature,
        sender: sender.as_ref(),
        clues: &clues,
        known: &known,
        reading: &reading,
    };
    let request = route::request(facts);
    if let Some(less) = beyond_its_address(facts, &request, robot) {
        vouched = identify::sender::vouch(&less);
        sender = Some(less);
    }
    if nature.may_answer {
        known.hits = found(tx, &request, &reading, vouched.as_ref())?;
    }
    let address = sender.as_ref().map(|s| &s.address);
    let trace = |decision: &Decision| Trace {
        nature: nature.clone(),
        sender: sender.clone(),
        request: request.clone(),
        commands: reading.orders.len(),
        end: decision.end,
        why: decision.why.clone(),
        ticket: None,
        letters: Vec::new(),
        released: None,
    };
    if yes == Yes::Not
        && let Some(earlier) = seen_before(tx, intake, mail, vouched.is_some(), now)?
    {
        let why = format!("the same mail as {earlier}");
        tx.end(intake, End::Duplicate, &why, None)?;
        return Ok(trace(&Decision::end(End::Duplicate, why)));
    }
    if let (Some(address), Yes::Not) = (address, yes) {
        known.counts.mails_this_hour = tx.tally("mails", &address.key(), hour(now))?;
    }
    let case = Case {
        mail,
        nature: &nature,
        sender: sender.as_ref(),
        vouched: vouched.as_ref(),
        known: &known,
        reading: &reading,
        robot,
        released: yes != Yes::Not,
        now,
    };
    let decision = decide::decision(&request, case);
    // a copy that came to nothing (a list marked it as bulk) must not hide the one that came directly
    if let Some(id) = &mail.message_id
        && matches!(decision.end, End::Applied | End::Held)
    {
        tx.remember(id, &print(mail), intake)?;
    }
    let mut trace = trace(&decision);
    let pending = if let Request::Confirm { pending } = &request { Some(pending.as_ref()) } else { None };
    Work { tx, house, case, intake, pending }.carry_out(&request, &decision, &mut trace)?;
    Ok(trace)
}

/// What it is, who sent it, and whether that is proof enough to change something.
fn identified(
    mail: &Mail,
    robot: &Robot,
    yes: Yes,
    now: Timestamp,
) -> (Nature, Option<Sender>, Option<Vouched>) {
    let nature = match identify::own::is_own(mail, robot) {
        Some(why) => Nature { kind: Kind::Own, may_answer: false, why },
        None => identify::loops::nature(mail),
    };
    let mut sender = identify::sender::sender(mail, robot, now);
    if let Some(sender) = sender.as_mut().filter(|_| yes != Yes::Not) {
        sender.proof = Proof::Confirmed;
        sender.why =
            if yes == Yes::Sender { "its sender confirmed it by mail" } else { "a sysadmin let it through" }
                .into();
    }
    let vouched = sender.as_ref().and_then(identify::sender::vouch);
    (nature, sender, vouched)
}

/// What a search in the mail finds, as far as its sender may see it.
fn found(tx: &Tx<'_>, request: &Request, reading: &Reading, vouched: Option<&Vouched>) -> Outcome<Vec<Hit>> {
    let line = reading.orders.iter().find(|o| o.verb.word == "search").map(|o| &o.remark);
    let words = if let Request::Search { words } = request { Some(words) } else { line };
    let Some(words) = words else { return Ok(Vec::new()) };
    let is_staff = vouched.is_some_and(|v| v.login().is_some());
    tx.search(words, if is_staff { Scope::All } else { Scope::Titles }, limits::SEARCH_HITS)
}

/// A reply address proves its person for its own ticket. When the mail is about another one, or commands one, the
/// sender is who he is without it.
fn beyond_its_address(facts: route::Facts<'_>, request: &Request, robot: &Robot) -> Option<Sender> {
    let sender = facts.sender.filter(|s| s.proof == Proof::Person)?;
    let about = if let Request::FollowUp { ticket, .. } = request { Some(*ticket) } else { None };
    let mut all = about.into_iter().chain(facts.clues.commanded.iter().copied());
    if all.all(|number| facts.clues.reply == Some(number)) {
        return None;
    }
    let (proof, why) = identify::authentication::proof(facts.mail, &sender.address, &robot.trust);
    Some(Sender { proof, why: format!("its reply address is another ticket's; {why}"), ..sender.clone() })
}

/// The command lines of what the writer added. None are run from HTML, nor from a mail whose headers are doubled: what
/// its reader saw may not be what we see. Of HTML the sender is told so.
fn commands(mail: &Mail, sender: Option<&Sender>) -> Reading {
    let text = mail.new_text();
    if !mail.doubled.is_empty() {
        return Reading { orders: Vec::new(), not_run: Vec::new(), rest: text };
    }
    let reading = line::read(&text, sender.is_some_and(|s| s.staff.is_some()));
    if !mail.html_only {
        return reading;
    }
    let not_run = reading.orders.into_iter().map(|o| NotRun::new(&o.text, Refusal::Html)).collect();
    Reading { orders: Vec::new(), not_run, rest: text }
}

/// The earlier mail that this one is a copy of: the same bytes, or the same Message-ID with the same content by
/// another route. The same Message-ID with other content is another mail. A copy that is held, since a list put its own
/// address into From or broke the proof, gives way to the real one.
fn seen_before(tx: &Tx<'_>, intake: i64, mail: &Mail, proven: bool, now: Timestamp) -> Outcome<Option<i64>> {
    if let Some(earlier) = tx.same_bytes(intake)? {
        return Ok(Some(earlier));
    }
    let Some(id) = &mail.message_id else { return Ok(None) };
    match tx.seen(id, &print(mail), intake)? {
        Some(earlier) if tx.give_way(earlier, intake, proven, now)? => Ok(None),
        earlier => Ok(earlier),
    }
}

/// What a mail says, whatever lists have added around it: its date, its own text, its named files.
fn print(mail: &Mail) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(mail.header("date").unwrap_or("").trim());
    let own = mail.pieces.iter().filter(|p| !matches!(p.kind, PieceKind::Footer | PieceKind::Signature));
    for word in own.flat_map(|p| p.text.split_whitespace()) {
        hash.update([0]);
        hash.update(word);
    }
    for file in mail.attachments.iter().filter(|a| !a.name.is_empty()) {
        hash.update([1]);
        hash.update(Sha256::digest(&file.bytes));
    }
    hash.finalize().into()
}

/// One mail being carried out.
struct Work<'a> {
    tx: &'a Tx<'a>,
    house: &'a House,
    case: Case<'a>,
    intake: i64,
    /// The question that this mail answers, if it does: then the one who was asked acts, by the proof of the code.
    pending: Option<&'a Pending>,
}

impl Work<'_> {
    fn carry_out(&self, request: &Request, decision: &Decision, trace: &mut Trace) -> Outcome<()> {
        let mut ticket = self.ticket_of(request);
        let mut owed = Vec::new();
        if let Some(pending) = decision.answers
            && !self.tx.answer(pending, self.case.now)?
        {
            return Err(Fault::lasting("a question was answered twice within one transaction"));
        }
        // a report that comes again is no news
        let is_news = match &decision.undelivered {
            Some((letter, why)) => self.tx.bounced(*letter, why)?,
            None => true,
        };
        let bounced = self.bounced(request)?;
        let author = self.author(request)?;
        for filing in decision.filings.iter().filter(|_| is_news) {
            let author =
                author.as_ref().ok_or_else(|| Fault::lasting("a change without anybody who made it"))?;
            let confirms = self.pending.filter(|p| p.purpose == Purpose::Ticket).and_then(|p| p.ticket);
            let before = confirms.map_or_else(|| Ok(Vec::new()), |ticket| self.written_for(ticket))?;
            let filed =
                self.tx.file(filing, Some(self.case.mail), author, &self.cause(), self.seen_by(request))?;
            ticket = Some(filed.view.ticket.number);
            self.ask_about(&filed, decision, author, &mut owed)?;
            self.announce(&filed, &before, &mut owed)?;
            owed.extend(bounced.and_then(|letter| undelivered(self.house, &filed, letter)));
            if confirms.is_some() {
                self.open_waiting(author, &mut owed)?;
            }
        }
        if decision.proves_sender
            && let Some(person) = &author
        {
            self.tx.confirm_person(person.id, self.case.now)?;
        }
        self.ask_about_mail(decision, &mut owed)?;
        self.replies(request, decision, ticket, &mut owed)?;
        self.tx.end(self.intake, decision.end, &decision.why, ticket)?;
        for letter in owed {
            if !self.is_too_much(&letter)? {
                trace.letters.push(self.owe(letter)?);
            }
        }
        trace.ticket = ticket;
        // a sysadmin may have let it through, or dropped it, before its sender said yes
        if let Some(held) = decision.releases
            && self.tx.is_held(held)?
        {
            let mail = self.read_again(held)?;
            let inner = step(self.tx, self.house, held, &mail, Yes::Sender, self.case.now)?;
            let went_to = self.pending.and_then(|p| p.ticket).or(inner.ticket);
            trace.released = Some((held, Box::new(inner)));
            if let (Some(text), Some(ticket), Some(author)) = (&decision.with_yes, went_to, &author) {
                self.file_with_yes(text, ticket, author, trace)?;
            }
        }
        Ok(())
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
        let filing = Filing { target: Target::Known(ticket), entry, changes: Vec::new(), quiet: false };
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

    fn cause(&self) -> Cause {
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
            Request::FollowUp { ticket, .. } | Request::Leave { ticket, .. } => Some(*ticket),
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
        let filing = Filing { target: Target::Known(ticket), entry: None, changes, quiet: false };
        let filed = self.tx.file(&filing, None, person, &self.cause(), SeenBy::default())?;
        self.announce(&filed, &before, owed)
    }

    /// Owes the letters about a filing, and counts it against the ticket's hour.
    fn announce(&self, filed: &Filed, before: &[Mail], owed: &mut Vec<Letter>) -> Outcome<()> {
        let letters = announce::letters(filed, before, self.case);
        if !letters.is_empty() {
            self.tx.tally("news", &filed.view.ticket.number.0.to_string(), hour(self.case.now))?;
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
                        self.case.known.views.iter().any(|v| v.subscribers.iter().any(|s| s.address == *a))
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
                answers: self.case.mail.message_id.clone(),
            };
            owed.push(self.question(person, filed.event, about)?);
            self.tx.asked(id, filed.event)?;
        }
        Ok(())
    }

    /// A held mail that waits for its sender's yes.
    fn ask_about_mail(&self, decision: &Decision, owed: &mut Vec<Letter>) -> Outcome<()> {
        // one who is not asked now has nothing to answer; the mail is held all the same
        let (Some(Ask::Mail { lines, has_text, about, mail_it: true }), Some(sender)) =
            (&decision.ask, self.case.sender)
        else {
            return Ok(());
        };
        let now = self.case.now;
        let expires = now + SignedDuration::from_hours(limits::CONFIRM_COMMAND_HOURS);
        // the question goes to the registered address, which need not be the one the mail claims to come from
        let registered =
            sender.staff.as_deref().and_then(|l| self.case.robot.by_login(l)).map(|m| m.address.clone());
        let person = self.tx.meet(registered.as_ref().unwrap_or(&sender.address), &sender.name, now)?;
        let asked = Change { line: 0, what: What::Asked, remark: String::new() };
        let event = self.tx.add_event(&self.cause(), *about, &asked)?;
        let id = self.tx.ask(Purpose::Mail, *about, &person, &self.cause(), expires)?;
        self.tx.asked(id, event)?;
        let about = About::ConfirmMail {
            code: self.house.robot.seal.code(id, &person.address, expires),
            lines: lines.clone(),
            has_text: *has_text,
            about: *about,
            answers: self.case.mail.message_id.clone(),
        };
        owed.push(self.question(&person, event, about)?);
        Ok(())
    }

    /// A question, put off into later hours when there were too many in this one.
    fn question(&self, person: &Person, event: i64, about: About) -> Outcome<Letter> {
        let now = self.case.now;
        let asked = self.tx.tally("confirmations", "", hour(now))?;
        let hours =
            i64::from((asked.saturating_sub(1)) / self.case.robot.policy.confirmations_per_hour.max(1));
        let not_before = (hours > 0).then(|| now + SignedDuration::from_hours(hours));
        Ok(Letter { to: Recipient::Sender(person.address.clone()), about, event, not_before })
    }

    /// Letters to the sender alone.
    fn replies(
        &self,
        request: &Request,
        decision: &Decision,
        ticket: Option<Number>,
        owed: &mut Vec<Letter>,
    ) -> Outcome<()> {
        for reply in &decision.replies {
            let to = match (request, self.case.sender) {
                (Request::Leave { person, .. }, _) => person.address.clone(),
                (_, Some(sender)) => sender.address.clone(),
                (_, None) => continue,
            };
            let answered = Change { line: 0, what: What::Answered, remark: String::new() };
            let event = self.tx.add_event(&self.cause(), ticket, &answered)?;
            let about = match reply {
                Reply::Transcript { about, .. } => *about,
                Reply::Already { ticket } | Reply::TooLate { ticket } => *ticket,
                Reply::Left { ticket } => Some(*ticket),
                Reply::Help { .. } => ticket,
                Reply::Found { .. } => None,
            };
            let view = about.map(|n| self.tx.view(n, self.case.now)).transpose()?.flatten();
            let answers = self.case.mail.message_id.clone();
            let about = About::Reply { reply: reply.clone(), view: view.map(Box::new), answers };
            owed.push(Letter { to: Recipient::Sender(to), about, event, not_before: None });
        }
        Ok(())
    }

    /// Whether a receipt would be more automatic mail than its reader may get today: one yes can open many tickets.
    fn is_too_much(&self, letter: &Letter) -> Outcome<bool> {
        if !matches!(letter.about, About::Opened { .. }) {
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
            self.tx.tally("automatic", &frozen.to.key(), day(self.case.now))?;
        }
        Ok((frozen.kind, frozen.to.to_string(), frozen.bytes.len()))
    }
}

/// Writes a letter, owes it, and makes its Message-ID lead to its ticket.
fn freeze(tx: &Tx<'_>, house: &House, letter: &Letter, now: Timestamp) -> Outcome<Frozen> {
    let at = Moment { now, chain: tx.chain()? };
    let frozen = write::freeze(letter, &house.robot, &house.wording, &at)?;
    tx.owe(&frozen, now)?;
    if let Some(ticket) = about_ticket(&letter.about) {
        let staff = matches!(letter.to, Recipient::Staff(_));
        tx.add_message(&frozen.message_id, ticket, MessageKind::Ours, SeenBy { staff, outside: !staff })?;
    }
    Ok(frozen)
}

/// The ticket whose thread a letter is part of.
fn about_ticket(about: &About) -> Option<Number> {
    match about {
        About::Opened { view }
        | About::StaffOpened { view, .. }
        | About::StaffChanged { view, .. }
        | About::Changed { view, .. } => Some(view.ticket.number),
        _ => None,
    }
}

/// Tells staff of mails that could not be handled, in one letter.
pub fn tell_of_stuck(tx: &Tx<'_>, house: &House, items: Vec<Stuck>, now: Timestamp) -> Outcome<()> {
    let cause = Cause { actor: "trackle".into(), proof: Proof::None.word().into(), intake: None, now };
    let numbers: Vec<i64> = items.iter().map(|i| i.intake).collect();
    let detail = serde_json::json!({ "mails": numbers }).to_string();
    let event = tx.add_raw_event(&cause, None, 0, "quarantined", &detail)?;
    let to = Recipient::Staff(house.robot.list.clone());
    freeze(tx, house, &Letter { to, about: About::Quarantined { items }, event, not_before: None }, now)?;
    Ok(())
}

/// A word to staff about a letter that came back.
fn undelivered(house: &House, filed: &Filed, letter: &Outgoing) -> Option<Letter> {
    let why = filed.changes.iter().find_map(|change| match &change.what {
        What::Undelivered { why, .. } => Some(why.clone()),
        _ => None,
    })?;
    let view = Some(Box::new(filed.view.clone()));
    to_staff_about(house, view, &letter.recipient, why, filed.event)
}

/// The letter about an undelivered one. None to staff about letters to staff, since it would not arrive either; the log
/// and `status` tell it.
fn to_staff_about(
    house: &House,
    view: Option<Box<View>>,
    recipient: &str,
    why: String,
    event: i64,
) -> Option<Letter> {
    let reads_list = Address::parse(recipient).is_some_and(|a| house.robot.reads_list(&a));
    let to = Recipient::Staff(house.robot.list.clone());
    let about = About::Undelivered { view, recipient: recipient.to_owned(), why };
    (!reads_list).then_some(Letter { to, about, event, not_before: None })
}

/// Tells staff of a letter that will never arrive, in its ticket's thread, and notes it there; once for each ticket and
/// recipient.
pub fn tell_of_undelivered(
    tx: &Tx<'_>,
    house: &House,
    ticket: Option<Number>,
    recipient: &str,
    why: &str,
    now: Timestamp,
) -> Outcome<()> {
    let known = ticket.map_or(Ok(false), |ticket| tx.is_out_of_reach(ticket, recipient))?;
    let cause = Cause { actor: "trackle".into(), proof: Proof::None.word().into(), intake: None, now };
    let what = What::Undelivered { recipient: recipient.to_owned(), why: why.to_owned() };
    let event = tx.add_event(&cause, ticket, &Change { line: 0, what, remark: String::new() })?;
    let view = ticket.map(|n| tx.view(n, now)).transpose()?.flatten().map(Box::new);
    let letter = to_staff_about(house, view, recipient, why.to_owned(), event);
    if let Some(letter) = letter.filter(|_| !known) {
        freeze(tx, house, &letter, now)?;
    }
    Ok(())
}

/// What `explain` needs to know of a mail that no database knows: who and what, and what it would ask for.
pub fn at_first_sight(
    robot: &Robot,
    mail: &Mail,
    now: Timestamp,
) -> (Nature, Option<Sender>, Reading, Known) {
    let (nature, sender, _) = identified(mail, robot, Yes::Not, now);
    let reading = commands(mail, sender.as_ref());
    (nature, sender, reading, Known::default())
}
