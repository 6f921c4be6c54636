//! Several mails of one person that wait for a yes are asked about in one letter; grave commands are asked about however
//! sure the robot is of their sender.

use super::town::letter::Letter;
use super::town::{ALICE, ANN, BEN, CARLA, MALLORY, STAFF, Town, believing, plain};

const FIRE: &str = "It is on fire, please come.";

/// Ann orders three things; each question lists what waits.
fn three(town: &mut Town) -> [Letter; 3] {
    let (_, printer, _) = town.opened(ALICE, "Printer", FIRE);
    let (_, scanner, _) = town.opened(CARLA, "Scanner", "It smokes, please come.");
    town.answer(&printer, ANN, "take");
    let first = town.letter_to(ANN);
    town.later(1);
    town.answer(&printer, ANN, "close: It is out.\n\nThat was a long day.");
    let second = town.letter_to(ANN);
    town.answer(&scanner, ANN, "prio high");
    let third = town.letter_to(ANN);
    town.silence();
    [first, second, third]
}

#[test]
fn one_yes_lets_all_happen_in_order() {
    let mut town = Town::new(plain());
    let [_, second, third] = three(&mut town);
    second.hides("prio high");
    for words in [
        "3 mails in your name",
        "2026-03-02 09:00 UTC, #1, \"Re: [#1] Printer\"",
        "| take",
        "2026-03-02 10:00 UTC, #1",
        "| close: It is out.",
        "adds text to #1",
        "#2, \"Re: [#2] Scanner\"",
        "| prio high",
    ] {
        third.says(words);
    }
    town.answer(&third, ANN, "yes");
    town.letters();
    assert_eq!((town.owner_of(1).as_str(), town.state_of(1)), ("ann", "closed"));
    assert_eq!(town.ticket(2).ticket.fields.iter().count(), 1);
    let history = town.history(1);
    let place = |what: &str| history.iter().position(|w| w == what);
    assert!(place("assigned") < place("closed"), "{history:?}");
    // the older letters are answered with it
    town.answer(&second, ANN, "yes");
    assert_eq!(town.letter_to(ANN).kind(), "already");
    town.golden("one_yes_lets_all_happen_in_order");
}

#[test]
fn a_yes_to_an_older_letter_means_what_that_one_listed() {
    for (answered, owner, state, fields) in
        [(0, "ann", "open", 0), (1, "ann", "closed", 0), (2, "ann", "closed", 1)]
    {
        let mut town = Town::new(plain());
        let questions = three(&mut town);
        town.answer(&questions[answered], ANN, "yes");
        town.letters();
        let found = (town.owner_of(1), town.state_of(1), town.ticket(2).ticket.fields.iter().count());
        assert_eq!(found, (owner.to_owned(), state, fields), "{answered}");
        // the newest one lets the rest go, each mail once
        let newest = town.answer(&questions[2], ANN, "yes");
        town.letters();
        town.ended(&newest, "applied");
        assert_eq!((town.state_of(1), town.ticket(2).ticket.fields.iter().count()), ("closed", 1));
        assert_eq!(town.history(1).iter().filter(|w| *w == "closed").count(), 1);
        assert_eq!(town.history(1).iter().filter(|w| *w == "assigned").count(), 1);
    }
}

