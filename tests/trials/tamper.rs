//! B19: somebody with the database in his hands turns one bit of an event, takes an event out of the middle, exchanges two or
//! gives one a second time. The audit notices each, from the chain of hashes alone. What it cannot notice, a chain that was
//! made anew from the changed event on, is the control: that is what `trackle verify` and people's own letters are for.

use crate::chance::Chance;
use crate::row::{Row, Trial};
use crate::town::storm::{Order, Storm};
use crate::town::{Town, believing};
use crate::week::deed;
use rusqlite::types::Value;
use rusqlite::{Connection, params};
use std::fs;
use std::path::Path;
use trackle::store::events::Event;
use trackle::store::{FILE, Reader};

/// The row.
pub const ROW: Row = Row {
    name: "B19",
    about: "a history that was altered is noticed",
    unit: "alterations",
    amounts: [600, 40_000, 400_000],
    trial: |trial| alterations(trial, false),
    control: |trial| alterations(trial, true),
};

const FIELDS: [&str; 9] = ["ticket", "at", "actor", "proof", "intake", "line", "what", "detail", "hash"];

fn alterations(trial: &Trial<'_>, mends_chain: bool) -> Result<String, String> {
    let history = History::of_a_week(trial.seed)?;
    let mut kinds = [0_u64; 4];
    for seed in trial.seeds() {
        let mut chance = Chance::new(seed);
        let kind = if mends_chain { 0 } else { [0, 0, 0, 0, 0, 0, 0, 1, 2, 3][chance.below(10)] };
        let told = history.altered(|db| {
            let told = alter(db, kind, &mut chance)?;
            if mends_chain { mend(db).map(|()| told) } else { Ok(told) }
        });
        let (told, broken) = told.map_err(|e| format!("seed {seed}: {e}"))?;
        if broken.is_empty() {
            return Err(format!("seed {seed}: {told} was not noticed"));
        }
        kinds[kind] += 1;
        trial.step();
    }
    let [bits, dropped, swapped, doubled] = kinds;
    Ok(format!(
        "of {} events {bits} bits turned, {dropped} dropped, {swapped} exchanged, {doubled} doubled: all noticed",
        history.events
    ))
}

/// The database after a week, as bytes.
pub struct History {
    bytes: Vec<u8>,
    events: i64,
    dir: tempfile::TempDir,
}

impl History {
    /// Lived from that seed.
    pub fn of_a_week(seed: u64) -> Result<History, String> {
        let mut chance = Chance::new(seed);
        let (mut town, mut storm) = (Town::new(believing()), Storm::new(Order::Right, Box::new(|_| false)));
        for _ in 0..20 {
            deed(&mut town, &storm.letters, &mut chance);
            storm.work(&mut town);
        }
        let dir =
            tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).map_err(|e| e.to_string())?;
        let copied = Reader::open(&town.state()).and_then(|reader| reader.copy_to(dir.path()));
        copied.map_err(|fault| fault.doing)?;
        town.abandon();
        let db = Connection::open(dir.path().join(FILE)).map_err(|e| e.to_string())?;
        let free = "DROP TRIGGER event_stays; DROP TRIGGER event_remains; DROP INDEX event_once; PRAGMA journal_mode=DELETE";
        db.execute_batch(free).map_err(|e| e.to_string())?;
        let events =
            db.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).map_err(|e| e.to_string())?;
        drop(db);
        let bytes = fs::read(dir.path().join(FILE)).map_err(|e| e.to_string())?;
        let history = History { bytes, events, dir };
        // were something wrong with it already, everything would be noticed
        match history.broken(history.dir.path())?.as_slice() {
            [] => Ok(history),
            broken => Err(format!("the untouched history is broken: {broken:?}")),
        }
    }

    fn broken(&self, state: &Path) -> Result<Vec<String>, String> {
        let found = Reader::open(state).and_then(|reader| reader.audit(&mut |_, _, _| ()));
        found.map(|found| found.broken).map_err(|fault| fault.doing)
    }

    /// What was done to a copy of it, and what of that is noticed.
    pub fn altered(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<String>,
    ) -> Result<(String, Vec<String>), String> {
        fs::write(self.dir.path().join(FILE), &self.bytes).map_err(|e| e.to_string())?;
        let db = Connection::open(self.dir.path().join(FILE)).map_err(|e| e.to_string())?;
        db.execute_batch("PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF").map_err(|e| e.to_string())?;
        let told = work(&db).map_err(|e| e.to_string())?;
        drop(db);
        Ok((told, self.broken(self.dir.path())?))
    }
}

