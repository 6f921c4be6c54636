//! Whoever wants to follow a ticket says so and answers once; whoever wants no more of it is believed at once.

use super::town::draft::Draft;
use super::town::letter::Letter;
use super::town::{ALICE, ANN, BEN, CARLA, HELP, MALLORY, STAFF, Town, believing, plain};

const DORA: &str = "dora@town.example";

/// A confirmed ticket of Alice's that Carla follows, with every letter about that read.
fn followed(robot: trackle::model::robot::Robot) -> (Town, u32, Letter, Letter) {
    let mut town = Town::new(robot);
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.write(CARLA, "hello", &format!("subscribe {ticket}"));
    let question = town.letter_to(CARLA);
    town.answer(&question, CARLA, "yes");
    let receipt = town.letter_to(CARLA);
    (town, ticket, news, receipt)
}

/// Shows T032: anonymous users may subscribe to existing tickets.
/// Shows T058: subscribing to an existing ticket also needs mail confirmation.
/// Shows T131: a confirm mail goes to the address that asks to subscribe.
/// Shows T132: answering it makes the subscription take effect.
/// Shows T133: no account and no password.
/// Shows T134: nobody is subscribed by a forged mail.
#[test]
fn anybody_may_follow_a_public_ticket_and_answers_one_mail_first() {
    for robot in [plain(), believing()] {
        let mut town = Town::new(robot);
        let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
        let mail = town.write(CARLA, "hello", &format!("subscribe {ticket}"));
        let question = town.letter_to(CARLA);
        assert_eq!(question.kind(), "confirm_mail");
        question.hides("Printer");
        town.ended(&mail, "held");
        assert_eq!(town.subscribers(ticket), [ALICE], "a mail alone binds nobody");
        town.answer(&question, CARLA, "yes");
        let receipt = town.letter_to(CARLA);
        assert_eq!((receipt.kind(), receipt.ticket()), ("followed", ticket));
        receipt.says("get a short mail");
        receipt.says("#1, open: Printer");
        receipt.hides("on fire");
        town.silence();
        assert_eq!(town.subscribers(ticket), [ALICE, CARLA]);
        town.answer(&news, ANN, "On my way.");
        let mut told: Vec<String> = town.letters().into_iter().map(|l| l.to).collect();
        told.sort();
        assert_eq!(told, [ALICE, CARLA, STAFF]);
    }
}

/// Shows T050: after submission the user is told that a confirm mail is to be answered; the address follows it already.
#[test]
fn whoever_asks_follows_from_the_start() {
    let mut town = Town::new(plain());
    town.write(ALICE, "Printer", "It is on fire, please come.");
    let question = town.letter_to(ALICE);
    question.says("press reply and send this mail back");
    assert_eq!((town.state_of(1), town.subscribers(1)), ("unconfirmed", vec![ALICE.to_owned()]));
    town.answer(&question, ALICE, "yes");
    town.letters();
    assert_eq!((town.state_of(1), town.subscribers(1)), ("open", vec![ALICE.to_owned()]));
}

/// Shows T054: the creator is subscribed automatically.
/// Shows T127: subscribers get an abbreviated mail: status change and comment only.
/// Shows T130: all subscribers learn of the closing, with the closing remarks.
#[test]
fn followers_learn_of_the_end_in_short() {
    let (mut town, ticket, news, _) = followed(believing());
    town.answer(&news, ANN, "close: Water helped.");
    town.letter_to(STAFF).says("state: open -> closed");
    for follower in [ALICE, CARLA] {
        let told = town.letter_to(follower);
        assert_eq!((told.kind(), told.ticket()), ("changed", ticket));
        told.says("Ann Admin has closed #1.");
        told.says("Water helped.");
        told.hides("proven");
    }
    town.golden("followers_learn_of_the_end_in_short");
}

#[test]
fn what_is_private_is_told_apart_from_nothing_by_nobody() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, ANN, "private");
    town.letters();
    let mut said = Vec::new();
    for number in [ticket, 77] {
        town.write(MALLORY, "hello", &format!("subscribe {number}"));
        let mut answer = town.letter_to(MALLORY);
        if answer.kind() == "confirm_mail" {
            town.answer(&answer, MALLORY, "yes");
            answer = town.letter_to(MALLORY);
        }
        assert_eq!(answer.kind(), "transcript");
        said.push(answer.text().replace(&number.to_string(), "N"));
    }
    assert_eq!(said[0], said[1]);
    assert_eq!(town.subscribers(ticket), [ALICE]);
}

