//! For people: one ticket with its thread and history, the robot's state. Reading only.

use super::digest::ASIDE;
use super::{Reader, Tx, time};
use crate::fault::Outcome;
use crate::model::ticket::{Number, View};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

/// What was written in a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub event: i64,
    /// The mail it came with.
    pub mail: Option<i64>,
    pub at: Timestamp,
    pub author: String,
    pub text: String,
    pub staff_only: bool,
    /// Name, media type, bytes.
    pub attachments: Vec<(String, String, u64)>,
}

/// How the robot is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    pub open: u64,
    pub unconfirmed: u64,
    pub mails_waiting: u64,
    pub held: u64,
    pub quarantined: u64,
    pub letters_waiting: u64,
    pub letters_failed: u64,
    /// Letters that a restored backup owed, and that nobody sends before a sysadmin says so.
    pub letters_held: u64,
    /// When the oldest letter that is still owed was queued.
    pub oldest_unsent: Option<Timestamp>,
    /// The last words of a server about a letter that still waits.
    pub last_trouble: String,
    /// Name, last look (if ever).
    pub mailboxes: Vec<(String, Option<Timestamp>)>,
}

impl Reader {
    /// One ticket with everything around it.
    pub fn view(&self, number: Number, now: Timestamp) -> Outcome<Option<View>> {
        Tx { db: &self.db }.view(number, now)
    }

    /// What was written in a ticket, oldest first.
    pub fn said(&self, number: Number) -> Outcome<Vec<Said>> {
        let mut rows = self.db.prepare(
            "SELECT e.id, e.event, e.at, coalesce(nullif(p.name, ''), p.spelled, 'trackle'), e.text, e.staff_only, e.intake
             FROM entry e LEFT JOIN person p ON p.id = e.author WHERE e.ticket = ?1 ORDER BY e.id",
        )?;
        let entries = rows
            .query_map([number.0], |row| {
                let said = Said {
                    event: row.get(1)?,
                    mail: row.get(6)?,
                    at: time(row.get(2)?),
                    author: row.get(3)?,
                    text: row.get(4)?,
                    staff_only: row.get(5)?,
                    attachments: Vec::new(),
                };
                Ok((row.get::<_, i64>(0)?, said))
            })?
            .collect::<Result<Vec<_>, _>>()?;
        let mut files =
            self.db.prepare("SELECT name, media, size FROM attachment WHERE entry = ?1 ORDER BY place")?;
        let mut all = Vec::with_capacity(entries.len());
        for (id, mut said) in entries {
            let found = files.query_map([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            said.attachments = found.collect::<Result<_, _>>()?;
            all.push(said);
        }
        Ok(all)
    }

    /// The robot's state in figures. Letters that were put off on purpose and not tried yet are not counted as unsent.
    pub fn health(&self, now: Timestamp) -> Outcome<Health> {
        let count = |query: &str| -> Outcome<u64> { Ok(self.db.query_row(query, [], |row| row.get(0))?) };
        let oldest: Option<i64> = self.db.query_row(
            "SELECT min(queued) FROM outbox WHERE state IN ('waiting','sending') AND (tries > 0 OR due <= ?1)",
            [now.as_second()],
            |row| row.get(0),
        )?;
        let trouble: Option<String> = self
            .db
            .query_row(
                "SELECT said FROM outbox WHERE state = 'waiting' AND said != '' ORDER BY due DESC LIMIT 1",
                [],
                |row| row.get(0),
            )
            .optional()?;
        let mut rows = self.db.prepare(
            "SELECT m.name, s.value FROM mailbox m LEFT JOIN setting s ON s.name = 'looked:' || m.name
             WHERE m.name NOT LIKE 'import:%' AND m.name NOT IN ('console', 'api') ORDER BY m.id",
        )?;
        let mailboxes = rows
            .query_map([], |row| {
                let looked: Option<String> = row.get(1)?;
                Ok((row.get(0)?, looked.and_then(|s| s.parse().ok()).map(time)))
            })?
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Health {
            open: count("SELECT count(*) FROM ticket WHERE state = 'open'")?,
            unconfirmed: count("SELECT count(*) FROM ticket WHERE state = 'unconfirmed'")?,
            mails_waiting: count("SELECT count(*) FROM intake WHERE state IN ('new','reading')")?,
            held: count(&format!("SELECT count(*) FROM intake WHERE {ASIDE} AND state = 'held'"))?,
            quarantined: count(&format!(
                "SELECT count(*) FROM intake WHERE {ASIDE} AND state = 'quarantined'"
            ))?,
            letters_waiting: count("SELECT count(*) FROM outbox WHERE state IN ('waiting','sending')")?,
            letters_failed: count("SELECT count(*) FROM outbox WHERE state IN ('failed','bounced')")?,
            letters_held: count("SELECT count(*) FROM outbox WHERE state = 'held'")?,
            oldest_unsent: oldest.map(time),
            last_trouble: trouble.unwrap_or_default(),
            mailboxes,
        })
    }
}

impl Tx<'_> {
    /// Notes that staff are told of a full disk; gives whether they are, since once a day is enough.
    pub fn tells_of_full_disk(&self, now: Timestamp) -> Outcome<bool> {
        let noted = self
            .db
            .prepare_cached(
                "INSERT INTO setting (name, value) VALUES ('disk:told', ?1) ON CONFLICT (name)
                 DO UPDATE SET value = excluded.value WHERE abs(?1 - value) >= 86400",
            )?
            .execute([now.as_second().to_string()])?;
        Ok(noted == 1)
    }

