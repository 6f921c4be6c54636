//! Every reason for which a line is not run, each as somebody meets it by mail.

use super::town::draft::Draft;
use super::town::letter::Letter;
use super::town::session::Work;
use super::town::{ALICE, ANN, BEN, CARLA, Town, believing};
use trackle::limits;
use trackle::model::refusal::Refusal;

/// How somebody meets a refusal, and what he reads.
struct Case {
    from: &'static str,
    /// Ann's orders before.
    before: &'static str,
    order: String,
    says: &'static str,
}

fn case(from: &'static str, before: &'static str, order: &str, says: &'static str) -> Case {
    Case { from, before, order: order.into(), says }
}

/// A new reason has to be added here and to [`all`]: this does not compile without.
#[rustfmt::skip]
fn met(refusal: &Refusal) -> Case {
    match refusal {
        Refusal::Unknown { nearest: Some(_) } => case(ANN, "", "clsoe 1", "did you mean \"close\"?"),
        Refusal::Unknown { nearest: None } => case(ANN, "", "!frobnicate", "no such command"),
        Refusal::Form { .. } => case(ANN, "", "!assign", "not understood; it goes: assign WHO [12 …]"),
        Refusal::NoTicket(_) => case(ANN, "", "close 99", "there is no ticket #99"),
        Refusal::WhichTicket => case(ANN, "", "", "which ticket? Put its number after the command"),
        Refusal::StaffOnly => case(ALICE, "", "take", "only staff can do that"),
        Refusal::NotYours(_) => case(CARLA, "", "close 1", "#1 is not your request"),
        Refusal::WhoIs { close, .. } if close.is_empty() => case(ANN, "", "assign zoe", "nobody on staff is called \"zoe\""),
        Refusal::WhoIs { .. } => case(ANN, "", "assign be", "\"be\" could be ben or bert"),
        Refusal::Already(..) => case(ANN, "close", "close", "#1 is closed already"),
        Refusal::SoAlready(_) => case(ANN, "take", "take", "#1 is so already"),
        Refusal::NoValue { .. } => case(ANN, "", "prio huge", "there is no priority \"huge\"; there is low, normal"),
        Refusal::Past(_) => case(ANN, "", "due 2025-01-01", "2025-01-01 is over"),
        Refusal::Itself(_) => case(ANN, "", "dup 1", "#1 cannot be related to itself"),
        Refusal::Circle(_) => case(ANN, "depends 2 on 1", "depends on 2", "#2 already leads back to it"),
        Refusal::Merged(..) => case(ANN, "", "take 3", "#3 went into #2; name that one"),
        Refusal::WouldLearn(_) => case(ANN, "private 4", "merge 1 into 4", "#4 is private, and not everybody here has a part in it"),
        Refusal::Locked { .. } => case(ANN, "", "take", "Ben Builder works on #1 since 2026-03-02 09:00; \"trackle lock break 1\""),
        Refusal::OwnAddress(_) => case(ANN, "", "cc help@desk.example", "help@desk.example gets all mail already"),
        Refusal::Follows(_) => case(ANN, "", "cc alice@town.example", "alice@town.example follows it already"),
        Refusal::FollowsNot(_) => case(ANN, "", "remove eve@x.example", "eve@x.example does not follow it"),
        Refusal::TooManyTags(_) => {
            let tags = (0..25).map(|n| format!(" +a{n}")).collect::<String>();
            let more = (0..10).map(|n| format!(" +b{n}")).collect::<String>();
            case(ANN, "", &format!("tag{tags}\ntag{more}"), "a ticket has at most 30 keywords")
        }
        Refusal::NothingToUndo => case(BEN, "", "undo", "no mail of yours changed anything"),
        Refusal::ChangedSince(..) => case(BEN, "", "undo", "#1 was changed again since by Ann Admin"),
        Refusal::NoText => case(ANN, "", "note", "the mail has no text that it could take"),
        Refusal::TooOften(_) => case(ALICE, "", "reopen", "#1 was reopened several times within the hour"),
        Refusal::ShowsAtMost(_) => case(ANN, "", "show 1 2 3 4 5 6", "one mail can ask to see at most 5 tickets"),
        Refusal::TooMany(_) => case(ANN, "", &"take 1\n".repeat(limits::COMMANDS + 1), "more than 25 commands in one mail"),
        Refusal::WhichSession => case(ANN, "", "hide /etc/motd", "which session? Answer its mail, or put its number"),
        Refusal::NoSession(_) => case(ANN, "", "hide 7 /etc/motd", "there is no session 7"),
        Refusal::NotInSession { .. } => case(ANN, "", "hide 1 /etc/passwd", "session 1 has no \"/etc/passwd\""),
        Refusal::ShowsSo(_) => case(ANN, "", "show 1 /etc/motd", "session 1 shows it so already"),
        Refusal::Html => case(ANN, "", "", "commands are read from plain text only"),
    }
}

