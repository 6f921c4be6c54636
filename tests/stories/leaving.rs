//! Whoever has enough of a ticket says so by the link in its letters.

use super::town::draft::Draft;
use super::town::letter::Letter;
use super::town::{ALICE, ANN, MALLORY, STAFF, Town, believing};

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
