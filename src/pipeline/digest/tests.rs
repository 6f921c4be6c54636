//! Exactly one digest for each period, whatever the clock does and wherever the power fails; and what it counts where.

use super::*;
use crate::model::decision::{Change, Entry, Filing, Target, What};
use crate::model::digest::{Days, Schedule};
use crate::model::person::Member;
use crate::model::robot::{Policy, Robot, Trust};
use crate::model::seal::Seal;
use crate::model::ticket::{Number, State};
use crate::store::Store;
use crate::store::tickets::SeenBy;
use crate::write::Wording;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

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
        ..Schedule::never()
    };
    House { robot, wording: Wording::default(), digest }
}

/// A store with one robot on it.
struct Desk {
    _dir: tempfile::TempDir,
    store: Store,
    house: House,
}

impl Desk {
    fn new() -> Desk {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        Desk { _dir: dir, store, house: house() }
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
