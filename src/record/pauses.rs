//! Stretches of a session that its admin took out: pauses, the end of all recording, and forgotten commands. They are written
//! down in the session's directory as they happen, since that something is missing stands in the log, and programs that ran
//! within them do not.
//!
//! ```text
//! pause TIME | resume TIME | off TIME | forget TIME TIME       (milliseconds since 1970)
//! ```

use super::shell::PAUSED;
use crate::fault::{Fault, Outcome};
use jiff::Timestamp;
use rustix::fs::OFlags;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use trackle_wire::file;
use trackle_wire::state::{flag, word};

/// Where they are written down.
const FILE: &str = "spans";
/// What is read of it.
const MOST: u64 = 1 << 20;
/// A shell whose clock has no more than seconds.
const SECOND: i64 = 1_000;

/// What the admin wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Pause,
    Resume,
    /// A pause without an end.
    Off,
}

impl Turn {
    /// The subcommand.
    pub fn word(self) -> &'static str {
        match self {
            Turn::Pause => "pause",
            Turn::Resume => "resume",
            Turn::Off => "off",
        }
    }
}

/// A stretch of time of which nothing is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub from: Timestamp,
    /// `None`: until the end.
    pub to: Option<Timestamp>,
    pub why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    Paused,
    Off,
    Forgotten,
}

impl Span {
    /// Whether what was done then is not told.
    pub fn hides(&self, at: Timestamp) -> bool {
        let at = at.as_millisecond();
        let over = self.to.map(Timestamp::as_millisecond).is_some_and(|to| {
            let coarse = self.why == Why::Forgotten && to % SECOND == 0;
            at > if coarse { to + SECOND } else { to }
        });
        self.from.as_millisecond() <= at && !over
    }
}

/// Whether recording stopped for good.
pub fn is_off(session: &Path) -> bool {
    of(session).is_ok_and(|spans| spans.iter().any(|span| span.why == Why::Off))
}

/// What came of a turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turned {
    /// It was so for all that could be reached.
    pub already: bool,
    /// Users whose programs (sudo) have pages of their own, which only they and root can turn, and which do not say so.
    pub others: Vec<u32>,
}

/// Stops or resumes recording.
///
/// # Errors
/// When it cannot be written down: then nothing has changed, or recording has stopped already.
pub fn turn(session: &Path, turn: Turn, now: Timestamp) -> Outcome<Turned> {
    let failed = |e: io::Error| Fault::passing(format!("writing into {}: {e}", session.display()));
    let mark = session.join(PAUSED);
    let paused = mark.exists();
    let line = format!("{} {}", turn.word(), now.as_millisecond());
    let again = if turn == Turn::Off { is_off(session) } else { paused == (turn == Turn::Pause) };
    if again {
        // root reaches what whoever works could not
        let (turned, others) = set_paused(session, paused).map_err(failed)?;
        return Ok(Turned { already: turned == 0, others });
    }
    let (_, others) = if turn == Turn::Resume {
        note(session, &line).map_err(failed)?;
        let reached = set_paused(session, false).map_err(failed)?;
        fs::remove_file(mark).map_err(failed)?;
        reached
    } else {
        owned(session, PAUSED).map_err(failed)?;
        let reached = set_paused(session, true).map_err(failed)?;
        note(session, &line).map_err(failed)?;
        reached
    };
    Ok(Turned { already: false, others })
}

/// Writes down that a command was forgotten, which ran then.
///
/// # Errors
/// When that cannot be written.
pub fn forgot(session: &Path, from: Timestamp, to: Timestamp) -> Outcome<()> {
    note(session, &format!("forget {} {}", from.as_millisecond(), to.as_millisecond()))
        .map_err(|e| Fault::passing(format!("{}: {e}", session.display())))
}

fn note(session: &Path, line: &str) -> io::Result<()> {
    owned(session, FILE)?.write_all(format!("{line}\n").as_bytes())
}

/// A file of the session to add to, made where it is missing. Root's hand leaves it to whose session it is, who reads it at
/// the end; and it follows no link, which others could have put there.
fn owned(session: &Path, name: &str) -> io::Result<fs::File> {
    let link = OFlags::NOFOLLOW.bits().cast_signed();
    let mut options = OpenOptions::new();
    let file = options.append(true).create(true).mode(0o600).custom_flags(link).open(session.join(name))?;
    if rustix::process::geteuid().is_root() {
        let owner = fs::metadata(session)?;
        std::os::unix::fs::fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
    }
    Ok(file)
}

