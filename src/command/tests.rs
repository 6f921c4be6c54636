//! A stage for the verbs: one ticket, its people, and a line that one of them says.

use super::{Does, Saying, TABLE, line, may};
use crate::model::address::Address;
use crate::model::decision::What;
use crate::model::fields::{Field, Fields, Values};
use crate::model::following::{Follower, Level};
use crate::model::links::{Link, Relation, Step};
use crate::model::person::{Member, Person};
use crate::model::proof::{Proof, Sender, Vouched};
use crate::model::refusal::Refusal;
use crate::model::robot::{Policy, Robot, Trust};
use crate::model::seal::Seal;
use crate::model::ticket::{Description, Number, State, Ticket, View};
use jiff::Timestamp;

pub fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn member(login: &str, addresses: &[&str]) -> Member {
    let mut all = addresses.iter().map(|a| address(a));
    Member {
        login: login.into(),
        name: login.into(),
        address: all.next().unwrap(),
        aliases: all.collect(),
        words: vec![],
    }
}

fn robot() -> Robot {
    Robot {
        address: address("help@x.example"),
        name: "Help".into(),
        aliases: vec![],
        delimiter: Some('+'),
        returns: true,
        base_url: None,
        list: address("staff@x.example"),
        also: vec![],
        members: vec![
            member("ann", &["a@staff.example"]),
            member("bob", &["b@staff.example", "robert@home.example"]),
            member("andy", &["andy@staff.example"]),
        ],
        trust: Trust::default(),
        policy: Policy::default(),
        values: Values::default(),
        seal: Seal::new(vec![[7; 32]]),
    }
}

/// Ticket 1 of ren@users.example, who has named@users.example in Cc; staff is ann.
pub struct Scene {
    view: View,
    /// Tickets 2 and 3, of the same requester.
    others: Vec<View>,
    steps: Vec<Step>,
    actor: (&'static str, Option<&'static str>),
}

