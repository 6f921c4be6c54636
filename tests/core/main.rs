//! The core from raw bytes to owed letters: a store in a temporary directory, the pipeline, a fixed key and a clock
//! that stands still. Each test is a way in which mail could be lost, doubled, or believed too much.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod audience;
mod away;
mod folder;
mod identity;
mod intake;
mod large;
mod limits;
mod marks;
mod outgoing;
mod relay;
mod odd;
mod secrets;
mod signed;

use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicU32, Ordering};
use trackle::daemon::courier;
use trackle::model::address::Address;
use trackle::model::decision::End;
use trackle::model::digest::Schedule;
use trackle::model::person::Member;
use trackle::model::robot::{Policy, Robot, Trust};
use trackle::model::seal::Seal;
use trackle::model::ticket::Number;
use trackle::pipeline::{self, House, Trace};
use trackle::read;
use trackle::store::events::Cause;
use trackle::store::outbox::Settled;
use trackle::store::spool::{Cursor, Parcelled};
use trackle::store::{Reader, Store, Tx};
use trackle::write::Wording;

const START: Timestamp = Timestamp::constant(1_800_000_000, 0);

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn robot() -> Robot {
    Robot {
        address: address("help@desk.example"),
        name: "Help".into(),
        aliases: Vec::new(),
        delimiter: Some('+'),
        returns: true,
        base_url: None,
        list: address("staff@desk.example"),
        also: Vec::new(),
        members: vec![Member {
            login: "ann".into(),
            name: "Ann".into(),
            address: address("ann@desk.example"),
            aliases: Vec::new(),
            words: Vec::new(),
        }],
        trust: Trust {
            authserv_ids: vec!["mx.desk.example".into()],
            mx_hosts: vec!["mx.desk.example".into()],
            ..Trust::default()
        },
        policy: Policy::default(),
        values: trackle::model::fields::Values::default(),
        seal: Seal::new(vec![[7; 32]]),
    }
}

/// A letter as it was owed.
struct Letter {
    to: String,
    text: String,
}

impl Letter {
    fn header(&self, name: &str) -> String {
        let mail = read::mail(self.text.as_bytes()).unwrap();
        mail.header(name).unwrap_or_default().to_owned()
    }
}

struct Desk {
    dir: tempfile::TempDir,
    store: Store,
    reader: Reader,
    house: House,
    now: Timestamp,
    uid: u64,
}

impl Desk {
    fn new() -> Desk {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let reader = Reader::open(dir.path()).unwrap();
        let house = House { robot: robot(), wording: Wording::default(), digest: Schedule::never() };
        Desk { dir, store, reader, house, now: START, uid: 0 }
    }

    /// Takes a mail in without handling it; gives its number.
    fn take_in(&mut self, mail: &str) -> i64 {
        self.uid += 1;
        let bytes = mail.replace('\n', "\r\n");
        let parcel = Parcelled::new(self.uid.to_string(), bytes.as_bytes(), None, false);
        let now = self.now;
        self.store
            .transact(|tx| {
                let at = tx.mailbox("test")?;
                let at = Cursor { epoch: 1, ..at };
                Ok(tx.keep(at, &parcel, now)?.unwrap())
            })
            .unwrap()
    }

    fn handle(&mut self, intake: i64) -> Trace {
        let mail = read::mail(&self.reader.raw_of(intake).unwrap()).unwrap();
        let (house, now) = (&self.house, self.now);
        self.store.transact(|tx| tx.part(|part| pipeline::handle(part, house, intake, &mail, now))).unwrap()
    }

    fn send(&mut self, mail: &str) -> Trace {
        let intake = self.take_in(mail);
        self.handle(intake)
    }

    /// Everything that is owed and not sent, which then counts as sent.
    fn letters(&mut self) -> Vec<Letter> {
        let now = self.now + SignedDuration::from_hours(24);
        let leased = self.store.transact(|tx| tx.lease(now, 1_000)).unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        leased.iter().map(|l| Letter { to: l.to.to_string(), text: text(&l.bytes) }).collect()
    }

