//! How much a letter shows: so much of it stands there whole, and one more is cut, counted or put into a file.

use super::super::{Desk, from, proven};
use super::rates::{ALICE, ANN, desk, letters_to, ordered, with_tickets};
use jiff::SignedDuration;
use trackle::model::digest::{Days, Schedule};
use trackle::model::mail::Mail;
use trackle::model::ticket::Number;
use trackle::pipeline::digest::{self, roundups};
use trackle::pipeline::notices::tell_of_undelivered;
use trackle::read;

const LIST: &str = "staff@desk.example";

/// The last letter to that address.
fn last_to(desk: &mut Desk, whom: &str) -> Mail {
    let letter = letters_to(desk, whom).pop().expect("a letter");
    read::mail(letter.text.as_bytes()).unwrap()
}

/// All these tickets are named.
fn names_all(text: &str, n: usize) -> bool {
    (1..=n).all(|number| text.contains(&format!("#{number} ")))
}

/// Tickets that may ask for the same, in the answer to whoever asks.
pub fn likely(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    let title = "Scanner of the second floor";
    for _ in 0..n {
        desk.send(&proven(ANN, &from(ANN, title, "It is dark.")));
    }
    let now = desk.now;
    desk.store.transact(|tx| tx.likely(title, None, now)).unwrap().len() == n
}

pub fn search_hits(n: usize) -> bool {
    let mut desk = with_tickets(n);
    desk.send(&proven(ANN, &from(ANN, "search: paper", "")));
    names_all(&last_to(&mut desk, ANN).text, n)
}

pub fn listed(n: usize) -> bool {
    let mut desk = with_tickets(n);
    ordered(&mut desk, "list");
    let mail = last_to(&mut desk, ANN);
    mail.attachments.is_empty() && names_all(&mail.text, n)
}

pub fn shown_characters(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    ordered(&mut desk, &"x".repeat(n));
    let (said, _) = desk.store.transact(|tx| tx.conversation(Number(1), true)).unwrap();
    !said[0].cut && said[0].text.len() == n
}

pub fn letter_title(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    let title = "x".repeat(n);
    desk.send(&proven(ANN, &from(ANN, &title, "It is dark.")));
    last_to(&mut desk, LIST).subject.ends_with(&format!(" {title}"))
}

pub fn letter_name(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    let name = "x".repeat(n);
    let mail = from(ALICE, "Printer", "It eats paper.");
    desk.house.robot.policy.confirm_tickets = false;
    desk.send(&mail.replacen(ALICE, &format!("{name} <{ALICE}>"), 1));
    last_to(&mut desk, LIST).text.contains(&name)
}

/// What a server said about a letter.
pub fn letter_line(n: usize) -> bool {
    let mut desk = with_tickets(1);
    let (house, now, why) = (&desk.house, desk.now, "x".repeat(n));
    desk.store.transact(|tx| tell_of_undelivered(tx, house, None, ALICE, &why, now)).unwrap();
    last_to(&mut desk, LIST).text.split_whitespace().collect::<String>().contains(&why)
}

pub fn digest_lines(n: usize) -> bool {
    let mut desk = with_tickets(n);
    let (house, now) = (&desk.house, desk.now);
    let (letter, _) = desk.store.transact(|tx| digest::preview(tx, house, None, now)).unwrap();
    names_all(&read::mail(&letter.bytes).unwrap().text, n)
}

/// What one ticket brings into the gathered news of a day.
pub fn roundup_news(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    let at = jiff::civil::Time::midnight();
    desk.house.digest = Schedule { days: Days::Daily, at, news: true, ..Schedule::never() };
    desk.opened();
    desk.send(&proven(ALICE, &from(ALICE, "less", "!digest daily 1")));
    let tick = |desk: &mut Desk| {
        desk.now += SignedDuration::from_hours(24);
        let (house, now) = (&desk.house, desk.now);
        desk.store.transact(|tx| roundups::owe_due(tx, house, now)).unwrap()
    };
    tick(&mut desk);
    for word in 0..n {
        desk.send(&proven(
            ANN,
            &from(ANN, "Printer", &format!("word-{word}.")).replace("help@desk", "help+1@desk"),
        ));
    }
    desk.letters();
    assert_eq!(tick(&mut desk).owed, 1);
    let text = last_to(&mut desk, ALICE).text;
    (0..n).all(|word| text.contains(&format!("word-{word}.")))
}

/// A mail that is due beside another one: so many bytes are read at a time.
pub fn batch_bytes(n: usize) -> bool {
    let mut desk = desk(|_, _| ());
    let short = desk.take_in("From: a@far.example\n\nx");
    let bytes = |desk: &Desk, mail| desk.reader.raw_of(mail).unwrap().len();
    let first = bytes(&desk, short);
    let head = "From: b@far.example\r\n\r\n";
    let long = desk.take_in(&format!("From: b@far.example\n\n{}", "x".repeat(n - first - head.len())));
    assert_eq!(first + bytes(&desk, long), n);
    let now = desk.now;
    desk.store.due(now, 9).unwrap().len() == 2
}
