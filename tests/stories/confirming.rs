//! A stranger writes: nobody is disturbed until the stranger has answered one mail.

use super::town::draft::Draft;
use super::town::letter::Letter;
use super::town::{ALICE, ANN, CARLA, STAFF, Town, believing, plain};

/// Shows T023, T030, T036, T037, T050, T051, T052, T053, T054, T055, T065, T129, T132, T133.
#[test]
fn a_request_from_its_first_mail_to_its_end() {
    let mut town = Town::new(believing());
    let mail =
        town.write(ALICE, "Printer on the second floor", "It prints everything in pink since this morning.");
    let question = town.letter_to(ALICE);
    assert_eq!(question.header("In-Reply-To"), mail.id);
    town.silence();
    assert_eq!((town.state_of(1), town.listed()), ("unconfirmed", vec![]));

    town.later(1);
    town.answer(&question, ALICE, "Yes, that was me.");
    let news = town.letter_to(STAFF);
    news.says("pink since this morning");
    let receipt = town.letter_to(ALICE);
    assert_eq!((receipt.kind(), receipt.ticket()), ("ticket_opened", 1));
    assert_eq!((town.state_of(1), town.listed()), ("open", vec![1]));
    assert_eq!(town.subscribers(1), [ALICE]);

    town.later(1);
    town.answer_all(&news, ANN, "take\n\nI shall have a look after lunch.");
    assert_eq!(town.letter_to(STAFF).header("Auto-Submitted"), "auto-generated");
    town.letter_to(ALICE).says("I shall have a look after lunch.");
    assert_eq!(town.owner_of(1), "ann");

    town.later(3);
    town.answer(&news, ANN, "close: The magenta cartridge was empty.");
    town.letter_to(STAFF).says("The magenta cartridge was empty.");
    town.letter_to(ALICE).says("The magenta cartridge was empty.");
    assert_eq!(town.state_of(1), "closed");
    town.golden("a_request_from_its_first_mail_to_its_end");
}

/// Shows T132.
#[test]
fn the_code_counts_wherever_it_comes_back() {
    let ways: [fn(&Letter) -> Draft; 4] = [
        |q| Draft::new(ALICE, "yes", "ok").to(&format!("help+{}@desk.example", q.code())),
        |q| Draft::new(ALICE, &q.code(), "ok"),
        |q| Draft::new(ALICE, "my code", &format!("It is {}, I think.", q.code())),
        |q| q.answered_by(ALICE, "yes").to("help@desk.example").without_thread(),
    ];
    for way in ways {
        let mut town = Town::new(plain());
        town.write(ALICE, "Printer", "It is on fire, please come.");
        let question = town.letter_to(ALICE);
        town.send(way(&question));
        town.letter_to(STAFF).says("It is on fire, please come.");
        assert_eq!(town.letter_to(ALICE).kind(), "ticket_opened");
        assert_eq!(town.state_of(1), "open");
        assert_eq!(town.tickets(), 1);
    }
}

#[test]
fn what_is_added_when_confirming_reaches_staff() {
    for (answer, shown) in [
        ("Yes. Meanwhile the curtains are burning as well.", true),
        ("Too late, ashes.", true),
        ("Yes, that was me, thank you!", false),
        ("", false),
    ] {
        let mut town = Town::new(plain());
        town.write(ALICE, "Printer", "It is on fire, please come.");
        let question = town.letter_to(ALICE);
        town.send(question.answered_by(ALICE, answer).attach("ashes.png", b"PNG"));
        let news = town.letter_to(STAFF);
        news.says("It is on fire, please come.");
        assert_eq!(news.text().contains(&format!("Added later:\n\n{answer}")), shown, "{answer}");
        assert_eq!(news.mail.attachments.len(), 1);
        town.letter_to(ALICE);
    }
}

#[test]
fn a_second_confirmation_says_so_and_does_nothing() {
    let mut town = Town::new(plain());
    town.write(ALICE, "Printer", "It is on fire, please come.");
    let question = town.letter_to(ALICE);
    town.answer(&question, ALICE, "yes");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    town.answer(&question, ALICE, "yes, I said");
    assert_eq!(town.letter_to(ALICE).kind(), "already");
    town.silence();
    assert_eq!(town.history(1).iter().filter(|what| *what == "confirmed").count(), 1);
}

