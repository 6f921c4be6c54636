//! How long something lasts: so many days or seconds less one second it does, and after one more it does not.

use super::super::{Desk, START, address, answer, from, proven};
use super::rates::{ALICE, ANN, desk, later, letters_to, ordered, with_tickets};
use jiff::{SignedDuration, Timestamp};
use trackle::model::lock::Process;
use trackle::model::person::Member;
use trackle::model::ticket::Number;
use trackle::pipeline::by_hand;
use trackle::pipeline::digest;
use trackle::pipeline::reach::{by_itself, warn};
use trackle::store::reach::Suspension;

const CARLA: &str = "carla@near.example";

/// Whoever is named in a first mail's Cc may say yes.
pub fn invitation_days(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    let mail = from(ALICE, "Printer", "It eats paper.").replacen(
        "To: help@desk.example",
        &format!("To: help@desk.example\nCc: {CARLA}"),
        1,
    );
    desk.send(&mail);
    let question = desk.letters().remove(0);
    desk.send(&answer(&question, ALICE, "yes"));
    let invitation = letters_to(&mut desk, CARLA).remove(0);
    later(&mut desk, 24 * n);
    desk.send(&answer(&invitation, CARLA, "yes"));
    let view = desk.store.transact(|tx| tx.view(Number(1), START)).unwrap().unwrap();
    view.level_of(&address(CARLA)).is_some()
}

/// What was closed so long ago is still named to whoever asks for the same.
pub fn likely_closed_days(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    let title = "Scanner of the second floor";
    desk.send(&proven(ANN, &from(ANN, title, "It is dark.")));
    ordered(&mut desk, "close 1");
    desk.letters();
    desk.now += SignedDuration::from_hours(24 * n as i64);
    let now = desk.now;
    !desk.store.transact(|tx| tx.likely(title, None, now)).unwrap().is_empty()
}

/// The next warning does not come before.
pub fn suspended_warning_days(n: usize) -> bool {
    let mut desk = suspended();
    let now = desk.now + SignedDuration::from_hours(24 * n as i64) - SignedDuration::from_secs(1);
    warned(&mut desk, now) == 0
}

/// So many come at most.
pub fn suspended_warnings(n: usize) -> bool {
    let mut desk = suspended();
    let weeks = 1..n as i64;
    let start = desk.now;
    weeks
        .map(|week| warned(&mut desk, start + SignedDuration::from_hours(7 * 24 * week)))
        .all(|sent| sent == 1)
}

/// Alice has had her first warning.
fn suspended() -> Desk {
    let mut desk = desk(|_, _| ());
    desk.opened();
    let now = desk.now;
    desk.store.transact(|tx| tx.suspend(&address(ALICE), Suspension::Bounces, &by_itself(now))).unwrap();
    assert_eq!(warned(&mut desk, now), 1);
    desk
}

fn warned(desk: &mut Desk, now: Timestamp) -> usize {
    let house = &desk.house;
    desk.store.transact(|tx| warn(tx, house, now)).unwrap()
}

/// Not longer untouched than that.
pub fn digest_old_days(n: usize) -> bool {
    let mut desk = with_tickets(1);
    let now = desk.now + SignedDuration::from_hours(24 * n as i64);
    let house = &desk.house;
    let digest = desk.store.transact(|tx| {
        let since = tx.mark(now)?;
        tx.digest(&house.robot, &jiff::tz::TimeZone::UTC, since, now)
    });
    digest.unwrap().old.is_empty()
}

/// A day that is so near makes a ticket due.
pub fn digest_due_days(n: usize) -> bool {
    let mut desk = with_tickets(1);
    let day = (desk.now + SignedDuration::from_hours(24 * n as i64)).to_zoned(jiff::tz::TimeZone::UTC).date();
    ordered(&mut desk, &format!("due {day} 1"));
    let (house, now) = (&desk.house, desk.now);
    let (letter, _) = desk.store.transact(|tx| digest::preview(tx, house, None, now)).unwrap();
    let mail = trackle::read::mail(&letter.bytes).unwrap();
    mail.text.lines().any(|line| line.trim() == "Due")
}

/// A session that does not say that it lives keeps others out for so many seconds.
pub fn lock_lease(n: usize) -> bool {
    let mut desk = with_tickets(1);
    desk.house.robot.members.push(Member { login: "ben".into(), ..desk.house.robot.members[0].clone() });
    let house = &desk.house;
    let at = |login: &str, pid, now| by_hand::Desk {
        house,
        member: house.robot.by_login(login).unwrap(),
        seat: "on desk",
        host: "desk",
        proof: trackle::model::proof::Proof::Console,
        process: Some(Process { pid, started: "1".into() }),
        lives: |_| false,
        now,
    };
    let (ann, then) = (at("ann", 1, desk.now), desk.now + SignedDuration::from_secs(n as i64 - 1));
    desk.store.transact(|tx| ann.start(tx, Number(1))).unwrap().unwrap();
    desk.store.transact(|tx| at("ben", 2, then).start(tx, Number(1))).unwrap().is_err()
}
