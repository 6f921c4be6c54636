//! Worlds that are lived through: people write, answer, note, close, hide, follow, leave and ask at chance, and every text,
//! file name and title that anybody writes holds a mark. Each mark in each letter has to be one that its reader may know.

use super::super::{Desk, Letter, START, answer, proven};
use super::LIST;
use super::chance::Chance;
use jiff::SignedDuration;
use std::collections::BTreeMap;
use trackle::model::digest::{Days, Schedule};
use trackle::model::ticket::{Number, State, View};
use trackle::pipeline::digest::{owe_due, own, roundups};
use trackle::read;

const WORLDS: u64 = 16;
const DEEDS: usize = 40;
const ANN: &str = "ann@desk.example";
const PEOPLE: [&str; 4] = ["alice@far.example", "bob@near.example", "carla@far.example", "dora@near.example"];
/// Letters that wait for a yes.
const QUESTIONS: [&str; 3] = ["confirm_ticket", "confirm_mail", "invited"];

/// Whose a mark is.
#[derive(Debug, Clone)]
enum Of {
    Title(u32),
    /// The subject of a mail to that ticket, which may become the title of a new one.
    Subject(u32),
    /// Said in that ticket, to all who follow it or to staff only.
    Said {
        ticket: u32,
        staff_only: bool,
    },
}

struct World {
    desk: Desk,
    chance: Chance,
    /// Who wrote it, and what it was.
    marks: BTreeMap<String, (&'static str, Of)>,
    tickets: u32,
    /// Marks that others than staff were told of.
    told: usize,
    log: String,
}

impl World {
    fn new(seed: u64) -> World {
        let mut desk = Desk::new();
        let at = jiff::civil::Time::midnight();
        desk.house.digest = Schedule { days: Days::Daily, at, news: true, own: true, ..Schedule::never() };
        let (marks, log) = (BTreeMap::new(), format!("world {seed}\n"));
        World { desk, chance: Chance::new(seed), marks, tickets: 0, told: 0, log }
    }

    fn mark(&mut self, author: &'static str, of: Of) -> String {
        let mark = format!("mark{}end", self.marks.len());
        self.marks.insert(mark.clone(), (author, of));
        mark
    }

    fn view(&mut self, ticket: u32) -> Option<View> {
        self.desk.store.transact(|tx| tx.view(Number(ticket), START)).unwrap()
    }

    fn may_know(&mut self, who: &str, mark: &str) -> bool {
        let (author, of) = self.marks[mark].clone();
        if who == LIST || who == ANN || who == author {
            return true;
        }
        let (Of::Title(ticket) | Of::Subject(ticket) | Of::Said { ticket, .. }) = of;
        let view = self.view(ticket).expect("a ticket");
        let has_part = view.has_part(&super::address(who));
        // what somebody wrote who had no part in it is everybody's once he has
        let by_party = author != ANN && view.has_part(&super::address(author));
        let is_known = view.ticket.state != State::Unconfirmed && !view.ticket.fields.is_private();
        match of {
            Of::Title(_) => has_part || is_known,
            Of::Subject(_) => false,
            Of::Said { staff_only, .. } => has_part && (!staff_only || by_party),
        }
    }

    /// Something is mailed to an address of the robot; `file` is a name.
    fn send(&mut self, who: &str, to: &str, subject: &str, text: &str, file: Option<&str>) {
        let id = self.desk.uid;
        let date = self.desk.now.strftime("%a, %d %b %Y %H:%M:%S +0000");
        let head = format!(
            "From: {who}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{id}.lived@{}>\nDate: {date}\n",
            who.split('@').next_back().unwrap()
        );
        let body = match file {
            Some(name) => format!(
                "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n{text}\n--b\nContent-Type: application/pdf\n\
                 Content-Disposition: attachment; filename=\"{name}.pdf\"\n\nx\n--b--\n"
            ),
            None => format!("\n{text}\n"),
        };
        self.log.push_str(&format!("{who} to {to}, {subject}: {text:?} {file:?}\n"));
        let trace = self.desk.send(&proven(who, &format!("{head}{body}")));
        self.log.push_str(&format!("  {:?}: {}\n", trace.end, trace.why));
        self.read_letters();
    }