#[test]
fn every_way_out_is_believed_at_once_and_answered_once() {
    let (mut town, ticket, news, receipt) = followed(believing());
    // a command in an answer
    town.answer(&receipt, CARLA, "unsubscribe");
    assert_eq!(town.letter_to(CARLA).kind(), "left");
    town.silence();
    assert_eq!(town.subscribers(ticket), [ALICE]);
    // in again by a command in a mail of its own: her address is confirmed by now
    town.write(CARLA, "again", "subscribe 1");
    let again = town.letter_to(CARLA);
    assert_eq!(again.kind(), "followed");
    // the link in the header of the receipt
    let link =
        again.header("List-Unsubscribe").trim_start_matches("<mailto:").trim_end_matches('>').to_owned();
    let (to, subject) = link.split_once("?subject=").unwrap();
    town.send(Draft::new(CARLA, subject, "").to(to));
    assert_eq!(town.letter_to(CARLA).kind(), "left");
    assert_eq!(town.subscribers(ticket), [ALICE]);
    town.answer(&news, ANN, "close: Water helped.");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    town.nothing_for(CARLA);
}

#[test]
fn the_one_click_link_leaves_without_a_word() {
    let mut robot = believing();
    robot.base_url = Some("https://desk.example/t".into());
    let (mut town, ticket, news, receipt) = followed(robot);
    assert_eq!(receipt.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let links = receipt.header("List-Unsubscribe").to_owned();
    let code =
        links.strip_prefix("<https://desk.example/t/u/").unwrap().split('>').next().unwrap().to_owned();
    assert!(links.contains(", <mailto:"), "{links}");
    let hub = town.hub().clone();
    for (code, known) in
        [(code.clone(), Some(ticket)), (code.replace("u1-", "u2-"), None), (code, Some(ticket))]
    {
        let now = town.now();
        let left = town
            .run(hub.transact(move |tx, hub| trackle::pipeline::leave::by_link(tx, &hub.house, &code, now)));
        assert_eq!(left.unwrap().flatten().map(|n| n.0), known);
        assert_eq!(town.subscribers(ticket), [ALICE]);
    }
    drop(hub);
    town.silence();
    assert_eq!(town.history(ticket).iter().filter(|w| *w == "unsubscribed").count(), 1);
    town.answer(&news, ANN, "close: Water helped.");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    town.nothing_for(CARLA);
}

#[test]
fn levels_say_how_much_mail_one_gets() {
    let (mut town, ticket, news, receipt) = followed(believing());
    town.answer(&receipt, CARLA, "mute");
    let muted = town.letter_to(CARLA);
    muted.says("You get no mail about this request from now on.");
    town.answer(&news, ANN, "On my way.");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    town.nothing_for(CARLA);
    // what she writes still arrives
    town.answer(&muted, CARLA, "There is smoke on the second floor as well.");
    town.letter_to(STAFF).says("second floor");
    town.letter_to(ALICE);
    town.answer(&muted, CARLA, "digest weekly");
    town.letter_to(CARLA).says("one mail a week");
    town.answer(&news, ANN, "Smoke seen.");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    town.nothing_for(CARLA);
    town.answer(&muted, CARLA, "subscribe");
    town.letter_to(CARLA).says("get a short mail");
    town.answer(&news, ANN, "close: Water helped.");
    assert_eq!(town.letter_to(CARLA).kind(), "changed");
    town.letters();
    // everything is for staff
    town.answer(&receipt, CARLA, "subscribe full");
    assert_eq!(town.letter_to(CARLA).kind(), "transcript");
    assert_eq!(town.state_of(ticket), "closed");
}

#[test]
fn staff_who_want_everything_get_the_long_form_and_nobody_gets_it_twice() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.write(BEN, "hello", &format!("subscribe {ticket} full"));
    town.letter_to(BEN).says("everything that the team gets");
    town.answer(&news, ANN, "take\nprio high");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    let long = town.letter_to(BEN);
    assert_eq!(long.kind(), "staff_changed");
    long.says("prio");
    // a note is for staff, and he is
    town.answer(&news, ANN, "note\n\nNot to be told: it is the cable.");
    town.letter_to(STAFF);
    town.letter_to(BEN).says("it is the cable");
    town.nothing_for(ALICE);
    // in Cc of the mail itself, however it is spelled
    town.send(news.answered_by(ANN, "On my way.").cc("BEN@Desk.Example"));
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    town.nothing_for(BEN);
    // what he does himself he knows
    town.answer(&long, BEN, "close: It was the cable.");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    town.nothing_for(BEN);
}

