//! Work on the machine: what is written down there by hand, and the lock that keeps others out meanwhile. Staff see
//! both in their mail; requesters never do.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, BEN, STAFF, Town, believing};

const FIRE: &str = "It is on fire, please come.";
const HELD: &str = "Ann Admin works on #1 since 2026-03-02 09:00";

/// Shows T027, T029, T061, T063, T064: a note is a session of no length.
#[test]
fn what_is_noted_at_the_machine_is_for_staff_only() {
    let mut town = Town::new(believing());
    let (ticket, news, receipt) = town.opened(ALICE, "Printer", FIRE);
    town.note("ann", ticket, "= Drum =\n\n  # lpadmin -x fire\n\nIts toner was cheap.", false).unwrap();
    let letter = town.letter_to(STAFF);
    letter.says("Ann Admin <ann@desk.example> noted (on desk, uid 1000):");
    letter.says("= Drum =\n\n  # lpadmin -x fire\n\nIts toner was cheap.");
    letter.hides("works on it");
    assert_eq!((letter.ticket(), letter.header("In-Reply-To")), (ticket, news.id()));
    town.nothing_for(ALICE);
    assert_eq!(town.holder_of(ticket), "");
    let history = town.history(ticket);
    assert_eq!(history[history.len() - 3..], ["locked", "commented", "unlocked"]);
    // it is answered as any letter of the thread
    town.answer(&letter, BEN, "close: It is out.");
    town.letter_to(STAFF);
    town.letter_to(ALICE).says("It is out.");
    // her mail clients never see it, whatever she asks
    town.answer(&receipt, ALICE, "Thank you!");
    town.letter_to(STAFF).hides("toner");
    town.write(ALICE, "search: toner", "");
    assert!(town.letters().iter().all(|letter| !letter.text().contains("Drum")));
    town.golden("what_is_noted_at_the_machine_is_for_staff_only");
}

#[test]
fn a_public_note_reaches_those_who_follow() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Printer", FIRE);
    town.note("ann", ticket, "The drum is changed.", true).unwrap();
    town.letter_to(STAFF).says("Ann Admin <ann@desk.example> wrote (on desk, uid 1000):");
    let letter = town.letter_to(ALICE);
    letter.says("The drum is changed.");
    letter.hides("desk, uid");
    letter.hides(ANN);
    town.answer(&letter, ALICE, "Wonderful!");
    town.letter_to(STAFF);
}

/// Shows T062, T063, T064: while a session lasts nobody else starts, by hand or by mail.
#[test]
fn a_session_keeps_others_out_until_it_is_saved() {
    let mut town = Town::new(believing());
    let (ticket, news, receipt) = town.opened(ALICE, "Printer", FIRE);
    town.write(ALICE, "Scanner", "It is dead as well.");
    let scanner = town.letter_to(STAFF);
    town.letter_to(ALICE);
    town.start_session("ann", ticket, true).unwrap();
    assert!(town.note("ben", ticket, "me too", false).unwrap_err().starts_with(HELD));
    assert!(town.hold("ben", ticket, 1).unwrap_err().contains("\"trackle lock break 1\""));
    assert!(town.start_session("ben", ticket, true).is_err() && town.release("ben", ticket).is_err());
    for order in ["take", "assign ben", "merge 2"] {
        town.answer(&news, BEN, order);
        let letter = town.letters().pop().unwrap();
        // a merge is asked about first
        let letter = if letter.kind() == "confirm_mail" {
            town.answer(&letter, BEN, "yes");
            town.letter_to(BEN)
        } else {
            letter
        };
        assert_eq!((letter.to.as_str(), letter.kind()), (BEN, "transcript"), "{order}");
        letter.says(HELD);
        town.silence();
    }
    assert_eq!((town.owner_of(ticket).as_str(), town.state_of(ticket)), ("", "open"));
    // the others go on, and whoever reads the list sees who is at it
    town.answer(&scanner, BEN, "take");
    town.letter_to(STAFF).hides("works on it");
    town.letter_to(ALICE);
    town.answer(&receipt, ALICE, "Hurry!");
    town.letter_to(STAFF).says("nobody's, Ann Admin works on it since 2026-03-02 09:00");
    town.answer(&news, BEN, "assign ann");
    town.letter_to(STAFF).says("Ann Admin's, Ann Admin works on it since");
    town.letter_to(ALICE).hides("since");
    // she herself does as she likes, and a living session has no end
    town.later(48);
    town.note("ann", ticket, "still at it", false).unwrap();
    town.letter_to(STAFF);
    assert_eq!(town.holder_of(ticket), "ann");
    assert!(town.note("ben", ticket, "me too", false).is_err());
    town.end_session("ann", ticket, "The toner was cheap.").unwrap();
    town.letter_to(STAFF).hides("works on it");
    town.note("ben", ticket, "now me", false).unwrap();
    town.letter_to(STAFF);
    assert_eq!(town.holder_of(ticket), "");
}

