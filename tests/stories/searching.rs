//! "Is it filed already?", asked by mail: staff learn all there is, everybody else titles, and machines nothing.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, BEN, CARLA, MALLORY, STAFF, Town, believing, plain};

/// A town with an open ticket of Alice's and a closed one, and one of Mallory's that he never confirmed.
fn town(robot: trackle::model::robot::Robot) -> Town {
    let mut town = Town::new(robot);
    town.opened(ALICE, "Printer on fire", "The printer on the second floor smokes. My password is hunter2.");
    town.write(ALICE, "Scanner for alice@town.example", "It scans the printer.");
    town.letters();
    town.write(MALLORY, "Printer of mine", "Cheap printer ink, buy now.");
    town.letter_to(MALLORY);
    town
}

/// Shows T029, T031, T068.
#[test]
fn staff_learn_all_that_is_known() {
    let mut town = town(believing());
    let asked = town.write(ANN, "search: printer", "");
    let answer = town.letter_to(ANN);
    town.silence();
    town.ended(&asked, "applied");
    assert_eq!(answer.kind(), "search");
    answer.says("You searched for: printer");
    answer.says("#1 (open) Printer on fire");
    answer.says("The printer on the second floor smokes.");
    answer.says("#2 (open) Scanner for alice@town.example");
    assert!(!answer.text().contains("#3"), "{}", answer.text());
    // as a line of a mail, with other commands
    town.write(BEN, "work", "close 2\n!search hunter2");
    let letters = town.letters();
    let answer = letters.iter().find(|l| l.to == BEN).unwrap();
    answer.says("#1 (open) Printer on fire");
    assert_eq!((letters.iter().any(|l| l.to == STAFF), town.state_of(2)), (true, "closed"));
    town.golden("staff_learn_all_that_is_known");
}

#[test]
fn staff_whom_nothing_proves_learn_what_everybody_may() {
    let mut town = town(plain());
    town.write(ANN, "search: printer", "");
    let answer = town.letter_to(ANN);
    answer.says("#1 (open) Printer on fire");
    assert!(!answer.text().contains("smokes") && !answer.text().contains("#2"), "{}", answer.text());
}

/// Shows T026, T031, T056.
#[test]
fn everybody_else_learns_titles_only() {
    let mut town = town(plain());
    town.write(CARLA, "Anything", "Search: printer\n");
    let answer = town.letter_to(CARLA);
    town.silence();
    answer.says("All words of your search stand in the titles of these tickets");
    answer.says("#1 (open) Printer on fire");
    for hidden in ["smokes", "#2", "#3", "Alice", "You searched"] {
        assert!(!answer.text().contains(hidden), "{hidden}: {}", answer.text());
    }
    town.golden("everybody_else_learns_titles_only");
    // neither an address in a title, nor words of a text by guessing, nor what is not confirmed
    for (words, wanted) in
        [("scanner", "#2 (open) Scanner for …"), ("hunter2", "No ticket"), ("mine", "No ticket")]
    {
        town.write(CARLA, &format!("search: {words}"), "");
        town.letter_to(CARLA).says(wanted);
    }
    assert_eq!(town.tickets(), 3);
}

#[test]
fn words_of_a_forged_search_are_mailed_to_nobody() {
    let mut town = town(plain());
    town.write(CARLA, "search: buy cheap ink at mallory's now", "");
    let answer = town.letter_to(CARLA);
    assert!(!answer.text().contains("mallory") && !answer.subject().contains("mallory"));
}

#[test]
fn machines_get_no_answer_and_nobody_gets_too_many() {
    let mut town = town(plain());
    for (header, value) in
        [("Auto-Submitted", "auto-generated"), ("Precedence", "bulk"), ("List-Id", "<a.b>")]
    {
        town.send(Draft::new(MALLORY, "search: printer", "").header(header, value));
        town.silence();
    }
    let most = town.robot.policy.automatic_per_day;
    for n in 0..most + 5 {
        town.write(CARLA, "search: printer", &format!("{n}"));
    }
    assert_eq!(town.letters().len() as u32, most);
    assert_eq!(town.tickets(), 3);
}

#[test]
fn who_writes_about_a_search_writes_to_people() {
    let mut town = town(plain());
    town.write(CARLA, "Search: it is broken", "The search on our web site finds nothing since Monday.");
    assert_eq!(town.letter_to(CARLA).kind(), "confirm_ticket");
    town.write(CARLA, "Cellar", "search the cellar, please");
    assert_eq!(town.letter_to(CARLA).kind(), "confirm_ticket");
    assert_eq!(town.tickets(), 5);
}

/// Shows T029: the list of mail robots says it so, and it is the same search.
#[test]
fn a_list_of_words_is_a_search() {
    let mut town = town(believing());
    town.write(ANN, "hello", "list text printer");
    let answer = town.letter_to(ANN);
    assert_eq!(answer.kind(), "search");
    answer.says("You searched for: printer");
    answer.says("#2 (open) Scanner for alice@town.example");
    town.silence();
}

/// What a member begins like a question, and says nothing beside, is no request of his.
#[test]
fn a_question_that_is_none_is_told_its_form_and_opens_nothing() {
    let mut town = town(believing());
    let before = town.tickets();
    for (slip, form) in [
        ("list text", "list [open"),
        ("list all the tickets about printers of this year", "list [open"),
        ("search the printer in the cellar of the other house", "search: WORDS"),
        ("show me #1 and whatever else there is about it", "show"),
    ] {
        town.write(ANN, "tickets", slip);
        let told = town.letter_to(ANN);
        assert_eq!(told.kind(), "transcript", "{slip}");
        told.says(slip);
        told.says(form);
        town.silence();
    }
    assert_eq!(town.tickets(), before);
    // in a conversation it is a sentence, and anybody else's is a request
    town.send(Draft::new(ANN, "Re: Printer", "Show me a photo of it, please.").to("help+1@desk.example"));
    town.letter_to(ALICE).says("Show me a photo of it, please.");
    town.letter_to(STAFF);
    town.write(ANN, "Projector", "Help! It shows green only.");
    town.write(CARLA, "Lists", "List all the tickets about printers of this year");
    town.letters();
    assert_eq!(town.tickets(), before + 2);
}
