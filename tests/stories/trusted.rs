//! Those who need not confirm: who answered before, and whom the configuration trusts.

use super::town::draft::Draft;
use super::town::{ALICE, CARLA, STAFF, Town, believing, plain};

/// Shows T023.
#[test]
fn a_known_address_is_not_asked_again() {
    let mut town = Town::new(plain());
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.write(ALICE, "Scanner", "Now the scanner smokes.");
    town.letter_to(STAFF).says("Now the scanner smokes.");
    assert_eq!(town.letter_to(ALICE).kind(), "ticket_opened");
    assert_eq!(town.listed(), [1, 2]);
    town.golden("a_known_address_is_not_asked_again");
}

#[test]
fn capitals_make_no_other_person() {
    let mut town = Town::new(plain());
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.write("Alice@Town.Example", "Scanner", "Now the scanner smokes.");
    town.letter_to(STAFF);
    assert_eq!(town.letter_to(ALICE).kind(), "ticket_opened");
}

/// Shows T030.
#[test]
fn a_trusted_domain_is_not_asked_when_it_is_proven() {
    let mut robot = believing();
    robot.trust.domains.push("town.example".into());
    let mut town = Town::new(robot);
    town.write(ALICE, "Printer", "It is on fire, please come.");
    town.letter_to(STAFF);
    assert_eq!(town.letter_to(ALICE).kind(), "ticket_opened");
    town.send(Draft::new(CARLA, "Scanner", "The scanner smokes too.").forged());
    assert_eq!(town.letter_to(CARLA).kind(), "confirm_ticket");
    town.silence();
    assert_eq!(town.listed(), [1]);
}

#[test]
fn a_trusted_network_is_not_asked() {
    let mut robot = believing();
    robot.trust.networks.push("192.0.2.0/24".parse().unwrap());
    let mut town = Town::new(robot);
    town.write(ALICE, "Printer", "It is on fire, please come.");
    town.letter_to(STAFF);
    assert_eq!(town.letter_to(ALICE).kind(), "ticket_opened");
}

#[test]
fn a_site_may_ask_nobody() {
    let mut robot = plain();
    robot.policy.confirm_tickets = false;
    let mut town = Town::new(robot);
    town.write(ALICE, "Printer", "It is on fire, please come.");
    town.letter_to(STAFF);
    assert_eq!(town.letter_to(ALICE).kind(), "ticket_opened");
}

/// Shows T036, T037.
#[test]
fn staff_open_tickets_themselves() {
    let mut town = Town::new(plain());
    town.write("ben@desk.example", "New switch", "The switch in room 4 has to be replaced.");
    town.letter_to(STAFF).says("The switch in room 4");
    assert_eq!(town.letter_to("ben@desk.example").kind(), "ticket_opened");
    assert_eq!(town.state_of(1), "open");
}
