//! Reports of mail servers are about letters, never content: they open nothing, reopen nothing, and nobody answers.

use super::town::{ALICE, ANN, HELP, STAFF, Town, believing};

/// Shows T128.
#[test]
fn a_bounce_is_noted_in_the_ticket_and_changes_nothing() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, ANN, "close: Water helped.");
    town.letter_to(STAFF);
    let told = town.letter_to(ALICE);
    let report = town.send(told.bounced());
    town.ended(&report, "applied");
    let word = town.letter_to(STAFF);
    assert_eq!((word.kind(), word.ticket()), ("undelivered", ticket));
    word.says("550 5.1.1 no such user");
    assert_eq!(town.history(ticket).last().unwrap(), "undelivered");
    assert_eq!((town.state_of(ticket), town.tickets()), ("closed", 1));
    let again = town.send(told.bounced().id("<second@town.example>"));
    town.silence();
    assert_ne!(town.end_of(&again).0, "quarantined");
    assert_eq!(town.tickets(), 1);
}

#[test]
fn a_bounce_without_our_return_path_is_known_by_the_letter_it_quotes() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    // one cause, one recipient: the letter to staff alone
    town.answer(&news, ANN, "take");
    let (long, _) = (town.letter_to(STAFF), town.letters());
    let report = town.send(long.bounced().to(HELP));
    town.silence();
    assert_ne!(town.end_of(&report).0, "quarantined");
    assert_eq!(town.tickets(), 1);
    let answer = town.send(news.bounced().to(&news.reply_to()));
    town.silence();
    assert_ne!(town.end_of(&answer).0, "quarantined");
    assert_eq!((town.state_of(ticket), town.said_in(ticket).len()), ("open", 1));
}

#[test]
fn of_several_recipients_the_report_says_who_it_was() {
    let mut town = Town::new(believing());
    let (ticket, news, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, ANN, "close: Water helped.");
    town.letter_to(STAFF);
    let told = town.letter_to(ALICE);
    // our return path got lost on the way
    let report = town.send(told.bounced().to(HELP));
    town.ended(&report, "applied");
    assert_eq!(town.letter_to(STAFF).kind(), "undelivered");
    // staff know by now that she cannot be reached
    town.answer(&news, ANN, "reopen\n\nIt was not the water.");
    town.letter_to(STAFF);
    let again = town.letter_to(ALICE);
    let report = town.send(again.bounced().to(HELP));
    town.ended(&report, "applied");
    town.silence();
    assert_eq!(town.history(ticket).iter().filter(|what| *what == "undelivered").count(), 2);
    // an automatic answer that did not arrive is missed by nobody
    town.send(receipt.bounced().to(HELP));
    town.silence();
    town.golden("of_several_recipients_the_report_says_who_it_was");
}

#[test]
fn a_report_about_nothing_of_ours_is_ignored() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let mut report = news.bounced().to(HELP).content(
        "multipart/report; report-type=delivery-status; boundary=\"=-dsn\"",
        "--=-dsn\nContent-Type: text/plain\n\nUndeliverable.\n\n--=-dsn\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822; nobody@x.example\nAction: failed\nStatus: 5.1.1\n\n\
         --=-dsn--",
    );
    report.from = "mailer-daemon@x.example".into();
    let report = town.send(report);
    town.ended(&report, "ignored");
    town.silence();
    assert_eq!(town.tickets(), 1);
}

#[test]
fn a_forged_return_path_notes_nothing() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let mut path = news.sender.clone();
    path.insert(path.find('@').unwrap(), 'x');
    let report = town.send(news.bounced().to(&path));
    town.silence();
    assert_ne!(town.end_of(&report).0, "applied");
    assert!(!town.history(ticket).contains(&"undelivered".to_owned()));
}
