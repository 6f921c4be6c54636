//! What strangers put into their mails does not come out where it should not. The inspection of every letter does most
//! of the work here: one of each field, short lines, no third person's address.

use super::town::draft::Draft;
use super::town::{ALICE, MALLORY, STAFF, Town, believing, plain};

#[test]
fn a_subject_cannot_smuggle_header_fields() {
    let mut town = Town::new(believing());
    let (_, _, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    for subject in [
        "=?utf-8?q?x=0D=0ABcc:_victim?=",
        "=?utf-8?b?eA0KQmNjOiB2aWN0aW0=?=",
        "x\n Bcc: victim at elsewhere",
        "=?utf-8?q?=E2=80=AErettel_ruoy?=",
        "[#] [#x] Re: Re: [#99999999999]",
        "{{ code }} {% raw %}",
        "",
    ] {
        town.write(ALICE, subject, "It is on fire again, please come.");
        let news = town.letter_to(STAFF);
        assert_eq!(news.header("Bcc"), "");
        assert_eq!(town.letter_to(ALICE).kind(), "ticket_opened", "{subject:?}");
    }
    town.write(ALICE, &"very long ".repeat(300), "It is on fire again, please come.");
    assert!(town.letter_to(STAFF).subject().chars().count() < 300);
    town.letter_to(ALICE);
}

#[test]
fn odd_texts_reach_staff_as_they_are() {
    let mut town = Town::new(plain());
    let (_, _, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    for text in [
        ".\n..\nFrom nobody\n.",
        "caf\u{e9} \u{1f525} \u{65e5}\u{672c}\u{8a9e} \u{202e}drawkcab",
        "{{ code }} {% for x in y %} {{ seal }}",
        &"a line without any blank ".repeat(4).replace(' ', ""),
    ] {
        town.send(receipt.answered_by(ALICE, text).without_quote());
        town.letter_to(STAFF).says(text.trim_matches('.').trim());
    }
    town.send(receipt.answered_by(ALICE, &"x".repeat(5_000)).without_quote());
    town.letter_to(STAFF);
    town.send(receipt.answered_by(ALICE, &"It burns.\n".repeat(60_000)).without_quote());
    assert!(town.letter_to(STAFF).bytes.len() > 500_000);
}

/// Shows T038, T131.
#[test]
fn letters_go_to_from_and_never_to_reply_to() {
    let mut town = Town::new(plain());
    town.send(Draft::new(ALICE, "Printer", "It is on fire, please come.").header("Reply-To", MALLORY));
    assert_eq!(town.letter_to(ALICE).kind(), "confirm_ticket");
    town.silence();
}

#[test]
fn a_name_that_looks_like_an_address_is_not_shown() {
    let mut town = Town::new(plain());
    town.send(Draft::new(
        "\"ann@desk.example\" <mallory@elsewhere.example>",
        "hello",
        "Give me the keys, please.",
    ));
    let question = town.letter_to(MALLORY);
    town.answer(&question, MALLORY, "yes");
    let news = town.letter_to(STAFF);
    news.hides("ann@desk.example");
    assert_ne!(news.mail.from[0].name, "ann@desk.example");
    town.letter_to(MALLORY);
}

#[test]
fn what_looks_like_a_robots_field_is_no_proof() {
    let mut town = Town::new(plain());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let forged = news.answered_by("ann@desk.example", "close").header("X-Trackle-Ticket", "1");
    town.send(forged.header("Sender", "ann@desk.example").header("X-Trackle-Proof", "confirmed"));
    assert_eq!(town.letter_to("ann@desk.example").kind(), "confirm_mail");
    town.silence();
    assert_eq!(town.state_of(ticket), "open");
}
