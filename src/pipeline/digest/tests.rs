//! Exactly one digest for each period, whatever the clock does and wherever the power fails; and what it counts where.

use super::*;
use crate::limits;
use crate::model::decision::{Change, Entry, Filing, Target, What};
use crate::model::digest::{Days, Schedule};
use crate::model::fields::Field;
use crate::model::following::Level;
use crate::model::links::Relation;
use crate::model::person::Member;
use crate::model::robot::{Policy, Robot, Trust};
use crate::model::seal::Seal;
use crate::model::ticket::{Number, State};
use crate::store::Store;
use crate::store::tickets::SeenBy;
use crate::write::Wording;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

mod once;

const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn house() -> House {
    let ann = Member {
        login: "ann".into(),
        name: "Ann".into(),
        address: address("ann@x.example"),
        aliases: Vec::new(),
        words: Vec::new(),
    };
    let robot = Robot {
        address: address("help@x.example"),
        name: "Help".into(),
        aliases: Vec::new(),
        delimiter: Some('+'),
        returns: true,
        base_url: None,
        list: address("staff@x.example"),
        also: Vec::new(),
        members: vec![ann],
        trust: Trust::default(),
        policy: Policy::default(),
        values: crate::model::fields::Values::default(),
        seal: Seal::new(vec![[7; 32]]),
    };
    let digest = Schedule {
        days: Days::Daily,
        at: "07:00".parse().unwrap(),
        zone: TimeZone::posix(BERLIN).unwrap(),
        news: true,
        ..Schedule::never()
    };
    House { robot, wording: Wording::default(), digest }
}

/// A store with one robot on it.
struct Desk {
    dir: tempfile::TempDir,
    store: Store,
    house: House,
}

impl Desk {
    fn new() -> Desk {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        Desk { dir, store, house: house() }
    }

    /// The clock loop at that time; gives how many letters it owed.
    fn tick(&mut self, now: &str) -> usize {
        let house = &self.house;
        self.store.transact(|tx| owe_due(tx, house, at(now))).unwrap()
    }

    /// Somebody does something with a ticket, or opens one.
    fn file(&mut self, who: &str, number: Option<u32>, what: What, text: Option<&str>, now: &str) -> u32 {
        let now = at(now);
        let cause = Cause { actor: who.into(), proof: "none".into(), intake: None, now };
        let target = match number {
            Some(number) => Target::Known(Number(number)),
            None => Target::New { title: "Printer".into(), state: State::Open },
        };
        let entry = text.map(|text| Entry { text: text.into(), staff_only: false });
        let changes = vec![Change { line: 0, what, remark: String::new() }];
        let filing = Filing { target, entry, changes, quiet: false, requester: None };
        let filed = self.store.transact(|tx| {
            let person = tx.meet(&address(who), "", now)?;
            tx.file(&filing, None, &person, &cause, SeenBy::default())
        });
        filed.unwrap().view.ticket.number.0
    }

    fn facts(&mut self, since: i64, now: &str) -> Digest {
        let (house, now) = (&self.house, at(now));
        let since = Mark { at: now, event: since };
        self.store.transact(|tx| tx.digest(&house.robot, &TimeZone::UTC, since, now)).unwrap()
    }

    fn owed(&self) -> u32 {
        self.store.waiting_letters().unwrap()
    }
}

#[test]
fn a_period_comes_once_and_a_long_night_makes_one_letter() {
    let mut desk = Desk::new();
    desk.file("bob@y.example", None, What::Opened, Some("It burns."), "2026-11-20T12:00:00Z");
    for (now, letters) in [
        ("2026-11-20T12:00:01Z", 0), // the first look only begins
        ("2026-11-21T05:59:00Z", 0),
        ("2026-11-21T06:00:00Z", 1),
        ("2026-11-21T06:00:05Z", 0),
        ("2026-11-21T01:00:00Z", 0), // the clock is put back, and goes on
        ("2026-11-19T09:00:00Z", 0),
        ("1970-01-01T00:00:10Z", 0),
        ("2026-11-21T06:00:00Z", 0),
        ("2026-12-01T20:00:00Z", 1), // ten days asleep
        ("2026-12-01T20:00:05Z", 0),
        ("2026-12-02T05:00:00Z", 0),
        ("2026-12-02T06:00:00Z", 1),
    ] {
        assert_eq!(desk.tick(now), letters, "{now}");
    }
}