/// Turns the bit in every page that we may write, our own among them; gives how many were turned, and whose others are
/// not as they should be.
fn set_paused(session: &Path, paused: bool) -> io::Result<(usize, Vec<u32>)> {
    let (mut turned, mut others) = (0, Vec::new());
    let at = word::FLAGS as u64 * 8;
    for entry in session.read_dir()?.flatten() {
        let Some(owner) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let page = entry.path().join(file::STATE);
        let open = |write| {
            let link = OFlags::NOFOLLOW.bits().cast_signed();
            OpenOptions::new().read(true).write(write).custom_flags(link).open(&page)
        };
        let (page, ours) = match open(true) {
            Ok(page) => (page, true),
            Err(e) if e.kind() != io::ErrorKind::PermissionDenied => continue,
            Err(_) => match open(false) {
                Ok(page) => (page, false),
                Err(_) => {
                    others.push(owner);
                    continue;
                }
            },
        };
        let mut flags = [0; 8];
        page.read_exact_at(&mut flags, at)?;
        let flags = u64::from_le_bytes(flags);
        let wanted = if paused { flags | flag::PAUSED } else { flags & !flag::PAUSED };
        if wanted == flags {
            continue;
        }
        if ours {
            page.write_all_at(&wanted.to_le_bytes(), at)?;
            turned += 1;
        } else {
            others.push(owner);
        }
    }
    others.sort_unstable();
    Ok((turned, others))
}

/// The stretches of a session, in their order.
///
/// # Errors
/// When the file cannot be read.
pub fn of(session: &Path) -> Outcome<Vec<Span>> {
    let mut text = String::new();
    match fs::File::open(session.join(FILE)) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(Fault::passing(format!("{}: {e}", session.display()))),
        Ok(file) => {
            let mut bytes = Vec::new();
            file.take(MOST).read_to_end(&mut bytes)?;
            text = String::from_utf8_lossy(&bytes).into_owned();
        }
    }
    Ok(spans(&text))
}

fn spans(text: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
        let mut words = line.split(' ');
        let word = words.next().unwrap_or_default();
        let mut time = || Timestamp::from_millisecond(words.next()?.parse().ok()?).ok();
        let Some(from) = time() else { continue };
        match word {
            "pause" => spans.push(Span { from, to: None, why: Why::Paused }),
            "off" => spans.push(Span { from, to: None, why: Why::Off }),
            "forget" => spans.extend(time().map(|to| Span { from, to: Some(to), why: Why::Forgotten })),
            "resume" => {
                let open = spans.iter_mut().rev().find(|span| span.why == Why::Paused && span.to.is_none());
                if let Some(span) = open {
                    span.to = Some(from);
                }
            }
            _ => {}
        }
    }
    spans
}

/// What a reader of the log is told of them.
pub fn notes(spans: &[Span], ended: Timestamp) -> Vec<String> {
    let mut notes = Vec::new();
    for span in spans {
        let from = span.from.strftime("%H:%M:%S");
        match span.why {
            Why::Paused => {
                let to = span.to.unwrap_or(ended).strftime("%H:%M:%S");
                notes.push(format!("recording was paused from {from} to {to} UTC"));
            }
            Why::Off => notes.push(format!("recording was turned off at {from} UTC")),
            Why::Forgotten => {}
        }
    }
    match spans.iter().filter(|span| span.why == Why::Forgotten).count() {
        0 => {}
        1 => notes.push("1 typed command was taken out".into()),
        more => notes.push(format!("{more} typed commands were taken out")),
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn pauses_are_told_and_what_was_done_in_them_is_not() {
        let spans =
            spans("pause 100000\nresume 160500\nforget 200000 210000\nx\nresume 1\noff 300000\npause 4");
        assert_eq!(spans.len(), 3);
        for (second, hidden) in [
            (99, false),
            (100, true),
            (160, true),
            (161, false),
            (205, true),
            (211, true),
            (212, false),
            (301, true),
        ] {
            assert_eq!(spans.iter().any(|span| span.hides(at(second))), hidden, "{second}");
        }
        assert_eq!(
            notes(&spans, at(400)),
            [
                "recording was paused from 00:01:40 to 00:02:40 UTC",
                "recording was turned off at 00:05:00 UTC",
                "1 typed command was taken out"
            ]
        );
    }

    #[test]
    fn a_link_that_somebody_put_there_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("target");
        fs::write(&target, "mine").unwrap();
        for name in [PAUSED, FILE] {
            let link = dir.path().join(name);
            std::os::unix::fs::symlink(&target, &link).unwrap();
            assert!(owned(dir.path(), name).is_err());
            fs::remove_file(link).unwrap();
        }
        assert_eq!(fs::read_to_string(target).unwrap(), "mine");
    }

    #[test]
    fn the_page_of_every_process_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let page = dir.path().join("0").join(file::STATE);
        fs::create_dir(dir.path().join("0")).unwrap();
        fs::write(&page, vec![0; word::HEADER * 8]).unwrap();
        let turned = |to, second| turn(dir.path(), to, at(second)).unwrap();
        let bits = || fs::read(&page).unwrap()[8];
        let done = Turned::default();
        let already = Turned { already: true, ..Turned::default() };
        assert_eq!(turned(Turn::Pause, 5), done);
        assert_eq!(u64::from(bits()), flag::PAUSED);
        assert_eq!(turned(Turn::Pause, 6), already);
        assert_eq!(turned(Turn::Resume, 7), done);
        assert_eq!(bits(), 0);
        assert_eq!(turned(Turn::Resume, 8), already);
        assert!(!is_off(dir.path()));
        assert_eq!(turned(Turn::Off, 9), done);
        assert!(is_off(dir.path()) && u64::from(bits()) == flag::PAUSED);
    }
}
