//! B23: a backup is made in the middle of a week's work, the work goes on, the database is lost, and the backup comes back.
//! Every mail that anybody wrote has an end afterwards, the laws of the database hold, what was there when the backup was
//! made is there as it was, and nothing that the backup owed leaves before somebody says so.

use crate::chance::Chance;
use crate::row::{Row, Trial};
use crate::town::storm::{Order, Storm};
use crate::town::{Town, believing};
use crate::week::deed;
use jiff::Timestamp;
use std::path::Path;
use trackle::fetch::maildir;
use trackle::store::Reader;
use trackle::store::backup::{self, How, Stamp};
use trackle::store::events::Cause;

/// The row.
pub const ROW: Row = Row {
    name: "B23",
    about: "a restored backup loses no mail",
    unit: "restores",
    amounts: [20, 100, 1_000],
    trial: |trial| drills(trial, true),
    // the mails that came since stay where what is done lies
    control: |trial| drills(trial, false),
};

/// Things that people do before the backup at the least, and afterwards at the most.
const DEEDS: usize = 6;

fn drills(trial: &Trial<'_>, brings_back: bool) -> Result<String, String> {
    let (mut mails, mut held) = (0, 0);
    for seed in trial.seeds() {
        let told = drill(seed, brings_back).map_err(|what| format!("seed {seed}: {what}"))?;
        (mails, held) = (mails + told.0, held + told.1);
        trial.step();
    }
    Ok(format!("{mails} mails, 0 lost; {held} letters held"))
}

fn drill(seed: u64, brings_back: bool) -> Result<(usize, u64), String> {
    let mut chance = Chance::new(seed);
    let (mut town, mut storm) = (Town::new(believing()), Storm::new(Order::Right, Box::new(|_| false)));
    let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
    let file = dir.path().join("week.backup");
    for _ in 0..DEEDS + chance.below(DEEDS) {
        deed(&mut town, &storm.letters, &mut chance);
        // some of it is not handled when the backup is made
        if !chance.once_in(3) {
            storm.work(&mut town);
        }
    }
    storm.handle_only(&mut town);
    let stamp = Stamp {
        made: town.now().as_second(),
        program: "test".into(),
        host: "town".into(),
        keys: "ab".repeat(32),
    };
    backup::write(&town.state(), &file, &stamp).map_err(|e| e.doing)?;
    let before = town.books();
    for _ in 0..chance.below(DEEDS) + 1 {
        deed(&mut town, &storm.letters, &mut chance);
        storm.work(&mut town);
    }
    let mut restored = Err("nothing was restored".to_owned());
    let now = town.now();
    town.while_down(|state, inbox| restored = restore(&file, state, inbox, now, brings_back));
    let held = restored?;
    if !town.books().eq(&before) {
        return Err("what the backup held came back otherwise".into());
    }
    let waiting =
        Reader::open(&town.state()).and_then(|r| r.health(now)).map_err(|e| e.doing)?.letters_waiting;
    if waiting > 0 {
        return Err(format!("{waiting} letters leave without a word"));
    }
    storm.work(&mut town);
    let (written, ended) = (town.mails_written(), town.mails_ended());
    let broken = town.broken_laws();
    town.abandon();
    if written != ended || !broken.is_empty() {
        return Err(format!("{ended} of {written} mails have an end; {broken:?}"));
    }
    Ok((written, held))
}

fn restore(
    file: &Path,
    state: &Path,
    inbox: &Path,
    now: Timestamp,
    brings_back: bool,
) -> Result<u64, String> {
    let cause = Cause { actor: "console".into(), proof: "console".into(), intake: None, now };
    let how = How { release: false, aside: Some(".before") };
    let restored = backup::restore(file, state, how, &cause, |tx| {
        if brings_back {
            let unknown = tx.unknown_to(&maildir::name(inbox), maildir::done(inbox)?)?;
            maildir::bring_back(inbox, &unknown)?;
        }
        Ok(())
    });
    restored.map(|restored| restored.held).map_err(|fault| fault.doing)
}
