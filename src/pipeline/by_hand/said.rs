//! What a member says at the machine as he would by mail: command lines, and text, about a ticket or for a new one. In come
//! the words; they become a mail of the member's, kept raw as every other and handled at once by the same door, with the
//! same events and letters. When a line cannot be run, or what it changes was changed by somebody else meanwhile, nothing
//! of it has happened, not even the mail. RFC 5322.

use super::Desk;
use crate::command::line::{self, Reading};
use crate::fault::{Fault, Outcome};
use crate::model::clues::{Clues, Evidence, Known};
use crate::model::decision::End;
use crate::model::mail::{Mail, Piece, PieceKind};
use crate::model::person::Member;
use crate::model::refusal::{NotRun, Refusal};
use crate::model::request::Request;
use crate::model::said::{Aspect, Words};
use crate::model::ticket::{Number, View};
use crate::pipeline::{Trace, Yes, step};
use crate::read;
use crate::store::Tx;
use crate::store::spool::Parcelled;
use jiff::tz::TimeZone;
use lettre::message::{Mailbox, header};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::fmt;

/// The mailbox in whose name such mails are kept.
const MAILBOX: &str = "console";
/// Says how many of the first lines are commands: all behind them is text, whatever it looks like.
const LINES: &str = "X-Trackle-Lines";
/// Says which ticket it is about: no other word of the mail leads anywhere, since a title is a stranger's.
const ABOUT: &str = "X-Trackle-About";
/// Says where it was said.
const SEAT: &str = "X-Trackle-Seat";
/// Bytes of the hash that names such a mail.
const MARK: usize = 16;

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsaid {
    /// These lines cannot be run.
    NotRun(Vec<NotRun>),
    /// Somebody changed it meanwhile: what, to what, and who.
    Meanwhile { aspect: Aspect, now: String, by: String },
    /// Why it would be held, or ignored.
    Held(String),
}

impl fmt::Display for Unsaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unsaid::NotRun(lines) => {
                for (at, line) in lines.iter().enumerate() {
                    let parted = if at == 0 { "" } else { "; " };
                    let said = line.line.trim_start_matches('!');
                    let colon = if said.is_empty() { "" } else { ": " };
                    write!(f, "{parted}{said}{colon}{}", line.why)?;
                }
                Ok(())
            }
            Unsaid::Meanwhile { aspect: Aspect::Description, by, .. } => {
                write!(f, "{by} changed the description meanwhile; nothing was overwritten")
            }
            Unsaid::Meanwhile { aspect, now, by } => {
                let now = if now.is_empty() { "none" } else { now };
                write!(
                    f,
                    "{by} changed the {} meanwhile: it is {now} now; nothing was overwritten",
                    aspect.word()
                )
            }
            Unsaid::Held(why) => write!(f, "nothing was done: {why}"),
        }
    }
}

impl Desk<'_> {
    /// Says it. Gives what became of it, or why nothing did.
    ///
    /// # Errors
    /// Those of the database; words of which no mail can be made.
    pub fn say(&self, tx: &Tx<'_>, words: &Words) -> Outcome<Result<Trace, Unsaid>> {
        if let Some(why) = self.meanwhile(tx, words)? {
            return Ok(Err(why));
        }
        let unsaid = RefCell::new(None);
        let done = tx.part(|tx| {
            self.handled(tx, words)?.map_err(|why| {
                *unsaid.borrow_mut() = Some(why);
                Fault::lasting("it is taken back")
            })
        });
        match (done, unsaid.into_inner()) {
            (Err(_), Some(why)) => Ok(Err(why)),
            (done, _) => done.map(Ok),
        }
    }

    /// Whether anything that the speaker saw is otherwise now.
    fn meanwhile(&self, tx: &Tx<'_>, words: &Words) -> Outcome<Option<Unsaid>> {
        let Some(number) = words.about else { return Ok(None) };
        let Some(view) = self.view(tx, number)? else {
            let line = words.commands.first().map_or("", String::as_str);
            return Ok(Some(Unsaid::NotRun(vec![NotRun::new(line, Refusal::NoTicket(number))])));
        };
        let changed = words.seen.iter().find(|seen| seen.aspect.of(&view) != seen.value);
        let Some(seen) = changed else { return Ok(None) };
        let by = tx.last_actor(number)?.map_or_else(|| "somebody".to_owned(), |who| self.called(&who));
        Ok(Some(Unsaid::Meanwhile { aspect: seen.aspect, now: seen.aspect.of(&view), by }))
    }

    /// What the team calls whoever acts under that address.
    fn called(&self, actor: &str) -> String {
        let members = self.house.robot.members.iter();
        let of = |m: &&Member| m.addresses().any(|address| address.key() == actor);
        members.clone().find(of).map_or_else(|| actor.to_owned(), |member| member.name.clone())
    }

    fn handled(&self, tx: &Tx<'_>, words: &Words) -> Outcome<Result<Trace, Unsaid>> {
        let view = words.about.map(|number| self.view(tx, number)).transpose()?.flatten();
        let (bytes, uid) = self.mail(words, view.as_ref())?;
        let cursor = tx.mailbox(MAILBOX)?;
        let intake = tx.keep(cursor, &Parcelled::new(uid, &bytes, Some(self.now), false), self.now)?;
        let intake = intake.ok_or_else(|| Fault::lasting("the same was said in the same instant"))?;
        let mail = read::mail(&bytes).map_err(|e| Fault::lasting(format!("what was said: {}", e.why)))?;
        if !mail.damage.is_empty() {
            // such a mail is ours: what is wrong with it was left out of what somebody said
            let why = format!("not all of it can be taken ({})", mail.damage.join(", "));
            return Ok(Err(Unsaid::Held(why)));
        }
        let trace = step(tx, self.house, intake, &as_written(mail), Yes::Desk(self.proof), self.now)?;
        Ok(unsaid_of(&trace).map_or(Ok(trace), Err))
    }

    /// The words as a mail of the member's, and what it is known by.
    fn mail(&self, words: &Words, view: Option<&View>) -> Outcome<(Vec<u8>, String)> {
        let wrong = |what: &str| Fault::lasting(format!("no mail can be made of it: {what}"));
        let robot = &self.house.robot;
        let subject = match view {
            Some(view) => format!("Re: [{}] {}", view.ticket.number, view.ticket.title),
            None => words.title.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        let commands = words.commands.iter().map(|line| format!("!{}\n", unmarked(line)));
        let text: String = commands.chain(["\n".to_owned(), words.text.clone()]).collect();
        let mut hash = Sha256::new();
        for part in [&self.now.to_string(), self.seat, &subject, &text] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let mark: String = hash.finalize().iter().take(MARK).map(|byte| format!("{byte:02x}")).collect();
        let date = jiff::fmt::rfc2822::to_string(&self.now.to_zoned(TimeZone::UTC));
        let date = date.map_err(|e| wrong(&e.to_string()))?;
        let from = mailbox(&self.member.name, self.member.address.as_str()).ok_or_else(|| wrong("From"))?;
        let to = mailbox("", robot.address.as_str()).ok_or_else(|| wrong("To"))?;
        let raw = |name: &'static str, value: String| {
            header::HeaderValue::new(header::HeaderName::new_from_ascii_str(name), value)
        };
        let made = lettre::Message::builder()
            .from(from)
            .to(to)
            .subject(subject)
            .raw_header(raw("Date", date))
            .message_id(Some(format!("<console.{mark}@{}>", robot.domain())))
            .raw_header(raw(SEAT, one_line(self.seat)))
            .raw_header(raw(ABOUT, words.about.map(|number| number.to_string()).unwrap_or_default()))
            .raw_header(raw(LINES, words.commands.len().to_string()))
            .header(header::ContentType::TEXT_PLAIN)
            .body(text)
            .map_err(|e| wrong(&e.to_string()))?;
        Ok((made.formatted(), mark))
    }
}

