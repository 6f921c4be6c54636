//! Staff work by answering; the requester closes and reopens his own. Where nothing proves a sender, each order is
//! confirmed by answering one mail, and then runs once.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, BEN, MALLORY, STAFF, Town, believing, plain};

/// Shows T033, T045, T059.
#[test]
fn staff_take_assign_drop_close_and_reopen() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    for (order, state, owner) in [
        ("take", "open", "ann"),
        ("assign ben", "open", "ben"),
        ("drop", "open", ""),
        ("close: It is out.", "closed", ""),
        ("reopen", "open", ""),
        ("Done, thanks!", "closed", ""),
        ("!open", "open", ""),
    ] {
        town.answer(&news, ANN, order);
        town.letters();
        assert_eq!((town.state_of(ticket), town.owner_of(ticket).as_str()), (state, owner), "{order}");
    }
}

/// Shows T034.
#[test]
fn without_proof_an_order_is_asked_about_and_runs_once() {
    let mut town = Town::new(plain());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let order = town.answer(&news, ANN, "close: The fire brigade was here.");
    let question = town.letter_to(ANN);
    question.says("close: The fire brigade was here.");
    town.silence();
    town.ended(&order, "held");
    assert_eq!(town.state_of(ticket), "open");

    town.answer(&question, ANN, "yes");
    town.letter_to(STAFF).says("The fire brigade was here.");
    town.letter_to(ALICE).says("The fire brigade was here.");
    town.ended(&order, "applied");
    assert_eq!(town.state_of(ticket), "closed");

    town.answer(&question, ANN, "yes, yes");
    assert_eq!(town.letter_to(ANN).kind(), "already");
    assert_eq!(town.history(ticket).iter().filter(|what| *what == "closed").count(), 1);
    town.golden("without_proof_an_order_is_asked_about_and_runs_once");
}

#[test]
fn what_is_written_beside_the_yes_is_filed_behind_the_mail_it_confirms() {
    let mut town = Town::new(plain());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, ANN, "close\n\nThe fire brigade was here.");
    let question = town.letter_to(ANN);
    town.answer(&question, ANN, "Yes, and please open the windows.");
    let letters = town.letters();
    for to in [STAFF, ALICE] {
        let texts: Vec<&str> = letters.iter().filter(|l| l.to == to).map(|l| l.text()).collect();
        let [first, second] = texts.as_slice() else { panic!("{to}: {texts:?}") };
        assert!(first.contains("fire brigade") && second.contains("open the windows"), "{to}: {texts:?}");
    }
    let said = town.said_in(ticket);
    assert_eq!(said[1..], ["The fire brigade was here.", "Yes, and please open the windows."]);
    // a stranger's words stay among staff, as those of the mail that he confirms
    town.send(Draft::new(MALLORY, "mine too", "My printer burns as well.").to("help+1@desk.example"));
    let question = town.letter_to(MALLORY);
    town.answer(&question, MALLORY, "Yes. It is the one next to the door.");
    let letters = town.letters();
    assert!(letters.iter().any(|l| l.to == STAFF && l.text().contains("next to the door")));
    assert!(letters.iter().all(|l| !(l.to == ALICE && l.text().contains("door"))));
    town.golden("what_is_written_beside_the_yes_is_filed_behind_the_mail_it_confirms");
}

#[test]
fn the_question_goes_to_the_registered_address_and_only_its_owner_answers() {
    let mut robot = plain();
    robot.members[0].aliases.push("ann@home.example".parse_address());
    let mut town = Town::new(robot);
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, "ann@home.example", "close");
    let question = town.letter_to(ANN);
    town.silence();
    let theft = town.answer(&question, MALLORY, "yes");
    town.ended(&theft, "held");
    town.silence();
    assert_eq!(town.state_of(ticket), "open");
    town.answer(&question, "ann@home.example", "yes");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    assert_eq!(town.state_of(ticket), "closed");
}

/// Shows T022, T034.
#[test]
fn a_forged_order_is_asked_about_where_proof_is_usual() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.send(news.answered_by(BEN, "close").forged());
    assert_eq!(town.letter_to(BEN).kind(), "confirm_mail");
    town.silence();
    assert_eq!(town.state_of(ticket), "open");
}

