//! Writing down a ticket that comes from elsewhere (`model/carried.rs`), with its own times and, where it is free, its own number.
//! What happened to it there becomes events here whose proof is `imported`: their word is `imported` too, so that nothing
//! takes them for something that was done here, that could be taken back, or that somebody has to be told of. Owes no letter.

use super::apply::DESCRIPTION;
use super::events::Cause;
use super::spool::Parcelled;
use super::tickets::{MessageKind, SeenBy};
use super::{Tx, seconds};
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::address::Address;
use crate::model::carried::{Carried, Entry, Event, Losses, Someone, Worked};
use crate::model::decision::{Change, End, What};
use crate::model::fields::Field;
use crate::model::following::Level;
use crate::model::links::Relation;
use crate::model::mail::MessageId;
use crate::model::person::Person;
use crate::model::session::{Ending, Session};
use crate::model::ticket::{Number, State};
use data_encoding::HEXLOWER_PERMISSIVE;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The proof, and the word, of what is said to have happened elsewhere.
pub const IMPORTED: &str = "imported";
/// The mailbox that mails come from which came with a ticket.
pub const MAILBOX: &str = "import:tickets";
/// No ticket gets a higher number from elsewhere: the next ones would run out of digits.
const HIGHEST: u32 = 10_000_000;
/// The end of addresses of people who have none (RFC 2606).
pub const NOWHERE: &str = ".invalid";
/// The first digits of a hash that are enough to find it again.
const HASH: usize = 16;

/// What became of a ticket that was brought.
#[derive(Debug)]
pub struct Brought {
    pub number: Number,
    /// Its mails that were not here before: their numbers, and which of the ticket's mails they are.
    pub mails: Vec<(i64, usize)>,
    /// The numbers of its sessions.
    pub sessions: Vec<u64>,
    pub losses: Losses,
}

impl Tx<'_> {
    /// The tickets that were brought before, by what they were called there.
    pub fn brought(&self) -> Outcome<BTreeMap<String, Number>> {
        let mut rows = self.db.prepare(
            "SELECT detail ->> 'source', ticket FROM event
             WHERE what = 'opened' AND proof = ?1 AND ticket IS NOT NULL AND detail ->> 'source' IS NOT NULL",
        )?;
        let found = rows.query_map([IMPORTED], |row| Ok((row.get(0)?, Number(row.get(1)?))))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Whether a ticket may have that number here.
    pub fn is_free(&self, number: u32) -> Outcome<bool> {
        let taken = self.db.prepare_cached("SELECT 1 FROM ticket WHERE number = ?1")?.exists([number])?;
        Ok(number > 0 && number <= HIGHEST && !taken)
    }

    /// Writes a ticket down, with everything but its relations.
    ///
    /// # Errors
    /// Those of the database; what is no address, no state.
    pub fn bring(&self, ticket: &Carried, now: Timestamp) -> Outcome<Brought> {
        let requester = self.somebody(&ticket.requester, ticket.created, now)?;
        let number = self.numbered(ticket, &requester)?;
        let mut work = Work {
            tx: self,
            ticket,
            number,
            now,
            opened: 0,
            events: BTreeMap::new(),
            mails: BTreeMap::new(),
            brought: Brought { number, mails: Vec::new(), sessions: Vec::new(), losses: Losses::default() },
        };
        let detail = json!({ "source": ticket.source, "at": now.to_string() });
        work.opened = work.event(&requester.address.key(), ticket.created, "opened", &detail)?;
        work.set()?;
        work.people()?;
        work.mails()?;
        work.messages()?;
        work.happened()?;
        for entry in &ticket.entries {
            work.entry(entry)?;
        }
        work.described()?;
        Ok(work.brought)
    }

    /// From now on a ticket that was brought is that to another one. Gives whether that is new.
    pub fn tie(&self, number: Number, relation: Relation, other: Number, now: Timestamp) -> Outcome<bool> {
        let new = self
            .db
            .prepare_cached(
                "INSERT INTO relation (ticket, kind, other) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?
            .execute(params![number.0, relation.word(), other.0])?;
        if new == 1 {
            let change = Change { line: 0, what: What::Related { relation, other }, remark: String::new() };
            let by = Cause { actor: "trackle".into(), proof: IMPORTED.into(), intake: None, now };
            self.add_event(&by, Some(number), &change)?;
        }
        Ok(new == 1)
    }

    fn numbered(&self, ticket: &Carried, requester: &Person) -> Outcome<Number> {
        let state = State::of(&ticket.state)
            .ok_or_else(|| Fault::lasting(format!("{}: no state: {}", ticket.source, ticket.state)))?;
        let number = self.is_free(ticket.number)?.then_some(ticket.number);
        self.db
            .prepare_cached(
                "INSERT INTO ticket (number, state, title, requester, owner, created, changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                number,
                state.word(),
                ticket.title,
                requester.id,
                ticket.owner,
                seconds(ticket.created),
                seconds(ticket.changed)
            ])?;
        let number = u32::try_from(self.db.last_insert_rowid());
        Ok(Number(number.map_err(|_| Fault::lasting("no ticket numbers left"))?))
    }

    /// A person of a ticket. One whom no mail can reach gets none.
    fn somebody(&self, who: &Someone, since: Timestamp, now: Timestamp) -> Outcome<Person> {
        let address = Address::parse(&who.address)
            .ok_or_else(|| Fault::lasting(format!("no address: {}", who.address)))?;
        let person = self.meet(&address, &who.name, since)?;
        if let Some(confirmed) = who.confirmed {
            self.confirm_person(person.id, confirmed)?;
        }
        if address.key().ends_with(NOWHERE) {
            self.run(
                "UPDATE person SET suspended = ?2, warnings = ?3, warned = ?2 WHERE id = ?1 AND suspended IS NULL",
                params![person.id, seconds(now), limits::SUSPENDED_WARNINGS],
            )?;
        }
        Ok(person)
    }
}

