//! The one mail under suspicion: its number stands in a small file while it is read and handled alone, and not while its
//! transaction is committed. When the program ends in between, that mail is to blame; when it is killed from outside at
//! any other moment, none is. The file needs no disk sync: it outlives the program, and a power cut accuses nobody.

use super::{Store, Tx};
use crate::fault::{Fault, Outcome};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

/// The file's name below the state directory.
const FILE: &str = "suspect";

/// Names the mail.
pub struct Suspect {
    file: File,
}

impl Suspect {
    pub(in crate::store) fn open(state: &Path) -> Outcome<Suspect> {
        let path = state.join(FILE);
        let opened =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).mode(0o600).open(&path);
        let file = opened.map_err(|e| Fault::passing(format!("opening {}: {e}", path.display())))?;
        Ok(Suspect { file })
    }

    /// From here on a crash is this mail's doing.
    ///
    /// # Errors
    /// Passing ones from the file system.
    pub fn name(&self, intake: i64) -> Outcome<()> {
        let written = self.file.write_all_at(&intake.to_be_bytes(), 0);
        written.map_err(|e| Fault::passing(format!("noting which mail is read: {e}")))
    }

    /// From here on it is nobody's.
    ///
    /// # Errors
    /// As [`Suspect::name`].
    pub fn clear(&self) -> Outcome<()> {
        self.name(0)
    }

    fn named(&self) -> Option<i64> {
        let mut bytes = [0; 8];
        self.file.read_exact_at(&mut bytes, 0).ok()?;
        Some(i64::from_be_bytes(bytes)).filter(|intake| *intake > 0)
    }
}

impl Store {
    /// Where the mail under suspicion is named.
    pub fn suspect(&self) -> Arc<Suspect> {
        Arc::clone(&self.suspect)
    }

    /// After a start: mails that were being read when the program ended get their try back, all but the one to blame.
    pub(in crate::store) fn acquit_all_but_the_suspect(&mut self) -> Outcome<()> {
        let named = self.suspect.named();
        self.transact(|tx| tx.acquit(named))?;
        self.suspect.clear()
    }
}

impl Tx<'_> {
    /// Gives the try of every mail that was being read back, but for the suspect's.
    pub fn acquit(&self, suspect: Option<i64>) -> Outcome<()> {
        self.db.execute(
            "UPDATE intake SET tries = max(tries - 1, 0) WHERE state = 'reading' AND id != ?1",
            [suspect.unwrap_or(0)],
        )?;
        Ok(())
    }
}
