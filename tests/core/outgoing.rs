//! Letters on their way out, from the mail that caused them to the words that a server hears: one recipient for each, none
//! twice, none that carries a second one inside, and none that keeps the others here.

use super::relay::Relay;
use super::{Desk, answer, from, proven};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use trackle::clock::Clock;
use trackle::daemon::{Ends, Hub, courier};
use trackle::limits;
use trackle::model::address::Address;
use trackle::model::sought::Sought;
use trackle::pipeline::erase as erasing;
use trackle::read;
use trackle::store::events::Cause;
use trackle::store::packing::unpack;
use trackle::store::{Guest, Reader};

const ALICE: &str = "alice@far.example";
const ANN: &str = "ann@desk.example";

/// A clock that is set.
struct Set(Mutex<Timestamp>);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A robot whose letters go to a relay.
struct Office {
    dir: TempDir,
    hub: Arc<Hub>,
    clock: Arc<Set>,
    ends: Ends,
}

impl Office {
    fn new(desk: Desk, relay: &Relay) -> Office {
        let Desk { dir, store, house, now, .. } = desk;
        let clock = Arc::new(Set(Mutex::new(now)));
        let hub = Arc::new(Hub::new(store, house, clock.clone()));
        let ends = Ends { sources: Vec::new(), carrier: relay.carrier(), bounce_address: None, web: None };
        Office { dir, hub, clock, ends }
    }

    /// Sends what is due.
    async fn sends(&mut self) {
        courier::round(&self.hub, &mut self.ends, || true).await.unwrap();
    }

    fn later(&self, minutes: i64) {
        *self.clock.0.lock().unwrap() += SignedDuration::from_mins(minutes);
    }

