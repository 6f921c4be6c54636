//! The files that lie beside a Trac's database, read by what the database says of them and put into their tickets. Whatever a
//! name says, nothing outside of the directory is opened: each step goes down one level by its descriptor, and no link is
//! followed. Nothing is written. Files that are missing, too large or no files are counted and named.

use crate::limits;
use crate::model::carried::{Carried, Losses};
use crate::read::trac::{self, Lying, places};
use crate::run::{Failed, exit};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::Path;

/// Where the files of tickets are in an environment, from Trac 1.0 on and before, or below what was named.
const WITHIN: [&str; 3] = ["files/attachments/ticket", "attachments/ticket", "ticket"];
/// A link is an error; what is no file does not keep us waiting.
const CAREFULLY: OFlags =
    OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// The directories that have tickets' files.
#[derive(Debug, Default)]
pub struct Shelf {
    tickets: Vec<OwnedFd>,
}

impl Shelf {
    /// The one that was named, or the one beside the database (`db/trac.db` in its environment), if there is any.
    ///
    /// # Errors
    /// When the one that was named has no tickets' files.
    pub fn of(database: &Path, named: Option<&Path>) -> Result<Shelf, Failed> {
        let environment = database.parent().and_then(Path::parent).map(|above| match above {
            above if above.as_os_str().is_empty() => Path::new("."),
            above => above,
        });
        let opened = |base: &Path| {
            let open = |place: &&str| {
                rustix::fs::open(base.join(place), OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()
            };
            WITHIN.iter().filter_map(open).collect::<Vec<_>>()
        };
        match named {
            None => Ok(Shelf { tickets: environment.map(opened).unwrap_or_default() }),
            Some(base) => match opened(base) {
                none if none.is_empty() => Err(Failed {
                    text: format!(
                        "{} has no attached files of tickets: none of {}",
                        base.display(),
                        WITHIN.join(", ")
                    ),
                    code: exit::FAILED,
                }),
                tickets => Ok(Shelf { tickets }),
            },
        }
    }

    /// Puts a ticket's files into it, as far as there is room in memory. Gives what cannot come along.
    pub fn fill(&self, ticket: &mut Carried, files: Vec<Lying>) -> Losses {
        let (mut losses, mut room) = (Losses::default(), limits::IMPORT_BYTES);
        for file in files {
            let about = format!("#{}: {}", ticket.number, file.name);
            let bytes = self.bytes(ticket.number, &file.name).and_then(|bytes| {
                room = room.checked_sub(bytes.len() as u64).ok_or(TOO_MANY)?;
                Ok(bytes)
            });
            match bytes {
                Ok(bytes) => {
                    if trac::attach(ticket, file, bytes).is_some() {
                        losses.add(TOO_LARGE, about);
                    }
                }
                Err(why) => losses.add(why, about),
            }
        }
        ticket.entries.sort_by_key(|entry| entry.at);
        losses
    }

    fn bytes(&self, ticket: u32, name: &str) -> Result<Vec<u8>, &'static str> {
        let mut why = if self.tickets.is_empty() { NOWHERE } else { MISSING };
        for directory in &self.tickets {
            for place in places(ticket, name) {
                match beneath(directory, &place) {
                    Ok(file) => return content(file),
                    Err(Errno::NOENT) => {}
                    Err(_) => why = UNREADABLE,
                }
            }
        }
        Err(why)
    }
}

const NOWHERE: &str = "attached files, whose directory is not beside the database (--attachments DIR)";
const MISSING: &str = "attached files that are not in their directory";
const UNREADABLE: &str = "attached files that are links, or cannot be read";
const TOO_LARGE: &str = "attached files beyond what a mail may have";
const TOO_MANY: &str = "attached files beyond what is read of one ticket";

/// Opens what lies there, one level after the other.
fn beneath(directory: &OwnedFd, place: &[String]) -> Result<OwnedFd, Errno> {
    let mut at: Option<OwnedFd> = None;
    for (level, name) in place.iter().enumerate() {
        let more = if level + 1 < place.len() { OFlags::DIRECTORY } else { OFlags::empty() };
        let above = at.as_ref().unwrap_or(directory);
        at = Some(rustix::fs::openat(above, name.as_str(), CAREFULLY | more, Mode::empty())?);
    }
    at.ok_or(Errno::NOENT)
}

fn content(file: OwnedFd) -> Result<Vec<u8>, &'static str> {
    let file = File::from(file);
    if !file.metadata().map_err(|_| UNREADABLE)?.is_file() {
        return Err(UNREADABLE);
    }
    let mut bytes = Vec::new();
    file.take(limits::MAIL_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|_| UNREADABLE)?;
    if bytes.len() > limits::MAIL_BYTES { Err(TOO_LARGE) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn nothing_outside_of_the_directory_is_opened() {
        let dir = tempfile::tempdir().unwrap();
        let tickets = dir.path().join("env/attachments/ticket");
        fs::create_dir_all(tickets.join("7/sub")).unwrap();
        fs::create_dir_all(tickets.join("8")).unwrap();
        fs::write(dir.path().join("secret"), "secret").unwrap();
        fs::write(tickets.join("8/other"), "secret").unwrap();
        fs::write(tickets.join("7/a%20b.txt"), "fine").unwrap();
        symlink("../../../../secret", tickets.join("7/link")).unwrap();
        symlink("../8", tickets.join("9")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, tickets.join("7/pipe"), Mode::RUSR | Mode::WUSR).unwrap();
        let shelf = Shelf::of(&dir.path().join("env/db/trac.db"), None).unwrap();
        assert_eq!(shelf.bytes(7, "a b.txt"), Ok(b"fine".to_vec()));
        for (ticket, name, why) in [
            (7, "link", UNREADABLE),
            (9, "other", UNREADABLE),
            (7, "pipe", UNREADABLE),
            (7, "sub", UNREADABLE),
            (7, "../8/other", MISSING),
            (7, "..", MISSING),
            (7, "", MISSING),
            (7, "/etc/passwd", MISSING),
            (7, "a b.txt\0", MISSING),
            (7, "none", MISSING),
        ] {
            assert_eq!(shelf.bytes(ticket, name), Err(why), "{ticket} {name:?}");
        }
        let large = fs::File::create(tickets.join("7/large")).unwrap();
        large.set_len(limits::MAIL_BYTES as u64 + 1).unwrap();
        assert_eq!(shelf.bytes(7, "large"), Err(TOO_LARGE));
        assert_eq!(Shelf::default().bytes(7, "a b.txt"), Err(NOWHERE));
        let named = |place: &str| Shelf::of(Path::new("x"), Some(&dir.path().join(place)));
        assert!(named("env").is_ok() && named("env/attachments").is_ok() && named("none").is_err());
    }
}