#[test]
fn nobody_elses_lines_get_in() {
    let mut town = Town::new(plain());
    let (_, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.answer(&news, ANN, "take");
    town.letter_to(ANN);
    town.answer(&news, BEN, "close");
    let question = town.letter_to(BEN);
    question.hides("take");
    town.answer(&question, BEN, "yes");
    town.letters();
    assert_eq!((town.owner_of(1).as_str(), town.state_of(1)), ("", "closed"));
}

#[test]
fn a_question_that_lapsed_is_listed_no_more() {
    let mut town = Town::new(plain());
    let (_, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.answer(&news, ANN, "take");
    let first = town.letter_to(ANN);
    town.later(73);
    town.answer(&news, ANN, "close");
    let second = town.letter_to(ANN);
    second.hides("take");
    town.answer(&first, ANN, "yes");
    assert_eq!(town.letter_to(ANN).kind(), "too_late");
    town.answer(&second, ANN, "yes");
    town.letters();
    assert_eq!((town.owner_of(1).as_str(), town.state_of(1)), ("", "closed"));
}

#[test]
fn a_mail_that_went_on_without_its_question_is_listed_no_more() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", FIRE);
    let order = news.answered_by(ANN, "take").id("<one@desk.example>");
    town.send(order.clone().forged());
    town.letter_to(ANN);
    // the copy that is proven comes after the one that is not
    town.send(order);
    town.letters();
    assert_eq!(town.owner_of(1), "ann");
    town.send(news.answered_by(ANN, "close").forged());
    let question = town.letter_to(ANN);
    question.hides("take");
    town.answer(&question, ANN, "yes");
    town.letters();
    assert_eq!(town.history(1).iter().filter(|what| *what == "assigned").count(), 1);
}

#[test]
fn strangers_see_no_words_of_their_own_bundle() {
    let mut town = Town::new(plain());
    town.opened(ALICE, "Printer", FIRE);
    town.write(MALLORY, "buy cheap ink at mallory's now", "subscribe 1");
    town.letter_to(MALLORY);
    town.write(MALLORY, "buy cheap ink at mallory's now", "show 1");
    let question = town.letter_to(MALLORY);
    question.says("2 mails in your name");
    question.hides("cheap");
    town.answer(&question, MALLORY, "yes");
    town.letters();
    assert!(town.subscribers(1).contains(&MALLORY.to_owned()));
}

/// Shows T034.
#[test]
fn grave_commands_are_asked_about_and_say_what_they_would_do() {
    let mut town = Town::new(believing());
    let (_, printer, _) = town.opened(ALICE, "Printer", FIRE);
    town.opened(CARLA, "Scanner", "It smokes, please come.");
    town.answer(&printer, ANN, "merge 1 into 2");
    let question = town.letter_to(ANN);
    question.says("| merge 1 into 2");
    question.says("#1 (Printer): merged into #2, closed");
    question.says("#2 (Scanner): alice@town.example follows it");
    town.silence();
    assert_eq!(town.state_of(1), "open");
    town.answer(&question, ANN, "yes");
    town.letters();
    assert_eq!((town.state_of(1), town.subscribers(2).len()), ("closed", 2));
    town.answer(&question, ANN, "yes");
    assert_eq!(town.letter_to(ANN).kind(), "already");
    assert_eq!(town.history(1).iter().filter(|w| *w == "closed").count(), 1);
    town.golden("grave_commands_are_asked_about_and_say_what_they_would_do");
}

#[test]
fn each_grave_command_waits_for_its_yes() {
    for (order, would) in [
        ("requester carla@town.example", "the request of carla@town.example"),
        ("remove alice@town.example", "alice@town.example no longer follows it"),
        ("close 1 2 3 4 5 6", "#6 (Thing 6): closed"),
    ] {
        let mut town = Town::new(believing());
        let (_, news, _) = town.opened(ALICE, "Thing 1", FIRE);
        for n in 2..=6 {
            town.write(ALICE, &format!("Thing {n}"), "And another thing.");
        }
        town.letters();
        town.answer(&news, ANN, order);
        let question = town.letter_to(ANN);
        question.says(would);
        town.silence();
        assert_eq!(town.state_of(1), "open");
        town.later(73);
        town.answer(&question, ANN, "yes");
        assert_eq!(town.letter_to(ANN).kind(), "too_late", "{order}");
        assert_eq!((town.state_of(1), town.subscribers(1)), ("open", vec![ALICE.to_owned()]));
    }
}

#[test]
fn a_grave_command_that_cannot_be_run_is_not_asked_about() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.answer(&news, ANN, "merge 1 into 99\n\nThey belong together.");
    town.letter_to(ANN).says("there is no ticket #99");
    town.letter_to(STAFF).says("They belong together.");
    town.letter_to(ALICE);
    // five tickets are no reason to ask
    for n in 2..=5 {
        town.write(ALICE, &format!("Thing {n}"), "And another thing.");
    }
    town.letters();
    town.write(ANN, "work", "close 1 2 3 4 5");
    town.letters();
    assert_eq!(town.state_of(5), "closed");
}