    /// The outbox, as state, recipient and the server's last words.
    fn outbox(&self) -> Vec<(String, String, String)> {
        let db = Connection::open(self.dir.path().join("trackle.db")).unwrap();
        let mut rows = db.prepare("SELECT state, recipient, said FROM outbox ORDER BY id").unwrap();
        rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    fn count(&self, state: &str) -> usize {
        self.outbox().iter().filter(|(now, ..)| now == state).count()
    }
}

/// So many strangers have written, and a question is owed to each.
fn asked(strangers: usize) -> Desk {
    let mut desk = Desk::new();
    for n in 0..strangers {
        desk.send(&from(&format!("p{n}@far.example"), "Printer", "It eats paper."));
    }
    desk
}

/// One byte of a letter is not what it was.
fn damage(db: &Connection, letter: i64) {
    let packed = "SELECT packed FROM outbox WHERE id = ?1";
    let mut packed: Vec<u8> = db.query_row(packed, [letter], |row| row.get(0)).unwrap();
    let middle = packed.len() / 2;
    packed[middle] ^= 0x55;
    db.execute("UPDATE outbox SET packed = ?2 WHERE id = ?1", (letter, packed)).unwrap();
}

fn recipients(relay: &Relay) -> Vec<String> {
    relay.taken().into_iter().map(|letter| letter.to.join(" ")).collect()
}

#[tokio::test]
async fn who_is_put_off_waits_and_nobody_is_told_twice() {
    let relay = Relay::new(3);
    let mut office = Office::new(asked(30), &relay);
    office.sends().await;
    assert_eq!((office.count("sent"), office.count("waiting")), (20, 10));
    let waits = |(state, _, said): &(String, String, String)| state != "waiting" || said.starts_with("450 ");
    assert!(office.outbox().iter().all(waits), "{:?}", office.outbox());
    // not before its time
    office.later(1);
    office.sends().await;
    assert_eq!(recipients(&relay).len(), 20);
    relay.relents();
    office.later(10);
    office.sends().await;
    assert_eq!((office.count("sent"), office.count("waiting")), (30, 0));
    let all = recipients(&relay);
    assert_eq!((all.len(), all.into_iter().collect::<BTreeSet<_>>().len()), (30, 30));
}

/// Whoever is erased while letters to him are under way: none goes a second time, and what the server said of them, which
/// names him, is not written down.
#[tokio::test]
async fn who_is_erased_meanwhile_does_not_come_back() {
    let relay = Relay::new(3);
    let mut office = Office::new(asked(3), &relay);
    let state = office.dir.path().to_owned();
    let calls = Cell::new(0);
    let go_on = || {
        calls.set(calls.get() + 1);
        // the first time nothing was taken yet
        if calls.get() == 2 {
            (0..3).for_each(|n| erase(&state, &format!("p{n}@far.example")));
        }
        true
    };
    courier::round(&office.hub, &mut office.ends, go_on).await.unwrap();
    let once = recipients(&relay);
    relay.relents();
    office.later(60);
    courier::reclaim(&office.hub).await.unwrap();
    office.sends().await;
    assert_eq!(recipients(&relay), once);
    for (state, recipient, said) in office.outbox() {
        assert!(state == "failed" && recipient.ends_with("@erased.invalid"), "{state} {recipient}");
        assert!(said.contains("while it was being sent") && !said.contains("far.example"), "{said}");
    }
}

/// As `trackle admin erase` does it, beside the daemon.
fn erase(state: &Path, address: &str) {
    let mut sought = Sought::of(Address::parse(address).unwrap(), &[]).unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let found = erasing::find(&Reader::open(state).unwrap(), &mut sought, now, &mut |_, _, _| {}).unwrap();
    let cause = Cause { actor: "console".into(), proof: "console".into(), intake: None, now };
    let mut guest = Guest::open(state).unwrap();
    guest.transact(|tx| erasing::erase(tx, &sought, &found, &cause, &mut |_, _, _| {})).unwrap();
}

/// What is wrong with the door is wrong with no letter: one finds out, and no try of the others is counted.
#[tokio::test]
async fn before_a_locked_door_all_wait() {
    let relay = Relay::new(0);
    relay.locks(true);
    let mut office = Office::new(asked(30), &relay);
    let knocks = || relay.heard().iter().filter(|said| said.starts_with("MAIL")).count();
    for (minutes, knocked) in [(0, 1), (14, 1), (1, 2)] {
        office.later(minutes);
        office.sends().await;
        assert_eq!((knocks(), office.count("waiting")), (knocked, 30), "{minutes} minutes later");
    }
    let db = Connection::open(office.dir.path().join("trackle.db")).unwrap();
    let tries: u32 = db.query_row("SELECT sum(tries) FROM outbox", [], |row| row.get(0)).unwrap();
    assert_eq!(tries, 2);
    relay.locks(false);
    office.later(15);
    office.sends().await;
    assert_eq!((office.count("sent"), relay.taken().len()), (30, 30));
}

#[tokio::test]
async fn one_damaged_letter_of_a_hundred_is_held_and_told() {
    let relay = Relay::new(0);
    let mut office = Office::new(asked(100), &relay);
    let db = Connection::open(office.dir.path().join("trackle.db")).unwrap();
    damage(&db, 7);
    for _ in 0..2 {
        office.sends().await;
        office.later(60);
    }
    let held: Vec<_> = office.outbox().into_iter().filter(|(state, ..)| state == "held").collect();
    let said = "damaged in the database; staff were told".to_owned();
    assert_eq!(held, [("held".into(), "p6@far.example".into(), said)]);
    let taken = relay.taken();
    assert_eq!((office.count("sent"), taken.len()), (100, 100), "ninety-nine, and one to staff");
    let told: Vec<_> = taken.iter().filter(|letter| letter.to == ["RCPT TO:<staff@desk.example>"]).collect();
    assert_eq!(told.len(), 1);
    let told = read::mail(&told[0].bytes).unwrap();
    assert!(
        told.text.contains("p6@far.example") && told.text.contains("letter 7 is damaged"),
        "{}",
        told.text
    );
    assert!(taken.iter().all(|letter| !letter.to.contains(&"RCPT TO:<p6@far.example>".to_owned())));
}

/// However many there are in a row, and be they all that there are.
#[tokio::test]
async fn damaged_letters_never_fill_the_way_out() {
    let relay = Relay::new(0);
    let mut office = Office::new(asked(60), &relay);
    let db = Connection::open(office.dir.path().join("trackle.db")).unwrap();
    db.execute("UPDATE outbox SET recipient = 'nobody' WHERE id <= 45", []).unwrap();
    office.sends().await;
    assert_eq!((office.count("held"), office.count("sent"), office.count("waiting")), (45, 15 + 45, 0));
    office.later(60);
    db.execute(
        "UPDATE outbox SET packed = x'', state = 'waiting', said = '' WHERE state = 'held' AND id = 3",
        [],
    )
    .unwrap();
    office.sends().await;
    assert_eq!((office.count("held"), office.count("sent")), (45, 61));
}

/// Names that try to be a second recipient, or a command.
#[tokio::test]
async fn a_name_is_no_recipient() {
    let names = [
        "a>,<v@evil.example",
        "a>\r\nRCPT TO:<v@evil.example",
        "v@evil.example, b",
        "\"v@evil.example\" <v@evil.example>",
        "=?utf-8?q?a=3E=2C=3Cv=40evil.example=3E=0D=0ARCPT_TO=3A=3Cv=40evil.example=3E?=",
        "a\0<v@evil.example>;",
        "group: v@evil.example;",
    ];
    for name in names {
        let relay = Relay::new(0);
        let mut desk = Desk::new();
        let mail = from(ALICE, "Printer", "It eats paper.").replacen(ALICE, &format!("{name} <{ALICE}>"), 1);
        desk.send(&mail);
        let receipt = desk.opened();
        // whatever was made of it when it came, it is that now
        let db = Connection::open(desk.dir.path().join("trackle.db")).unwrap();
        db.execute("UPDATE person SET name = ?1", [name.replace('\0', "")]).unwrap();
        db.execute("UPDATE outbox SET state = 'waiting', due = 0", []).unwrap();
        desk.send(&proven(ANN, &answer(&receipt, ANN, "take\n\nWhich one is it?")));
        let mut office = Office::new(desk, &relay);
        office.sends().await;
        let taken = relay.taken();
        assert!(taken.len() >= 5, "{name:?}: {}", taken.len());
        for letter in &taken {
            let [to] = letter.to.as_slice() else { panic!("{name:?}: {:?}", letter.to) };
            let mail = read::mail(&letter.bytes).unwrap();
            let written: Vec<_> = mail.to.iter().chain(&mail.cc).map(|m| m.addr.as_str()).collect();
            let [one] = written.as_slice() else { panic!("{name:?}: {written:?}") };
            assert_eq!(*to, format!("RCPT TO:<{one}>"), "{name:?}");
            assert!([ALICE, "staff@desk.example"].contains(one), "{name:?}: {one}");
        }
        assert!(relay.heard().iter().all(|said| !said.contains("evil")), "{name:?}: {:?}", relay.heard());
    }
}

/// What tries to end a letter early, to be another one, or to be lost on its way.
#[tokio::test]
async fn a_letter_is_one_letter_whatever_it_says() {
    let smuggled = "MAIL FROM:<v@evil.example>\r\nRCPT TO:<v@evil.example>\r\nDATA\r\nSubject: x\r\n\r\nx";
    let ends =
        ["\r\n.\r\n", "\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r\n.\r", "\r\n\0.\r\n", "\u{2028}.\u{2028}"];
    let mut bodies: Vec<String> = ends.iter().map(|end| format!("Hello.{end}{smuggled}{end}Bye.")).collect();
    bodies.extend(
        [".", "..", ".\n.\n.\n", "a\rb\r\rc", &"x".repeat(5_000), "ü\u{85}ü", ".hidden\n..twice\n"]
            .map(str::to_owned),
    );
    let relay = Relay::new(0);
    let mut desk = Desk::new();
    for body in &bodies {
        desk.send(&proven(ANN, &from(ANN, "Work", body)));
    }
    let mut office = Office::new(desk, &relay);
    office.sends().await;
    let db = Connection::open(office.dir.path().join("trackle.db")).unwrap();
    let mut rows = db.prepare("SELECT recipient, packed FROM outbox ORDER BY id").unwrap();
    let owed = rows.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))).unwrap();
    let owed: Vec<_> = owed.map(Result::unwrap).collect();
    assert!(owed.len() >= bodies.len(), "{}", owed.len());
    let taken = relay.taken();
    assert_eq!(taken.len(), owed.len(), "{:?}", relay.heard());
    for ((to, packed), letter) in owed.iter().zip(&taken) {
        assert_eq!(letter.to, [format!("RCPT TO:<{to}>")]);
        let bytes = unpack(packed, limits::MAIL_BYTES).unwrap();
        assert!(letter.bytes == bytes, "{}", String::from_utf8_lossy(&letter.bytes));
    }
    let words = |said: &String| ["EHLO", "MAIL", "RCPT", "DATA"].iter().any(|word| said.starts_with(word));
    assert!(relay.heard().iter().all(words), "{:?}", relay.heard());
}