#[test]
fn what_is_not_committed_did_not_happen() {
    let mut desk = Desk::new();
    desk.file("bob@y.example", None, What::Opened, Some("It burns."), "2026-11-20T12:00:00Z");
    desk.tick("2026-11-20T12:00:01Z");
    let house = house();
    let lost = desk.store.rehearse(|tx| owe_due(tx, &house, at("2026-11-21T06:00:00Z"))).unwrap();
    assert_eq!((lost, desk.owed()), (1, 0));
    assert_eq!((desk.tick("2026-11-21T06:00:05Z"), desk.owed()), (1, 1));
}

#[test]
fn nothing_to_say_makes_no_letter_unless_it_is_wished() {
    let mut desk = Desk::new();
    desk.tick("2026-11-20T12:00:00Z");
    assert_eq!(desk.tick("2026-11-21T06:00:00Z"), 0);
    desk.house.digest.when_empty = true;
    assert_eq!(desk.tick("2026-11-21T09:00:00Z"), 0); // this period is over with
    assert_eq!(desk.tick("2026-11-22T09:00:00Z"), 1);
}

#[test]
fn each_recipient_has_his_own() {
    let mut desk = Desk::new();
    desk.house.digest.to = vec![address("boss@x.example")];
    desk.file("bob@y.example", None, What::Opened, Some("It burns."), "2026-11-20T12:00:00Z");
    desk.tick("2026-11-20T12:00:01Z");
    desk.house.digest.to.push(address("chief@x.example"));
    assert_eq!(desk.tick("2026-11-21T06:00:00Z"), 1);
    assert_eq!(desk.tick("2026-11-22T06:00:00Z"), 2);
}

#[test]
fn one_that_is_asked_for_comes_at_once_and_takes_none_away() {
    let mut desk = Desk::new();
    desk.file("bob@y.example", None, What::Opened, Some("It burns."), "2026-11-20T12:00:00Z");
    desk.tick("2026-11-20T12:00:01Z");
    let house = house();
    let ask =
        |desk: &mut Desk, now: &str| desk.store.transact(|tx| owe_now(tx, &house, None, at(now))).unwrap();
    assert_eq!(ask(&mut desk, "2026-11-21T05:00:00Z"), 1);
    assert_eq!(ask(&mut desk, "2026-11-21T05:00:00Z"), 0);
    assert_eq!(desk.tick("2026-11-21T06:00:00Z"), 1);
    assert_eq!(ask(&mut desk, "2026-11-21T07:00:00Z"), 1);
    assert_eq!(desk.tick("2026-11-21T08:00:00Z"), 0);
    // after a clock that was wrong by years it is the way back
    assert_eq!(desk.tick("2099-01-01T08:00:00Z"), 1);
    assert_eq!(desk.tick("2026-11-22T08:00:00Z"), 0);
    assert_eq!(ask(&mut desk, "2026-11-22T08:00:00Z"), 1);
    assert_eq!(desk.tick("2026-11-23T08:00:00Z"), 1);
}

#[test]
fn ten_years_bring_one_each_day_and_tell_each_change_once() {
    let mut desk = Desk::new();
    let ticket = desk.file("bob@y.example", None, What::Opened, Some("It burns."), "2026-01-01T00:00:00Z");
    let owner = |to: Option<&str>| What::Owner { from: None, to: to.map(str::to_owned) };
    desk.file("ann@x.example", Some(ticket), owner(Some("ann")), None, "2026-01-01T00:00:00Z");
    let mut now = at("2026-01-01T12:00:00Z");
    let house = house();
    let mut days: BTreeMap<Date, usize> = BTreeMap::new();
    let looks = desk.store.transact(|tx| {
        owe_due(tx, &house, now)?;
        for look in 0..10_i64 * 365 * 3 {
            // eight hours a step, with the clock now and then put back by up to two days
            now += SignedDuration::from_hours(8);
            let seen = now - SignedDuration::from_hours(if look % 7 == 0 { look % 48 } else { 0 });
            let owed = owe_due(tx, &house, seen)?;
            if owed > 0 {
                *days.entry(house.digest.today(seen)).or_default() += owed;
            }
        }
        Ok(10 * 365)
    });
    assert_eq!(days.len(), looks.unwrap());
    assert!(days.values().all(|letters| *letters == 1));
}