fn all() -> Vec<Refusal> {
    use trackle::model::fields::Field;
    use trackle::model::ticket::{Number, State};
    let (one, word) = (Number(1), String::new);
    vec![
        Refusal::Unknown { nearest: Some("close") },
        Refusal::Unknown { nearest: None },
        Refusal::Form { usage: "" },
        Refusal::NoTicket(one),
        Refusal::WhichTicket,
        Refusal::StaffOnly,
        Refusal::NotYours(one),
        Refusal::WhoIs { word: word(), close: vec![] },
        Refusal::WhoIs { word: word(), close: vec![word()] },
        Refusal::Already(one, State::Open),
        Refusal::SoAlready(one),
        Refusal::NoValue { field: Field::Priority, word: word(), all: vec![] },
        Refusal::Past(word()),
        Refusal::Itself(one),
        Refusal::Circle(one),
        Refusal::Merged(one, one),
        Refusal::WouldLearn(one),
        Refusal::Locked { ticket: one, holder: word(), since: word() },
        Refusal::OwnAddress(word()),
        Refusal::Follows(word()),
        Refusal::FollowsNot(word()),
        Refusal::TooManyTags(0),
        Refusal::NothingToUndo,
        Refusal::ChangedSince(one, word()),
        Refusal::NoText,
        Refusal::TooOften(one),
        Refusal::ShowsAtMost(0),
        Refusal::TooMany(0),
        Refusal::WhichSession,
        Refusal::NoSession(0),
        Refusal::NotInSession { session: 0, word: word() },
        Refusal::ShowsSo(0),
        Refusal::Html,
    ]
}

/// Alice's printer (1, with Carla in Cc), a door (2), a window that went into the door (3), Ben's own affair (4).
fn town() -> (Town, Letter, Letter) {
    let mut robot = believing();
    let mut bert = robot.members[1].clone();
    (bert.login, bert.name) = ("bert".into(), "Bert".into());
    bert.address = trackle::model::address::Address::parse("bert@desk.example").unwrap();
    robot.members.push(bert);
    let mut town = Town::new(robot);
    town.send(Draft::new(ALICE, "Printer", "It is on fire, please come.").cc(CARLA));
    let question = town.letter_to(ALICE);
    town.answer(&question, ALICE, "yes");
    let letters = town.letters();
    let find = |kind: &str| letters.iter().find(|l| l.kind() == kind).unwrap().clone();
    for title in ["Door", "Window"] {
        town.write(ALICE, title, "It does not close.");
    }
    town.letters();
    town.write(BEN, "Holidays", "I shall be away in August.");
    town.write(ANN, "work", "merge 3 into 2");
    let merge = town.letter_to(ANN);
    town.answer(&merge, ANN, "yes");
    town.letters();
    (town, find("staff_opened"), find("ticket_opened"))
}

#[test]
fn every_refusal_is_told_and_nothing_is_run() {
    for refusal in all() {
        let Case { from, before, order, says } = met(&refusal);
        let (mut town, news, receipt) = town();
        if !before.is_empty() {
            town.answer(&news, ANN, before);
        }
        match &refusal {
            Refusal::ChangedSince(..) => {
                town.answer(&news, BEN, "close");
                town.settle();
                town.answer(&news, ANN, "reopen");
            }
            Refusal::NotInSession { .. } | Refusal::ShowsSo(_) => {
                let work = Work::before(town.now()).file("/etc/motd", None, Some("hello\n"));
                town.session("ben", 1, &work).unwrap();
            }
            Refusal::Locked { .. } => town.hold("ben", 1, 1).unwrap(),
            Refusal::TooOften(_) => {
                for _ in 0..limits::REOPENS_PER_HOUR {
                    town.answer(&receipt, ALICE, "close");
                    town.settle();
                    town.answer(&receipt, ALICE, "reopen");
                    town.settle();
                }
                town.answer(&receipt, ALICE, "close");
            }
            _ => {}
        }
        town.letters();
        let seen = (town.state_of(1), town.owner_of(1), town.history(1).len());
        let letter = if from == ALICE { &receipt } else { &news };
        let draft = match &refusal {
            Refusal::Html => letter.answered_by(from, "").content("text/html; charset=utf-8", "<p>close</p>"),
            Refusal::WhichTicket => {
                // only an answer to a letter about no ticket has orders without one
                town.write(ANN, "work", "list");
                let list = town.letter_to(ANN);
                list.answered_by(ANN, "close")
            }
            _ if from == CARLA => Draft::new(CARLA, "my own", &order),
            _ => letter.answered_by(from, &order),
        };
        let mail = town.send(draft);
        town.ended(&mail, "applied");
        let told = town.letter_to(from);
        assert_eq!(told.kind(), "transcript", "{refusal:?}");
        told.says(says);
        let text = town.letters();
        // what was not run is text where it was no order at all
        let is_text = matches!(
            refusal,
            Refusal::Unknown { .. } | Refusal::Form { .. } | Refusal::Html | Refusal::TooMany(_)
        );
        assert!(is_text || text.is_empty(), "{refusal:?}");
        assert_eq!((town.state_of(1), town.owner_of(1)), (seen.0, seen.1), "{refusal:?}");
        // whoever is not proven is told nothing
        if from == ANN && refusal != Refusal::WhichTicket && refusal != Refusal::Html {
            let order = if order.is_empty() { "close" } else { &order };
            town.send(news.answered_by(from, order).forged());
            let letters = town.letters();
            assert!(letters.iter().all(|l| l.kind() != "transcript"), "{refusal:?}");
        }
    }
}