/// A ticket on its way into the database.
struct Work<'a> {
    tx: &'a Tx<'a>,
    ticket: &'a Carried,
    number: Number,
    now: Timestamp,
    /// The event that opened it here.
    opened: i64,
    /// Events here, by their numbers there.
    events: BTreeMap<i64, i64>,
    /// Mails here, by their hashes.
    mails: BTreeMap<&'a str, i64>,
    brought: Brought,
}

impl<'a> Work<'a> {
    fn lose(&mut self, sort: &str, what: &str) {
        self.brought.losses.add(sort, format!("{}: {what}", self.number));
    }

    fn event(&self, actor: &str, now: Timestamp, what: &str, detail: &Value) -> Outcome<i64> {
        let by = Cause { actor: actor.to_owned(), proof: IMPORTED.to_owned(), intake: None, now };
        self.tx.add_raw_event(&by, Some(self.number), 0, what, &detail.to_string())
    }

    /// What happened there, with the mail that asked for it.
    fn told(&self, event: &Event) -> Outcome<i64> {
        let intake = event.mail.as_deref().and_then(|mail| self.mails.get(mail)).copied();
        let by = Cause { actor: event.actor.clone(), proof: IMPORTED.to_owned(), intake, now: event.at };
        self.tx.add_raw_event(&by, Some(self.number), event.line, IMPORTED, &detail(event).to_string())
    }

    fn set(&mut self) -> Outcome<()> {
        let ticket = self.ticket;
        for (name, value) in &ticket.fields {
            match Field::of(name).filter(|field| *field != Field::Title) {
                Some(field) => self.tx.run(
                    "INSERT INTO field (ticket, name, value) VALUES (?1, ?2, ?3)",
                    params![self.number.0, field.word(), value],
                )?,
                None => self.lose(&format!("values of the field {name}"), value),
            }
        }
        for (at, word) in ticket.keywords.iter().enumerate() {
            if at < limits::TAGS {
                let add = "INSERT INTO tag (ticket, word) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
                self.tx.run(add, params![self.number.0, word])?;
            } else {
                self.lose("keywords beyond the limit", word);
            }
        }
        Ok(())
    }