/// Where it was said, for the letters: `on desk, uid 1000`.
pub(in crate::pipeline) fn seat(mail: &Mail) -> String {
    mail.header(SEAT).map_or_else(|| "at the console".to_owned(), |seat| seat.trim().to_owned())
}

/// The ticket that such a mail is about.
fn about(mail: &Mail) -> Option<Number> {
    mail.header(ABOUT).and_then(|number| Number::parse(number.trim()))
}

/// Of what such a mail offers as evidence, what stands in its commands, and its ticket.
pub(in crate::pipeline) fn clues(mail: &Mail, found: Clues) -> Clues {
    let Clues { commanded, sessions, undo, .. } = found;
    Clues { commanded, sessions, undo, plus: about(mail), ..Clues::default() }
}

/// What such a mail asks for.
pub(in crate::pipeline) fn request(mail: &Mail, known: &Known) -> Request {
    match about(mail) {
        Some(ticket) => {
            Request::FollowUp { ticket: known.where_it_went(ticket), evidence: Evidence::ReplyAddress }
        }
        None => Request::Open,
    }
}

/// The commands of such a mail, and all of its text.
pub(in crate::pipeline) fn reading(mail: &Mail) -> Reading {
    let lines: usize = mail.header(LINES).and_then(|count| count.trim().parse().ok()).unwrap_or(0);
    let end = mail.text.match_indices('\n').take(lines).last().map_or(0, |(at, _)| at + 1);
    let (commands, text) = mail.text.split_at_checked(end).unwrap_or(("", &mail.text));
    let mut reading = line::read(commands, true);
    if reading.not_run.is_empty() {
        // each was meant as a command, whatever it looks like
        let others = reading.rest.lines().filter(|line| !line.trim().is_empty());
        reading.not_run = others.map(|line| NotRun::new(line, Refusal::Unknown { nearest: None })).collect();
    }
    Reading { rest: text.trim_matches('\n').trim_end().to_owned(), ..reading }
}

/// Nothing in it is a quote or a signature: all of it was written for this.
fn as_written(mail: Mail) -> Mail {
    let text = reading(&mail).rest;
    Mail { pieces: vec![Piece { kind: PieceKind::New, text }], ..mail }
}

fn unsaid_of(trace: &Trace) -> Option<Unsaid> {
    if !trace.not_run.is_empty() {
        return Some(Unsaid::NotRun(trace.not_run.clone()));
    }
    (trace.end != End::Applied).then(|| Unsaid::Held(trace.why.clone()))
}

/// A command as it is typed, with the mark that it may have in mail, or without.
fn unmarked(line: &str) -> String {
    let line = one_line(line);
    line.strip_prefix('!').map_or(line.clone(), |bare| bare.trim_start().to_owned())
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

fn mailbox(name: &str, address: &str) -> Option<Mailbox> {
    let address = address.parse().ok()?;
    let name = one_line(name);
    Some(Mailbox::new(Some(name).filter(|name| !name.is_empty()), address))
}
