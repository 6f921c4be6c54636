//! Thirty complaints that users of other mail robots have made in public, each told here as it would go. Where it was
//! and what they met stands above each; what holds here is what its name says and its assertions hold.

use super::town::draft::Draft;
use super::town::letter::Letter;
use super::town::{ALICE, ANN, BEN, CARLA, HELP, MALLORY, STAFF, Town, believing, plain};
use trackle::model::address::Address;
use trackle::model::digest::{Days, Schedule};
use trackle::store::Store;

const FIRE: &str = "It is on fire, please come.";

/// google/syzkaller 7415: two robots of one project answered each other's error mails, since only the bare own address
/// was known for its own; here every form of our address is ours, and nothing from it is answered.
#[test]
fn complaint_01_every_form_of_our_own_address_is_ours() {
    let mut robot = plain();
    robot.aliases.push(Address::parse("desk@desk.example").unwrap());
    let mut town = Town::new(robot);
    for own in
        [HELP, "help+1@desk.example", "Help@Desk.Example", "desk@desk.example", "desk+context@desk.example"]
    {
        town.write(own, "Re: your command", "clsoe 1\n!frobnicate");
        town.silence();
    }
    assert!(town.listed().is_empty());
}

/// google/syzkaller 1512: a suggested command was wrapped by format=flowed and came back in halves; here letters are
/// never flowed, what they suggest is one word, and a flowed answer is put together before it is read.
#[test]
fn complaint_02_a_flowed_answer_is_whole_before_it_is_read() {
    let mut town = Town::new(believing());
    let (ticket, news, receipt) = town.opened(ALICE, "Printer", FIRE);
    for letter in [&news, &receipt] {
        assert!(!letter.header("Content-Type").contains("flowed"));
        assert!(letter.text().lines().all(|line| line.chars().count() <= 78), "{}", letter.text());
    }
    let wire = "close: The fan \nin the back was \nblocked by paper.\n\nSorry for the wait.";
    let flowed = news.answered_by(ANN, "").content("text/plain; charset=utf-8; format=flowed", wire);
    town.send(flowed);
    let told = town.letter_to(ALICE);
    told.says("The fan in the back was blocked by paper.");
    told.says("Sorry for the wait.");
    town.letter_to(STAFF);
    assert_eq!(town.state_of(ticket), "closed");
}

/// google/syzkaller 3950: commands that named tickets by their titles broke when mail programs wrapped the titles; here
/// a number is all that is needed.
#[test]
fn complaint_03_tickets_are_named_by_their_numbers() {
    let title = "The printer on the second floor next to the kitchen prints everything in pink since Monday "
        .repeat(2);
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, &title, FIRE);
    town.write(ANN, "today", &format!("take {ticket}\nclose #{ticket}."));
    town.letters();
    assert_eq!((town.state_of(ticket), town.owner_of(ticket).as_str()), ("closed", "ann"));
    // and the wrapped title in an answer's subject disturbs nothing
    let folded = format!("Re: {}", news.subject().replacen(" second", "\n second", 1));
    town.send(news.answered_by(ANN, "reopen").subject(&folded));
    town.letters();
    assert_eq!((town.state_of(ticket), town.tickets()), ("open", 1));
}

/// google/syzkaller 7245: the robot complained on public lists about commands that were meant for another robot; here
/// words for others are text, and what goes wrong is told to its writer alone, never on the list.
#[test]
fn complaint_04_nothing_is_complained_about_on_a_list() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.answer_all(&news, ANN, "#syz fix: printer\n@labeler please add paper\n/retest");
    town.letter_to(ALICE).says("#syz fix: printer");
    town.silence();
    town.answer_all(&news, ANN, "clsoe 1\n\nIt was the fan.");
    assert_eq!(town.letter_to(ANN).kind(), "transcript");
    town.letter_to(ALICE).says("It was the fan.");
    town.nothing_for(STAFF);
    assert_eq!(town.state_of(ticket), "open");
}

