//! What staff set at a ticket, each as a conversation: the letter says what was and what is, the footer of the next one
//! what stands, and lists go by it.

use super::town::draft::Draft;
use super::town::letter::Letter;
use super::town::{ALICE, ANN, BEN, CARLA, STAFF, Town, believing};
use trackle::model::fields::Field;
use trackle::model::ticket::State;
use trackle::store::lists::{Only, Owner, Which};

const INK: &str = "The printer in the cellar has no ink. It smells, too.";

/// Shows T044, T046, T049, T060, T068: each field is set, told, listed and taken off again.
#[test]
fn every_field_is_set_told_and_taken_off() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "No ink", INK);
    for (order, told, stands) in [
        ("prio high", "priority: none -> high", "open, nobody's, high,"),
        ("severity serious", "severity: none -> serious", "high, severity serious,"),
        ("type bug", "type: none -> bug", "severity serious, bug,"),
        ("component: print server", "component: none -> print server", "bug, print server,"),
        ("milestone spring", "milestone: none -> spring", "print server, milestone spring,"),
        ("tag +ink +cellar", "keywords: +cellar +ink", "milestone spring, +cellar, +ink,"),
        ("tag -cellar", "keywords: -cellar", "milestone spring, +ink,"),
        ("due friday", "due: none -> Fri 6 Mar", "high, due Fri 6 Mar, severity"),
        ("title: Ink for the cellar", "title: No ink -> Ink for the cellar", "Ink for the cellar"),
    ] {
        town.answer(&news, ANN, order);
        let letter = town.letter_to(STAFF);
        letter.says(told);
        letter.says(stands);
        // of all this the requester is told the new title alone
        assert_eq!(town.letters().len(), usize::from(order.starts_with("title")), "{order}");
    }
    let open = |only: &[Only]| -> Vec<u32> {
        let which = Which { state: Some(State::Open), owner: Owner::Anybody, only, most: 9 };
        town.listed_by_importance(which)
    };
    assert_eq!(open(&[Only::Is(Field::Component, "print server".into()), Only::Tagged("ink".into())]), [1]);
    assert_eq!(open(&[Only::Is(Field::Milestone, "autumn".into())]), Vec::<u32>::new());
    town.answer(
        &news,
        ANN,
        "prio none\nseverity none\ntype none\ncomponent none\nmilestone none\ntag -ink\ndue none",
    );
    let letter = town.letter_to(STAFF);
    letter.says("priority: high -> none");
    letter.says("open, nobody's, asked by");
    assert_eq!(town.ticket(ticket).ticket.fields.iter().count(), 0);
    town.golden("every_field_is_set_told_and_taken_off");
}

/// Shows T068: what is due soon rises in the list, and what waits sinks.
#[test]
fn what_is_due_rises_and_what_waits_sinks() {
    let mut town = Town::new(believing());
    for title in ["First", "Second", "Third"] {
        let news = own(&mut town, title);
        match title {
            "First" => town.answer(&news, ANN, "due in 13 days"),
            "Second" => town.answer(&news, ANN, "prio high"),
            _ => town.answer(&news, ANN, "prio urgent\nwait for user"),
        };
        town.letters();
    }
    let which = Which { state: Some(State::Open), owner: Owner::Anybody, only: &[], most: 9 };
    assert_eq!(town.listed_by_importance(which), [2, 1, 3]);
    town.later(24 * 9);
    assert_eq!(town.listed_by_importance(which), [1, 2, 3]);
}

#[test]
fn who_waits_for_the_requester_waits_no_longer_when_he_writes() {
    let mut town = Town::new(believing());
    let (ticket, news, receipt) = town.opened(ALICE, "No ink", INK);
    town.answer(&news, BEN, "wait for user\n\nWhich of the two printers?");
    town.letter_to(STAFF).says("waits for its requester");
    let asked = town.letter_to(ALICE);
    asked.says("Ben Builder waits for an answer.");
    asked.says("Which of the two printers?");
    town.answer(&receipt, ALICE, "The blue one.");
    let told = town.letter_to(STAFF);
    told.says("wait: the requester -> none");
    told.hides("waits for its requester");
    assert_eq!(town.ticket(ticket).ticket.fields.wait(), None);
    // a day ends by itself
    town.answer(&news, BEN, "wait until friday");
    town.letter_to(STAFF).says("waits until Fri 6 Mar");
    town.later(24 * 7);
    town.answer(&news, BEN, "take");
    town.letter_to(STAFF).hides("waits");
    town.letter_to(ALICE);
    town.golden("who_waits_for_the_requester_waits_no_longer_when_he_writes");
}

#[test]
fn what_is_late_is_said_in_words() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "No ink", INK);
    town.answer(&news, ANN, "due tomorrow");
    town.letter_to(STAFF).says("due Tue 3 Mar");
    town.later(24 * 3);
    town.answer(&news, ANN, "prio high");
    town.letter_to(STAFF).says("high, OVERDUE since Tue 3 Mar");
}

