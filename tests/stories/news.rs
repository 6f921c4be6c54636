//! Who is told what: staff everything, requester and subscribers the short form, nobody what he did himself, nobody
//! what he has already.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, BEN, CARLA, STAFF, Town, believing, plain};

/// Shows T025, T029, T065, T125, T127.
#[test]
fn staff_get_the_long_form_and_the_requester_the_short_one() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    news.says(ALICE);
    town.answer(&news, ANN, "close: Water helped.");
    let (long, short) = (town.letter_to(STAFF), town.letter_to(ALICE));
    assert_eq!((long.kind(), short.kind()), ("staff_changed", "changed"));
    assert!(long.text().len() > short.text().len(), "{}\n\n{}", long.text(), short.text());
    short.says("Water helped.");
    short.hides(ANN);
    assert!(short.header("List-Unsubscribe").starts_with("<mailto:"));
    assert_eq!(long.header("List-Unsubscribe"), "");
    town.golden("staff_get_the_long_form_and_the_requester_the_short_one");
}

/// Shows T128.
#[test]
fn the_list_is_not_told_twice() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer_all(&news, ANN, "Has anybody seen the extinguisher?");
    town.letter_to(ALICE);
    town.nothing_for(STAFF);
    town.answer_all(&news, BEN, "close\n\nI found it behind the door.");
    let receipt = town.letter_to(STAFF);
    receipt.hides("I found it behind the door.");
    town.letter_to(ALICE).says("I found it behind the door.");
}

#[test]
fn nobody_is_told_what_he_did_himself() {
    let mut town = Town::new(plain());
    let (_, _, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&receipt, ALICE, "It smokes as well.");
    town.letter_to(STAFF).says("It smokes as well.");
    town.silence();
}

/// Shows T026.
#[test]
fn end_users_do_not_learn_each_others_addresses() {
    let mut town = Town::new(plain());
    let first = town.send(Draft::new(ALICE, "Printer", "It is on fire, please come.").cc(CARLA));
    let question = town.letter_to(ALICE);
    town.answer(&question, ALICE, "yes");
    town.letters();
    town.send(first.answered_by(CARLA, "I can smell it down here.").to("help@desk.example"));
    town.letter_to(STAFF).says(CARLA);
    let told = town.letter_to(ALICE);
    told.says("Carla");
    told.hides(CARLA);
}

/// Shows T125, T129.
#[test]
fn staff_besides_the_list_get_one_letter_each() {
    let mut robot = believing();
    robot.also.push(trackle::model::address::Address::parse("boss@desk.example").unwrap());
    let mut town = Town::new(robot);
    town.write(ALICE, "Printer", "It is on fire, please come.");
    let question = town.letter_to(ALICE);
    town.answer(&question, ALICE, "yes");
    let (list, boss) = (town.letter_to(STAFF), town.letter_to("boss@desk.example"));
    assert_eq!(list.id(), boss.id());
    town.letter_to(ALICE);
}

#[test]
fn a_letter_that_cannot_be_delivered_is_tried_for_days_and_then_staff_are_told() {
    for (days, arrives) in [(2, true), (6, false)] {
        let mut town = Town::new(believing());
        let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
        town.nail_up(ALICE);
        town.answer(&news, ANN, "close: Water helped.");
        town.letter_to(STAFF);
        (0..days * 4).for_each(|_| {
            town.later(6);
            town.settle();
        });
        town.open_up(ALICE);
        town.later(24);
        if arrives {
            town.letter_to(ALICE).says("Water helped.");
        } else {
            let told = town.letter_to(STAFF);
            assert_eq!((told.kind(), told.ticket()), ("undelivered", ticket));
            told.says(ALICE);
        }
        town.silence();
        assert_eq!(town.history(ticket).contains(&"undelivered".to_owned()), !arrives);
    }
}
