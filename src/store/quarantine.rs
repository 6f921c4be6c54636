//! Mails set aside for a sysadmin: those that could not be read or handled, and those held because nobody vouched
//! for them. Nothing is thrown away here; `drop` closes a mail as ignored, its bytes stay.

use super::events::Cause;
use super::{Reader, Tx, time};
use crate::fault::{Fault, Outcome};
use crate::model::decision::End;
use crate::model::letter::Stuck;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// A row of `trackle quarantine list`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    pub intake: i64,
    /// `held` or `quarantined`.
    pub state: String,
    pub taken: Timestamp,
    pub size: u64,
    pub why: String,
    pub tries: u32,
}

impl Reader {
    /// Everything that is set aside, oldest first.
    pub fn aside(&self) -> Outcome<Vec<Aside>> {
        let mut rows = self.db.prepare(
            "SELECT i.id, i.state, i.taken, r.size, i.why, i.tries FROM intake i JOIN raw r ON r.id = i.raw
             WHERE i.state IN ('held','quarantined') ORDER BY i.id",
        )?;
        let found = rows.query_map([], |row| {
            Ok(Aside {
                intake: row.get(0)?,
                state: row.get(1)?,
                taken: time(row.get(2)?),
                size: row.get(3)?,
                why: row.get(4)?,
                tries: row.get(5)?,
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The bytes of any mail ever taken in.
    pub fn raw_of(&self, intake: i64) -> Outcome<Vec<u8>> {
        let tx = Tx { db: &self.db };
        let known: Option<i64> = self
            .db
            .query_row("SELECT raw FROM intake WHERE id = ?1", [intake], |row| row.get(0))
            .optional()?;
        known.map_or_else(|| Err(Fault::lasting(format!("there is no mail {intake}"))), |raw| tx.raw(raw))
    }
}

impl Tx<'_> {
    /// Lets a mail be handled again from its raw bytes, with its tries given back. One that was held for lack of proof
    /// is let through: the sysadmin's word is the proof, and stands in the events.
    ///
    /// # Errors
    /// When it is not set aside.
    pub fn retry(&self, intake: i64, cause: &Cause) -> Outcome<()> {
        let was = self.expect_aside(intake)?;
        let detail = serde_json::json!({ "mail": intake, "was": was }).to_string();
        self.add_raw_event(cause, None, 0, "retried", &detail)?;
        self.close_question(intake, cause.now)?;
        self.db.execute(
            "UPDATE intake SET state = 'new', tries = 0, due = ?2, why = '', stopped = 0, released = (state = 'held') WHERE id = ?1",
            params![intake, cause.now.as_second()],
        )?;
        Ok(())
    }

    /// Closes a mail without handling it; the reason stands in the events.
    ///
    /// # Errors
    /// When it is not set aside.
    pub fn discard(&self, intake: i64, why: &str, cause: &Cause) -> Outcome<()> {
        self.expect_aside(intake)?;
        let detail = serde_json::json!({ "mail": intake, "why": why }).to_string();
        self.add_raw_event(cause, None, 0, "discarded", &detail)?;
        self.close_question(intake, cause.now)?;
        self.db.execute(
            "UPDATE intake SET state = 'ignored', why = ?2 WHERE id = ?1",
            params![intake, format!("dropped by a sysadmin: {why}")],
        )?;
        Ok(())
    }

    /// The sender was asked about a held mail; the sysadmin has answered, so a later yes must not let it through again.
    fn close_question(&self, intake: i64, now: Timestamp) -> Outcome<()> {
        self.db.execute(
            "UPDATE pending SET answered = ?2 WHERE intake = ?1 AND purpose = 'mail' AND answered IS NULL",
            params![intake, now.as_second()],
        )?;
        Ok(())
    }

    /// A held mail gives way to another copy of it, if that one is proven or nobody was asked about the held one. The
    /// question is closed, so that a later yes does not run the mail a second time. Gives whether it did.
    pub fn give_way(&self, held: i64, to: i64, proven: bool, now: Timestamp) -> Outcome<bool> {
        let gives: bool = self.db.query_row(
            "SELECT i.state = 'held' AND (?2 OR NOT EXISTS (SELECT 1 FROM pending p
               WHERE p.intake = i.id AND p.purpose = 'mail' AND p.answered IS NULL AND p.expires > ?3))
             FROM intake i WHERE i.id = ?1",
            params![held, proven, now.as_second()],
            |row| row.get(0),
        )?;
        if gives {
            self.close_question(held, now)?;
            self.db.execute("UPDATE seen SET intake = ?2 WHERE intake = ?1", [held, to])?;
            self.end(held, End::Duplicate, &format!("the same mail as {to}"), None)?;
        }
        Ok(gives)
    }

    /// Whether a sysadmin let a held mail through.
    pub fn is_released(&self, intake: i64) -> Outcome<bool> {
        Ok(self
            .db
            .prepare_cached("SELECT released FROM intake WHERE id = ?1")?
            .query_row([intake], |row| row.get(0))
            .optional()?
            .unwrap_or(false))
    }

    /// Whether a mail still waits for somebody's yes.
    pub fn is_held(&self, intake: i64) -> Outcome<bool> {
        let held = self
            .db
            .prepare_cached("SELECT 1 FROM intake WHERE id = ?1 AND state = 'held'")?
            .exists([intake])?;
        Ok(held)
    }

    /// The state of a mail that is set aside.
    fn expect_aside(&self, intake: i64) -> Outcome<String> {
        let state: Option<String> = self
            .db
            .query_row("SELECT state FROM intake WHERE id = ?1", [intake], |row| row.get(0))
            .optional()?;
        match state {
            Some(state) if state == "held" || state == "quarantined" => Ok(state),
            Some(state) => Err(Fault::lasting(format!("mail {intake} is not set aside: it is {state}"))),
            None => Err(Fault::lasting(format!("there is no mail {intake}"))),
        }
    }

    /// Quarantined mails that staff do not know of yet; noted as told with this call.
    pub fn newly_stuck(&self, most: usize) -> Outcome<Vec<Stuck>> {
        let mut rows = self.db.prepare(
            "SELECT i.id, r.size, hex(substr(r.sha256, 1, 6)), i.why FROM intake i JOIN raw r ON r.id = i.raw
             WHERE i.state = 'quarantined' AND i.told = 0 ORDER BY i.id LIMIT ?1",
        )?;
        let stuck = rows
            .query_map([most as i64], |row| {
                Ok(Stuck { intake: row.get(0)?, size: row.get(1)?, print: row.get(2)?, why: row.get(3)? })
            })?
            .collect::<Result<Vec<_>, _>>()?;
        for mail in &stuck {
            self.db.execute("UPDATE intake SET told = 1 WHERE id = ?1", [mail.intake])?;
        }
        Ok(stuck)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::clues::Purpose;
    use crate::model::decision::End;
    use crate::store::spool::Parcelled;
    use crate::store::{Guest, Store};
    use jiff::SignedDuration;

    #[test]
    fn what_a_sysadmin_decides_is_written_down_and_closes_the_question() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let now = Timestamp::from_second(1_795_219_200).unwrap();
        let by = |intake| Cause { actor: "console".into(), proof: "console".into(), intake, now };
        let held = |tx: &Tx<'_>, uid: &str| -> Outcome<(i64, i64)> {
            let parcel = Parcelled::new(uid.into(), uid.as_bytes(), None, false);
            let mail = tx.keep(tx.mailbox("x")?, &parcel, now)?.unwrap();
            tx.end(mail, End::Held, "no proof", None)?;
            let person = tx.meet(&Address::parse("a@b.example").unwrap(), "", now)?;
            let question =
                tx.ask(Purpose::Mail, None, &person, &by(Some(mail)), now + SignedDuration::from_hours(1))?;
            Ok((mail, question))
        };
        let (one, two) = store.transact(|tx| Ok((held(tx, "1")?, held(tx, "2")?))).unwrap();
        // the store is open all along: a guest works beside it
        let mut guest = Guest::open(dir.path()).unwrap();
        guest.transact(|tx| tx.retry(one.0, &by(None))).unwrap();
        guest.transact(|tx| tx.discard(two.0, "spam", &by(None))).unwrap();
        assert!(guest.transact(|tx| tx.retry(two.0, &by(None))).unwrap_err().doing.contains("ignored"));
        let due = store.due(now, 10).unwrap();
        assert_eq!(due.iter().map(|w| w.intake).collect::<Vec<_>>(), [one.0]);
        store
            .transact(|tx| {
                assert!(tx.is_released(one.0)?);
                for (_, question) in [one, two] {
                    assert!(!tx.answer(question, now)?, "a later yes must change nothing");
                }
                Ok(())
            })
            .unwrap();
        let reader = Reader::open(dir.path()).unwrap();
        let found = reader.audit(&mut |_, _, _| {}).unwrap();
        assert_eq!((found.events, found.broken), (2, Vec::<String>::new()));
    }
}
