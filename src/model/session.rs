//! A session: somebody worked on a ticket in a shell of a host, and this is what was done there. The nouns travel as they
//! stand here from the host to the robot, within a bundle, and are what every screen and letter of a session is made of.
//! What is withheld is not in here: there is only the name of the rule that withheld it.

use super::address::Address;
use super::ticket::Number;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The record of a session, complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// 26 digits and small letters, drawn at its start.
    pub id: String,
    /// The name of the machine.
    pub host: String,
    /// The user of the machine who started it.
    pub login: String,
    /// `None` while it is filed nowhere.
    pub ticket: Option<u64>,
    pub started: Timestamp,
    pub ended: Timestamp,
    pub ending: Ending,
    pub directory: FilePath,
    /// The shell's path; empty where there was none.
    pub shell: String,
    /// The one command of `-c`, redacted.
    pub command: Option<String>,
    /// What the allow-list lets through, redacted.
    pub environment: Vec<(String, String)>,
    pub witnesses: Witnesses,
    /// As typed, in order.
    pub typed: Vec<Typed>,
    /// What really ran, in order.
    pub ran: Vec<Ran>,
    /// By path.
    pub changes: Vec<Change>,
    /// In the admin's words.
    pub remark: String,
    /// From files, directories and packages.
    pub tags: Vec<String>,
    /// What else the host wrote down in that time.
    pub evidence: Vec<Evidence>,
}

impl Session {
    /// Whether it is of no length: what somebody wrote down, without a shell.
    pub fn is_note(&self) -> bool {
        self.shell.is_empty() && self.command.is_none() && self.typed.is_empty() && self.changes.is_empty()
    }
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// With the shell's exit status.
    Exit(i32),
    /// By a signal.
    Signal(i32),
    /// Nobody saw it: the record was completed afterwards from what was on disk.
    Recovered,
    /// The admin gave up: nothing but the fact was kept.
    Discarded,
}

/// By whom the session was seen, and what nobody saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witnesses {
    /// In words: `preload library`, `system call filter over the whole session`, …
    pub by: Vec<String>,
    /// Programs that no witness saw into.
    pub unseen: Vec<Unseen>,
    /// How many changes could not be recorded, and how many copies were not kept for want of room.
    pub lost: u64,
    pub not_kept: u64,
    /// Programs of the session that still ran at its end.
    pub still_running: Vec<(u32, String)>,
    /// In words: what else a reader should know.
    pub notes: Vec<String>,
}

/// Programs that ran unseen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unseen {
    pub program: FilePath,
    /// `static`, `set-uid`, …
    pub why: String,
    pub times: u64,
}

/// A command as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    pub at: Timestamp,
    pub directory: FilePath,
    /// Redacted.
    pub line: String,
    pub status: Option<i32>,
}

/// A program that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    pub at: Timestamp,
    pub pid: u32,
    pub uid: u32,
    pub program: FilePath,
    /// Redacted.
    pub arguments: Vec<String>,
    pub directory: FilePath,
}

/// What became of one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub path: FilePath,
    pub action: Action,
    /// Where it was before a rename.
    pub from: Option<FilePath>,
    pub before: Option<Thing>,
    pub after: Option<Thing>,
    /// What changed it first.
    pub program: Option<FilePath>,
    /// It is a new file in the place of the old one (written beside it and renamed).
    pub replaced: bool,
    /// It holds what this other file held at the start.
    pub backup_of: Option<FilePath>,
    /// Somebody outside the session changed it as well.
    pub others: bool,
    /// Whether the log shows what changed in it by default.
    pub shown: bool,
    pub package: Option<String>,
    /// What kind of file it is, in words.
    pub description: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    Created,
    Removed,
    /// Content, mode, owner, attributes, or where a link leads.
    Modified,
    Renamed,
    /// It is of another type: a link in the place of a file.
    Retyped,
}