    /// What stands in a ticket, one text after the other.
    fn said(&self, ticket: u32) -> Vec<String> {
        let said = self.reader.said(Number(ticket)).unwrap();
        said.into_iter().map(|s| s.text).collect()
    }

    /// Opens ticket 1 as Alice, confirmed; gives her letter about it.
    fn opened(&mut self) -> Letter {
        self.send(&from("alice@far.example", "Printer", "It eats paper."));
        let code = self.letters().remove(0);
        self.send(&answer(&code, "alice@far.example", "yes"));
        let mut letters = self.letters();
        let at = letters.iter().position(|l| l.to == "alice@far.example").unwrap();
        letters.remove(at)
    }
}

/// A mail that nobody vouches for.
fn from(sender: &str, subject: &str, text: &str) -> String {
    static WRITTEN: AtomicU32 = AtomicU32::new(0);
    let id = WRITTEN.fetch_add(1, Ordering::Relaxed);
    format!(
        "From: {sender}\nTo: help@desk.example\nSubject: {subject}\nMessage-ID: <{id}.{}>\n\
         Date: Fri, 15 Jan 2027 08:00:00 +0000\n\n{text}\n",
        sender.replace('@', "@id.")
    )
}

/// A proven mail: our own server found its DKIM signature good.
fn proven(sender: &str, mail: &str) -> String {
    let domain = sender.split('@').next_back().unwrap();
    format!(
        "Authentication-Results: mx.desk.example; dkim=pass header.d={domain}\n\
         Received: from out.{domain} by mx.desk.example with ESMTPS; Fri, 15 Jan 2027 08:00:00 +0000\n{mail}"
    )
}

/// The answer of a mail program to a letter.
fn answer(letter: &Letter, sender: &str, text: &str) -> String {
    let to = match letter.header("Reply-To") {
        none if none.is_empty() => "help@desk.example".to_owned(),
        to => to,
    };
    let parent = letter.header("Message-ID");
    from(sender, &format!("Re: {}", letter.header("Subject")), text).replacen(
        "To: help@desk.example",
        &format!("To: {to}\nIn-Reply-To: {parent}"),
        1,
    )
}

#[test]
fn a_ticket_is_confirmed_by_an_answer() {
    let mut desk = Desk::new();
    let letter = desk.opened();
    assert!(letter.text.contains("#1"), "{}", letter.text);
    assert_eq!(desk.said(1), ["It eats paper."]);
}

#[test]
fn a_held_mail_is_let_through_once() {
    let mut desk = Desk::new();
    desk.opened();
    let stranger = from("bob@else.example", "me too", "Same here, same printer.");
    let held = desk.take_in(&stranger.replace("To: help@", "To: help+1@"));
    assert_eq!(desk.handle(held).end, End::Held);
    let question = desk.letters().remove(0);
    let cause = Cause { actor: "root".into(), proof: "none".into(), intake: None, now: desk.now };
    desk.store.transact(|tx| tx.retry(held, &cause)).unwrap();
    assert_eq!(desk.handle(held).end, End::Applied);
    let late = desk.send(&answer(&question, "bob@else.example", "yes"));
    assert!(late.released.is_empty());
    assert_eq!(desk.said(1).len(), 2);
}

#[test]
fn a_mail_that_was_dropped_stays_dropped() {
    let mut desk = Desk::new();
    desk.opened();
    let stranger = from("bob@else.example", "me too", "Same here, same printer.");
    let held = desk.take_in(&stranger.replace("To: help@", "To: help+1@"));
    desk.handle(held);
    let question = desk.letters().remove(0);
    let cause = Cause { actor: "root".into(), proof: "none".into(), intake: None, now: desk.now };
    desk.store.transact(|tx| tx.discard(held, "spam", &cause)).unwrap();
    desk.send(&answer(&question, "bob@else.example", "yes"));
    assert_eq!(desk.said(1).len(), 1);
}

