//! Asking how something stands: one ticket, a list, how one word is said. Everybody sees his own, staff see all, and
//! nobody learns of a ticket that is not for him.

use super::town::draft::Draft;
use super::town::letter::Letter;
use super::town::{ALICE, ANN, BEN, CARLA, MALLORY, STAFF, Town, believing, plain};

const FIRE: &str = "It is on fire, please come.";

/// Alice's printer (1), Carla's private scanner (2).
fn town() -> (Town, Letter, Letter) {
    let mut town = Town::new(believing());
    let (_, news, receipt) = town.opened(ALICE, "Printer", FIRE);
    let (_, other, _) = town.opened(CARLA, "Scanner", "It smokes, and this is between us.");
    town.answer(&other, ANN, "private");
    town.letters();
    (town, news, receipt)
}

/// Shows T029, T031, T033.
#[test]
fn a_ticket_is_shown_with_all_that_its_reader_may_see() {
    let (mut town, news, receipt) = town();
    town.answer(&news, ANN, "take\nprio high\ntag +fire\ndue 2026-03-20\ndepends on 2");
    town.answer(&news, ANN, "note: She smokes herself.");
    town.send(news.answered_by(ANN, "Which floor?").attach("plan.pdf", b"PDF"));
    town.letters();
    town.answer(&news, BEN, "show");
    let shown = town.letter_to(BEN);
    town.silence();
    assert_eq!(shown.kind(), "show");
    for words in [
        "#1 is open: Printer",
        "alice@town.example",
        "in the hands of: Ann Admin",
        "priority: high",
        "keywords: fire",
        "due: Fri 20 Mar",
        "waits for: #2 (open) Scanner",
        FIRE,
        "She smokes herself.",
        "for staff only",
        "Which floor?",
        "[plan.pdf (3 bytes)]",
    ] {
        shown.says(words);
    }
    town.answer(&receipt, ALICE, "show");
    let shown = town.letter_to(ALICE);
    for words in
        ["#1 is open: Printer", "in the hands of: Ann Admin", FIRE, "Which floor?", "[plan.pdf (3 bytes)]"]
    {
        shown.says(words);
    }
    for hidden in ["She smokes", "high", "keywords", "2026-03-20", "#2", "@town.example", "@desk.example"] {
        shown.hides(hidden);
    }
    // her answer to it comes to the ticket, as hers
    town.answer(&shown, ALICE, "The second.");
    town.letter_to(STAFF).says("The second.");
    town.golden("a_ticket_is_shown_with_all_that_its_reader_may_see");
}

/// Shows T026, T031.
#[test]
fn what_is_not_for_somebody_does_not_exist_for_him() {
    let (mut town, ..) = town();
    town.write(MALLORY, "Something", "show 1");
    let shown = town.letter_to(MALLORY);
    shown.says("#1 is open: Printer");
    for hidden in [FIRE, "Alice", "Ann"] {
        shown.hides(hidden);
    }
    assert_eq!(shown.header("X-Trackle-Ticket"), "");
    assert!(!shown.reply_to().contains('+'), "no address of the ticket: {}", shown.reply_to());
    let mut answers = Vec::new();
    for number in [2, 99] {
        town.write(MALLORY, "Something", &format!("show {number}"));
        answers.push(
            town.letter_to(MALLORY)
                .text()
                .replace(&format!("#{number}"), "#N")
                .replace(&format!("show {number}"), "show N"),
        );
    }
    assert_eq!(answers[0], answers[1], "a private one and none are told apart by nobody");
    assert!(answers[0].contains("there is no ticket #N"));
    town.write(CARLA, "Something", "show 2");
    town.letter_to(CARLA).says("this is between us");
}

/// Shows T031, T068.
#[test]
fn lists_are_of_ones_own_tickets_and_for_staff_of_all() {
    let (mut town, news, _) = town();
    town.answer(&news, ANN, "take");
    town.opened("dora@town.example", "Door", "It squeaks.");
    town.answer(&news, ANN, "prio urgent");
    town.write(ANN, "tickets", "close 3");
    town.letters();
    for (from, order, has, hides) in [
        (BEN, "list", vec!["#1 Printer — Ann Admin", "#2 Scanner"], vec!["#3"]),
        (ANN, "list mine", vec!["#1 Printer"], vec!["#2", "#3"]),
        (ANN, "list new", vec!["#2 Scanner"], vec!["#1", "#3"]),
        (ANN, "list closed", vec!["#3 Door"], vec!["#1", "#2"]),
        (ANN, "list due", vec!["No ticket is in this list."], vec!["#1"]),
        (ALICE, "list", vec!["#1 (open) Printer"], vec!["#2", "#3"]),
        (CARLA, "List mine, please", vec!["#2 (open) Scanner"], vec!["#1", "#3"]),
        ("dora@town.example", "list closed", vec!["#3 (closed) Door"], vec!["#1", "#2"]),
        (MALLORY, "list", vec!["None of your tickets is in this list"], vec!["#1", "#2", "#3"]),
    ] {
        town.write(from, "tickets", order);
        let list = town.letter_to(from);
        assert_eq!(list.kind(), "list", "{order}");
        has.iter().for_each(|words| list.says(words));
        hides.iter().for_each(|words| list.hides(words));
    }
    assert_eq!(town.tickets(), 3);
    // as a digest, a list is acted on by answering it
    town.write(BEN, "tickets", "list");
    let list = town.letter_to(BEN);
    let text = list.text();
    assert!(text.find("#1") < text.find("#2"), "what matters most stands first: {text}");
    town.answer(&list, BEN, "close 1\n\nDone.");
    town.letters();
    assert_eq!(town.state_of(1), "closed");
}