    fn people(&mut self) -> Outcome<()> {
        let ticket = self.ticket;
        let requester = Address::parse(&ticket.requester.address);
        let is_named = |f: &crate::model::carried::Follower| Address::parse(&f.who.address) == requester;
        // whoever asks follows, unless it is said that he left
        if !ticket.followers.iter().any(is_named) {
            let person = self.tx.somebody(&ticket.requester, ticket.created, self.now)?;
            self.follows(&person, Level::Short.word(), ticket.created, None)?;
        }
        for follower in &ticket.followers {
            let person = self.tx.somebody(&follower.who, follower.since, self.now)?;
            let level = Level::of(&follower.level).unwrap_or(Level::Short).word();
            self.follows(&person, level, follower.since, follower.ended)?;
        }
        for address in ticket.named.iter().filter_map(|address| Address::parse(address)) {
            let add = "INSERT INTO named (ticket, address) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
            self.tx.run(add, params![self.number.0, address.key()])?;
        }
        Ok(())
    }

    fn follows(&self, who: &Person, level: &str, since: Timestamp, ended: Option<Timestamp>) -> Outcome<()> {
        self.tx.run(
            "INSERT INTO subscription (ticket, person, level, since, ended) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (ticket, person) DO NOTHING",
            params![self.number.0, who.id, level, seconds(since), ended.map(seconds)],
        )
    }

    /// Keeps the raw mails. One that is here already is not kept twice, whatever became of it here.
    fn mails(&mut self) -> Outcome<()> {
        let cursor = self.tx.mailbox(MAILBOX)?;
        for (place, mail) in self.ticket.mails.iter().enumerate() {
            let Some(raw) = &mail.raw else { continue };
            let parcel = Parcelled::new(mail.sha256.clone(), &raw.0, Some(mail.arrived), false);
            let known = self.tx.intake_of(&parcel)?;
            let intake = match known {
                Some(intake) => intake,
                None => {
                    let Some(intake) = self.tx.keep(cursor, &parcel, self.now)? else { continue };
                    self.tx.end(intake, End::Applied, IMPORTED, Some(self.number))?;
                    self.tx.marked(&[intake])?;
                    if let Some(id) = mail.message_id.as_deref().and_then(MessageId::parse) {
                        self.tx.call(intake, &id)?;
                    }
                    self.brought.mails.push((intake, place));
                    intake
                }
            };
            self.mails.insert(&mail.sha256, intake);
        }
        Ok(())
    }

    fn messages(&self) -> Outcome<()> {
        for message in &self.ticket.messages {
            let Some(id) = MessageId::parse(&message.id) else { continue };
            let kind = match message.kind.as_str() {
                "ours" => MessageKind::Ours,
                "theirs" => MessageKind::Theirs,
                _ => MessageKind::Ghost,
            };
            let seen_by = SeenBy { staff: message.staff, outside: message.outside };
            self.tx.add_message(&id, self.number, kind, seen_by)?;
        }
        Ok(())
    }

    fn happened(&mut self) -> Outcome<()> {
        let ticket = self.ticket;
        let mut sessions: BTreeMap<i64, &Worked> =
            ticket.sessions.iter().map(|one| (one.event, one)).collect();
        for event in &ticket.events {
            let filed =
                sessions.remove(&event.number).map(|worked| self.session(worked, event.at)).transpose()?;
            let here = match filed.flatten() {
                Some(filed) => filed,
                None => self.told(event)?,
            };
            if event.number > 0 {
                self.events.insert(event.number, here);
            }
        }
        for worked in sessions.into_values() {
            self.session(worked, worked.record.ended)?;
        }
        if !ticket.letters.is_empty() {
            let ids = ticket.letters.iter().map(|letter| letter.message_id.as_str());
            let example = ids.clone().next().unwrap_or_default().to_owned();
            ids.for_each(|_| self.lose("letters to staff, of which only the Message-IDs are kept", &example));
        }
        Ok(())
    }

