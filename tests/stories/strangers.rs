//! Numbers that anybody can type open no doors.

use super::town::draft::Draft;
use super::town::{ALICE, MALLORY, STAFF, Town, believing, plain};

#[test]
fn a_stranger_with_a_tag_in_the_subject_makes_a_ticket_of_his_own() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.write(MALLORY, news.subject(), "I am the owner of this ticket.");
    let question = town.letter_to(MALLORY);
    assert_eq!(question.kind(), "confirm_ticket");
    town.answer(&question, MALLORY, "yes");
    let other = town.letter_to(STAFF);
    assert_eq!((other.ticket(), town.said_in(ticket).len()), (2, 1));
    assert_eq!(town.letter_to(MALLORY).ticket(), 2);
}

/// Shows T134.
#[test]
fn a_stranger_at_a_tickets_address_is_held_and_asked() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let mail = town.send(Draft::new(MALLORY, "hello", "Let me into this ticket.").to("help+1@desk.example"));
    let question = town.letter_to(MALLORY);
    assert_eq!(question.kind(), "confirm_mail");
    town.silence();
    town.ended(&mail, "held");
    assert_eq!(town.said_in(ticket).len(), 1);

    town.answer(&question, MALLORY, "yes");
    town.letter_to(STAFF).says("Let me into this ticket.");
    town.nothing_for(ALICE);
    assert_eq!(town.subscribers(ticket), [ALICE]);
    town.golden("a_stranger_at_a_tickets_address_is_held_and_asked");
}

#[test]
fn a_forged_sender_at_a_tickets_address_reaches_only_whom_he_claims_to_be() {
    let mut town = Town::new(plain());
    let (ticket, _, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.send(
        Draft::new(ALICE, "hello", "Never mind, throw it all away.").to("help+1@desk.example").forged(),
    );
    assert_eq!(town.letter_to(ALICE).kind(), "confirm_mail");
    town.silence();
    assert_eq!(town.said_in(ticket).len(), 1);
}

#[test]
fn somebody_elses_reply_address_proves_nothing() {
    let mut town = Town::new(plain());
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.send(Draft::new(MALLORY, "hello", "close").to(&receipt.reply_to()));
    assert_eq!(town.letter_to(MALLORY).kind(), "confirm_mail");
    town.silence();
    assert_eq!(town.state_of(ticket), "open");
}

#[test]
fn a_stranger_who_answers_a_passed_on_letter_is_asked() {
    let mut town = Town::new(plain());
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&receipt, MALLORY, "I was given this letter and have something to say.");
    let question = town.letter_to(MALLORY);
    town.silence();
    assert_eq!(town.said_in(ticket).len(), 1);
    town.answer(&question, MALLORY, "yes");
    town.letter_to(STAFF).says("have something to say");
}
