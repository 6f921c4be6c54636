//! Everything that the daemon ever logs, one variant for each fact.
//!
//! The privacy rule: a log is read by more people and kept longer than a mail. So no subjects, no bodies, no file
//! names of attachments, no tokens, no passwords; numbers instead, which `trackle show` turns into the matter for
//! whoever may see it. An address stands in a line only where an administrator has to act on it. `why`, `what` and
//! `doing` are our own words or a server's answer, never a writer's.

use jiff::Timestamp;
use std::fmt;
use std::time::Duration;

/// A fact worth a line. `intake` is the number of a raw mail, `outbox` that of a letter, `ticket` that of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry<'a> {
    /// The daemon is up and takes mail.
    Started { version: &'a str },
    /// It was told to end, and finishes what it has begun.
    Stopping,
    /// The configuration was read again and is in force.
    Reloaded,
    /// The configuration was read again and is wrong; the one before stays in force.
    NotReloaded { why: &'a str },
    /// Raw mails are safely stored.
    MailTaken { source: &'a str, count: usize },
    /// Somebody took mails out of a mailbox before they could be fetched.
    MailGone { source: &'a str, count: usize },
    /// A mail did something. `what` is one of our words, such as `opened`.
    MailApplied { intake: i64, ticket: Option<i64>, what: &'a str },
    /// A mail did nothing, for good.
    MailIgnored { intake: i64, why: &'a str },
    /// A list manager's own letter: it may be that the staff list does not take ours.
    ListWrote { intake: i64, from: &'a str },
    /// A mail waits for a confirmation or for staff; `from` is its one sender, or empty.
    MailHeld { intake: i64, from: &'a str, why: &'a str },
    /// The same mail was there before.
    MailDuplicate { intake: i64 },
    /// A mail could not be handled; it is kept and staff are told.
    MailQuarantined { intake: i64, why: &'a str },
    /// A mailbox cannot be used; `doing` says what was tried and what happened.
    MailboxTrouble { source: &'a str, doing: &'a str, retry_in: Duration },
    /// It can be used again.
    MailboxBack { source: &'a str },
    /// The server has numbered its mails anew; all of them are compared with those known.
    EpochChanged { source: &'a str },
    /// A letter was taken by the next server.
    LetterSent { outbox: i64 },
    /// A letter was not taken and is tried again.
    LetterLater { outbox: i64, why: &'a str, at: Timestamp },
    /// A letter will never be taken.
    LetterGivenUp { outbox: i64, why: &'a str },
    /// The outgoing server does not let us in: no letter goes until somebody mends that.
    CourierLocked { why: &'a str, until: Timestamp },
    /// The line broke at the wrong moment: a letter is sent again that may have arrived.
    LetterMaybeTwice { outbox: i64 },
    /// Somebody reads the database without an end, and its write-ahead log grows.
    LogGrows { bytes: u64 },
    /// The record of events is not what was written.
    AuditBroken { what: &'a str },
}

/// Longest foreign text within a line, in characters.
const WORDS: usize = 300;

impl Entry<'_> {
    /// Logs the fact. Never fails: a full disk under the log stops no mail.
    pub fn note(&self) {
        let entry = self.word();
        match self.level() {
            tracing::Level::ERROR => tracing::error!(target: "trackle", entry, "{self}"),
            tracing::Level::WARN => tracing::warn!(target: "trackle", entry, "{self}"),
            _ => tracing::info!(target: "trackle", entry, "{self}"),
        }
    }

    /// Error: somebody must act. Warning: somebody should know. Info: business as usual.
    fn level(&self) -> tracing::Level {
        match self {
            Entry::NotReloaded { .. }
            | Entry::MailQuarantined { .. }
            | Entry::CourierLocked { .. }
            | Entry::AuditBroken { .. } => tracing::Level::ERROR,
            Entry::MailHeld { .. }
            | Entry::ListWrote { .. }
            | Entry::MailboxTrouble { .. }
            | Entry::EpochChanged { .. }
            | Entry::LetterGivenUp { .. }
            | Entry::LogGrows { .. }
            | Entry::LetterMaybeTwice { .. } => tracing::Level::WARN,
            _ => tracing::Level::INFO,
        }
    }

    /// The word by which machines know the fact: the field `entry` in JSON.
    fn word(&self) -> &'static str {
        match self {
            Entry::Started { .. } => "started",
            Entry::Stopping => "stopping",
            Entry::Reloaded => "reloaded",
            Entry::NotReloaded { .. } => "not-reloaded",
            Entry::MailTaken { .. } => "mail-taken",
            Entry::MailGone { .. } => "mail-gone",
            Entry::MailApplied { .. } => "mail-applied",
            Entry::MailIgnored { .. } => "mail-ignored",
            Entry::ListWrote { .. } => "list-wrote",
            Entry::MailHeld { .. } => "mail-held",
            Entry::MailDuplicate { .. } => "mail-duplicate",
            Entry::MailQuarantined { .. } => "mail-quarantined",
            Entry::MailboxTrouble { .. } => "mailbox-trouble",
            Entry::MailboxBack { .. } => "mailbox-back",
            Entry::EpochChanged { .. } => "epoch-changed",
            Entry::LetterSent { .. } => "letter-sent",
            Entry::LetterLater { .. } => "letter-later",
            Entry::LetterGivenUp { .. } => "letter-given-up",
            Entry::CourierLocked { .. } => "courier-locked",
            Entry::LetterMaybeTwice { .. } => "letter-maybe-twice",
            Entry::LogGrows { .. } => "log-grows",
            Entry::AuditBroken { .. } => "audit-broken",
        }
    }
}

impl fmt::Display for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Entry::Started { version } => write!(f, "trackle {version} started"),
            Entry::Stopping => f.write_str("stopping"),
            Entry::Reloaded => f.write_str("configuration read again"),
            Entry::NotReloaded { why } => write!(f, "configuration not changed: {}", Words(why)),
            Entry::MailTaken { source, count: 1 } => write!(f, "1 mail taken from {}", Words(source)),
            Entry::MailTaken { source, count } => write!(f, "{count} mails taken from {}", Words(source)),
            Entry::MailGone { source, count } => {
                write!(f, "{count} of the mails in {} were gone before they could be fetched", Words(source))
            }
            Entry::MailApplied { intake, ticket: Some(ticket), what } => {
                write!(f, "mail {intake} applied to #{ticket}: {}", Words(what))
            }
            Entry::MailApplied { intake, ticket: None, what } => {
                write!(f, "mail {intake} applied: {}", Words(what))
            }
            Entry::MailIgnored { intake, why } => write!(f, "mail {intake} ignored: {}", Words(why)),
            Entry::ListWrote { intake, from } => write!(
                f,
                "mail {intake} is a list manager's, {}: does your list take our letters? See `trackle why mail {intake}`",
                Words(from)
            ),
            Entry::MailHeld { intake, from, why } => {
                let from = if from.is_empty() { "nobody to be made out" } else { from };
                write!(f, "mail {intake} from {} held: {}; see `trackle quarantine`", Words(from), Words(why))
            }
            Entry::MailDuplicate { intake } => write!(f, "mail {intake} was here before"),
            Entry::MailQuarantined { intake, why } => write!(f, "mail {intake} quarantined: {}", Words(why)),
            Entry::MailboxTrouble { source, doing, retry_in } => {
                let (source, doing, seconds) = (Words(source), Words(doing), retry_in.as_secs());
                write!(f, "{source} is in trouble: {doing}; next try in {seconds} s")
            }
            Entry::MailboxBack { source } => write!(f, "{} works again", Words(source)),
            Entry::EpochChanged { source } => {
                write!(f, "{} has numbered its mails anew; comparing all of them", Words(source))
            }
            Entry::LetterSent { outbox } => write!(f, "letter {outbox} sent"),
            Entry::LetterLater { outbox, why, at } => {
                write!(f, "letter {outbox} not taken: {}; next try at {at:.0}", Words(why))
            }
            Entry::LetterGivenUp { outbox, why } => write!(f, "letter {outbox} given up: {}", Words(why)),
            Entry::CourierLocked { why, until } => {
                write!(f, "no letters can be sent: {}; next try at {until:.0}", Words(why))
            }
            Entry::LetterMaybeTwice { outbox } => {
                write!(f, "letter {outbox} may arrive twice: the line broke before the server's answer")
            }
            Entry::LogGrows { bytes } => write!(
                f,
                "the database's log has grown to {} MiB: some program has been reading the database all the while; \
                 `fuser trackle.db` in the state directory finds it",
                bytes >> 20
            ),
            Entry::AuditBroken { what } => write!(f, "the record of events was changed: {}", Words(what)),
        }
    }
}

/// Words that may come from a stranger's server: one line, no control characters, cut.
struct Words<'a>(&'a str);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chars = self.0.trim_end().chars();
        for c in chars.by_ref().take(WORDS) {
            fmt::Write::write_char(f, super::visible(c))?;
        }
        f.write_str(if chars.next().is_some() { " …" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_read_as_lines() {
        let at: Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
        for (entry, line) in [
            (Entry::Started { version: "0.1.0" }, "trackle 0.1.0 started"),
            (
                Entry::LogGrows { bytes: 70 << 20 },
                "the database's log has grown to 70 MiB: some program has been reading the database all the while; \
                 `fuser trackle.db` in the state directory finds it",
            ),
            (
                Entry::MailApplied { intake: 7, ticket: Some(3), what: "opened" },
                "mail 7 applied to #3: opened",
            ),
            (
                Entry::MailApplied { intake: 7, ticket: None, what: "subscribed" },
                "mail 7 applied: subscribed",
            ),
            (
                Entry::MailboxTrouble {
                    source: "imap:a",
                    doing: "connecting",
                    retry_in: Duration::from_secs(90),
                },
                "imap:a is in trouble: connecting; next try in 90 s",
            ),
            (
                Entry::ListWrote { intake: 7, from: "staff+owner@x.example" },
                "mail 7 is a list manager's, staff+owner@x.example: does your list take our letters? See `trackle why \
                 mail 7`",
            ),
            (
                Entry::LetterLater { outbox: 4, why: "451 later", at },
                "letter 4 not taken: 451 later; next try at 2026-01-02T03:04:05Z",
            ),
        ] {
            assert_eq!(entry.to_string(), line);
        }
    }

    #[test]
    fn a_servers_words_cannot_forge_a_line_or_flood_the_log() {
        let why = format!("no\r\nmail 1 applied\u{1b}[2J\u{202e}{}", "x".repeat(1000));
        let line = Entry::MailHeld { intake: 1, from: "ann@x.example", why: &why }.to_string();
        assert!(line.starts_with("mail 1 from ann@x.example held: no  mail 1 applied [2J "), "{line}");
        assert!(line.chars().count() < 450 && !line.contains(char::is_control));
        assert!(line.ends_with(" …; see `trackle quarantine`"), "{line}");
    }
}
