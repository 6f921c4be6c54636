//! What events tell of files. In: events in order; out: who did what to which file. Names are made absolute; a file that is
//! known by its inode only gets the name it had before in the log; a rename and a hard link tell both names.

use super::{Event, Named};
use crate::model::session::FilePath;
use std::collections::HashMap;

/// Something was done to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// Milliseconds since 1970.
    pub at: i64,
    pub pid: Option<u32>,
    pub parent: Option<u32>,
    pub login: Option<u32>,
    pub uid: Option<u32>,
    pub program: FilePath,
    pub what: What,
    pub path: FilePath,
    /// The new name of a rename, the other name of a link.
    pub other: Option<FilePath>,
    /// It was tried and not done; the path may be that of the directory.
    pub failed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Created,
    /// Opened so that it can be written; whether it was, no record tells.
    Opened,
    Removed,
    Renamed,
    Linked,
    Mode,
    Owner,
    Attributes,
    Cut,
    MadeDirectory,
    Executed,
    Else,
}

impl What {
    pub fn word(self) -> &'static str {
        match self {
            What::Created => "created",
            What::Opened => "opened for writing",
            What::Removed => "removed",
            What::Renamed => "renamed",
            What::Linked => "linked",
            What::Mode => "mode of",
            What::Owner => "owner of",
            What::Attributes => "attributes of",
            What::Cut => "length of",
            What::MadeDirectory => "made directory",
            What::Executed => "executed",
            What::Else => "touched",
        }
    }
}

/// What the events tell of files, in their order.
pub fn touched(events: &[Event]) -> Vec<Touched> {
    let mut names: HashMap<(String, u64), FilePath> = HashMap::new();
    let mut all = Vec::new();
    for event in events.iter().filter(|event| !event.paths.is_empty()) {
        let found = |of: &Named, names: &HashMap<(String, u64), FilePath>| {
            let told = of.name.as_ref().map(|name| absolute(&event.directory, name));
            told.or_else(|| names.get(of.inode.as_ref()?).cloned())
        };
        let targets: Vec<&Named> =
            event.paths.iter().filter(|path| !matches!(path.role.as_str(), "PARENT" | "UNKNOWN")).collect();
        let of_role = |role: &str| targets.iter().rev().find(|path| path.role == role).copied();
        let what = what(&event.call, of_role("CREATE").is_some());
        let (path, other) = match what {
            What::Renamed => (of_role("DELETE"), of_role("CREATE")),
            What::Linked if of_role("NORMAL").is_some() => (of_role("CREATE"), of_role("NORMAL")),
            _ => (targets.first().copied().or_else(|| event.paths.first()), None),
        };
        // `DELETE` tells the source first; of a rename over a file there are two
        let path = if what == What::Renamed {
            targets.iter().find(|p| p.role == "DELETE").copied().or(path)
        } else {
            path
        };
        let Some(path) = path.and_then(|path| found(path, &names)) else { continue };
        let other = other.and_then(|other| found(other, &names));
        for named in &targets {
            let Some(inode) = named.inode.clone() else { continue };
            match (named.role.as_str(), found(named, &names)) {
                ("DELETE", _) => {
                    names.remove(&inode);
                }
                (_, Some(name)) => {
                    names.insert(inode, name);
                }
                _ => {}
            }
        }
        let Event { at, pid, parent, login, uid, program, failed, .. } = event.clone();
        all.push(Touched { at, pid, parent, login, uid, program, what, path, other, failed });
    }
    all
}

fn what(call: &str, creates: bool) -> What {
    match call {
        "open" | "openat" | "openat2" | "creat" if creates => What::Created,
        "open" | "openat" | "openat2" | "creat" => What::Opened,
        "unlink" | "unlinkat" | "rmdir" => What::Removed,
        "rename" | "renameat" | "renameat2" => What::Renamed,
        "link" | "linkat" => What::Linked,
        "symlink" | "symlinkat" | "mknod" | "mknodat" => What::Created,
        "chmod" | "fchmod" | "fchmodat" | "fchmodat2" => What::Mode,
        "chown" | "lchown" | "fchown" | "fchownat" => What::Owner,
        "setxattr" | "lsetxattr" | "fsetxattr" | "removexattr" | "lremovexattr" | "fremovexattr" => {
            What::Attributes
        }
        "truncate" | "ftruncate" => What::Cut,
        "mkdir" | "mkdirat" => What::MadeDirectory,
        "execve" | "execveat" => What::Executed,
        _ => What::Else,
    }
}

/// A name below the directory it was given in, without `.` and `..`.
fn absolute(directory: &FilePath, name: &FilePath) -> FilePath {
    let whole =
        if name.0.starts_with(b"/") { name.0.clone() } else { [&directory.0[..], b"/", &name.0].concat() };
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in whole.split(|b| *b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    FilePath([b"/", parts.join(&b'/').as_slice()].concat())
}
