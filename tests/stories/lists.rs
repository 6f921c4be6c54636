//! The staff list and its manager: what members write there reaches us over it, in whatever dress; what the manager
//! writes is nobody's request; talk that is not meant for us stays talk.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, BEN, HELP, MALLORY, STAFF, Town, believing, plain};

/// What most lists do to a mail: their marks, their name in the subject.
fn carried(draft: Draft) -> Draft {
    let subject = format!("[staff] {}", draft.subject);
    draft
        .subject(&subject)
        .by_list()
        .header("List-Post", "<mailto:staff@desk.example>")
        .header("X-Loop", STAFF)
}

/// A list's copy whose From the list took for itself.
fn munged(draft: Draft, name: &str) -> Draft {
    let mut draft = carried(draft);
    draft.from = format!("{name} via Staff <{STAFF}>");
    draft
}

/// Shows T128: what a member writes to the list alone is heard, and asked about where nothing proves it.
#[test]
fn an_answer_that_came_over_the_list_is_like_any_other() {
    for (robot, asked) in [(believing(), false), (plain(), true)] {
        let mut town = Town::new(robot);
        let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
        town.send(carried(news.answered_by(ANN, "take\n\nOn my way.").to(STAFF)));
        if asked {
            let question = town.letter_to(ANN);
            assert_eq!((question.kind(), town.owner_of(ticket).as_str()), ("confirm_mail", ""));
            town.answer(&question, ANN, "yes");
        }
        let receipt = town.letter_to(STAFF);
        receipt.hides("On my way.");
        town.letter_to(ALICE).says("On my way.");
        assert_eq!((town.said_in(ticket).len(), town.owner_of(ticket).as_str()), (2, "ann"));
    }
}

/// Shows T128, T034: a From that the list rewrote is attributed and proves nothing.
#[test]
fn a_munged_post_is_its_authors_and_asked_about_at_the_registered_address() {
    for robot in [believing(), plain()] {
        let mut town = Town::new(robot);
        let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
        for (order, who, reply_to, state) in [
            ("close: It is out.", "Ann Admin", "Ann Admin <ann@desk.example>", "closed"),
            // nothing but the name
            ("reopen", "Ben Builder", STAFF, "open"),
        ] {
            let registered = if who == "Ann Admin" { ANN } else { BEN };
            let before = town.state_of(ticket);
            // the list signs for its domain, and our server finds that right
            let draft = news.answered_by(registered, order).to(STAFF).header("Reply-To", reply_to);
            let post = town.send(munged(draft, who));
            let question = town.letter_to(registered);
            question.says(order);
            town.silence();
            town.ended(&post, "held");
            assert_eq!(town.state_of(ticket), before);
            town.answer(&question, registered, "yes");
            town.letters();
            town.ended(&post, "applied");
            assert_eq!(town.state_of(ticket), state);
        }
        let log = town.history(ticket);
        assert!(log.ends_with(&["asked", "closed", "asked", "reopened"].map(String::from)), "{log:?}");
    }
}

/// Shows T128: the list's own signature proves none of its posters.
#[test]
fn a_forged_post_is_asked_about_although_the_list_signs_it() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let post = town.send(carried(news.answered_by(ANN, "close").to(STAFF).forged()));
    let question = town.letter_to(ANN);
    assert_eq!(question.kind(), "confirm_mail");
    town.silence();
    town.ended(&post, "held");
    assert_eq!(town.state_of(ticket), "open");
}

#[test]
fn a_munged_post_that_names_nobody_is_held_and_the_list_is_not_asked() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    // somebody else's name stands in Reply-To
    let draft =
        news.answered_by(MALLORY, "close").to(STAFF).header("Reply-To", "Ann Admin <ann@desk.example>");
    let post = town.send(munged(draft, "Mallory"));
    town.silence();
    town.ended(&post, "held");
    assert_eq!(town.state_of(ticket), "open");
}