/// google/syzkaller 3525: whoever a Reply-To named was taken for the one who acts, so that anybody could unsubscribe
/// anybody; here only From is somebody, and Reply-To is nobody.
#[test]
fn complaint_05_reply_to_acts_for_nobody() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
    for order in ["unsubscribe", "close"] {
        let theft = town.send(news.answered_by(MALLORY, order).header("Reply-To", ALICE));
        town.nothing_for(ALICE);
        town.nothing_for(STAFF);
        town.letters();
        town.ended(&theft, "held");
    }
    assert_eq!((town.state_of(ticket), town.subscribers(ticket)), ("open", vec![ALICE.to_owned()]));
}

/// gitlab-org/gitlab 349329: tickets were made in the name of the Reply-To address; here the requester is who From
/// names, who is asked and who answers.
#[test]
fn complaint_06_a_ticket_is_its_senders() {
    let mut town = Town::new(plain());
    town.send(Draft::new(MALLORY, "Printer", FIRE).header("Reply-To", ALICE));
    let question = town.letter_to(MALLORY);
    town.nothing_for(ALICE);
    town.answer(&question, MALLORY, "yes");
    let news = town.letter_to(STAFF);
    news.says(MALLORY);
    news.hides(ALICE);
    town.letter_to(MALLORY);
    assert_eq!(town.subscribers(1), [MALLORY]);
}

/// gitlab-org/gitlab 2776: a rejection bounced, its bounce was rejected again, and the pile grew until servers choked;
/// here an answer goes out from the null sender, and what comes back for it is the end.
#[test]
fn complaint_07_a_bounce_of_a_rejection_is_not_answered() {
    let mut town = Town::new(believing());
    let (_, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.answer(&news, ANN, "close 99");
    let rejection = town.letter_to(ANN);
    assert_eq!((rejection.kind(), rejection.sender.as_str()), ("transcript", ""));
    town.send(rejection.bounced());
    town.send(rejection.bounced().to(HELP).id("<second@town.example>"));
    town.send(
        Draft::new("mailer-daemon@town.example", "Undeliverable: no ticket #99", "No such user.")
            .null_sender(),
    );
    town.silence();
    assert_eq!(town.tickets(), 1);
}

/// faveo-helpdesk 150, osTicket 1467: a report about a dead address became a ticket or an answer, which was mailed to
/// the dead address; here it is a note about a letter, and content of nothing.
#[test]
fn complaint_08_a_report_is_no_content() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.answer(&news, ANN, "close: Water helped.");
    town.letter_to(STAFF);
    let told = town.letter_to(ALICE);
    town.send(told.bounced());
    assert_eq!(town.letter_to(STAFF).kind(), "undelivered");
    town.nothing_for(ALICE);
    assert_eq!((town.tickets(), town.state_of(ticket), town.said_in(ticket).len()), (1, "closed", 1));
}

/// zammad 1131, 1026, 4941, 5428: for seven years each way of sending needed a mend of its own against bounce loops;
/// here all letters leave by one door, and whichever comes back makes at most one note for staff.
#[test]
fn complaint_09_whichever_letter_comes_back_there_is_no_loop() {
    let mut town = Town::new(believing());
    town.write(ALICE, "Printer", FIRE);
    let mut letters = town.letters();
    let question = letters[0].clone();
    town.answer(&question, ALICE, "yes");
    letters.extend(town.letters());
    let news = letters.iter().find(|l| l.to == STAFF).unwrap().clone();
    for order in ["take\n\nOn my way.", "close 99", "close: Done."] {
        town.answer(&news, ANN, order);
        letters.extend(town.letters());
    }
    let kinds: Vec<&str> = letters.iter().map(Letter::kind).collect();
    for kind in ["confirm_ticket", "staff_opened", "ticket_opened", "staff_changed", "changed", "transcript"]
    {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    for (at, letter) in letters.iter().enumerate() {
        town.send(letter.bounced().id(&format!("<back-{at}@town.example>")));
        let answers = town.letters();
        assert!(answers.len() <= 1 && answers.iter().all(|l| l.to == STAFF), "{}", letter.kind());
        // the note about it may be lost as well
        answers
            .iter()
            .for_each(|note| drop(town.send(note.bounced().id(&format!("<note-{at}@desk.example>")))));
        town.silence();
    }
    assert_eq!(town.tickets(), 1);
}

/// zammad 5113, osTicket 1041: a vacation message reopened what was done, round and round; here automatic mail changes
/// no state, and what a person reopens again and again is stopped.
#[test]
fn complaint_10_an_out_of_office_reopens_nothing() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.answer(&news, ANN, "close: Water helped.");
    town.letter_to(STAFF);
    let told = town.letter_to(ALICE);
    for (name, value) in
        [("Auto-Submitted", "auto-replied"), ("X-Autoreply", "yes"), ("Precedence", "auto_reply")]
    {
        let away = told.answered_by(ALICE, "reopen\n\nI am away until Monday.").subject("Out of office");
        town.send(away.header(name, value));
        town.silence();
    }
    assert_eq!((town.state_of(ticket), town.said_in(ticket).len()), ("closed", 1));
}