    /// Everybody reads his letters, and answers most questions.
    fn read_letters(&mut self) {
        loop {
            let letters = self.desk.letters();
            if letters.is_empty() {
                return;
            }
            for letter in letters {
                self.look_at(&letter);
                if QUESTIONS.contains(&letter.header("X-Trackle-Kind").as_str()) && !self.chance.once_in(5) {
                    let yes = answer(&letter, &letter.to, "yes");
                    let date = self.desk.now.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
                    let yes = yes.replace("Fri, 15 Jan 2027 08:00:00 +0000", &date);
                    self.desk.send(&yes);
                }
            }
        }
    }

    fn look_at(&mut self, letter: &Letter) {
        let mail = read::mail(letter.text.as_bytes()).unwrap();
        let mut all = format!("{}\n{}\n", mail.subject, mail.text);
        for file in &mail.attachments {
            all.push_str(&format!("{} {}\n", file.name, String::from_utf8_lossy(&file.bytes)));
        }
        let ends = all
            .match_indices("mark")
            .filter_map(|(at, _)| all[at..].find("end").map(|len| &all[at..at + len + 3]));
        let marks: Vec<String> =
            ends.filter(|mark| self.marks.contains_key(*mark)).map(str::to_owned).collect();
        // who invites somebody says to what
        let invited = letter.header("X-Trackle-Kind") == "invited";
        for mark in marks {
            let told = invited && matches!(self.marks[&mark].1, Of::Title(_));
            let known = told || self.may_know(&letter.to, &mark);
            assert!(
                known,
                "{}{} learns {mark}, {:?}:\n{}",
                self.log, letter.to, self.marks[&mark], letter.text
            );
            self.told += usize::from(letter.to != LIST && letter.to != ANN);
        }
    }

    /// Somebody asks for something new; somebody else may stand in Cc.
    fn open(&mut self) {
        let who = *self.chance.of(&PEOPLE);
        let next = self.tickets + 1;
        let title = self.mark(who, Of::Title(next));
        let text = self.mark(who, Of::Said { ticket: next, staff_only: false });
        let other = *self.chance.of(&PEOPLE);
        let to = if self.chance.once_in(3) {
            format!("help@desk.example\nCc: {other}")
        } else {
            "help@desk.example".into()
        };
        self.send(who, &to, &title, &format!("About {text}, please."), None);
        let after = self.view(next);
        assert!(after.is_some(), "{}", self.log);
        self.tickets = next;
    }

    /// Ann or one who has a part in it adds something to a ticket.
    fn add(&mut self, ticket: u32) {
        let view = self.view(ticket).unwrap();
        let parties: Vec<&'static str> =
            PEOPLE.into_iter().filter(|p| view.has_part(&super::address(p))).chain([ANN]).collect();
        let who = *self.chance.of(&parties);
        let staff_only = who == ANN && self.chance.once_in(2);
        let said = self.mark(who, Of::Said { ticket, staff_only });
        let file = self.mark(who, Of::Said { ticket, staff_only });
        let (note, file) = (if staff_only { "note\n\n" } else { "" }, self.chance.once_in(2).then_some(file));
        let text = match self.chance.below(3) {
            0 if file.is_some() => note.trim_end().to_owned(),
            1 if staff_only => format!("note: {said}"),
            _ => format!("{note}It is about {said}, you see."),
        };
        self.send(who, &format!("help+{ticket}@desk.example"), "Re: it", &text, file.as_deref());
    }

    /// Ann orders something about one ticket in a mail about another.
    fn order_beside(&mut self, ticket: u32, other: u32) {
        let remark = self.mark(ANN, Of::Said { ticket: other, staff_only: false });
        let said = self.mark(ANN, Of::Said { ticket, staff_only: false });
        let file = self.mark(ANN, Of::Said { ticket, staff_only: false });
        let text = format!("close {other}: it was {remark}\n\nAnd {said} too.");
        self.send(ANN, &format!("help+{ticket}@desk.example"), "Re: it", &text, Some(&file));
    }