/// Shows T047: the subscription list (Cc): whoever stands in Cc is asked, and follows once he answers.
#[test]
fn people_in_cc_of_the_first_mail_are_asked_once_it_is_confirmed() {
    let mut town = Town::new(believing());
    let draft = Draft::new(ALICE, "Printer", "It is on fire, please come.")
        .cc(CARLA)
        .cc("No-Reply@town.example")
        .cc("users-request@town.example")
        .cc(&ANN.to_uppercase())
        .cc("help+9@desk.example");
    town.send(draft);
    let question = town.letter_to(ALICE);
    town.nothing_for(CARLA);
    town.answer(&question, ALICE, "yes");
    let (news, _) = (town.letter_to(STAFF), town.letter_to(ALICE));
    let invited = town.letter_to(CARLA);
    assert_eq!(invited.kind(), "invited");
    invited.says("Alice asks whether you want to follow");
    invited.says("#1: Printer");
    invited.hides("on fire");
    town.silence();
    let ticket = news.ticket();
    assert_eq!(town.subscribers(ticket), [ALICE], "nobody is added in silence");
    town.answer(&invited, CARLA, "yes");
    assert_eq!(town.letter_to(CARLA).kind(), "followed");
    town.silence();
    assert_eq!(town.subscribers(ticket), [ALICE, CARLA]);
    town.golden("people_in_cc_of_the_first_mail_are_asked_once_it_is_confirmed");
}

#[test]
fn nobody_named_is_asked_where_the_site_does_not_want_that() {
    let mut robot = believing();
    robot.policy.invite_named = false;
    let mut town = Town::new(robot);
    town.send(Draft::new(ALICE, "Printer", "It is on fire, please come.").cc(CARLA));
    let question = town.letter_to(ALICE);
    town.answer(&question, ALICE, "yes");
    let (news, _) = (town.letter_to(STAFF), town.letter_to(ALICE));
    town.silence();
    // she may have her say all the same
    town.answer(&news, CARLA, "I smell it too, on the third floor.");
    town.letter_to(STAFF).says("third floor");
    town.letter_to(ALICE);
}

#[test]
fn an_unconfirmed_ticket_invites_nobody_and_many_are_five() {
    let mut town = Town::new(believing());
    let mut draft = Draft::new(ALICE, "Printer", "It is on fire, please come.");
    for n in 0..8 {
        draft = draft.cc(&format!("guest{n}@town.example"));
    }
    town.send(draft);
    let question = town.letter_to(ALICE);
    town.silence();
    town.answer(&question, ALICE, "yes");
    let all = town.letters();
    let invited: Vec<&str> = all.iter().filter(|l| l.kind() == "invited").map(|l| l.to.as_str()).collect();
    assert_eq!(
        invited,
        ["guest0", "guest1", "guest2", "guest3", "guest4"].map(|g| format!("{g}@town.example"))
    );
}

