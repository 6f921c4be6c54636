//! Sealed and read back; and what is too much for one bundle.

use super::*;
use crate::model::session::{Action, Change, Ending, Evidence, FilePath, Ran, Thing, Type, Typed, Witnesses};
use crate::read::bundle as read;
use jiff::Timestamp;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

fn name(held: &[u8]) -> String {
    HEX.encode(&Sha256::digest(held))
}

fn file(held: &[u8]) -> Thing {
    Thing {
        kind: Type::File,
        mode: 0o644,
        uid: 0,
        gid: 0,
        size: held.len() as u64,
        mtime: 1,
        links: 1,
        target: None,
        attributes: vec![("user.x".into(), "00ff".into())],
        content: Content::Hash(name(held)),
    }
}

fn modified(path: &[u8], before: &[u8], after: &[u8]) -> Change {
    Change {
        path: FilePath::new(path),
        action: Action::Modified,
        from: None,
        before: Some(file(before)),
        after: Some(file(after)),
        program: Some("/usr/bin/vi".into()),
        replaced: true,
        backup_of: None,
        others: false,
        shown: true,
        package: None,
        description: None,
    }
}

fn session(changes: Vec<Change>) -> Session {
    Session {
        id: "0123456789abcdefghijklmnop".into(),
        host: "web1".into(),
        login: "ann".into(),
        ticket: Some(42),
        started: at(0),
        ended: at(60),
        ending: Ending::Exit(0),
        directory: "/root".into(),
        shell: "/bin/bash".into(),
        command: None,
        environment: vec![("LANG".into(), "C".into())],
        witnesses: Witnesses { notes: vec!["a note".into()], ..Witnesses::default() },
        typed: vec![Typed { at: at(1), directory: "/".into(), line: "vi x".into(), status: Some(0) }],
        ran: vec![ran(&["vi", "x"])],
        changes,
        remark: "done".into(),
        tags: vec!["network".into()],
        evidence: vec![Evidence { name: "pacct".into(), text: "x".into() }],
    }
}

fn ran(arguments: &[&str]) -> Ran {
    let arguments = arguments.iter().map(|a| (*a).to_owned()).collect();
    Ran { at: at(1), pid: 7, uid: 0, program: "/usr/bin/vi".into(), arguments, directory: "/".into() }
}

fn signer() -> Signer {
    Signer::new(&[4; 32]).unwrap()
}

fn first() -> Turn {
    Turn { sequence: 1, previous: None }
}

fn held(all: &[&[u8]]) -> BTreeMap<String, Vec<u8>> {
    all.iter().map(|held| (name(held), held.to_vec())).collect()
}

#[test]
fn what_was_sealed_is_read_back() {
    let session =
        session(vec![modified(b"/etc/a\xff\nb", b"one\n", b"two\n"), modified(b"/b", b"", b"one\n")]);
    let contents = held(&[b"one\n", b"two\n", b""]);
    let sealed = seal(session.clone(), contents.clone(), &first(), &signer()).unwrap();
    let bundle = read::open(&sealed.bytes, &signer().key(), at(100)).unwrap();
    assert_eq!((bundle.id, &bundle.session, &bundle.contents), (sealed.id.clone(), &session, &contents));
    assert_eq!(sealed.session, session);
    assert_eq!(bundle.cover.previous, None);
    // the same again is the same bundle; the next one names it
    assert_eq!(seal(session.clone(), contents.clone(), &first(), &signer()).unwrap(), sealed);
    let turn = Turn { sequence: 2, previous: Some(sealed.id.clone()) };
    let next = seal(session, contents, &turn, &signer()).unwrap();
    assert_ne!(next.id, sealed.id);
    let next = read::open(&next.bytes, &signer().key(), at(100)).unwrap();
    assert_eq!((next.cover.sequence, next.cover.previous), (2, Some(sealed.id)));
}

#[test]
fn an_empty_session_is_sealed_too() {
    let empty = Session { typed: vec![], ran: vec![], evidence: vec![], ..session(vec![]) };
    let sealed = seal(empty.clone(), BTreeMap::new(), &first(), &signer()).unwrap();
    assert_eq!(read::open(&sealed.bytes, &signer().key(), at(100)).unwrap().session, empty);
}

