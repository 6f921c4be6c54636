//! How often, how many and how late: a desk at which one thing is about to be too much. What came before is counted at
//! once where it would take thousands of mails, and really sent where it would not.

use super::super::folder::Folder;
use super::super::intake::server;
use super::super::{Desk, Letter, answer, from, proven};
use jiff::SignedDuration;
use std::sync::Arc;
use trackle::clock::{Clock, SystemClock};
use trackle::daemon::Hub;
use trackle::daemon::intake::{self, Source};
use trackle::fetch::imap::{Done, Imap};
use trackle::model::decision::End;
use trackle::model::proof::Proof;
use trackle::model::robot::Policy;
use trackle::store::tickets::{day, hour};

pub(super) const ALICE: &str = "alice@far.example";
pub(super) const ANN: &str = "ann@desk.example";
const LARGE: u32 = 1_000_000;

/// A desk where nothing is too much but what `set` leaves as it is.
pub(super) fn desk(set: impl FnOnce(&mut Policy, Policy)) -> Desk {
    let mut desk = Desk::new();
    let policy = &mut desk.house.robot.policy;
    *policy = Policy {
        automatic_per_day: LARGE,
        mails_per_sender_hour: LARGE,
        mails_per_sender_day: LARGE,
        tickets_per_sender_hour: LARGE,
        confirmations_per_hour: LARGE,
        letters_per_hour: LARGE,
        ..Policy::default()
    };
    set(policy, Policy::default());
    desk
}

/// It happened so often before, in this hour (or on this day).
pub(super) fn before(desk: &mut Desk, what: &str, whom: &str, daily: bool, n: usize) {
    let bucket = if daily { day(desk.now) } else { hour(desk.now) };
    desk.store.transact(|tx| (1..n).try_for_each(|_| tx.tally(what, whom, bucket).map(drop))).unwrap();
}

pub(super) fn request(desk: &mut Desk) -> End {
    desk.send(&from(ALICE, "Printer", "It eats paper.")).end
}

/// What waits to be sent now; later letters are none.
pub(super) fn due(desk: &mut Desk) -> usize {
    let now = desk.now;
    desk.store.transact(|tx| tx.lease(now, 1_000)).unwrap().len()
}

pub(super) fn later(desk: &mut Desk, hours: usize) {
    desk.now = desk.now + SignedDuration::from_hours(hours as i64) - SignedDuration::from_secs(1);
}

/// The letters to that address, of all that are owed.
pub(super) fn letters_to(desk: &mut Desk, whom: &str) -> Vec<Letter> {
    desk.letters().into_iter().filter(|letter| letter.to == whom).collect()
}

/// Ann orders it, and her server vouches for her.
pub(super) fn ordered(desk: &mut Desk, orders: &str) -> End {
    desk.send(&proven(ANN, &from(ANN, "Work", orders))).end
}

/// Tickets that Ann wrote down, which need no confirmation.
pub(super) fn with_tickets(n: usize) -> Desk {
    let mut desk = desk(|_, _| ());
    (0..n).for_each(|_| assert_eq!(ordered(&mut desk, "It eats paper."), End::Applied));
    desk.letters();
    desk
}

pub fn mails_per_sender_hour(n: usize) -> bool {
    let mut desk = desk(|now, as_is| now.mails_per_sender_hour = as_is.mails_per_sender_hour);
    for _ in 1..n {
        request(&mut desk);
    }
    request(&mut desk) == End::Applied
}

pub fn mails_per_sender_day(n: usize) -> bool {
    let mut desk = desk(|now, as_is| now.mails_per_sender_day = as_is.mails_per_sender_day);
    before(&mut desk, "mails of the day", ALICE, true, n);
    request(&mut desk) == End::Applied
}

pub fn tickets_per_sender_hour(n: usize) -> bool {
    let mut desk = desk(|now, as_is| now.tickets_per_sender_hour = as_is.tickets_per_sender_hour);
    for _ in 1..n {
        request(&mut desk);
    }
    request(&mut desk) == End::Applied
}

/// A wrong code is held in any case; of one too many staff are told.
pub fn wrong_codes_per_hour(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    let wrong = |_| from(ALICE, "c7-aaaaaaaaaaaaaaaaaaaa", "yes");
    assert!((0..n).all(|turn| desk.send(&wrong(turn)).end == End::Held));
    desk.store.transact(|tx| tx.stopped()).unwrap().is_empty()
}

pub fn same_words_per_hour(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    let letter = desk.opened();
    let mut away = |turn: usize| {
        let mail = answer(&letter, ALICE, "I am away until Monday.");
        let other = format!("In-Reply-To: <letter-{turn}@far.example>\nReferences: ");
        desk.send(&mail.replacen("In-Reply-To: ", &other, 1)).end
    };
    (0..n).map(&mut away).last() == Some(End::Applied)
}

pub fn news_per_ticket_hour(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    let letter = desk.opened();
    later(&mut desk, 2);
    before(&mut desk, "news", "1", false, n);
    desk.send(&answer(&letter, ALICE, "It smokes now.")).end == End::Applied
}

