//! What a console stands on: the database's file and the configuration. Tells when another one was put in its place, since
//! the tickets of another database are other tickets, whatever their numbers. Reads nothing in them.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Which file it is.
type Mark = (u64, u64);
/// And as of when.
type Made = (Mark, i64, i64, u64);

/// The files as they were.
pub(super) struct Ground {
    database: PathBuf,
    config: PathBuf,
    was: Option<Mark>,
    made: Option<Made>,
}

impl Ground {
    /// As it is now: to be taken before anything is read.
    pub fn now(database: PathBuf, config: &Path) -> Ground {
        let (was, made) = (mark(&database), made(config));
        Ground { database, config: config.to_owned(), was, made }
    }

    /// With the configuration as it is now, which says where the database is.
    pub fn with_config(&self, database: PathBuf) -> Ground {
        Ground { database, config: self.config.clone(), was: self.was, made: made(&self.config) }
    }

    /// Whether there is another database now. One that is gone is none; it may come back.
    pub fn is_other(&self) -> bool {
        mark(&self.database).is_some_and(|now| self.was != Some(now))
    }

    /// Whether the configuration was written since.
    pub fn is_reconfigured(&self) -> bool {
        made(&self.config).is_some_and(|now| self.made != Some(now))
    }
}

fn mark(file: &Path) -> Option<Mark> {
    file.metadata().ok().map(|found| (found.dev(), found.ino()))
}

fn made(file: &Path) -> Option<Made> {
    let found = file.metadata().ok()?;
    Some(((found.dev(), found.ino()), found.mtime(), found.mtime_nsec(), found.size()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn another_file_is_another_database() {
        let dir = tempfile::tempdir().unwrap();
        let [database, config, aside] =
            ["trackle.db", "trackle.toml", "aside"].map(|name| dir.path().join(name));
        fs::write(&database, "one").unwrap();
        fs::write(&config, "a = 1").unwrap();
        let ground = Ground::now(database.clone(), &config);
        fs::write(&database, "one and more").unwrap();
        assert!(!ground.is_other(), "it was written to");
        fs::rename(&database, &aside).unwrap();
        assert!(!ground.is_other(), "it is gone");
        fs::write(&database, "two").unwrap();
        assert!(ground.is_other());
        fs::rename(&aside, &database).unwrap();
        assert!(!ground.is_other(), "it is back");
        assert!(!ground.is_reconfigured());
        fs::write(&config, "a = 12").unwrap();
        assert!(ground.is_reconfigured());
    }
}
