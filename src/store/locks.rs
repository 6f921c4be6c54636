//! Locks of tickets: who works on which in a session. Each turn is an event; renewing is none. Never looks at a
//! process itself: whether the one that holds a lock lives comes in.

use super::events::Cause;
use super::{Tx, seconds, time};
use crate::fault::Outcome;
use crate::model::decision::{Change, What};
use crate::model::lock::{Lock, Process, Turn};
use crate::model::ticket::Number;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

impl Tx<'_> {
    /// Who works on a ticket.
    pub fn lock(&self, ticket: Number) -> Outcome<Option<Lock>> {
        let found = self
            .db
            .prepare_cached("SELECT login, host, pid, started, since, until FROM lock WHERE ticket = ?1")?
            .query_row([ticket.0], |row| lock(row, 0))
            .optional()?;
        Ok(found)
    }

    /// All locks, by number of their tickets.
    pub fn locks(&self) -> Outcome<Vec<(Number, Lock)>> {
        let mut rows = self.db.prepare_cached(
            "SELECT ticket, login, host, pid, started, since, until FROM lock ORDER BY ticket",
        )?;
        let found = rows.query_map([], |row| Ok((Number(row.get(0)?), lock(row, 1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Takes the lock of a ticket. Whoever has it already keeps it as it is; a stale one of somebody else gives way.
    /// Gives the lock that does not: then nothing has changed. `lives`: the process that holds it was seen alive.
    pub fn take_lock(
        &self,
        ticket: Number,
        wanted: &Lock,
        lives: bool,
        cause: &Cause,
    ) -> Outcome<Option<Lock>> {
        match self.lock(ticket)? {
            Some(held) if !held.keeps_out(&wanted.login) => return Ok(None),
            Some(held) if !held.is_stale(lives, cause.now) => return Ok(Some(held)),
            Some(_) => self.end_lock(ticket, Turn::Expired, cause)?,
            None => None,
        };
        let process = wanted.process.as_ref();
        self.db
            .prepare_cached(
                "INSERT INTO lock (ticket, login, host, pid, started, since, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                ticket.0,
                wanted.login,
                wanted.host,
                process.map(|p| p.pid),
                process.map(|p| p.started.as_str()),
                seconds(wanted.since),
                seconds(wanted.until)
            ])?;
        self.add_turn(ticket, Turn::Taken, &wanted.login, cause)?;
        Ok(None)
    }

    /// Moves the end of a lease. Gives whether that login has the lock.
    pub fn renew_lock(&self, ticket: Number, login: &str, until: Timestamp) -> Outcome<bool> {
        let renewed = self
            .db
            .prepare_cached("UPDATE lock SET until = ?3 WHERE ticket = ?1 AND login = ?2")?
            .execute(params![ticket.0, login, seconds(until)])?;
        Ok(renewed == 1)
    }

    /// Ends the lock of a ticket, whoever has it. Gives the event, if there was one.
    pub fn end_lock(&self, ticket: Number, turn: Turn, cause: &Cause) -> Outcome<Option<i64>> {
        let holder: Option<String> = self
            .db
            .prepare_cached("DELETE FROM lock WHERE ticket = ?1 RETURNING login")?
            .query_row([ticket.0], |row| row.get(0))
            .optional()?;
        holder.map(|holder| self.add_turn(ticket, turn, &holder, cause)).transpose()
    }

    /// What happened to the lock of a ticket last, and whose it was.
    pub fn last_turn(&self, ticket: Number) -> Outcome<Option<(Turn, String)>> {
        let [a, b, c, d] = Turn::ALL.map(Turn::word);
        let found = self
            .db
            .prepare_cached(
                "SELECT what, coalesce(detail ->> 'holder', '') FROM event
                 WHERE ticket = ?1 AND what IN (?2, ?3, ?4, ?5) ORDER BY seq DESC LIMIT 1",
            )?
            .query_row(params![ticket.0, a, b, c, d], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
            .optional()?;
        Ok(found.and_then(|(word, holder)| {
            Turn::ALL.into_iter().find(|turn| turn.word() == word).map(|turn| (turn, holder))
        }))
    }

    fn add_turn(&self, ticket: Number, turn: Turn, holder: &str, cause: &Cause) -> Outcome<i64> {
        let what = What::Lock { turn, holder: holder.to_owned() };
        self.add_event(cause, Some(ticket), &Change { line: 0, what, remark: String::new() })
    }
}

/// A lock from six columns: login, host, pid, started, since, until.
pub(in crate::store) fn lock(row: &Row<'_>, first: usize) -> rusqlite::Result<Lock> {
    let (pid, started) = (row.get::<_, Option<u32>>(first + 2)?, row.get::<_, Option<String>>(first + 3)?);
    Ok(Lock {
        login: row.get(first)?,
        host: row.get(first + 1)?,
        process: pid.zip(started).map(|(pid, started)| Process { pid, started }),
        since: time(row.get(first + 4)?),
        until: time(row.get(first + 5)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::model::decision::{Filing, Target};
    use crate::model::ticket::State;
    use crate::store::Store;
    use crate::store::tickets::SeenBy;

    const TICKET: Number = Number(1);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn cause(actor: &str, now: i64) -> Cause {
        Cause { actor: actor.into(), proof: "console".into(), intake: None, now: at(now) }
    }

    fn wanted(login: &str, now: i64) -> Lock {
        let process = Some(Process { pid: 7, started: "then".into() });
        Lock { login: login.into(), host: "desk".into(), process, since: at(now), until: at(now + 900) }
    }

    /// A store with one ticket.
    fn store(dir: &tempfile::TempDir) -> Store {
        let mut store = Store::open(dir.path()).unwrap();
        store
            .transact(|tx| {
                let ren = tx.meet(&Address::parse("ren@x.example").unwrap(), "Ren", at(0))?;
                let opened = Change { line: 0, what: What::Opened, remark: String::new() };
                let target = Target::New { title: "Printer".into(), state: State::Open };
                let filing = Filing { changes: vec![opened], ..Filing::of(target) };
                tx.file(&filing, None, &ren, &cause("ren@x.example", 0), SeenBy::default())
            })
            .unwrap();
        store
    }

    fn words(tx: &Tx<'_>) -> Vec<String> {
        let mut rows = tx.db.prepare("SELECT what || ' ' || detail FROM event WHERE seq > 1").unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_lock_is_taken_once_and_by_its_holder_as_often_as_he_likes() {
        let dir = tempfile::tempdir().unwrap();
        store(&dir)
            .transact(|tx| {
                let take =
                    |login: &str, now| tx.take_lock(TICKET, &wanted(login, now), false, &cause(login, now));
                assert_eq!(take("ann", 10)?, None);
                assert_eq!(take("ann", 20)?, None);
                assert_eq!(take("ben", 30)?, Some(wanted("ann", 10)));
                assert_eq!(tx.view(TICKET, at(30))?.unwrap().lock, Some(wanted("ann", 10)));
                assert!(tx.end_lock(TICKET, Turn::Released, &cause("ann", 40))?.is_some());
                assert_eq!(
                    (tx.end_lock(TICKET, Turn::Released, &cause("ann", 40))?, tx.locks()?),
                    (None, vec![])
                );
                assert_eq!(take("ben", 50)?, None);
                assert_eq!(
                    words(tx),
                    [
                        r#"locked {"holder":"ann"}"#,
                        r#"unlocked {"holder":"ann"}"#,
                        r#"locked {"holder":"ben"}"#
                    ]
                );
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn a_stale_lock_gives_way_and_a_renewed_one_does_not() {
        let dir = tempfile::tempdir().unwrap();
        store(&dir)
            .transact(|tx| {
                assert_eq!(tx.take_lock(TICKET, &wanted("ann", 0), false, &cause("ann", 0))?, None);
                assert!(tx.renew_lock(TICKET, "ann", at(1_800))?);
                assert!(!tx.renew_lock(TICKET, "ben", at(9_000))?);
                for (lives, now, kept) in [(false, 1_799, true), (true, 1_800, true), (false, 1_800, false)] {
                    let by = tx.take_lock(TICKET, &wanted("ben", now), lives, &cause("ben", now))?;
                    assert_eq!(by.is_some(), kept, "{lives} {now}");
                }
                assert_eq!(tx.locks()?, [(TICKET, wanted("ben", 1_800))]);
                assert_eq!(
                    words(tx),
                    [
                        r#"locked {"holder":"ann"}"#,
                        r#"lock expired {"holder":"ann"}"#,
                        r#"locked {"holder":"ben"}"#
                    ]
                );
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn the_last_turn_is_told_with_its_holder() {
        let dir = tempfile::tempdir().unwrap();
        store(&dir)
            .transact(|tx| {
                assert_eq!(tx.last_turn(TICKET)?, None);
                for (turn, now) in [(Turn::Released, 10), (Turn::Broken, 20)] {
                    tx.take_lock(TICKET, &wanted("ann", now), true, &cause("ann", now))?;
                    assert_eq!(tx.last_turn(TICKET)?, Some((Turn::Taken, "ann".into())));
                    tx.end_lock(TICKET, turn, &cause("ben", now + 1))?;
                    assert_eq!(tx.last_turn(TICKET)?, Some((turn, "ann".into())));
                }
                Ok(())
            })
            .unwrap();
    }
}