/// Shows T047: `cc` asks somebody, who follows once he says yes.
#[test]
fn an_invitation_is_one_mail_and_only_a_yes_counts() {
    let mut town = Town::new(believing());
    let (ticket, news, receipt) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.answer(&news, ANN, "private");
    town.letters();
    town.answer(&receipt, ALICE, &format!("!cc {CARLA} {DORA}"));
    let (carla, dora) = (town.letter_to(CARLA), town.letter_to(DORA));
    carla.says("Alice asks whether");
    let done = town.letter_to(ALICE);
    assert_eq!(done.kind(), "done");
    done.says("We have asked by mail who wants to follow #1: carla, dora.");
    town.silence();
    // asked again she is not
    town.answer(&news, ANN, &format!("cc {CARLA}"));
    town.letter_to(ANN).says("enough questions to them wait already");
    town.silence();
    // a code that was passed on is nobody else's
    town.answer(&carla, MALLORY, "yes");
    town.silence();
    assert_eq!(town.subscribers(ticket), [ALICE]);
    // a vacation message is no answer
    town.send(carla.answered_by(CARLA, "I am away.").header("Auto-Submitted", "auto-replied"));
    town.silence();
    town.answer(&carla, CARLA, "Yes please. I am the one who lit it.");
    town.letter_to(CARLA).says("get a short mail");
    town.letter_to(STAFF).says("the one who lit it");
    town.letter_to(ALICE);
    assert_eq!(town.subscribers(ticket), [ALICE, CARLA], "a private ticket is shared so");
    town.answer(&dora, DORA, "No, thank you.");
    town.silence();
    assert_eq!(town.subscribers(ticket), [ALICE, CARLA]);
    town.answer(&dora, DORA, "yes");
    town.letter_to(DORA).says("confirmed before");
    // whoever does not answer hears nothing more
    town.later(24 * 30);
    town.silence();
}

#[test]
fn invitations_come_one_a_day_and_few_in_all() {
    let mut town = Town::new(believing());
    for n in 1..=5 {
        town.write(ANN, &format!("Request {n}"), "Please look at this one soon.");
        town.letters();
    }
    for n in 1..=5 {
        town.write(ANN, "hello", &format!("cc {CARLA} {n}"));
    }
    let mut came = Vec::new();
    for _ in 0..6 {
        town.settle();
        came.push(town.letters().into_iter().filter(|l| l.to == CARLA).count());
        town.later(24);
    }
    assert_eq!(came, [1, 1, 1, 0, 0, 0]);
}

/// Shows T047: `remove` takes somebody off.
#[test]
fn the_requester_is_a_part_of_it_whatever_he_follows() {
    let (mut town, ticket, news, carlas) = followed(believing());
    town.answer(&news, ANN, "On my way.");
    town.letter_to(STAFF);
    town.letter_to(CARLA);
    let told = town.letter_to(ALICE);
    town.answer(&told, ALICE, "unsubscribe");
    town.letter_to(ALICE);
    assert_eq!(town.subscribers(ticket), [CARLA]);
    town.answer(&told, ALICE, "It burns again, on both floors now.");
    town.letter_to(STAFF).says("both floors");
    town.letter_to(CARLA);
    // whoever is taken off is told by whom
    town.answer(&news, ANN, &format!("remove {CARLA}"));
    let question = town.letter_to(ANN);
    town.answer(&question, ANN, "yes");
    let gone = town.letter_to(CARLA);
    assert_eq!(gone.kind(), "left");
    gone.says("Ann Admin has taken you off #1");
    town.letter_to(ANN).says("No longer following #1: carla.");
    town.silence();
    // she has no part in it any more, so she is asked when she comes back
    town.answer(&carlas, CARLA, "subscribe");
    let question = town.letter_to(CARLA);
    town.answer(&question, CARLA, "yes");
    assert_eq!(town.letter_to(CARLA).kind(), "followed");
    // another requester; the old one stays what she was
    town.answer(&told, ALICE, "subscribe");
    town.letter_to(ALICE);
    town.answer(&news, ANN, &format!("requester {DORA}"));
    let question = town.letter_to(ANN);
    town.answer(&question, ANN, "yes");
    town.letter_to(STAFF);
    town.letter_to(ALICE).says("the request of dora");
    town.letter_to(DORA).says("Ann Admin has made #1 your request");
    town.silence();
    let mut all = town.subscribers(ticket);
    all.sort();
    assert_eq!(all, [ALICE, CARLA, DORA]);
}

/// Letters that come back on as many days.
fn bounces(town: &mut Town, news: &Letter, days: u32) {
    for day in 0..days {
        town.answer(news, ANN, &format!("Still working on it, day {day} of this."));
        town.letter_to(STAFF);
        let told = town.letter_to(ALICE);
        town.send(told.bounced());
        town.letters();
        town.later(24);
    }
}