#[test]
fn a_munged_copy_and_the_direct_one_are_one() {
    for list_first in [false, true] {
        let mut town = Town::new(believing());
        let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
        let direct = news.answered_by(ANN, "take\n\nOn my way.").cc(STAFF).id("<one@desk.example>");
        let by_list = munged(direct.clone().header("Reply-To", "Ann Admin <ann@desk.example>"), "Ann Admin");
        let mut copies = vec![direct, by_list];
        if list_first {
            copies.reverse();
        }
        let mut sent = Vec::new();
        let mut letters = Vec::new();
        for copy in copies {
            sent.push(town.send(copy));
            letters.extend(town.letters());
        }
        let (held, counts) = if list_first { (&sent[0], &sent[1]) } else { (&sent[1], &sent[0]) };
        town.ended(held, "duplicate");
        town.ended(counts, "applied");
        let asked = letters.iter().filter(|l| l.to == ANN).count();
        assert_eq!((asked, letters.len()), (usize::from(list_first), 2 + asked));
        assert_eq!((town.said_in(ticket).len(), town.owner_of(ticket).as_str()), (2, "ann"));
    }
}

#[test]
fn a_footer_that_looks_like_none_makes_no_second_mail() {
    for list_first in [false, true] {
        let mut town = Town::new(believing());
        let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
        let direct = news.answered_by(ANN, "take\n\nOn my way.").cc(STAFF).id("<one@desk.example>");
        let mut by_list = carried(direct.clone());
        by_list.body = format!("Only for the team!\n\n{}\n\nNobody else reads this.\n", by_list.body);
        if list_first {
            town.send(by_list);
            town.letters();
            // what stands above hides the order, so it comes to nothing but text
            assert_eq!(town.said_in(ticket).len(), 2);
            let direct = town.send(direct);
            town.ended(&direct, "duplicate");
        } else {
            town.send(direct);
            town.letters();
            let by_list = town.send(by_list);
            town.ended(&by_list, "duplicate");
        }
        town.silence();
        assert_eq!(town.said_in(ticket).len(), 2);
    }
    // who uses a Message-ID again for other words, or without the list, writes another mail
    let mut town = Town::new(plain());
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let one = receipt.answered_by(ALICE, "It smokes.").id("<same@town.example>");
    let mut more = one.clone();
    more.body = format!("It smokes.\n\n{}", "It does not smoke any more.");
    town.send(one);
    town.letter_to(STAFF);
    town.send(more);
    town.letter_to(STAFF).says("any more");
    assert_eq!(town.said_in(ticket).len(), 3);
}

/// Shows T128: the list stays the team's; the robot hears what answers it and what is written to it.
#[test]
fn talk_on_the_list_is_not_for_us() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let talk = [
        Draft::new(ANN, "Lunch", "Who comes along?"),
        Draft::new(ANN, "close 1", "close 1"),
        Draft::new(ANN, "help", "Does anybody know?"),
        Draft::new(ANN, "search: lunch", ""),
        // another robot's thread: its numbers are not ours
        Draft::new(BEN, "Re: [#1] Door", "close\n\n> [#1] open, nobody's")
            .answering("<trk.1.7.x@other.example>"),
    ];
    for draft in talk {
        let post = town.send(carried(draft.to(STAFF)));
        town.ended(&post, "ignored");
        town.silence();
    }
    assert_eq!((town.tickets(), town.state_of(ticket)), (1, "open"));
    // who puts our address beside the list's means us
    town.send(carried(Draft::new(ANN, "Door", "The back door is broken.").to(STAFF).cc(HELP)));
    let news = town.letter_to(STAFF);
    assert_eq!((town.tickets(), news.subject()), (2, "[#2] [staff] Door"));
    // a mail program that drops the thread: the number is all there is
    town.send(carried(news.answered_by(ANN, "close").without_thread().to(STAFF)));
    town.letters();
    assert_eq!(town.state_of(2), "closed");
}