#[test]
fn each_open_ticket_stands_in_one_group() {
    let mut desk = Desk::new();
    let (bob, ann) = ("bob@y.example", "ann@x.example");
    let closed = || What::State { from: State::Open, to: State::Closed };
    let again = || What::State { from: State::Closed, to: State::Open };
    let open = |desk: &mut Desk, now| desk.file(bob, None, What::Opened, Some("It burns."), now);
    let old = open(&mut desk, "2026-11-01T00:00:00Z");
    let asked = open(&mut desk, "2026-11-02T00:00:00Z");
    let answered = open(&mut desk, "2026-11-02T00:00:00Z");
    let back = open(&mut desk, "2026-11-02T00:00:00Z");
    let over = open(&mut desk, "2026-11-02T00:00:00Z");
    desk.file(ann, Some(asked), What::Commented, Some("Which one?"), "2026-11-18T00:00:00Z");
    desk.file(bob, Some(asked), What::Commented, Some("The left one."), "2026-11-19T00:00:00Z");
    desk.file(ann, Some(answered), What::Commented, Some("Which one?"), "2026-11-19T00:00:00Z");
    desk.file(ann, Some(back), closed(), Some("Done."), "2026-11-18T00:00:00Z");
    desk.file(bob, Some(back), again(), None, "2026-11-19T00:00:00Z");
    let since = desk.store.transact(|tx| tx.mark(at("2026-11-19T12:00:00Z"))).unwrap().event;
    let own = desk.file(ann, None, What::Opened, Some("My own chair."), "2026-11-19T13:00:00Z");
    desk.file(ann, Some(over), closed(), None, "2026-11-19T13:00:00Z");
    desk.file(
        ann,
        Some(asked),
        What::Owner { from: None, to: Some("ann".into()) },
        None,
        "2026-11-19T14:00:00Z",
    );

    let facts = desk.facts(since, "2026-11-20T00:00:00Z");
    let numbers =
        |group: &[crate::model::digest::Standing]| group.iter().map(|s| s.number.0).collect::<Vec<_>>();
    assert_eq!(numbers(&facts.fresh), [own]);
    assert_eq!(numbers(&facts.old), [old]);
    assert_eq!(numbers(&facts.ours), [asked, back]);
    assert_eq!(numbers(&facts.theirs), [answered]);
    let deeds: Vec<u32> = facts.deeds.iter().map(|d| d.number.0).collect();
    assert_eq!(deeds, [over, asked]);
    // what staff want for themselves waits for staff
    let later = desk.facts(since + 10, "2026-11-20T00:00:00Z");
    assert_eq!(numbers(&later.ours), [asked, back, own]);
}

/// Everything that one look of the clock loop owes.
fn all_due(tx: &Tx<'_>, house: &House, now: Timestamp) -> Outcome<[usize; 3]> {
    let round = roundups::owe_due(tx, house, now)?;
    assert!(!round.more);
    Ok([owe_due(tx, house, now)?, own::owe_due(tx, house, now)?, round.owed])
}

/// Ann and Bob with one ticket: Bob gathers its news so.
fn gathering(level: Level) -> (Desk, u32) {
    let mut desk = Desk::new();
    let begin = "2026-01-01T00:00:00Z";
    let ticket = desk.file("bob@y.example", None, What::Opened, Some("It burns."), begin);
    let who = address("bob@y.example");
    let follows = What::Follows { who, from: Some(Level::Short), to: Some(level) };
    desk.file("bob@y.example", Some(ticket), follows, None, begin);
    (desk, ticket)
}

