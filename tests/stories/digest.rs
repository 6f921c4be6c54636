//! The digest comes once at its time, wherever the power fails, and is acted on by answering it.

use super::town::draft::Draft;
use super::town::letter::Letter;
use super::town::{ALICE, ANN, BEN, CARLA, MALLORY, STAFF, Town, believing, plain};
use jiff::tz::TimeZone;
use trackle::model::digest::{Days, Schedule};
use trackle::model::robot::Robot;

/// A town whose staff get their digest at seven, Berlin time.
fn with_digest(robot: Robot) -> Town {
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let at = "07:00".parse().unwrap();
    let mut town = Town::new(robot);
    town.digest = Schedule { days: Days::Daily, at, zone, ..Schedule::never() };
    town.restart();
    town.silence();
    town
}

/// Shows T068, T136, T137, T139.
#[test]
fn a_digest_tells_the_morning_and_is_acted_on_by_answering() {
    let mut town = with_digest(believing());
    let (printer, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    let (scanner, _, _) = town.opened(CARLA, "Scanner", "Now the scanner smokes.");
    town.answer(&news, BEN, "take\n\nWhich floor, please?");
    town.letters();
    town.write(MALLORY, "Money", "I have a proposal for you.");
    town.letter_to(MALLORY);
    town.later(24);
    let digest = town.letter_to(STAFF);
    town.silence();
    assert_eq!(digest.subject(), "Digest Tue 3 Mar: 2 new, 2 open");
    digest.says("#1 Printer — Ben Builder, 24 hours");
    digest.says("Ben Builder #1 taken: Printer");
    digest.says("1 unconfirmed ticket");
    digest.hides("proposal");
    assert_eq!((digest.header("Precedence"), digest.header("Reply-To")), ("", ""));

    let reply = town.answer(&digest, ANN, &format!("close {printer}, {scanner}"));
    town.ended(&reply, "applied");
    assert_eq!((town.state_of(printer), town.state_of(scanner), town.tickets()), ("closed", "closed", 3));
    assert_eq!(town.letters().len(), 4);
    town.later(24);
    let digest = town.letter_to(STAFF);
    assert_eq!(digest.subject(), "Digest Wed 4 Mar: 0 new, 0 open");
    digest.says("Ann Admin #1 closed: Printer #2 closed: Scanner");
    // nothing is open and nothing happened
    town.later(24);
    town.silence();
    town.golden("a_digest_tells_the_morning_and_is_acted_on_by_answering");
}

#[test]
fn without_proof_the_answer_to_a_digest_is_asked_about() {
    let mut town = with_digest(plain());
    let (printer, _, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.later(24);
    let digest = town.letter_to(STAFF);
    town.answer(&digest, ANN, "close 1");
    let question = town.letter_to(ANN);
    assert_eq!((question.kind(), town.state_of(printer)), ("confirm_mail", "open"));
    town.answer(&question, ANN, "yes");
    town.letters();
    assert_eq!((town.state_of(printer), town.tickets()), ("closed", 1));
}

#[test]
fn what_a_digest_names_is_not_what_its_answer_is_about() {
    let mut town = with_digest(believing());
    let (printer, _, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.write(CARLA, "Scanner", "Now the scanner smokes.");
    let question = town.letter_to(CARLA);
    town.answer(&question, CARLA, "yes");
    town.letters();
    town.later(24);
    let digest = town.letter_to(STAFF);
    // a mail program that breaks quoted lines, and one that puts the tag of another mail into them
    let body = "close\n\nOn Tue, Mar 3, 2026 at 9:00 AM Help desk wrote:\n\n> New\n> [#1] Printer —\n> nobody, 24 hours\n> #2 Scanner";
    town.send(Draft::new(ANN, "Re: Digest", body).answering(digest.id()));
    town.letter_to(ANN).says("close");
    town.silence();
    assert_eq!(town.state_of(printer), "open");
    let mut answers = vec![digest.answered_by(ANN, "close 2\n\nGood morning, everybody!")];
    answers.push(digest.answered_by(ANN, "reopen 2").with_references_only());
    answers.push(digest.answered_by(ANN, "take 2").with_in_reply_to_only());
    answers.push(digest.answered_by(ANN, "assign ben 2").without_thread());
    for (answer, (state, owner)) in
        answers.into_iter().zip([("closed", ""), ("open", ""), ("open", "ann"), ("open", "ben")])
    {
        let sent = town.send(answer);
        town.ended(&sent, "applied");
        town.letters();
        assert_eq!((town.state_of(2), town.owner_of(2).as_str()), (state, owner));
    }
    assert_eq!(town.history(printer).last().unwrap(), "confirmed");
    assert_eq!(town.said_in(printer).len(), 1);
    assert_eq!(town.tickets(), 2);
}

#[test]
fn a_slip_in_the_answer_to_a_digest_is_told_and_opens_nothing() {
    let mut town = with_digest(believing());
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.later(24);
    let digest = town.letter_to(STAFF);
    for slip in ["clsoe 1", "close 1, 99"] {
        town.answer(&digest, ANN, slip);
        let answer = town.letter_to(ANN);
        assert_eq!(answer.kind(), "transcript");
        answer.says(slip);
    }
    assert_eq!((town.state_of(1), town.tickets()), ("open", 1));
}

/// Shows T136, T139.
#[test]
fn a_digest_goes_once_whatever_crashes() {
    let mut town = with_digest(plain());
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.later(24);
    // owed and not carried yet
    let hub = std::sync::Arc::clone(town.hub());
    assert!(town.run(trackle::daemon::clock_tick::owe_digests(&hub)).unwrap());
    drop(hub);
    town.power_cut();
    town.letter_to(STAFF).says("#1 Printer — nobody");
    town.power_cut();
    town.silence();
    // a machine that was off for a week; then its clock is put back
    town.later(24 * 7);
    town.letter_to(STAFF);
    town.later(-24 * 3);
    town.silence();
    town.later(24 * 3);
    town.silence();
}

#[test]
fn the_list_sends_the_digest_back_and_nothing_happens() {
    let mut town = with_digest(plain());
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.later(24);
    let digest = town.letter_to(STAFF);
    let uid = town.send_again(&digest.on_its_way());
    town.silence();
    assert_eq!(town.end_of_uid(&uid).0, "ignored");
}

/// A town where everything that comes once in a period comes.
fn with_news(robot: Robot) -> Town {
    let mut town = with_digest(robot);
    town.digest = Schedule { days: Days::Never, news: true, ..town.digest.clone() };
    town.restart();
    town
}

/// Another ticket of Carla's, who is known by now: what staff get of it.
fn second(town: &mut Town) -> Letter {
    town.write(CARLA, "Scanner", "Now the scanner smokes.");
    town.letters().into_iter().find(|l| l.to == STAFF).unwrap()
}

/// Shows T019, T137, T138, T166, T167, T168, T169: due days, dependencies and parts in the digest.
#[test]
fn what_matters_most_stands_first_and_what_is_blocked_stands_apart() {
    let mut town = with_digest(believing());
    for (who, subject) in [(ALICE, "New printers"), (CARLA, "Wall sockets"), (MALLORY, "Old printers")] {
        town.opened(who, subject, "As we said, please take care of it.");
    }
    town.write(ALICE, "Chairs", "As we said, please take care of it.");
    town.letters();
    let orders = "depends 1 on 2\nparent 2 of 1\ndue 3 2026-03-04\nprio 3 high\nwait 4 until 2026-03-20";
    let sent = town.write(ANN, "For later", orders);
    town.ended(&sent, "applied");
    town.letters();
    town.later(24);
    let digest = town.letter_to(STAFF);
    assert_eq!(digest.subject(), "Digest Tue 3 Mar: 1 new, 1 due, 4 open");
    digest.says("4 open: 1 new, 1 due, 1 for other tickets, 1 put off.");
    digest.says("New #2 Wall sockets — nobody, 24 hours; needed by #1, part of #1");
    digest.says("Due #3 Old printers — nobody, 24 hours; due tomorrow, prio high");
    digest.says("Waiting for other tickets #1 New printers — nobody, 24 hours; waits for #2");
    digest.says("Put off: #4 until Fri 20 Mar");
    digest.says("Ann Admin #1 waits for #2: New printers");
    town.later(48);
    town.answer(&digest, ANN, "close 2");
    town.letters();
    town.later(24);
    let digest = town.letters().into_iter().rfind(|l| l.kind() == "digest").unwrap();
    digest.says("Due #3 Old printers — nobody, 4 days; 2 days late");
    digest.says("Waiting for us #1 New printers");
    digest.hides("Waiting for other tickets");
    town.golden("what_matters_most_stands_first_and_what_is_blocked_stands_apart");
}

/// Shows T136: gathered news, and what can be answered to them.
#[test]
fn a_follower_gets_the_news_of_a_day_in_one_mail_and_answers_it() {
    let mut town = with_news(believing());
    let (printer, news, receipt) = town.opened(CARLA, "Printer", "It is on fire, please come.");
    let smoke = second(&mut town);
    let scanner = smoke.ticket();
    town.answer(&receipt, CARLA, "digest daily 1 2");
    let followed = town.letter_to(CARLA);
    assert_eq!((followed.kind(), followed.subject()), ("followed", "Re: [#1] Printer"));
    followed.says("The same holds for #2.");
    town.silence();
    town.answer(&news, ANN, "take\n\nWhich floor, please?");
    town.answer(&smoke, BEN, "note: she is always in a hurry");
    town.answer(&news, ANN, "close: It is out.");
    let told = town.letters();
    assert!(told.iter().all(|l| l.to == STAFF), "{told:?}");
    town.later(24);
    let gathered = town.letter_to(CARLA);
    town.silence();
    assert_eq!((gathered.kind(), gathered.subject()), ("news", "News of 1 ticket: #1"));
    gathered.says("#1 Printer (closed)");
    gathered.says("Ann Admin takes care of it now.");
    gathered.says("Ann Admin: Which floor, please?");
    gathered.says("Ann Admin has closed it: It is out.");
    gathered.hides("hurry");
    // nothing happened, nothing comes
    town.later(24);
    town.silence();
    // said of oneself it is no new ticket
    let reply = town.answer(&gathered, CARLA, "unsubscribe 1");
    town.ended(&reply, "applied");
    let reply = town.answer(&gathered, CARLA, "digest off\n\nThank you all, Carla");
    town.ended(&reply, "applied");
    let told: Vec<String> = town.letters().iter().map(|l| l.kind().to_owned()).collect();
    assert_eq!(told, ["left", "followed"]);
    town.silence();
    assert_eq!(town.subscribers(printer), Vec::<String>::new());
    assert_eq!((town.subscribers(scanner), town.tickets()), (vec![CARLA.to_owned()], 2));
    // but somebody else's affair is
    let reply = town.answer(&gathered, CARLA, "Can you call me about the scanner, please?");
    town.ended(&reply, "applied");
    town.letters();
    assert_eq!(town.tickets(), 3);
    town.golden("a_follower_gets_the_news_of_a_day_in_one_mail_and_answers_it");
}

#[test]
fn gathered_news_end_by_their_link_and_never_for_another() {
    let mut town = with_news(believing());
    let (printer, news, receipt) = town.opened(CARLA, "Printer", "It is on fire, please come.");
    let scanner = second(&mut town).ticket();
    town.answer(&receipt, CARLA, "digest weekly");
    town.letter_to(CARLA).says("in one mail a week");
    town.answer(&news, ANN, "Which floor, please?");
    town.letter_to(STAFF);
    for _ in 0..6 {
        town.later(24);
        town.silence();
    }
    // a Monday again
    town.later(24);
    let gathered = town.letter_to(CARLA);
    gathered.says("Ann Admin: Which floor, please?");
    gathered.says("once a week");
    let link = gathered.header("List-Unsubscribe").trim_start_matches("<mailto:").trim_end_matches('>');
    let to = link.split_once("?subject=").unwrap().0.to_owned();
    town.send(Draft::new(MALLORY, "unsubscribe", "").to(&to));
    let left = town.letter_to(CARLA);
    assert_eq!((left.kind(), left.subject()), ("left", "You get no more gathered news"));
    assert_eq!(town.subscribers(printer), Vec::<String>::new());
    assert_eq!(town.subscribers(scanner), [CARLA]);
    town.send(Draft::new(MALLORY, "unsubscribe", "").to(&to).id("<again@elsewhere.example>"));
    town.silence();
}

#[test]
fn without_proof_what_a_follower_answers_is_asked_about() {
    let mut town = with_news(plain());
    let (printer, news, receipt) = town.opened(CARLA, "Printer", "It is on fire, please come.");
    town.answer(&receipt, CARLA, "digest daily");
    town.letter_to(CARLA).says("in one mail a day");
    town.answer(&news, ALICE, "I saw it too.");
    town.letters();
    town.answer(&news, ANN, "On my way.");
    town.letters();
    town.later(24);
    let gathered = town.letter_to(CARLA);
    town.answer(&gathered, MALLORY, "unsubscribe 1");
    town.letters();
    town.answer(&gathered, CARLA, "digest off");
    let question = town.letter_to(CARLA);
    assert_eq!((question.kind(), town.subscribers(printer).len()), ("confirm_mail", 0));
    town.answer(&question, CARLA, "yes");
    town.letters();
    assert_eq!((town.subscribers(printer), town.tickets()), (vec![CARLA.to_owned()], 1));
}

/// Shows T139: every member learns what was done in his name, and takes back what was not his doing.
#[test]
fn each_member_is_told_what_was_done_in_his_name() {
    let mut town = with_digest(believing());
    town.digest = Schedule { days: Days::Never, own: true, ..town.digest.clone() };
    town.restart();
    let (printer, news, _) = town.opened(ALICE, "Printer", "It is on fire, please come.");
    town.silence();
    town.answer(&news, ANN, "take\nprio high\nclose: Water helped.");
    town.letters();
    town.later(24);
    let own = town.letter_to(ANN);
    town.silence();
    assert_eq!((own.kind(), own.to.as_str()), ("own", ANN));
    own.says("#1 taken: Printer");
    own.says("#1 prio high: Printer");
    own.says("#1 closed: Printer");
    own.says("taken back by: reopen 1");
    // every line that the letter names is one that works
    let lines: Vec<String> = own
        .text()
        .lines()
        .filter_map(|line| line.split_once("taken back by: ").map(|(_, back)| back.to_owned()))
        .collect();
    assert_eq!(lines.len(), 3);
    let reply = town.answer(&own, ANN, &lines.join("\n"));
    town.ended(&reply, "applied");
    town.letters();
    let ticket = town.ticket(printer).ticket;
    assert_eq!((ticket.state.word(), ticket.owner, ticket.fields.iter().count()), ("open", None, 0));
    town.later(24);
    town.letter_to(ANN).says("#1 given up: Printer");
    town.later(24);
    town.silence();
    town.golden("each_member_is_told_what_was_done_in_his_name");
}

/// A digest that leaves something out carries all of it: every open ticket and every change stands in the letter or in
/// its file.
#[test]
fn what_a_digest_has_no_room_for_goes_with_it_as_a_file() {
    let mut robot = believing();
    robot.policy.confirm_tickets = false;
    let mut town = with_digest(robot);
    for n in 1..=60 {
        town.write(
            &format!("person{n}@town.example"),
            &format!("Printer {n}"),
            "It is on fire, please come.",
        );
    }
    town.letters();
    for (round, value) in ["low", "low", "low", "low", "high"].into_iter().enumerate() {
        let numbers: Vec<String> = (0..14).map(|n| ((round * 14 + n) % 60 + 1).to_string()).collect();
        let mail = town.write(ANN, "today", &format!("prio {value} {}", numbers.join(" ")));
        let question = town.letter_to(ANN);
        town.answer(&question, ANN, "yes");
        town.letters();
        town.ended(&mail, "applied");
    }
    town.later(24);
    let digest = town.letter_to(STAFF);
    digest.says("and 35 more");
    digest.says("and 10 more");
    digest.says("All of it, with what is left out here, is in the attached digest.txt.");
    let [file] = digest.mail.attachments.as_slice() else { panic!("one file") };
    assert_eq!((file.name.as_str(), file.media.as_str()), ("digest.txt", "text/plain"));
    let whole = String::from_utf8(file.bytes.clone()).unwrap();
    for n in 1..=60 {
        assert!(whole.contains(&format!("#{n} Printer {n} ")), "#{n} is missing in\n{whole}");
    }
    assert_eq!(whole.lines().filter(|line| line.starts_with("    #")).count(), 70, "{whole}");
    assert!(!whole.contains(" more"), "{whole}");
    // a small one has no file
    let mut small = with_digest(believing());
    small.opened(ALICE, "Printer", "It is on fire, please come.");
    small.later(24);
    assert!(small.letter_to(STAFF).mail.attachments.is_empty());
}
