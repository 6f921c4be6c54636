//! The staff address is a mailing list: a real list manager between robot and staff, who live in a mail program.

use crate::mutt::{self, Reader, Reply};
use crate::people::{ALICE, ANNA, BOB, Person, Written, letter, letters};
use crate::robot::{Robot, Setup, wait_until};
use crate::servers::Servers;
use serde_json::Value;
use std::collections::BTreeSet;
use trackle::model::mail::{Mail, MessageId};
use trackle::model::ticket::{Number, State};

/// The readers of the list; the robot is one of them, and one cannot be reached any more.
const READERS: [&str; 4] = ["gone", "anna", "bob", "help"];
const FOOTER: &str = "\n_______________________________________________\nStaff mailing list, to leave it write to \
                      staff+unsubscribe@team.example\n";

/// A way to set up a list, and how its readers answer there.
struct Manners {
    controls: &'static [(&'static str, &'static str)],
    /// The names of its own List-* fields.
    fields: &'static [&'static str],
    reply: Reply,
    /// How many copies of an answer reach the robot.
    copies: usize,
    /// How mutt shows the ticket until the digest.
    thread: [&'static str; 3],
}

/// As most lists are: fields of its own, answers to the list, its name in subjects, a footer.
const USUAL: Manners = Manners {
    controls: &[
        (
            "customheaders",
            "List-Id: The staff <staff.team.example>\nList-Post: <mailto:staff@team.example>\n\
             List-Unsubscribe: <mailto:staff+unsubscribe@team.example>\nPrecedence: list\n\
             X-Loop: staff@team.example\nReply-To: staff@team.example\n",
        ),
        ("delheaders", "Reply-To:\n"),
        ("prefix", "[staff]\n"),
        ("footer", FOOTER),
        ("subonlypost", ""),
    ],
    fields: &["list-id", "list-post", "list-unsubscribe"],
    reply: Reply::List,
    copies: 1,
    thread: [
        "[staff] [#1] Printer on the 3rd floor",
        "`->",
        "  `->[staff] Re: [#1] Printer on the 3rd floor",
    ],
};

/// Reply-To is left alone: an answer to all goes to the robot and to the list.
const TO_ALL: Manners = Manners {
    controls: &[
        (
            "customheaders",
            "List-ID: <staff.team.example>\nX-Mailing-List: staff@team.example\nPrecedence: bulk\n",
        ),
        ("prefix", "[staff]\n"),
        // like no footer that one could know
        ("footer", "\nOnly for the eyes of the team.\n"),
    ],
    fields: &["list-id"],
    reply: Reply::All,
    copies: 2,
    thread: [
        "[staff] [#1] Printer on the 3rd floor",
        "`->",
        "  `->[staff] Re: [#1] Printer on the 3rd floor",
    ],
};

/// Nothing says that it is a list; each reader's own address stands in To.
const BARE: Manners = Manners {
    controls: &[("addtohdr", ""), ("delheaders", "To:\nCc:\n"), ("tocc", ""), ("footer", FOOTER)],
    fields: &[],
    reply: Reply::Sender,
    copies: 1,
    thread: ["[#1] Printer on the 3rd floor", "`->", "  `->"],
};

/// Somebody reads a letter in mutt, and answers it. Gives what mutt showed.
fn answers(servers: &Servers, who: Person, letter: &Mail, to: Reply, text: &str) -> String {
    let reader = Reader::open(servers, who);
    let screen = reader.read(letter.message_id.as_ref().unwrap().as_str());
    reader.reply(to, text);
    screen
}

/// How the mails that the robot got have ended, once each has: `applied`, `duplicate` and so on.
fn ends(servers: &Servers, robot: &Robot) -> impl Fn(&str) -> usize {
    let count = |page: &Value, of: &str| page["mails"][of].as_u64().unwrap_or(0) as usize;
    let audit = wait_until(|| {
        let page: Value = serde_json::from_slice(&robot.run(&["audit", "--json"], b"").stdout).ok()?;
        let all: u64 = page["mails"].as_object()?.values().filter_map(Value::as_u64).sum();
        let busy = count(&page, "new") + count(&page, "reading");
        (all as usize == servers.mails("help").len() && busy == 0).then_some(page)
    });
    let page = audit.unwrap_or_else(|| panic!("mails are left\n{}", robot.log()));
    move |of| count(&page, of)
}