/// The letters of that kind, in full.
fn letters(desk: &Desk, kind: &str) -> Vec<String> {
    let db = rusqlite::Connection::open(desk.dir.path().join(crate::store::FILE)).unwrap();
    let mut rows = db.prepare("SELECT packed FROM outbox WHERE kind = ?1 ORDER BY id").unwrap();
    let found = rows.query_map([kind], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    let text = |packed: Vec<u8>| {
        let bytes = crate::store::packing::unpack(&packed, limits::MAIL_BYTES).unwrap();
        crate::read::mail(&bytes).unwrap().text
    };
    found.map(|packed| text(packed.unwrap())).collect()
}

/// Steps of eight hours, with the clock now and then put back by up to two days: each day and
/// each week has its letter once.
#[test]
fn ten_years_bring_followers_one_letter_each_day_or_week() {
    for (level, periods) in [(Level::Daily, 365 * 10), (Level::Weekly, 52 * 10)] {
        let (mut desk, ticket) = gathering(level);
        let house = house();
        let mut now = at("2026-01-01T12:00:00Z");
        let mut days: BTreeMap<String, usize> = BTreeMap::new();
        let looks = 10_i64 * 365 * 3;
        desk.store
            .transact(|tx| {
                for look in 0..looks {
                    now += SignedDuration::from_hours(8);
                    let seen = now - SignedDuration::from_hours(if look % 7 == 0 { look % 48 } else { 0 });
                    let cause =
                        Cause { actor: "ann@x.example".into(), proof: "none".into(), intake: None, now };
                    let what = What::State { from: State::Open, to: State::Closed };
                    let change = Change { line: 0, what, remark: String::new() };
                    tx.add_event(&cause, Some(Number(ticket)), &change)?;
                    let [_, _, owed] = all_due(tx, &house, seen)?;
                    if owed > 0 {
                        let sort = if level == Level::Weekly { Days::Weekly } else { Days::Daily };
                        let period = house.digest.period_of(sort, seen).unwrap().to_string();
                        *days.entry(period).or_default() += owed;
                    }
                }
                Ok(())
            })
            .unwrap();
        assert!(days.values().all(|letters| *letters == 1));
        assert!((periods - 3..=periods + 3).contains(&days.len()), "{level:?}: {}", days.len());
    }
}

#[test]
fn each_word_is_told_in_one_letter() {
    let (mut desk, ticket) = gathering(Level::Daily);
    let house = house();
    let mut said = 0;
    for (now, words) in [
        ("2026-01-01T05:00:00Z", 1),
        ("2026-01-01T07:00:00Z", 0),
        ("2026-01-02T07:00:00Z", 2),
        ("2026-01-02T08:00:00Z", 1),
        ("2026-01-01T08:00:00Z", 1),
        ("1970-01-01T08:00:00Z", 1),
        ("2026-01-09T08:00:00Z", 0),
        ("2026-01-10T08:00:00Z", 0),
    ] {
        for _ in 0..words {
            let text = format!("word-{said} is said.");
            desk.file("ann@x.example", Some(ticket), What::Commented, Some(&text), now);
            said += 1;
        }
        desk.store.transact(|tx| roundups::owe_due(tx, &house, at(now))).unwrap();
    }
    let all = letters(&desk, "news").concat();
    for word in 0..said {
        assert_eq!(all.matches(&format!("word-{word} is")).count(), 1, "{all}");
    }
}

#[test]
fn gathered_news_are_for_others_words_only_and_for_those_who_can_be_reached() {
    let (mut desk, ticket) = gathering(Level::Daily);
    let (ann, bob) = ("ann@x.example", "bob@y.example");
    let house = house();
    let tick = |desk: &mut Desk, now: &str| {
        desk.store.transact(|tx| roundups::owe_due(tx, &house, at(now))).unwrap().owed
    };
    desk.file(bob, Some(ticket), What::Commented, Some("My own words."), "2026-01-02T01:00:00Z");
    let due = What::Set { field: Field::Due, from: None, to: Some("2026-02-01".into()) };
    desk.file(ann, Some(ticket), due, None, "2026-01-02T01:00:00Z");
    assert_eq!(tick(&mut desk, "2026-01-02T07:00:00Z"), 0);
    let now = at("2026-01-02T08:00:00Z");
    let note = Entry { text: "He is difficult.".into(), staff_only: true };
    let filing = Filing { entry: Some(note), ..Filing::of(Target::Known(Number(ticket))) };
    let cause = Cause { actor: ann.into(), proof: "none".into(), intake: None, now };
    desk.store
        .transact(|tx| {
            let ann = tx.meet(&address(ann), "", now)?;
            tx.file(&filing, None, &ann, &cause, SeenBy::default())
        })
        .unwrap();
    assert_eq!(tick(&mut desk, "2026-01-03T07:00:00Z"), 0);
    desk.file(ann, Some(ticket), What::Commented, Some("On my way."), "2026-01-03T08:00:00Z");
    let db = rusqlite::Connection::open(desk.dir.path().join(crate::store::FILE)).unwrap();
    db.execute("UPDATE person SET suspended = 1 WHERE address = ?1", [bob]).unwrap();
    assert_eq!(tick(&mut desk, "2026-01-04T07:00:00Z"), 0);
    db.execute("UPDATE person SET suspended = NULL", []).unwrap();
    assert_eq!(tick(&mut desk, "2026-01-05T07:00:00Z"), 1);
    let told = letters(&desk, "news").concat();
    assert!(told.contains("Ann: On my way.") && !told.contains("difficult"), "{told}");
}

#[test]
fn whoever_begins_to_gather_hears_of_nothing_before() {
    let (mut desk, ticket) = gathering(Level::Short);
    let (ann, bob) = ("ann@x.example", "bob@y.example");
    let house = house();
    let tick = |desk: &mut Desk, now: &str| {
        desk.store.transact(|tx| roundups::owe_due(tx, &house, at(now))).unwrap()
    };
    desk.file(ann, Some(ticket), What::Commented, Some("An old word."), "2026-01-02T08:00:00Z");
    let who = address(bob);
    let daily = What::Follows { who, from: Some(Level::Short), to: Some(Level::Daily) };
    desk.file(bob, Some(ticket), daily, None, "2026-01-02T09:00:00Z");
    desk.file(ann, Some(ticket), What::Commented, Some("A new word."), "2026-01-02T10:00:00Z");
    assert_eq!(tick(&mut desk, "2026-01-02T11:00:00Z").owed, 0);
    assert_eq!(tick(&mut desk, "2026-01-03T07:00:00Z").owed, 1);
    assert_eq!(tick(&mut desk, "2026-01-03T08:00:00Z").owed, 0);
    let told = letters(&desk, "news").concat();
    assert!(told.contains("A new word.") && !told.contains("An old word."), "{told}");
}

#[test]
fn many_followers_are_told_in_many_transactions() {
    let mut desk = Desk::new();
    let ticket = desk.file("bob@y.example", None, What::Opened, Some("It burns."), "2026-01-01T00:00:00Z");
    for n in 0..limits::ROUNDUPS + 5 {
        let who = address(&format!("user{n}@y.example"));
        let follows = What::Follows { who: who.clone(), from: None, to: Some(Level::Daily) };
        desk.file(who.as_str(), Some(ticket), follows, None, "2026-01-01T00:00:00Z");
    }
    desk.file("ann@x.example", Some(ticket), What::Commented, Some("On my way."), "2026-01-01T01:00:00Z");
    let house = house();
    let mut look = || {
        let now = at("2026-01-01T07:00:00Z");
        let round = desk.store.transact(|tx| roundups::owe_due(tx, &house, now)).unwrap();
        (round.owed, round.more)
    };
    assert_eq!(look(), (limits::ROUNDUPS, true));
    assert_eq!(look(), (5, false));
    assert_eq!(look(), (0, false));
}

#[test]
fn a_member_is_told_each_day_what_was_done_in_his_name() {
    let mut desk = Desk::new();
    desk.house.digest.own = true;
    let (ann, bob) = ("ann@x.example", "bob@y.example");
    let ticket = desk.file(bob, None, What::Opened, Some("It burns."), "2026-01-01T00:00:00Z");
    let db = rusqlite::Connection::open(desk.dir.path().join(crate::store::FILE)).unwrap();
    db.execute_batch("INSERT INTO raw (id, sha256, size, packed) VALUES (1, x'00', 0, x'00'); INSERT INTO mailbox (name) VALUES ('x');
        INSERT INTO intake (mailbox, epoch, uid, raw, arrived, taken, state) VALUES (1, 1, '1', 1, 0, 0, 'applied');")
        .unwrap();
    let by_mail = |desk: &mut Desk, what: What, now: &str| {
        let now = at(now);
        let cause = Cause { actor: ann.into(), proof: "submission".into(), intake: Some(1), now };
        let changes = vec![Change { line: 1, what, remark: String::new() }];
        let filing = Filing { changes, ..Filing::of(Target::Known(Number(ticket))) };
        desk.store
            .transact(|tx| {
                let person = tx.meet(&address(ann), "", now)?;
                tx.file(&filing, None, &person, &cause, SeenBy::default())
            })
            .unwrap();
    };
    let tick = |desk: &mut Desk, now: &str| {
        let house = &desk.house;
        desk.store.transact(|tx| own::owe_due(tx, house, at(now))).unwrap()
    };
    assert_eq!(tick(&mut desk, "2026-01-01T10:00:00Z"), 0);
    let closed = What::State { from: State::Open, to: State::Closed };
    by_mail(&mut desk, closed, "2026-01-01T11:00:00Z");
    desk.file(bob, Some(ticket), What::Commented, Some("Thanks."), "2026-01-01T12:00:00Z");
    assert_eq!(tick(&mut desk, "2026-01-02T06:00:00Z"), 1);
    assert_eq!(tick(&mut desk, "2026-01-02T06:00:05Z"), 0);
    assert_eq!(tick(&mut desk, "2026-01-03T06:00:00Z"), 0);
    let told = letters(&desk, "own").concat();
    assert!(told.contains("#1 closed: Printer") && told.contains("reopen 1"), "{told}");
    assert!(!told.contains("written to"), "{told}");
    desk.house.digest.own = false;
    let again = What::State { from: State::Closed, to: State::Open };
    by_mail(&mut desk, again, "2026-01-03T11:00:00Z");
    assert_eq!(tick(&mut desk, "2026-01-04T06:00:00Z"), 0);
}

#[test]
fn what_blocks_stands_before_what_is_blocked_and_what_is_late_before_both() {
    let mut desk = Desk::new();
    let (ann, bob, now) = ("ann@x.example", "bob@y.example", "2026-11-19T00:00:00Z");
    let open = |desk: &mut Desk| desk.file(bob, None, What::Opened, Some("It burns."), now);
    let [plain, blocked, needed, urgent, late, off] = [(); 6].map(|()| open(&mut desk));
    let set = |field, to: &str| What::Set { field, from: None, to: Some(to.into()) };
    let depends = What::Related { relation: Relation::Depends, other: Number(needed) };
    desk.file(ann, Some(blocked), depends, None, now);
    desk.file(ann, Some(urgent), set(Field::Priority, "urgent"), None, now);
    desk.file(ann, Some(late), set(Field::Due, "2026-11-01"), None, now);
    desk.file(ann, Some(off), set(Field::Wait, "2026-12-01"), None, now);
    let since = desk.store.transact(|tx| tx.mark(at(now))).unwrap().event;
    let facts = desk.facts(since, "2026-11-20T00:00:00Z");
    let numbers =
        |group: &[crate::model::digest::Standing]| group.iter().map(|s| s.number.0).collect::<Vec<_>>();
    assert_eq!(numbers(&facts.ours), [urgent, needed, plain]);
    assert_eq!(numbers(&facts.due), [late]);
    assert_eq!(numbers(&facts.blocked), [blocked]);
    assert_eq!(numbers(&facts.put_off), [off]);
    let closed = What::State { from: State::Open, to: State::Closed };
    desk.file(ann, Some(needed), closed, None, "2026-11-19T12:00:00Z");
    assert_eq!(numbers(&desk.facts(since, "2026-11-20T00:00:00Z").ours), [urgent, plain, blocked]);
}
