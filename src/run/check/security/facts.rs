//! What was seen of this machine. Plain data: made by `look`, weighed by `weigh`.

use crate::model::host::Standing;
use crate::record::install::Found as Library;
use jiff::Timestamp;
use std::path::PathBuf;

/// Everything that was looked at and does not stand in the configuration.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Who serves: the state directory's owner, or whoever asks where there is none yet.
    pub robot: u32,
    pub files: Vec<File>,
    pub daemon: Daemon,
    pub keys: Keys,
    /// `None`: the database cannot be read from here. Empty before there is one.
    pub hosts: Option<Vec<Standing>>,
    /// The library for privileged programs; `None` where the loader's directories are not there.
    pub recorder: Option<Recorder>,
    pub backups: Backups,
}

/// What a file is for, which says what it means that others get at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Whoever reads it knows what he should not.
    Secret,
    /// Whoever writes it decides what the robot does; anybody may read it.
    Trusted,
}

/// A file or directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub item: &'static str,
    pub path: PathBuf,
    pub role: Role,
    pub found: Found,
}

/// What was found in a file's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Missing,
    /// Why it cannot be looked at.
    Unseen(String),
    There {
        uid: u32,
        /// Permission bits, less those that the directories above take away again.
        mode: u32,
        /// A directory above in which others may put something else into its place.
        loose: Option<PathBuf>,
    },
}

/// The process that serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Daemon {
    Absent,
    Unseen,
    Running(Process),
}

/// What the kernel says of a process (proc(5)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process {
    pub pid: u32,
    pub uid: u32,
    pub no_new_privileges: bool,
    /// Any capability that is effective or permitted.
    pub capabilities: bool,
    /// Whether its system calls are filtered.
    pub filtered: bool,
    /// Whether it has file systems of its own; `None` when only root can tell.
    pub own_files: Option<bool>,
    /// The largest core file that its crash leaves, in bytes; `None`: of any size.
    pub core: Option<u64>,
}

/// The keys of the robot's seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    Missing,
    Unseen,
    There { count: usize, changed: Timestamp },
}

/// The library for privileged programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorder {
    pub library: PathBuf,
    pub found: Library,
    pub mode: u32,
}

/// Files with everything in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backups {
    /// Nobody said where they are.
    Unnamed,
    Unseen(String),
    There {
        directory: PathBuf,
        /// When the newest was made.
        newest: Option<Timestamp>,
        /// Those that others can read.
        readable: Vec<PathBuf>,
    },
}
