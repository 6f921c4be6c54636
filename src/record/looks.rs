//! Looks that are taken once. In: paths; out: what is there now, and further names of a file in its directory. At the end of
//! a session the same path is asked about by several, and thousands lie in one directory.

use super::look::{self, State};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirEntryExt;
use std::rc::Rc;

/// What is at paths now.
#[derive(Default)]
pub struct Looks {
    known: RefCell<HashMap<Vec<u8>, Option<Rc<State>>>>,
    closed: RefCell<BTreeSet<Vec<u8>>>,
}

impl Looks {
    /// `None`: there is nothing, or it cannot be told.
    pub fn at(&self, path: &[u8]) -> Option<Rc<State>> {
        if let Some(known) = self.known.borrow().get(path) {
            return known.clone();
        }
        let seen = look::at(path).unwrap_or_else(|_| {
            self.closed.borrow_mut().insert(path.to_vec());
            None
        });
        let seen = seen.map(Rc::new);
        self.known.borrow_mut().insert(path.to_vec(), seen.clone());
        seen
    }

    /// Whether what is at a path that was looked at cannot be told, such as below a directory that is closed to us.
    pub fn is_closed(&self, path: &[u8]) -> bool {
        self.closed.borrow().contains(path)
    }
}

/// The names in directories by their files' numbers.
#[derive(Default)]
pub struct Names {
    known: HashMap<Vec<u8>, HashMap<u64, Vec<Vec<u8>>>>,
}

impl Names {
    /// All names of a file in the directory of that one.
    pub fn of(&mut self, path: &[u8], ino: u64) -> Vec<Vec<u8>> {
        let dir =
            path.iter().rposition(|b| *b == b'/').and_then(|slash| path.get(..slash)).unwrap_or_default();
        let names = self.known.entry(dir.to_vec()).or_insert_with(|| read(dir));
        names.get(&ino).cloned().unwrap_or_default()
    }
}

fn read(dir: &[u8]) -> HashMap<u64, Vec<Vec<u8>>> {
    let mut names: HashMap<u64, Vec<Vec<u8>>> = HashMap::new();
    let whole = if dir.is_empty() { b"/" } else { dir };
    for entry in std::fs::read_dir(OsStr::from_bytes(whole)).into_iter().flatten().flatten() {
        let name = [dir, b"/", entry.file_name().as_bytes()].concat();
        names.entry(entry.ino()).or_default().push(name);
    }
    names
}