/// Shows T126, T127: a note is among staff, whatever else the mail does.
#[test]
fn a_note_is_for_staff_alone() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "No ink", INK);
    town.answer(&news, ANN, "note\ntake\n\nShe prints her novel again.");
    town.letter_to(STAFF).says("She prints her novel again.");
    let told = town.letter_to(ALICE);
    told.says("Ann Admin takes care of #1 now.");
    told.hides("novel");
    assert_eq!(town.said_in(ticket).len(), 2);
    town.golden("a_note_is_for_staff_alone");
}

/// Text is kept as it was written, whatever marks are in it.
#[test]
fn text_is_kept_as_it_was_written() {
    let mut town = Town::new(believing());
    let text = "= Steps =\n * open [[Printer]]\n * see #12 and `lpstat -p`\n\n    indented\t|| table ||";
    let (ticket, news, _) = town.opened(ALICE, "No ink", text);
    assert_eq!(town.said_in(ticket), [text]);
    assert!(news.text().contains(text), "{}", news.text());
}

/// Shows T057: who asks is told of what may be the same and how to follow it, in the one small letter that he gets.
#[test]
fn who_asks_learns_of_what_may_be_known_already() {
    let mut town = Town::new(believing());
    let (first, news, _) = town.opened(ALICE, "Printer in the cellar has no ink", INK);
    town.opened("dora@town.example", "The door of the cellar", "It does not open.");
    town.write(CARLA, "No ink: printer in cellar!", "I cannot print.");
    let question = town.letter_to(CARLA);
    question.says("#1 (open) Printer in the cellar has no ink");
    question.says("help+1-subscribe@desk.example");
    question.hides("door");
    question.hides("alice");
    assert!(question.bytes.len() < 2_500, "{}", question.bytes.len());
    // it was something else
    town.answer(&question, CARLA, "yes");
    town.letter_to(STAFF).says("Perhaps the same as: #1 (open) Printer in the cellar has no ink");
    town.letter_to(CARLA).hides("subscribe");
    // whom nobody asks learns of it with the receipt
    town.write(CARLA, "Printer in the cellar: no ink", "Still.");
    town.letter_to(CARLA).says("help+1-subscribe@desk.example");
    town.letter_to(STAFF);
    town.golden("who_asks_learns_of_what_may_be_known_already");
    // what is long over is not named any more
    town.answer(&news, ANN, "close");
    town.letters();
    town.later(24 * 40);
    town.write("dan@town.example", "Printer in the cellar has no ink", "Again.");
    let question = town.letter_to("dan@town.example");
    question.hides(&format!("#{first} "));
    question.says("#3 (open) No ink: printer in cellar!");
}

/// What that letter promises holds: whoever writes to the address below a ticket follows it, and his own request is
/// dropped when its time is over.
#[test]
fn whoever_writes_to_the_address_below_a_likely_one_follows_it_instead() {
    let mut town = Town::new(believing());
    let (first, news, _) = town.opened(ALICE, "Printer in the cellar has no ink", INK);
    town.write(CARLA, "No ink: printer in cellar!", "I cannot print.");
    town.letter_to(CARLA).says("help+1-subscribe@desk.example");
    town.send(Draft::new(CARLA, "", "").to("help+1-subscribe@desk.example"));
    let question = town.letter_to(CARLA);
    question.says("| subscribe #1");
    town.answer(&question, CARLA, "");
    town.letter_to(CARLA).says("You follow this request now");
    assert_eq!(town.subscribers(first), [ALICE, CARLA]);
    town.answer(&news, ANN, "The ink comes on Monday.");
    town.letter_to(CARLA).says("The ink comes on Monday.");
    town.letters();
    town.later(24 * 15);
    town.settle();
    town.nothing_for(CARLA);
    assert_eq!((town.tickets(), town.state_of(2)), (2, "unconfirmed"));
}

#[test]
fn what_may_be_known_shows_no_link_and_goes_to_no_robot() {
    let mut town = Town::new(believing());
    town.opened(ALICE, "Login at https://bank.example fails", "It does.");
    town.write(CARLA, "Login at https://bonk.example fails", "It does.");
    let question = town.letter_to(CARLA);
    question.says("#1 (open) Login at … fails");
    question.hides("bank");
    let robot = Draft::new(CARLA, "Login at https://bank.example fails", "x");
    town.send(robot.header("Auto-Submitted", "auto-generated"));
    town.silence();
}

/// A ticket of staff's own.
fn own(town: &mut Town, title: &str) -> Letter {
    town.write(ANN, title, "Nobody has done it yet.");
    let news = town.letter_to(STAFF);
    town.letters();
    news
}