fn alter(db: &Connection, kind: usize, chance: &mut Chance) -> rusqlite::Result<String> {
    let events: i64 = db.query_row("SELECT count(*) FROM event", [], |row| row.get(0))?;
    // the newest one is the end of the chain: that it is gone, only a letter with its mark can tell
    let seq = 1 + chance.below(events as usize - 1) as i64;
    match kind {
        0 => turn_a_bit(db, 1 + chance.below(events as usize) as i64, chance),
        1 => {
            db.execute("DELETE FROM event WHERE seq = ?1", [seq])?;
            Ok(format!("dropping event {seq}"))
        }
        2 => {
            db.execute_batch(&format!(
                "UPDATE event SET seq = 0 WHERE seq = {seq}; UPDATE event SET seq = {seq} WHERE seq = {seq} + 1;
                 UPDATE event SET seq = {seq} + 1 WHERE seq = 0"
            ))?;
            Ok(format!("exchanging event {seq} with the next"))
        }
        _ => {
            db.execute_batch(&format!(
                "INSERT INTO event (ticket, at, actor, proof, intake, line, what, detail, hash)
                 SELECT ticket, at, actor, proof, intake, line, what, detail, hash FROM event WHERE seq = {seq}"
            ))?;
            Ok(format!("doubling event {seq}"))
        }
    }
}

fn turn_a_bit(db: &Connection, seq: i64, chance: &mut Chance) -> rusqlite::Result<String> {
    let field = *chance.of(&FIELDS);
    let old: Value =
        db.query_row(&format!("SELECT {field} FROM event WHERE seq = ?1"), [seq], |row| row.get(0))?;
    let new = match old {
        Value::Null => Value::Integer(1),
        Value::Integer(n) => Value::Integer(n ^ (1 << chance.below(20))),
        Value::Blob(mut bytes) => {
            turned(&mut bytes, chance);
            Value::Blob(bytes)
        }
        Value::Text(text) => {
            let mut bytes = text.into_bytes();
            turned(&mut bytes, chance);
            // a text of other bytes is another text, whether it is one or not
            Value::Text(String::from_utf8(bytes).unwrap_or_else(|_| "?".into()))
        }
        Value::Real(real) => Value::Real(real),
    };
    db.execute(&format!("UPDATE event SET {field} = ?2 WHERE seq = ?1"), params![seq, new])?;
    Ok(format!("turning a bit of {field} of event {seq}"))
}

fn turned(bytes: &mut Vec<u8>, chance: &mut Chance) {
    if bytes.is_empty() {
        bytes.push(b'x');
    } else {
        let at = chance.below(bytes.len());
        bytes[at] ^= 1 << chance.below(7);
    }
}

/// Makes all hashes anew over what stands there now.
fn mend(db: &Connection) -> rusqlite::Result<()> {
    let mut rows = db.prepare(
        "SELECT seq, ticket, at, actor, proof, intake, line, what, detail FROM event ORDER BY seq",
    )?;
    let events: Vec<Event> = rows
        .query_map([], |row| {
            Ok(Event {
                seq: row.get(0)?,
                ticket: row.get(1)?,
                at: jiff::Timestamp::from_second(row.get(2)?).unwrap_or(jiff::Timestamp::UNIX_EPOCH),
                actor: row.get(3)?,
                proof: row.get(4)?,
                intake: row.get(5)?,
                line: row.get(6)?,
                what: row.get(7)?,
                detail: row.get(8)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    let mut before = vec![0; 32];
    for event in events {
        before = event.hash(&before).to_vec();
        db.execute("UPDATE event SET hash = ?2 WHERE seq = ?1", params![event.seq, before])?;
    }
    Ok(())
}