#[test]
fn an_outsider_who_names_the_list_does_not_hide_from_it() {
    let mut desk = Desk::new();
    let letter = desk.opened();
    let mail = answer(&letter, "alice@far.example", "Now it burns.").replacen(
        "In-Reply-To:",
        "Cc: staff@desk.example\nIn-Reply-To:",
        1,
    );
    desk.send(&mail);
    let letters = desk.letters();
    assert!(letters.iter().any(|l| l.to == "staff@desk.example" && l.text.contains("Now it burns.")));
}

#[test]
fn an_unconfirmed_ticket_draws_nobody_elses_mail_to_it() {
    let mut desk = Desk::new();
    let claim =
        from("eve@evil.example", "hello", "x").replacen("To:", "References: <thread@lists.example>\nTo:", 1);
    desk.send(&claim);
    let mail = from("ann@desk.example", "Re: thread", "Could somebody look at this?").replacen(
        "To:",
        "In-Reply-To: <thread@lists.example>\nTo:",
        1,
    );
    let trace = desk.send(&proven("ann@desk.example", &mail));
    assert_eq!((trace.end, trace.ticket), (End::Applied, Some(Number(2))), "{}", trace.why);
}

#[test]
fn an_unconfirmed_ticket_keeps_no_message_id_from_a_confirmed_one() {
    let mut desk = Desk::new();
    let claim =
        |who: &str| from(who, "hello", "x").replacen("To:", "References: <thread@lists.example>\nTo:", 1);
    desk.send(&claim("eve@evil.example"));
    let answers = |text: &str| {
        from("ann@desk.example", "Re: thread", text).replacen(
            "To:",
            "In-Reply-To: <thread@lists.example>\nTo:",
            1,
        )
    };
    let trace = desk.send(&proven("ann@desk.example", &answers("Could somebody look at this?")));
    assert_eq!(trace.ticket, Some(Number(2)), "{}", trace.why);
    // the rest of the thread goes there too, and a later claim changes nothing
    desk.send(&claim("mallory@evil.example"));
    let trace = desk.send(&proven("ann@desk.example", &answers("It is urgent.")));
    assert_eq!(trace.ticket, Some(Number(2)), "{}", trace.why);
    assert_eq!(desk.said(2).len(), 2);
}

#[test]
fn what_is_said_after_a_confirmation_is_filed() {
    let mut desk = Desk::new();
    desk.send(&from("alice@far.example", "Printer", "It eats paper."));
    let code = desk.letters().remove(0);
    desk.send(&answer(&code, "alice@far.example", "yes"));
    desk.letters();
    let more = "One more thing: it is the one on the third floor.";
    let trace = desk.send(&answer(&code, "alice@far.example", more));
    assert_eq!(desk.said(1), ["It eats paper.", more], "{}", trace.why);
    desk.send(&answer(&code, "eve@evil.example", "And I am somebody else with many words."));
    assert_eq!(desk.said(1).len(), 2);
}

#[test]
fn a_waiting_request_that_cannot_be_read_keeps_none_of_the_others() {
    let mut desk = Desk::new();
    desk.house.robot.policy.automatic_per_day = 5;
    for n in 1..=9 {
        desk.send(&from("alice@far.example", &format!("Printer {n}"), "It eats paper."));
    }
    let questions = desk.letters();
    assert_eq!(questions.len(), 3);
    let db = rusqlite::Connection::open(desk.dir.path().join("trackle.db")).unwrap();
    db.execute("UPDATE raw SET packed = x'00' WHERE id = 5", []).unwrap();
    let trace = desk.send(&answer(&questions[0], "alice@far.example", "yes"));
    assert_eq!(trace.end, End::Applied, "{}", trace.why);
    let state = |n: u32| desk.reader.view(Number(n), START).unwrap().unwrap().ticket.state.word();
    let open: Vec<u32> = (1..=9).filter(|n| state(*n) == "open").collect();
    assert_eq!(open, [1, 4, 6, 7, 8, 9]);
    // staff learn of all of them; she gets no more receipts than a day may bring
    let letters = desk.letters();
    assert_eq!(letters.iter().filter(|l| l.to == "staff@desk.example").count(), 6);
    assert_eq!(letters.iter().filter(|l| l.to == "alice@far.example").count(), 2);
}

