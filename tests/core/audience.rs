//! Who learns what. Ten thousand random worlds (people, roles, levels, notes, files, changes) are announced, and a few more
//! are lived through from mail to letter; a model of rights that knows nothing of how it is done says of each letter whether
//! its one reader may have it, and of each reader whether he got it.

mod lived;

#[path = "../trials/chance.rs"]
mod chance;

use super::address;
use chance::Chance;
use std::collections::BTreeSet;
use trackle::command::line::Reading;
use trackle::decide::{Case, announce};
use trackle::identify::sender::vouch;
use trackle::model::address::{Address, Mailbox};
use trackle::model::clues::Known;
use trackle::model::decision::{Change, Entry, Filed, What};
use trackle::model::fields::{Field, Fields};
use trackle::model::following::{Follower, Level};
use trackle::model::kind::{Kind, Nature};
use trackle::model::letter::{About, Letter, News, Recipient};
use trackle::model::links::Relation;
use trackle::model::mail::{Attachment, Mail};
use trackle::model::person::{Member, Person};
use trackle::model::proof::{Proof, Sender};
use trackle::model::robot::Robot;
use trackle::model::ticket::{Description, Number, State, Ticket, View};

const WORLDS: u64 = 10_000;
/// Two on staff, one of them with a second address, and four who are not.
const PEOPLE: [&str; 7] = [
    "ann@desk.example",
    "ann@home.example",
    "ben@desk.example",
    "alice@far.example",
    "bob@near.example",
    "carla@far.example",
    "dora@near.example",
];
const LIST: &str = "staff@desk.example";
const SECRET: &str = "He is difficult.";
const WORDS: &str = "It smokes.";

struct World {
    robot: Robot,
    filed: Filed,
    mail: Mail,
    sender: Sender,
}

fn person(id: i64, who: &str) -> Person {
    Person { id, address: address(who), name: String::new(), confirmed: None, language: None }
}

fn member(login: &str, addresses: &[&str]) -> Member {
    Member {
        login: login.into(),
        name: login.into(),
        address: address(addresses[0]),
        aliases: addresses[1..].iter().map(|a| address(a)).collect(),
        words: Vec::new(),
    }
}

fn somebody(chance: &mut Chance) -> &'static str {
    PEOPLE[chance.below(PEOPLE.len())]
}

fn some<'a>(chance: &mut Chance, all: &[&'a str], once_in: usize) -> Vec<&'a str> {
    all.iter().filter(|_| chance.once_in(once_in)).copied().collect()
}

fn change(chance: &mut Chance) -> Change {
    let who = || address("dora@near.example");
    let all = [
        What::State { from: State::Open, to: State::Closed },
        What::State { from: State::Closed, to: State::Open },
        What::Owner { from: None, to: Some("ann".into()) },
        What::Set { field: Field::Priority, from: None, to: Some("high".into()) },
        What::Set { field: Field::Private, from: None, to: Some("yes".into()) },
        What::Set { field: Field::Title, from: Some("Printer".into()), to: Some("Fire".into()) },
        What::Tagged { added: vec!["ink".into()], removed: Vec::new() },
        What::Related { relation: Relation::Duplicate, other: Number(7) },
        What::Worked { session: 3, host: "web1".into(), files: 2, discarded: false },
        What::Follows { who: who(), from: Some(Level::Short), to: None },
        What::Follows { who: who(), from: None, to: Some(Level::Short) },
        What::Invited { who: who() },
        What::Undelivered { recipient: "bob@near.example".into(), why: "550".into() },
    ];
    let remark = if chance.once_in(4) { "For all of you.".into() } else { String::new() };
    Change { line: 1, what: chance.of(&all).clone(), remark }
}

