//! One mail is one mail, by however many roads it comes.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, STAFF, Town, believing, plain};

/// Shows T128.
#[test]
fn the_lists_copy_and_the_direct_copy_are_one() {
    for list_first in [false, true] {
        let mut town = Town::new(believing());
        let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
        let direct = news.answered_by(ANN, "take\n\nOn my way.").cc(STAFF).id("<one@desk.example>");
        let mut by_list = direct.clone().by_list();
        by_list.subject = format!("[staff] {}", direct.subject);
        by_list.body += "\n_______________________________________________\nStaff mailing list\n\
                         staff@desk.example\nhttps://lists.desk.example/staff\n";
        let mut copies = [direct, by_list];
        if list_first {
            copies.reverse();
        }
        let [first, second] = copies;
        town.send(first);
        town.settle();
        let second = town.send(second);
        town.ended(&second, "duplicate");
        town.letter_to(STAFF);
        town.letter_to(ALICE);
        town.silence();
        assert_eq!((town.said_in(ticket).len(), town.owner_of(ticket).as_str()), (2, "ann"));
    }
}

#[test]
fn a_copy_that_is_held_does_not_stand_in_the_way_of_the_real_one() {
    // strict domains make lists put their own address into From, and the list's server is not Ann's
    for (robot, asked) in [(believing(), false), (plain(), true)] {
        let mut town = Town::new(robot);
        let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
        let direct = news.answered_by(ANN, "take\n\nOn my way.").cc(STAFF).id("<one@desk.example>");
        let mut by_list = direct.clone().header("List-Id", "<staff.desk.example>").forged();
        by_list.from = STAFF.into();
        let by_list = town.send(by_list);
        town.silence();
        town.ended(&by_list, "held");
        town.send(direct);
        if asked {
            let question = town.letter_to(ANN);
            town.answer(&question, ANN, "yes");
        }
        town.letter_to(STAFF);
        town.letter_to(ALICE);
        town.ended(&by_list, "duplicate");
        assert_eq!((town.said_in(ticket).len(), town.owner_of(ticket).as_str()), (2, "ann"));
    }
}

#[test]
fn a_proven_copy_answers_the_question_about_the_other() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let order = news.answered_by(ANN, "take").id("<one@desk.example>");
    let unproven = town.send(order.clone().forged());
    let question = town.letter_to(ANN);
    town.send(order);
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    town.ended(&unproven, "duplicate");
    town.answer(&question, ANN, "yes");
    assert_eq!(town.letter_to(ANN).kind(), "already");
    town.silence();
    assert_eq!(town.history(ticket).iter().filter(|what| *what == "assigned").count(), 1);
}

#[test]
fn the_same_message_id_with_other_words_is_another_mail() {
    let mut town = Town::new(plain());
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let one = receipt.answered_by(ALICE, "It smokes.").id("<same@town.example>");
    let mut other = one.clone();
    other.body = "It does not smoke any more.".into();
    town.send(one);
    town.letter_to(STAFF);
    town.send(other);
    town.letter_to(STAFF).says("It does not smoke any more.");
    assert_eq!(town.said_in(ticket).len(), 3);
}

#[test]
fn the_same_bytes_are_handled_once() {
    // also those of a program that gives its mails no Message-ID
    for id in ["<one@town.example>", ""] {
        let mut town = Town::new(plain());
        let mail = town.send(Draft::new(ALICE, "Printer", "It is on fire, please come.").id(id));
        town.letter_to(ALICE);
        let again = town.send_again(&mail.bytes);
        town.silence();
        assert_eq!(town.end_of_uid(&again).0, "duplicate");
        assert_eq!(town.tickets(), 1);
    }
}

#[test]
fn a_renumbered_mailbox_doubles_nothing() {
    let mut town = Town::new(plain());
    let first = town.write(ALICE, "Printer", "It is on fire, please come.");
    let question = town.letter_to(ALICE);
    let second = town.answer(&question, ALICE, "yes");
    town.letters();
    let history = town.history(1);
    town.renumber_mailbox(&[&first, &second]);
    town.silence();
    assert_eq!((town.tickets(), town.history(1)), (1, history));
    assert_eq!(town.end_of_uid("renumbered-1").0, "duplicate");
}