#[test]
fn a_null_sender_confirms_nothing() {
    let mut desk = Desk::new();
    desk.send(&from("alice@far.example", "Printer", "It eats paper."));
    let code = desk.letters().remove(0);
    for sign in ["Return-Path: <>\n", "X-Loop: other@robot.example\n"] {
        let trace = desk.send(&format!("{sign}{}", answer(&code, "alice@far.example", "yes")));
        assert_eq!(trace.end, End::Held, "{}", trace.why);
    }
    let trace = desk.send(&answer(&code, "mailer-daemon@far.example", "returned"));
    assert_eq!(trace.end, End::Held);
    assert_eq!(desk.send(&answer(&code, "alice@far.example", "yes")).end, End::Applied);
}

#[test]
fn a_sysadmin_lets_through_what_only_looks_like_a_code() {
    let mut desk = Desk::new();
    let mail = from("alice@far.example", "Printer", "See part c17-abcdefghijklmnopqrst in the list.");
    let held = desk.take_in(&mail);
    assert_eq!(desk.handle(held).end, End::Held);
    let cause = Cause { actor: "root".into(), proof: "none".into(), intake: None, now: desk.now };
    desk.store.transact(|tx| tx.retry(held, &cause)).unwrap();
    assert_eq!(desk.handle(held).end, End::Applied);
}

#[test]
fn an_ignored_copy_does_not_hide_the_mail() {
    let mut desk = Desk::new();
    let mail = from("alice@far.example", "Printer", "It eats paper.");
    assert_eq!(desk.send(&format!("Precedence: bulk\n{mail}")).end, End::Ignored);
    assert_eq!(desk.send(&mail).end, End::Applied);
    assert_eq!(desk.send(&format!("X-Other-Way: 1\n{mail}")).end, End::Duplicate);
}

#[test]
fn commands_need_a_mail_that_cannot_be_played_again() {
    for field in ["Date: ", "Message-ID: "] {
        let mut desk = Desk::new();
        desk.opened();
        let mail = proven("ann@desk.example", &from("ann@desk.example", "orders", "close 1"));
        let bare: String = mail.lines().filter(|l| !l.starts_with(field)).map(|l| format!("{l}\n")).collect();
        assert_eq!(desk.send(&bare).end, End::Held, "{field}");
        assert_eq!(desk.send(&mail).end, End::Applied);
    }
}

#[test]
fn a_report_counts_once() {
    let mut desk = Desk::new();
    desk.opened();
    let ann = proven("ann@desk.example", &from("ann@desk.example", "[#1] hi", "We are on it, Alice."));
    desk.send(&ann);
    let now = desk.now;
    let leased = desk.store.transact(|tx| tx.lease(now, 100)).unwrap();
    for letter in &leased {
        let sent = Settled::Sent { said: "250".into() };
        desk.store.transact(|tx| tx.settle(letter.id, &sent, now)).unwrap();
    }
    let path = leased.iter().find(|l| l.to.as_str() == "alice@far.example").unwrap().envelope_from.clone();
    let report = |n: u32| {
        format!(
            "Return-Path: <>\nFrom: mailer-daemon@far.example\nTo: {}\nSubject: Undelivered Mail\n\
             Message-ID: <{n}@far.example>\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
             --b\n\nIt failed.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; far.example\n\n\
             Final-Recipient: rfc822; alice@far.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n",
            path.as_ref().unwrap()
        )
    };
    for n in 0..3 {
        desk.send(&report(n));
    }
    let history = desk.reader.history(Number(1)).unwrap();
    assert_eq!(history.iter().filter(|h| h.what == "undelivered").count(), 1);
}

