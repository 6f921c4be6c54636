//! B20: a secret was recorded, filed, told of in letters, and is taken out. Afterwards every file below the state directory
//! is searched, byte by byte and by everything in it that can be unpacked: pages that are free, the log beside the database,
//! the words of the indexes. None has it, the history says who took it out, and what is out of reach (a backup) is named.
//! The control deletes a part of it as SQLite does by itself, which leaves the bytes where they were.

use crate::chance::Chance;
use crate::row::{Row, Trial};
use crate::town::session::Work;
use crate::town::{ALICE, ANN, STAFF, Town, believing};
use crate::traces::{self, found};
use regex::bytes::Regex;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use trackle::model::session::Ran;
use trackle::pipeline::session::redaction::Wanted;
use trackle::store::FILE;
use trackle::store::backup::{self, Stamp};

/// The row.
pub const ROW: Row = Row {
    name: "B20",
    about: "what is taken out of a session is gone",
    unit: "secrets",
    amounts: [12, 300, 3_000],
    trial: |trial| secrets(trial, true),
    control: |trial| secrets(trial, false),
};

/// What is looked for: the end of a secret, since an index keeps of a word only what the one before it has not.
const TAIL: usize = 12;

fn secrets(trial: &Trial<'_>, overwrites: bool) -> Result<String, String> {
    let (mut places, mut files) = (0, 0);
    for seed in trial.seeds() {
        let told = secret(seed, overwrites).map_err(|what| format!("seed {seed}: {what}"))?;
        (places, files) = (places + told.0, files + told.1);
        trial.step();
    }
    Ok(format!("taken out at {places} places; 0 found in {files} files"))
}

fn secret(seed: u64, overwrites: bool) -> Result<(u64, usize), String> {
    let mut chance = Chance::new(seed);
    let secret = format!("q{:08x}{:08x}", chance.below(u32::MAX as usize), chance.below(u32::MAX as usize));
    let mut town = Town::new(believing());
    let told = taken_out(&mut town, &secret, &mut chance, overwrites);
    town.abandon();
    told
}

fn taken_out(
    town: &mut Town,
    secret: &str,
    chance: &mut Chance,
    overwrites: bool,
) -> Result<(u64, usize), String> {
    let (ticket, ..) = town.opened(ALICE, "Backup", "It is not mounted, please help.");
    let sessions = 1 + chance.below(3) as u64;
    for number in 1..=sessions {
        let work = work(town, secret, chance).id(&format!("s{number}"));
        town.session("ann", ticket, &work)?;
        if chance.once_in(2) {
            town.letter_to(STAFF);
        }
        if chance.once_in(2) {
            // what is told to whoever asks is a letter too
            town.write(ANN, "how is it", "show 1");
            town.write(ANN, "search: unlock", "");
            town.settle();
        }
    }
    let tail = Regex::new(&format!("(?i){}", &secret[secret.len() - TAIL..])).map_err(|e| e.to_string())?;
    if found(&town.state(), &tail)?.is_empty() {
        return Err("the search does not find what is there".into());
    }
    let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
    let file = dir.path().join("before.backup");
    let stamp = Stamp { made: 0, program: "test".into(), host: "town".into(), keys: "ab".repeat(32) };
    backup::write(&town.state(), &file, &stamp).map_err(|e| e.doing)?;
    if !overwrites {
        delete_only(&town.state()).map_err(|e| e.to_string())?;
    }
    let wanted = Wanted::Pattern(Regex::new(secret).map_err(|e| e.to_string())?);
    let mut places = 0;
    for number in 1..=sessions {
        let done = town.redact("ben", number, &wanted)?;
        if done.places == 0 {
            return Err(format!("nothing of it was in session {number}"));
        }
        places += done.places;
        if !backup::holds_session(&file, &format!("{:0>26}", format!("s{number}"))).map_err(|e| e.doing)? {
            return Err("the backup that still has it is not named".into());
        }
    }
    let left = found(&town.state(), &tail)?;
    if !left.is_empty() {
        return Err(format!("still there: {}", left.join("; ")));
    }
    let who = "SELECT count(*) FROM event WHERE what = 'redacted' AND actor = 'ben@desk.example'";
    let told: u64 = town.database().query_row(who, [], |row| row.get(0)).map_err(|e| e.to_string())?;
    let broken = town.broken_laws();
    let searched = traces::files(&town.state()).len();
    if told != sessions || !broken.is_empty() {
        return Err(format!("{told} of {sessions} redactions are in the history; {broken:?}"));
    }
    Ok((places, searched))
}

/// A session with the secret in some of the places that a record has.
fn work(town: &Town, secret: &str, chance: &mut Chance) -> Work {
    let line = |before: &str| format!("{before} {secret} and more\n");
    let mut work = Work::before(town.now()).typed(&format!("unlock {secret}")).file(
        "/etc/motd",
        Some("hello\n"),
        Some("Hello\n"),
    );
    if chance.once_in(2) {
        work = work.remark(&format!("It is {secret} now."));
    }
    if chance.once_in(2) {
        work = work.file("/etc/app.conf", Some("port 1\n"), Some(&line("phrase")));
    }
    if chance.once_in(2) {
        work = work.file("/etc/old.conf", Some(&line("it was")), None);
    }
    if chance.once_in(3) {
        work = work.but(|change| change.description = Some(format!("about {secret}")));
    }
    if chance.once_in(3) {
        work.session.environment.push(("LC_X".into(), secret.into()));
    }
    if chance.once_in(3) {
        work.session.witnesses.notes.push(format!("{secret} was seen"));
    }
    if chance.once_in(3) {
        work.session.command = Some(format!("unlock {secret}"));
    }
    if chance.once_in(2) {
        work.session.ran.push(Ran {
            at: work.session.started,
            pid: 7,
            uid: 0,
            program: "/usr/bin/unlock".into(),
            arguments: vec!["unlock".into(), secret.into()],
            directory: "/root".into(),
        });
    }
    work
}

/// What the files held, deleted without being overwritten.
fn delete_only(state: &Path) -> rusqlite::Result<()> {
    let db = Connection::open_with_flags(state.join(FILE), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.execute_batch("PRAGMA secure_delete=OFF; DELETE FROM session_content; DELETE FROM blob")
}