/// osTicket 2256: people behind a Google Group (`Precedence: list`) were taken for robots, and their answers reopened
/// nothing; here a list says only which way a mail went.
#[test]
fn complaint_11_people_behind_a_list_are_people() {
    let mut town = Town::new(plain());
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", FIRE);
    for (answer, state) in [("close", "closed"), ("reopen\n\nIt burns again.", "open")] {
        let answer = receipt.answered_by(ALICE, answer).header("Precedence", "list");
        town.send(answer.header("List-Id", "<office.town.example>").header("X-Google-Group-Id", "1"));
        town.letter_to(STAFF);
        assert_eq!(town.state_of(ticket), state);
    }
    assert_eq!(town.said_in(ticket).last().unwrap(), "It burns again.");
}

/// osTicket 3966: "Email loop detected" every three minutes, of no address in particular; here what is stopped says
/// which mail, whose, by what rule, and what to do about it.
#[test]
fn complaint_12_a_safety_stop_names_the_mail_and_the_remedy() {
    let mut robot = plain();
    robot.policy.mails_per_sender_hour = 3;
    let mut town = Town::new(robot);
    let (_, _, receipt) = town.opened(ALICE, "Printer", FIRE);
    let mails: Vec<_> = (0..3).map(|n| town.answer(&receipt, ALICE, &format!("Flame number {n}."))).collect();
    let told = town.letters().into_iter().rfind(|l| l.to == STAFF).unwrap();
    assert_eq!(told.kind(), "quarantined");
    let (state, why) = town.end_of(&mails[2]);
    assert_eq!(state, "held");
    let number = format!("mail {}, {}:", town.intake_of(&mails[1]), town.intake_of(&mails[2]));
    for word in [ALICE, "more than 3 mails within an hour", "quarantine retry", &number] {
        assert!(why.contains(word) || word == number, "{word}: {why}");
        told.says(word);
    }
    // each is told of once, all of one reason in one line, and the digest has those that still wait
    let more: Vec<_> = (3..17).map(|n| town.answer(&receipt, ALICE, &format!("Flame number {n}."))).collect();
    let told = town.letter_to(STAFF);
    assert_eq!((told.kind(), told.subject()), ("quarantined", "14 mails are held back"));
    told.says("and 4 more:");
    town.ended(&more[13], "held");
    town.later(2);
    town.silence();
    town.retry(&mails[2]);
    town.letter_to(STAFF).says("Flame number 2.");
    town.digest = Schedule { days: Days::Daily, ..Schedule::never() };
    town.restart();
    town.silence();
    town.later(24);
    let digest = town.letter_to(STAFF);
    assert_eq!(digest.kind(), "digest");
    digest.says(&format!("mail {}, {}, ", town.intake_of(&mails[1]), town.intake_of(&more[0])));
    digest.says("alice@town.example sent more than 3 mails within an hour");
}

/// osTicket 1908: two fetches that overlapped made two tickets of one mail; here one process has the books, and a mail
/// that lies there twice is one mail.
#[test]
fn complaint_13_one_mail_fetched_twice_is_one_ticket() {
    let mut town = Town::new(plain());
    let mail = town.write(ALICE, "Printer", FIRE);
    town.send_again(&mail.bytes);
    town.letter_to(ALICE);
    town.silence();
    assert_eq!(town.tickets(), 1);
    assert!(Store::open(&town.state()).is_err(), "a second robot on the same books");
}