#[test]
fn an_address_that_letters_come_back_from_is_suspended_until_it_writes_again() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    bounces(&mut town, &news, 4);
    assert_eq!(town.suspended(), Vec::<String>::new());
    town.answer(&news, ANN, "Not yet done with all of it.");
    town.letter_to(STAFF);
    let fifth = town.letter_to(ALICE);
    town.send(fifth.bounced());
    let first = town.letter_to(ALICE);
    assert_eq!((first.kind(), first.sender.as_str()), ("suspended", ""));
    first.says("mail 1 of 3");
    assert_eq!(town.suspended(), [ALICE]);
    town.answer(&news, ANN, "Nobody hears of this.");
    town.letter_to(STAFF);
    town.nothing_for(ALICE);
    for (week, words) in [(6 * 24 + 23, ""), (1, "mail 2 of 3"), (7 * 24, "last of 3"), (21 * 24, "")] {
        town.later(week);
        if words.is_empty() { town.silence() } else { town.letter_to(ALICE).says(words) }
    }
    town.answer(&first, ALICE, "I am here.");
    town.silence();
    assert_eq!((town.suspended(), town.tickets()), (Vec::new(), 1));
    town.answer(&news, ANN, "Now you hear of it again.");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
}

#[test]
fn what_the_mail_server_refuses_for_good_counts_as_much_as_a_report() {
    // the courier of these stories refuses such an address for good
    const NOWHERE: &str = "a/b@town.example";
    let mut robot = believing();
    robot.policy.confirm_tickets = false;
    let mut town = Town::new(robot);
    town.write(NOWHERE, "Printer", "It is on fire, please come.");
    let news = town.letter_to(STAFF);
    for day in 0..5 {
        assert_eq!(town.suspended(), Vec::<String>::new(), "day {day}");
        town.answer(&news, ANN, &format!("Still working on it, day {day} of this."));
        let kinds: Vec<String> = town.letters().iter().map(|l| l.kind().to_owned()).collect();
        let told = if day == 0 { &["staff_changed", "undelivered"][..] } else { &["staff_changed"] };
        assert_eq!(kinds, told, "staff hear of it once");
        town.later(24);
    }
    assert_eq!(town.suspended(), [NOWHERE]);
    town.answer(&news, ANN, "Nobody hears of this.");
    town.letter_to(STAFF).hides("What you answer goes to");
}

#[test]
fn staff_are_never_suspended_and_reports_that_anybody_could_write_count_nothing() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.write(BEN, "hello", &format!("subscribe {ticket}"));
    town.letter_to(BEN);
    for day in 0..7 {
        town.answer(&news, ANN, &format!("Still working on it, day {day} of this."));
        for letter in town.letters() {
            // to Alice's own return path it does not come: somebody else may have written it
            town.send(if letter.to == ALICE { letter.bounced().to(HELP) } else { letter.bounced() });
        }
        town.letters();
        town.later(24);
    }
    assert_eq!(town.suspended(), Vec::<String>::new());
}

#[test]
fn a_complaint_ends_it_at_once_and_staff_hear_of_it_once() {
    let (mut town, ticket, news, _) = followed(believing());
    town.answer(&news, ANN, "On my way.");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    let told = town.letter_to(CARLA);
    let report = town.send(told.complained());
    town.ended(&report, "applied");
    let word = town.letter_to(STAFF);
    assert_eq!((word.kind(), word.ticket()), ("complained", ticket));
    word.says("Somebody at carla@town.example has reported a letter about #1 as spam");
    town.silence();
    assert_eq!(
        (town.subscribers(ticket), town.suspended()),
        (vec![ALICE.to_owned()], vec![CARLA.to_owned()])
    );
    town.send(told.complained().id("<twice@town.example>"));
    town.later(24 * 8);
    town.silence();
    assert!(!town.history(ticket).contains(&"undelivered".to_owned()), "it is no bounce");
    // whoever writes again is a reader again
    town.write(CARLA, "hello", "subscribe 1");
    town.letter_to(CARLA).says("get a short mail");
    assert_eq!(town.suspended(), Vec::<String>::new());
    town.golden("a_complaint_ends_it_at_once_and_staff_hear_of_it_once");
}

