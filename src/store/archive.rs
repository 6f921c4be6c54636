//! A ticket with everything that is known of it, to be carried elsewhere (`model/carried.rs`). Reading only; one ticket is in
//! memory at a time, with its mails.

use super::apply::DESCRIPTION;
use super::packing::unpack;
use super::{Tx, time};
use crate::fault::{Fault, Outcome};
use crate::limits;
use crate::model::address::Address;
use crate::model::bundle::MAGIC;
use crate::model::carried::{
    Bytes, Carried, Entry, Event, FORM, File, Follower, Letter, Mail, Message, Remark, Shown, Someone, Tie,
    Worked,
};
use crate::model::person::Person;
use crate::model::ticket::{Number, State, Ticket};
use data_encoding::HEXLOWER;
use rusqlite::types::FromSql;
use rusqlite::{Params, Row, params};
use std::collections::{BTreeMap, BTreeSet};

/// Mails that have to do with a ticket: they brought its text, asked for a change of it, or were filed with it.
const MAILS: &str =
    "SELECT DISTINCT r.sha256, i.message_id, i.arrived, i.raw FROM intake i JOIN raw r ON r.id = i.raw
    WHERE i.id IN (SELECT intake FROM entry WHERE ticket = ?1 UNION SELECT intake FROM event WHERE ticket = ?1
      UNION SELECT id FROM intake WHERE ticket = ?1 AND state = 'applied')
    ORDER BY i.arrived, i.id";