/// Shows T064: a session that crashed holds nobody back when its lease is over.
#[test]
fn a_crashed_session_gives_way_when_its_lease_is_over() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.start_session("ann", ticket, false).unwrap();
    assert!(town.note("ben", ticket, "me too", false).is_err());
    town.later(1);
    town.answer(&news, BEN, "take");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    assert_eq!((town.owner_of(ticket).as_str(), town.holder_of(ticket).as_str()), ("ben", ""));
    assert!(town.history(ticket).contains(&"lock expired".to_owned()));
}

#[test]
fn a_lock_by_hand_lasts_as_long_as_was_said() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Printer", FIRE);
    town.hold("ann", ticket, 4).unwrap();
    town.later(3);
    town.hold("ann", ticket, 4).unwrap();
    // what she writes down meanwhile does not end it
    town.note("ann", ticket, "half done", false).unwrap();
    town.letter_to(STAFF).says("Ann Admin works on it since 2026-03-02 09:00");
    town.later(3);
    assert!(town.hold("ben", ticket, 1).unwrap_err().starts_with(HELD));
    town.later(2);
    town.hold("ben", ticket, 1).unwrap();
    town.release("ben", ticket).unwrap();
    assert_eq!((town.release("ben", ticket), town.holder_of(ticket).as_str()), (Ok(()), ""));
}

#[test]
fn a_lock_is_broken_and_its_holder_told() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Printer", FIRE);
    assert_eq!(town.break_lock("ben", ticket), Ok(None));
    town.start_session("ann", ticket, true).unwrap();
    assert_eq!(town.break_lock("ben", ticket).unwrap().unwrap().login, "ann");
    let letter = town.letter_to(STAFF);
    letter.says("break lock: done, by Ben Builder <ben@desk.example>");
    letter.says("Ann Admin had the lock, and has it no longer.");
    letter.hides("works on it");
    town.nothing_for(ALICE);
    // her session ends all the same: what was done is written down
    town.end_session("ann", ticket, "The toner was cheap.").unwrap();
    town.letter_to(STAFF).says("The toner was cheap.");
    // one's own is just given back
    town.hold("ben", ticket, 1).unwrap();
    town.break_lock("ben", ticket).unwrap();
    town.silence();
    let history = town.history(ticket);
    assert_eq!(history.iter().filter(|what| *what == "lock broken").count(), 1);
    town.golden("a_lock_is_broken_and_its_holder_told");
}

#[test]
fn there_is_no_lock_of_what_nobody_may_know() {
    let mut town = Town::new(believing());
    town.opened(ALICE, "Printer", FIRE);
    town.send(Draft::new("new@town.example", "Scanner", "It is dead.").forged());
    town.letter_to("new@town.example");
    for number in [2, 7] {
        let why = format!("there is no ticket #{number}");
        assert_eq!(town.note("ann", number, "text", false), Err(why.clone()));
        assert_eq!(town.hold("ann", number, 1), Err(why));
    }
}

/// Who works on a ticket in two windows has it until the last of them is closed; what was broken stays broken.
#[test]
fn the_second_session_of_a_member_takes_the_lock_over() {
    let mut town = Town::new(believing());
    let (ticket, ..) = town.opened(ALICE, "Printer", FIRE);
    town.start_session("ann", ticket, false).unwrap();
    town.start_session("ann", ticket, true).unwrap();
    town.leave_session("ann", ticket, false).unwrap();
    assert_eq!(town.holder_of(ticket), "");
    town.renew_session("ann", ticket).unwrap();
    assert_eq!(town.holder_of(ticket), "ann");
    assert!(
        town.note("ben", ticket, "me too", false).unwrap_err().starts_with("Ann Admin works on #1 since")
    );
    town.break_lock("ben", ticket).unwrap();
    town.letter_to(STAFF);
    town.renew_session("ann", ticket).unwrap();
    assert_eq!(town.holder_of(ticket), "");
}