/// What is too much stays in the mailbox.
pub fn mails_per_hour(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    // the robot below has a clock of its own
    desk.now = SystemClock.now();
    before(&mut desk, "taken", "", false, n);
    let folder = Folder::new();
    folder.put(1, &from(ALICE, "Printer", "It eats paper."), 1);
    let hub = Arc::new(Hub::new(desk.store, desk.house, Arc::new(SystemClock)));
    let mut source = Source::Imap(Box::new(Imap::new(server(folder.port), "INBOX", Done::Flag)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let taken = runtime.block_on(intake::take_in(&hub, &mut source)).unwrap();
    let told = hub.store().waiting_letters().unwrap();
    assert_eq!(taken + told as usize, 1, "either it is taken in or staff are told");
    taken == 1
}

pub fn automatic_per_day(n: usize) -> bool {
    let mut desk = desk(|now, as_is| now.automatic_per_day = as_is.automatic_per_day);
    before(&mut desk, "automatic", ALICE, true, n);
    request(&mut desk);
    due(&mut desk) == 1
}

pub fn confirmations_per_address(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    for _ in 0..n {
        request(&mut desk);
    }
    due(&mut desk) == n
}

pub fn confirmations_per_hour(n: usize) -> bool {
    let mut desk = desk(|now, as_is| now.confirmations_per_hour = as_is.confirmations_per_hour);
    before(&mut desk, "confirmations", "", false, n);
    request(&mut desk);
    due(&mut desk) == 1
}

pub fn letters_per_hour(n: usize) -> bool {
    let mut desk = desk(|now, as_is| now.letters_per_hour = as_is.letters_per_hour);
    before(&mut desk, "letters", "", false, n);
    request(&mut desk);
    due(&mut desk) == 1
}

pub fn confirm_ticket_days(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    request(&mut desk);
    let question = desk.letters().remove(0);
    later(&mut desk, 24 * n);
    desk.send(&answer(&question, ALICE, "yes"));
    letters_to(&mut desk, "staff@desk.example").len() == 1
}

/// The mail of a member whose server vouches for her is asked about when it is old.
pub fn command_hours(n: usize) -> bool {
    let mut desk = with_tickets(1);
    // what `from` writes into Date is the hour at which the desk opened
    desk.now = super::super::START;
    let aged = from(ANN, "Work", "close 1").replace("Fri, 15 Jan 2027 08:00:00 +0000", &written(&desk, n));
    desk.send(&proven(ANN, &aged)).end == End::Applied
}

fn written(desk: &Desk, hours: usize) -> String {
    let then = desk.now - SignedDuration::from_hours(hours as i64);
    then.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// A member in whose name nobody vouches is asked.
pub fn confirm_command_hours(n: usize) -> bool {
    let mut desk = with_tickets(1);
    assert_eq!(desk.send(&from(ANN, "Work", "close 1")).end, End::Held);
    let question = letters_to(&mut desk, ANN).remove(0);
    later(&mut desk, n);
    let trace = desk.send(&answer(&question, ANN, "yes"));
    trace.released.len() == 1
}

/// Counted in whole days, since the token names one.
pub fn reply_token_days(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    let letter = desk.opened();
    later(&mut desk, 24 * n + 1);
    let sender = desk.send(&answer(&letter, ALICE, "It smokes now.")).sender.unwrap();
    sender.proof == Proof::Person
}

pub fn tickets_unasked(n: usize) -> bool {
    let mut desk = with_tickets(n);
    let numbers: Vec<String> = (1..=n).map(|number| number.to_string()).collect();
    ordered(&mut desk, &format!("close {}", numbers.join(" "))) == End::Applied
}

pub fn shown_tickets(n: usize) -> bool {
    let mut desk = with_tickets(n);
    let orders: String = (1..=n).map(|number| format!("show {number}\n")).collect();
    ordered(&mut desk, &orders);
    letters_to(&mut desk, ANN).len() == n
}

pub fn tags(n: usize) -> bool {
    let mut desk = with_tickets(1);
    let words: Vec<String> = (0..n).map(|word| format!("+word{word}")).collect();
    let orders: String = words.chunks(10).map(|some| format!("tag 1 {}\n", some.join(" "))).collect();
    ordered(&mut desk, &orders);
    let view = desk.store.transact(|tx| tx.view(trackle::model::ticket::Number(1), super::super::START));
    view.unwrap().unwrap().ticket.tags.len() == n
}

/// People in Cc of a ticket's first mail.
pub fn invited(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    let people: Vec<String> = (0..n).map(|person| format!("p{person}@near.example")).collect();
    let mail = from(ALICE, "Printer", "It eats paper.").replacen(
        "To: help@desk.example",
        &format!("To: help@desk.example\nCc: {}", people.join(", ")),
        1,
    );
    desk.send(&mail);
    let question = desk.letters().remove(0);
    desk.send(&answer(&question, ALICE, "yes"));
    desk.letters().iter().filter(|letter| people.contains(&letter.to)).count() == n
}
