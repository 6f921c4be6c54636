//! Sessions wait, go out once, and are forgotten only when they are old; numbers go on.

use super::*;
use crate::model::session::{Ending, Witnesses};
use crate::read::bundle as read;

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + day * 86_400).unwrap()
}

fn session(id: char) -> Session {
    Session {
        id: String::from(id).repeat(26),
        host: "web1".into(),
        login: "ann".into(),
        ticket: Some(42),
        started: at(0),
        ended: at(0),
        ending: Ending::Exit(0),
        directory: "/root".into(),
        shell: "/bin/bash".into(),
        command: None,
        environment: vec![],
        witnesses: Witnesses::default(),
        typed: vec![],
        ran: vec![],
        changes: vec![],
        remark: String::new(),
        tags: vec![],
        evidence: vec![],
    }
}

fn signer() -> Signer {
    Signer::new(&[4; 32]).unwrap()
}

fn put(queue: &Queue, id: char) -> Queued {
    queue.put(session(id), BTreeMap::new(), &signer()).unwrap()
}

fn cover(queue: &Queue, queued: &Queued) -> (u64, Option<BundleId>, BundleId) {
    let bundle = read::open(&queue.bytes(queued).unwrap(), &signer().key(), at(9)).unwrap();
    (bundle.cover.sequence, bundle.cover.previous, bundle.id)
}

#[test]
fn each_session_is_sealed_once_and_names_the_one_before() {
    let dir = tempfile::tempdir().unwrap();
    let queue = Queue::open(&dir.path().join("a/queue")).unwrap();
    let (one, two) = (put(&queue, 'a'), put(&queue, 'b'));
    assert_eq!(put(&queue, 'a'), one);
    let (first, second) = (cover(&queue, &one), cover(&queue, &two));
    assert_eq!((first.0, &first.1), (1, &None));
    assert_eq!((second.0, second.1), (2, Some(first.2)));
    assert_eq!(queue.waiting().unwrap(), [one.clone(), two.clone()]);
    queue.not_taken(&one, "no such host");
    assert_eq!(queue.waiting().unwrap()[0].trouble.as_deref(), Some("no such host"));
    queue.taken(&one, at(9)).unwrap();
    assert_eq!(queue.waiting().unwrap(), [two]);
    let sent = queue.sent().unwrap();
    assert_eq!((sent[0].since, &sent[0].trouble), (at(9), &None));
    // it is known still, and can be sent again
    assert_eq!(put(&queue, 'a').path, sent[0].path);
    assert!(queue.again(&"a".repeat(26)).unwrap() && !queue.again(&"x".repeat(26)).unwrap());
    assert_eq!(queue.waiting().unwrap().len(), 2);
}

#[test]
fn what_was_sent_long_ago_is_forgotten_but_its_number() {
    let dir = tempfile::tempdir().unwrap();
    let queue = Queue::open(dir.path()).unwrap();
    let old = [put(&queue, 'a'), put(&queue, 'b')];
    let last = cover(&queue, &old[1]).2;
    queue.taken(&old[0], at(0)).unwrap();
    queue.taken(&old[1], at(1)).unwrap();
    let three = put(&queue, 'c');
    queue.taken(&three, at(limits::BUNDLE_KEPT_DAYS + 5)).unwrap();
    assert_eq!(queue.sent().unwrap().iter().map(|s| s.sequence).collect::<Vec<_>>(), [3]);
    fs::remove_file(&queue.sent().unwrap()[0].path).unwrap();
    assert_eq!(cover(&queue, &put(&queue, 'd')), {
        let four = &queue.waiting().unwrap()[0];
        (3, Some(last), cover(&queue, four).2)
    });
}

#[test]
fn two_do_not_send_at_once_and_other_files_are_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let queue = Queue::open(dir.path()).unwrap();
    let turnstile = queue.turnstile().unwrap();
    assert!(turnstile.is_some() && queue.turnstile().unwrap().is_none());
    drop(turnstile);
    assert!(queue.turnstile().unwrap().is_some());
    for name in ["x", "1.trackle", "x-y.trackle", ".tmp1-a.trackle"] {
        fs::write(dir.path().join(name), "").unwrap();
    }
    assert_eq!(queue.waiting().unwrap(), []);
}

#[test]
fn a_session_that_cannot_be_sealed_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let queue = Queue::open(dir.path()).unwrap();
    let big = Session { remark: "x".repeat(limits::BUNDLE_RECORD), ..session('a') };
    assert!(queue.put(big, BTreeMap::new(), &signer()).is_err());
    assert_eq!(queue.waiting().unwrap(), []);
    assert_eq!(put(&queue, 'b').sequence, 1);
}