impl World {
    fn new(seed: u64) -> World {
        let chance = &mut Chance::new(seed);
        let mut robot = super::robot();
        robot.members = vec![member("ann", &PEOPLE[..2]), member("ben", &PEOPLE[2..3])];
        robot.also =
            some(chance, &["boss@desk.example", "ben@desk.example"], 3).into_iter().map(address).collect();
        let follower = |chance: &mut Chance, (at, who): (usize, &&str)| Follower {
            person: person(at as i64 + 1, who),
            level: *chance.of(&Level::ALL),
            suspended: chance.once_in(6),
        };
        let (followers, mut pick) = (PEOPLE.iter().enumerate(), Chance::new(!seed));
        let followers: Vec<Follower> =
            followers.filter(|_| pick.once_in(2)).map(|one| follower(chance, one)).collect();
        let ticket = Ticket {
            number: Number(12),
            state: State::Open,
            title: "Printer".into(),
            requester: person(50, somebody(chance)),
            owner: None,
            fields: Fields::default(),
            tags: Vec::new(),
            created: super::START,
            changed: super::START,
        };
        let view = View {
            ticket,
            followers,
            links: Vec::new(),
            named: some(chance, &PEOPLE, 4).into_iter().map(address).collect(),
            staff_thread: Vec::new(),
            outside_thread: Vec::new(),
            reopened_lately: 0,
            description: Description::First,
            lock: None,
        };
        let staff_only = chance.once_in(2);
        let text = if staff_only { SECRET } else { WORDS };
        let text = if chance.once_in(3) { "" } else { text }.to_owned();
        let entry = (!chance.once_in(3)).then_some(Entry { text, staff_only });
        let changes = (0..chance.below(4)).map(|_| change(chance)).collect();
        let filed = Filed { view, event: 9, changes, entry, quiet: chance.once_in(8), likely: Vec::new() };
        let from = address(somebody(chance));
        let staff = robot.member(&from).map(|m| m.login.clone());
        let proof = *chance.of(&[Proof::None, Proof::Domain, Proof::Confirmed]);
        let sender = Sender { address: from, name: String::new(), staff, proof, why: String::new() };
        let to = |who: &str| Mailbox { name: String::new(), addr: who.to_owned() };
        let everybody: Vec<&str> = PEOPLE.into_iter().chain([LIST]).collect();
        let file =
            Attachment { name: "salaries.pdf".into(), media: "application/pdf".into(), bytes: vec![1] };
        let mail = Mail {
            from: vec![to(sender.address.as_str())],
            to: some(chance, &everybody, 5).into_iter().map(to).collect(),
            attachments: (0..chance.below(2)).map(|_| file.clone()).collect(),
            ..Mail::default()
        };
        World { robot, filed, mail, sender }
    }

    fn letters(&self) -> Vec<Letter> {
        let why = String::new();
        let nature = Nature { kind: Kind::Mail, may_answer: true, sounds_away: false, why };
        let (known, reading) = (Known::default(), Reading::default());
        let vouched = vouch(&self.sender);
        let now = super::START;
        let case = Case {
            mail: &self.mail,
            nature: &nature,
            sender: Some(&self.sender),
            vouched: vouched.as_ref(),
            known: &known,
            reading: &reading,
            robot: &self.robot,
            released: false,
            agreed: None,
            now,
            today: now.to_zoned(jiff::tz::TimeZone::UTC).date(),
        };
        announce::letters(&self.filed, &[], case)
    }

    /// Whether two addresses are one person's.
    fn are_one(&self, one: &Address, other: &Address) -> bool {
        one == other || self.robot.member(one).is_some_and(|m| m.writes_from(other))
    }

    /// Those who are to be told, and whether in full: who follow it at once, can be reached, did not do it, and have it in no
    /// other way.
    fn audience(&self) -> Vec<(&Address, bool)> {
        let has_it = |who: &Address| {
            self.mail.to.iter().any(|to| to.address().is_some_and(|to| self.are_one(&to, who)))
        };
        let followers = self.filed.view.followers.iter().filter(|f| !f.suspended);
        let at_once = followers.filter(|f| matches!(f.level, Level::Short | Level::Full));
        at_once
            .map(|f| {
                (&f.person.address, f.level == Level::Full && self.robot.member(&f.person.address).is_some())
            })
            .filter(|(who, _)| {
                !self.are_one(&self.sender.address, who) && !has_it(who) && !self.robot.reads_list(who)
            })
            .collect()
    }

