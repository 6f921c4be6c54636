//! An answer finds its ticket, whatever the servers on its way have done to it.

use super::town::draft::Draft;
use super::town::letter::Letter;
use super::town::{ALICE, ANN, CARLA, HELP, STAFF, Town, believing, plain};

#[test]
fn an_answer_finds_its_ticket_by_whatever_survived() {
    let rewritten = "<0102018c-rewritten@provider.example>";
    let ways: [fn(&Letter, &str) -> Draft; 6] = [
        // References alone, In-Reply-To alone, at the plain address
        |l, _| l.answered_by(ALICE, "More smoke now.").with_references_only().to(HELP),
        |l, _| l.answered_by(ALICE, "More smoke now.").with_in_reply_to_only().to(HELP),
        // the provider gave our letter another Message-ID: the reply address, the subject's tag
        |l, id| l.answered_by(ALICE, "More smoke now.").answering(id),
        |l, id| l.answered_by(ALICE, "More smoke now.").answering(id).to(HELP).without_quote(),
        // a server that keeps the address with the number to itself
        |l, _| Draft::new(ALICE, "smoke", "More smoke now.").header("Delivered-To", &l.reply_to()),
        // nothing but the ticket's own address
        |_, _| Draft::new(ALICE, "smoke", "More smoke now.").to("help+1@desk.example"),
    ];
    for (at, way) in ways.into_iter().enumerate() {
        let mut town = Town::new(believing());
        let (ticket, _, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
        town.send(way(&receipt, rewritten));
        town.letter_to(STAFF).says("More smoke now.");
        town.silence();
        assert_eq!((town.tickets(), town.said_in(ticket).len()), (1, 2), "way {at}");
    }
}

#[test]
fn a_quoted_footer_leads_staff_to_the_ticket() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.send(news.answered_by(ANN, "take\n\nOn my way.").to(HELP).subject("fire").without_thread());
    town.letter_to(STAFF).says("On my way.");
    town.letter_to(ALICE).says("On my way.");
    assert_eq!((town.tickets(), town.owner_of(ticket).as_str()), (1, "ann"));
}

#[test]
fn a_thread_goes_on_without_subaddresses() {
    let mut robot = believing();
    robot.delimiter = None;
    let mut town = Town::new(robot);
    let (ticket, news, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    assert_eq!((news.reply_to(), receipt.reply_to()), (HELP.to_owned(), HELP.to_owned()));
    town.answer(&news, ANN, "take\n\nOn my way.");
    town.letter_to(STAFF).says("On my way.");
    town.letter_to(ALICE).says("On my way.");
    town.answer(&receipt, ALICE, "More smoke now.");
    town.letter_to(STAFF).says("More smoke now.");
    assert_eq!((town.tickets(), town.owner_of(ticket).as_str()), (1, "ann"));
    town.golden("a_thread_goes_on_without_subaddresses");
}

#[test]
fn a_follow_up_brings_its_file_to_staff() {
    let mut town = Town::new(plain());
    let (_, _, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let picture = b"\x89PNG not quite a picture of smoke".repeat(20);
    town.send(receipt.answered_by(ALICE, "A picture of it.").attach("smoke.png", &picture));
    let news = town.letter_to(STAFF);
    news.says("A picture of it.");
    assert_eq!(news.mail.attachments.len(), 1);
    assert_eq!(
        (news.mail.attachments[0].name.as_str(), &news.mail.attachments[0].bytes),
        ("smoke.png", &picture)
    );
}

#[test]
fn the_first_mails_file_reaches_staff_after_the_confirmation() {
    let mut town = Town::new(plain());
    town.send(Draft::new(ALICE, "Printer", "It is on fire, see the picture.").attach("fire.png", b"PNG"));
    let question = town.letter_to(ALICE);
    assert!(question.mail.attachments.is_empty());
    town.answer(&question, ALICE, "yes");
    let news = town.letter_to(STAFF);
    assert_eq!(news.mail.attachments.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["fire.png"]);
    town.letter_to(ALICE);
}

#[test]
fn who_had_a_copy_of_the_first_mail_answers_into_the_same_ticket() {
    let mut town = Town::new(plain());
    let first = town.send(Draft::new(ALICE, "Printer", "It is on fire, please come.").cc(CARLA));
    let question = town.letter_to(ALICE);
    town.nothing_for(CARLA);
    town.answer(&question, ALICE, "yes");
    town.letters();
    town.send(first.answered_by(CARLA, "I can smell it down here."));
    town.letter_to(STAFF).says("I can smell it down here.");
    // the answer went to Alice as well, so the robot need not tell her
    town.silence();
    assert_eq!((town.tickets(), town.said_in(1).len()), (1, 2));
}

#[test]
fn two_mails_that_mention_the_same_unseen_mail_are_one_ticket() {
    let ghost = "<never-seen@town.example>";
    let mut town = Town::new(plain());
    let first = Draft::new(ALICE, "Re: Printer", "It is on fire, please come.");
    town.send(first.cc(CARLA).answering(ghost));
    let question = town.letter_to(ALICE);
    town.answer(&question, ALICE, "yes");
    town.letters();
    town.send(Draft::new(CARLA, "Re: Printer", "I can smell it down here.").answering(ghost));
    town.letter_to(STAFF).says("I can smell it down here.");
    town.letter_to(ALICE).says("I can smell it down here.");
    assert_eq!(town.tickets(), 1);
}

#[test]
fn letters_hang_below_what_their_reader_has_seen() {
    let mut town = Town::new(believing());
    let mail = town.write(ALICE, "Printer", "It is on fire, please come.");
    let question = town.letter_to(ALICE);
    town.answer(&question, ALICE, "yes");
    let (news, receipt) = (town.letter_to(STAFF), town.letter_to(ALICE));
    assert_eq!(news.header("In-Reply-To"), "");
    assert!(receipt.header("References").contains(&mail.id), "{}", receipt.header("References"));
    let post = town.answer_all(&news, ANN, "On my way.");
    town.letter_to(ALICE);
    town.answer(&receipt, ALICE, "Thank you, I wait for you here.");
    let second = town.letter_to(STAFF);
    let thread = second.header("References");
    assert!(thread.contains(news.id()) && thread.contains(&post.id), "{thread}");
    assert!(!thread.contains(&mail.id), "{thread}");
}

#[test]
fn an_answer_to_a_closed_ticket_reaches_staff_and_leaves_it_closed() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, ANN, "close: Water helped.");
    town.letter_to(STAFF);
    let told = town.letter_to(ALICE);
    town.answer(&told, ALICE, "Thank you, but the paper is wet now.");
    town.letter_to(STAFF).says("the paper is wet now");
    assert_eq!(town.state_of(ticket), "closed");
}

#[test]
fn a_number_that_does_not_exist_is_no_ticket() {
    let mut town = Town::new(believing());
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.send(Draft::new(ALICE, "[#77] Scanner", "Now the scanner smokes.").to("help+77@desk.example"));
    assert_eq!(town.letter_to(STAFF).ticket(), 2);
    assert_eq!(town.letter_to(ALICE).ticket(), 2);
}
