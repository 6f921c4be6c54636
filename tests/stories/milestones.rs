//! What is to be done together, as something that one can name, point at and look at.

use super::town::{ALICE, ANN, STAFF, Town, believing};

/// Shows T066, T068: the name of a milestone is all it takes to see what is left of it.
#[test]
fn what_is_left_of_a_milestone_comes_by_mail() {
    let mut town = Town::new(believing());
    let (_, printer, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let mut news = vec![printer];
    for title in ["Scanner", "Door", "Window"] {
        town.write(ALICE, title, "It is broken as well.");
        town.letter_to(ALICE);
        news.push(town.letter_to(STAFF));
    }
    for (at, order) in
        [(0, "milestone: autumn term"), (1, "milestone: autumn term"), (2, "milestone spring"), (1, "close")]
    {
        town.answer(&news[at], ANN, order);
        town.letters();
    }
    town.write(ANN, "Autumn", "list milestone Autumn Term");
    let list = town.letter_to(ANN);
    assert_eq!((list.kind(), list.subject()), ("list", "Tickets: milestone Autumn Term"));
    list.says("#1 Printer");
    for other in ["#2", "#3", "#4"] {
        list.hides(other);
    }
    // it is acted on by answering, and any mail may name it
    town.answer(&list, ANN, "close 1\n\nAll of autumn is done, see `list milestone autumn term`.");
    town.letters();
    assert_eq!(town.state_of(1), "closed");
    town.write(ANN, "", "list milestone winter");
    town.letter_to(ANN).says("No ticket is in this list.");
    // how a team sorts its work is nobody else's
    town.answer(&receipt, ALICE, "list milestone spring");
    town.letter_to(ALICE).says("None of your tickets is in this list.");
}
