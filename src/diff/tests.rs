//! Diffs that people read, and that patch(1) applies.

use super::*;
use crate::model::session::{Action, Content, FilePath};
use proptest::prelude::*;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn file(mode: u32) -> Thing {
    Thing {
        kind: Type::File,
        mode,
        uid: 0,
        gid: 0,
        size: 0,
        mtime: 0,
        links: 1,
        target: None,
        attributes: Vec::new(),
        content: Content::None,
    }
}

fn link(target: &str) -> Thing {
    Thing { kind: Type::Symlink, mode: 0o777, target: Some(target.into()), ..file(0) }
}

fn change(path: &str, before: Option<Thing>, after: Option<Thing>) -> Change {
    Change {
        path: path.into(),
        action: Action::Modified,
        from: None,
        before,
        after,
        program: None,
        replaced: false,
        backup_of: None,
        others: false,
        shown: true,
        package: None,
        description: None,
    }
}

fn root(uid: u32, gid: u32) -> String {
    let name = |id: u32| if id == 0 { "root".to_owned() } else { id.to_string() };
    format!("{}:{}", name(uid), name(gid))
}

fn text(diff: &Diff) -> String {
    String::from_utf8_lossy(&diff.patch()).into_owned()
}

#[test]
fn a_change_reads_as_people_know_it() {
    let edited = change("/etc/fstab", Some(file(0o644)), Some(file(0o600)));
    let diff = of(&edited, Some(b"a\nb\nc\n"), Some(b"a\nB\nc"), &root);
    assert_eq!(
        text(&diff),
        "# /etc/fstab: permissions 0644 root:root -> 0600 root:root\n\
         diff --git a/etc/fstab b/etc/fstab\nold mode 100644\nnew mode 100600\n\
         --- a/etc/fstab\n+++ b/etc/fstab\n@@ -1,3 +1,3 @@\n a\n-b\n-c\n+B\n+c\n\\ No newline at end of file\n"
    );
    assert_eq!(diff.counts(), (2, 2));
}

/// A tree of files as a patch is to make it: a content, and permissions; `None` where there is nothing.
struct Tree(tempfile::TempDir);

impl Tree {
    fn new() -> Tree {
        Tree(tempfile::tempdir().unwrap())
    }

    fn at(&self, path: &FilePath) -> PathBuf {
        let below = path.0.strip_prefix(b"/").unwrap();
        self.0.path().join(Path::new(std::ffi::OsStr::from_bytes(below)))
    }

    fn put(&self, path: &FilePath, thing: &Thing, content: &[u8]) {
        let at = self.at(path);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        match &thing.target {
            Some(target) => symlink(std::ffi::OsStr::from_bytes(&target.0), at).unwrap(),
            None => {
                fs::write(&at, content).unwrap();
                fs::set_permissions(at, fs::Permissions::from_mode(thing.mode)).unwrap();
            }
        }
    }

    /// What is there: a link's target, or content and permissions.
    fn get(&self, path: &FilePath) -> Option<(Vec<u8>, u32)> {
        let at = self.at(path);
        let meta = fs::symlink_metadata(&at).ok()?;
        if meta.is_symlink() {
            return Some((fs::read_link(at).unwrap().as_os_str().as_bytes().to_vec(), 0o777));
        }
        Some((fs::read(at).unwrap(), meta.permissions().mode() & 0o777))
    }

    /// Lets patch(1) apply it; `None` where that is not installed.
    fn patch(&self, patch: &[u8]) -> Option<bool> {
        let input = self.0.path().join("..patch");
        fs::write(&input, patch).unwrap();
        let mut command = Command::new("patch");
        command.args(["-p1", "-s", "--binary", "-d"]).arg(self.0.path()).arg("-i").arg(&input);
        let status =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
        fs::remove_file(input).unwrap();
        Some(status.success())
    }
}

/// Applies a change to what was before it, and looks for what is after it.
fn applies(change: &Change, before: &[u8], after: &[u8]) {
    let tree = Tree::new();
    let from = change.from.as_ref().unwrap_or(&change.path);
    if let Some(thing) = &change.before {
        tree.put(from, thing, before);
    }
    let is_file = |thing: &Option<Thing>| thing.as_ref().is_some_and(|thing| thing.kind == Type::File);
    let content = |is: bool, content| is.then_some(content);
    let diff =
        of(change, content(is_file(&change.before), before), content(is_file(&change.after), after), &root);
    let Some(done) = tree.patch(&diff.patch()) else { return };
    assert!(done, "{}", text(&diff));
    let wanted = change.after.as_ref().map(|thing| match &thing.target {
        Some(target) => (target.0.clone(), 0o777),
        None => (after.to_vec(), thing.mode),
    });
    assert_eq!(tree.get(&change.path), wanted, "{}", text(&diff));
    if change.from.is_some() {
        assert_eq!(tree.get(from), None, "{}", text(&diff));
    }
}