#[test]
fn contents_that_no_change_names_stay_at_home() {
    let sealed = seal(session(vec![]), held(&[b"nobody's"]), &first(), &signer()).unwrap();
    let bundle = read::open(&sealed.bytes, &signer().key(), at(100)).unwrap();
    assert!(bundle.contents.is_empty() && bundle.session.witnesses.notes == ["a note"]);
}

#[test]
fn what_is_too_much_is_left_out_and_said() {
    // bytes that do not pack
    let mut noise: Vec<Vec<u8>> = Vec::new();
    let mut hash = Sha256::digest(b"noise");
    for size in (1..=16).map(|n| n * 64 * 1024) {
        let mut bytes = Vec::new();
        while bytes.len() < size {
            hash = Sha256::digest(hash);
            bytes.extend_from_slice(&hash);
        }
        noise.push(bytes);
    }
    let all: Vec<&[u8]> = noise.iter().map(Vec::as_slice).collect();
    let changes = all.iter().enumerate().map(|(n, held)| modified(format!("/{n:02}").as_bytes(), b"", held));
    let sealed = seal(session(changes.collect()), held(&all), &first(), &signer()).unwrap();
    assert!(sealed.bytes.len() <= limits::BUNDLE_PACKED + 2000);
    let bundle = read::open(&sealed.bytes, &signer().key(), at(100)).unwrap();
    assert!(bundle.contents.len() < 16 && bundle.contents.contains_key(&name(&noise[0])));
    assert_eq!((bundle.session.changes.len(), &bundle.session), (16, &sealed.session));
    let left = 16 - bundle.contents.len();
    assert_eq!(
        bundle.session.witnesses.notes[1],
        format!("too much for one bundle, so left out of it: {left} files' contents")
    );
}

#[test]
fn dull_files_and_many_programs_stay_within_the_limits() {
    let dull: Vec<Vec<u8>> = (0..12u8).map(|n| vec![n; 1024 * 1024]).collect();
    let all: Vec<&[u8]> = dull.iter().map(Vec::as_slice).collect();
    let changes = all.iter().enumerate().map(|(n, held)| modified(format!("/{n}").as_bytes(), b"", held));
    let mut session = session(changes.collect());
    session.ran = (0..limits::BUNDLE_ITEMS + 10).map(|n| ran(&["true", &n.to_string()])).collect();
    let sealed = seal(session, held(&all), &first(), &signer()).unwrap();
    let bundle = read::open(&sealed.bytes, &signer().key(), at(100)).unwrap();
    assert_eq!(bundle.session.changes.len(), 12);
    assert!(
        bundle.session.ran.len() > 10_000 && bundle.session.witnesses.notes[1].contains("programs that ran")
    );
}

#[test]
fn very_many_programs_leave_no_file_out() {
    let change = modified(b"/etc/fstab", b"one\n", b"two\n");
    let mut session = session(vec![change]);
    session.ran = (0..2 * limits::BUNDLE_ITEMS).map(|n| ran(&["true", &n.to_string()])).collect();
    let sealed = seal(session, held(&[b"one\n", b"two\n"]), &first(), &signer()).unwrap();
    let bundle = read::open(&sealed.bytes, &signer().key(), at(100)).unwrap();
    assert_eq!((bundle.contents.len(), bundle.session.changes.len()), (2, 1));
    assert!(bundle.session.ran.len() > 10_000);
    assert!(!bundle.session.witnesses.notes[1].contains("contents"));
}

#[test]
fn arguments_are_kept_as_far_as_anybody_reads() {
    let long = "ä".repeat(limits::BUNDLE_ARGUMENTS);
    let mut session = session(vec![]);
    session.ran = vec![ran(&["echo", &long, "x", "y"])];
    let sealed = seal(session, BTreeMap::new(), &first(), &signer()).unwrap();
    let arguments = &read::open(&sealed.bytes, &signer().key(), at(100)).unwrap().session.ran[0].arguments;
    assert_eq!((arguments[0].as_str(), arguments[2].as_str()), ("echo", "… (2 more)"));
    assert!(arguments[1].ends_with("ä…") && arguments[1].len() < limits::BUNDLE_ARGUMENTS + 3);
}

#[test]
fn what_can_never_fit_is_refused() {
    let session = Session { remark: "x".repeat(limits::BUNDLE_RECORD), ..session(vec![]) };
    assert!(seal(session, BTreeMap::new(), &first(), &signer()).unwrap_err().doing.contains("too big"));
}
