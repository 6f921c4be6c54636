//! B10: the audit. Every row that leaves a robot behind asks it whether the laws hold ([`audited`]). Here it is asked
//! about many small worlds that lived through chance work and power cuts: nothing may be broken, and it has to count as
//! many mails as were written, each with an end. The control is a world that is damaged in one way after the other, of
//! all that the laws forbid: each has to be found.

use crate::chance::Chance;
use crate::row::{Row, Trial};
use crate::tamper::History;
use crate::town::storm::{Order, Storm};
use crate::town::{Town, believing};
use crate::week::deed;
use rusqlite::{Connection, params};
use std::path::Path;
use trackle::store::Reader;
use trackle::store::audit::Findings;

/// The row.
pub const ROW: Row = Row {
    name: "B10",
    about: "the laws of the database hold, and what breaks one is found",
    unit: "worlds",
    amounts: [40, 3_000, 100_000],
    trial: worlds,
    control: damages,
};

/// Things that people do in a world, at the most.
const DEEDS: usize = 10;
/// The plug is pulled once in so many steps.
const CALM: usize = 9;

/// What the audit found in a state directory, in which no law is broken.
pub fn audited(state: &Path) -> Result<Findings, String> {
    let found = Reader::open(state).and_then(|reader| reader.audit(&mut |_, _, _| ()));
    let found = found.map_err(|fault| fault.doing)?;
    match found.broken.as_slice() {
        [] => Ok(found),
        broken => Err(format!("laws are broken: {}", broken.join("; "))),
    }
}

fn worlds(trial: &Trial<'_>) -> Result<String, String> {
    let (mut mails, mut letters, mut events) = (0, 0, 0);
    for seed in trial.seeds() {
        let found = world(seed).map_err(|what| format!("seed {seed}: {what}"))?;
        mails += found.mails.values().sum::<u64>();
        letters += found.letters.values().sum::<u64>();
        events += found.events;
        trial.step();
    }
    Ok(format!("{mails} mails, {letters} letters and {events} events under {} laws", Findings::laws()))
}

fn world(seed: u64) -> Result<Findings, String> {
    let (mut chance, mut weather) = (Chance::new(seed), Chance::new(!seed));
    let plug = Box::new(move |_| weather.once_in(CALM));
    let (mut town, mut storm) = (Town::new(believing()), Storm::new(Order::Right, plug));
    for _ in 0..1 + chance.below(DEEDS) {
        deed(&mut town, &storm.letters, &mut chance);
        if chance.once_in(2) {
            storm.work(&mut town);
        }
    }
    storm.work(&mut town);
    let (found, written) = (audited(&town.state()), town.mails_written() as u64);
    town.abandon();
    let found = found?;
    let waiting: u64 = ["new", "reading"].iter().filter_map(|state| found.mails.get(*state)).sum();
    let seen: u64 = found.mails.values().sum();
    if seen == written && waiting == 0 && found.raw <= seen {
        return Ok(found);
    }
    Err(format!("{written} mails were written, {seen} were seen, {waiting} of them wait"))
}

