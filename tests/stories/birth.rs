//! What the first lines of a mail say of the ticket that it opens.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, STAFF, Town, believing, plain};
use trackle::model::fields::Field;

fn field(town: &Town, number: u32, field: Field) -> String {
    town.ticket(number).ticket.fields.get(field).unwrap_or_default().to_owned()
}

/// Shows T040, T041, T043.
#[test]
fn a_requester_says_what_it_is_on_the_first_lines() {
    let mut town = Town::new(plain());
    town.robot.values.component = vec!["Mail".into(), "Printing".into()];
    town.restart();
    let text =
        "Type: Bug\nSeverity: “serious”\nComponent: printing.\nprivate\n\nIt prints everything in pink.";
    town.write(ALICE, "Printer", text);
    let question = town.letter_to(ALICE);
    town.silence();
    assert_eq!(
        (town.state_of(1), town.said_in(1)),
        ("unconfirmed", vec!["It prints everything in pink.".into()])
    );
    town.answer(&question, ALICE, "yes");
    let news = town.letter_to(STAFF);
    news.says("It prints everything in pink.");
    news.hides("Component: printing.");
    town.letter_to(ALICE);
    let found = [Field::Type, Field::Severity, Field::Component, Field::Private].map(|f| field(&town, 1, f));
    assert_eq!(found, ["bug", "serious", "Printing", "yes"]);
    town.golden("a_requester_says_what_it_is_on_the_first_lines");
}

/// Shows T040, T043.
#[test]
fn what_the_site_does_not_have_is_prose() {
    for (text, said) in [
        ("Type: banana\nSeverity: serious\n\nHelp us.", "Type: banana\n\nHelp us."),
        ("Type: a strange one, I think\n\nHelp us.", "Type: a strange one, I think\n\nHelp us."),
        ("type faster, please\n\nHelp us.", "type faster, please\n\nHelp us."),
        ("Priority: high\ntake\n\nHelp us.", "Priority: high\ntake\n\nHelp us."),
        ("Hello,\nType: bug\n\nHelp us.", "Hello,\nType: bug\n\nHelp us."),
        ("Severity: serious\n\nHelp us.", "Help us."),
    ] {
        let mut town = Town::new(plain());
        town.write(ALICE, "Printer", text);
        town.letter_to(ALICE);
        town.silence();
        assert_eq!(town.said_in(1), [said]);
        let severity = if text.contains("Severity") { "serious" } else { "" };
        let found = [Field::Type, Field::Severity, Field::Priority].map(|f| field(&town, 1, f));
        assert_eq!(found, ["", severity, ""], "{text}");
        assert_eq!(town.owner_of(1), "");
    }
}

/// Shows T040.
#[test]
fn an_address_tells_the_type() {
    let mut town = Town::new(plain());
    for (to, kind, number) in [("help+bug@desk.example", "bug", 1), ("help+banana@desk.example", "", 2)] {
        town.send(Draft::new(ALICE, "Printer", "It is on fire, please come.").to(to));
        town.letter_to(ALICE);
        assert_eq!(field(&town, number, Field::Type), kind);
    }
    // one who was sent there by an alias
    let alias = Draft::new(ALICE, "Printer", "It burns.").to("bugs@desk.example");
    town.send(alias.header("Delivered-To", "help+security@desk.example"));
    town.letter_to(ALICE);
    assert_eq!(field(&town, 3, Field::Type), "security");
}

/// Shows T044, T045, T046.
#[test]
fn staff_say_of_a_new_ticket_what_they_would_of_any() {
    let mut town = Town::new(believing());
    let text = "Type: request\nprio high\nassign ben\ntag +ink\ndue 2026-03-20\n\nThe cellar needs paint.";
    town.write(ANN, "Cellar", text);
    town.letters();
    let found = [Field::Type, Field::Priority, Field::Due].map(|f| field(&town, 1, f));
    assert_eq!(found, ["request", "high", "2026-03-20"]);
    assert_eq!(
        (town.owner_of(1).as_str(), town.ticket(1).ticket.tags.as_slice()),
        ("ben", &["ink".to_owned()][..])
    );
    assert_eq!(town.said_in(1), ["The cellar needs paint."]);
    // of several orders all are done or none, and the text is filed
    town.write(ANN, "Attic", "take\nassign zoe\n\nThe attic too.");
    let letters = town.letters();
    let answer = letters.iter().find(|l| l.kind() == "transcript").unwrap();
    answer.says("nobody on staff is called \"zoe\"");
    assert_eq!(
        (town.owner_of(2).as_str(), town.said_in(2)),
        ("", vec!["take\nassign zoe\n\nThe attic too.".into()])
    );
}

