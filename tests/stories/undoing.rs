//! `undo`: the changes of one's last mail are taken back as one, or not at all.

use super::town::{ALICE, ANN, BEN, CARLA, STAFF, Town, believing, plain};

const FIRE: &str = "It is on fire, please come.";

/// Shows T059.
#[test]
fn the_last_mails_changes_are_taken_back_as_one() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.write(ALICE, "Scanner", "It smokes.");
    town.letters();
    town.answer(&news, ANN, "take\nprio high\ntag +ink\nclose 1 2\n\nOut, both.");
    town.letters();
    assert_eq!((town.state_of(1), town.state_of(2)), ("closed", "closed"));
    town.answer(&news, ANN, "undo");
    town.letter_to(STAFF).says("state: closed -> open");
    town.letters();
    let one = town.ticket(1).ticket;
    assert_eq!((town.state_of(1), town.state_of(2), one.owner), ("open", "open", None));
    assert_eq!((one.fields.iter().count(), one.tags.len()), (0, 0));
    // what was said was said
    assert_eq!(town.said_in(1).last().unwrap(), "Out, both.");
    town.golden("the_last_mails_changes_are_taken_back_as_one");
}

#[test]
fn each_undo_goes_one_mail_further_back() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", FIRE);
    for order in ["take", "prio high", "close"] {
        town.answer(&news, ANN, order);
        town.letters();
    }
    for (state, fields, owner) in [("open", 1, "ann"), ("open", 0, "ann"), ("open", 0, "")] {
        town.write(ANN, "work", "undo");
        town.letters();
        let found = (town.state_of(1), town.ticket(1).ticket.fields.iter().count(), town.owner_of(1));
        assert_eq!(found, (state, fields, owner.to_owned()));
    }
    town.write(ANN, "work", "undo");
    town.letter_to(ANN).says("no mail of yours changed anything that can be taken back");
    // and what is done then can be taken back again
    town.answer(&news, ANN, "close");
    town.letters();
    town.write(ANN, "work", "Undo, please!");
    town.letters();
    assert_eq!((town.state_of(1), town.tickets()), ("open", 1));
}

#[test]
fn what_was_changed_since_stays_and_it_is_told_by_whom() {
    let mut town = Town::new(believing());
    let (_, news, receipt) = town.opened(ALICE, "Printer", FIRE);
    town.answer(&news, ANN, "take\nclose");
    town.answer(&news, BEN, "reopen");
    town.letters();
    town.answer(&news, ANN, "undo");
    town.letter_to(ANN).says("#1 was changed again since by Ben Builder; nothing was taken back");
    assert_eq!((town.state_of(1), town.owner_of(1).as_str()), ("open", "ann"));
    // a requester learns it too, of staff
    town.answer(&receipt, ALICE, "close");
    town.answer(&news, BEN, "reopen");
    town.letters();
    town.answer(&receipt, ALICE, "undo");
    town.letter_to(ALICE).says("#1 was changed again since by Ben Builder");
    assert_eq!(town.state_of(1), "open");
}

#[test]
fn nobody_elses_changes_are_touched() {
    let mut town = Town::new(believing());
    let (_, news, receipt) = town.opened(ALICE, "Printer", FIRE);
    town.answer(&news, ANN, "take");
    town.answer(&news, BEN, "prio high");
    town.letters();
    for from in [ANN, CARLA] {
        town.write(from, "work", "undo");
        town.letters();
    }
    assert_eq!((town.owner_of(1).as_str(), town.ticket(1).ticket.fields.iter().count()), ("", 1));
    town.answer(&receipt, ALICE, "undo");
    town.letters();
    assert_eq!(town.ticket(1).ticket.fields.iter().count(), 1);
    assert_eq!((town.state_of(1), town.subscribers(1)), ("open", vec![ALICE.to_owned()]));
}

