//! What a person leaves in the database, found and taken out: rows here, what is to stand in their place comes from
//! `pipeline/erase.rs`. Events are never changed: who reads them through Trackle sees the name that stands for an erased
//! address instead, which is known here by its hash alone. SQLite overwrites what it deletes (`secure_delete`).

use super::events::Cause;
use super::history::Happened;
use super::packing::{pack, unpack};
use super::{Tx, seconds};
use crate::fault::Outcome;
use crate::limits;
use crate::model::address::Address;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The settings that say which addresses are erased.
const ERASED: &str = "erased:";
/// Columns of text in which a person may be named, with the key of their rows.
const TEXTS: [(&str, &str, &str); 7] = [
    ("entry", "id", "text"),
    ("ticket", "number", "title"),
    ("intake", "id", "why"),
    ("outbox", "id", "said"),
    ("pending", "id", "lines"),
    ("annotation", "id", "text"),
    ("annotation", "id", "quoted"),
];

/// A letter in the outbox.
#[derive(Debug)]
pub struct Sent {
    pub id: i64,
    pub recipient: String,
    pub bytes: Vec<u8>,
}

impl Tx<'_> {
    /// The numbers of all raw mails, of all letters and of all sessions.
    pub fn everything(&self) -> Outcome<[Vec<i64>; 3]> {
        Ok([
            self.ids("SELECT id FROM raw ORDER BY id")?,
            self.ids("SELECT id FROM outbox ORDER BY id")?,
            self.ids("SELECT number FROM session ORDER BY number")?,
        ])
    }

    fn ids(&self, query: &str) -> Outcome<Vec<i64>> {
        let mut rows = self.db.prepare(query)?;
        let found = rows.query_map([], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// A letter.
    pub fn sent(&self, id: i64) -> Outcome<Option<Sent>> {
        let found: Option<(String, Vec<u8>)> = self
            .db
            .prepare_cached("SELECT recipient, packed FROM outbox WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((recipient, packed)) = found else { return Ok(None) };
        Ok(Some(Sent { id, recipient, bytes: unpack(&packed, limits::MAIL_BYTES * 2)? }))
    }

    /// The name of the person of that address.
    pub fn name_of(&self, address: &Address) -> Outcome<Option<String>> {
        let found = self
            .db
            .prepare_cached("SELECT name FROM person WHERE address = ?1")?
            .query_row([address.key()], |row| row.get(0))
            .optional()?;
        Ok(found)
    }

    /// Other bytes stand in a raw mail's place; the mails that had it say so.
    pub fn rewrite_raw(&self, raw: i64, bytes: &[u8]) -> Outcome<()> {
        // two copies of a mail may be the same once he is gone from both
        let bytes = [format!("X-Trackle-Erased: {raw}\r\n").as_bytes(), bytes].concat();
        self.run(
            "UPDATE raw SET sha256 = ?2, size = ?3, packed = ?4 WHERE id = ?1",
            params![raw, Sha256::digest(&bytes).as_slice(), bytes.len() as u64, pack(&bytes)],
        )?;
        self.run(
            "UPDATE intake SET why = why || ' (erased)' WHERE raw = ?1 AND why NOT LIKE '%(erased)'",
            [raw],
        )
    }

    /// Other bytes stand in a letter's place; one that waits does not go.
    pub fn rewrite_letter(&self, id: i64, recipient: &str, bytes: &[u8], now: Timestamp) -> Outcome<()> {
        self.run(
            "UPDATE outbox SET recipient = ?2, packed = ?3 WHERE id = ?1",
            params![id, recipient, pack(bytes)],
        )?;
        self.run(
            "UPDATE outbox SET state = 'failed', ended = ?2, said = 'taken back: somebody in it was erased'
             WHERE id = ?1 AND state IN ('waiting','held')",
            params![id, seconds(now)],
        )
    }

    /// Writes texts of conversations, titles, values and reasons anew where `change` has something else to say. Gives how
    /// many. The indexes would only note that words are gone (FTS5, secure-delete), and keep to it from then on.
    pub fn rewrite_texts(&self, change: &dyn Fn(&str) -> Option<String>) -> Outcome<u64> {
        self.db.execute("INSERT INTO search (search, rank) VALUES ('secure-delete', 1)", [])?;
        self.db.execute("INSERT INTO titles (titles, rank) VALUES ('secure-delete', 1)", [])?;
        let mut count = 0;
        for (table, key, column) in TEXTS {
            count += self.rewrite_column(table, key, column, change)?;
        }
        // tables whose keys are of several columns
        for (table, column) in [("attachment", "name"), ("field", "value"), ("host", "by")] {
            let mut rows = self.db.prepare(&format!("SELECT DISTINCT {column} FROM {table}"))?;
            let found: Vec<String> = rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            for (old, new) in found.into_iter().filter_map(|old| change(&old).map(|new| (old, new))) {
                let update = format!("UPDATE {table} SET {column} = ?2 WHERE {column} = ?1");
                count += self.db.execute(&update, params![old, new])? as u64;
            }
        }
        Ok(count)
    }

    fn rewrite_column(
        &self,
        table: &str,
        key: &str,
        column: &str,
        change: &dyn Fn(&str) -> Option<String>,
    ) -> Outcome<u64> {
        let mut rows = self.db.prepare(&format!("SELECT {key}, {column} FROM {table}"))?;
        let mut changed: Vec<(i64, String)> = Vec::new();
        for row in rows.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))? {
            let (id, text) = row?;
            changed.extend(change(&text).map(|new| (id, new)));
        }
        let mut update = self.db.prepare(&format!("UPDATE {table} SET {column} = ?2 WHERE {key} = ?1"))?;
        for (id, text) in &changed {
            update.execute(params![id, text])?;
        }
        Ok(changed.len() as u64)
    }

    /// The person is called so from now on, follows nothing, is asked nothing and written to no more. Gives whether there was
    /// one.
    pub fn rewrite_person(&self, address: &Address, by: &Address, now: Timestamp) -> Outcome<bool> {
        let Some(person) = self.person(address)? else { return Ok(false) };
        let now = seconds(now);
        self.run(
            "UPDATE person SET address = ?2, spelled = ?3, name = '', confirmed = NULL, language = NULL, suspended = ?4,
               warnings = ?5, warned = ?4 WHERE id = ?1",
            params![person.id, by.key(), by.as_str(), now, limits::SUSPENDED_WARNINGS],
        )?;
        self.run(
            "UPDATE subscription SET ended = ?2 WHERE person = ?1 AND ended IS NULL",
            params![person.id, now],
        )?;
        self.run(
            "UPDATE pending SET answered = ?2 WHERE person = ?1 AND answered IS NULL",
            params![person.id, now],
        )?;
        Ok(true)
    }

    /// What else has the address by itself.
    pub fn rewrite_keys(&self, address: &Address, by: &Address) -> Outcome<()> {
        let key = address.key();
        self.run("DELETE FROM named WHERE address = ?1", [&key])?;
        // some are counted by several words, of which the address is one
        self.run("DELETE FROM tally WHERE instr(' ' || whom || ' ', ' ' || ?1 || ' ') > 0", [&key])?;
        self.run("UPDATE period_sent SET recipient = ?2 WHERE recipient = ?1", params![key, by.key()])?;
        self.run("UPDATE outbox SET envelope_from = NULL WHERE lower(envelope_from) = ?1", [&key])
    }

    /// The number that an erased person gets: no two are alike.
    pub fn next_erased(&self) -> Outcome<i64> {
        let count = "SELECT count(*) FROM setting WHERE name LIKE 'erased:%'";
        Ok(self.db.query_row(count, [], |row| row.get::<_, i64>(0))? + 1)
    }

    /// How many events name an address; they stay as they are.
    pub fn events_naming(&self, address: &Address) -> Outcome<u64> {
        let query = "SELECT count(*) FROM event WHERE lower(actor) = ?1 OR instr(lower(detail), ?1) > 0";
        Ok(self.db.query_row(query, [address.key()], |row| row.get(0))?)
    }

    /// Writes down that it was done, in one event that does not name him, and what stands for the address in older ones.
    pub fn erased(&self, address: &Address, by: &Address, cause: &Cause, detail: &str) -> Outcome<i64> {
        let event = self.add_raw_event(cause, None, 0, "erased", detail)?;
        self.run(
            "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![format!("{ERASED}{}", hash(&address.key())), format!("{event} {by}")],
        )?;
        Ok(event)
    }

    /// What stands for erased addresses.
    pub(in crate::store) fn masks(&self) -> Outcome<Masks> {
        let mut rows =
            self.db.prepare_cached("SELECT name, value FROM setting WHERE name LIKE 'erased:%'")?;
        let mut masks = BTreeMap::new();
        for row in rows.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))? {
            let (name, value) = row?;
            if let (Some(hash), Some((upto, by))) = (name.strip_prefix(ERASED), value.split_once(' ')) {
                masks.insert(hash.to_owned(), (upto.parse().unwrap_or(i64::MAX), by.to_owned()));
            }
        }
        Ok(Masks(masks))
    }
}