/// Shows T034.
#[test]
fn without_proof_the_orders_of_staff_are_asked_about() {
    let mut town = Town::new(plain());
    town.write(ANN, "Cellar", "take\nType: request\n\nThe cellar needs paint.");
    let question = town.letter_to(ANN);
    question.says("| take");
    assert_eq!(town.tickets(), 0);
    town.answer(&question, ANN, "yes");
    town.letters();
    assert_eq!((town.owner_of(1).as_str(), field(&town, 1, Field::Type).as_str()), ("ann", "request"));
    // what anybody may say needs none
    town.write(ANN, "Attic", "Type: request\n\nThe attic too.");
    town.letters();
    assert_eq!((town.tickets(), field(&town, 2, Field::Type).as_str()), (2, "request"));
}

#[test]
fn a_new_request_may_hold_orders_about_other_tickets() {
    let mut town = Town::new(believing());
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.write(ANN, "Cellar", "take\nThe cellar needs paint.\n!close 1\n!show 1");
    let letters = town.letters();
    assert!(letters.iter().any(|l| l.kind() == "show" && l.to == ANN));
    assert_eq!((town.state_of(1), town.state_of(2), town.owner_of(2).as_str()), ("closed", "open", "ann"));
    assert_eq!(town.said_in(2), ["The cellar needs paint."]);
    // none of them when one cannot be run, and the request is filed
    town.write(ANN, "Attic", "The attic too.\n!reopen 1\n!close 99");
    let letters = town.letters();
    let told = letters.iter().find(|l| l.kind() == "transcript").unwrap();
    told.says("there is no ticket #99");
    told.says("Your text was filed");
    assert_eq!((town.state_of(1), town.state_of(3)), ("closed", "open"));
    // whoever may not is told so, and the request is filed
    town.write(ALICE, "Roof", "The roof leaks.\n!take 1");
    let letters = town.letters();
    letters
        .iter()
        .find(|l| l.to == ALICE && l.kind() == "transcript")
        .unwrap()
        .says("only staff can do that");
    assert_eq!((town.tickets(), town.owner_of(1).as_str()), (4, ""));
}

#[test]
fn a_slip_of_the_pen_opens_no_ticket() {
    let mut town = Town::new(believing());
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.write(ANN, "work", "clsoe 1");
    let told = town.letter_to(ANN);
    told.says("did you mean \"close\"?");
    told.hides("Your text was filed");
    assert_eq!((town.tickets(), town.state_of(1)), (1, "open"));
}

#[test]
fn where_all_is_private_a_new_ticket_is() {
    let mut town = Town::new(plain());
    town.robot.values.private = true;
    town.restart();
    town.write(ALICE, "Printer", "private\n\nIt is on fire, please come.");
    town.letter_to(ALICE);
    assert_eq!((field(&town, 1, Field::Private).as_str(), town.said_in(1).len()), ("yes", 1));
}

#[test]
fn lines_of_others_say_nothing() {
    let mut town = Town::new(plain());
    for body in [
        "> Type: bug\n> private\n\nThat is what it says.",
        "See below.\n\n-- \nType: bug",
        "\n---------- Forwarded message ---------\nFrom: Ben <ben@x.example>\nDate: Mon, Mar 2, 2026 at 9:00 AM\n\
         Subject: Printer\nTo: <alice@town.example>\n\nType: bug\nprivate",
    ] {
        town.write(ALICE, "Printer", body);
    }
    town.send(
        Draft::new(ALICE, "Printer", "").content("text/html; charset=utf-8", "<p>Type: bug</p><p>x</p>"),
    );
    town.letters();
    for number in 1..=4 {
        assert_eq!(field(&town, number, Field::Type), "", "{number}");
    }
}