#[test]
fn patch_makes_of_what_was_what_is() {
    let plain = Some(file(0o644));
    for path in ["/etc/fstab", "/etc/a b", "/etc/qu\"ote", "/etc/back\\slash", "/etc/ünï", "/etc/tab\there"]
    {
        let edited = change(path, plain.clone(), plain.clone());
        applies(&edited, b"a\nb\nc\n", b"a\nB\nc\n");
        applies(&edited, b"a\nb", b"a\nb\n");
        applies(&edited, b"a\nb\n", b"a\nb");
        applies(&edited, b"a\r\nb\r\n", b"a\r\nc\r\n");
        applies(&edited, b"a\rb\n\xff\xfe\n", b"a\rc\n\xff\xff\n");
        applies(&edited, b"", b"new\n");
        applies(&edited, b"-- a\n++ b\n", b"-- a\n++ c\n@@ -1 +1 @@\n");
        applies(&change(path, None, plain.clone()), b"", b"one\ntwo\n");
        applies(&change(path, plain.clone(), None), b"one\ntwo", b"");
    }
    applies(&change("/x", None, plain.clone()), b"", b"");
    applies(&change("/x", plain.clone(), Some(file(0o755))), b"#!/bin/sh\n", b"#!/bin/sh\n");
    applies(&change("/x", Some(file(0o755)), plain.clone()), b"a\n", b"b\n");
    applies(&change("/x", None, Some(link("/etc/y"))), b"", b"");
    applies(&change("/x", Some(link("/etc/y")), Some(link("z"))), b"", b"");
    let renamed = Change { from: Some("/old name".into()), ..change("/b/new", plain.clone(), plain.clone()) };
    applies(&renamed, b"a\nb\nc\nd\n", b"a\nb\nc\nD\n");
    applies(&renamed, b"a\n", b"a\n");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn any_two_texts_are_one_patch_apart(old in "[ab\n]{0,60}", new in "[abc\n]{0,60}") {
        applies(&change("/x", Some(file(0o644)), Some(file(0o644))), old.as_bytes(), new.as_bytes());
    }
}

#[test]
fn no_name_poses_as_a_line_of_the_patch() {
    let path = FilePath::new(b"/a\n--- /dev/null\n\xff");
    assert_eq!(quoted("a", &path), "\"a/a\\n--- /dev/null\\n\\377\"");
    let mut named = change("/x", Some(file(0o644)), Some(file(0o600)));
    named.path = path;
    for line in text(&of(&named, Some(b"a"), Some(b"b"), &root)).lines() {
        assert!(!line.starts_with("--- /dev"), "{line}");
    }
}

#[test]
fn what_no_patch_can_tell_is_told_in_words() {
    let owned = Thing { uid: 33, gid: 33, attributes: vec![("user.x".into(), "61".into())], ..file(0o640) };
    let directory = Thing { kind: Type::Directory, ..file(0o755) };
    let withheld = |size| Thing { size, content: Content::Withheld("shadow".into()), ..file(0o640) };
    for (change, words) in [
        (
            change("/x", Some(file(0o640)), Some(owned.clone())),
            "/x: permissions 0640 root:root -> 0640 33:33\n/x: attribute user.x set",
        ),
        (
            change("/x", Some(owned), Some(file(0o640))),
            "/x: permissions 0640 33:33 -> 0640 root:root\n/x: attribute user.x removed",
        ),
        (change("/d", None, Some(directory)), "/d: directory created, 0755 root:root"),
        (change("/l", Some(link("a")), Some(link("b"))), "/l: leads to a -> b"),
        (change("/l", Some(file(0o777)), Some(link("b"))), "/l: file -> link"),
        (
            change("/etc/shadow", Some(withheld(1204)), Some(withheld(1210))),
            "/etc/shadow: content withheld (shadow), 1,204 -> 1,210 bytes",
        ),
        (change("/x", Some(file(0o644)), None), "/x: file removed, was 0644 root:root"),
    ] {
        assert_eq!(facts(&change, &root).join("\n"), words);
    }
    let secret = change("/etc/shadow", Some(withheld(1)), Some(withheld(2)));
    assert_eq!(
        text(&of(&secret, None, None, &root)),
        "# /etc/shadow: content withheld (shadow), 1 -> 2 bytes\n"
    );
    let binary = change("/x", Some(file(0o644)), Some(file(0o644)));
    assert_eq!(text(&of(&binary, Some(b"a\0"), Some(b"b\0"), &root)), "# Binary files differ\n");
}