/// The race: whoever leaves between the writing of a letter and its sending does not get it; others do.
#[tokio::test]
async fn who_has_left_meanwhile_is_not_told() {
    for (leaves, gets) in [
        (None, true),
        (Some("!unsubscribe 1"), false),
        (Some("!mute 1"), false),
        (Some("!digest daily 1"), true),
    ] {
        let relay = Relay::new(0);
        let mut desk = Desk::new();
        let receipt = desk.opened();
        desk.send(&proven(ANN, &answer(&receipt, ANN, "Which one is it?")));
        if let Some(order) = leaves {
            desk.send(&proven(ALICE, &from(ALICE, "enough", order)));
        }
        let mut office = Office::new(desk, &relay);
        office.sends().await;
        let kinds: Vec<_> = relay
            .taken()
            .iter()
            .filter(|letter| letter.to == [format!("RCPT TO:<{ALICE}>")])
            .map(|letter| {
                let mail = read::mail(&letter.bytes).unwrap();
                mail.header("X-Trackle-Kind").unwrap().trim().to_owned()
            })
            .collect();
        assert_eq!(kinds.contains(&"changed".to_owned()), gets, "{leaves:?}: {kinds:?}");
        assert_eq!(kinds.len(), usize::from(gets) + usize::from(leaves.is_some()), "{leaves:?}: {kinds:?}");
        assert!(office.hub.store().waiting_letters().unwrap() == 0);
        assert_eq!(office.count("failed"), usize::from(!gets), "{leaves:?}");
    }
}
