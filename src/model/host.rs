//! Hosts: machines whose sessions the robot believes, each known by a key, and the card with which a host asks to become
//! one. A key is the whole machine's, or only one user's there: then it signs no other user's sessions.

use super::bundle::{Bundle, Cover, HostKey, Refused};
use super::ticket::Number;
use jiff::Timestamp;
use std::fmt::{self, Write};

/// What stands on a card's first line; the rest of the lines follow, the signature is the last.
pub const CARD: &str = "trackle host card 1";
/// What is signed in front of a card.
pub const CARD_CONTEXT: &[u8] = b"the card of a trackle host, signed by itself\0";
/// The media type of a card that comes by mail.
pub const CARD_MEDIA: &str = "application/vnd.trackle.host";
/// What the file's name ends with.
pub const CARD_ENDING: &str = ".trackle-host";

/// A host that was enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    pub key: HostKey,
    pub name: String,
    /// The one user of the machine whose sessions it signs; `None`: everybody's.
    pub login: Option<String>,
    /// Who on staff works there when the machine's user is nobody on staff.
    pub member: Option<String>,
    pub enrolled: Timestamp,
    /// The address of whoever said yes, or the console.
    pub by: String,
    pub revoked: Option<Timestamp>,
}

/// A host, and what came from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub host: Host,
    /// When its last bundle was filed.
    pub seen: Option<Timestamp>,
    /// The version of Trackle that made that one.
    pub program: Option<String>,
    pub bundles: u64,
    /// The highest number that a bundle of it had.
    pub last: u64,
    /// When it spoke to the API last, by a token of its.
    pub spoke: Option<Timestamp>,
    /// Bundles that waited there then.
    pub unsent: Option<u64>,
}

impl Standing {
    /// How many bundles before the last one never came.
    pub fn missing(&self) -> u64 {
        self.last.saturating_sub(self.bundles)
    }
}

/// A host's wish to be enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub name: String,
    /// As [`Host::login`].
    pub login: Option<String>,
    /// As [`Host::member`].
    pub member: Option<String>,
    pub key: HostKey,
    /// The version of Trackle there.
    pub program: String,
}

impl Card {
    /// The lines that are signed.
    pub fn lines(&self) -> String {
        let mut text = format!("{CARD}\nhost: {}\n", self.name);
        let optional = [("login", &self.login), ("member", &self.member)];
        for (name, value) in optional {
            if let Some(value) = value {
                // writing to a string does not fail
                let _ = writeln!(text, "{name}: {value}");
            }
        }
        let _ = write!(text, "key: {}\nprogram: {}\n", self.key, self.program);
        text
    }
}

/// A bundle that came, and what is known of whoever sent it.
#[derive(Debug, Clone)]
pub enum Brought {
    /// Not even its outside could be read.
    Unreadable(Refused),
    /// Its key is of no host that we know; it was not opened.
    Stranger(Cover),
    /// `host` is the one whose key it names; none is needed for what came through our own spool.
    Known { cover: Cover, host: Option<Host>, opened: Result<Box<Bundle>, Refused> },
}

impl Brought {
    /// Where it says that it comes from.
    pub fn from(&self) -> &str {
        match self {
            Brought::Unreadable(_) => "nobody knows where",
            Brought::Stranger(cover) | Brought::Known { cover, .. } => &cover.host,
        }
    }
}

/// Why a session was not filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfiled {
    Refused(Refused),
    /// Signed with a key of no host that is enrolled.
    Stranger {
        host: String,
        key: HostKey,
    },
    /// That host is believed no longer.
    Revoked {
        host: String,
    },
    /// The key of one host signs for another.
    OtherHost {
        key: String,
        says: String,
    },
    /// The key of one user signs for another.
    OtherUser {
        key: String,
        says: String,
    },
    /// Nobody on staff is behind that user.
    Nobody {
        login: String,
        host: String,
    },
    /// It names none.
    NoTicket,
    UnknownTicket(u64),
}

impl fmt::Display for Unfiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfiled::Refused(why) => write!(f, "{why}"),
            Unfiled::Stranger { host, key } => write!(
                f,
                "it says that it is from {host}, but {} is the key of no host that is enrolled; see `trackle hosts`",
                key.print()
            ),
            Unfiled::Revoked { host } => write!(f, "{host} is believed no longer"),
            Unfiled::OtherHost { key, says } => {
                write!(f, "it is signed by {key} and says that it is from {says}")
            }
            Unfiled::OtherUser { key, says } => {
                write!(f, "it is signed with the key of {key} and says that {says} worked there")
            }
            Unfiled::Nobody { login, host } => write!(
                f,
                "{login} worked on {host}, and nobody on staff is called that; say who it is with `trackle host add`"
            ),
            Unfiled::NoTicket => {
                f.write_str("it is for no ticket; file it on its host with `trackle attach`")
            }
            Unfiled::UnknownTicket(number) => write!(f, "there is no ticket #{number}"),
        }
    }
}

/// What became of a session, for whoever worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub name: String,
    pub host: String,
    pub started: Timestamp,
    /// The session's; `None` when it was set aside.
    pub number: Option<u64>,
    pub ticket: Option<Number>,
    /// What there is to say, in sentences.
    pub notes: Vec<String>,
    /// The mail that brought it.
    pub mail: i64,
}

/// What a machine may be called: a name of DNS (RFC 1123), with underscores as people have them.
pub fn is_host(text: &str) -> bool {
    let sign = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    (1..=253).contains(&text.len()) && text.bytes().all(sign) && !text.starts_with(['.', '-'])
}

/// What a user of a machine may be called, with the domain that some directories put behind it.
pub fn is_login(text: &str) -> bool {
    let sign = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '\\' | '+' | '$');
    (1..=64).contains(&text.len()) && text.chars().all(sign) && !text.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_users_have_names() {
        for good in ["web1", "web-1.example.org", "db_2", "W"] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["", ".", "-x", "a b", "a/b", "a\nb", "ä", &"a".repeat(254)] {
            assert!(!is_host(bad), "{bad}");
        }
        for good in ["ann", "root", "ann.b@example.org", "EXAMPLE\\ann", "jürgen"] {
            assert!(is_login(good), "{good}");
        }
        for bad in ["", "-ann", "a b", "a\nb", "a:b", &"a".repeat(65)] {
            assert!(!is_login(bad), "{bad}");
        }
    }
}
