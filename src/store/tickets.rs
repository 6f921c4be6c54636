//! Reading tickets: one ticket with all that deciding and writing need, in a few indexed look-ups that cost the same
//! at a hundred and at a million tickets.

use super::apply::DESCRIPTION;
use super::{Tx, time};
use crate::fault::Outcome;
use crate::model::address::Address;
use crate::model::fields::{Field, Fields};
use crate::model::following::{Follower, Level};
use crate::model::language::Language;
use crate::model::links::{Link, Relation};
use crate::model::mail::MessageId;
use crate::model::person::Person;
use crate::model::ticket::{Description, Number, State, Ticket, View};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

/// How many of the newest Message-IDs a letter's References may name, beside the first.
const THREAD: i64 = 9;
/// How many relations of a ticket are told of.
const LINKS: i64 = 100;
/// How many mails of a ticket are read again when it is confirmed.
const MAILS: i64 = 20;

impl Tx<'_> {
    /// The ticket of that number with everything around it, if it exists.
    pub fn view(&self, number: Number, now: Timestamp) -> Outcome<Option<View>> {
        let Some(ticket) = self.ticket(number)? else { return Ok(None) };
        Ok(Some(View {
            followers: self.followers(number)?,
            links: self.links(number)?,
            named: self.named(number)?,
            staff_thread: self.thread(number, "staff")?,
            outside_thread: self.thread(number, "outside")?,
            reopened_lately: self.count("reopens", &number.0.to_string(), hour(now))?,
            lock: self.lock(number)?,
            description: self.description(number)?,
            ticket,
        }))
    }

    pub(in crate::store) fn ticket(&self, number: Number) -> Outcome<Option<Ticket>> {
        let (fields, tags) = (self.fields(number)?, self.tags(number)?);
        let row = self
            .db
            .prepare_cached(
                "SELECT t.state, t.title, t.owner, t.created, t.changed, p.id, p.spelled, p.name, p.confirmed, p.language
                 FROM ticket t JOIN person p ON p.id = t.requester WHERE t.number = ?1",
            )?
            .query_row([number.0], |row| {
                Ok(Ticket {
                    number,
                    state: State::of(&row.get::<_, String>(0)?).unwrap_or(State::Open),
                    title: row.get(1)?,
                    owner: row.get(2)?,
                    fields,
                    tags,
                    created: time(row.get(3)?),
                    changed: time(row.get(4)?),
                    requester: person(row, 5)?,
                })
            })
            .optional()?;
        Ok(row)
    }

    fn description(&self, number: Number) -> Outcome<Description> {
        let event: Option<String> = self
            .db
            .prepare_cached("SELECT value FROM field WHERE ticket = ?1 AND name = ?2")?
            .query_row(params![number.0, DESCRIPTION], |row| row.get(0))
            .optional()?;
        Ok(event.and_then(|event| event.parse().ok()).map_or(Description::First, Description::Of))
    }

    pub(in crate::store) fn fields(&self, number: Number) -> Outcome<Fields> {
        let mut rows = self.db.prepare_cached("SELECT name, value FROM field WHERE ticket = ?1")?;
        let mut fields = Fields::default();
        let found = rows.query_map([number.0], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        for row in found {
            let (name, value) = row?;
            if let Some(field) = Field::of(&name) {
                fields.set(field, Some(value));
            }
        }
        Ok(fields)
    }

    fn tags(&self, number: Number) -> Outcome<Vec<String>> {
        let mut rows = self.db.prepare_cached("SELECT word FROM tag WHERE ticket = ?1 ORDER BY word")?;
        let found = rows.query_map([number.0], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// How a ticket relates to others, as far as anybody can read.
    pub(in crate::store) fn links(&self, number: Number) -> Outcome<Vec<Link>> {
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT l.kind, l.outward, t.number, t.state, t.title,
               EXISTS (SELECT 1 FROM field f WHERE f.ticket = t.number AND f.name = 'private'),
               EXISTS (SELECT 1 FROM relation r JOIN ticket o ON o.number = r.other
                       WHERE r.ticket = t.number AND r.kind = 'depends' AND r.other != ?1 AND o.state = 'open')
             FROM (
               SELECT kind, 1 AS outward, other FROM relation WHERE ticket = ?1
               UNION ALL SELECT kind, 0, ticket FROM relation WHERE other = ?1 LIMIT {LINKS}
             ) l JOIN ticket t ON t.number = l.other ORDER BY l.outward DESC, t.number"
        ))?;
        let found = rows.query_map([number.0], |row| {
            Ok(Link {
                relation: Relation::of(&row.get::<_, String>(0)?).unwrap_or(Relation::Link),
                outward: row.get(1)?,
                other: Number(row.get(2)?),
                state: State::of(&row.get::<_, String>(3)?).unwrap_or(State::Open),
                title: row.get(4)?,
                private: row.get(5)?,
                held: row.get(6)?,
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    fn followers(&self, number: Number) -> Outcome<Vec<Follower>> {
        let mut rows = self.db.prepare_cached(
            "SELECT p.id, p.spelled, p.name, p.confirmed, p.language, s.level, p.suspended IS NOT NULL
             FROM subscription s JOIN person p ON p.id = s.person
             WHERE s.ticket = ?1 AND s.ended IS NULL ORDER BY s.since, p.id",
        )?;
        let found = rows.query_map([number.0], |row| {
            Ok(Follower {
                person: person(row, 0)?,
                level: Level::of(&row.get::<_, String>(5)?).unwrap_or(Level::Short),
                suspended: row.get(6)?,
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    fn named(&self, number: Number) -> Outcome<Vec<Address>> {
        let mut rows = self.db.prepare_cached("SELECT address FROM named WHERE ticket = ?1")?;
        let found =
            rows.query_map([number.0], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        Ok(found.iter().filter_map(|a| Address::parse(a)).collect())
    }

    /// The mails that brought a ticket's text, oldest first, at most [`MAILS`].
    pub fn mails_of(&self, number: Number) -> Outcome<Vec<i64>> {
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT intake FROM entry WHERE ticket = ?1 AND intake IS NOT NULL ORDER BY id LIMIT {MAILS}"
        ))?;
        let found = rows.query_map([number.0], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The first and the newest Message-IDs that these readers have seen, oldest first.
    fn thread(&self, number: Number, readers: &'static str) -> Outcome<Vec<MessageId>> {
        let column = if readers == "staff" { "staff" } else { "outside" };
        let mut rows = self.db.prepare_cached(&format!(
            "SELECT message_id FROM (
               SELECT id, message_id FROM (SELECT id, message_id FROM message
                 WHERE ticket = ?1 AND {column} = 1 AND kind != 'ghost' ORDER BY id LIMIT 1)
               UNION
               SELECT id, message_id FROM (SELECT id, message_id FROM message
                 WHERE ticket = ?1 AND {column} = 1 AND kind != 'ghost' ORDER BY id DESC LIMIT {THREAD})
             ) ORDER BY id"
        ))?;
        let found =
            rows.query_map([number.0], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        Ok(found.iter().filter_map(|id| MessageId::parse(id)).filter(MessageId::is_strict).collect())
    }

    /// The ticket that a Message-ID belongs to or was mentioned in; an unconfirmed one only for its requester, since
    /// a stranger could draw other people's mail into it by mentioning what they will answer.
    pub fn ticket_of(&self, id: &MessageId, sender: Option<&Person>) -> Outcome<Option<Number>> {
        let found = self
            .db
            .prepare_cached(
                "SELECT t.number FROM message m JOIN ticket t ON t.number = m.ticket
                 WHERE m.message_id = ?1 AND (t.state != 'unconfirmed' OR t.requester = ?2)",
            )?
            .query_row(params![id.as_str(), sender.map(|s| s.id)], |row| row.get(0))
            .optional()?;
        Ok(found.map(Number))
    }

    /// Notes a Message-ID as part of a ticket; the first to claim it keeps it, a ghost becomes real when it arrives.
    /// What an unconfirmed ticket claims, a confirmed one may take over: a stranger who mentions a Message-ID, or writes under
    /// it, before its own mail comes must not keep that mail's thread apart for ever.
    pub fn add_message(
        &self,
        id: &MessageId,
        ticket: Number,
        kind: MessageKind,
        seen_by: SeenBy,
    ) -> Outcome<()> {
        // a mail that came weighs more than one that was mentioned
        self.db
            .prepare_cached(
                "DELETE FROM message WHERE message_id = ?1 AND ticket != ?2 AND kind != 'ours'
                   AND (kind = 'ghost' OR ?3 != 'ghost')
                   AND (SELECT state FROM ticket WHERE number = message.ticket) = 'unconfirmed'
                   AND (SELECT state FROM ticket WHERE number = ?2) != 'unconfirmed'",
            )?
            .execute(params![id.as_str(), ticket.0, kind.word()])?;
        self.db
            .prepare_cached(
                "INSERT INTO message (message_id, ticket, kind, staff, outside) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (message_id) DO UPDATE SET kind = CASE kind WHEN 'ghost' THEN excluded.kind ELSE kind END,
                   staff = max(staff, excluded.staff), outside = max(outside, excluded.outside)
                 WHERE ticket = excluded.ticket",
            )?
            .execute(params![id.as_str(), ticket.0, kind.word(), seen_by.staff, seen_by.outside])?;
        Ok(())
    }
}

/// What sort of mail a Message-ID names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    Ours,
    Theirs,
    /// Mentioned in References, never seen.
    Ghost,
}

impl MessageKind {
    fn word(self) -> &'static str {
        match self {
            MessageKind::Ours => "ours",
            MessageKind::Theirs => "theirs",
            MessageKind::Ghost => "ghost",
        }
    }
}

/// Whose mail clients hold a mail, so that letters refer to what their readers can find.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeenBy {
    pub staff: bool,
    pub outside: bool,
}

/// The hour that a time lies in, for counting.
pub fn hour(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3_600)
}

/// The day that a time lies in, for counting; days and hours never collide since `what` differs.
pub fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}

/// A person from five columns: id, spelled, name, confirmed, language.
pub(in crate::store) fn person(row: &Row<'_>, first: usize) -> rusqlite::Result<Person> {
    let spelled: String = row.get(first + 1)?;
    let address = Address::parse(&spelled).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(first + 1, rusqlite::types::Type::Text, "no address".into())
    })?;
    Ok(Person {
        id: row.get(first)?,
        address,
        name: row.get(first + 2)?,
        confirmed: row.get::<_, Option<i64>>(first + 3)?.map(time),
        language: row.get::<_, Option<String>>(first + 4)?.and_then(|code| Language::parse(&code)),
    })
}