#[test]
fn a_strangers_words_are_not_mailed_to_his_victim() {
    let mut desk = Desk::new();
    desk.opened();
    let spam = from("victim@far.example", "x", "close 1: cheap pills at evil.example")
        .replace("To: help@", "To: help+1@");
    desk.send(&spam);
    let letters = desk.letters();
    assert_eq!(letters.len(), 1);
    assert!(!letters[0].text.contains("pills"), "{}", letters[0].text);
    assert!(letters[0].text.contains("| close"));
}

#[test]
fn a_letter_that_cannot_be_unpacked_does_not_stop_the_others() {
    let mut desk = Desk::new();
    for n in 0..3 {
        desk.send(&from(&format!("p{n}@far.example"), "Printer", "It eats paper."));
    }
    let db = rusqlite::Connection::open(desk.dir.path().join("trackle.db")).unwrap();
    db.execute("UPDATE outbox SET packed = x'00' WHERE id = 2", []).unwrap();
    assert_eq!(desk.letters().len(), 2);
    let state: String = db.query_row("SELECT state FROM outbox WHERE id = 2", [], |r| r.get(0)).unwrap();
    assert_eq!(state, "held");
}

#[test]
fn a_clock_that_was_ahead_keeps_no_mail_and_no_letter_waiting() {
    let mut desk = Desk::new();
    desk.now = START + SignedDuration::from_hours(24 * 365);
    let intake = desk.take_in(&from("alice@far.example", "Printer", "It eats paper."));
    assert_eq!(desk.store.due(START, 10).unwrap().len(), 1);
    desk.handle(intake);
    assert_eq!(desk.store.transact(|tx| tx.lease(START, 10)).unwrap().len(), 1);
}

#[test]
fn what_was_put_off_under_a_clock_that_was_ahead_is_due_again() {
    let mut desk = Desk::new();
    let ahead = START + SignedDuration::from_hours(24 * 365);
    desk.now = ahead;
    desk.house.robot.policy.confirmations_per_hour = 1;
    for n in 0..4 {
        desk.send(&from(&format!("p{n}@far.example"), "Printer", "It eats paper."));
    }
    // two may go now: one is tried, the other waits with it; the others were to wait for their hours
    let later = ahead + SignedDuration::from_mins(15);
    let put_off = |tx: &Tx<'_>| {
        let leased = tx.lease(ahead + SignedDuration::from_hours(1), 9)?;
        tx.settle(leased[0].id, &Settled::Later { said: "451 later".into(), at: later }, ahead)?;
        tx.unlease(&[leased[1].id], later)
    };
    desk.store.transact(put_off).unwrap();
    let waiting = desk.take_in(&from("p9@far.example", "Printer", "It eats paper."));
    let due = desk.store.due(ahead, 9).unwrap();
    desk.store.transact(|tx| tx.begin(&due)).unwrap();
    desk.store.transact(|tx| tx.postpone(waiting, later)).unwrap();
    assert!(desk.store.due(START, 9).unwrap().is_empty());
    desk.store.transact(|tx| tx.mend_waits(START)).unwrap();
    assert_eq!(desk.store.due(START, 9).unwrap().len(), 1);
    assert_eq!(desk.store.transact(|tx| tx.lease(START, 9)).unwrap().len(), 4);

    // under a clock that is right a question waits for its hour
    let mut desk = Desk::new();
    desk.house.robot.policy.confirmations_per_hour = 1;
    for n in 0..5 {
        desk.send(&from(&format!("p{n}@far.example"), "Printer", "It eats paper."));
    }
    desk.store.transact(|tx| tx.mend_waits(START)).unwrap();
    assert_eq!(desk.store.transact(|tx| tx.lease(START, 9)).unwrap().len(), 1);
}

