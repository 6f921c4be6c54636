//! Finding the sessions that are on disk: in come the directories where they may lie, out go those that are there, each with
//! whether its recorder lives, and which of its processes. Changes nothing but for [`sweep`].

use super::place::{Place, Start};
use crate::machine;
use crate::model::lock::Process;
use std::path::{Path, PathBuf};

/// Ends of the names of directories whose session is over.
const CLOSED: &str = ".closed";

/// A session on disk, and whether somebody still looks after it.
#[derive(Debug)]
pub struct Left {
    pub place: Place,
    pub start: Start,
    /// Its recorder lives.
    pub recorded: bool,
    /// Processes of it that live, by their number: without a recorder they still write down what they change.
    pub living: Vec<u32>,
}

impl Left {
    /// Whether recording has ended in it, so that it only waits to be filed.
    pub fn is_closed(&self) -> bool {
        is_closed(self.place.dir())
    }
}

/// The sessions below these directories, the oldest first. What is no session's is passed over.
pub fn all(roots: &[PathBuf]) -> Vec<Left> {
    let entries = roots.iter().filter_map(|root| root.read_dir().ok()).flatten().flatten();
    let mut found: Vec<Left> = entries.filter_map(|entry| left(&entry.path())).collect();
    found.sort_by_key(|left| left.start.started);
    found
}

/// Takes away what stayed of sessions that are filed, since it was written by programs of others than their owners. Only
/// root can; gives how many there were.
pub fn sweep(root: &Path) -> u64 {
    let entries = root.read_dir().into_iter().flatten().flatten();
    let cleared = entries.map(|entry| entry.path()).filter(|dir| Place::is_cleared(dir));
    cleared.filter(|dir| std::fs::remove_dir_all(dir).is_ok()).count() as u64
}

fn left(dir: &Path) -> Option<Left> {
    let place = Place::open(dir).ok()?;
    let start = place.start().ok()?;
    let recorder = start.recorder.clone().map(|(pid, started)| Process { pid, started });
    let recorded = recorder.is_some_and(|process| machine::is_alive(&process));
    let living =
        if is_closed(dir) { Vec::new() } else { machine::with_variable(trackle_wire::SESSION, &start.id) };
    Some(Left { place, start, recorded, living })
}

fn is_closed(dir: &Path) -> bool {
    dir.to_string_lossy().ends_with(CLOSED)
}
