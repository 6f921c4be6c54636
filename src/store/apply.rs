//! Carrying a decision out: the only place where tickets change. Every change is an event first.

use super::events::Cause;
use super::tickets::{MessageKind, SeenBy, hour};
use super::{Tx, seconds};
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::address::Address;
use crate::model::clues::{Hit, Purpose};
use crate::model::decision::{Change, Entry, Filed, Filing, Target, What};
use crate::model::fields::Field;
use crate::model::following::Level;
use crate::model::mail::Mail;
use crate::model::person::Person;
use crate::model::ticket::{Description, Number, State, View};
use jiff::Timestamp;
use rusqlite::{Params, params};
use sha2::{Digest, Sha256};

/// The name under which the field table keeps which text tells what a ticket is about, as its event's number.
pub(super) const DESCRIPTION: &str = "description";

/// Where an entry belongs.
#[derive(Clone, Copy)]
struct Place {
    ticket: Number,
    event: i64,
}

impl Tx<'_> {
    /// Carries one filing out. `author` wrote the mail; `seen_by` tells whose clients hold it already.
    pub fn file(
        &self,
        filing: &Filing,
        mail: Option<&Mail>,
        author: &Person,
        cause: &Cause,
        seen_by: SeenBy,
    ) -> Outcome<Filed> {
        let number = match &filing.target {
            Target::Known(number) => *number,
            Target::New { title, state } => {
                let requester = filing.requester.as_ref().unwrap_or(author);
                self.new_ticket(title, *state, requester, cause.now)?
            }
        };
        let mut first = None;
        let next = self.newest_event()? + 1;
        for change in &filing.changes {
            let change = &described_here(change, next);
            let event = self.add_event(cause, Some(number), change)?;
            first.get_or_insert(event);
            self.change(number, change, author, cause.now)?;
        }
        if let Some(entry) = &filing.entry {
            let event = match first {
                Some(event) => event,
                None => {
                    let commented = Change { line: 0, what: What::Commented, remark: String::new() };
                    self.add_event(cause, Some(number), &commented)?
                }
            };
            first.get_or_insert(event);
            self.add_entry(Place { ticket: number, event }, entry, mail, author, cause)?;
        }
        if let Some(mail) = mail {
            if filing.entry.is_some() || self.is_in_thread(number, mail)? {
                self.index_mail(number, mail, seen_by)?;
            }
            if matches!(filing.target, Target::New { .. }) {
                self.note_named(number, mail, author)?;
            }
        }
        self.db
            .prepare_cached("UPDATE ticket SET changed = ?2 WHERE number = ?1")?
            .execute(params![number.0, seconds(cause.now)])?;
        let view = self
            .view(number, cause.now)?
            .ok_or_else(|| Fault::lasting(format!("ticket {number} is gone")))?;
        let event = first.ok_or_else(|| Fault::lasting("a filing that files nothing"))?;
        Ok(Filed {
            likely: self.likely_of(filing, &view, cause.now)?,
            view,
            event,
            changes: filing.changes.clone(),
            entry: filing.entry.clone(),
            quiet: filing.quiet,
        })
    }

    /// What may ask for the same as a ticket that somebody is told of for the first time.
    fn likely_of(&self, filing: &Filing, view: &View, now: Timestamp) -> Outcome<Vec<Hit>> {
        let is = |of: fn(&What) -> bool| filing.changes.iter().any(|c| of(&c.what));
        let told = is(|w| *w == What::Asked) || !filing.quiet;
        if !told || !is(|w| matches!(w, What::Opened | What::Confirmed)) {
            return Ok(Vec::new());
        }
        let mut likely = self.likely(&view.ticket.title, Some(view.ticket.number), now)?;
        likely.retain(|hit| view.links.iter().all(|l| l.other != hit.number));
        Ok(likely)
    }

    fn new_ticket(&self, title: &str, state: State, requester: &Person, now: Timestamp) -> Outcome<Number> {
        self.db
            .prepare_cached(
                "INSERT INTO ticket (state, title, requester, created, changed) VALUES (?1, ?2, ?3, ?4, ?4)",
            )?
            .execute(params![state.word(), title, requester.id, seconds(now)])?;
        let number = u32::try_from(self.db.last_insert_rowid())
            .map_err(|_| Fault::lasting("no ticket numbers left"))?;
        self.follow(Number(number), requester, Some(Level::Short), now)?;
        Ok(Number(number))
    }

    fn change(&self, number: Number, change: &Change, author: &Person, now: Timestamp) -> Outcome<()> {
        match &change.what {
            What::Confirmed => {
                self.db.execute(
                    "UPDATE ticket SET state = 'open' WHERE number = ?1 AND state = 'unconfirmed'",
                    [number.0],
                )?;
                self.confirm_person(author.id, now)?;
            }
            What::State { to, .. } => {
                self.run("UPDATE ticket SET state = ?2 WHERE number = ?1", params![number.0, to.word()])?;
                if *to == State::Open {
                    self.tally("reopens", &number.0.to_string(), hour(now))?;
                }
            }
            What::Owner { to, .. } => {
                self.run("UPDATE ticket SET owner = ?2 WHERE number = ?1", params![number.0, to])?;
            }
            What::Set { field, to, .. } => self.set(number, *field, to.as_deref())?,
            What::Described { to: Description::Of(event), .. } => self.run(
                "INSERT INTO field (ticket, name, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (ticket, name) DO UPDATE SET value = excluded.value",
                params![number.0, DESCRIPTION, event.to_string()],
            )?,
            What::Described { .. } => {
                self.run(
                    "DELETE FROM field WHERE ticket = ?1 AND name = ?2",
                    params![number.0, DESCRIPTION],
                )?;
            }
            What::Tagged { added, removed } => self.tag(number, added, removed)?,
            What::Related { relation, other } => self.run(
                "INSERT INTO relation (ticket, kind, other) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![number.0, relation.word(), other.0],
            )?,
            What::Unrelated { relation, other } => self.run(
                "DELETE FROM relation WHERE ticket = ?1 AND kind = ?2 AND other = ?3",
                params![number.0, relation.word(), other.0],
            )?,
            What::Requester { to, .. } => {
                let person = self.meet(to, "", now)?;
                self.run("UPDATE ticket SET requester = ?2 WHERE number = ?1", params![number.0, person.id])?;
            }
            What::Follows { who, to, .. } => {
                let person = self.meet(who, "", now)?;
                self.follow(number, &person, *to, now)?;
            }
            What::Displayed { session, files, commands, shown, .. } => {
                self.display(*session, (files, commands), *shown)?;
            }
            What::Annotated { session, spot, text } => self.annotate(*session, spot, text, (author, now))?,
            What::Opened
            | What::Commented
            | What::Worked { .. }
            | What::Unplaced { .. }
            | What::Redacted { .. }
            | What::Invited { .. }
            | What::Undid { .. }
            | What::Lock { .. }
            | What::Undelivered { .. }
            | What::Asked
            | What::Answered => {}
        }
        Ok(())
    }

    fn set(&self, number: Number, field: Field, value: Option<&str>) -> Outcome<()> {
        match (field, value) {
            (Field::Title, None) => Ok(()),
            (Field::Title, Some(title)) => {
                self.run("UPDATE ticket SET title = ?2 WHERE number = ?1", params![number.0, title])
            }
            (_, None) => {
                self.run("DELETE FROM field WHERE ticket = ?1 AND name = ?2", params![number.0, field.word()])
            }
            (_, Some(value)) => self.run(
                "INSERT INTO field (ticket, name, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (ticket, name) DO UPDATE SET value = excluded.value",
                params![number.0, field.word(), value],
            ),
        }
    }

    fn tag(&self, number: Number, added: &[String], removed: &[String]) -> Outcome<()> {
        for word in removed {
            self.run("DELETE FROM tag WHERE ticket = ?1 AND word = ?2", params![number.0, word])?;
        }
        for word in added {
            self.run(
                "INSERT INTO tag (ticket, word) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                params![number.0, word],
            )?;
        }
        Ok(())
    }

    /// From now on that person follows a ticket so; `None`: not at all.
    fn follow(&self, number: Number, person: &Person, level: Option<Level>, now: Timestamp) -> Outcome<()> {
        match level {
            Some(level) => self.run(
                "INSERT INTO subscription (ticket, person, level, since) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (ticket, person) DO UPDATE SET level = excluded.level, ended = NULL",
                params![number.0, person.id, level.word(), seconds(now)],
            ),
            None => self.run(
                "UPDATE subscription SET ended = ?3 WHERE ticket = ?1 AND person = ?2",
                params![number.0, person.id, seconds(now)],
            ),
        }
    }

    pub(super) fn run(&self, statement: &str, with: impl Params) -> Outcome<()> {
        self.db.prepare_cached(statement)?.execute(with)?;
        Ok(())
    }

    fn add_entry(
        &self,
        place: Place,
        entry: &Entry,
        mail: Option<&Mail>,
        author: &Person,
        cause: &Cause,
    ) -> Outcome<()> {
        self.db
            .prepare_cached(
                "INSERT INTO entry (ticket, event, intake, author, at, text, staff_only)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                place.ticket.0,
                place.event,
                cause.intake,
                author.id,
                seconds(cause.now),
                entry.text,
                entry.staff_only
            ])?;
        let row = self.db.last_insert_rowid();
        for (index, file) in mail.map(|m| m.attachments.as_slice()).unwrap_or_default().iter().enumerate() {
            self.db
                .prepare_cached(
                    "INSERT INTO attachment (entry, place, name, media, size, sha256) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    row,
                    index as i64 + 1,
                    file.name,
                    file.media,
                    file.bytes.len() as i64,
                    Sha256::digest(&file.bytes).as_slice()
                ])?;
        }
        Ok(())
    }

    /// Whether the mail mentions one of the ticket's: a command in the answer to a digest makes that answer, and what
    /// is said under it, no part of the ticket.
    fn is_in_thread(&self, number: Number, mail: &Mail) -> Outcome<bool> {
        let mut known =
            self.db.prepare_cached("SELECT 1 FROM message WHERE message_id = ?1 AND ticket = ?2")?;
        for id in mail.references.iter().chain(&mail.in_reply_to).rev().take(limits::REFERENCES) {
            if known.exists(params![id.as_str(), number.0])? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes the mail's own id, and the ids it mentions, lead to the ticket.
    fn index_mail(&self, number: Number, mail: &Mail, seen_by: SeenBy) -> Outcome<()> {
        let nobody = SeenBy::default();
        for id in mail.references.iter().chain(&mail.in_reply_to).rev().take(limits::REFERENCES) {
            self.add_message(id, number, MessageKind::Ghost, nobody)?;
        }
        if let Some(id) = &mail.message_id {
            self.add_message(id, number, MessageKind::Theirs, seen_by)?;
        }
        Ok(())
    }

    fn note_named(&self, number: Number, mail: &Mail, author: &Person) -> Outcome<()> {
        let mut insert = self
            .db
            .prepare_cached("INSERT INTO named (ticket, address) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
        let named = mail.to.iter().chain(&mail.cc).filter_map(|m| m.address()).take(20);
        for address in named.filter(|a: &Address| *a != author.address) {
            insert.execute(params![number.0, address.key()])?;
        }
        Ok(())
    }

    /// Opens a question to a person about a held mail; gives its number.
    pub fn ask(
        &self,
        purpose: Purpose,
        ticket: Option<Number>,
        person: &Person,
        cause: &Cause,
        expires: Timestamp,
    ) -> Outcome<i64> {
        self.db
            .prepare_cached(
                "INSERT INTO pending (purpose, ticket, person, intake, asked, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                purpose.word(),
                ticket.map(|n| n.0),
                person.id,
                cause.intake,
                seconds(cause.now),
                seconds(expires)
            ])?;
        Ok(self.db.last_insert_rowid())
    }

    /// The question was mailed because of this event; until then it waits for an earlier one to be answered.
    pub fn asked(&self, pending: i64, event: i64) -> Outcome<()> {
        self.db
            .prepare_cached("UPDATE pending SET event = ?2 WHERE id = ?1")?
            .execute(params![pending, event])?;
        Ok(())
    }

    /// A person's new tickets whose question was never mailed: question and ticket, oldest first.
    pub fn unasked(&self, person: i64, now: Timestamp) -> Outcome<Vec<(i64, Number)>> {
        let mut rows = self.db.prepare_cached(
            "SELECT id, ticket FROM pending WHERE person = ?1 AND answered IS NULL AND event = 0
             AND purpose = 'ticket' AND expires > ?2 ORDER BY id LIMIT 20",
        )?;
        let found =
            rows.query_map(params![person, seconds(now)], |row| Ok((row.get(0)?, Number(row.get(1)?))))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Uses a question up. Gives whether it was still open: the second answer of two changes nothing.
    pub fn answer(&self, pending: i64, now: Timestamp) -> Outcome<bool> {
        let changed = self
            .db
            .prepare_cached("UPDATE pending SET answered = ?2 WHERE id = ?1 AND answered IS NULL")?
            .execute(params![pending, seconds(now)])?;
        Ok(changed == 1)
    }
}

/// The change, with the number of the event that the text of this filing stands under: its first one.
fn described_here(change: &Change, event: i64) -> Change {
    let what = match &change.what {
        What::Described { from, to: Description::This } => {
            What::Described { from: *from, to: Description::Of(event) }
        }
        other => other.clone(),
    };
    Change { what, ..change.clone() }
}