#[test]
fn the_words_that_differ_are_strong() {
    let diff = unified(b"net.ipv4.ip_forward = 0\nx\n", b"net.ipv4.ip_forward = 1\nx\n");
    let strong = |line: &Line| {
        line.strong.iter().map(|r| String::from_utf8_lossy(&line.bytes[r.clone()]).into_owned()).collect()
    };
    let strong: Vec<Vec<String>> = diff.lines.iter().map(strong).collect();
    assert_eq!(strong, [vec![], vec!["0".to_owned()], vec!["1".to_owned()], vec![]]);
    let unlike = unified(b"alpha beta gamma\n", b"one two three four\n");
    assert!(unlike.lines.iter().all(|line| line.strong.is_empty()));
    let wide = [b"x ".repeat(400), b"\n".to_vec()].concat();
    let many: Vec<u8> = wide.repeat(200);
    let other = many.iter().map(|b| if *b == b'x' { b'y' } else { *b }).collect::<Vec<_>>();
    assert_eq!(unified(&many, &other).counts(), (200, 200));
}

#[test]
fn what_is_too_much_is_cut_and_says_so() {
    let big = vec![b'a'; limits::DIFF_BYTES + 1];
    assert_eq!(text(&unified(&big, b"b")), "# too big to be compared line by line\n");
    let lines = "a\n".repeat(5_000);
    let (shown, left) = unified(b"", lines.as_bytes()).readable(100_000);
    assert_eq!((shown.len(), left), (limits::DIFF_LINES, 5_001 - limits::DIFF_LINES));
    let long = "ä".repeat(5_000);
    let (shown, _) = unified(b"", long.as_bytes()).readable(10);
    assert!(shown.iter().all(|line| line.len() < 998), "{}", shown[1].len());
    assert_eq!(readable(b"+\x1b[2J\tb\xff\r\xe2\x80\xae"), "+\\x1b[2J\tb\\xff\\x0d\\u{202e}");
}

/// Whatever the line is made of.
#[test]
fn a_line_is_shown_to_its_last_column_and_no_further() {
    let most = limits::DIFF_COLUMNS;
    for (sign, wide) in
        [(&b"x"[..], 1), ("\u{e4}".as_bytes(), 2), (b"\xff", 4), (b"\x1b", 4), (b"\x1b\xff", 8)]
    {
        let fit = most / wide;
        for (count, is_whole) in [(fit - 1, true), (fit, true), (fit + 1, false), (100_000, false)] {
            let shown = readable(&sign.repeat(count));
            let kept = shown.strip_suffix('…').unwrap_or(&shown);
            assert_eq!(
                (kept == shown, kept.len() <= most),
                (is_whole, true),
                "{sign:?} {count}: {}",
                shown.len()
            );
            assert_eq!(kept.len() / wide, count.min(fit), "{sign:?} {count}");
        }
    }
}

#[test]
fn the_parts_of_a_big_file_that_changed_are_told_by_their_places() {
    let told = |pieces: &[(&[u8], &[u8])]| {
        let mut ranges = Ranges::default();
        pieces.iter().for_each(|(old, new)| ranges.feed(old, new));
        ranges.to_string()
    };
    let zeros = [0; 10_000];
    let mut other = zeros;
    (other[100], other[105], other[9_000]) = (1, 1, 1);
    assert_eq!(told(&[(&zeros, &other)]), "changed: 6 bytes at 100, 1 at 9,000");
    assert_eq!(told(&[(&zeros, &zeros), (b"", b"more")]), "grew by 4 bytes");
    assert_eq!(told(&[(&zeros, &zeros), (&other, b"")]), "shrank by 10,000 bytes");
    assert_eq!(told(&[(&zeros, &zeros), (b"abc", b"abXd")]), "changed: 1 byte at 10,002; grew by 1 byte");
    assert_eq!(told(&[(&zeros, &zeros)]), "");
    let scattered: Vec<u8> = (0..200_000u32).map(|n| u8::from(n % 5_000 == 0)).collect();
    let told = told(&[(&vec![0; 200_000], &scattered)]);
    assert!(told.ends_with("further on") && told.len() < 400, "{told}");
}
