//! Letters that have not left yet, as a sysadmin looks after them: those that wait for their turn or another try, and those
//! that are held until somebody says so. Their bytes are never changed; one that is given up stays in the record as such.

use super::events::Cause;
use super::{Reader, Tx, seconds, time};
use crate::fault::{Fault, Outcome};
use jiff::Timestamp;
use rusqlite::params;

/// A letter that has not left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    pub letter: i64,
    /// `waiting`, `sending` or `held`.
    pub state: String,
    pub to: String,
    /// Name of its template.
    pub kind: String,
    pub ticket: Option<u32>,
    pub queued: Timestamp,
    pub tries: u32,
    /// The server's last words, or why it is held.
    pub said: String,
}

impl Reader {
    /// The letters that have not left, oldest first, at most `most`; held ones come first.
    pub fn owed(&self, most: usize) -> Outcome<Vec<Owed>> {
        let mut rows = self.db.prepare(
            "SELECT o.id, o.state, o.recipient, o.kind, e.ticket, o.queued, o.tries, o.said
             FROM outbox o LEFT JOIN event e ON e.seq = o.event
             WHERE o.state IN ('held','waiting','sending') ORDER BY o.state != 'held', o.id LIMIT ?1",
        )?;
        let found = rows.query_map([most as i64], |row| {
            Ok(Owed {
                letter: row.get(0)?,
                state: row.get(1)?,
                to: row.get(2)?,
                kind: row.get(3)?,
                ticket: row.get(4)?,
                queued: time(row.get(5)?),
                tries: row.get(6)?,
                said: row.get(7)?,
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// The letters that are held.
    pub fn held_letters(&self) -> Outcome<Vec<i64>> {
        let mut rows = self.db.prepare("SELECT id FROM outbox WHERE state = 'held' ORDER BY id")?;
        let found = rows.query_map([], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Lets held letters go, as if they had just been written.
    ///
    /// # Errors
    /// When one is not held.
    pub fn release_held(&self, letters: &[i64], cause: &Cause) -> Outcome<()> {
        let mut release = self.db.prepare(
            "UPDATE outbox SET state = 'waiting', due = 0, tries = 0, lease = 0, said = '', queued = ?2
             WHERE id = ?1 AND state = 'held'",
        )?;
        for letter in letters {
            if release.execute(params![letter, seconds(cause.now)])? != 1 {
                return Err(Fault::lasting(format!("letter {letter} is not held")));
            }
        }
        let detail = serde_json::json!({ "letters": letters }).to_string();
        self.add_raw_event(cause, None, 0, "released", &detail).map(drop)
    }

    /// Gives letters up that are held or wait; nobody is told but the record.
    ///
    /// # Errors
    /// When one has left, is just leaving, or was given up before.
    pub fn give_up(&self, letters: &[i64], why: &str, cause: &Cause) -> Outcome<()> {
        let mut give_up = self.db.prepare(
            "UPDATE outbox SET state = 'failed', ended = ?2, lease = 0, said = ?3
             WHERE id = ?1 AND state IN ('held','waiting')",
        )?;
        let said = format!("given up by a sysadmin: {why}");
        for letter in letters {
            if give_up.execute(params![letter, seconds(cause.now), said])? != 1 {
                return Err(Fault::lasting(format!("letter {letter} is neither held nor waiting")));
            }
        }
        let detail = serde_json::json!({ "letters": letters, "why": why }).to_string();
        self.add_raw_event(cause, None, 0, "given_up", &detail).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::letter::Frozen;
    use crate::model::mail::MessageId;
    use crate::store::Store;

    #[test]
    fn held_letters_are_listed_first_and_go_or_are_given_up() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let now = Timestamp::from_second(100).unwrap();
        let cause = Cause { actor: "console".into(), proof: "console".into(), intake: None, now };
        let letter = |event| Frozen {
            event,
            kind: "help",
            to: Address::parse("bob@example.org").unwrap(),
            envelope_from: None,
            message_id: MessageId::parse("<1@example.org>").unwrap(),
            bytes: b"A letter\r\n".to_vec(),
            not_before: None,
        };
        store
            .transact(|tx| {
                (1..=3).try_for_each(|event| tx.owe(&letter(event), now))?;
                tx.db.execute("UPDATE outbox SET state = 'held', tries = 2 WHERE id > 1", [])?;
                Ok(())
            })
            .unwrap();
        let states = || -> Vec<(i64, String)> {
            let owed = Reader::open(dir.path()).unwrap().owed(10).unwrap();
            owed.into_iter().map(|o| (o.letter, o.state)).collect()
        };
        let named = |all: &[(i64, &str)]| all.iter().map(|(n, s)| (*n, (*s).to_owned())).collect::<Vec<_>>();
        assert_eq!(states(), named(&[(2, "held"), (3, "held"), (1, "waiting")]));
        assert!(store.transact(|tx| tx.release_held(&[2, 1], &cause)).is_err());
        assert_eq!(states(), named(&[(2, "held"), (3, "held"), (1, "waiting")]), "all or nothing");
        store
            .transact(|tx| {
                tx.release_held(&[2], &cause)?;
                tx.give_up(&[3, 1], "sent by hand", &cause)
            })
            .unwrap();
        assert_eq!(states(), named(&[(2, "waiting")]));
        assert!(store.transact(|tx| tx.give_up(&[3], "again", &cause)).is_err());
        assert!(store.transact(|tx| tx.held_letters()).unwrap().is_empty());
    }
}
