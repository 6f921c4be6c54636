//! Change sets from journals written by hand, over files that are really there.

use super::*;
use crate::model::session::{Action, Content, FilePath};
use crate::record::place::{Manner, Start, tests::start};
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use trackle_wire::record::{NOT_PACKED, Record, flag};
use trackle_wire::{Kind, file};

/// A session that is recorded by hand.
struct Hand {
    dir: TempDir,
    place: Place,
    number: u64,
}

impl Hand {
    /// One that all its files are older than.
    fn new() -> Hand {
        Hand::begun_at(jiff::Timestamp::MAX)
    }

    fn begun_at(started: jiff::Timestamp) -> Hand {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        fs::create_dir(root.join("out")).unwrap();
        fs::create_dir(root.join("tree")).unwrap();
        let place = Place::make(&root.join("out/session"), &Start { started, ..start() }, &Manner::default())
            .unwrap();
        Hand { dir, place, number: 0 }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join("tree").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn record(&mut self, kind: Kind, name: &str, fill: impl FnOnce(&mut Record<'_>)) {
        let path = self.path(name).into_os_string().into_encoded_bytes();
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
        self.number += 1;
        let mut record = Record {
            kind: kind as u16,
            number: self.number,
            time: now,
            pid: 7,
            pack: NOT_PACKED,
            path: &path,
            ..Record::default()
        };
        fill(&mut record);
        let mut room = vec![0; 100_000];
        let bytes = trackle_wire::put(&record, &mut room).unwrap();
        let journal = self.place.dir().join(self.place.owners()[0].to_string()).join(file::JOURNAL);
        fs::OpenOptions::new().append(true).open(journal).unwrap().write_all(bytes).unwrap();
    }

    /// What is at the path now, as a program records it before it changes it.
    fn before(&mut self, name: &str, flags: u16) {
        let Ok(found) = fs::symlink_metadata(self.path(name)) else {
            return self.record(Kind::Before, name, |_| {});
        };
        let content =
            if found.is_file() && flags == 0 { fs::read(self.path(name)).unwrap() } else { Vec::new() };
        let content: &'static [u8] = content.leak();
        self.record(Kind::Before, name, |r| {
            (r.flags, r.mode, r.uid, r.gid) = (flags, found.mode(), found.uid(), found.gid());
            (r.dev, r.ino, r.size, r.links) = (found.dev(), found.ino(), found.size(), found.nlink() as u32);
            r.mtime = found.mtime() as u64 * 1_000_000_000 + found.mtime_nsec() as u64;
            r.content = content;
        });
    }

    fn rename(&mut self, from: &str, to: &str) {
        self.before(from, flag::METADATA);
        self.before(to, 0);
        let second = self.path(to).into_os_string().into_encoded_bytes().leak();
        self.record(Kind::Moved, from, |r| r.second = second);
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    fn end(self) -> (Changed, Place, TempDir) {
        let place = self.place.close().unwrap();
        (of(&place).unwrap(), place, self.dir)
    }
}

fn told(changed: &Changed) -> Vec<(String, Action)> {
    let name = |path: &FilePath| {
        Path::new(OsStr::from_bytes(&path.0)).file_name().unwrap().to_str().unwrap().to_owned()
    };
    changed.changes.iter().map(|c| (name(&c.path), c.action)).collect()
}

#[test]
fn the_end_is_what_it_was_and_not_what_is_today() {
    let mut hand = Hand::new();
    hand.write("f", "one\n");
    hand.before("f", 0);
    hand.write("f", "two\n");
    hand.before("new", 0);
    hand.write("new", "text\n");
    hand.record(Kind::Started, "sh", |r| r.second = b"sh\0-c\0x\0");
    let path = hand.path("f");
    let (first, place, _dir) = hand.end();
    fs::write(&path, "three\n").unwrap();
    let again = of(&place).unwrap();
    assert_eq!(told(&again), [("f".into(), Action::Modified), ("new".into(), Action::Created)]);
    assert_eq!(first.changes, again.changes);
    let (f, new) = (&again.changes[0].path, &again.changes[1].path);
    assert_eq!(again.contents.before(f).unwrap().unwrap(), b"one\n");
    assert_eq!(again.contents.after(f).unwrap().unwrap(), b"two\n");
    assert_eq!(again.contents.before(new).unwrap(), None);
    assert_eq!(again.contents.after(new).unwrap().unwrap(), b"text\n");
    assert_eq!(again.ran[0].arguments, ["sh", "-c", "x"]);
}

/// The program of each change, in the order of the paths.
fn programs(hand: Hand) -> Vec<Option<String>> {
    let (changed, ..) = hand.end();
    changed.changes.iter().map(|c| c.program.as_ref().map(FilePath::shown)).collect()
}

#[test]
fn a_copy_of_the_only_program_is_that_program() {
    let mut hand = Hand::new();
    hand.record(Kind::Before, "a", |r| r.pid = 8);
    hand.write("a", "");
    hand.record(Kind::Started, "", |r| (r.pid, r.path, r.extra) = (9, b"./tool", b"/opt"));
    for (name, pid) in [("b", 8), ("c", 9)] {
        hand.record(Kind::Before, name, |r| r.pid = pid);
        hand.write(name, "");
    }
    // of two, it could be either
    assert_eq!(programs(hand), [Some("/bin/sh".to_owned()), None, Some("/opt/tool".to_owned())]);
}

#[test]
fn what_is_as_it_was_drops_out() {
    let mut hand = Hand::new();
    for name in ["restored", "touched", "mode"] {
        hand.write(name, "same\n");
        hand.before(name, 0);
    }
    hand.write("restored", "other\n");
    hand.write("restored", "same\n");
    fs::set_permissions(hand.path("mode"), fs::Permissions::from_mode(0o600)).unwrap();
    hand.before("passing", 0);
    hand.before("directory", 0);
    fs::create_dir(hand.path("directory")).unwrap();
    let (changed, ..) = hand.end();
    assert_eq!(told(&changed), [("directory".into(), Action::Created), ("mode".into(), Action::Modified)]);
    assert_eq!(changed.passing, 1);
    let mode = &changed.changes[1];
    assert_eq!(mode.before.as_ref().unwrap().content, mode.after.as_ref().unwrap().content);
}

#[test]
fn a_file_written_aside_is_one_change_and_a_directory_moved_is_all_below_it() {
    let mut hand = Hand::new();
    hand.write("f", "one\n");
    hand.before("f.new", 0);
    hand.write("f.new", "two\n");
    hand.rename("f.new", "f");
    fs::create_dir(hand.path("d")).unwrap();
    hand.write("d/a", "a\n");
    hand.write("d/b", "b\n");
    hand.rename("d", "e");
    hand.before("e/b", 0);
    hand.write("e/b", "changed\n");
    let (changed, _place, _dir) = hand.end();
    let expected =
        [("e", Action::Renamed), ("a", Action::Renamed), ("b", Action::Renamed), ("f", Action::Modified)];
    assert_eq!(told(&changed), expected.map(|(name, action)| (name.to_owned(), action)));
    let (b, f) = (&changed.changes[2], &changed.changes[3]);
    assert!(f.replaced && f.from.is_none() && !b.replaced);
    assert_eq!(changed.contents.before(&b.path).unwrap().unwrap(), b"b\n");
}

#[test]
fn what_was_moved_away_tells_what_the_file_held() {
    let mut hand = Hand::new();
    hand.write("log", "old\n");
    hand.rename("log", "log.1");
    hand.write("log", "new\n");
    // a rename that failed names a path of which nothing is known
    hand.write("there", "x\n");
    let second: &'static [u8] = hand.path("there").into_os_string().into_encoded_bytes().leak();
    hand.before("log", flag::METADATA);
    hand.record(Kind::Moved, "log", |r| r.second = second);
    let (changed, _place, _dir) = hand.end();
    assert_eq!(told(&changed), [("log".into(), Action::Modified), ("log.1".into(), Action::Created)]);
    let [log, old] = &changed.changes[..] else { panic!() };
    assert_eq!(changed.contents.before(&log.path).unwrap().unwrap(), b"old\n");
    assert_eq!(old.backup_of.as_ref(), Some(&log.path));
}

#[test]
fn what_is_withheld_is_not_even_hashed() {
    let mut hand = Hand::new();
    hand.write("id_ed25519", "old secret\n");
    hand.before("id_ed25519", flag::WITHHELD);
    hand.write("id_ed25519", "the new one\n");
    hand.before("my.key", 0);
    hand.write("my.key", "secret\n");
    let (changed, place, _dir) = hand.end();
    assert_eq!(changed.changes.len(), 2);
    for change in &changed.changes {
        for thing in [&change.before, &change.after].into_iter().flatten() {
            assert!(matches!(thing.content, Content::Withheld(_)), "{change:?}");
        }
        assert_eq!(changed.contents.after(&change.path).unwrap(), None);
    }
    assert_eq!(fs::read(place.dir().join("after")).unwrap(), b"");
}

#[test]
fn what_no_witness_saw_is_said() {
    let mut hand = Hand::new();
    // its mode was to change, and something else wrote to it
    hand.write("grown", "one\n");
    hand.before("grown", flag::METADATA);
    hand.write("grown", "one and more\n");
    // its original found no room
    hand.write("big", "one\n");
    hand.before("big", flag::NOT_KEPT);
    hand.write("big", "another\n");
    hand.record(Kind::Lost, "x", |r| r.second = b"why");
    hand.record(Kind::Started, "ldconfig", |r| r.flags = flag::UNSEEN | flag::STATIC);
    let (changed, ..) = hand.end();
    let [big, grown] = &changed.changes[..] else { panic!("{:?}", changed.changes) };
    assert!(grown.others && !big.others);
    for change in [big, grown] {
        assert!(matches!(change.before.as_ref().unwrap().content, Content::NotKept(_)));
    }
    let seen = &changed.witnesses;
    assert_eq!((seen.lost, seen.not_kept, seen.unseen[0].why.as_str()), (1, 2, "static"));
}

#[test]
fn further_names_of_a_file_and_links_on_the_way() {
    let mut hand = Hand::new();
    fs::create_dir(hand.path("real")).unwrap();
    symlink("real", hand.path("link")).unwrap();
    hand.write("real/f", "one\n");
    fs::hard_link(hand.path("real/f"), hand.path("real/g")).unwrap();
    hand.before("link/f", 0);
    hand.before("real/f", 0);
    hand.write("real/f", "two, longer\n");
    let (changed, ..) = hand.end();
    assert_eq!(told(&changed), [("f".into(), Action::Modified), ("g".into(), Action::Modified)]);
    assert!(changed.changes.iter().all(|c| !c.path.shown().contains("link")));
}

#[test]
fn what_was_made_unseen_within_the_session_was_not_there_before() {
    let mut hand = Hand::begun_at(jiff::Timestamp::UNIX_EPOCH);
    hand.write("made", "one\n");
    hand.write("aside", "x\n");
    // longer than the kernel's clock of files stands still
    std::thread::sleep(std::time::Duration::from_millis(50));
    hand.before("made", 0);
    hand.write("made", "two\n");
    hand.rename("aside", "to");
    let (changed, ..) = hand.end();
    assert_eq!(told(&changed), [("made".into(), Action::Created), ("to".into(), Action::Created)]);
}
