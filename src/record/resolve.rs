//! One name for each path. In: a path as a program named it, which may lead through symbolic links; out: the path that
//! leads through none, as it was at that record. What a link was before the session changed it is known from its record;
//! what it was since, the witnesses knew, who follow links themselves; otherwise it is what it is now. The last component
//! is never followed.

use super::journal::Entry;
use rustix::fs::FileType;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use trackle_wire::Kind;

/// How many links one path may lead through (the kernel's own limit).
const LINKS: usize = 40;

/// Answers for the records of one session.
pub struct Resolver {
    /// What the session changed: up to which record they were what they were.
    changed: HashMap<Vec<u8>, Was>,
    /// Where links lead now; `None`: it is no link.
    now: HashMap<Vec<u8>, Option<Vec<u8>>>,
    /// Directories that no changed link is in the way to.
    known: HashMap<Vec<u8>, Vec<u8>>,
}

struct Was {
    until: usize,
    target: Option<Vec<u8>>,
}

impl Resolver {
    pub fn new(entries: &[Entry]) -> Resolver {
        let mut changed = HashMap::new();
        for (at, entry) in entries.iter().enumerate().filter(|(_, e)| e.kind == Kind::Before) {
            // nothing lies below a file, so that what somebody wanted to do there was not done elsewhere either
            let is_link = FileType::from_raw_mode(entry.mode) == FileType::Symlink;
            let target = is_link.then(|| entry.second.clone());
            changed.entry(entry.path.clone()).or_insert(Was { until: at, target });
        }
        Resolver { changed, now: HashMap::new(), known: HashMap::new() }
    }

    /// The path without links, as it was when record number `index` was written.
    pub fn path(&mut self, path: &[u8], index: usize) -> Vec<u8> {
        let Some(slash) = path.iter().rposition(|b| *b == b'/') else { return path.to_vec() };
        let (dir, name) = path.split_at(slash);
        let mut whole = self.directory(dir, index);
        whole.extend_from_slice(name);
        whole
    }

    fn directory(&mut self, dir: &[u8], index: usize) -> Vec<u8> {
        if let Some(known) = self.known.get(dir) {
            return known.clone();
        }
        match self.walk(dir, index) {
            Some((whole, true)) => {
                self.known.insert(dir.to_vec(), whole.clone());
                whole
            }
            Some((whole, false)) => whole,
            None => dir.to_vec(),
        }
    }

    /// The directory, and whether it is the same for all records; `None`: it leads through too many links.
    fn walk(&mut self, dir: &[u8], index: usize) -> Option<(Vec<u8>, bool)> {
        let mut rest: Vec<Vec<u8>> = parts(dir).rev().map(<[u8]>::to_vec).collect();
        let (mut whole, mut links, mut always) = (Vec::new(), 0, true);
        while let Some(part) = rest.pop() {
            if part == b".." {
                let parent = whole.iter().rposition(|b| *b == b'/').unwrap_or(0);
                whole.truncate(parent);
                continue;
            }
            let before = whole.len();
            whole.push(b'/');
            whole.extend_from_slice(&part);
            always &= self.changed.get(&whole).is_none_or(|was| was.target.is_none());
            let Some(target) = self.target(&whole, index) else { continue };
            links += 1;
            if links > LINKS {
                return None;
            }
            whole.truncate(if target.starts_with(b"/") { 0 } else { before });
            rest.extend(parts(&target).rev().map(<[u8]>::to_vec));
        }
        Some((whole, always))
    }

    /// Where the link at that path led; `None`: it was none.
    fn target(&mut self, path: &[u8], index: usize) -> Option<Vec<u8>> {
        match self.changed.get(path) {
            Some(was) if index <= was.until => was.target.clone(),
            Some(_) => None,
            None => self.now(path),
        }
    }

    fn now(&mut self, path: &[u8]) -> Option<Vec<u8>> {
        let read = |path: &[u8]| {
            std::fs::read_link(OsStr::from_bytes(path)).ok().map(|t| t.into_os_string().into_vec())
        };
        self.now.entry(path.to_vec()).or_insert_with(|| read(path)).clone()
    }
}

fn parts(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|b| *b == b'/').filter(|part| !part.is_empty() && *part != b".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::journal::sample;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_on_the_way_are_followed_as_they_were() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let path = |name: &str| root.join(name).into_os_string().into_vec();
        for name in ["one", "two", "real"] {
            std::fs::create_dir(root.join(name)).unwrap();
        }
        symlink("two", root.join("current")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        symlink("real", root.join("was-directory")).unwrap();
        symlink("real", root.join("was-file")).unwrap();
        symlink("real", root.join("was-nothing")).unwrap();
        let link = Entry { mode: 0o120_777, path: path("current"), second: b"one".to_vec(), ..sample() };
        let directory = Entry { mode: 0o040_755, path: path("was-directory"), ..sample() };
        let file = Entry { mode: 0o100_644, path: path("was-file"), ..sample() };
        let nothing = Entry { mode: 0, path: path("was-nothing"), ..sample() };
        let mut resolver = Resolver::new(&[sample(), link, directory, file, nothing]);
        let mut is = |index, name: &str, whole: &str| {
            assert_eq!(resolver.path(&path(name), index), path(whole), "{name} at {index}");
        };
        is(0, "current/f", "one/f");
        is(2, "current/f", "current/f");
        is(1, "was-directory/f", "was-directory/f");
        is(9, "was-directory/f", "was-directory/f");
        is(3, "was-file/f", "was-file/f");
        is(9, "was-nothing/f", "was-nothing/f");
        is(0, "real/../current", "current");
        is(0, "loop/f", "loop/f");
        is(0, "nowhere/./f", "nowhere/f");
    }
}
