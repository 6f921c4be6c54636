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

mod headers;
mod languages;
mod letters;
mod nasty;
mod replacements;
mod sessions;

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

fn frozen(letter: &Letter) -> Frozen {
    freeze(letter, &robot(), &wording(), &moment()).unwrap()
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

/// What a search found.
fn found(full: bool) -> Reply {
    let hit = |number, state, title: &str| Hit {
        number: Number(number),
        state,
        title: title.into(),
        snippet: "…the printer is on fire. It stands on the second floor, and the smoke comes…".into(),
    };
    let hits =
        vec![hit(12, State::Open, "Printer on fire"), hit(7, State::Closed, "bob@home.example cannot print")];
    Reply::Found { words: if full { "printer fire".into() } else { String::new() }, hits, full }
}

/// A mail that waits for Bob's yes.
fn waiting(lines: &[&str], has_text: bool, about: Option<Number>) -> Waiting {
    let lines = lines.iter().map(|l| (*l).to_owned()).collect();
    Waiting { at: now(), subject: String::new(), lines, has_text, would: vec![], about }
}

/// What may ask for the same.
fn likely() -> Vec<Hit> {
    let title = "Printer of bob@home.example smokes".into();
    vec![Hit { number: Number(7), state: State::Open, title, snippet: String::new() }]
}

/// A ticket that is shown.
fn shown_so(sight: Sight) -> Reply {
    let said = |name: &str, address: &str, text: &str, staff_only| Spoken {
        at: now(),
        name: name.into(),
        address: address.into(),
        text: text.into(),
        cut: false,
        staff_only,
        files: Vec::new(),
    };
    let asked = Spoken {
        files: vec![("smoke.png".into(), 120_000)],
        ..said("", "bob@home.example", "The printer is on fire.\n\nWhat shall I do?", false)
    };
    let anna = said("Anna Lee", "anna@corp.example", "He smokes himself.", true);
    let said = if sight == Sight::Staff { vec![asked, Spoken { cut: true, ..anna }] } else { vec![asked] };
    let said = if sight == Sight::Title { Vec::new() } else { said };
    Reply::Shown { ticket: Number(12), sight, said, left_out: usize::from(sight == Sight::Staff) * 7 }
}

/// A list of two.
fn listed(staff: bool) -> Reply {
    let line = |number, title: &str, owner: Option<&str>, marks: &[&str]| Listed {
        number: Number(number),
        state: State::Open,
        title: title.into(),
        owner: owner.map(str::to_owned),
        marks: marks.iter().map(|m| (*m).to_owned()).collect(),
        changed: now(),
    };
    let lines = vec![
        line(12, "Printer on fire", Some("anna"), &["high", "due Tue 1 Dec", "waits for #7"]),
        line(7, &"bob@home.example cannot print ".repeat(5), None, &[]),
    ];
    Reply::Listed { sort: Sort::Open, staff, listing: Listing { lines } }
}

/// One letter of each kind.
fn all() -> Vec<Letter> {
    let view = || Box::new(view());
    let told = || Box::new(News { text: "Which one?".into(), changes: vec![close()], ..news() });
    let asked = || Box::new(asked());
    let answers = || Some(id("asked@home.example"));
    let line = NotRun { line: "close the window first".into(), why: Refusal::Unknown { nearest: None } };
    let reply = |reply, known: bool| About::Reply { reply, view: known.then(view), answers: answers() };
    vec![
        letter(
            Recipient::Sender(address("bob@home.example")),
            About::ConfirmTicket {
                code: "c17-abcdefghijklmnopqrst".into(),
                likely: likely(),
                answers: answers(),
            },
        ),
        to_bob(About::ConfirmMail {
            code: "c18-abcdefghijklmnopqrst".into(),
            mails: vec![waiting(&["close", "take 14"], true, Some(Number(12)))],
            answers: answers(),
        }),
        to_bob(About::Opened { view: view(), likely: likely() }),
        to_staff(About::StaffOpened { view: view(), news: asked(), likely: likely() }),
        to_staff(About::StaffChanged { view: view(), news: told() }),
        to_bob(About::Changed { view: view(), news: told() }),
        to_bob(reply(Reply::Help { staff: false, verb: None }, false)),
        to_bob(reply(found(false), false)),
        to_bob(reply(shown_so(Sight::Part), true)),
        to_bob(reply(listed(false), false)),
        to_bob(reply(Reply::Transcript { about: Some(Number(12)), lines: vec![line], has_text: true }, true)),
        to_bob(reply(Reply::Already { ticket: Some(Number(12)) }, true)),
        to_bob(reply(Reply::TooLate { ticket: None }, false)),
        to_bob(reply(Reply::Left { ticket: Some(Number(12)), by: None }, true)),
        to_bob(About::Followed { view: view(), level: Level::Short, others: vec![], answers: answers() }),
        letter(
            Recipient::Sender(address("eve@home.example")),
            About::Invited { code: "c19-abcdefghijklmnopqrst".into(), view: view(), by: "Anna Lee".into() },
        ),
        to_bob(About::Done {
            view: view(),
            deeds: Deeds { asked: vec![address("eve@home.example")], ..Deeds::default() },
            answers: answers(),
        }),
        to_bob(About::Requester { view: view(), by: "Anna Lee".into() }),
        to_bob(About::Suspended { warning: 1 }),
        to_staff(About::Complained { view: Some(view()), recipient: "bob@home.example".into() }),
        to_staff(quarantined()),
        to_staff(About::DiskFull { free: 12, wanted: 102 }),
        to_staff(mailbox(Upset::Another { mark: "$Trackle-k3x9".into() })),
        to_staff(host(Some("c20-abcdefghijklmnopqrst"))),
        letter(Recipient::Sender(address("anna@corp.example")), kept(None)),
        to_staff(About::Undelivered {
            view: Some(view()),
            recipient: "bob@home.example".into(),
            why: "550 5.1.1 no such user".into(),
        }),
        to_staff(About::Digest { digest: Box::new(digest()) }),
        to_bob(About::Roundup { roundup: Box::new(roundup()) }),
        letter(Recipient::Staff(address("anna@corp.example")), About::Own { own: Box::new(own()) }),
        to_staff(About::SessionLog { view: view(), told: Box::new(sessions::told()) }),
    ]
}

/// Two mails that could not be handled.
fn quarantined() -> About {
    let stuck =
        |intake, size, print: &str, why: &str| Stuck { intake, size, print: print.into(), why: why.into() };
    let large = stuck(81, 26_400_000, "9f86d081884c", "larger than 26214400 bytes");
    let items = vec![large, stuck(82, 3_100, "60303ae22b99", "tried three times")];
    About::Quarantined { items, stopped: vec![stopped()] }
}

/// A mailbox with something odd.
fn mailbox(upset: Upset) -> About {
    About::Mailbox { mailbox: "imap:help@mail.corp.example/INBOX".into(), upset }
}

/// A host that wants to be believed, or is.
fn host(code: Option<&str>) -> About {
    let card = Card {
        name: "web1.corp.example".into(),
        login: Some("root".into()),
        member: Some("anna".into()),
        key: HostKey([1; 32]),
        program: "0.1.0".into(),
    };
    let by = if code.is_some() { "root@web1.corp.example" } else { "anna@corp.example" };
    About::Host { card: Box::new(card), code: code.map(str::to_owned), by: by.into() }
}

/// A session of Anna's on that host that was filed, or was not.
fn kept(number: Option<u64>) -> About {
    let note = match number {
        Some(_) => "#12 is closed by now: answer its thread with `reopen` if that is wrong.".into(),
        None => "There is no ticket #99.".into(),
    };
    About::Kept {
        kept: Box::new(Kept {
            name: "Anna Lee".into(),
            host: "web1.corp.example".into(),
            started: now(),
            number,
            ticket: number.map(|_| Number(12)),
            notes: vec![note],
            mail: 81,
        }),
    }
}

/// Many mails that one rule holds.
fn stopped() -> Stopped {
    let why = "bob@home.example sent more than 60 mails within an hour; if this one is wanted, let it through with \
               `trackle quarantine retry`";
    Stopped { why: why.into(), mails: (90..100).collect(), count: 31 }
}

/// What Bob finds on a Monday.
fn roundup() -> Roundup {
    let piece = |who: &str, say| Piece { at: now(), who: who.into(), say };
    let remark = "It is out. Please use the one on the third floor until Monday, when the new one comes.";
    let what = What::State { from: State::Open, to: State::Closed };
    let closed = Say::Changed { what, remark: remark.into(), hidden: false };
    let taken = What::Owner { from: None, to: Some("anna".into()) };
    let taken = Say::Changed { what: taken, remark: String::new(), hidden: false };
    let asked =
        Say::Wrote { text: "Hello,\n\nit is slow here too, on all floors.\n\nCarla".into(), files: 1 };
    let told = |number, title: &str, state, news| Told {
        number: Number(number),
        title: title.into(),
        state,
        news,
        more: 0,
    };
    Roundup {
        level: Level::Weekly,
        now: now(),
        zone: jiff::tz::TimeZone::UTC,
        person: 3,
        tickets: vec![
            told(
                12,
                "Printer on fire",
                State::Closed,
                vec![piece("Anna Lee", taken), piece("Anna Lee", closed)],
            ),
            told(13, "Wiki is slow", State::Open, vec![piece("Carla", asked)]),
        ],
        more: 0,
    }
}

/// What Anna finds in the morning.
fn own() -> Own {
    let act = |hours: i64, number, title: &str, what, proof: &str| Act {
        at: now() - jiff::SignedDuration::from_hours(hours),
        number: Number(number),
        title: title.into(),
        what,
        proof: proof.into(),
    };
    let closed = What::State { from: State::Open, to: State::Closed };
    let due = What::Set { field: Field::Due, from: None, to: Some("2026-11-27".into()) };
    let follows = What::Follows { who: address("anna@corp.example"), from: None, to: Some(Level::Daily) };
    Own {
        since: now() - jiff::SignedDuration::from_hours(24),
        now: now(),
        zone: jiff::tz::TimeZone::UTC,
        login: "anna".into(),
        acts: vec![
            act(20, 12, "Printer on fire", closed, "submission"),
            act(19, 10, "Laptop for the new colleague", due, "confirmed"),
            act(5, 13, "Wiki is slow", What::Commented, "none"),
            act(4, 13, "Wiki is slow", follows, "domain"),
        ],
        more: 0,
    }
}

/// A line of a digest.
fn standing(number: u32, title: &str, owner: Option<&str>, hours: i64) -> Standing {
    Standing {
        number: Number(number),
        title: title.into(),
        owner: owner.map(str::to_owned),
        since: now() - jiff::SignedDuration::from_hours(hours),
        fields: Fields::default(),
        ties: Ties::default(),
        points: 0,
    }
}

impl Standing {
    fn with(mut self, field: Field, value: &str) -> Standing {
        self.fields.set(field, Some(value.into()));
        self
    }
}

/// What a small team finds in the morning.
fn digest() -> Digest {
    let deed = |number, title: &str, what, actor: &str, name: &str| Deed {
        number: Number(number),
        title: title.into(),
        what,
        actor: actor.into(),
        name: name.into(),
    };
    let taken = What::Owner { from: None, to: Some("anna".into()) };
    let again = What::State { from: State::Closed, to: State::Open };
    let closed = What::State { from: State::Open, to: State::Closed };
    let high = What::Set { field: Field::Priority, from: None, to: Some("high".into()) };
    let mut fire = standing(12, "Printer on fire", Some("anna"), 73).with(Field::Priority, "high");
    fire.ties = Ties { needed_by: vec![Number(16)], part_of: Some(Number(3)), ..Ties::default() };
    let mut ink = standing(16, "New toner for the printer on the second floor", None, 50);
    ink.ties.waits_for = vec![Number(12)];
    Digest {
        fresh: vec![standing(14, "The projector in room 2 shows green only", None, 5)],
        due: vec![
            standing(11, "Certificate of the wiki", Some("anna"), 200).with(Field::Due, "2026-11-19"),
            standing(10, "Laptop for the new colleague", None, 80).with(Field::Due, "2026-11-27"),
        ],
        old: vec![standing(3, "A second key for the archive", Some("anna"), 24 * 40)],
        ours: vec![fire, standing(13, "Wiki is slow", None, 30)],
        theirs: vec![standing(9, "No mail since Friday", Some("anna"), 25).with(Field::Private, "yes")],
        blocked: vec![ink],
        put_off: vec![
            standing(4, "Chairs", None, 90).with(Field::Wait, "2026-11-23"),
            standing(5, "Tables", None, 90).with(Field::Wait, "later"),
        ],
        deeds: vec![
            deed(12, "Printer on fire", taken, "anna@corp.example", ""),
            deed(7, "New laptop", again, "bob@home.example", "Bob Hill"),
            deed(8, "Door code", closed, "anna@corp.example", "Anna"),
            deed(12, "Printer on fire", high, "anna@corp.example", ""),
        ],
        lost: vec![Lost {
            number: Some(Number(8)),
            recipient: "carla@home.example".into(),
            why: "550 5.1.1 no such user".into(),
        }],
        unconfirmed: 2,
        held: 1,
        quarantined: 1,
        stopped: vec![stopped()],
        ..Digest::nothing(
            now() - jiff::SignedDuration::from_hours(26),
            now(),
            jiff::tz::TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap(),
        )
    }
}