    /// When a mailbox was looked into for the first time, which `is_first` says is now; 1970 where that was not noted.
    pub fn first_look(&self, mailbox: &str, is_first: bool, now: Timestamp) -> Outcome<Timestamp> {
        let name = format!("first:{mailbox}");
        if is_first {
            self.db
                .prepare_cached("INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
                .execute(params![name, now.as_second().to_string()])?;
        }
        let noted: Option<String> = self
            .db
            .prepare_cached("SELECT value FROM setting WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        Ok(noted.and_then(|noted| noted.parse().ok()).map_or(Timestamp::UNIX_EPOCH, time))
    }

    /// Notes that a mailbox was looked into, for `trackle status`.
    pub fn looked(&self, mailbox: &str, now: Timestamp) -> Outcome<()> {
        self.db
            .prepare_cached("INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")?
            .execute(params![format!("looked:{mailbox}"), now.as_second().to_string()])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::letter::Frozen;
    use crate::model::mail::MessageId;
    use crate::store::Store;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_full_disk_is_told_once_a_day() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        assert!(store.free_disk().unwrap() > 0);
        let mut tells = |second| store.transact(|tx| tx.tells_of_full_disk(at(second))).unwrap();
        // a clock that was set back by years keeps nobody from being told
        let told = [(100_000, true), (186_399, false), (186_400, true), (100_001, false), (0, true)];
        for (second, is_told) in told {
            assert_eq!(tells(second), is_told, "{second}");
        }
    }

    #[test]
    fn letters_that_were_put_off_are_not_late() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let letter = |event, not_before| Frozen {
            kind: "help",
            to: Address::parse("bob@example.org").unwrap(),
            envelope_from: None,
            message_id: MessageId::parse("x@y").unwrap(),
            event,
            bytes: Vec::new(),
            not_before,
        };
        store.transact(|tx| tx.owe(&letter(1, Some(at(9_000))), at(10))).unwrap();
        let reader = Reader::open(dir.path()).unwrap();
        assert_eq!(reader.health(at(8_999)).unwrap().oldest_unsent, None);
        assert_eq!(reader.health(at(9_000)).unwrap().oldest_unsent, Some(at(10)));
        store.transact(|tx| tx.owe(&letter(2, None), at(20))).unwrap();
        let health = reader.health(at(100)).unwrap();
        assert_eq!((health.oldest_unsent, health.letters_waiting), (Some(at(20)), 2));
    }
}