/// Shows T134.
#[test]
fn no_machine_ever_confirms() {
    const AWAY: &str = "I am away until Monday and read no mail.";
    let ways: [fn(&Letter) -> Draft; 6] = [
        |q| q.answered_by(ALICE, AWAY).header("Auto-Submitted", "auto-replied"),
        |q| q.answered_by(ALICE, "Back on Monday.").subject("Automatic reply: your request"),
        |q| q.answered_by(ALICE, AWAY).header("X-Autoreply", "yes"),
        |q| q.answered_by(ALICE, AWAY).null_sender(),
        |q| {
            let wire = "--=-r\nContent-Type: text/plain\n\nAway.\n\n--=-r--";
            q.answered_by(ALICE, "").content("multipart/report; boundary=\"=-r\"", wire)
        },
        |q| q.bounced().to(&q.reply_to()),
    ];
    for way in ways {
        let mut town = Town::new(plain());
        town.write(ALICE, "Printer", "It is on fire, please come.");
        let question = town.letter_to(ALICE);
        town.send(way(&question));
        town.silence();
        assert_eq!(town.state_of(1), "unconfirmed");
    }
}

/// Shows T051, T055.
#[test]
fn who_comes_too_late_is_told_so() {
    let mut town = Town::new(plain());
    town.write(ALICE, "Printer", "It is on fire, please come.");
    let question = town.letter_to(ALICE);
    town.later(24 * 15);
    let answer = town.answer(&question, ALICE, "yes");
    assert_eq!(town.letter_to(ALICE).kind(), "too_late");
    town.ended(&answer, "held");
    assert_eq!((town.state_of(1), town.listed()), ("unconfirmed", vec![]));
}

#[test]
fn a_code_that_is_not_ours_does_nothing() {
    let mut town = Town::new(plain());
    town.write(ALICE, "Printer", "It is on fire, please come.");
    let mut code = town.letter_to(ALICE).code();
    let last = code.pop().unwrap();
    code.push(if last == 'a' { 'b' } else { 'a' });
    let guess = town.write(ALICE, &code, "yes");
    town.ended(&guess, "held");
    town.silence();
    assert_eq!(town.state_of(1), "unconfirmed");
}

#[test]
fn text_for_an_unconfirmed_ticket_waits_with_it() {
    let mut town = Town::new(plain());
    let mail = town.write(ALICE, "Printer", "It is on fire, please come.");
    let question = town.letter_to(ALICE);
    let more = mail.answered_by(ALICE, "It went out by itself.").attach("ashes.png", b"PNG");
    town.send(more.to("help@desk.example"));
    town.silence();
    assert_eq!((town.tickets(), town.said_in(1).len()), (1, 2));
    town.answer(&question, ALICE, "yes");
    let news = town.letter_to(STAFF);
    news.says("It is on fire, please come.");
    news.says("It went out by itself.");
    assert_eq!(news.mail.attachments.len(), 1);
    town.letter_to(ALICE);
    town.golden("text_for_an_unconfirmed_ticket_waits_with_it");
}

#[test]
fn an_unconfirmed_ticket_draws_nobody_elses_mail() {
    let mut town = Town::new(plain());
    let mail = town.send(Draft::new(ALICE, "Printer", "It is on fire, please come.").cc(CARLA));
    let question = town.letter_to(ALICE);
    town.send(mail.answered_by(CARLA, "I can smell it down here."));
    assert_eq!(town.letter_to(CARLA).kind(), "confirm_ticket");
    town.silence();
    town.answer(&question, ALICE, "yes");
    town.letter_to(STAFF).hides("I can smell it down here.");
    town.letter_to(ALICE);
    assert_eq!(town.letter_to(CARLA).kind(), "invited");
    assert_eq!((town.tickets(), town.listed()), (2, vec![1]));
}

/// Shows T052.
#[test]
fn staff_are_not_told_of_questions_that_nobody_takes() {
    let mut town = Town::new(plain());
    // the courier of these stories refuses such an address for good
    town.write("a/b@town.example", "Printer", "It is on fire, please come.");
    town.silence();
    assert_eq!(town.state_of(1), "unconfirmed");
}

/// An order may have lain somewhere; whoever gave it is asked whether it still holds, and a mail that does not say when
/// it was written is asked about as well.
#[test]
fn orders_that_are_two_days_old_are_asked_about() {
    for (age, runs) in
        [(Some(47), true), (Some(49), false), (Some(-47), true), (Some(-49), false), (None, false)]
    {
        let mut town = Town::new(believing());
        let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
        let order = news.answered_by(ANN, "close");
        let mail = town.send(if let Some(hours) = age { order.aged(hours) } else { order.undated() });
        if !runs {
            let question = town.letter_to(ANN);
            assert_eq!((question.kind(), town.state_of(ticket)), ("confirm_mail", "open"), "{age:?}");
            let (state, why) = town.end_of(&mail);
            assert_eq!(state, "held");
            assert!(
                why.contains(&age.map_or("without a Date".into(), |age| format!("{age} hours old"))),
                "{why}"
            );
            town.answer(&question, ANN, "yes");
        }
        town.letter_to(STAFF);
        town.letter_to(ALICE);
        assert_eq!(town.state_of(ticket), "closed", "{age:?}");
    }
}