/// freescout 3406, 4064: a mail that somebody had looked at with a telephone was never fetched; here nothing asks
/// whether a mail was seen.
#[test]
fn complaint_14_a_mail_that_was_looked_at_is_fetched() {
    let mut town = Town::new(plain());
    let mail = town.write(ALICE, "Printer", FIRE);
    let inbox = town.inbox();
    std::fs::rename(inbox.join("new").join(&mail.uid), inbox.join("cur").join(format!("{}:2,S", mail.uid)))
        .unwrap();
    assert_eq!(town.letter_to(ALICE).kind(), "confirm_ticket");
}

/// freescout 4624: one mail that could not be fetched shortened the batch, and the newest were never seen; here it is
/// set aside and the others go on.
#[test]
fn complaint_15_one_bad_mail_stands_in_nobodys_way() {
    let mut town = Town::new(plain());
    town.write(ALICE, "Printer", FIRE);
    let bad = town.send_again(b"\r\n \r\n\r\n");
    for n in 0..20 {
        town.send(Draft::new(&format!("person{n}@town.example"), "Printer", FIRE));
    }
    let letters = town.letters();
    assert_eq!(letters.iter().filter(|l| l.kind() == "confirm_ticket").count(), 21);
    assert_eq!(letters.iter().filter(|l| l.kind() == "quarantined").count(), 1);
    assert_eq!(town.end_of_uid(&bad).0, "quarantined");
    town.expect_quarantined(1);
}

/// paperless-ngx 8939, chatmail/core 5774: a mailbox was made anew, and its first mails were taken for old ones with the
/// same numbers; here numbers count within one making, and a mail is known by what it says.
#[test]
fn complaint_16_a_mailbox_made_anew_hides_no_mail() {
    let mut town = Town::new(plain());
    let old = town.write(ALICE, "Printer", FIRE);
    town.letter_to(ALICE);
    let fresh = Draft::new(CARLA, "Scanner", "Now the scanner smokes.").id("<fresh@town.example>");
    let fresh = fresh.finish(90, town.now());
    // the fresh mail has the first number now
    town.renumber_mailbox(&[&fresh, &old]);
    assert_eq!(town.letter_to(CARLA).kind(), "confirm_ticket");
    town.silence();
    assert_eq!(town.tickets(), 2);
}

/// messaging-daemon 6, nextcloud/mail 12198, zammad 795: an invented charset stopped the folder; here what cannot be
/// read is shown as well as can be, the bytes are kept, and the next mail is read.
#[test]
fn complaint_17_an_invented_charset_stops_nothing() {
    let mut town = Town::new(plain());
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", FIRE);
    for charset in ["x-klingon", "", "utf-99; charset=8859_1", "ks_c_5601-1987"] {
        let draft = receipt.answered_by(ALICE, "").subject(&format!("=?{charset}?q?fire=FF?="));
        let sent =
            town.send(draft.content(&format!("text/plain; charset={charset}"), "It burns in the back."));
        town.letter_to(STAFF).says("It burns in the back.");
        town.ended(&sent, "applied");
    }
    town.answer(&receipt, ALICE, "It is out.");
    town.letter_to(STAFF).says("It is out.");
    assert_eq!(town.said_in(ticket).len(), 6);
}

/// freescout 2375, 4020, 3175: answers were filed in the wrong conversation, or in a new one since only In-Reply-To was
/// looked at; here every reference is looked at, and only one with our mark leads anywhere.
#[test]
fn complaint_18_only_our_own_marks_lead_to_a_ticket() {
    let mut town = Town::new(plain());
    let (_, _, other) = town.opened(CARLA, "Scanner", "Now the scanner smokes.");
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", FIRE);
    // somebody's server put another mail between; ours is the oldest of them
    let mut late = receipt.answered_by(ALICE, "It burns.").to(HELP).subject("fire").without_quote();
    late = late.answering(&format!("{} <between@town.example>", receipt.id()));
    town.send(late.with_references_only());
    town.letter_to(STAFF).says("It burns.");
    // a made-up mark that says it is of the first ticket
    let made_up = other.id().replace("<trk.1.", "<trk.1.9");
    let guess = Draft::new(MALLORY, "scanner", "I am in this as well.").answering(&made_up);
    town.send(guess);
    assert_eq!(town.letter_to(MALLORY).kind(), "confirm_ticket");
    town.silence();
    assert_eq!((town.said_in(1).len(), town.said_in(ticket).len()), (1, 2));
}

