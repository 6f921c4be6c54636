//! The digest comes once at its time, wherever the power fails, and is acted on by answering it.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, BEN, CARLA, MALLORY, STAFF, Town, believing, plain};
use jiff::tz::TimeZone;
use trackle::model::digest::{Days, Schedule};
use trackle::model::robot::Robot;

/// A town whose staff get their digest at seven, Berlin time.
fn with_digest(robot: Robot) -> Town {
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let at = "07:00".parse().unwrap();
    let mut town = Town::new(robot);
    town.digest = Schedule { days: Days::Daily, at, zone, ..Schedule::never() };
    town.restart();
    town.silence();
    town
}

/// Shows T068, T136, T137, T139.
#[test]
fn a_digest_tells_the_morning_and_is_acted_on_by_answering() {
    let mut town = with_digest(believing());
    let (printer, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let (scanner, _, _) = town.opened(CARLA, "Scanner", "Now the scanner smokes.");
    town.answer(&news, BEN, "take\n\nWhich floor, please?");
    town.letters();
    town.write(MALLORY, "Money", "I have a proposal for you.");
    town.letter_to(MALLORY);
    town.later(24);
    let digest = town.letter_to(STAFF);
    town.silence();
    assert_eq!(digest.subject(), "Digest Tue 3 Mar: 2 new, 2 open");
    digest.says("#1 Printer — Ben Builder, 24 hours");
    digest.says("Ben Builder #1 taken: Printer");
    digest.says("1 unconfirmed ticket");
    digest.hides("proposal");
    assert_eq!((digest.header("Precedence"), digest.header("Reply-To")), ("", ""));

    let reply = town.answer(&digest, ANN, &format!("close {printer}, {scanner}"));
    town.ended(&reply, "applied");
    assert_eq!((town.state_of(printer), town.state_of(scanner), town.tickets()), ("closed", "closed", 3));
    assert_eq!(town.letters().len(), 4);
    town.later(24);
    let digest = town.letter_to(STAFF);
    assert_eq!(digest.subject(), "Digest Wed 4 Mar: 0 new, 0 open");
    digest.says("Ann Admin #1 closed: Printer #2 closed: Scanner");
    // nothing is open and nothing happened
    town.later(24);
    town.silence();
    town.golden("a_digest_tells_the_morning_and_is_acted_on_by_answering");
}

#[test]
fn without_proof_the_answer_to_a_digest_is_asked_about() {
    let mut town = with_digest(plain());
    let (printer, _, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.later(24);
    let digest = town.letter_to(STAFF);
    town.answer(&digest, ANN, "close 1");
    let question = town.letter_to(ANN);
    assert_eq!((question.kind(), town.state_of(printer)), ("confirm_mail", "open"));
    town.answer(&question, ANN, "yes");
    town.letters();
    assert_eq!((town.state_of(printer), town.tickets()), ("closed", 1));
}

#[test]
fn what_a_digest_names_is_not_what_its_answer_is_about() {
    let mut town = with_digest(believing());
    let (printer, _, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.write(CARLA, "Scanner", "Now the scanner smokes.");
    let question = town.letter_to(CARLA);
    town.answer(&question, CARLA, "yes");
    town.letters();
    town.later(24);
    let digest = town.letter_to(STAFF);
    // a mail program that breaks quoted lines, and one that puts the tag of another mail into them
    let body = "close\n\nOn Tue, Mar 3, 2026 at 9:00 AM Help desk wrote:\n\n> New\n> [#1] Printer —\n> nobody, 24 hours\n> #2 Scanner";
    town.send(Draft::new(ANN, "Re: Digest", body).answering(digest.id()));
    town.letter_to(ANN).says("close");
    town.silence();
    assert_eq!(town.state_of(printer), "open");
    let mut answers = vec![digest.answered_by(ANN, "close 2\n\nGood morning, everybody!")];
    answers.push(digest.answered_by(ANN, "reopen 2").with_references_only());
    answers.push(digest.answered_by(ANN, "take 2").with_in_reply_to_only());
    answers.push(digest.answered_by(ANN, "assign ben 2").without_thread());
    for (answer, (state, owner)) in
        answers.into_iter().zip([("closed", ""), ("open", ""), ("open", "ann"), ("open", "ben")])
    {
        let sent = town.send(answer);
        town.ended(&sent, "applied");
        town.letters();
        assert_eq!((town.state_of(2), town.owner_of(2).as_str()), (state, owner));
    }
    assert_eq!(town.history(printer).last().unwrap(), "confirmed");
    assert_eq!(town.said_in(printer).len(), 1);
    assert_eq!(town.tickets(), 2);
}

#[test]
fn a_slip_in_the_answer_to_a_digest_is_told_and_opens_nothing() {
    let mut town = with_digest(believing());
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.later(24);
    let digest = town.letter_to(STAFF);
    for slip in ["clsoe 1", "close 1, 99"] {
        town.answer(&digest, ANN, slip);
        let answer = town.letter_to(ANN);
        assert_eq!(answer.kind(), "transcript");
        answer.says(slip);
    }
    assert_eq!((town.state_of(1), town.tickets()), ("open", 1));
}

/// Shows T136, T139.
#[test]
fn a_digest_goes_once_whatever_crashes() {
    let mut town = with_digest(plain());
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.later(24);
    // owed and not carried yet
    let hub = std::sync::Arc::clone(town.hub());
    assert!(town.run(trackle::daemon::clock_tick::owe_digest(&hub)).unwrap());
    drop(hub);
    town.power_cut();
    town.letter_to(STAFF).says("#1 Printer — nobody");
    town.power_cut();
    town.silence();
    // a machine that was off for a week; then its clock is put back
    town.later(24 * 7);
    town.letter_to(STAFF);
    town.later(-24 * 3);
    town.silence();
    town.later(24 * 3);
    town.silence();
}

#[test]
fn the_list_sends_the_digest_back_and_nothing_happens() {
    let mut town = with_digest(plain());
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.later(24);
    let digest = town.letter_to(STAFF);
    let uid = town.send_again(&digest.on_its_way());
    town.silence();
    assert_eq!(town.end_of_uid(&uid).0, "ignored");
}