/// A damage in words, and how it comes about.
type Damage = (&'static str, fn(&Connection) -> rusqlite::Result<()>);

const DAMAGES: &[Damage] = &[
    ("a byte of a raw mail", |db| flip(db, "raw", "packed")),
    ("a byte of a raw mail's name", |db| flip(db, "raw", "sha256")),
    ("the size of a raw mail", |db| db.execute_batch("UPDATE raw SET size = size + 1 WHERE id = 2")),
    ("a raw mail that is gone", |db| db.execute_batch("DELETE FROM raw WHERE id = 2")),
    ("a raw mail that nobody took in", |db| {
        db.execute_batch(
            "INSERT INTO raw (sha256, size, packed) SELECT x'00', size, packed FROM raw WHERE id = 2",
        )
    }),
    ("a mail that is gone, and its bytes are there", |db| {
        db.execute_batch("DELETE FROM intake WHERE id = (SELECT min(intake) FROM entry)")
    }),
    ("a mail that is gone with its bytes", |db| {
        db.execute_batch(
            "CREATE TEMP TABLE gone AS SELECT id, raw FROM intake WHERE id = (SELECT min(intake) FROM event);
             DELETE FROM intake WHERE raw IN (SELECT raw FROM gone); DELETE FROM raw WHERE id IN (SELECT raw FROM gone);
             DELETE FROM entry WHERE intake IN (SELECT id FROM gone); DELETE FROM seen WHERE intake IN (SELECT id FROM gone);
             DELETE FROM pending WHERE intake IN (SELECT id FROM gone)",
        )
    }),
    ("a mail that is done and counts as pending", |db| {
        db.execute_batch("UPDATE intake SET state = 'new' WHERE id = (SELECT min(intake) FROM entry)")
    }),
    ("a mail that was applied a second time", |db| {
        db.execute_batch(
            "INSERT INTO intake (mailbox, epoch, uid, raw, arrived, taken, state, why)
             SELECT mailbox, epoch, 'again', raw, arrived, taken, state, why FROM intake WHERE state = 'applied' LIMIT 1",
        )
    }),
    ("an end without a reason", |db| db.execute_batch("UPDATE intake SET why = '' WHERE id = 2")),
    ("an event that says something else", |db| {
        db.execute_batch("UPDATE event SET detail = '{\"to\":\"nobody\"}' WHERE seq = 3")
    }),
    ("an event of somebody else", |db| {
        db.execute_batch("UPDATE event SET actor = 'eve@x.example' WHERE seq = 3")
    }),
    ("an event at another time", |db| db.execute_batch("UPDATE event SET at = at + 1 WHERE seq = 3")),
    ("an event that is gone", |db| db.execute_batch("DELETE FROM event WHERE seq = 3")),
    ("an event that nobody caused", |db| {
        db.execute_batch(
            "INSERT INTO event (ticket, at, actor, proof, line, what, detail, hash)
             SELECT ticket, at, actor, proof, line, what, detail, hash FROM event WHERE seq = 1",
        )
    }),
    ("a letter without a cause", |db| db.execute_batch("UPDATE outbox SET event = 99999 WHERE id = 2")),
    ("a letter that is cut", |db| {
        db.execute_batch("UPDATE outbox SET packed = substr(packed, 1, length(packed) / 2) WHERE id = 2")
    }),
    ("a letter that is another one", |db| {
        db.execute_batch("UPDATE outbox SET packed = (SELECT packed FROM outbox WHERE id = 1) WHERE id = 2")
    }),
    ("a text without its event", |db| db.execute_batch("UPDATE entry SET event = 99999 WHERE id = 1")),
    ("a ticket that nobody opened", |db| {
        db.execute_batch(
            "INSERT INTO ticket (state, title, requester, created, changed)
             SELECT state, title, requester, created, changed FROM ticket WHERE number = 1",
        )
    }),
    ("a ticket that is gone", |db| db.execute_batch("DELETE FROM ticket WHERE number = 1")),
    ("somebody who is gone", |db| {
        db.execute_batch("DELETE FROM person WHERE id = (SELECT requester FROM ticket LIMIT 1)")
    }),
    ("an index that lacks a row", |db| {
        db.execute_batch(
            "PRAGMA writable_schema=ON;
             UPDATE sqlite_master SET sql = sql || ' AND id > 2' WHERE name = 'intake_message';
             PRAGMA writable_schema=RESET; REINDEX intake_message;
             PRAGMA writable_schema=ON;
             UPDATE sqlite_master SET sql = replace(sql, ' AND id > 2', '') WHERE name = 'intake_message';
             PRAGMA writable_schema=RESET",
        )
    }),
];

fn damages(trial: &Trial<'_>) -> Result<String, String> {
    let history = History::of_a_week(trial.seed)?;
    for (what, damage) in DAMAGES {
        let (_, broken) = history.altered(|db| damage(db).map(|()| String::new()))?;
        if broken.is_empty() {
            return Ok(format!("{what} was not found"));
        }
    }
    Err(format!("{0} of {0} kinds of damage were found", DAMAGES.len()))
}

/// Turns a bit of a byte in the middle of the second row.
fn flip(db: &Connection, table: &str, column: &str) -> rusqlite::Result<()> {
    let query = format!("SELECT {column} FROM {table} WHERE id = 2");
    let mut bytes: Vec<u8> = db.query_row(&query, [], |row| row.get(0))?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    db.execute(&format!("UPDATE {table} SET {column} = ?1 WHERE id = 2"), params![bytes]).map(drop)
}