    /// Somebody who has no part in a ticket writes to it: it is for staff, or becomes a ticket of his own.
    fn intrude(&mut self, ticket: u32) {
        let view = self.view(ticket).unwrap();
        let who = *self.chance.of(&PEOPLE);
        if view.has_part(&super::address(who)) {
            return;
        }
        let title = self.mark(who, Of::Subject(ticket));
        let said = self.mark(who, Of::Said { ticket, staff_only: true });
        let file = self.mark(who, Of::Said { ticket, staff_only: true });
        let text = format!("I say {said}, all the same.");
        self.send(who, &format!("help+{ticket}@desk.example"), &title, &text, Some(&file));
    }

    fn deed(&mut self) {
        let (ticket, other) = (
            1 + self.chance.below(self.tickets as usize) as u32,
            1 + self.chance.below(self.tickets as usize) as u32,
        );
        let who = *self.chance.of(&PEOPLE);
        let before = self.marks.len();
        self.one_of_them(ticket, other, who);
        // where the ticket is none that its writer could know of, his mail is a new one
        while self.view(self.tickets + 1).is_some() {
            self.tickets += 1;
            for (name, (_, of)) in &mut self.marks {
                let number: usize = name["mark".len()..name.len() - "end".len()].parse().unwrap();
                match of {
                    _ if number < before => {}
                    Of::Subject(_) => *of = Of::Title(self.tickets),
                    Of::Said { ticket: there, .. } if *there == ticket => {
                        *of = Of::Said { ticket: self.tickets, staff_only: false };
                    }
                    _ => {}
                }
            }
        }
    }

    fn one_of_them(&mut self, ticket: u32, other: u32, who: &'static str) {
        let at = format!("help+{ticket}@desk.example");
        match self.chance.below(14) {
            0 => self.open(),
            1..5 => self.add(ticket),
            5 => self.order_beside(ticket, other),
            6 => self.intrude(ticket),
            7 => {
                let order = *self.chance.of(&["private", "public", "take", "wait user", "undo"]);
                self.send(ANN, &at, "Re: it", order, None);
            }
            8 => {
                let word = *self.chance.of(&["dup", "link", "depends on"]);
                self.send(ANN, &at, "Re: it", &format!("{word} {other}"), None);
            }
            9 => {
                let word = *self.chance.of(&["cc", "remove"]);
                self.send(ANN, &at, "Re: it", &format!("{word} {who}"), None);
            }
            10 | 11 => {
                let word = *self.chance.of(&["subscribe", "unsubscribe", "mute", "digest daily"]);
                self.send(who, "help@desk.example", "news", &format!("!{word} {ticket}"), None);
            }
            12 => {
                let word = *self.chance.of(&["show", "close"]);
                self.send(who, "help@desk.example", "show", &format!("!{word} {ticket}\n!list mine"), None);
                let words = *self.chance.of(&["search: about", "search: it", "search: mark"]);
                self.send(who, "help@desk.example", words, "", None);
            }
            _ => self.next_day(),
        }
    }

    fn next_day(&mut self) {
        self.desk.now += SignedDuration::from_hours(24);
        let (house, now) = (&self.desk.house, self.desk.now);
        let due = |tx: &trackle::store::Tx<'_>| {
            owe_due(tx, house, now)?;
            own::owe_due(tx, house, now)?;
            roundups::owe_due(tx, house, now).map(drop)
        };
        self.desk.store.transact(due).unwrap();
        self.log.push_str("a day later\n");
        self.read_letters();
    }
}

#[test]
fn whole_worlds_tell_nobody_what_is_not_his() {
    let mut told = 0;
    for seed in 0..WORLDS {
        let mut world = World::new(seed);
        (0..3).for_each(|_| world.open());
        (0..DEEDS).for_each(|_| world.deed());
        world.next_day();
        told += world.told;
    }
    // the model would be content with silence
    assert!(told > WORLDS as usize * DEEDS / 2, "{told} marks were told to others than staff");
}