/// freescout 2086, gitlab 13225: whoever had a copy of the first mail and answered it opened a ticket of his own; here
/// the first mail's own Message-ID leads to its ticket.
#[test]
fn complaint_19_who_had_a_copy_opens_no_ticket_of_his_own() {
    let mut town = Town::new(plain());
    let first = town.send(Draft::new(ALICE, "Printer", FIRE).cc(CARLA).cc("dora@town.example"));
    let question = town.letter_to(ALICE);
    town.answer(&question, ALICE, "yes");
    town.letters();
    for (who, text) in [(CARLA, "I can smell it down here."), ("dora@town.example", "So can I.")] {
        town.send(first.answered_by(who, text));
        town.letter_to(STAFF).says(text);
    }
    assert_eq!((town.tickets(), town.said_in(1).len()), (1, 3));
}

/// zammad 5716: two mails that had only an unseen mail in common became two tickets; here an unseen mail is remembered
/// by its name.
#[test]
fn complaint_20_an_unseen_mail_joins_its_answers() {
    let ghost = "<never-seen@town.example>";
    let mut town = Town::new(plain());
    town.send(Draft::new(ALICE, "Re: Printer", FIRE).cc(CARLA).answering(ghost));
    let question = town.letter_to(ALICE);
    town.answer(&question, ALICE, "yes");
    town.letters();
    town.send(Draft::new(CARLA, "Re: Printer", "I can smell it down here.").answering(ghost));
    town.letters();
    assert_eq!((town.tickets(), town.said_in(1).len()), (1, 2));
}

/// zammad 5064: anybody who wrote a ticket's number in his subject was in that ticket; here a number opens no door.
#[test]
fn complaint_21_a_number_in_the_subject_opens_no_door() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.write(MALLORY, news.subject(), "I am the owner of this ticket.");
    let question = town.letter_to(MALLORY);
    town.answer(&question, MALLORY, "yes");
    assert_eq!((town.letter_to(STAFF).ticket(), town.letter_to(MALLORY).ticket()), (2, 2));
    assert_eq!((town.said_in(ticket).len(), town.subscribers(ticket)), (1, vec![ALICE.to_owned()]));
}

/// zammad 4965, 5286: a hidden rule "same subject" joined what had nothing to do with each other; here a subject's words
/// never join, and each mail says in the books why it went where it went.
#[test]
fn complaint_22_the_same_subject_joins_nothing_and_each_mail_says_why() {
    let mut town = Town::new(plain());
    town.opened(ALICE, "Printer", FIRE);
    for subject in ["Printer", "Re: Printer", "Fwd: Printer"] {
        let mail = town.write(ALICE, subject, "This is about the one in the cellar.");
        town.letter_to(STAFF);
        town.letter_to(ALICE);
        let (state, why) = town.end_of(&mail);
        assert!(state == "applied" && !why.is_empty(), "{state}: {why}");
    }
    assert_eq!(town.tickets(), 4);
}

/// zammad 3022, freescout 2791: other ticket systems strip the fields that lead to a ticket; here its number stands in
/// the subject and below the text as well.
#[test]
fn complaint_23_a_stripped_answer_finds_its_ticket() {
    let mut town = Town::new(believing());
    let (ticket, news, receipt) = town.opened(ALICE, "Printer", FIRE);
    assert!(
        receipt.subject().contains("[#1]") && receipt.text().contains("[#1]") && news.text().contains("[#1]")
    );
    let bare =
        |letter: &Letter, who: &str, text: &str| letter.answered_by(who, text).to(HELP).without_thread();
    let tagged = bare(&receipt, ALICE, "It burns.").subject("[OTHER#123] Re: [#1] Printer").without_quote();
    town.send(tagged);
    town.letter_to(STAFF).says("It burns.");
    town.send(bare(&news, ANN, "On my way.").subject("[OTHER#124] fire"));
    town.letter_to(STAFF);
    town.letter_to(ALICE).says("On my way.");
    assert_eq!((town.tickets(), town.said_in(ticket).len()), (1, 3));
}

