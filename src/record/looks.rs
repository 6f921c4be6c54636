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
    /// Whether directories lie below no link.
    straight: RefCell<HashMap<Vec<u8>, bool>>,
}

impl Looks {
    /// `None`: there is nothing, or it cannot be told. What a link leads to is not at a path that leads through it.
    pub fn at(&self, path: &[u8]) -> Option<Rc<State>> {
        if let Some(known) = self.known.borrow().get(path) {
            return known.clone();
        }
        let seen = if self.is_straight(dir(path)) { look::at(path) } else { Ok(None) };
        let seen = seen.unwrap_or_else(|_| {
            self.closed.borrow_mut().insert(path.to_vec());
            None
        });
        let seen = seen.map(Rc::new);
        self.known.borrow_mut().insert(path.to_vec(), seen.clone());
        seen
    }

    fn is_straight(&self, path: &[u8]) -> bool {
        if path.is_empty() {
            return true;
        }
        if let Some(known) = self.straight.borrow().get(path) {
            return *known;
        }
        let is_link =
            std::fs::symlink_metadata(OsStr::from_bytes(path)).is_ok_and(|found| found.is_symlink());
        let straight = !is_link && self.is_straight(dir(path));
        self.straight.borrow_mut().insert(path.to_vec(), straight);
        straight
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
        let dir = dir(path);
        let names = self.known.entry(dir.to_vec()).or_insert_with(|| read(dir));
        names.get(&ino).cloned().unwrap_or_default()
    }
}

/// What a name is in; the root directory is empty.
fn dir(path: &[u8]) -> &[u8] {
    path.iter().rposition(|b| *b == b'/').and_then(|slash| path.get(..slash)).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt;

    #[test]
    fn behind_a_link_there_is_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("real")).unwrap();
        std::fs::write(root.join("real/f"), "x").unwrap();
        std::os::unix::fs::symlink("real", root.join("link")).unwrap();
        let looks = Looks::default();
        let is = |name: &str| looks.at(&root.join(name).into_os_string().into_vec()).is_some();
        assert!(is("real/f") && is("link") && !is("link/f") && !is("real/none"));
    }
}
