//! All headers of all letters, so that there is one place to read them. A letter and its subject come in; the header
//! fields and the envelope sender go out. No field is ever in a template, and none is made of a stranger's address.
//! RFC 5322 (fields, threading), 3834 (automatic answers), 2369 and 2919 (lists), 5321 (envelope).

use super::{Moment, clean};
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::address::Address;
use crate::model::decision::Reply;
use crate::model::letter::{About, Letter, News, Recipient};
use crate::model::mail::MessageId;
use crate::model::person::Person;
use crate::model::robot::Robot;
use crate::model::ticket::{Number, View};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lettre::message::header::{self, HeaderName, HeaderValue, Headers};
use lettre::message::{Mailbox, Mailboxes};

/// The name of a letter's kind, which is its template's too.
pub(super) fn kind(about: &About) -> &'static str {
    match about {
        About::ConfirmTicket { .. } => "confirm_ticket",
        About::ConfirmMail { .. } => "confirm_mail",
        About::Opened { .. } => "ticket_opened",
        About::StaffOpened { .. } => "staff_opened",
        About::StaffChanged { .. } => "staff_changed",
        About::Changed { .. } => "changed",
        About::Reply { reply: Reply::Help { .. }, .. } => "help",
        About::Reply { reply: Reply::Found { .. }, .. } => "search",
        About::Reply { reply: Reply::Shown { .. }, .. } => "show",
        About::Reply { reply: Reply::Listed { .. }, .. } => "list",
        About::Reply { reply: Reply::Transcript { .. }, .. } => "transcript",
        About::Reply { reply: Reply::Already { .. }, .. } => "already",
        About::Reply { reply: Reply::TooLate { .. }, .. } => "too_late",
        About::Reply { reply: Reply::Left { .. }, .. } => "left",
        About::Followed { .. } => "followed",
        About::Invited { .. } => "invited",
        About::Done { .. } => "done",
        About::Requester { .. } => "requester",
        About::Suspended { .. } => "suspended",
        About::Complained { .. } => "complained",
        About::Quarantined { .. } => "quarantined",
        About::DiskFull { .. } => "disk_full",
        About::Host { .. } => "host",
        About::Kept { .. } => "session_kept",
        About::Undelivered { .. } => "undelivered",
        About::Digest { .. } => "digest",
        About::Roundup { .. } => "news",
        About::SessionLog { .. } => "session_log",
        About::Own { .. } => "own",
    }
}

/// Header fields, and their names for the last look.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub fields: Headers,
    pub names: Vec<String>,
}

impl Head {
    fn set(&mut self, name: &str, value: String) -> Outcome<()> {
        let known = HeaderName::new_from_ascii(name.to_owned());
        let field = known.map_err(|_| Fault::lasting(format!("no header is called {name}")))?;
        self.fields.insert_raw(HeaderValue::new(field, value));
        self.names.push(name.to_owned());
        Ok(())
    }
}

/// Whether somebody may be told what a ticket is called, and be handed its marks, because of who he is.
pub(super) fn is_known_to(view: &View, to: &Address, robot: &Robot) -> bool {
    view.has_part(to) || robot.member(to).is_some()
}

/// Everything on the outside of one letter.
pub(super) struct Envelope<'a> {
    pub letter: &'a Letter,
    robot: &'a Robot,
    at: &'a Moment,
    /// The ticket that it is about, where its reader may know it.
    pub view: Option<&'a View>,
    ticket: Option<Number>,
    pub message_id: MessageId,
}

