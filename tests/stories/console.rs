//! What is said at the console goes the way of mail: the same events, the same letters, the same refusals. No line of a text
//! is a command there, and nobody's change is overwritten.

use super::town::{ALICE, ANN, CARLA, MALLORY, STAFF, Town, believing};
use trackle::model::fields::Field;
use trackle::model::said::{Aspect, Seen, Words};
use trackle::model::ticket::{Description, Number};

const FIRE: &str = "It is on fire, please come.";

fn words(about: u32, commands: &[&str], text: &str) -> Words {
    let commands = commands.iter().map(|line| (*line).to_owned()).collect();
    Words { about: Some(Number(about)), commands, text: text.into(), ..Words::default() }
}

/// Shows T104, T109: fields are changed together, and the reason stands with them.
#[test]
fn fields_are_changed_together_and_with_a_reason() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
    let change = words(ticket, &["prio high", "component printing", "note"], "The whole floor waits.");
    assert_eq!(town.say("ann", &change).unwrap().ticket, Some(Number(ticket)));
    let letter = town.letter_to(STAFF);
    letter.says("Ann Admin <ann@desk.example> (on desk, uid 1000)");
    letter.says("The whole floor waits.");
    assert_eq!((letter.ticket(), letter.header("In-Reply-To")), (ticket, news.id()));
    town.nothing_for(ALICE);
    assert_eq!(town.ticket(ticket).ticket.fields.get(Field::Priority), Some("high"));
    let history = town.history(ticket);
    assert_eq!(history[history.len() - 2..], ["set", "set"]);
    town.say("ann", &words(ticket, &["undo"], "")).unwrap();
    town.letter_to(STAFF);
    assert_eq!(town.ticket(ticket).ticket.fields.get(Field::Priority), None);
    town.golden("fields_are_changed_together_and_with_a_reason");
}

/// Shows T104: what is written at the console reaches the requester as an answer to his own mail.
#[test]
fn no_line_of_a_text_is_a_command() {
    let mut town = Town::new(believing());
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", FIRE);
    let text = "close 1\n!close 1\n\n> reopen\n-- \nno signature: all of this was written";
    town.say("ann", &words(ticket, &[], text)).unwrap();
    town.letter_to(STAFF).says(text);
    let letter = town.letter_to(ALICE);
    letter.says(text);
    assert!(letter.header("References").contains(receipt.id()), "{}", letter.header("References"));
    assert_eq!(town.history(ticket).last().map(String::as_str), Some("commented"));
    town.answer(&letter, ALICE, "Thank you!");
    town.letter_to(STAFF);
}

/// What a ticket is called is a stranger's word, and so is what somebody quotes: neither leads the words elsewhere.
#[test]
fn words_go_to_the_ticket_that_is_on_the_screen() {
    let mut town = Town::new(believing());
    town.write(MALLORY, "Scanner", "It is dead.");
    let code = town.letter_to(MALLORY).subject().to_owned();
    let (other, _, receipt) = town.opened(CARLA, "Another one", FIRE);
    let leave = receipt.header("List-Unsubscribe").to_owned();
    let (ticket, _, _) = town.opened(ALICE, "Printer", FIRE);
    for (at, title) in [
        format!("Printer {code}"),
        format!("unsubscribe {leave}"),
        format!("[#{other}] Printer"),
        "help".into(),
        "search: printer".into(),
    ]
    .into_iter()
    .enumerate()
    {
        let order = if at % 2 == 0 { "take" } else { "drop" };
        town.say("ann", &words(ticket, &[&format!("title: {title}")], "")).unwrap();
        town.letters();
        let trace = town.say("ann", &words(ticket, &[order], &format!("I come.\n{code}"))).unwrap();
        assert_eq!(trace.ticket, Some(Number(ticket)), "{title}: {}", trace.why);
        town.letter_to(STAFF).says("I come.");
        town.letter_to(ALICE).says("I come.");
        town.nothing_for(MALLORY);
        town.nothing_for(CARLA);
        let new = Words { title: title.clone(), text: "Mine.".into(), ..Words::default() };
        assert!(town.say("ann", &new).unwrap().ticket.unwrap().0 > ticket, "{title} is a ticket of its own");
        town.letters();
    }
}

/// Shows T099: a ticket is made at the console.
#[test]
fn a_ticket_of_its_own() {
    let mut town = Town::new(believing());
    let new = Words {
        title: "Out of office: =?utf-8?q?x?=\u{7}".into(),
        text: "The fan\nis loud.".into(),
        ..Words::default()
    };
    let trace = town.say("ann", &new).unwrap();
    let number = trace.ticket.unwrap().0;
    town.letter_to(STAFF).says("The fan\nis loud.");
    assert_eq!(town.ticket(number).ticket.requester.address.as_str(), "ann@desk.example");
    town.letters();
}