#[test]
fn staff_are_not_told_of_answers_to_addresses_that_do_not_exist() {
    let mut desk = Desk::new();
    desk.send(&from("joe@made-up.example", "pills", "Buy them."));
    let (now, house) = (desk.now, &desk.house);
    let fail = |tx: &Tx<'_>| {
        let leased = tx.lease(now, 10)?;
        leased.iter().try_for_each(|l| courier::give_up(tx, house, l, "550 5.1.1 who?", now))?;
        Ok(leased.len())
    };
    assert_eq!(desk.store.transact(fail).unwrap(), 1);
    assert_eq!(desk.store.transact(fail).unwrap(), 0);
    desk.opened();
    desk.send(&proven("ann@desk.example", &from("ann@desk.example", "[#2] hi", "We are on it, Alice.")));
    let (now, house) = (desk.now, &desk.house);
    let fail = |tx: &Tx<'_>| {
        let leased = tx.lease(now, 10)?;
        let of_alice = leased.iter().filter(|l| l.to.as_str() == "alice@far.example");
        of_alice.clone().try_for_each(|l| courier::give_up(tx, house, l, "550 5.1.1 gone", now))?;
        Ok(of_alice.count())
    };
    assert_eq!(desk.store.transact(fail).unwrap(), 1);
    assert!(desk.letters().iter().any(|l| l.text.contains("5.1.1 gone")));
}

#[test]
fn a_reply_address_proves_its_person_for_its_ticket_only() {
    let mut desk = Desk::new();
    desk.opened();
    desk.send(&from("alice@far.example", "Monitor", "It is dark."));
    desk.letters();
    let ann = address("ann@desk.example");
    let detail = desk.house.robot.seal.reply_detail(Number(1), &ann, START);
    let mail = from("ann@desk.example", "x", "close 2").replace("help@", &format!("help+{detail}@"));
    assert_eq!(desk.send(&mail).end, End::Held);
    let mail = from("ann@desk.example", "xy", "close 1").replace("help@", &format!("help+{detail}@"));
    assert_eq!(desk.send(&mail).end, End::Applied);
}

#[test]
fn a_mail_that_was_being_read_comes_first_and_alone() {
    let mut desk = Desk::new();
    for n in 0..5 {
        desk.take_in(&from(&format!("p{n}@far.example"), "Printer", "It eats paper."));
    }
    let due = desk.store.due(START, 3).unwrap();
    assert_eq!(due.iter().map(|w| w.intake).collect::<Vec<_>>(), [1, 2, 3]);
    let third = due.into_iter().nth(2).unwrap();
    desk.store.transact(|tx| tx.begin(&[third])).unwrap();
    assert_eq!(desk.store.due(START, 3).unwrap().iter().map(|w| w.intake).collect::<Vec<_>>(), [3]);
    desk.store.transact(|tx| tx.postpone(3, START + SignedDuration::from_secs(60))).unwrap();
    assert_eq!(desk.store.due(START, 9).unwrap().len(), 4);
}

/// Three tries alone; a crash in company, or a kill from outside while nothing was read, is held against no mail.
#[test]
fn a_mail_that_ends_the_program_is_set_aside_after_three_tries_alone() {
    let mut desk = Desk::new();
    for n in 0..2 {
        desk.take_in(&from(&format!("p{n}@far.example"), "Printer", "It eats paper."));
    }
    for (together, suspect) in [(2, None), (1, Some(1)), (1, None), (1, Some(1)), (1, Some(1))] {
        let due = desk.store.due(START, 9).unwrap();
        assert_eq!(desk.store.transact(|tx| tx.begin(&due)).unwrap().len(), together);
        desk.store.transact(|tx| tx.acquit(suspect)).unwrap();
    }
    let due = desk.store.due(START, 9).unwrap();
    assert!(desk.store.transact(|tx| tx.begin(&due)).unwrap().is_empty());
    // its neighbour is next
    assert_eq!(desk.store.due(START, 9).unwrap().iter().map(|w| w.intake).collect::<Vec<_>>(), [2]);
}