/// What a path is at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thing {
    #[serde(rename = "type")]
    pub kind: Type,
    /// Permission bits, without the type.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub size: u64,
    /// Nanoseconds since 1970.
    pub mtime: u64,
    /// How many names it has.
    pub links: u32,
    /// Where a symbolic link leads.
    pub target: Option<FilePath>,
    /// Names with their values, in hexadecimal; ACLs and capabilities are among them.
    pub attributes: Vec<(String, String)>,
    pub content: Content,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    File,
    Directory,
    Symlink,
    Fifo,
    Socket,
    Character,
    Block,
}

/// What is known of what a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// It is no regular file, or its content was not looked at since nothing could change it.
    None,
    /// SHA-256 of the file, in hexadecimal; a bundle carries the redacted bytes under the same name, if it carries them.
    Hash(String),
    /// By this rule.
    Withheld(String),
    /// For this reason.
    NotKept(String),
}

/// What else a host wrote down: process accounting, audit records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The name of the attachment.
    pub name: String,
    pub text: String,
}

/// The name of a file as the kernel has it: any bytes but NUL. In JSON it is text; bytes that are none stand as `\xNN`, and
/// a backslash before `x` is doubled, so that it reads back as it was.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FilePath(pub Vec<u8>);

impl FilePath {
    pub fn new(bytes: &[u8]) -> FilePath {
        FilePath(bytes.to_vec())
    }

    /// As people read it on one line: control characters and foreign bytes stand as `\xNN`.
    pub fn shown(&self) -> String {
        self.escaped(|c| c.is_control())
    }

    fn escaped(&self, also: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        for chunk in self.0.utf8_chunks() {
            let mut signs = chunk.valid().chars().peekable();
            while let Some(sign) = signs.next() {
                match sign {
                    '\\' if signs.peek() == Some(&'x') || signs.peek() == Some(&'\\') => {
                        text.push_str("\\\\")
                    }
                    sign if also(sign) => {
                        for byte in sign.encode_utf8(&mut [0; 4]).bytes() {
                            text.push_str(&format!("\\x{byte:02x}"));
                        }
                    }
                    sign => text.push(sign),
                }
            }
            for byte in chunk.invalid() {
                text.push_str(&format!("\\x{byte:02x}"));
            }
        }
        text
    }
}

impl fmt::Debug for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.shown())
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

impl From<&str> for FilePath {
    fn from(text: &str) -> FilePath {
        FilePath::new(text.as_bytes())
    }
}

impl From<String> for FilePath {
    /// Reads the escapes of JSON back.
    fn from(text: String) -> FilePath {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let Some((first, behind)) = rest.split_first() {
            let digits =
                behind.strip_prefix(b"x").and_then(|d| d.get(..2)).and_then(|d| std::str::from_utf8(d).ok());
            match digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
                Some(byte) if *first == b'\\' => {
                    bytes.push(byte);
                    rest = behind.get(3..).unwrap_or_default();
                }
                _ => {
                    bytes.push(*first);
                    let doubled = *first == b'\\' && behind.first() == Some(&b'\\');
                    rest = behind.get(usize::from(doubled)..).unwrap_or_default();
                }
            }
        }
        FilePath(bytes)
    }
}

impl Serialize for FilePath {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.escaped(|_| false))
    }
}

impl<'de> Deserialize<'de> for FilePath {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<FilePath, D::Error> {
        String::deserialize(from).map(FilePath::from)
    }
}

/// Who worked, as the robot knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    pub address: Address,
    pub name: String,
}

/// A session as it is filed: its number within this installation, and its ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    pub number: u64,
    pub ticket: Number,
    pub worker: Worker,
    pub session: Session,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_of_a_file_reads_back_from_json() {
        for name in [
            &b"/etc/fstab"[..],
            b"/a b",
            b"/a\nb",
            b"/\xff\xfe",
            b"/a\\xff",
            b"/a\\\\xff",
            b"/\\",
            b"/a\\\\",
            "/ä".as_bytes(),
            b"\\x4",
        ] {
            let path = FilePath::new(name);
            let json = serde_json::to_string(&path).unwrap();
            assert_eq!(serde_json::from_str::<FilePath>(&json).unwrap(), path, "{json}");
            assert!(!path.shown().contains('\n'));
        }
        assert_eq!(serde_json::to_string(&FilePath::new(b"/a\xff")).unwrap(), r#""/a\\xff""#);
    }
}
