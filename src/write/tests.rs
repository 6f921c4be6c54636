//! Every letter with friendly and with nasty values, as its receiver sees it.

use super::*;
use crate::limits;
use crate::model::address::Address;
use crate::model::bundle::HostKey;
use crate::model::clues::Hit;
use crate::model::decision::{Change, Reply, What};
use crate::model::digest::{Deed, Digest, Lost, Standing};
use crate::model::fields::{Field, Fields, Values};
use crate::model::following::{Follower, Level};
use crate::model::host::{Card, Kept};
use crate::model::language::Language;
use crate::model::letter::{
    About, Chain, Deeds, Group, News, Recipient, Stopped, Stuck, Upset, VerbHelp, Waiting,
};
use crate::model::links::{Link, Relation, Ties};
use crate::model::mail::{Attachment, MessageId};
use crate::model::person::{Member, Person};
use crate::model::refusal::{NotRun, Refusal};
use crate::model::robot::{Policy, Trust};
use crate::model::roundup::{Act, Own, Piece, Roundup, Say, Told};
use crate::model::seal::Seal;
use crate::model::shown::{Listed, Listing, Sight, Sort, Spoken};
use crate::model::ticket::{Description, Number, State, Ticket, View};

mod bodies;
mod headers;
mod languages;
mod letters;
mod mornings;
mod nasty;
mod replacements;
mod samples;
mod sessions;

use mornings::*;
use samples::*;
use std::sync::LazyLock;

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn id(text: &str) -> MessageId {
    MessageId::parse(text).unwrap()
}

/// A Saturday morning.
fn now() -> Timestamp {
    "2026-11-21T08:15:00Z".parse().unwrap()
}

fn moment() -> Moment {
    Moment { now: now(), chain: Chain::of(41, &"0af9".repeat(16)), language: None }
}

pub(in crate::write) fn robot() -> Robot {
    let anna = Member {
        login: "anna".into(),
        name: "Anna Lee".into(),
        address: address("anna@corp.example"),
        aliases: Vec::new(),
        words: Vec::new(),
    };
    Robot {
        address: address("help@corp.example"),
        name: "Help desk".into(),
        aliases: Vec::new(),
        delimiter: Some('+'),
        returns: true,
        base_url: None,
        list: address("staff@lists.corp.example"),
        also: Vec::new(),
        members: vec![anna],
        trust: Trust::default(),
        policy: Policy::default(),
        values: Values::default(),
        seal: Seal::new(vec![[7; 32]]),
    }
}

fn bob() -> Person {
    Person {
        id: 3,
        address: address("bob@home.example"),
        name: "Bob Hill".into(),
        confirmed: Some(now()),
        language: None,
    }
}

fn follows(person: Person) -> Follower {
    Follower { person, level: Level::Short, suspended: false }
}

fn view() -> View {
    View {
        ticket: Ticket {
            number: Number(12),
            state: State::Open,
            title: "Printer on fire".into(),
            requester: bob(),
            owner: None,
            fields: Fields::default(),
            tags: vec![],
            created: now(),
            changed: now(),
        },
        followers: vec![follows(bob())],
        links: vec![],
        named: Vec::new(),
        staff_thread: Vec::new(),
        outside_thread: vec![id("first@home.example")],
        reopened_lately: 0,
        description: Description::First,
        lock: None,
    }
}

fn change(line: u32, what: What) -> Change {
    Change { line, what, remark: String::new() }
}

fn close() -> Change {
    change(1, What::State { from: State::Open, to: State::Closed })
}

/// What Anna wrote.
fn news() -> News {
    News {
        actor: "Anna Lee".into(),
        actor_address: "anna@corp.example".into(),
        proof: "proven by our own mail server".into(),
        by_person: true,
        ..News::default()
    }
}

/// What Bob asked.
fn asked() -> News {
    News {
        actor: "Bob Hill".into(),
        actor_address: "bob@home.example".into(),
        proof: "confirmed by mail".into(),
        text: "The printer on the second floor is on fire.\n\nWhat shall I do?\n\nBob".into(),
        by_person: true,
        ..News::default()
    }
}

fn letter(to: Recipient, about: About) -> Letter {
    Letter { to, about, event: 40, not_before: None }
}

fn to_bob(about: About) -> Letter {
    letter(Recipient::Person(bob()), about)
}

fn to_staff(about: About) -> Letter {
    letter(Recipient::Staff(address("staff@lists.corp.example")), about)
}

/// Every template of every language is tried out when words are read: once is enough for all letters of these tests.
static WORDING: LazyLock<Wording> = LazyLock::new(wording);

fn frozen(letter: &Letter) -> Frozen {
    freeze(letter, &robot(), &WORDING, &moment()).unwrap()
}

fn wording() -> Wording {
    let mut wording = Wording::built_in();
    let verb = |usage: &str, what: &str, staff_only| VerbHelp {
        usage: usage.to_owned(),
        what: what.to_owned(),
        staff_only,
        word: usage.split(' ').next().unwrap().to_owned(),
        also: vec!["done".into(), "fixed".into()],
        group: if usage.starts_with("prio") { Group::Fields } else { Group::EveryDay },
        seldom: false,
    };
    wording.verbs = vec![
        verb("close [12 …] [: words for the requester]", "the work is done", false),
        verb("take [12 …]", "it is yours now", true),
        verb("prio high [12 …]", "how much it matters to staff, in more words than one line can hold", true),
    ];
    wording
}

/// A header field, unfolded and decoded.
fn field(frozen: &Frozen, name: &str) -> Option<String> {
    use mailparse::MailHeaderMap;
    let mail = mailparse::parse_mail(&frozen.bytes).unwrap();
    #[allow(clippy::disallowed_methods)] // our own mail
    let value = mail.headers.get_first_header(name).map(|h| h.get_value());
    value
}

/// Subject and text as a mail program shows them.
fn shown(frozen: &Frozen) -> String {
    let mail = mailparse::parse_mail(&frozen.bytes).unwrap();
    let text = mail.subparts.first().unwrap_or(&mail).get_body().unwrap().replace("\r\n", "\n");
    format!("{}\n\n{}", field(frozen, "Subject").unwrap(), text)
}
