//! Too much of anything is held, and the robot cannot be made to flood anybody.

use super::town::draft::Draft;
use super::town::{ALICE, ANN, STAFF, Town, believing, plain};

#[test]
fn too_many_mails_of_one_sender_are_held() {
    let mut robot = plain();
    robot.policy.mails_per_sender_hour = 4;
    let mut town = Town::new(robot);
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let mails: Vec<_> =
        (0..4).map(|n| town.send(receipt.answered_by(ALICE, &format!("Flame number {n}.")))).collect();
    let letters = town.letters();
    let ends: Vec<String> = mails.iter().map(|m| town.end_of(m).0).collect();
    assert_eq!(ends, ["applied", "applied", "held", "held"]);
    let kinds: Vec<&str> = letters.iter().map(|l| l.kind()).collect();
    assert_eq!(kinds, ["staff_changed", "staff_changed", "quarantined"]);
    assert_eq!(town.said_in(ticket).len(), 3);

    town.later(1);
    town.answer(&receipt, ALICE, "It is nearly out.");
    town.letter_to(STAFF);
}

#[test]
fn staff_may_write_as_much_as_they_like() {
    let mut robot = believing();
    robot.policy.mails_per_sender_hour = 2;
    let mut town = Town::new(robot);
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    (0..5).for_each(|n| drop(town.answer(&news, ANN, &format!("Bucket number {n}."))));
    town.letters();
    assert_eq!(town.said_in(ticket).len(), 6);
}

#[test]
fn a_members_vacation_robot_does_not_go_round_for_ever() {
    let mut town = Town::new(believing());
    let (ticket, mut news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let mut last = None;
    for turn in 0..100 {
        let away = town.answer(&news, ANN, &format!("I am away until Monday. ({turn})"));
        let letters = town.letters();
        let told = letters.into_iter().find(|l| l.to == STAFF).unwrap();
        news = if told.kind() == "staff_changed" {
            told
        } else {
            told.says(&format!("ann@desk.example wrote when 60 mails about #{ticket} had been announced"));
            last = Some((turn, away));
            break;
        };
    }
    // the ticket itself was the first news of the hour
    let (turn, away) = last.expect("it goes round for ever");
    assert_eq!(turn, 59);
    let (state, why) = town.end_of(&away);
    assert_eq!(state, "held");
    assert!(why.contains(&format!("60 mails about #{ticket}")) && why.contains("quarantine retry"), "{why}");
    // a sysadmin lets it through; the next hour is a new one
    town.retry(&away);
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    town.later(1);
    town.answer(&news, ANN, "I am back.");
    town.letter_to(STAFF).says("I am back.");
    town.letter_to(ALICE);
}

/// Shows T134, T135.
#[test]
fn three_questions_wait_for_an_answer_and_other_requests_for_one_of_them() {
    let mut town = Town::new(plain());
    (0..6).for_each(|n| drop(town.write(ALICE, &format!("Printer {n}"), "It is on fire, please come.")));
    let questions = town.letters();
    assert_eq!(questions.len(), 3);
    assert_eq!((town.tickets(), town.listed()), (6, vec![]));

    // the first one, and those that she was not asked about; the other two are hers to answer or not
    town.answer(&questions[0], ALICE, "yes");
    let letters = town.letters();
    assert_eq!(letters.iter().filter(|l| l.kind() == "staff_opened").count(), 4);
    assert_eq!(letters.iter().filter(|l| l.kind() == "ticket_opened").count(), 4);
    assert_eq!(town.listed(), [1, 4, 5, 6]);
    town.answer(&questions[2], ALICE, "yes");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    assert_eq!(town.listed(), [1, 3, 4, 5, 6]);
}

/// Shows T135.
#[test]
fn nobody_gets_more_automatic_mail_than_a_days_worth() {
    let mut robot = plain();
    robot.policy.automatic_per_day = 4;
    let mut town = Town::new(robot);
    let (_, _, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    (0..6).for_each(|n| drop(town.write(ALICE, &format!("Printer {n}"), "Another one is burning.")));
    let letters = town.letters();
    assert_eq!(letters.iter().filter(|l| l.to == STAFF).count(), 6);
    assert_eq!(letters.iter().filter(|l| l.to == ALICE).count(), 2);
    town.later(24);
    town.write(ALICE, "Printer again", "The last one is burning.");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
}

/// Shows T135.
#[test]
fn an_hours_questions_have_a_limit_and_the_rest_wait() {
    let mut robot = plain();
    robot.policy.confirmations_per_hour = 2;
    let mut town = Town::new(robot);
    for n in 0..5 {
        town.send(Draft::new(&format!("person{n}@town.example"), "Printer", "It is on fire, please come."));
    }
    let mut sent = vec![town.letters().len()];
    for _ in 0..2 {
        town.later(1);
        sent.push(town.letters().len());
    }
    assert_eq!(sent, [2, 2, 1]);
}

/// Whatever it is about, no hour has more letters than the site wants; none is lost.
#[test]
fn an_hours_letters_have_a_limit_and_the_rest_wait() {
    let mut robot = plain();
    robot.policy.letters_per_hour = 3;
    let mut town = Town::new(robot);
    for n in 0..7 {
        town.send(Draft::new(&format!("person{n}@town.example"), "Printer", "It is on fire, please come."));
    }
    let mut sent = vec![town.letters().len()];
    for _ in 0..2 {
        town.later(1);
        sent.push(town.letters().len());
    }
    assert_eq!(sent, [3, 3, 1]);
}

#[test]
fn a_ticket_is_not_reopened_for_ever() {
    let mut town = Town::new(believing());
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    for _ in 0..3 {
        town.answer(&receipt, ALICE, "close");
        town.answer(&receipt, ALICE, "reopen");
    }
    town.answer(&receipt, ALICE, "close");
    assert!(town.letters().iter().all(|l| l.to == STAFF));
    town.answer(&receipt, ALICE, "reopen");
    town.letter_to(ALICE).says("was reopened several times within the hour");
    assert_eq!(town.state_of(ticket), "closed");
    town.later(1);
    town.answer(&receipt, ALICE, "reopen");
    town.letter_to(STAFF);
    assert_eq!(town.state_of(ticket), "open");
}