/// Whoever follows a ticket got a letter of it, and can write a report as if it were another follower's.
#[test]
fn a_complaint_in_anothers_name_changes_nothing() {
    let (mut town, ticket, news, _) = followed(believing());
    town.answer(&news, ANN, "On my way.");
    town.letter_to(STAFF);
    let (own, hers) = (town.letter_to(ALICE), town.letter_to(CARLA));
    assert_eq!(own.id(), hers.id(), "one cause, one Message-ID");
    let forged = town.send(Letter { to: CARLA.into(), ..own.clone() }.complained());
    let bare = town.send(hers.complained_without_headers().id("<bare@town.example>"));
    for report in [&forged, &bare] {
        let (state, why) = town.end_of(report);
        assert_eq!(state, "held");
        assert!(why.contains(CARLA) && why.contains("quarantine retry"), "{why}");
    }
    for who in [ALICE, CARLA] {
        town.nothing_for(who);
        assert!(town.subscribers(ticket).contains(&who.to_owned()), "{who}");
    }
    assert_eq!(town.suspended(), Vec::<String>::new());
    town.letters();
    // her own return path is as good as her link
    let report = town.send(hers.complained_without_headers().id("<hers@town.example>").to(&hers.sender));
    town.ended(&report, "applied");
    assert_eq!(town.letter_to(STAFF).kind(), "complained");
    assert_eq!((town.subscribers(ticket), town.suspended()), (vec![ALICE.into()], vec![CARLA.into()]));
}

/// A provider that blots out the headers can still be right: a sysadmin says so.
#[test]
fn a_sysadmin_lets_a_complaint_through() {
    let (mut town, ticket, news, _) = followed(believing());
    town.answer(&news, ANN, "On my way.");
    town.letters();
    town.answer(&news, ANN, "Here I am.");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    let hers = town.letter_to(CARLA);
    let report = town.send(hers.complained_without_headers());
    town.letters();
    town.retry(&report);
    assert_eq!(town.letter_to(STAFF).kind(), "complained");
    assert_eq!(town.subscribers(ticket), [ALICE]);
}

/// What goes with another order in one mail needs no less proof for it.
#[test]
fn a_graver_order_beside_it_spares_nobody_the_question() {
    let mut town = Town::new(believing());
    let (ticket, _, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let mail = town.write(CARLA, "hello", &format!("subscribe {ticket}\nshow {ticket}"));
    town.ended(&mail, "held");
    assert_eq!(town.letter_to(CARLA).kind(), "confirm_mail");
    assert_eq!(town.subscribers(ticket), [ALICE]);
}

/// Whoever was invited to a ticket was not invited to the private one that it went into.
#[test]
fn an_invitation_opens_no_way_into_a_private_ticket() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.write(ALICE, "Salaries", "They are all wrong, please come.");
    let other = town.letter_to(STAFF);
    let two = other.ticket();
    town.answer(&other, ANN, "private");
    town.answer(&news, ANN, &format!("cc {DORA}"));
    let invitation = town.letter_to(DORA);
    town.letters();
    town.answer(&news, ANN, &format!("merge into {two}"));
    let question = town.letter_to(ANN);
    town.answer(&question, ANN, "yes");
    town.letters();
    assert_eq!(town.ticket(1).merged_into().map(|n| n.0), Some(two));
    let mail = town.answer(&invitation, DORA, "yes");
    town.ended(&mail, "held");
    town.nothing_for(DORA);
    assert_eq!(town.subscribers(two), [ALICE]);
}

/// Somebody whose address we know may open a ticket without proof; but then nobody else is written to for it.
#[test]
fn whoever_only_seems_to_write_invites_nobody() {
    let mut town = Town::new(believing());
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.send(Draft::new(ALICE, "Scanner", "It smokes.").forged().cc("victim@elsewhere.example"));
    let kinds: Vec<String> =
        town.letters().iter().map(|letter| format!("{} to {}", letter.kind(), letter.to)).collect();
    assert!(kinds.iter().all(|letter| !letter.contains("victim")), "{kinds:?}");
    town.send(Draft::new(ALICE, "Disk", "It is full.").cc("friend@elsewhere.example"));
    assert!(
        town.letters()
            .iter()
            .any(|letter| letter.kind() == "invited" && letter.to == "friend@elsewhere.example")
    );
}