    /// Files a session; `None` when it is here already.
    fn session(&mut self, worked: &Worked, at: Timestamp) -> Outcome<Option<i64>> {
        if self.tx.session_of(&worked.record.id)?.is_some() {
            self.lose("sessions that are here already", &worked.record.id);
            return Ok(None);
        }
        let worker = self.tx.somebody(&worked.worker, at, self.now)?;
        let record = Session { ticket: Some(u64::from(self.number.0)), ..worked.record.clone() };
        let free =
            !self.tx.db.prepare_cached("SELECT 1 FROM session WHERE number = ?1")?.exists([worked.number])?;
        let own = Some(worked.number).filter(|number| free && *number > 0 && *number <= u64::from(HIGHEST));
        let number = self.tx.add_session_as(own, &record, self.number, &worker)?;
        for (name, bytes) in &worked.contents {
            self.tx.keep_content(number, name, &bytes.0)?;
        }
        for shown in &worked.shown {
            self.tx.run(
                "INSERT INTO session_display (session, kind, place, shown) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                params![number, if shown.kind == "file" { "file" } else { "command" }, shown.place, shown.shown],
            )?;
        }
        for remark in &worked.remarks {
            let author = self.tx.somebody(&remark.author, remark.at, self.now)?;
            let side = if remark.side == "old" { "old" } else { "new" };
            self.tx.run(
                "INSERT INTO annotation (session, place, side, line, quoted, author, at, text)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    number,
                    remark.place,
                    side,
                    remark.line,
                    remark.quoted,
                    author.id,
                    seconds(remark.at),
                    remark.text
                ],
            )?;
        }
        let (host, files) = (record.host.clone(), record.changes.len() as u64);
        let what =
            What::Worked { session: number, host, files, discarded: record.ending == Ending::Discarded };
        let by = Cause { actor: worker.address.key(), proof: IMPORTED.to_owned(), intake: None, now: at };
        let change = Change { line: 0, what, remark: String::new() };
        let event = self.tx.add_event(&by, Some(self.number), &change)?;
        self.tx.session_filed(number, event)?;
        self.brought.sessions.push(number);
        Ok(Some(event))
    }

    /// Which of its texts tells what it is about: the one of that event.
    fn described(&self) -> Outcome<()> {
        let Some(event) = self.ticket.described.and_then(|event| self.events.get(&event)) else {
            return Ok(());
        };
        self.tx.run(
            "INSERT INTO field (ticket, name, value) VALUES (?1, ?2, ?3)",
            params![self.number.0, DESCRIPTION, event.to_string()],
        )
    }

    fn entry(&mut self, entry: &Entry) -> Outcome<()> {
        let author =
            entry.author.as_ref().map(|who| self.tx.somebody(who, entry.at, self.now)).transpose()?;
        let event = self.events.get(&entry.event).copied().unwrap_or(self.opened);
        let intake = entry.mail.as_deref().and_then(|mail| self.mails.get(mail));
        self.tx.run(
            "INSERT INTO entry (ticket, event, intake, author, at, text, staff_only) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                self.number.0,
                event,
                intake,
                author.map(|author| author.id),
                seconds(entry.at),
                entry.text,
                entry.staff_only
            ],
        )?;
        let row = self.tx.db.last_insert_rowid();
        for (place, file) in entry.files.iter().enumerate() {
            let Ok(sha256) = HEXLOWER_PERMISSIVE.decode(file.sha256.as_bytes()) else {
                self.lose("files without a hash", &file.name);
                continue;
            };
            self.tx.run(
                "INSERT INTO attachment (entry, place, name, media, size, sha256) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![row, place as i64 + 1, file.name, file.media, file.size, sha256],
            )?;
        }
        Ok(())
    }
}

impl Tx<'_> {
    /// The first mail with the very same bytes.
    fn intake_of(&self, parcel: &Parcelled) -> Outcome<Option<i64>> {
        let found = self
            .db
            .prepare_cached("SELECT i.id FROM raw r JOIN intake i ON i.raw = r.id WHERE r.sha256 = ?1 ORDER BY i.id LIMIT 1")?
            .query_row([parcel.name()], |row| row.get(0))
            .optional()?;
        Ok(found)
    }
}

/// What an event says here: what it said there, its word, its number, its proof and where to find it in the chain there. One
/// that was brought there itself stays as it is.
fn detail(event: &Event) -> Value {
    if event.what == IMPORTED {
        return event.detail.clone();
    }
    let mut detail = event.detail.as_object().cloned().unwrap_or_else(Map::new);
    detail.insert("was".into(), json!(event.what));
    if event.number > 0 {
        let hash = event.hash.get(..HASH).unwrap_or(&event.hash);
        detail.insert("there".into(), json!({ "event": event.number, "proof": event.proof, "chain": hash }));
    }
    Value::Object(detail)
}