impl Tx<'_> {
    /// The numbers of all tickets in one of these states, the lowest first.
    pub fn numbers_in(&self, states: &[State]) -> Outcome<Vec<Number>> {
        let words: Vec<&str> = states.iter().map(|state| state.word()).collect();
        let words = serde_json::json!(words).to_string();
        let query =
            "SELECT number FROM ticket WHERE state IN (SELECT value FROM json_each(?1)) ORDER BY number";
        self.rows(query, [words], |row| row.get(0).map(Number))
    }

    /// How a ticket stands, if it exists.
    pub fn state_of(&self, number: Number) -> Outcome<Option<State>> {
        let states: Vec<String> =
            self.rows("SELECT state FROM ticket WHERE number = ?1", [number.0], |row| row.get(0))?;
        Ok(states.first().and_then(|word| State::of(word)))
    }

    /// A ticket with everything; `source` is what it is called elsewhere. Its letters are those to the addresses of staff.
    ///
    /// # Errors
    /// Those of the database; no such ticket.
    pub fn carried(&self, number: Number, source: String, staff: &[Address]) -> Outcome<Carried> {
        let Some(ticket) = self.ticket(number)? else {
            return Err(Fault::lasting(format!("there is no ticket {number}")));
        };
        let mut carried = head(&ticket);
        carried.source = source;
        carried.relations = self.ties(number)?;
        carried.followers = self.all_followers(number)?;
        carried.named =
            self.column("SELECT address FROM named WHERE ticket = ?1 ORDER BY address", number)?;
        carried.described = self.described(number)?;
        carried.entries = self.entries(number)?;
        carried.mails = self.mails(number)?;
        carried.letters = self.letters_to(number, staff)?;
        carried.messages = self.messages(number)?;
        carried.events = self.events(number)?;
        for session in self.column("SELECT number FROM session WHERE ticket = ?1 ORDER BY number", number)? {
            carried.sessions.push(self.worked(session)?);
        }
        Ok(carried)
    }

    fn rows<T>(
        &self,
        query: &str,
        with: impl Params,
        row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Outcome<Vec<T>> {
        let mut rows = self.db.prepare_cached(query)?;
        let found = rows.query_map(with, row)?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    fn column<T: FromSql>(&self, query: &str, number: Number) -> Outcome<Vec<T>> {
        self.rows(query, [number.0], |row| row.get(0))
    }

    fn described(&self, number: Number) -> Outcome<Option<i64>> {
        let query = "SELECT value FROM field WHERE ticket = ?1 AND name = ?2";
        let found: Vec<String> = self.rows(query, params![number.0, DESCRIPTION], |row| row.get(0))?;
        Ok(found.first().and_then(|event| event.parse().ok()))
    }

    fn ties(&self, number: Number) -> Outcome<Vec<Tie>> {
        let query = "SELECT kind, other FROM relation WHERE ticket = ?1 ORDER BY kind, other";
        self.rows(query, [number.0], |row| Ok(Tie { relation: row.get(0)?, other: row.get(1)? }))
    }

    fn all_followers(&self, number: Number) -> Outcome<Vec<Follower>> {
        let query = "SELECT p.spelled, p.name, p.confirmed, s.level, s.since, s.ended
             FROM subscription s JOIN person p ON p.id = s.person WHERE s.ticket = ?1 ORDER BY s.since, p.id";
        self.rows(query, [number.0], |row| {
            Ok(Follower {
                who: someone(row, 0)?,
                level: row.get(3)?,
                since: time(row.get(4)?),
                ended: row.get::<_, Option<i64>>(5)?.map(time),
            })
        })
    }

    fn entries(&self, number: Number) -> Outcome<Vec<Entry>> {
        let query =
            "SELECT p.spelled, p.name, p.confirmed, e.id, e.at, e.text, e.staff_only, e.event, r.sha256
             FROM entry e LEFT JOIN person p ON p.id = e.author
             LEFT JOIN intake i ON i.id = e.intake LEFT JOIN raw r ON r.id = i.raw
             WHERE e.ticket = ?1 ORDER BY e.id";
        let found: Vec<(i64, Entry)> = self.rows(query, [number.0], |row| {
            let author = row.get::<_, Option<String>>(0)?.map(|_| someone(row, 0)).transpose()?;
            let entry = Entry {
                author,
                at: time(row.get(4)?),
                text: row.get(5)?,
                staff_only: row.get(6)?,
                event: row.get(7)?,
                mail: hex(row.get(8)?),
                files: Vec::new(),
            };
            Ok((row.get(3)?, entry))
        })?;
        let files = "SELECT name, media, size, sha256 FROM attachment WHERE entry = ?1 ORDER BY place";
        let mut entries = Vec::with_capacity(found.len());
        for (id, mut entry) in found {
            entry.files = self.rows(files, [id], |row| {
                let sha256: Vec<u8> = row.get(3)?;
                let (name, media, size) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(File { name, media, size, sha256: HEXLOWER.encode(&sha256) })
            })?;
            entries.push(entry);
        }
        Ok(entries)
    }

    /// What a host sent sealed is no mail that anybody could read, and its session is carried by itself.
    fn mails(&self, number: Number) -> Outcome<Vec<Mail>> {
        let found: Vec<(i64, Mail)> = self.rows(MAILS, [number.0], |row| {
            let sha256: Vec<u8> = row.get(0)?;
            let (message_id, arrived) = (row.get(1)?, time(row.get(2)?));
            Ok((row.get(3)?, Mail { sha256: HEXLOWER.encode(&sha256), message_id, arrived, raw: None }))
        })?;
        let (mut mails, mut known) = (Vec::with_capacity(found.len()), BTreeSet::new());
        for (raw, mail) in found {
            // the same bytes may have come twice
            if !known.insert(mail.sha256.clone()) {
                continue;
            }
            let bytes = self.raw(raw)?;
            if !bytes.starts_with(MAGIC) {
                mails.push(Mail { raw: Some(Bytes(bytes)), ..mail });
            }
        }
        Ok(mails)
    }

    fn letters_to(&self, number: Number, staff: &[Address]) -> Outcome<Vec<Letter>> {
        let query = "SELECT o.recipient, o.message_id, o.kind, o.queued, o.packed FROM outbox o
             JOIN event e ON e.seq = o.event WHERE e.ticket = ?1 ORDER BY o.queued, o.id";
        let found: Vec<(String, Letter, Vec<u8>)> = self.rows(query, [number.0], |row| {
            let letter = Letter {
                message_id: row.get(1)?,
                kind: row.get(2)?,
                queued: time(row.get(3)?),
                raw: Vec::new(),
            };
            Ok((row.get(0)?, letter, row.get(4)?))
        })?;
        let (mut letters, mut known) = (Vec::new(), BTreeSet::new());
        for (to, letter, packed) in found {
            let is_ours = Address::parse(&to).is_some_and(|to| staff.contains(&to));
            if is_ours && known.insert(letter.message_id.clone()) {
                letters.push(Letter { raw: unpack(&packed, limits::MAIL_BYTES * 2)?, ..letter });
            }
        }
        Ok(letters)
    }

    fn messages(&self, number: Number) -> Outcome<Vec<Message>> {
        let query = "SELECT message_id, kind, staff, outside FROM message WHERE ticket = ?1 ORDER BY id";
        self.rows(query, [number.0], |row| {
            Ok(Message { id: row.get(0)?, kind: row.get(1)?, staff: row.get(2)?, outside: row.get(3)? })
        })
    }

    fn events(&self, number: Number) -> Outcome<Vec<Event>> {
        let query = "SELECT e.seq, e.at, e.actor, e.proof, r.sha256, e.line, e.what, e.detail, e.hash
             FROM event e LEFT JOIN intake i ON i.id = e.intake LEFT JOIN raw r ON r.id = i.raw
             WHERE e.ticket = ?1 ORDER BY e.seq";
        let masks = self.masks()?;
        self.rows(query, [number.0], |row| {
            let (detail, hash): (String, Vec<u8>) = (row.get(7)?, row.get(8)?);
            let (number, actor): (i64, String) = (row.get(0)?, row.get(2)?);
            Ok(Event {
                number,
                at: time(row.get(1)?),
                actor: masks.text(&actor, number),
                proof: row.get(3)?,
                mail: hex(row.get(4)?),
                line: row.get(5)?,
                what: row.get(6)?,
                detail: serde_json::from_str(&masks.detail(&detail, number)).unwrap_or_default(),
                hash: HEXLOWER.encode(&hash),
            })
        })
    }

    fn worked(&self, number: u64) -> Outcome<Worked> {
        let Some(log) = self.session(number)? else {
            return Err(Fault::lasting(format!("session {number} is gone")));
        };
        let mut contents = BTreeMap::new();
        let names: Vec<String> =
            self.rows("SELECT hash FROM session_content WHERE session = ?1", [number], |row| row.get(0))?;
        for name in names {
            if let Some(bytes) = self.content(number, &name)? {
                contents.insert(name, Bytes(bytes));
            }
        }
        let shown = "SELECT kind, place, shown FROM session_display WHERE session = ?1 ORDER BY kind, place";
        let remarks = "SELECT p.spelled, p.name, p.confirmed, a.place, a.side, a.line, a.quoted, a.at, a.text
             FROM annotation a JOIN person p ON p.id = a.author WHERE a.session = ?1 ORDER BY a.id";
        let worker = &log.filed.worker;
        Ok(Worked {
            number,
            event: log.event,
            worker: Someone {
                address: worker.address.to_string(),
                name: worker.name.clone(),
                confirmed: None,
            },
            contents,
            shown: self.rows(shown, [number], |row| {
                Ok(Shown { kind: row.get(0)?, place: row.get(1)?, shown: row.get(2)? })
            })?,
            remarks: self.rows(remarks, params![number], remark)?,
            record: log.filed.session,
        })
    }
}

fn head(ticket: &Ticket) -> Carried {
    Carried {
        trackle: FORM,
        number: ticket.number.0,
        state: ticket.state.word().to_owned(),
        title: ticket.title.clone(),
        owner: ticket.owner.clone(),
        requester: named(&ticket.requester),
        created: ticket.created,
        changed: ticket.changed,
        fields: ticket
            .fields
            .iter()
            .map(|(field, value)| (field.word().to_owned(), value.to_owned()))
            .collect(),
        keywords: ticket.tags.clone(),
        ..Carried::default()
    }
}

fn named(person: &Person) -> Someone {
    Someone { address: person.address.to_string(), name: person.name.clone(), confirmed: person.confirmed }
}

/// A person from three columns: spelled, name, confirmed.
fn someone(row: &Row<'_>, first: usize) -> rusqlite::Result<Someone> {
    Ok(Someone {
        address: row.get(first)?,
        name: row.get(first + 1)?,
        confirmed: row.get::<_, Option<i64>>(first + 2)?.map(time),
    })
}

fn remark(row: &Row<'_>) -> rusqlite::Result<Remark> {
    Ok(Remark {
        author: someone(row, 0)?,
        place: row.get(3)?,
        side: row.get(4)?,
        line: row.get(5)?,
        quoted: row.get(6)?,
        at: time(row.get(7)?),
        text: row.get(8)?,
    })
}

fn hex(bytes: Option<Vec<u8>>) -> Option<String> {
    bytes.map(|bytes| HEXLOWER.encode(&bytes))
}
