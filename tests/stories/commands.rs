//! What is run and what is only text.

use super::town::draft::Draft;
use super::town::letter::Letter;
use super::town::{ALICE, ANN, MALLORY, STAFF, Town, believing, plain};

/// Shows T059.
#[test]
fn several_orders_stand_in_one_mail() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.write(ALICE, "Scanner", "Now the scanner smokes.");
    town.letters();
    town.answer(&news, ANN, "take\nclose: Wet now.\nassign ben 2\n\nThat was a long day.");
    let letters = town.letters();
    assert_eq!(letters.iter().filter(|l| l.to == STAFF).count(), 2);
    assert_eq!((town.owner_of(ticket).as_str(), town.state_of(ticket)), ("ann", "closed"));
    assert_eq!((town.owner_of(2).as_str(), town.state_of(2)), ("ben", "open"));
    assert_eq!(town.said_in(ticket).last().unwrap(), "That was a long day.");
}

/// Shows T035.
#[test]
fn when_one_line_is_not_understood_nothing_is_run() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, ANN, "take\nclos 1\n\nThe hose is too short.");
    let answer = town.letter_to(ANN);
    assert_eq!(answer.kind(), "transcript");
    answer.says("clos 1");
    answer.says("did you mean \"close\"?");
    town.letter_to(STAFF).says("The hose is too short.");
    town.letter_to(ALICE).says("The hose is too short.");
    assert_eq!((town.owner_of(ticket).as_str(), town.state_of(ticket)), ("", "open"));
    town.golden("when_one_line_is_not_understood_nothing_is_run");
}

#[test]
fn an_order_that_cannot_be_done_stops_the_others() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, ANN, "take\nclose 99");
    town.letter_to(ANN).says("there is no ticket #99");
    assert_eq!(town.owner_of(ticket), "");
}

#[test]
fn a_bad_order_without_proof_is_not_answered() {
    let mut town = Town::new(plain());
    let (_, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, ANN, "clos 1");
    town.nothing_for(ANN);
    town.letters();
    town.write(MALLORY, "!frobnicate 1", "!frobnicate everything");
    assert_eq!(town.letter_to(MALLORY).kind(), "confirm_ticket");
}

#[test]
fn what_others_wrote_is_never_run() {
    let ways: [fn(&Letter) -> Draft; 5] = [
        |news| news.answered_by(ANN, "I agree with Ben:\n\n> close\n> !close"),
        |news| news.answered_by(ANN, "I shall see to it.\n\n-- \nclose\n!close"),
        |news| {
            let text = "See below.\n\n---------- Forwarded message ---------\nFrom: Ben <ben@desk.example>\n\
                        Date: Mon, Mar 2, 2026 at 9:00 AM\nSubject: Printer\nTo: <ann@desk.example>\n\nclose\n!close";
            news.answered_by(ANN, text).without_quote()
        },
        |news| {
            let html = "<html><body><p>close</p><p>!close</p></body></html>";
            news.answered_by(ANN, "").content("text/html; charset=utf-8", html)
        },
        |news| news.answered_by(ANN, "Please close the window first.\nclose it, I mean."),
    ];
    for way in ways {
        let mut town = Town::new(believing());
        let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
        town.send(way(&news));
        town.letters();
        assert_eq!(town.state_of(ticket), "open");
    }
}

/// Shows T025, T028, T035.
#[test]
fn help_is_answered_to_who_asks_alone() {
    let mut town = Town::new(believing());
    town.write(ANN, "help", "");
    let help = town.letter_to(ANN);
    help.says("take [12 …]");
    town.write(ALICE, "help", "");
    town.letter_to(ALICE).hides("assign");
    assert_eq!(town.tickets(), 0);
    town.golden("help_is_answered_to_who_asks_alone");
}

#[test]
fn two_from_lines_command_nothing() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let mail =
        town.send(news.answered_by(ANN, "close").header("From", "Mallory <mallory@elsewhere.example>"));
    town.ended(&mail, "held");
    town.silence();
    assert_eq!(town.state_of(ticket), "open");
}