/// What stands for erased addresses, by their hashes, in events up to a number: whoever writes again is there again.
pub(in crate::store) struct Masks(BTreeMap<String, (i64, String)>);

impl Masks {
    /// An event without them.
    pub fn event(&self, mut event: Happened) -> Happened {
        event.actor = self.text(&event.actor, event.seq);
        event.detail = self.text(&event.detail, event.seq);
        event
    }

    /// A text of that event without them.
    pub fn text(&self, text: &str, event: i64) -> String {
        if self.0.is_empty() || !text.contains('@') {
            return text.to_owned();
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.@".contains(c);
        let mut out = String::with_capacity(text.len());
        for piece in text.split_inclusive(|c: char| !is_part(c)) {
            let word = piece.trim_end_matches(|c: char| !is_part(c));
            let bare = word.trim_end_matches('.');
            let mask = self.0.get(&hash(&bare.to_ascii_lowercase())).filter(|(upto, _)| event <= *upto);
            match mask.filter(|_| bare.contains('@')) {
                Some((_, by)) => {
                    out.push_str(by);
                    out.push_str(piece.get(bare.len()..).unwrap_or_default());
                }
                None => out.push_str(piece),
            }
        }
        out
    }
}

fn hash(address: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(address.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn erased_addresses_are_masked_up_to_their_event() {
        let by = "erased-1@erased.invalid".to_owned();
        let masks = Masks([(hash("bob@x.example"), (9, by))].into());
        let text = r#"{"who":"Bob@x.example","to":"jim.bob@x.example, bob@x.example."}"#;
        let masked = masks.text(text, 9);
        let wanted =
            r#"{"who":"erased-1@erased.invalid","to":"jim.bob@x.example, erased-1@erased.invalid."}"#;
        assert_eq!(masked, wanted);
        assert_eq!(masks.text(text, 10), text);
    }
}