#[test]
fn forged_text_in_a_members_name_is_asked_about_where_proof_is_usual() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let text = town.send(news.answered_by(BEN, "Alice, send us your password, please.").forged());
    let question = town.letter_to(BEN);
    question.says("adds text to #1");
    town.silence();
    town.ended(&text, "held");
    let request = town.send(Draft::new(BEN, "Door", "Please open the back door for a friend.").forged());
    let other = town.letter_to(BEN);
    other.says("adds text to a new ticket");
    town.silence();
    town.ended(&request, "held");
    assert_eq!((town.tickets(), town.said_in(ticket).len()), (1, 1));

    // it was his after all
    town.answer(&question, BEN, "yes");
    town.letter_to(STAFF).says("send us your password");
    town.letter_to(ALICE).says("send us your password");
    town.answer(&other, BEN, "yes");
    town.letter_to(STAFF).says("open the back door");
    town.letter_to(BEN);
    assert_eq!((town.tickets(), town.state_of(2)), (2, "open"));
    town.golden("forged_text_in_a_members_name_is_asked_about_where_proof_is_usual");
}

#[test]
fn where_no_proof_is_configured_a_members_text_is_passed_on() {
    let mut town = Town::new(plain());
    let (_, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, BEN, "We are on our way.");
    town.letter_to(STAFF).says("We are on our way.");
    town.letter_to(ALICE).says("We are on our way.");
}

#[test]
fn an_old_order_is_asked_about() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.send(news.answered_by(BEN, "close").aged(24 * 5));
    town.letter_to(BEN).says("close");
    town.silence();
    assert_eq!(town.state_of(ticket), "open");
}

/// Shows T059.
#[test]
fn a_requester_closes_and_reopens_by_the_reply_address() {
    let mut town = Town::new(plain());
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&receipt, ALICE, "close\n\nIt went out by itself.");
    town.letter_to(STAFF).says("It went out by itself.");
    town.nothing_for(ALICE);
    assert_eq!(town.state_of(ticket), "closed");
    town.answer(&receipt, ALICE, "reopen\n\nIt burns again.");
    town.letter_to(STAFF).says("It burns again.");
    town.nothing_for(ALICE);
    assert_eq!(town.state_of(ticket), "open");
    town.golden("a_requester_closes_and_reopens_by_the_reply_address");
}

/// Shows T022, T025, T034.
#[test]
fn staff_orders_are_not_for_requesters() {
    let mut town = Town::new(plain());
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&receipt, ALICE, "take");
    town.letter_to(ALICE).says("only staff can do that");
    assert_eq!(town.owner_of(ticket), "");
}

#[test]
fn an_old_reply_address_proves_nothing() {
    let mut town = Town::new(plain());
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.later(24 * 32);
    town.answer(&receipt, ALICE, "close");
    let question = town.letter_to(ALICE);
    assert_eq!((question.kind(), town.state_of(ticket)), ("confirm_mail", "open"));
    town.answer(&question, ALICE, "yes");
    town.letter_to(STAFF);
    assert_eq!(town.state_of(ticket), "closed");
}

#[test]
fn without_subaddresses_the_code_comes_back_in_the_subject() {
    let mut robot = plain();
    robot.delimiter = None;
    let mut town = Town::new(robot);
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, ANN, "close");
    let question = town.letter_to(ANN);
    town.send(question.answered_by(ANN, "yes").without_thread().without_quote());
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    assert_eq!(town.state_of(ticket), "closed");
}

#[test]
fn a_mail_of_orders_alone_needs_no_thread() {
    let mut town = Town::new(believing());
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.write(ALICE, "Scanner", "Now the scanner smokes.");
    town.letters();
    town.send(Draft::new(ANN, "work of today", "take 1\nclose 2: It was steam."));
    let letters = town.letters();
    assert_eq!(letters.iter().filter(|l| l.to == STAFF).count(), 2);
    assert_eq!((town.owner_of(1).as_str(), town.state_of(1), town.state_of(2)), ("ann", "open", "closed"));
}

trait Parsed {
    fn parse_address(&self) -> trackle::model::address::Address;
}
impl Parsed for str {
    fn parse_address(&self) -> trackle::model::address::Address {
        trackle::model::address::Address::parse(self).unwrap()
    }
}