impl Scene {
    pub fn new() -> Scene {
        let requester = Person {
            id: 1,
            address: address("ren@users.example"),
            name: "Ren".into(),
            confirmed: None,
            language: None,
        };
        let ticket = Ticket {
            number: Number(1),
            state: State::Open,
            title: "No ink".into(),
            requester: requester.clone(),
            owner: None,
            fields: Fields::default(),
            tags: vec![],
            created: Timestamp::UNIX_EPOCH,
            changed: Timestamp::UNIX_EPOCH,
        };
        let view = View {
            ticket,
            followers: vec![Follower { person: requester, level: Level::Short, suspended: false }],
            links: vec![],
            named: vec![address("named@users.example")],
            staff_thread: vec![],
            outside_thread: vec![],
            reopened_lately: 0,
            description: Description::First,
            lock: None,
        };
        let other = |number| {
            let mut other = view.clone();
            other.ticket.number = Number(number);
            other
        };
        let others = vec![other(2), other(3), view.clone()];
        Scene { view, others, steps: vec![], actor: ("a@staff.example", Some("ann")) }
    }
    pub fn state(mut self, state: State) -> Scene {
        self.view.ticket.state = state;
        self
    }
    pub fn owner(mut self, login: &str) -> Scene {
        self.view.ticket.owner = Some(login.into());
        self
    }
    pub fn field(mut self, field: Field, value: &str) -> Scene {
        self.view.ticket.fields.set(field, Some(value.into()));
        self
    }
    pub fn tagged(mut self, word: &str) -> Scene {
        self.view.ticket.tags.push(word.into());
        self
    }
    /// The ticket is that to another one.
    pub fn linked(mut self, relation: Relation, other: u32) -> Scene {
        self.view.links.push(link(relation, true, other));
        self
    }
    /// The other ticket is that to this one.
    pub fn needed_by(mut self, relation: Relation, other: u32) -> Scene {
        self.view.links.push(link(relation, false, other));
        let back = link(relation, true, 1);
        self.others
            .iter_mut()
            .filter(|v| v.ticket.number.0 == other)
            .for_each(|v| v.links.push(back.clone()));
        self
    }
    /// A ticket that the mail does not name is that to another one.
    pub fn beyond(mut self, from: u32, relation: Relation, to: u32) -> Scene {
        self.steps.push(Step { from: Number(from), relation, to: Number(to) });
        self
    }
    /// Another ticket is that to one that the mail does not name.
    pub fn named_to(mut self, from: u32, relation: Relation, to: u32) -> Scene {
        let other = self.others.iter_mut().find(|v| v.ticket.number.0 == from).unwrap();
        other.links.push(link(relation, true, to));
        self
    }
    /// Another ticket is private, and these are the people who have a part in it.
    pub fn private_for(mut self, number: u32, people: &[&str]) -> Scene {
        for other in self.others.iter_mut().filter(|v| v.ticket.number.0 == number) {
            other.ticket.fields.set(Field::Private, Some("yes".into()));
            other.ticket.requester.address = address("boss@users.example");
            other.followers.clear();
            other.named = people.iter().map(|who| address(who)).collect();
        }
        self
    }
    pub fn reopened(mut self, times: u32) -> Scene {
        self.view.reopened_lately = times;
        self
    }
    pub fn staff(mut self) -> Scene {
        self.actor = ("a@staff.example", Some("ann"));
        self
    }
    pub fn requester(mut self) -> Scene {
        self.actor = ("REN@users.example", None);
        self
    }
    pub fn named(mut self) -> Scene {
        self.actor = ("named@users.example", None);
        self
    }
    pub fn stranger(mut self) -> Scene {
        self.actor = ("evil@elsewhere.example", None);
        self
    }
    /// What comes of that line: is it allowed, and what is the one thing that it changes?
    pub fn says(self, text: &str) -> Result<What, Refusal> {
        self.says_all(text).map(|all| match all.as_slice() {
            [one] => one.clone(),
            _ => panic!("{text:?} changes {all:?}"),
        })
    }
    /// All that it changes.
    pub fn says_all(self, text: &str) -> Result<Vec<What>, Refusal> {
        let (from, login) = self.actor;
        let vouched = Vouched::attest(Sender {
            address: address(from),
            name: String::new(),
            staff: login.map(str::to_owned),
            proof: Proof::Domain,
            why: String::new(),
        });
        let reading = line::read(text, login.is_some());
        let order = reading.orders.first().unwrap_or_else(|| panic!("{text:?} is no command: {reading:?}"));
        may(order.verb, &self.view, &vouched)?;
        let Does::Change(act) = order.verb.does else { panic!("{text:?} changes nothing by itself") };
        let today = "2026-11-21".parse().unwrap();
        act(&Saying {
            order,
            view: &self.view,
            others: &self.others,
            steps: &self.steps,
            vouched: &vouched,
            robot: &robot(),
            today,
        })
    }
}

fn link(relation: Relation, outward: bool, other: u32) -> Link {
    Link {
        relation,
        outward,
        other: Number(other),
        state: State::Open,
        title: "Other".into(),
        private: false,
        held: false,
    }
}

pub fn refused<T: std::fmt::Debug>(answer: Result<T, Refusal>) -> Refusal {
    answer.unwrap_err()
}

#[test]
fn every_word_means_one_thing_and_is_written_plainly() {
    let words: Vec<&str> = TABLE.iter().flat_map(|verb| verb.words()).collect();
    for (at, word) in words.iter().enumerate() {
        // tickets and files are both shown, and told apart by what follows
        assert!(*word == "show" || !words[at + 1..].contains(word), "{word} twice");
        assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b == b' '), "{word}");
    }
    for verb in TABLE {
        assert!(verb.usage.starts_with(verb.word), "{}", verb.word);
        assert!(!verb.what.is_empty() && !verb.what.contains('\n'), "{}", verb.word);
    }
}

#[test]
fn a_ticket_that_is_not_confirmed_is_known_to_nobody() {
    for line in ["close", "reopen", "take", "assign bob", "drop"] {
        let answer = Scene::new().state(State::Unconfirmed).owner("bob").staff().says(line);
        assert_eq!(refused(answer), Refusal::NoTicket(Number(1)), "{line}");
    }
}
