//! What the paper asks for and no other story shows: the few things a request needs, the fields that staff set, what
//! each letter tells and leaves out. `tests/PAPER.md` lists which test shows which of its requirements.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, BEN, CARLA, STAFF, Town, believing, plain};
use trackle::model::address::Address;
use trackle::model::fields::Field;
use trackle::model::person::Member;
use trackle::model::ticket::Number;
use trackle::store::Reader;

const FIRE: &str = "It is on fire, please come.";

/// Shows T022, T024, T034.
#[test]
fn only_those_in_the_configuration_are_staff() {
    let mut town = Town::new(believing());
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", FIRE);
    // a known and proven requester stays one
    town.answer(&receipt, ALICE, "take");
    town.letter_to(ALICE).says("only staff can do that");
    assert_eq!(town.owner_of(ticket), "");
    town.robot.members.push(Member {
        login: "alice".into(),
        name: "Alice".into(),
        address: Address::parse(ALICE).unwrap(),
        aliases: Vec::new(),
        words: Vec::new(),
    });
    town.restart();
    town.answer(&receipt, ALICE, "take");
    town.letters();
    assert_eq!(town.owner_of(ticket), "alice");
}

/// Shows T023, T036, T037, T038, T039, T042, T069, T070.
#[test]
fn a_request_is_a_mail_and_nothing_else() {
    let mut town = Town::new(plain());
    let text = "It is on fire,\nplease come.\n\n-- \nAlice, second floor\n";
    let mail = town.write(ALICE, "Printer on the second floor", text);
    let question = town.letter_to(ALICE);
    town.answer(&question, ALICE, "");
    town.letter_to(STAFF).says("please come.");
    town.letter_to(ALICE);
    let ticket = town.ticket(1).ticket;
    assert_eq!(
        (ticket.title.as_str(), ticket.requester.address.as_str()),
        ("Printer on the second floor", ALICE)
    );
    assert!(town.said_in(1)[0].starts_with("It is on fire,\nplease come."));
    assert_eq!(ticket.fields.iter().count(), 0);
    // what is left out for reading is kept
    let raw = Reader::open(&town.state()).unwrap().raw_of(town.intake_of(&mail)).unwrap();
    assert_eq!(raw, mail.bytes);
    // the tenth is as easy as the first
    town.write(ALICE, "", "And now the scanner.");
    town.letter_to(STAFF).says("And now the scanner.");
    town.letter_to(ALICE);
}

/// Shows T033, T044, T045, T046, T048, T049, T060.
#[test]
fn staff_set_the_fields_of_the_paper() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
    for (order, field, value) in [
        ("prio high", Field::Priority, "high"),
        ("severity serious", Field::Severity, "serious"),
        ("type bug", Field::Type, "bug"),
        ("type: request", Field::Type, "request"),
        ("type security", Field::Type, "security"),
        ("component printing", Field::Component, "printing"),
        ("milestone autumn", Field::Milestone, "autumn"),
    ] {
        town.answer(&news, ANN, order);
        let told = town.letter_to(STAFF);
        told.says(field.word());
        told.says(value);
        town.nothing_for(ALICE);
        assert_eq!(town.ticket(ticket).ticket.fields.get(field), Some(value), "{order}");
    }
    town.answer(&news, ANN, "tag +ink +fire\nassign ben");
    town.letters();
    assert_eq!(
        (town.ticket(ticket).ticket.tags, town.owner_of(ticket).as_str()),
        (vec!["fire".into(), "ink".into()], "ben")
    );
    assert_eq!(town.history(ticket).iter().filter(|what| *what == "set").count(), 7);
    // a word that is none of the site's
    town.answer(&news, ANN, "prio purple");
    let answer = town.letter_to(ANN);
    answer.says("low, normal, high");
    town.silence();
    assert_eq!(town.ticket(ticket).ticket.fields.get(Field::Priority), Some("high"));
}

/// Shows T041.
#[test]
fn what_the_requester_feels_is_kept_apart_from_what_staff_think() {
    let mut town = Town::new(believing());
    let (ticket, news, receipt) = town.opened(ALICE, "Printer", FIRE);
    town.answer(&news, ANN, "prio low");
    town.letter_to(STAFF);
    town.answer(&receipt, ALICE, "!severity blocking\n!prio urgent");
    town.letter_to(ALICE).says("only staff can do that");
    town.answer(&receipt, ALICE, "!severity blocking");
    town.letter_to(STAFF).says("blocking");
    let fields = town.ticket(ticket).ticket.fields;
    assert_eq!((fields.get(Field::Severity), fields.get(Field::Priority)), (Some("blocking"), Some("low")));
}

