//! Private tickets: known to their people and to staff. Whoever else asks is answered as if there were none.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, CARLA, MALLORY, STAFF, Town, believing, plain};

/// Alice's ticket 1 about her salary, which is private.
fn town() -> (Town, super::town::letter::Letter) {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Salary of the boss", "Everybody can read it in the wiki.");
    town.answer(&news, ANN, "private");
    town.letter_to(STAFF).says("private: no -> yes");
    town.silence();
    (town, news)
}

/// Shows T026, T031: nothing of a private ticket is found, named or shown.
#[test]
fn nobody_else_learns_that_it_exists() {
    let (mut town, _) = town();
    town.write(CARLA, "search: salary", "");
    town.letter_to(CARLA).says("No ticket has all of these words");
    town.write(ANN, "search: salary", "");
    town.letter_to(ANN).says("#1 (open) Salary of the boss");
    // a request that says the same
    town.write(CARLA, "Salary of the boss", "What is it?");
    let question = town.letter_to(CARLA);
    question.hides("#1");
    town.answer(&question, CARLA, "yes");
    town.letter_to(STAFF);
    town.letter_to(CARLA).hides("#1");
    // orders about it, and about one that there is not, get the same answer
    for (order, answer) in [("subscribe", "there is no ticket"), ("show", "there is no ticket")] {
        for number in [1, 77] {
            town.send(Draft::new(CARLA, "x", &format!("!{order} {number}")).to("help+2@desk.example"));
            let letters = town.letters();
            assert!(!letters.iter().any(|l| l.to != CARLA), "{order} {number}");
            let told = letters.iter().find(|l| l.to == CARLA).unwrap();
            told.says(&format!("{answer} #{number}"));
        }
    }
    assert_eq!(town.subscribers(1), [ALICE]);
    town.golden("nobody_else_learns_that_it_exists");
}

#[test]
fn its_own_address_is_nobodys_for_a_stranger() {
    let (mut town, _) = town();
    // as for a number that there is not, it opens a request
    for (number, ticket) in [(1, 2), (77, 3)] {
        let to = format!("help+{number}@desk.example");
        town.send(Draft::new(MALLORY, "Hello", "What is this about?").to(&to));
        let question = town.letter_to(MALLORY);
        question.hides(&format!("#{number}"));
        assert_eq!((question.kind(), town.state_of(ticket)), ("confirm_ticket", "unconfirmed"));
    }
    assert_eq!(town.said_in(1).len(), 1);
}

#[test]
fn its_people_go_on_as_before_and_may_end_it() {
    let (mut town, news) = town();
    town.answer(&news, ANN, "take");
    let told = town.letter_to(ALICE);
    told.says("Ann Admin takes care of #1 now.");
    town.letter_to(STAFF).says("open, Ann Admin's, private,");
    town.answer(&told, ALICE, "!public");
    town.letter_to(STAFF).says("private: yes -> no");
    town.write(CARLA, "search: salary", "");
    town.letter_to(CARLA).says("#1 (open) Salary of the boss");
}

/// A duplicate of a private ticket is closed; its requester hears nothing of the other and does not get its news.
#[test]
fn a_duplicate_of_a_private_one_brings_nobody_into_it() {
    let (mut town, news) = town();
    let (_, other, _) = town.opened(CARLA, "Wiki page", "I can read things there that I should not.");
    town.answer(&other, ANN, "dup 1");
    town.letter_to(STAFF).says("Now duplicate of #1 (Salary of the boss).");
    let told = town.letter_to(CARLA);
    told.says("The team goes on with it elsewhere.");
    told.hides("#1");
    told.hides("Salary");
    assert_eq!((town.state_of(2), town.subscribers(1)), ("closed", vec![ALICE.to_owned()]));
    town.answer(&news, ANN, "The boss knows.");
    town.letters().iter().for_each(|l| assert_ne!(l.to, CARLA));
    town.golden("a_duplicate_of_a_private_one_brings_nobody_into_it");
}

#[test]
fn nothing_is_merged_into_a_private_one_that_its_people_know() {
    let (mut town, _) = town();
    let (_, other, _) = town.opened(CARLA, "Wiki page", "I can read things there that I should not.");
    town.answer(&other, ANN, "merge into 1");
    town.letter_to(ANN).says("#1 is private, and not everybody here has a part in it");
    town.silence();
    assert_eq!((town.state_of(2), town.subscribers(1)), ("open", vec![ALICE.to_owned()]));
}

#[test]
fn what_waits_for_a_private_one_does_not_say_so_outside() {
    let (mut town, news) = town();
    let (_, other, _) = town.opened(CARLA, "Wiki page", "It is slow.");
    town.answer(&other, ANN, "depends on 1\nlink 1\ntake");
    town.letter_to(STAFF).says("waits for #1");
    let told = town.letter_to(CARLA);
    told.hides("#1");
    told.hides("Salary");
    town.answer(&told, CARLA, "!show");
    let shown = town.letter_to(CARLA);
    shown.hides("#1");
    shown.hides("Salary");
    town.answer(&news, ANN, "close");
    town.letter_to(STAFF).says("#2 (Wiki page) waited for this and can go on.");
    let hers = town.letter_to(ALICE);
    hers.hides("#2");
    hers.hides("Wiki");
}

#[test]
fn a_site_may_have_all_new_tickets_private() {
    let mut robot = plain();
    robot.values.private = true;
    let mut town = Town::new(robot);
    let (_, news, receipt) = town.opened(ALICE, "A job in your team", "I would like it.");
    assert!(news.text().contains("private"), "{}", news.text());
    assert!(town.ticket(1).ticket.fields.is_private());
    town.write(CARLA, "search: job", "");
    town.letter_to(CARLA).says("No ticket");
    // what was not asked for by a line is not taken back
    town.answer(&receipt, ALICE, "!undo");
    town.letter_to(ALICE).says("no mail of yours changed anything");
    assert!(town.ticket(1).ticket.fields.is_private());
}

/// The names of files that come with a note are as little for others as its words; nor are those of a mail about another
/// ticket.
#[test]
fn the_files_of_a_note_are_for_staff_only() {
    let mut town = Town::new(believing());
    let (_, printer, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.opened(CARLA, "Scanner", "Now the scanner smokes.");
    town.send(printer.answered_by(ANN, "note").attach("salaries.pdf", b"PDF"));
    let noted = town.letter_to(STAFF);
    assert_eq!(noted.mail.attachments[0].name, "salaries.pdf");
    town.silence();
    town.send(printer.answered_by(ANN, "note: He smokes himself.\ntake").attach("salaries.pdf", b"PDF"));
    town.letter_to(STAFF);
    let told = town.letter_to(ALICE);
    told.says("Ann Admin takes care of #1 now.");
    told.hides("salaries.pdf");
    town.send(
        printer.answered_by(ANN, "close 2: It is out.\n\nThe plan is attached.").attach("plan.pdf", b"PDF"),
    );
    let letters = town.letters();
    let to = |who: &str| letters.iter().find(|letter| letter.to == who).unwrap();
    to(ALICE).says("plan.pdf");
    to(CARLA).says("It is out.");
    to(CARLA).hides("plan.pdf");
    to(CARLA).hides("attached");
}