#[test]
fn without_proof_what_is_asked_is_shown_after_one_answer() {
    let mut town = Town::new(plain());
    town.opened(ALICE, "Printer", FIRE);
    town.write(ANN, "ticket", "show 1");
    let question = town.letter_to(ANN);
    question.says("| show 1");
    town.silence();
    town.answer(&question, ANN, "yes");
    town.letter_to(ANN).says(FIRE);
    // nobody is shown what somebody else asks to see in his name
    town.write(ALICE, "ticket", "list");
    let question = town.letter_to(ALICE);
    assert_eq!(question.kind(), "confirm_mail");
    town.answer(&question, MALLORY, "yes");
    town.silence();
}

#[test]
fn machines_are_shown_nothing() {
    let (mut town, news, _) = town();
    town.send(news.answered_by(ANN, "show").header("Auto-Submitted", "auto-replied"));
    town.send(Draft::new(ANN, "tickets", "list").header("Precedence", "bulk"));
    town.silence();
}

/// Shows T035.
#[test]
fn help_tells_one_word_in_full() {
    let (mut town, ..) = town();
    for (from, text, says) in [
        (ANN, "help wait", "wait [12 …] [until friday | for user]"),
        (ANN, "Help done!", "Other words for it: done, fix, fixed, resolve, resolved."),
        (ALICE, "help subscribe", "subscribe [12 …] [short | full | daily | weekly]"),
        (ALICE, "help wait", "Write to help@desk.example as you would write to a person."),
    ] {
        town.write(from, "question", text);
        town.letter_to(from).says(says);
    }
    town.write(ALICE, "help", "");
    let help = town.letter_to(ALICE);
    let lines = help.text().lines().filter(|line| line.starts_with("  ")).count();
    assert!(lines <= 14, "{}", help.text());
    assert_eq!(town.tickets(), 2);
}

#[test]
fn an_address_is_an_order() {
    let (mut town, ..) = town();
    let at = |from: &str, detail: &str, body: &str| {
        Draft::new(from, "ticket", body).to(&format!("help+{detail}@desk.example"))
    };
    town.send(at(ANN, "1-close", ""));
    town.letter_to(STAFF).says("state: open -> closed");
    town.letter_to(ALICE);
    assert_eq!(town.state_of(1), "closed");
    town.send(at(ALICE, "1-reopen", "It burns again."));
    town.letter_to(STAFF).says("It burns again.");
    assert_eq!(town.state_of(1), "open");
    town.send(at(ANN, "1-note", "She smokes herself."));
    town.letter_to(STAFF).says("She smokes herself.");
    town.nothing_for(ALICE);
    town.send(at(ALICE, "1-unsubscribe", ""));
    assert_eq!(town.letter_to(ALICE).kind(), "left");
    assert_eq!(town.subscribers(1), Vec::<String>::new());
    town.send(at(ALICE, "1-subscribe", ""));
    assert_eq!(town.letter_to(ALICE).kind(), "followed");
    assert_eq!(town.subscribers(1), [ALICE]);
    // a stranger's order is like any other of his, and an unknown word is none
    town.send(at(MALLORY, "1-close", "").forged());
    assert_eq!(town.letter_to(MALLORY).kind(), "confirm_mail");
    town.send(at(BEN, "1-banana", "Text for the ticket."));
    town.letter_to(STAFF).says("Text for the ticket.");
    town.letters();
    assert_eq!(town.state_of(1), "open");
}

#[test]
fn who_answers_all_readers_orders_nothing_by_their_addresses() {
    let (mut town, ..) = town();
    let closing = town.send(Draft::new(ANN, "Printer", "Out.").to("help+1-close@desk.example").cc(STAFF));
    town.letters();
    town.write(BEN, "again", "reopen 1");
    town.letters();
    assert_eq!(town.state_of(1), "open");
    // to Ann, with the address that closed it in Cc
    town.send(closing.answered_by(BEN, "Are you sure?"));
    town.letters();
    assert_eq!((town.state_of(1), town.said_in(1).last().unwrap().as_str()), ("open", "Are you sure?"));
}

#[test]
fn few_subjects_are_orders() {
    let (mut town, _, receipt) = town();
    town.send(receipt.answered_by(ALICE, "").without_quote().subject("unsubscribe"));
    town.settle();
    assert_eq!(town.subscribers(1), Vec::<String>::new());
    town.letters();
    for subject in ["close 1", "take 1", "undo", "show 1", "list", "Re: close"] {
        let mail = town.write(ANN, subject, "Some words for people, more than a few.");
        town.ended(&mail, "applied");
        town.letters();
        assert_eq!((town.state_of(1), town.owner_of(1).as_str()), ("open", ""), "{subject}");
    }
    assert_eq!(town.tickets(), 2 + 6);
}

#[test]
fn a_list_that_is_too_long_for_a_letter_goes_with_it_as_a_file() {
    let mut robot = believing();
    robot.policy.confirm_tickets = false;
    robot.policy.mails_per_sender_hour = 100;
    robot.policy.tickets_per_sender_hour = 100;
    let mut town = Town::new(robot);
    for n in 1..=53 {
        town.write(ALICE, &format!("Printer {n}"), "It is on fire, please come.");
    }
    town.letters();
    // today she has had all the automatic mail that there is for her
    town.later(24);
    for (who, line) in [(ANN, "#{} Printer {}\n"), (ALICE, "#{} (open) Printer {}\n")] {
        town.write(who, "tickets", "list");
        let list = town.letter_to(who);
        list.says("and 3 more, in the attached list.txt");
        assert_eq!(list.text().matches("Printer ").count(), 50);
        let whole = String::from_utf8(list.mail.attachments[0].bytes.clone()).unwrap();
        for n in 1..=53 {
            assert!(whole.contains(&line.replace("{}", &n.to_string())), "{n}: {whole}");
        }
    }
}
