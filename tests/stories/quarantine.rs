//! What cannot be handled is set aside, whole, and staff are told; nothing is lost and nothing stops the others.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, MALLORY, STAFF, Town, believing, plain};
use trackle::limits;

#[test]
fn a_mail_over_the_limit_is_set_aside_and_staff_are_told() {
    let mut town = Town::new(plain());
    let mut bytes = b"From: alice@town.example\r\nTo: help@desk.example\r\nSubject: a film\r\n\r\n".to_vec();
    bytes.resize(limits::MAIL_BYTES + 1, b'x');
    let uid = town.send_again(&bytes);
    town.write(ALICE, "Printer", "It is on fire, please come.");
    let told = town.letter_to(STAFF);
    assert_eq!(told.kind(), "quarantined");
    told.hides(ALICE);
    town.letter_to(ALICE);
    assert_eq!(town.end_of_uid(&uid).0, "quarantined");
    town.expect_quarantined(1);
}

#[test]
fn a_mail_that_cannot_be_read_is_set_aside_and_staff_are_told_once() {
    let mut town = Town::new(plain());
    let uid = town.send_again(b"\r\n \r\n\r\n");
    town.send(Draft::new(ALICE, "Printer", "It is on fire, please come."));
    assert_eq!(town.letter_to(STAFF).kind(), "quarantined");
    town.letter_to(ALICE);
    assert_eq!(town.end_of_uid(&uid).0, "quarantined");
    town.later(24);
    town.silence();
    town.expect_quarantined(1);
    town.golden("a_mail_that_cannot_be_read_is_set_aside_and_staff_are_told_once");
}

/// A program that answers whatever it gets would make the next letter of that kind, and so on.
#[test]
fn what_answers_a_letter_about_mails_set_aside_opens_nothing() {
    let mut town = Town::new(believing());
    town.send_again(b"\r\n \r\n\r\n");
    let told = town.letter_to(STAFF);
    let away = town.answer(&told, ANN, "I am away until Monday.");
    town.ended(&away, "held");
    town.silence();
    // who means it can have it, and orders are orders
    town.retry(&away);
    assert_eq!(town.letter_to(STAFF).kind(), "staff_opened");
    town.letter_to(ANN);
    town.answer(&told, ANN, "list mine");
    assert_eq!(town.letter_to(ANN).kind(), "list");
    town.expect_quarantined(1);
}

#[test]
fn a_sysadmin_lets_a_held_mail_through() {
    let mut town = Town::new(plain());
    let (ticket, _, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let held = Draft::new(MALLORY, "hello", "I know who did it, ask me.").to("help+1@desk.example");
    let held = town.send(held);
    town.letter_to(MALLORY);
    town.ended(&held, "held");
    town.retry(&held);
    town.letter_to(STAFF).says("I know who did it, ask me.");
    town.ended(&held, "applied");
    assert_eq!(town.said_in(ticket).len(), 2);
}

#[test]
fn damaged_mails_are_handled_or_set_aside_and_stop_nobody() {
    let mut town = Town::new(plain());
    let odd: [&[u8]; 7] = [
        b"\0\0\0\0",
        b"From: \r\n\r\n",
        b"From: a@b, c@d\r\nSubject: two people\r\n\r\nhello",
        b"Subject: =?no-such-charset?b?////?=\r\n\r\nhello",
        b"From: alice@town.example\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n--\r\n--\r\n----",
        b"no header at all",
        b"From: \"=?utf-8?q?eve=40evil.example?=\"@town.example\r\n\r\nx",
    ];
    let uids: Vec<String> = odd.iter().map(|bytes| town.send_again(bytes)).collect();
    town.write(ALICE, "Printer", "It is on fire, please come.");
    town.letters();
    for uid in uids {
        let (state, why) = town.end_of_uid(&uid);
        assert!(matches!(state.as_str(), "held" | "applied" | "ignored" | "quarantined"), "{state}: {why}");
    }
    let stuck =
        town.database()
            .query_row("SELECT count(*) FROM intake WHERE state = 'quarantined'", [], |r| r.get(0));
    town.expect_quarantined(stuck.unwrap());
}