/// A title is what was typed, whatever a mail program would put there, and nothing of a long one is lost.
#[test]
fn a_new_title_is_taken_as_it_is() {
    let mut town = Town::new(believing());
    let (other, _, _) = town.opened(ALICE, "Printer", FIRE);
    for title in [format!("Re: [#{other}]"), format!("AW: [#{other}] Fwd: copier"), "ü".repeat(200)] {
        let new = Words { title: title.clone(), text: "Mine.".into(), ..Words::default() };
        let number = town.say("ann", &new).unwrap().ticket.unwrap().0;
        town.letters();
        assert_eq!((number > other, town.ticket(number).ticket.title), (true, title));
    }
}

/// As much as fits is taken, and more is refused: nothing is stored by half.
#[test]
fn a_text_that_does_not_fit_is_refused() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Printer", FIRE);
    let most = "x ".repeat(trackle::limits::TEXT_BYTES / 2 - 1) + "yz";
    let refused = town.say("ann", &words(ticket, &["note"], &most)).unwrap_err();
    assert!(refused.contains("not all of it can be taken"), "{refused}");
    town.silence();
}

/// What cannot be run leaves nothing behind, not even the mail that said it.
#[test]
fn what_is_refused_never_was() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Printer", FIRE);
    let before = town.history(ticket);
    for (commands, why) in [
        (&["prio huge"][..], "prio huge:"),
        (&["take", "colour red"], "colour red:"),
        (&["close 99"], "close 99:"),
        (&["assign nobody-here"], "assign nobody-here:"),
        (&["12"], "12:"),
        (&["?"], "?:"),
        (&["über"], "über:"),
        (&["-"], "-:"),
        (&["!!close"], "close:"),
    ] {
        let said = town.say("ann", &words(ticket, commands, "and words"));
        let refused = said.expect_err("it was done");
        assert!(refused.starts_with(why), "{refused}");
    }
    assert!(town.say("ann", &words(77, &["take"], "")).unwrap_err().contains("#77"));
    assert!(town.say("ann", &words(77, &[], "Hello")).unwrap_err().starts_with("there is no ticket"));
    assert_eq!(town.history(ticket), before);
    town.silence();
    // the mark of a command in mail may stand there
    town.say("ann", &words(ticket, &["!take"], "")).unwrap();
    town.letters();
}

/// Shows T104, T108: what a ticket is about is put anew, for staff; the text before stays in the thread.
#[test]
fn a_description_is_put_anew() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
    let describe = |town: &mut Town, text: &str, seen: &str| {
        let seen = vec![Seen { aspect: Aspect::Description, value: seen.into() }];
        town.say("ann", &Words { seen, ..words(ticket, &["describe"], text) })
    };
    describe(&mut town, "The fuser of the LaserJet in 3.12 overheats.", "").unwrap();
    let letter = town.letter_to(STAFF);
    letter.says("describe: done, by Ann Admin");
    letter.says("The fuser of the LaserJet in 3.12 overheats.");
    town.nothing_for(ALICE);
    assert!(matches!(town.ticket(ticket).description, Description::Of(_)));
    assert_eq!(town.history(ticket).last().map(String::as_str), Some("described"));
    // by mail as well, and back again
    let told = describe(&mut town, "Mine.", "").unwrap_err();
    assert_eq!(told, "Ann Admin changed the description meanwhile; nothing was overwritten");
    town.answer(&news, ANN, "describe\n\nThe fuser is broken.");
    town.letter_to(STAFF).says("The fuser is broken.");
    town.answer(&news, ANN, "undo");
    town.letter_to(STAFF);
    town.answer(&news, ANN, "describe");
    town.letter_to(ANN).says("describe");
    assert!(matches!(town.ticket(ticket).description, Description::Of(_)), "the first one again");
}

/// Two consoles, one ticket: who comes second is told, and nothing is overwritten.
#[test]
fn the_second_of_two_is_told() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Printer", FIRE);
    let priority = Aspect::Field(Field::Priority);
    let change = |to: &str| Words {
        seen: vec![Seen { aspect: priority, value: String::new() }],
        ..words(ticket, &[to], "")
    };
    town.say("ann", &change("prio low")).unwrap();
    town.letter_to(STAFF);
    let told = town.say("ben", &change("prio high")).unwrap_err();
    assert_eq!(told, "Ann Admin changed the priority meanwhile: it is low now; nothing was overwritten");
    assert_eq!(town.ticket(ticket).ticket.fields.get(Field::Priority), Some("low"));
    // what somebody else says in between is no change of that
    town.say("ben", &words(ticket, &[], "I come.")).unwrap();
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    let again = Words { seen: vec![Seen { aspect: priority, value: "low".into() }], ..change("prio high") };
    town.say("ben", &again).unwrap();
    town.letter_to(STAFF);
}

/// What is grave is asked about by mail, but not of whoever sits at the machine.
#[test]
fn what_is_grave_is_done_at_once() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Printer", FIRE);
    town.say("ann", &words(ticket, &["requester bob@town.example"], "")).unwrap();
    town.letters();
    assert_eq!(town.ticket(ticket).ticket.requester.address.as_str(), "bob@town.example");
}
