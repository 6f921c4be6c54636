//! Where `explain` plays: a database that is thrown away, a copy of the real one or an empty one, so that neither the
//! state directory nor a running daemon notices anything. The robot is the real one, with its real key when that may be
//! read (else it knows none of the codes and Message-IDs that were given out).

use super::Opened;
use crate::config::Config;
use crate::daemon;
use crate::fault::{Fault, Outcome};
use crate::mint;
use crate::model::digest::Schedule;
use crate::model::seal::Seal;
use crate::pipeline::{self, House, Trace};
use crate::store::spool::Parcelled;
use crate::store::{self, Reader, Store};
use crate::witness::Witnesses;
use jiff::Timestamp;
use std::path::Path;
use tempfile::TempDir;

/// A larger database is not copied.
const COPIED: u64 = 200_000_000;

/// A robot and a database to try things with.
pub struct Stage {
    pub house: House,
    witnesses: Witnesses,
    store: Store,
    /// Gone with the stage.
    _dir: TempDir,
}

impl Stage {
    /// Sets the stage; also gives what the reader should know of it.
    ///
    /// # Errors
    /// When there is no room for temporary files, or the directory of letters cannot be read.
    pub fn set(config: &Config, alone: bool) -> Outcome<(Stage, Vec<String>)> {
        let mut notes = Vec::new();
        let dir = tempfile::Builder::new()
            .prefix("trackle-explain-")
            .tempdir()
            .map_err(|e| Fault::passing(format!("making a temporary directory: {e}")))?;
        let state = &config.robot.state;
        let seal = seal(state, dir.path(), &mut notes)?;
        let mut wording = crate::wording::read(config.robot.letters.as_deref())?;
        wording.language = config.robot.language.clone();
        if !alone && let Err(why) = copy(state, dir.path()) {
            notes.push(format!("explained as if this were the first mail ever: {why}"));
        }
        let store = Store::open(dir.path())?;
        // gpg is on this machine; DNS is not, and nothing is connected to here
        let mut config = config.clone();
        config.identity.dkim = false;
        let witnesses = daemon::witnesses(&config);
        Ok((
            Stage {
                witnesses,
                house: House { robot: config.robot(seal), wording, digest: Schedule::never() },
                store,
                _dir: dir,
            },
            notes,
        ))
    }

    /// Has gpg asked about the mail's signature, if it has one.
    pub fn hear(&self, opened: &mut Opened, now: Timestamp) {
        let mails = vec![(opened.bytes.as_slice(), &mut opened.mail)];
        daemon::hearing::ask(&self.witnesses, &self.house.robot, mails, now);
    }

    /// Handles a mail and takes everything back.
    ///
    /// # Errors
    /// Those of the pipeline.
    pub fn rehearse(&mut self, opened: &Opened, now: Timestamp) -> Outcome<Trace> {
        let Stage { house, store, .. } = self;
        store.rehearse(|tx| {
            let cursor = tx.mailbox("explain")?;
            let parcel = Parcelled::new("explained".into(), &opened.bytes, None, false);
            let intake = tx.keep(cursor, &parcel, now)?;
            let intake = intake.ok_or_else(|| Fault::lasting("the rehearsal was not taken back"))?;
            pipeline::handle(tx, house, intake, &opened.mail, now)
        })
    }
}

/// The real key, or one for this occasion; never makes one in the state directory.
fn seal(state: &Path, aside: &Path, notes: &mut Vec<String>) -> Outcome<Seal> {
    if !matches!(state.join(mint::FILE).try_exists(), Ok(false)) {
        match mint::seal(state) {
            Ok(seal) => return Ok(seal),
            Err(fault) => notes.push(format!("codes and marks of ours are not known: {fault}")),
        }
    }
    mint::seal(aside)
}

/// Copies the database, or says why not.
fn copy(state: &Path, to: &Path) -> Result<(), String> {
    let reader = Reader::open(state).map_err(|fault| fault.doing)?;
    let size = reader.size().map_err(|fault| fault.doing)?;
    if size > COPIED {
        return Err(format!("the database of {} MB is too large to be copied", size / 1_000_000));
    }
    reader.copy_to(to).map_err(|fault| {
        // half a copy is no database
        let _ = std::fs::remove_file(to.join(store::FILE));
        fault.doing
    })
}