/// What every mail that a reader of the list got has to be, whoever wrote it.
fn thread_of(servers: &Servers, reader: &str, manners: &Manners) {
    let mails: Vec<Mail> =
        servers.mails(reader).iter().map(|bytes| trackle::read::mail(bytes).unwrap()).collect();
    let has: BTreeSet<&MessageId> = mails.iter().filter_map(|mail| mail.message_id.as_ref()).collect();
    for mail in &mails {
        let mut unseen = mail.in_reply_to.iter().chain(&mail.references).filter(|id| !has.contains(id));
        assert_eq!(unseen.next(), None, "{} answers what no reader has", mail.subject);
        let names = mail.headers.iter().map(|h| h.name.to_ascii_lowercase());
        let mut fields: Vec<_> = names.filter(|name| name.starts_with("list-")).collect();
        fields.sort();
        assert_eq!(fields, manners.fields, "{}", mail.subject);
    }
}

/// From the first mail to the closing, everybody in nothing but mutt.
fn whole_life(manners: &Manners) {
    let servers = Servers::with_list(&READERS, manners.controls, "en");
    let mut robot = Robot::serving(&Setup::new(&servers).believing());
    let request = ("Printer on the 3rd floor", "It pulls in two sheets at a time.");
    Reader::open(&servers, ALICE).write("help@team.example", request.0, request.1);
    let question = letter(&servers, "alice", "confirm_ticket", 1);
    answers(&servers, ALICE, &question, Reply::Sender, "Yes.");

    let opened = letter(&servers, "anna", "staff_opened", 1);
    let screen = answers(&servers, ANNA, &opened, manners.reply, "take\n\nI am on my way.");
    assert!(screen.contains("It pulls in two sheets"), "{screen}");
    let taken = letter(&servers, "bob", "staff_changed", 1);
    let screen = answers(&servers, BOB, &taken, manners.reply, "A new roller lies in the cellar.");
    assert!(screen.contains("take: done"), "{screen}");
    letter(&servers, "alice", "changed", 2);

    // a running robot would carry it too, within minutes
    robot.stop();
    let digest = robot.run(&["digest", "--now"], b"");
    assert!(digest.status.success() && digest.stderr.is_empty(), "{digest:?}");
    robot.start();
    let digest = letter(&servers, "anna", "digest", 1);
    let screen = answers(&servers, ANNA, &digest, manners.reply, "close 1: It has the new roller.");
    assert!(screen.contains("#1 Printer on the 3rd floor"), "{screen}");
    let told = letter(&servers, "alice", "changed", 3);
    assert!(told.text.contains("It has the new roller."), "{}", told.text);
    for who in ["bob", "anna"] {
        letter(&servers, who, "staff_changed", 2);
    }

    let ends = ends(&servers, &robot);
    let ours = ["staff_opened", "staff_changed", "digest"];
    let ours = ours.iter().map(|kind| letters(&servers, "anna", kind).len()).sum::<usize>();
    let counted = ["applied", "duplicate", "ignored", "held", "quarantined"].map(&ends);
    // Alice's two and three answers of staff; further copies of these; our own letters, which the list brings back
    assert_eq!(counted, [5, 3 * (manners.copies - 1), ours, 0, 0]);
    let tickets = robot.tickets();
    assert_eq!(tickets.iter().map(|view| view.ticket.state).collect::<Vec<_>>(), [State::Closed]);
    let said: Vec<String> =
        robot.reader().said(Number(1)).unwrap().into_iter().map(|said| said.text).collect();
    assert_eq!(said[1..], ["I am on my way.", "A new roller lies in the cellar."]);
    assert_eq!(letters(&servers, "alice", "changed").len(), 3);
    for (who, kind) in [("anna", "confirm_mail"), ("bob", "confirm_mail"), ("anna", "transcript")] {
        assert!(letters(&servers, who, kind).is_empty(), "{who} got a {kind}");
    }
    thread_of(&servers, "anna", manners);
    let index = mutt::index(&servers.mails("anna"));
    assert!(index.starts_with(&manners.thread.map(String::from)), "{index:#?}");
    robot.is_sound();
}

/// Shows T128: the staff address is a mailing list.
/// Shows T129, T130: staff learn of the ticket, its requester of the closing and the words with it.
#[test]
fn a_tickets_whole_life_on_a_list_that_answers_to_itself() {
    whole_life(&USUAL);
}

/// Shows T128: of the list's copy and the direct one only one counts, whatever the list adds to its own.
#[test]
fn a_tickets_whole_life_on_a_list_with_answers_to_all() {
    whole_life(&TO_ALL);
}