impl<'a> Envelope<'a> {
    /// Fails only for a robot whose own domain makes no Message-ID.
    pub fn new(letter: &'a Letter, robot: &'a Robot, at: &'a Moment) -> Outcome<Envelope<'a>> {
        // the mark of a ticket is not handed to whoever only knows its number
        let view = view(&letter.about).filter(|v| match (&letter.to, &letter.about) {
            (Recipient::Staff(_), _) => true,
            (to, About::Reply { .. }) => is_known_to(v, to.address(), robot),
            _ => true,
        });
        let ticket = match &letter.about {
            About::Reply { reply: Reply::Left { ticket, .. }, .. } => *ticket,
            _ => view.map(|v| v.ticket.number),
        };
        let id = robot.seal.message_id(ticket, letter.event, robot.domain());
        let message_id = MessageId::parse(&id)
            .filter(MessageId::is_strict)
            .ok_or_else(|| Fault::lasting(format!("<{id}> cannot be a Message-ID")))?;
        Ok(Envelope { letter, robot, at, view, ticket, message_id })
    }

    /// Where reports about the letter go. Nobody is told that a direct automatic answer did not arrive.
    pub fn sender(&self) -> Option<Address> {
        match &self.letter.about {
            About::ConfirmTicket { .. }
            | About::ConfirmMail { .. }
            | About::Opened { .. }
            | About::Followed { .. }
            | About::Done { .. }
            | About::Invited { .. }
            | About::Suspended { .. }
            | About::Kept { .. }
            | About::Reply { .. } => None,
            _ => {
                let detail = self.robot.seal.bounce_detail(self.letter.event, self.letter.to.address());
                Some(self.robot.address_with(&detail).unwrap_or_else(|| self.robot.address.clone()))
            }
        }
    }

    /// The header fields above those of the body, in the order in which they are written.
    pub fn head(&self, subject: &str) -> Outcome<Head> {
        let mut head = Head::default();
        head.fields.set(header::From::from(Mailboxes::from(self.from())));
        head.names.push("From".to_owned());
        let mut set = |name, value| head.set(name, value);
        set("To", self.letter.to.address().to_string())?;
        if let Some(address) = self.reply_to() {
            set("Reply-To", address.to_string())?;
        }
        set("Subject", clean::line(subject, SUBJECT))?;
        set("Date", date(self.at.now)?)?;
        set("Message-ID", self.message_id.to_string())?;
        if let Some(parent) = self.parent() {
            set("In-Reply-To", parent.to_string())?;
        }
        let references = self.references();
        if !references.is_empty() {
            set("References", references.join(" "))?;
        }
        if let Some(word) = self.automatic() {
            set("Auto-Submitted", word.to_owned())?;
        }
        if self.is_bulk() {
            set("Precedence", "bulk".to_owned())?;
        }
        set("X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply".to_owned())?;
        set("X-Loop", self.robot.address.to_string())?;
        set("X-Trackle-Instance", self.robot.seal.instance())?;
        if let Some(Number(n)) = self.ticket {
            set("X-Trackle-Ticket", n.to_string())?;
        }
        set("X-Trackle-Event", self.letter.event.to_string())?;
        set("X-Trackle-Kind", kind(&self.letter.about).to_owned())?;
        set("X-Trackle-Chain", self.at.chain.to_string())?;
        if let Some((ticket, person)) = self.follower() {
            set("List-Id", self.list_id())?;
            let code = self.robot.seal.leave_code(ticket, person.id);
            set("List-Unsubscribe", self.unsubscribe(&code))?;
            if self.robot.base_url.is_some() {
                set("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())?;
            }
        }
        set("MIME-Version", "1.0".to_owned())?;
        Ok(head)
    }

    /// Always our own address. The name says whose words staff read.
    fn from(&self) -> Mailbox {
        let robot = clean::name(&self.robot.name);
        let name = match &self.letter.about {
            About::StaffOpened { news, .. } | About::StaffChanged { news, .. }
                if news.by_person && !news.actor.trim().is_empty() =>
            {
                format!("{} via {robot}", clean::name(&news.actor))
            }
            About::SessionLog { told, .. } if !told.log.filed.worker.name.trim().is_empty() => {
                format!("{} via {robot}", clean::name(&told.log.filed.worker.name))
            }
            _ => robot,
        };
        let own = &self.robot.address;
        // the address was checked by stricter rules than lettre's own
        let address = lettre::Address::new_dangerous(own.local(), own.domain());
        Mailbox::new(Some(name).filter(|n| !n.is_empty()), address)
    }

    /// Where an answer goes: to the code, to the ticket, or to the ticket as this very person.
    fn reply_to(&self) -> Option<Address> {
        match &self.letter.about {
            About::ConfirmTicket { code, .. }
            | About::ConfirmMail { code, .. }
            | About::Host { code: Some(code), .. }
            | About::Invited { code, .. } => self.robot.address_with(code),
            About::StaffOpened { .. }
            | About::StaffChanged { .. }
            | About::SessionLog { .. }
            | About::Complained { .. }
            | About::Undelivered { .. }
                if matches!(self.letter.to, Recipient::Staff(_)) =>
            {
                self.robot.address_with(&self.ticket?.0.to_string())
            }
            About::Quarantined { .. }
            | About::DiskFull { .. }
            | About::Host { .. }
            | About::Kept { .. }
            | About::Digest { .. }
            | About::Roundup { .. }
            | About::Own { .. }
            | About::Suspended { .. } => None,
            _ => {
                let until = self.at.now + SignedDuration::from_hours(24 * limits::REPLY_TOKEN_DAYS);
                let to = self.letter.to.address();
                self.robot.address_with(&self.robot.seal.reply_detail(self.ticket?, to, until))
            }
        }
    }

    /// The word for Auto-Submitted (RFC 3834 5); none when a person's words are passed on.
    fn automatic(&self) -> Option<&'static str> {
        let news = |news: &News| (!news.by_person).then_some("auto-generated");
        match &self.letter.about {
            About::ConfirmTicket { .. }
            | About::ConfirmMail { .. }
            | About::Opened { .. }
            | About::Followed { .. }
            | About::Done { .. }
            | About::Kept { .. }
            | About::Reply { .. } => Some("auto-replied"),
            About::StaffOpened { news: n, .. }
            | About::StaffChanged { news: n, .. }
            | About::Changed { news: n, .. } => news(n),
            _ => Some("auto-generated"),
        }
    }

    /// Whether nobody asked for just this letter. What goes to the list is the list's to mark.
    fn is_bulk(&self) -> bool {
        match &self.letter.about {
            About::Changed { news, .. } => !news.by_person,
            About::StaffChanged { news, .. } => {
                !news.by_person && matches!(self.letter.to, Recipient::Person(_))
            }
            About::SessionLog { .. } => matches!(self.letter.to, Recipient::Person(_)),
            About::Digest { .. } => *self.letter.to.address() != self.robot.list,
            About::Roundup { .. } | About::Own { .. } => true,
            _ => false,
        }
    }

    /// One for the whole installation (RFC 2919); the phrase only where it needs no quoting.
    fn list_id(&self) -> String {
        let name = &self.robot.name;
        let plain = !name.trim().is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ');
        let label = format!("<trackle.{}>", self.robot.domain());
        if plain { format!("{} {label}", name.trim()) } else { label }
    }

    /// The ticket that its reader follows (`None`: all whose news come gathered), and can leave by a link in the header.
    fn follower(&self) -> Option<(Option<Number>, &'a Person)> {
        match (&self.letter.about, &self.letter.to) {
            (
                About::Changed { view, .. }
                | About::StaffChanged { view, .. }
                | About::SessionLog { view, .. }
                | About::Followed { view, .. }
                | About::Requester { view, .. },
                Recipient::Person(person),
            ) => Some((Some(view.ticket.number), person)),
            (About::Roundup { .. }, Recipient::Person(person)) => Some((None, person)),
            _ => None,
        }
    }

    /// Links that end the subscription of this person at once: one to press where there is a web endpoint (RFC 8058), and
    /// a mail (RFC 2369 3.2).
    fn unsubscribe(&self, code: &str) -> String {
        let mail = match self.robot.address_with(code) {
            Some(address) => format!("<mailto:{}?subject=unsubscribe>", in_url(&address)),
            None => format!("<mailto:{}?subject=unsubscribe%20{code}>", in_url(&self.robot.address)),
        };
        match &self.robot.base_url {
            Some(base) => format!("<{base}/u/{code}>, {mail}"),
            None => mail,
        }
    }
}

/// Characters of a subject: the tag, `Re:` and a title.
const SUBJECT: usize = limits::LETTER_TITLE + 80;

fn view(about: &About) -> Option<&View> {
    match about {
        About::Opened { view, .. }
        | About::StaffOpened { view, .. }
        | About::StaffChanged { view, .. }
        | About::SessionLog { view, .. }
        | About::Changed { view, .. }
        | About::Followed { view, .. }
        | About::Done { view, .. }
        | About::Requester { view, .. } => Some(view),
        About::Reply { view, .. } | About::Undelivered { view, .. } | About::Complained { view, .. } => {
            view.as_deref()
        }
        // whoever is only asked knows of the ticket what the letter says
        About::Invited { .. }
        | About::Suspended { .. }
        | About::ConfirmTicket { .. }
        | About::ConfirmMail { .. }
        | About::Quarantined { .. }
        | About::DiskFull { .. }
        | About::Host { .. }
        | About::Kept { .. }
        | About::Digest { .. }
        | About::Roundup { .. }
        | About::Own { .. } => None,
    }
}

/// RFC 5322 3.3, in UTC.
fn date(now: Timestamp) -> Outcome<String> {
    jiff::fmt::rfc2822::DateTimePrinter::new()
        .zoned_to_string(&now.to_zoned(TimeZone::UTC))
        .map_err(|e| Fault::lasting(format!("the time is no date of a mail: {e}")))
}

/// An address in a mailto link (RFC 6068 2); what an address of ours may hold besides letters is escaped.
fn in_url(address: &Address) -> String {
    let mut out = String::new();
    for b in address.as_str().bytes() {
        if b.is_ascii_alphanumeric() || b"+-._@~!$'*".contains(&b) {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out
}