/// Shows T028, T035, T050, T054.
#[test]
fn each_letter_says_what_can_be_done_next_and_no_more() {
    let mut town = Town::new(believing());
    town.write(ALICE, "Printer", FIRE);
    let question = town.letter_to(ALICE);
    question.says("press reply and send this mail back");
    town.answer(&question, ALICE, "yes");
    let (news, receipt) = (town.letter_to(STAFF), town.letter_to(ALICE));
    assert_eq!(town.subscribers(1), [ALICE]);
    receipt.says("Just answer this mail.");
    news.says("Words for its first line: take, close");
    town.answer(&news, ANN, "close: Water helped.");
    town.letter_to(STAFF);
    let told = town.letter_to(ALICE);
    told.says("answer with the word reopen on the first line");
    town.write(ALICE, "help", "");
    let help = town.letter_to(ALICE);
    // what is for staff alone would only confuse
    for letter in [&question, &receipt, &told, &help] {
        for word in ["assign", "prio", "component", "milestone", "merge", "take ["] {
            assert!(!letter.text().contains(word), "{word}: {}", letter.text());
        }
    }
}

/// Shows T126, T127, T059, T125.
#[test]
fn one_letter_to_staff_tells_all_of_one_action_and_the_short_one_what_matters() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.answer(&news, ANN, "take\nprio high\ntag +fan\nclose: Wet now.\n\nIt was the fan.");
    let (long, short) = (town.letter_to(STAFF), town.letter_to(ALICE));
    town.silence();
    for words in ["owner: nobody -> Ann Admin", "priority: none -> high", "+fan", "state: open -> closed"] {
        long.says(words);
    }
    for letter in [&long, &short] {
        letter.says("Wet now.");
        letter.says("It was the fan.");
    }
    short.says("Ann Admin has closed #1.");
    for words in ["priority", "high", "owner", "+fan"] {
        short.hides(words);
    }
}

/// Shows T058, T065, T130, T131.
#[test]
fn everybody_who_follows_learns_of_the_end() {
    let mut town = Town::new(believing());
    let first = town.send(Draft::new(ALICE, "Printer", FIRE).cc(CARLA));
    let question = town.letter_to(ALICE);
    town.answer(&question, ALICE, "yes");
    let news = town.letter_to(STAFF);
    town.letter_to(ALICE);
    assert_eq!(town.letter_to(CARLA).kind(), "invited");
    // she follows once she has said so twice, and what she confirms is the command
    town.send(first.answered_by(CARLA, "!subscribe"));
    let question = town.letter_to(CARLA);
    question.says("| subscribe");
    town.silence();
    assert_eq!(town.subscribers(1), [ALICE]);
    town.answer(&question, CARLA, "yes");
    town.letters();
    assert_eq!(town.subscribers(1), [ALICE, CARLA]);
    town.answer(&news, BEN, "close: The cartridge was empty.");
    for who in [STAFF, ALICE, CARLA] {
        town.letter_to(who).says("The cartridge was empty.");
    }
    let closed = Reader::open(&town.state()).unwrap().history(Number(1)).unwrap().pop().unwrap();
    assert_eq!(closed.what, "closed");
    assert!(closed.detail.contains("The cartridge was empty."), "{}", closed.detail);
}

/// Shows T134, T135.
#[test]
fn a_question_is_small_and_carries_nothing_of_the_mail_that_asked() {
    let mut town = Town::new(plain());
    let mail = town.send(
        Draft::new(ALICE, "Cheap ink at shop.example", &"Buy it now. ".repeat(5_000))
            .attach("ink.png", &[7; 50_000]),
    );
    let question = town.letter_to(ALICE);
    town.silence();
    assert!(question.bytes.len() < 2_500 && question.mail.attachments.is_empty(), "{}", question.bytes.len());
    question.hides("ink");
    // once for each mail, however often its bytes come
    town.send_again(&mail.bytes);
    town.silence();
    assert_eq!(town.listed(), Vec::<u32>::new());
}

/// Shows T032, T058, T131.
#[test]
fn a_stranger_may_follow_a_ticket_by_answering_one_mail() {
    for robot in [believing(), plain()] {
        let mut town = Town::new(robot);
        let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
        town.send(Draft::new(CARLA, "the printer", "subscribe").to(&format!("help+{ticket}@desk.example")));
        let question = town.letter_to(CARLA);
        question.says("| subscribe");
        town.silence();
        assert_eq!(town.subscribers(ticket), [ALICE]);
        town.answer(&question, CARLA, "yes");
        town.letters();
        assert_eq!(town.subscribers(ticket), [ALICE, CARLA]);
        town.answer(&news, ANN, "On my way.");
        let letters = town.letters();
        assert!(
            letters.iter().any(|l| l.to == CARLA),
            "{:?}",
            letters.iter().map(|l| &l.to).collect::<Vec<_>>()
        );
        assert!(letters.iter().all(|l| l.to != CARLA || !l.text().contains(ALICE)));
    }
}

/// Shows T043, T049: what the site writes into its configuration is what a requester may say, and is told.
#[test]
fn a_site_names_the_values_of_its_fields() {
    let mut robot = believing();
    robot.values.severity = vec!["itches".into(), "hurts".into()];
    let mut town = Town::new(robot);
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", FIRE);
    town.answer(&receipt, ALICE, "!severity blocking");
    town.letter_to(ALICE).says("itches, hurts");
    town.silence();
    town.answer(&receipt, ALICE, "!severity hurts");
    town.letter_to(STAFF).says("severity: none -> hurts");
    assert_eq!(town.ticket(ticket).ticket.fields.get(Field::Severity), Some("hurts"));
}