/// Shows T128: no bounce storm, when a reader's server reports to From instead of the list.
#[test]
fn a_reader_of_the_list_who_cannot_be_reached_is_the_lists_business() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, ANN, "take");
    // the one letter of its event
    let mut taken = town.letter_to(STAFF);
    town.letters();
    let replies = taken.reply_to();
    taken.to = "carl@desk.example".into();
    for to in [HELP, &replies] {
        let report = town.send(taken.bounced().to(to));
        town.ended(&report, "ignored");
        town.silence();
    }
    assert_eq!((town.history(ticket).last().unwrap().as_str(), town.tickets()), ("assigned", 1));
    // the list itself cannot be reached: that is ours
    taken.to = STAFF.into();
    let report = town.send(taken.bounced().to(HELP));
    town.ended(&report, "applied");
    town.silence();
    assert_eq!(town.history(ticket).last().unwrap(), "undelivered");
}

/// Shows T128: our own letter is known in whatever dress the list sends it back.
#[test]
fn our_letters_come_back_from_the_list_and_do_nothing() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let letter = String::from_utf8(news.bytes.clone()).unwrap();
    let marks = "Return-Path: <staff-bounces@desk.example>\r\nList-Id: <staff.desk.example>\r\n";
    let munged = letter.replacen(&format!("<{HELP}>"), &format!("<{STAFF}>"), 1);
    let renamed = munged.replacen(news.id(), "<anew@lists.desk.example>", 1);
    assert!(munged != letter && renamed != munged);
    for (copy, sign) in [(&letter, "From is our"), (&munged, "Message-ID is"), (&renamed, "X-Loop names our")]
    {
        let uid = town.send_again(format!("{marks}{copy}").as_bytes());
        town.silence();
        let (end, why) = town.end_of_uid(&uid);
        assert!(end == "ignored" && why.starts_with(sign), "{end}: {why}");
    }
    assert_eq!((town.tickets(), town.said_in(ticket).len()), (1, 1));
}

/// Shows T128: nothing that the list's manager writes is a request, and it is never answered.
#[test]
fn what_the_lists_manager_writes_is_no_ticket() {
    for robot in [believing(), plain()] {
        let mut town = Town::new(robot);
        let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
        let about = news.subject().to_owned();
        for (from, subject, text) in [
            // mlmmj has no header that says what it is
            (
                "staff+owner@desk.example",
                format!("Post to staff@desk.example denied: {about}"),
                "It was unable to be delivered.",
            ),
            (
                "staff+owner@desk.example",
                format!("Bitte moderieren Sie staff@desk.example: {about}"),
                "Die Nachricht steht unten.",
            ),
            (
                "staff+help@desk.example",
                "Unable to subscribe to staff@desk.example".into(),
                "You are subscribed.",
            ),
            (
                "staff-bounces@desk.example",
                format!("Your message to Staff awaits moderator approval: {about}"),
                "It is held.",
            ),
            (
                "staff-owner@desk.example",
                "Staff post from help@desk.example requires approval".into(),
                "As list administrator …",
            ),
            ("staff-request@desk.example", "confirm 5a6b7c8d9e0f".into(), "If you reply to this message …"),
            (
                "staff-confirm+5a6b7c@desk.example",
                "Your confirmation is needed to join the list".into(),
                "Reply, please.",
            ),
            (
                "staff-bounces+7c8d@desk.example",
                "Staff mailing list probe message".into(),
                "This is a probe message.",
            ),
            ("owner-staff@desk.example", "BOUNCE staff@desk.example: Non-member submission".into(), "…"),
            (
                "sympa@desk.example",
                "Message distribution: Authorization denied".into(),
                "Your message for list staff …",
            ),
        ] {
            for answers in [false, true] {
                let mut notice = Draft::new(from, &subject, text);
                if answers {
                    notice = notice.answering(news.id());
                }
                let notice = town.send(notice);
                town.ended(&notice, "ignored");
                town.silence();
            }
        }
        assert_eq!((town.tickets(), town.said_in(ticket).len()), (1, 1));
    }
}