/// What one could do once one need not be able to do now: the ticket has become private, or another's.
#[test]
fn nobody_takes_back_what_he_may_not_do_any_more() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.opened(CARLA, "Scanner", "It smokes, please come.");
    town.write(CARLA, "work", "subscribe 1");
    town.letters();
    town.write(CARLA, "work", "unsubscribe 1");
    town.letters();
    town.answer(&news, ANN, "private");
    town.letters();
    town.write(CARLA, "work", "undo");
    town.letter_to(CARLA).says("there is no ticket #1");
    assert_eq!(town.subscribers(1), [ALICE]);
    // and who is requester no longer does not close it again
    town.write(CARLA, "work", "close 2");
    town.letters();
    town.write(CARLA, "work", "reopen 2");
    town.letters();
    town.write(ANN, "work", "requester alice@town.example 2\nremove carla@town.example 2");
    let question = town.letter_to(ANN);
    town.answer(&question, ANN, "yes");
    town.letters();
    town.write(CARLA, "work", "undo");
    town.letters();
    assert_eq!((town.state_of(2), town.subscribers(2)), ("open", vec![ALICE.to_owned()]));
}

/// Between the order and the yes its sender went on working.
#[test]
fn a_confirmed_undo_takes_back_what_was_the_last_mail_when_it_was_written() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.opened(CARLA, "Scanner", "It smokes, please come.");
    town.answer(&news, ANN, "merge into 2");
    let question = town.letter_to(ANN);
    town.answer(&question, ANN, "yes");
    town.letters();
    town.write(ANN, "work", "undo");
    let question = town.letter_to(ANN);
    town.write(ANN, "work", "take 2");
    town.letters();
    town.answer(&question, ANN, "yes");
    town.letters();
    assert_eq!((town.state_of(1), town.owner_of(2)), ("open", "ann".to_owned()));
}

#[test]
fn duplicates_and_merged_tickets_come_apart_again() {
    for order in ["dup 2", "merge into 2"] {
        let mut town = Town::new(believing());
        let (_, news, _) = town.opened(ALICE, "Printer", FIRE);
        town.opened(CARLA, "Scanner", "It smokes, please come.");
        town.answer(&news, ANN, order);
        if order.starts_with("merge") {
            let question = town.letter_to(ANN);
            town.answer(&question, ANN, "yes");
        }
        town.letters();
        assert_eq!((town.state_of(1), town.subscribers(2).len()), ("closed", 2));
        town.write(ANN, "work", "undo");
        let first = town.letters().remove(0);
        if first.kind() == "confirm_mail" {
            town.answer(&first, ANN, "yes");
            town.letters();
        }
        assert_eq!((town.state_of(1), town.subscribers(2)), ("open", vec![CARLA.to_owned()]), "{order}");
        assert!(town.ticket(1).links.is_empty());
    }
}

#[test]
fn what_was_confirmed_by_mail_is_taken_back_too() {
    let mut town = Town::new(plain());
    let (_, news, _) = town.opened(ALICE, "Printer", FIRE);
    for (order, state) in [("take\nclose", "closed"), ("undo", "open")] {
        town.answer(&news, ANN, order);
        let question = town.letter_to(ANN);
        town.answer(&question, ANN, "yes");
        town.letters();
        assert_eq!(town.state_of(1), state);
    }
    assert_eq!(town.owner_of(1), "");
}

/// What one address took back the other one does not take back again.
#[test]
fn the_addresses_of_one_member_are_one_member() {
    let home = "ben@home.example";
    let mut robot = believing();
    let ben = robot.members.iter_mut().find(|m| m.login == "ben").unwrap();
    ben.aliases.push(trackle::model::address::Address::parse(home).unwrap());
    let mut town = Town::new(robot);
    let (_, news, _) = town.opened(ALICE, "Printer", FIRE);
    for order in ["prio high", "close"] {
        town.answer(&news, BEN, order);
        town.letters();
    }
    town.write(home, "work", "undo");
    town.letters();
    assert_eq!(town.state_of(1), "open");
    town.answer(&news, ANN, "close");
    town.letters();
    town.write(BEN, "work", "undo");
    town.letters();
    let fields = town.ticket(1).ticket.fields.iter().count();
    assert_eq!((town.state_of(1), fields), ("closed", 0));
}
