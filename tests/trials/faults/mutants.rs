//! Wrong orders and settings, each of which the laws have to notice: what the disk would hold after a kill if a step came too
//! early, too late or never is brought about in the database, by triggers while the program runs and by hand before it
//! starts again.

use super::scenarios::{self, Scenario};
use super::{Fault, Known, NOTHING, Site, each, laws};
use crate::row::Trial;
use rusqlite::{Connection, params};
use std::fs;
use trackle::store::FILE;
use trackle::store::packing::{pack, unpack};

/// What is wrong.
struct Mutant {
    what: &'static str,
    /// Part of the scenario's name.
    scenario: &'static str,
    /// Done to the database before the program starts; triggers of it are gone when it starts again.
    before: &'static str,
    /// Kinds of the calls before which it is killed, one after the other; nowhere when it says none.
    kill: &'static str,
    after: After,
}

/// Done before the program starts again.
enum After {
    Nothing,
    Sql(&'static str),
    /// To a letter that was being sent.
    Letter(fn(&str) -> String),
    Files(fn(&Site) -> std::io::Result<()>),
}

const fn sql(what: &'static str, scenario: &'static str, after: &'static str) -> Mutant {
    Mutant { what, scenario, before: "", kill: "sn", after: After::Sql(after) }
}
const fn outside(what: &'static str, scenario: &'static str, before: &'static str) -> Mutant {
    Mutant { what, scenario, before, kill: "s", after: After::Nothing }
}
const fn unique(what: &'static str, scenario: &'static str, before: &'static str) -> Mutant {
    Mutant { what, scenario, before, kill: "", after: After::Nothing }
}

const ALL: &[Mutant] = &[
    Mutant {
        what: "a mail is marked in the mailbox before it is in the database",
        scenario: "a stranger writes",
        before: "",
        kill: "s",
        after: After::Files(mark),
    },
    Mutant {
        what: "a letter is noted as sent before the server has taken it",
        scenario: "letters are owed",
        before: "CREATE TRIGGER mutant AFTER UPDATE OF state ON outbox WHEN new.state = 'sending'
                 BEGIN UPDATE outbox SET state = 'sent', ended = 1 WHERE id = new.id; END",
        kill: "n",
        after: After::Nothing,
    },
    sql(
        "a letter that was being sent counts as sent at the next start",
        "letters are owed",
        "UPDATE outbox SET state = 'sent', ended = 1 WHERE state = 'sending'",
    ),
    Mutant {
        what: "a letter that was being sent stays so",
        scenario: "letters are owed",
        before: "",
        kill: "n",
        after: After::Sql(
            "CREATE TRIGGER lasting BEFORE UPDATE OF state ON outbox WHEN old.state = 'sending' AND new.state = 'waiting'
             BEGIN SELECT RAISE(IGNORE); END",
        ),
    },
    Mutant {
        what: "a letter's bytes are made anew for the next try",
        scenario: "letters are owed",
        before: "",
        kill: Fault::EFFECTS,
        after: After::Letter(|text| text.replacen("\r\nDate: ", "\r\nDate:  ", 1)),
    },
    Mutant {
        what: "a letter's Message-ID is made anew for the next try",
        scenario: "letters are owed",
        before: "",
        kill: Fault::EFFECTS,
        after: After::Letter(|text| text.replacen("Message-ID: <", "Message-ID: <again.", 1)),
    },
    unique(
        "no UNIQUE on a letter's cause: two for one",
        "a stranger says yes",
        "CREATE TRIGGER mutant AFTER INSERT ON outbox WHEN new.recipient = lower(new.recipient) BEGIN
           INSERT INTO outbox (event, kind, recipient, envelope_from, message_id, packed, queued, due)
           VALUES (new.event, new.kind, upper(new.recipient), new.envelope_from, new.message_id, new.packed, 0, 0); END",
    ),
    unique(
        "no UNIQUE on a mail's place: it is taken in twice",
        "a stranger writes",
        "CREATE TRIGGER mutant AFTER INSERT ON intake WHEN new.uid NOT LIKE '%+' BEGIN
           INSERT INTO intake (mailbox, epoch, uid, raw, arrived, taken, state)
           VALUES (new.mailbox, new.epoch, new.uid || '+', new.raw, new.arrived, new.taken, new.state); END",
    ),
    unique(
        "no UNIQUE on a mail's bytes: they are kept twice",
        "a stranger writes",
        "CREATE TRIGGER mutant AFTER INSERT ON raw WHEN new.sha256 != zeroblob(32) BEGIN
           INSERT INTO raw (sha256, size, packed) VALUES (zeroblob(32), new.size, new.packed); END",
    ),
    unique(
        "no UNIQUE on a mail's id and content: the same mail makes two tickets",
        "a mail comes by two ways",
        "DELETE FROM seen",
    ),
    unique(
        "no UNIQUE on a digest's period: it comes twice",
        "a digest is due",
        "CREATE TRIGGER mutant AFTER INSERT ON period_sent WHEN (SELECT count(*) FROM period_sent) = 1
         BEGIN DELETE FROM period_sent; END",
    ),
    outside(
        "a mail's id and content are remembered outside the transaction",
        "a stranger writes",
        "CREATE TRIGGER mutant BEFORE INSERT ON seen BEGIN SELECT RAISE(IGNORE); END",
    ),
    outside(
        "a code is used outside the transaction",
        "a stranger says yes",
        "CREATE TRIGGER mutant BEFORE UPDATE OF answered ON pending BEGIN SELECT RAISE(IGNORE); END",
    ),
    outside(
        "letters are owed outside the transaction",
        "staff close a ticket",
        "CREATE TRIGGER mutant BEFORE INSERT ON outbox BEGIN SELECT RAISE(IGNORE); END",
    ),
    outside(
        "a mail's end is noted outside the transaction",
        "a stranger writes",
        "CREATE TRIGGER mutant BEFORE UPDATE OF state ON intake WHEN new.state = 'applied' BEGIN SELECT RAISE(IGNORE); END",
    ),
    outside(
        "a ticket changes outside the transaction of its event",
        "staff take a ticket",
        "CREATE TRIGGER mutant BEFORE UPDATE OF owner ON ticket BEGIN SELECT RAISE(IGNORE); END",
    ),
    outside(
        "a bundle is remembered outside the transaction",
        "a host sends a session",
        "CREATE TRIGGER mutant BEFORE INSERT ON bundle BEGIN SELECT RAISE(IGNORE); END",
    ),
    sql(
        "what was said is thrown away with the mail",
        "the requester goes on",
        "DELETE FROM attachment; DELETE FROM entry",
    ),
    sql(
        "the bytes of a mail are thrown away once it is read",
        "the requester goes on",
        "PRAGMA foreign_keys = OFF; DELETE FROM raw WHERE id IN (SELECT raw FROM intake WHERE state = 'applied')",
    ),
    sql(
        "half of a mail's bytes are on the disk",
        "a stranger writes",
        "UPDATE raw SET packed = substr(packed, 1, length(packed) / 2)",
    ),
    sql(
        "an event is changed afterwards",
        "staff take a ticket",
        "DROP TRIGGER event_stays; UPDATE event SET actor = 'ben' WHERE seq = 1;
         CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are never changed'); END",
    ),
    sql(
        "the version is noted before the step is done",
        "an older database",
        "PRAGMA user_version = 12",
    ),
    Mutant {
        what: "what was committed is not on the disk",
        scenario: "a stranger writes",
        before: "",
        kill: "sn",
        after: After::Files(|site| fs::remove_file(site.path("state/trackle.db-wal"))),
    },
];

/// Tries them all; an error says how many were noticed, if all were.
pub fn all(trial: &Trial<'_>) -> Result<String, String> {
    let known: Vec<Known> = scenarios::ALL
        .iter()
        .filter(|scenario| ALL.iter().any(|mutant| is_of(mutant, scenario)))
        .map(Known::of)
        .collect::<Result<_, _>>()?;
    let mut missed = each(trial, ALL, |mutant| {
        let known = known.iter().find(|known| known.prepared.name == mutant.scenario);
        let is_noticed = mutant.is_noticed(known.ok_or("there is no such scenario")?)?;
        Ok((!is_noticed).then_some(mutant.what))
    })?;
    for (wrong, what) in CRASHING {
        let site = Site::new(&known.first().ok_or("there is no scenario")?.prepared)?;
        missed.push(poison(&site, Some(*wrong)).is_ok().then_some(*what));
    }
    let (of, missed) = (missed.len(), missed.into_iter().flatten().collect::<Vec<_>>());
    let noticed = format!("{} of {of} wrong orders noticed", of - missed.len());
    if missed.is_empty() { Err(noticed) } else { Ok(format!("{noticed}; not {missed:?}")) }
}

fn is_of(mutant: &Mutant, scenario: &Scenario) -> bool {
    mutant.scenario == scenario.name
}

impl Mutant {
    /// Whether it is noticed, wherever it is killed.
    fn is_noticed(&self, known: &Known) -> Result<bool, String> {
        if self.kill.is_empty() {
            return self.breaks(known, NOTHING);
        }
        let counted = Site::new(&known.prepared)?.run(Fault { on: self.kill, ..NOTHING })?;
        // the last step first: what is too early is seen late, and so is what is lost
        for at in (1..=counted.calls + 1).rev() {
            if self.breaks(known, Fault { on: self.kill, ..Fault::kill(at) })? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn breaks(&self, known: &Known, fault: Fault) -> Result<bool, String> {
        let site = Site::new(&known.prepared)?;
        let wrong = |e: rusqlite::Error| format!("{}: {e}", self.what);
        let database = || Connection::open(site.path("state").join(FILE)).map_err(wrong);
        if !self.before.is_empty() {
            database()?.execute_batch(self.before).map_err(wrong)?;
        }
        let ran = site.run(fault);
        if !self.before.is_empty() {
            database()?.execute_batch("DROP TRIGGER IF EXISTS mutant").map_err(wrong)?;
        }
        match self.after {
            After::Nothing => {}
            After::Sql(sql) => database()?.execute_batch(sql).map_err(wrong)?,
            After::Letter(alter) => anew(&database()?, alter).map_err(wrong)?,
            // nothing to be changed any more is no harm done; the database is not opened, which would tidy it up
            After::Files(change) => drop(change(&site)),
        }
        Ok(ran.is_err() || site.recover().and_then(|()| laws::hold(&site, &known.books, 1)).is_err())
    }
}

fn mark(site: &Site) -> std::io::Result<()> {
    fs::create_dir_all(site.path("in/.Done/cur"))?;
    for mail in fs::read_dir(site.path("in/new"))? {
        let name = mail?.file_name();
        let name = name.to_string_lossy();
        fs::rename(site.path(&format!("in/new/{name}")), site.path(&format!("in/.Done/cur/{name}:2,S")))?;
    }
    Ok(())
}

fn anew(db: &Connection, alter: fn(&str) -> String) -> rusqlite::Result<()> {
    let sending = "SELECT id, packed FROM outbox WHERE state = 'sending'";
    let letters: Vec<(i64, Vec<u8>)> = db
        .prepare(sending)?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (id, packed) in letters {
        let text = String::from_utf8_lossy(&unpack(&packed, 1 << 24).unwrap_or_default()).into_owned();
        db.execute(
            "UPDATE outbox SET packed = ?2 WHERE id = ?1",
            params![id, pack(alter(&text).as_bytes())],
        )?;
    }
    Ok(())
}

/// The same of a mail that ends the program.
const CRASHING: &[(Wrong, &str)] = &[
    (Wrong::Uncounted, "a try is counted once the mail was read"),
    (Wrong::Acquitted, "nobody remembers which mail was being read"),
];

/// What may be wrong about mails that end the program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// The try is counted once the mail was read.
    Uncounted,
    /// Nobody remembers which mail was being read.
    Acquitted,
}

/// A mail that ends the program as often as it is read, three times; then it is set aside and staff are told.
pub fn poison(site: &Site, wrong: Option<Wrong>) -> Result<(), String> {
    if wrong == Some(Wrong::Uncounted) {
        let trigger = "CREATE TRIGGER mutant AFTER UPDATE OF tries ON intake WHEN new.tries > 0
                       BEGIN UPDATE intake SET tries = 0 WHERE id = new.id; END";
        let db = laws::database(site)?;
        db.execute_batch(trigger).map_err(|e| e.to_string())?;
    }
    for _ in 0..trackle::limits::TRIES {
        // cleared at the start, the mail's number before it is read, cleared again
        let killed = site.run(Fault { on: "w", file: Some("suspect"), ..Fault::kill(3) })?;
        if killed.code.is_some() {
            return Err(format!("a mail that ends the program could not be read: {killed:?}"));
        }
        if wrong == Some(Wrong::Acquitted) {
            fs::write(site.path("state/suspect"), [0; 8]).map_err(|e| e.to_string())?;
        }
    }
    site.recover()?;
    let told = "SELECT (SELECT count(*) FROM intake WHERE state = 'quarantined')
                     + (SELECT count(*) FROM outbox WHERE kind = 'quarantined' AND state = 'sent')";
    match laws::database(site)?.query_row(told, [], |row| row.get(0)) {
        Ok(2) => Ok(()),
        Ok(found) => Err(format!(
            "a mail that ended the program three times is not set aside, {found}: {}",
            laws::books(site)?
        )),
        Err(e) => Err(e.to_string()),
    }
}
