//! Whoever has enough of a ticket says so by the link in its letters.

use super::town::draft::Draft;
use super::town::letter::Letter;
use super::town::{ALICE, ANN, MALLORY, STAFF, Town, believing};
use trackle::model::digest::{Days, Schedule};

/// The mail that a mail program makes of a mailto link.
fn by_link(letter: &Letter, from: &str) -> Draft {
    let link = letter.header("List-Unsubscribe").trim_start_matches("<mailto:").trim_end_matches('>');
    let (to, subject) = link.split_once("?subject=").unwrap();
    Draft::new(from, &subject.replace("%20", " "), "").to(to)
}

#[test]
fn who_leaves_by_the_link_gets_no_more_letters() {
    for delimiter in [Some('+'), None] {
        let mut robot = believing();
        robot.delimiter = delimiter;
        let mut town = Town::new(robot);
        let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
        town.answer(&news, ANN, "On my way.");
        town.letter_to(STAFF);
        let told = town.letter_to(ALICE);
        town.send(by_link(&told, ALICE));
        assert_eq!(town.letter_to(ALICE).kind(), "left");
        assert_eq!(town.subscribers(ticket), Vec::<String>::new());
        town.send(by_link(&told, ALICE).id("<again@town.example>"));
        town.silence();
        town.answer(&news, ANN, "close: Water helped.");
        town.letter_to(STAFF);
        town.nothing_for(ALICE);
    }
}

#[test]
fn the_link_is_its_owners_whoever_follows_it() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, ANN, "On my way.");
    town.letter_to(STAFF);
    let told = town.letter_to(ALICE);
    town.send(by_link(&told, MALLORY));
    assert_eq!(town.letter_to(ALICE).kind(), "left");
    town.nothing_for(MALLORY);
    assert_eq!(town.subscribers(ticket), Vec::<String>::new());
}

/// Letters wait for their server; whoever leaves meanwhile, or is taken off, hears no more.
#[test]
fn who_leaves_while_a_letter_waits_does_not_get_it() {
    for (who, order, gets) in [
        (ALICE, "!unsubscribe 1", false),
        (ALICE, "!mute 1", false),
        (ANN, "remove alice@town.example 1", false),
        (ANN, "take 1", true),
    ] {
        let mut town = Town::new(believing());
        let (_, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
        town.nail_up(ALICE);
        town.answer(&news, ANN, "On my way.");
        town.letter_to(STAFF);
        town.write(who, "Printer", order);
        // taking somebody off is asked about in any case
        if let Some(question) = town.letters().iter().find(|l| l.kind() == "confirm_mail") {
            town.answer(question, ANN, "yes");
            town.settle();
        }
        town.open_up(ALICE);
        town.later(6);
        let letters = town.letters();
        let brought = letters.iter().any(|l| l.to == ALICE && l.text().contains("On my way."));
        assert_eq!(brought, gets, "{order}");
        // what answers her, or tells her that she was taken off, comes all the same
        assert!(letters.iter().any(|l| l.to == ALICE), "{order}");
    }
}

/// The gathered news of many tickets come while one of them is followed.
#[test]
fn who_leaves_all_that_is_gathered_does_not_get_what_waits() {
    for (left, gets) in [(&[1][..], true), (&[1, 2], false)] {
        let mut town = Town::new(believing());
        let at = "07:00".parse().unwrap();
        town.digest = Schedule { days: Days::Daily, at, news: true, ..Schedule::never() };
        town.restart();
        town.opened(ALICE, "Printer", "It is on fire, please come.");
        town.write(ALICE, "Scanner", "It smokes.");
        town.settle();
        town.write(ALICE, "less", "!digest daily 1 2");
        town.letters();
        town.later(24);
        town.letters();
        town.write(ANN, "on it", "close 1: Water helped.\nclose 2: So did sand.");
        town.letters();
        town.nail_up(ALICE);
        town.later(24);
        town.settle();
        for ticket in left {
            town.write(ALICE, "enough", &format!("!unsubscribe {ticket}"));
        }
        town.settle();
        town.open_up(ALICE);
        town.later(6);
        let letters = town.letters();
        assert_eq!(letters.iter().any(|l| l.to == ALICE && l.kind() == "news"), gets, "{left:?}");
    }
}