/// gitlab 24151, osTicket 5548: answers between quoted lines were cut off, and a forwarded mail made an empty ticket;
/// here nothing is thrown away.
#[test]
fn complaint_24_answers_between_quotes_and_forwarded_mails_are_kept() {
    let mut town = Town::new(believing());
    let (_, news, receipt) = town.opened(ALICE, "Printer", FIRE);
    let inline = "> Which floor is it?\n\nThe second.\n\n> And which room?\n\nNext to the kitchen.";
    town.send(receipt.answered_by(ALICE, inline).without_quote());
    let told = town.letter_to(STAFF);
    told.says("The second.");
    told.says("Next to the kitchen.");
    let forwarded = "---------- Forwarded message ---------\nFrom: Dora <dora@town.example>\nDate: Mon, Mar 2, 2026 at \
                     8:00 AM\nSubject: lift\nTo: <ann@desk.example>\n\nThe lift is stuck between two floors.";
    town.write(ANN, "Fwd: lift", forwarded);
    town.letter_to(STAFF).says("The lift is stuck between two floors.");
    town.letter_to(ANN);
    assert_ne!(news.ticket(), 2);
}

/// rust-lang/homu 52: a robot ran the command that an answer quoted; here what others wrote is never run.
#[test]
fn complaint_25_a_quoted_command_is_not_run() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.answer(&news, ANN, "No, not yet:\n\n> close\n> !close 1\n>\n> -- \n> Ben");
    town.letter_to(STAFF);
    town.letter_to(ALICE);
    assert_eq!((town.state_of(ticket), town.said_in(ticket).len()), ("open", 2));
}

/// gitlab-foss 34487, gitlab 330309: a mail was taken and rejected as well, or rejected without a reason; here a mail
/// has one end, and a refusal says in plain words what was not done and why.
#[test]
fn complaint_26_a_mail_has_one_end_and_a_refusal_its_reason() {
    let mut town = Town::new(plain());
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", FIRE);
    let mail = town.answer(&receipt, ALICE, "take");
    let refusal = town.letter_to(ALICE);
    refusal.says("only staff can do that");
    for word in ["error", "Error", "invalid", "exception", "null"] {
        assert!(!refusal.text().contains(word), "{}", refusal.text());
    }
    town.silence();
    let ends: i64 = town
        .database()
        .query_row("SELECT count(*) FROM intake WHERE uid = ?1", [&mail.uid], |r| r.get(0))
        .unwrap();
    assert_eq!((ends, town.owner_of(ticket).as_str()), (1, ""));
}

/// gitlab 419388: those who took part did not know of each other, "bot" was the author of everything, and the link to
/// leave acted on somebody else; here a letter names who wrote, and a link is its owner's.
#[test]
fn complaint_27_a_letter_names_its_author_and_its_link_is_its_owners() {
    let mut town = Town::new(believing());
    let first = town.send(Draft::new(ALICE, "Printer", FIRE).cc(CARLA));
    let question = town.letter_to(ALICE);
    town.answer(&question, ALICE, "yes");
    let news = town.letter_to(STAFF);
    town.letter_to(ALICE);
    town.letter_to(CARLA).says("Alice asks whether you want to follow");
    assert_eq!(news.mail.from[0].name, "Alice via Help desk");
    town.answer(&news, ANN, "Which floor?");
    town.letter_to(STAFF);
    let told = town.letter_to(ALICE);
    told.says("Ann Admin");
    town.send(first.answered_by(CARLA, "The second, I can smell it.").to(HELP));
    town.letter_to(STAFF).says("Carla");
    town.letter_to(ALICE).says("Carla");
    // she passed a letter on, and who got it is curious what that link does
    let link =
        told.header("List-Unsubscribe").trim_start_matches("<mailto:").trim_end_matches('>').to_owned();
    let (to, subject) = link.split_once("?subject=").unwrap();
    town.send(Draft::new(CARLA, subject, "").to(to));
    assert_eq!(town.letter_to(ALICE).kind(), "left");
    town.silence();
}