/// Shows T128: a list that does not say that it is one.
#[test]
fn a_tickets_whole_life_on_a_list_without_any_mark() {
    whole_life(&BARE);
}

/// A mail to the list, or to its manager, as somebody writes it who knows the address.
fn posts(who: Person, to: &str, subject: &str, text: &str) -> Written {
    let mail = who.writes(subject, text);
    let text = mail.text.replacen("To: help@team.example", &format!("To: {to}"), 1);
    Written { to: to.into(), text, ..mail }
}

/// Shows T128: what a member writes on the list is asked about at his own address where nothing is configured, and a
/// From that somebody borrowed gets nothing done.
#[test]
fn without_configured_proof_an_order_on_the_list_is_confirmed_by_one_mail() {
    let servers = Servers::with_list(&READERS, USUAL.controls, "en");
    let robot = Robot::serving(&Setup::new(&servers));
    ALICE.writes("Printer on the 3rd floor", "It pulls in two sheets at a time.").send(&servers);
    let question = letter(&servers, "alice", "confirm_ticket", 1);
    ALICE.answers(&question, "Yes.").send(&servers);
    let opened = letter(&servers, "anna", "staff_opened", 1);
    answers(&servers, ANNA, &opened, Reply::List, "close: It has a new roller.");
    let question = letter(&servers, "anna", "confirm_mail", 1);
    assert!(question.text.contains("close: It has a new roller."), "{}", question.text);
    assert_eq!(robot.tickets()[0].ticket.state, State::Open);
    answers(&servers, ANNA, &question, Reply::Sender, "yes");
    letter(&servers, "bob", "staff_changed", 1);
    letter(&servers, "alice", "changed", 1);
    assert_eq!(robot.tickets()[0].ticket.state, State::Closed);
    thread_of(&servers, "bob", &USUAL);
    // talk among colleagues is no request
    let before = servers.mails("anna").len();
    posts(BOB, "staff@team.example", "Lunch", "Who comes along?").send(&servers);
    servers.wait_for("anna", before + 1);
    let ends = ends(&servers, &robot);
    assert_eq!((ends("held"), robot.tickets().len()), (0, 1));
    robot.is_sound();
}

/// Shows T128: moderation, refusal, help, confirmation: nothing that the list's manager writes to us is a ticket, and it
/// gets no answer.
#[test]
fn what_mlmmj_writes_is_no_ticket() {
    // nobody but Anna may post, and we are asked to moderate what others do
    for language in ["en", "de", "fi"] {
        let controls = [
            ("subonlypost", ""),
            ("modnonsubposts", ""),
            ("notifymod", ""),
            ("moderators", "help@team.example\n"),
            ("owner", "help@team.example\n"),
            ("maxmailsize", "3000\n"),
            ("notifysub", ""),
        ];
        let servers = Servers::with_list(&["anna"], &controls, language);
        let robot = Robot::serving(&Setup::new(&servers).believing());
        let us = Person { name: "Help desk", user: "help" };
        let long = "It pulls in two sheets at a time. ".repeat(150);
        // a post to moderate and one in our own name, one that is too long, and questions to the manager
        posts(BOB, "staff@team.example", "Printer", "It is on fire.").send(&servers);
        posts(us, "staff@team.example", "Printer", "It is on fire.").send(&servers);
        posts(us, "staff@team.example", "Printer", &long).send(&servers);
        for to in ["subscribe", "unsubscribe", "help", "faq", "list", "get-1", "subscribe-digest"] {
            posts(us, &format!("staff+{to}@team.example"), "Printer", "It is on fire.").send(&servers);
        }
        posts(BOB, "staff+subscribe@team.example", "Printer", "It is on fire.").send(&servers);
        let notices = servers.wait_for("help", 11);
        let subjects: Vec<String> = notices.iter().map(|m| trackle::read::mail(m).unwrap().subject).collect();
        if language == "en" {
            for words in ["Please moderate", "Awaiting release", "denied: Printer", "Confirm subscription"] {
                assert!(subjects.iter().any(|subject| subject.contains(words)), "{subjects:?}");
            }
        }
        let asked = letters(&servers, "bob", "confirm_ticket").len();
        let ends = ends(&servers, &robot);
        assert_eq!((ends("applied"), ends("held"), ends("quarantined"), asked), (0, 0, 0, 0), "{language}");
        assert!(robot.tickets().is_empty(), "{language}");
        robot.logs("is a list manager's, staff+owner@team.example: does your list take our letters?", 3);
        robot.is_sound();
    }
}
