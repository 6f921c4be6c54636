//! What the whole of an erasure promises, over a store.

use super::*;
use crate::model::decision::End;
use crate::store::Store;
use crate::store::spool::{Listed, Parcelled};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn keep(store: &mut Store, uid: &str, raw: &str) -> i64 {
    let parcel = Parcelled::new(uid.into(), raw.as_bytes(), Some(NOW), false);
    store.transact(|tx| tx.keep(tx.mailbox("x")?, &parcel, NOW)).unwrap().unwrap()
}

fn bob() -> Sought {
    Sought::of(Address::parse("bob@x.example").unwrap(), &[]).unwrap()
}

fn looked(reader: &Reader, sought: &mut Sought) -> Found {
    find(reader, sought, NOW, &mut |_, _, _| {}).unwrap()
}

fn done(store: &mut Store, sought: &Sought, found: &Found) -> Found {
    let cause = Cause { actor: "console".into(), proof: "console".into(), intake: None, now: NOW };
    store.transact(|tx| erase(tx, sought, found, &cause, &mut |_, _, _| {})).unwrap()
}

#[test]
fn of_a_letter_only_what_tells_which_one_it_was_stays() {
    let letter = b"From: help@x.example\r\nTo: bob@x.example\r\nMessage-ID:\r\n <1@x.example>\r\nX-Trackle-Kind: news\r\n\r\nHello\r\n";
    let head = String::from_utf8(head_of(letter)).unwrap();
    assert_eq!(head, "Message-ID:\r\n <1@x.example>\r\nX-Trackle-Kind: news\r\n\r\n(erased)\r\n");
}

/// What comes between the look and the deed goes too; what is being read just then is no longer, and its end does not make
/// the mailbox's mail look like another one.
#[test]
fn what_comes_meanwhile_goes_too() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let first = keep(&mut store, "1", "From: eve@x.example\r\n\r\nAsk bob@x.example\r\n");
    let reader = Reader::open(dir.path()).unwrap();
    let mut sought = bob();
    let found = looked(&reader, &mut sought);
    assert_eq!((found.numbers.raws.len(), found.upto.raw), (1, 1));
    let other = keep(&mut store, "2", "From: eve@x.example\r\n\r\nOr not.\r\n");
    let late = keep(&mut store, "3", "From: Bob <bob@x.example>\r\n\r\nHere I am.\r\n");
    let due = store.due(NOW, 9).unwrap();
    store.transact(|tx| tx.begin(&due)).unwrap();
    assert_eq!(done(&mut store, &sought, &found).numbers.raws, [1, 3]);
    let reads = [first, other, late].map(|mail| store.transact(|tx| tx.is_being_read(mail)).unwrap());
    assert_eq!(reads, [false, true, false]);
    store.transact(|tx| tx.end(first, End::Applied, "so", None)).unwrap();
    let listed = |uid: &str| Listed { uid: uid.into(), size: Some(9_999), arrived: Some(NOW) };
    let unknown = store.unknown(1, 0, &[listed("1"), listed("2"), listed("3")]).unwrap();
    assert_eq!(unknown, [false, true, false]);
    assert!(looked(&reader, &mut bob()).is_nothing());
}

/// One mail that is damaged keeps nobody from being erased.
#[test]
fn a_damaged_mail_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    keep(&mut store, "1", "From: eve@x.example\r\n\r\nAsk bob@x.example\r\n");
    keep(&mut store, "2", "From: eve@x.example\r\n\r\nbob@x.example knows\r\n");
    let db = rusqlite::Connection::open(dir.path().join("trackle.db")).unwrap();
    db.execute("UPDATE raw SET packed = x'00' WHERE id = 1", []).unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let mut sought = bob();
    let found = looked(&reader, &mut sought);
    assert_eq!((found.numbers.raws.as_slice(), found.damaged), (&[2][..], 1));
    assert_eq!(done(&mut store, &sought, &found).numbers.raws, [2]);
}