/// gitlab 328028, gitlab-foss 30366: whoever was given a letter could write as its owner, and a ticket's address passed
/// another service's test of who owns a domain; here an address is no identity, and strangers' mail to a ticket is held.
#[test]
fn complaint_28_a_tickets_address_makes_nobody_its_owner() {
    let mut town = Town::new(plain());
    let (ticket, _, receipt) = town.opened(ALICE, "Printer", FIRE);
    let theft = town.answer(&receipt, MALLORY, "close");
    assert_eq!(town.letter_to(MALLORY).kind(), "confirm_mail");
    town.ended(&theft, "held");
    let service = Draft::new("no-reply@service.example", "Verify your domain", "Your code is 123456.");
    let service = town.send(service.to("help+1@desk.example"));
    town.silence();
    assert_ne!(town.end_of(&service).0, "applied");
    assert_eq!((town.state_of(ticket), town.said_in(ticket).len()), ("open", 1));
}

/// GNU Emacs on debbugs: a copy to the wrong address made a new bug of each answer, and a submitter was not told of
/// answers; here whichever addresses an answer goes to, it is one ticket, and its requester is told.
#[test]
fn complaint_29_no_address_has_to_be_left_out() {
    let mut town = Town::new(believing());
    let (ticket, news, receipt) = town.opened(ALICE, "Printer", FIRE);
    assert_eq!(town.subscribers(ticket), [ALICE]);
    let to_all = news.answered_by(ANN, "Which floor?").cc(HELP).cc(STAFF).cc("help+1@desk.example");
    town.send(to_all);
    town.letter_to(ALICE).says("Which floor?");
    town.send(receipt.answered_by(ALICE, "The second.").cc(HELP).cc("help+1@desk.example").cc(ANN));
    let told = town.letter_to(STAFF);
    told.says("The second.");
    town.send(told.answered_by(BEN, "I go there.").to(HELP).cc(ALICE));
    town.letters();
    assert_eq!((town.tickets(), town.said_in(ticket).len()), (1, 4));
}

/// gitea 10808, mailman 624, patchwork 64, rspamd 3350, peeringdb 174: no way to leave but "spam", spam bounces that cost
/// members their place, names glued to a list's address, senders that look forged; here each is as it has to be.
#[test]
fn complaint_30_letters_look_genuine_and_can_be_left() {
    let mut town = Town::new(believing());
    let (ticket, news, _) = town.opened(ALICE, "Printer", FIRE);
    town.answer(&news, ANN, "On my way.");
    let mut letters = town.letters();
    letters.push(news.clone());
    for letter in &letters {
        let from = letter.mail.from[0].addr.clone();
        assert_eq!(from.split_once('@').unwrap().1, letter.reply_to().split_once('@').unwrap().1);
        assert_eq!(from, HELP);
        let leaves = letter.header("List-Unsubscribe").starts_with("<mailto:");
        assert_eq!(leaves, letter.to == ALICE, "{}", letter.kind());
    }
    // refused as spam, day after day: noted, and she stays
    let refused_on_six_days = |town: &mut Town, status: &str| {
        for day in 0..6 {
            town.answer(&news, ANN, &format!("Still on my way, day {day}."));
            let Some(told) = town.letters().into_iter().find(|l| l.to == ALICE && l.kind() == "changed")
            else {
                break;
            };
            let wire = format!(
                "--=-dsn\nContent-Type: text/plain\n\nRefused.\n\n--=-dsn\nContent-Type: message/delivery-status\n\n\
                 Reporting-MTA: dns; mail.town.example\n\nFinal-Recipient: rfc822; alice@town.example\nAction: failed\n\
                 Status: {}\nDiagnostic-Code: smtp; 550 {status}\n\n--=-dsn--",
                status.split(' ').next().unwrap()
            );
            let media = "multipart/report; report-type=delivery-status; boundary=\"=-dsn\"";
            town.send(
                told.bounced().content(media, &wire).id(&format!("<{day}.{}@town.example>", status.len())),
            );
            town.letters();
            town.later(24);
        }
        town.letters();
        town.suspended()
    };
    assert_eq!(refused_on_six_days(&mut town, "5.7.1 message looks like spam"), Vec::<String>::new());
    assert_eq!(town.subscribers(ticket), [ALICE]);
    assert_eq!(refused_on_six_days(&mut town, "5.1.1 no such user"), [ALICE]);
    // a list that puts itself into From makes nobody of its posters
    let mut munged = news.answered_by(ANN, "close").header("List-Id", "<staff.desk.example>").forged();
    munged.from = "Ann via Staff <staff@desk.example>".into();
    town.send(munged);
    town.letters();
    assert_eq!(town.state_of(ticket), "open");
}
