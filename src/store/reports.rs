//! Lists for people: open tickets, one ticket with its thread and history, the robot's state. Reading only; what is
//! unconfirmed appears in no list.

use super::digest::ASIDE;
use super::{Reader, Tx, time};
use crate::fault::Outcome;
use crate::model::lock::Lock;
use crate::model::ticket::{Number, State, View};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

/// A line of `trackle list`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub number: u32,
    pub state: String,
    pub title: String,
    pub owner: Option<String>,
    /// Who works on it in a session.
    pub lock: Option<Lock>,
    pub requester: String,
    pub created: Timestamp,
    pub changed: Timestamp,
}

/// Which tickets are listed.
#[derive(Debug, Clone, Copy)]
pub struct Which<'a> {
    /// `None`: open and closed ones.
    pub state: Option<State>,
    pub owner: Owner<'a>,
    /// At most so many, those that changed last.
    pub most: usize,
}

/// Whose tickets are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner<'a> {
    Anybody,
    Nobody,
    /// A login.
    Is(&'a str),
}

/// What was written in a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// When the oldest letter that is still owed was queued.
    pub oldest_unsent: Option<Timestamp>,
    /// The last words of a server about a letter that still waits.
    pub last_trouble: String,
    /// Name, last look (if ever).
    pub mailboxes: Vec<(String, Option<Timestamp>)>,
}

impl Reader {
    /// Those tickets, never unconfirmed ones, newest change last.
    pub fn list(&self, which: Which<'_>) -> Outcome<Vec<Line>> {
        let state = match which.state {
            None => "t.state != 'unconfirmed'",
            Some(State::Closed) => "t.state = 'closed'",
            Some(_) => "t.state = 'open'",
        };
        let (owner, login) = match which.owner {
            Owner::Anybody => ("?2 = ''", ""),
            Owner::Nobody => ("?2 = '' AND t.owner IS NULL", ""),
            Owner::Is(login) => ("t.owner = ?2", login),
        };
        let mut rows = self.db.prepare(&format!(
            "SELECT * FROM (SELECT t.number, t.state, t.title, t.owner, p.spelled, t.created, t.changed
             FROM ticket t JOIN person p ON p.id = t.requester WHERE {state} AND {owner}
             ORDER BY t.changed DESC, t.number DESC LIMIT ?1) ORDER BY 7, 1"
        ))?;
        let most = i64::try_from(which.most).unwrap_or(i64::MAX);
        let found = rows.query_map(params![most, login], |row| {
            Ok(Line {
                number: row.get(0)?,
                state: row.get(1)?,
                title: row.get(2)?,
                owner: row.get(3)?,
                lock: None,
                requester: row.get(4)?,
                created: time(row.get(5)?),
                changed: time(row.get(6)?),
            })
        })?;
        let mut found = found.collect::<Result<Vec<Line>, _>>()?;
        let locks = (Tx { db: &self.db }).locks()?.into_iter();
        let mut locks: BTreeMap<u32, Lock> = locks.map(|(number, lock)| (number.0, lock)).collect();
        found.iter_mut().for_each(|line| line.lock = locks.remove(&line.number));
        Ok(found)
    }

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
            "SELECT m.name, s.value FROM mailbox m LEFT JOIN setting s ON s.name = 'looked:' || m.name ORDER BY m.id",
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
            oldest_unsent: oldest.map(time),
            last_trouble: trouble.unwrap_or_default(),
            mailboxes,
        })
    }
}

impl Tx<'_> {
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
    use crate::model::decision::{Change, Filing, Target, What};
    use crate::model::letter::Frozen;
    use crate::model::mail::MessageId;
    use crate::store::Store;
    use crate::store::events::Cause;
    use crate::store::tickets::SeenBy;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// A new ticket, changed at its number in seconds.
    fn add(store: &mut Store, number: i64, state: State, owner: Option<&str>) {
        let cause = Cause { actor: "x".into(), proof: "none".into(), intake: None, now: at(number) };
        let change = |what| Change { line: 0, what, remark: String::new() };
        let mut changes = vec![change(What::Opened)];
        changes.extend(owner.map(|o| change(What::Owner { from: None, to: Some(o.to_owned()) })));
        let target = Target::New { title: format!("number {number}"), state };
        let filing = Filing { target, entry: None, changes, quiet: true, requester: None };
        store
            .transact(|tx| {
                let bob = tx.meet(&Address::parse("bob@example.org").unwrap(), "Bob", cause.now)?;
                tx.file(&filing, None, &bob, &cause, SeenBy::default())
            })
            .unwrap();
    }

    #[test]
    fn tickets_are_listed_by_state_and_owner() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        add(&mut store, 1, State::Open, Some("ann"));
        add(&mut store, 2, State::Open, None);
        add(&mut store, 3, State::Closed, Some("ann"));
        add(&mut store, 4, State::Unconfirmed, None);
        let reader = Reader::open(dir.path()).unwrap();
        let listed = |state, owner, most| {
            let lines = reader.list(Which { state, owner, most }).unwrap();
            lines.iter().map(|l| l.number).collect::<Vec<_>>()
        };
        let all = usize::MAX;
        assert_eq!(listed(Some(State::Open), Owner::Anybody, all), [1, 2]);
        assert_eq!(listed(Some(State::Closed), Owner::Anybody, all), [3]);
        assert_eq!(listed(None, Owner::Anybody, all), [1, 2, 3]);
        assert_eq!(listed(None, Owner::Anybody, 2), [2, 3]);
        assert_eq!(listed(None, Owner::Is("ann"), all), [1, 3]);
        assert_eq!(listed(None, Owner::Nobody, all), [2]);
        assert_eq!(listed(None, Owner::Is("' OR 1"), all), Vec::<u32>::new());
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
