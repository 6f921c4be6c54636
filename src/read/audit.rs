//! Audit records as auditd writes them (auditd.conf(5) `log_format` RAW or ENRICHED; the Linux Audit documentation's record
//! syntax): in come lines, out come events, and what they tell of files: which program did what to which file, in whose name.
//! Records of one event may stand apart, among those of others, in any order. Only strings are decoded from hexadecimal,
//! since a bare number looks the same. What a log cannot tell (a failed creation names the directory only; a write is seen
//! as the opening before it) is not made up here.

mod files;
mod grammar;

pub use files::{Touched, What, touched};

use crate::model::session::FilePath;
use grammar::{Fields, head};
use std::collections::HashMap;

/// Events of one log.
const EVENTS: usize = 200_000;
/// The longest line.
const LINE: usize = 64 * 1024;
/// Files of one event.
const PATHS: usize = 64;
/// Arguments of one program, in bytes.
const ARGUMENTS: usize = 64 * 1024;
/// A user that nobody set.
const UNSET: u32 = u32::MAX;

/// What the records of one moment tell together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// Milliseconds since 1970, and the number that tells events of one moment apart.
    pub at: i64,
    pub serial: u64,
    pub pid: Option<u32>,
    pub parent: Option<u32>,
    /// Who logged in, whoever he became since; and who he is now.
    pub login: Option<u32>,
    pub uid: Option<u32>,
    /// The login session.
    pub session: Option<u32>,
    pub program: FilePath,
    /// The name of the system call, or its number.
    pub call: String,
    pub failed: bool,
    pub directory: FilePath,
    pub paths: Vec<Named>,
    /// Of a program that was started, or of a command run by sudo.
    pub arguments: Vec<String>,
    /// Records that tell of the log itself: rules that came and went, the daemon's start and end.
    pub about: Option<String>,
}

/// A file of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    pub name: Option<FilePath>,
    /// `PARENT`, `NORMAL`, `CREATE`, `DELETE`, `UNKNOWN`.
    pub role: String,
    /// Device and inode: the same file under another name, or under none.
    pub inode: Option<(String, u64)>,
}

/// What a log tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// In order of time.
    pub events: Vec<Event>,
    /// Lines that are no records, are too long, or came after too many events.
    pub unread: usize,
}

/// Reads those records whose time, in seconds since 1970, is within the span.
pub fn log(text: &[u8], from: i64, to: i64) -> Log {
    let mut log = Log::default();
    let mut places: HashMap<(Vec<u8>, i64, u64), usize> = HashMap::new();
    for line in text.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        let Some(head) = head(line).filter(|_| line.len() <= LINE) else {
            log.unread += 1;
            continue;
        };
        if !(from..=to).contains(&head.at.div_euclid(1000)) {
            continue;
        }
        let key = (head.node.to_vec(), head.at, head.serial);
        let place = match places.get(&key) {
            Some(place) => *place,
            None if log.events.len() < EVENTS => {
                log.events.push(Event { at: head.at, serial: head.serial, ..Event::default() });
                places.insert(key, log.events.len() - 1);
                log.events.len() - 1
            }
            None => {
                log.unread += 1;
                continue;
            }
        };
        if let Some(event) = log.events.get_mut(place) {
            event.add(head.kind, &Fields::of(head.fields));
        }
    }
    log.events.sort_by_key(|event| (event.at, event.serial));
    log
}

impl Event {
    /// Takes in one record.
    fn add(&mut self, kind: &[u8], fields: &Fields<'_>) {
        match kind {
            b"SYSCALL" => self.call(fields),
            b"CWD" => self.directory = fields.path(b"cwd").unwrap_or_default(),
            b"PATH" if self.paths.len() < PATHS => {
                let role = fields.word(b"nametype").or_else(|| fields.word(b"objtype")).unwrap_or_default();
                let inode = fields.number(b"inode").zip(fields.word(b"dev")).map(|(inode, dev)| (dev, inode));
                self.paths.push(Named { name: fields.path(b"name"), role, inode });
            }
            b"EXECVE" => {
                let held: usize = self.arguments.iter().map(String::len).sum();
                let room = ARGUMENTS.saturating_sub(held);
                self.arguments.extend(fields.arguments(room));
            }
            b"USER_CMD" => {
                self.who(fields);
                self.program = fields.path(b"exe").unwrap_or_default();
                self.directory = fields.path(b"cwd").unwrap_or_default();
                self.call = "command".to_owned();
                self.arguments.extend(fields.text(b"cmd"));
            }
            b"CONFIG_CHANGE" | b"DAEMON_START" | b"DAEMON_END" | b"DAEMON_ABORT" | b"DAEMON_ROTATE" => {
                self.who(fields);
                let what = fields.word(b"op").unwrap_or_default();
                let key = fields.text(b"key").map(|key| format!(" {key}")).unwrap_or_default();
                self.about = Some(format!("{} {what}{key}", String::from_utf8_lossy(kind).to_lowercase()));
            }
            b"LOGIN" => {
                self.who(fields);
                self.session = fields.number(b"ses").and_then(|n| u32::try_from(n).ok());
            }
            _ => {}
        }
    }

    fn call(&mut self, fields: &Fields<'_>) {
        self.who(fields);
        self.parent = fields.small(b"ppid");
        self.program = fields.path(b"exe").or_else(|| fields.path(b"comm")).unwrap_or_default();
        self.failed = fields.word(b"success").is_some_and(|success| success == "no");
        self.session = fields.small(b"ses").filter(|session| *session != UNSET);
        let number = fields.number(b"syscall");
        let named = fields.word(b"SYSCALL");
        let arch = fields.word(b"arch").unwrap_or_default();
        let known = || number.and_then(|number| grammar::call(&arch, number)).map(str::to_owned);
        self.call = named.or_else(known).or_else(|| number.map(|n| n.to_string())).unwrap_or_default();
    }

    fn who(&mut self, fields: &Fields<'_>) {
        self.pid = fields.small(b"pid");
        self.uid = fields.small(b"uid");
        self.login = fields.small(b"auid").filter(|login| *login != UNSET);
    }
}

#[cfg(test)]
mod tests;
