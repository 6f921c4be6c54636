//! Robots among themselves: whatever comes, it ends in silence.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, HELP, STAFF, Town, believing, plain};
use trackle::model::address::Address;
use trackle::model::seal::Seal;

/// Shows T128.
#[test]
fn our_own_letters_coming_back_do_nothing() {
    let mut town = Town::new(believing());
    let (ticket, news, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    for letter in [&news, &receipt] {
        let uid = town.send_again(&letter.on_its_way());
        town.silence();
        assert_eq!(town.end_of_uid(&uid).0, "ignored");
    }
    assert_eq!((town.tickets(), town.said_in(ticket).len()), (1, 1));
}

#[test]
fn a_vacation_message_changes_nothing() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, ANN, "close: Water helped.");
    town.letter_to(STAFF);
    let told = town.letter_to(ALICE);
    let away = told.answered_by(ALICE, "reopen\n\nI am away.").header("Auto-Submitted", "auto-replied");
    let mail = town.send(away);
    town.ended(&mail, "ignored");
    town.silence();
    assert_eq!(town.state_of(ticket), "closed");
}

/// Shows T134, T135.
#[test]
fn machines_are_never_answered() {
    let mut town = Town::new(plain());
    for (from, header, value) in [
        ("noreply@shop.example", "X-Mailer", "shop"),
        (ALICE, "Precedence", "junk"),
        (ALICE, "X-Auto-Reply", "yes"),
        ("mailer-daemon@town.example", "X-Mailer", "postfix"),
        (ALICE, "Auto-Submitted", "auto-generated"),
        (ALICE, "X-Loop", "someone@list.example"),
    ] {
        town.send(Draft::new(from, "Your parcel", "It is on its way to you.").header(header, value));
        town.silence();
        assert!(town.listed().is_empty());
    }
}

/// Carries every unread letter of one robot to the other; gives how many went.
fn carry(from: &mut Town, to: &mut Town, address: &str) -> usize {
    let letters: Vec<_> =
        from.letters().into_iter().filter(|l| l.to == address || l.to.starts_with("help")).collect();
    letters.iter().for_each(|letter| drop(to.send_again(&letter.on_its_way())));
    to.settle();
    letters.len()
}

#[test]
fn two_robots_writing_to_each_other_fall_silent() {
    let mut other = plain();
    other.address = Address::parse("help@other.example").unwrap();
    other.list = Address::parse("staff@other.example").unwrap();
    other.seal = Seal::new(vec![[8; 32]]);
    other.policy.confirm_tickets = false;
    let mut robot = plain();
    robot.policy.confirm_tickets = false;
    let (mut ours, mut theirs) = (Town::new(robot), Town::new(other));
    // somebody writes to us in the other robot's name
    ours.write("help@other.example", "Printer", "It is on fire, please come.");
    let mut rounds = 0;
    while carry(&mut ours, &mut theirs, "help@other.example") + carry(&mut theirs, &mut ours, HELP) > 0 {
        rounds += 1;
        assert!(rounds < 5, "they do not stop");
    }
    assert_eq!(ours.tickets() + theirs.tickets(), 1);
    ours.letters();
    theirs.letters();
}

#[test]
fn two_robots_that_are_each_others_staff_fall_silent() {
    let (mut robot, mut other) = (plain(), plain());
    other.address = Address::parse("help@other.example").unwrap();
    other.seal = Seal::new(vec![[8; 32]]);
    (robot.list, other.list) = (other.address.clone(), robot.address.clone());
    (robot.policy.confirm_tickets, other.policy.confirm_tickets) = (false, false);
    let (mut ours, mut theirs) = (Town::new(robot), Town::new(other));
    ours.write(ALICE, "Printer", "It is on fire, please come.");
    let mut rounds = 0;
    while carry(&mut ours, &mut theirs, "help@other.example") + carry(&mut theirs, &mut ours, HELP) > 0 {
        rounds += 1;
        assert!(rounds < 5, "they do not stop");
    }
    ours.letters();
    theirs.letters();
}