/// What the daemon asks for again and again must not cost more with every mail ever taken in.
#[test]
fn the_daemons_looks_use_an_index() {
    let desk = Desk::new();
    let db = rusqlite::Connection::open(desk.dir.path().join("trackle.db")).unwrap();
    for (look, index) in [
        (
            "SELECT id FROM intake i WHERE i.state = 'quarantined' AND i.told = 0 ORDER BY i.id LIMIT 50",
            "intake_untold",
        ),
        (
            "SELECT id FROM intake WHERE state = ?1 AND state IN ('new','reading') AND due <= ?2 ORDER BY due, id",
            "intake_waiting",
        ),
        // a letter's References, however many mails the ticket has, and whoever they were for
        (
            "SELECT id, message_id FROM message WHERE ticket = ?1 AND staff = 1 AND kind != 'ghost'
             ORDER BY id DESC LIMIT 9",
            "message_staff",
        ),
        (
            "SELECT id, message_id FROM message WHERE ticket = ?1 AND outside = 1 AND kind != 'ghost'
             ORDER BY id LIMIT 1",
            "message_outside",
        ),
        (
            "SELECT 1 FROM event WHERE ticket = ?1 AND what = 'undelivered' AND detail ->> 'recipient' = ?2",
            "event_undelivered",
        ),
        ("SELECT 1 FROM pending WHERE person = ?1 AND answered IS NULL AND expires > ?2", "pending_open"),
    ] {
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {look}")).unwrap();
        let steps: Vec<String> = plan.raw_query().mapped(|row| row.get(3)).map(Result::unwrap).collect();
        let sorted = steps.iter().any(|s| s.contains("TEMP B-TREE"));
        assert!(!sorted && steps.iter().any(|s| s.contains(index)), "{look}: {steps:?}");
    }
}

#[test]
fn a_row_that_makes_no_sense_sets_the_mail_aside_and_does_not_spin() {
    let mut desk = Desk::new();
    let letter = desk.opened();
    let db = rusqlite::Connection::open(desk.dir.path().join("trackle.db")).unwrap();
    db.execute("UPDATE person SET spelled = 'nowhere'", []).unwrap();
    let intake = desk.take_in(&answer(&letter, "alice@far.example", "Now it burns."));
    let mail = read::mail(&desk.reader.raw_of(intake).unwrap()).unwrap();
    let fault = desk
        .store
        .transact(|tx| tx.part(|part| pipeline::handle(part, &desk.house, intake, &mail, START)))
        .unwrap_err();
    assert!(!fault.again, "{fault}");
}

#[test]
fn the_database_is_for_nobody_else_to_read() {
    use std::os::unix::fs::PermissionsExt;
    let mut desk = Desk::new();
    desk.take_in(&from("alice@far.example", "Printer", "It eats paper."));
    for name in ["trackle.db", "trackle.db-wal", "trackle.db-shm"] {
        let mode = desk.dir.path().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}

/// What a start reads from the file that names the mail to blame.
#[test]
fn only_the_mail_that_was_read_when_the_program_ended_keeps_its_try() {
    let mut desk = Desk::new();
    let mails: Vec<i64> = (0..2)
        .map(|n| desk.take_in(&from(&format!("p{n}@far.example"), "Printer", &format!("It eats paper {n}."))))
        .collect();
    let due = desk.store.due(START, 9).unwrap();
    desk.store.transact(|tx| tx.begin(&due)).unwrap();
    desk.store.suspect().name(mails[1]).unwrap();
    let Desk { dir, store, reader, .. } = desk;
    drop((store, reader));
    let mut store = Store::open(dir.path()).unwrap();
    for (mail, tries) in [(mails[0], 0), (mails[1], 1)] {
        let first = store.due(START, 1).unwrap();
        assert_eq!(first.iter().map(|w| (w.intake, w.tries)).collect::<Vec<_>>(), [(mail, tries)]);
        store.transact(|tx| tx.end(mail, End::Ignored, "looked at", None)).unwrap();
    }
    // the accusation does not outlive the start that heard it
    assert_eq!(std::fs::read(dir.path().join("suspect")).unwrap(), [0; 8]);
}
