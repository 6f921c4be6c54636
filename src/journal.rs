//! The log: in come facts ([`Entry`]) and the warnings of the crates we use, out goes one line each on stderr, as
//! text or as JSON. Under systemd each line begins with its priority (`sd-daemon(3)`), so `journalctl -p err` works.
//! Never writes a file, never talks to a log server, and never lets a crate tell what it says to mail servers, since
//! passwords are among it.

mod entry;
mod text;

pub use entry::Entry;

use crate::fault::{Fault, Outcome};
use std::ffi::OsString;
use std::io::IsTerminal;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people; with colours on a terminal, with priorities for systemd's journal.
    Text,
    /// One object per line, with time, level, message and the word of the [`Entry`] as `entry`.
    Json,
}

/// What stands around a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Time and level in front.
    Plain,
    /// The same, coloured.
    Coloured,
    /// The priority in front; systemd adds the time.
    Journal,
}

/// Starts logging, once per process. `level` is for our own lines; crates' lines are shown from warnings on.
/// `TRACKLE_LOG` (in `RUST_LOG`'s language, such as `trackle=debug,lettre=info`) says otherwise.
///
/// # Errors
/// When `TRACKLE_LOG` is no filter, or when something logs already.
pub fn start(format: Format, level: LevelFilter) -> Outcome<()> {
    let wished = environment("TRACKLE_LOG").map(|w| w.to_string_lossy().into_owned());
    let look = look(
        stderr_is(environment("JOURNAL_STREAM")),
        std::io::stderr().is_terminal() && environment("NO_COLOR").is_none(),
    );
    let filter = filter(wished.as_deref(), level)?;
    subscriber(format, look, filter, std::io::stderr)
        .try_init()
        .map_err(|e| Fault::lasting(format!("starting the log: {e}")))
}

/// A variable that is set to something.
#[allow(clippy::disallowed_methods)] // how to log is known before there is a configuration
fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Whether stderr is the stream that systemd has named as `device:inode`; children inherit the variable, but may
/// have their stderr elsewhere.
fn stderr_is(stream: Option<OsString>) -> bool {
    let stat = rustix::fs::fstat(std::io::stderr());
    stream.is_some_and(|s| {
        stat.is_ok_and(|stat| s.to_str() == Some(&format!("{}:{}", stat.st_dev, stat.st_ino)))
    })
}

fn look(journal: bool, colour: bool) -> Look {
    match (journal, colour) {
        (true, _) => Look::Journal,
        (false, true) => Look::Coloured,
        (false, false) => Look::Plain,
    }
}

fn filter(wished: Option<&str>, level: LevelFilter) -> Outcome<EnvFilter> {
    match wished {
        Some(wished) => EnvFilter::try_new(wished)
            .map_err(|e| Fault::lasting(format!("TRACKLE_LOG={wished} is no filter: {e}"))),
        None => Ok(EnvFilter::new(format!("warn,trackle={level}"))),
    }
}

/// Below the level of info some crates tell what goes over the line, logins included, and others what is in a mail.
/// No filter opens them.
fn keeps_secrets(line: &Metadata<'_>) -> bool {
    const TALKERS: [&str; 8] = [
        "async_imap",
        "imap_proto",
        "lettre",
        "rustls",
        "tokio_rustls",
        "html2text",
        "html5ever",
        "mailparse",
    ];
    let krate = line.target().split(':').next().unwrap_or_default();
    !TALKERS.contains(&krate) || *line.level() <= Level::INFO
}

fn subscriber<W>(format: Format, look: Look, filter: EnvFilter, to: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // a closed stderr must not end the daemon: complaining about it would panic
    let layer = fmt::layer().with_writer(to).log_internal_errors(false).with_ansi(look == Look::Coloured);
    let lines = match format {
        Format::Text => layer.event_format(text::Line(look)).boxed(),
        Format::Json => {
            layer.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed()
        }
    };
    tracing_subscriber::registry().with(filter).with(filter_fn(keeps_secrets)).with(lines)
}