    /// What everybody who follows it may read of the mail.
    fn is_public(&self) -> bool {
        self.filed.entry.as_ref().is_some_and(|entry| !entry.staff_only)
    }

    /// Something for those who follow it with the short form.
    fn has_news(&self) -> bool {
        let changes = &self.filed.changes;
        let says = self.filed.entry.as_ref().is_some_and(|e| !e.text.is_empty())
            || !self.mail.attachments.is_empty();
        self.is_public() && says
            || changes.iter().any(|c| c.what.concerns_followers() || !c.remark.is_empty())
    }
}

/// Whether the letter is one that its reader may have, by the world's own rules.
fn is_right(world: &World, letter: &Letter) -> Result<(), String> {
    let to = letter.to.address();
    let audience = world.audience();
    let is = |right: bool, what: &str| if right { Ok(()) } else { Err(format!("{to}: {what}")) };
    match (&letter.about, &letter.to) {
        (About::StaffChanged { .. }, Recipient::Staff(_)) => is(world.robot.reads_list(to), "the long form"),
        (About::StaffChanged { .. }, Recipient::Person(_)) => {
            is(audience.contains(&(to, true)), "the long form")
        }
        (About::Changed { news, .. }, Recipient::Person(_)) => {
            is(audience.contains(&(to, false)), "the short form")?;
            let News { text, attachments, .. } = news.as_ref();
            is(!text.contains(SECRET), "a note")?;
            is(
                attachments.is_empty() || world.is_public(),
                "the files of a note, or of another ticket's mail",
            )
        }
        // receipts: of who follows it from now on, or no longer
        (About::Followed { .. } | About::Reply { .. }, _) => {
            let about = |change: &Change| matches!(&change.what, What::Follows { who, .. } if who == to);
            is(world.filed.changes.iter().any(about), "a receipt")
        }
        (about, _) => Err(format!("{to}: {about:?}")),
    }
}

#[test]
fn ten_thousand_worlds_tell_nobody_what_is_not_his() {
    for seed in 0..WORLDS {
        let world = World::new(seed);
        let letters = world.letters();
        for letter in &letters {
            is_right(&world, letter)
                .unwrap_or_else(|what| panic!("world {seed}: {what} for {:?}", world.filed));
        }
        if world.filed.quiet {
            continue;
        }
        let told = |is: fn(&About) -> bool| -> Vec<&Address> {
            letters.iter().filter(|l| is(&l.about)).map(|l| l.to.address()).collect()
        };
        let short = told(|about| matches!(about, About::Changed { .. }));
        let long: BTreeSet<&Address> =
            told(|about| matches!(about, About::StaffChanged { .. })).into_iter().collect();
        // and nobody is left out, or told twice
        let audience = world.audience();
        for (who, in_full) in &audience {
            let times = short.iter().filter(|told| **told == *who).count();
            assert_eq!(times, usize::from(!in_full && world.has_news()), "world {seed}: {who}");
            assert_eq!(long.contains(who), *in_full, "world {seed}: {who}");
        }
        let opened = world.filed.changes.iter().any(|c| c.what == What::Opened);
        let list_has = list_has_all(&world);
        assert_eq!(long.contains(&address(LIST)), !opened && !list_has, "world {seed}");
    }
}

/// The mail went to the list itself, by a member, and there is nothing else to say.
fn list_has_all(world: &World) -> bool {
    let went_there = world.mail.to.iter().filter_map(Mailbox::address).any(|to| world.robot.reads_list(&to));
    let posts = world.sender.staff.is_some() || world.robot.reads_list(&world.sender.address);
    went_there && posts && world.filed.changes.is_empty()
}