/// The character itself, or a blank for one that ends a line, moves a cursor or turns text around.
fn visible(c: char) -> char {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || turns { ' ' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// What is logged while `doing`.
    fn logged(format: Format, look: Look, wished: Option<&str>, doing: impl FnOnce()) -> String {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let filter = filter(wished, LevelFilter::INFO).unwrap();
        let to = lines.clone();
        tracing::subscriber::with_default(subscriber(format, look, filter, Written(to)), doing);
        let bytes = lines.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    struct Written(Arc<Mutex<Vec<u8>>>);
    struct Hand(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Hand {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    impl<'w> MakeWriter<'w> for Written {
        type Writer = Hand;
        fn make_writer(&'w self) -> Hand {
            Hand(self.0.clone())
        }
    }

    #[test]
    fn systemd_gets_priorities_and_no_time() {
        let lines = logged(Format::Text, Look::Journal, None, || {
            Entry::Stopping.note();
            Entry::MailHeld { intake: 1, from: "", why: "no token" }.note();
            Entry::AuditBroken { what: "row 3" }.note();
        });
        let expected = "<6>stopping\n<4>mail 1 from nobody to be made out held: no token; see `trackle quarantine`\n<3>the record of events was changed: row 3\n";
        assert_eq!(lines, expected);
    }

    #[test]
    fn people_get_time_and_level_and_colours_only_when_wished() {
        let plain = logged(Format::Text, Look::Plain, None, || Entry::Stopping.note());
        assert!(plain.ends_with("Z  INFO stopping\n") && !plain.contains('\u{1b}'), "{plain:?}");
        let coloured = logged(Format::Text, Look::Coloured, None, || Entry::Stopping.note());
        assert!(coloured.contains("\u{1b}[32m INFO\u{1b}[0m stopping\n"), "{coloured:?}");
    }

    #[test]
    fn machines_get_json() {
        let line = logged(Format::Json, Look::Journal, None, || Entry::LetterSent { outbox: 5 }.note());
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (line["entry"].as_str(), line["message"].as_str()),
            (Some("letter-sent"), Some("letter 5 sent"))
        );
        assert_eq!(line["level"].as_str(), Some("INFO"));
    }

    #[test]
    fn crates_are_heard_from_warnings_on_and_cannot_forge_lines() {
        let lines = logged(Format::Text, Look::Journal, None, || {
            tracing::info!(target: "lettre::transport", "idle talk");
            tracing::warn!(target: "lettre::transport", code = 5, "bad\n<3>forged\u{1b}[2J");
        });
        assert_eq!(lines, "<4>lettre::transport: bad <3>forged [2J code=5\n");
    }

    #[test]
    fn no_filter_opens_what_tells_passwords() {
        for wished in ["trace", "async_imap=trace", "async_imap::client=trace,rustls=debug"] {
            let lines = logged(Format::Text, Look::Journal, Some(wished), || {
                tracing::trace!(target: "async_imap::client", "LOGIN help secret");
                tracing::debug!(target: "rustls::conn", "secret");
                tracing::debug!(target: "async_imap", "secret");
            });
            assert_eq!(lines, "", "{wished}");
        }
        let ours = logged(Format::Text, Look::Journal, Some("trackle=debug"), || {
            tracing::debug!(target: "trackle::fetch", "seen");
        });
        assert_eq!(ours, "<7>trackle::fetch: seen\n");
    }

    #[test]
    fn a_wrong_filter_is_told() {
        assert!(
            filter(Some("trackle=loud"), LevelFilter::INFO).unwrap_err().to_string().contains("TRACKLE_LOG")
        );
    }

    #[test]
    fn the_journal_is_known_by_its_stream() {
        let stat = rustix::fs::fstat(std::io::stderr()).unwrap();
        assert!(stderr_is(Some(format!("{}:{}", stat.st_dev, stat.st_ino).into())));
        assert!(!stderr_is(Some("1:2:3".into())) && !stderr_is(None));
        assert_eq!(look(true, true), Look::Journal);
    }
}
