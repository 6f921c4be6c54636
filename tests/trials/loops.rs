//! B13: loops and floods. Two robots that write to each other (over a relay that takes every mark off their letters, half of the
//! time), vacation programs honest and not, addresses that bounce, a list that sends back what it gets, a program that sends
//! one alarm after the other, and strangers who write in a victim's name. However they mix, nobody gets more automatic mail in
//! a day than the limit, the null sender gets none, a victim gets its few questions and nothing else, staff hear of each mail
//! that is held, once, and it ends in silence.

use crate::chance::Chance;
use crate::row::{Row, Trial};
use crate::town::draft::Draft;
use crate::town::letter::Letter;
use crate::town::{HELP, STAFF, Town, plain};
use std::collections::{BTreeMap, BTreeSet};
use trackle::limits;
use trackle::model::address::Address;
use trackle::model::robot::Robot;
use trackle::model::seal::Seal;

/// The row.
pub const ROW: Row = Row {
    name: "B13",
    about: "loops and floods end in silence",
    unit: "days of trouble",
    amounts: [5, 250, 2_500],
    trial: |trial| days(trial, None),
    control: wrong,
};

/// What is wrong in a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// No limit, and no mark on any letter.
    Open,
    /// Of what is held nobody is told.
    Silent,
    /// It is forgotten what staff were told of.
    Forgetful,
}

/// Mails that somebody sends without being asked, in one day.
const STIMULI: usize = 40;
/// Rounds of answers to one of them: far more than any honest exchange has.
const ROUNDS: usize = 60;
const TWIN: &str = "help@twin.example";
const TWINS_STAFF: &str = "staff@twin.example";
const NO_LIMIT: u32 = 1_000_000;

/// Each of them has to be noticed.
fn wrong(trial: &Trial<'_>) -> Result<String, String> {
    let mut noticed = Vec::new();
    for wrong in [Wrong::Open, Wrong::Silent, Wrong::Forgetful] {
        match days(trial, Some(wrong)) {
            Ok(told) => return Ok(format!("{wrong:?} was not noticed: {told}")),
            Err(what) => noticed.push(what),
        }
    }
    Err(noticed.join("; "))
}

fn days(trial: &Trial<'_>, wrong: Option<Wrong>) -> Result<String, String> {
    let (mut letters, mut held) = (0, 0);
    for seed in trial.seeds() {
        let mut world = World::new(seed, wrong);
        let lived = world.live();
        letters += world.letters;
        held += world.told.iter().map(Told::count).sum::<usize>();
        let broken = [world.ours.broken_laws(), world.twin.broken_laws()].concat();
        world.ours.abandon();
        world.twin.abandon();
        lived.map_err(|what| format!("seed {seed}: {what}"))?;
        if !broken.is_empty() {
            return Err(format!("seed {seed}: {broken:?}"));
        }
        trial.step();
    }
    trial.tried(trial.amount * STIMULI as u64);
    Ok(format!("{letters} letters in all; {held} mails were held, and staff were told of each of them once"))
}

/// The two robots, and what everybody got.
struct World {
    chance: Chance,
    ours: Town,
    twin: Town,
    /// The relay between the robots takes all marks off.
    evil: bool,
    /// Automatic letters by address and day.
    automatic: BTreeMap<(String, i64), u32>,
    /// Questions to each victim.
    victims: BTreeMap<String, u32>,
    letters: usize,
    /// What the staff of either robot were told of.
    told: [Told; 2],
    relayed: usize,
    wrong: Option<Wrong>,
}

/// Held mails that staff were told of.
#[derive(Default)]
struct Told {
    /// How often each of them was named.
    named: BTreeMap<i64, u32>,
    /// Those that were only counted.
    more: usize,
}

impl Told {
    fn count(&self) -> usize {
        self.named.len() + self.more
    }

    /// Takes note of a letter: `mail 7, 8 and 12 more:` above each reason of a stop, and how to see each that failed.
    fn read(&mut self, letter: &Letter) {
        for listed in letter.text().split("\n  mail ").skip(1) {
            let (listed, _) = listed.split_once(':').unwrap_or_default();
            let (named, more) = listed.split_once(" and ").unwrap_or((listed, ""));
            let number = |text: &str| text.trim_matches(|c: char| !c.is_ascii_digit()).parse::<i64>();
            for mail in named.split(',').flat_map(number) {
                *self.named.entry(mail).or_default() += 1;
            }
            self.more += number(more).map_or(0, |more| more as usize);
        }
        let shown =
            letter.text().lines().filter_map(|line| line.trim().strip_prefix("trackle quarantine show "));
        for mail in shown.flat_map(str::parse) {
            *self.named.entry(mail).or_default() += 1;
        }
    }

    /// Staff know of each mail that is held, and heard of it once.
    fn is_right(&self, town: &Town) -> Result<(), String> {
        let db = town.database();
        let mut rows = db
            .prepare("SELECT id FROM intake WHERE state = 'held' AND stopped = 1 OR state = 'quarantined'")
            .map_err(|e| e.to_string())?;
        let held = rows.query_map([], |row| row.get(0)).map_err(|e| e.to_string())?;
        let held = held.collect::<Result<BTreeSet<i64>, _>>().map_err(|e| e.to_string())?;
        let twice: Vec<_> = self.named.iter().filter(|(_, times)| **times > 1).collect();
        let never: Vec<_> = held.iter().filter(|mail| !self.named.contains_key(mail)).collect();
        if !twice.is_empty() {
            return Err(format!("staff were told more than once of mails {twice:?}"));
        }
        if never.len() > self.more {
            return Err(format!("staff were never told of mails {never:?}, which are held"));
        }
        Ok(())
    }
}

impl World {
    fn new(seed: u64, wrong: Option<Wrong>) -> World {
        let open = wrong == Some(Wrong::Open);
        let mut chance = Chance::new(seed);
        let confirm = !open && chance.once_in(2);
        let of = |robot: Robot| {
            let mut robot = robot;
            robot.policy.confirm_tickets = confirm;
            if open {
                let policy = &mut robot.policy;
                policy.automatic_per_day = NO_LIMIT;
                policy.mails_per_sender_hour = NO_LIMIT;
                policy.mails_per_sender_day = NO_LIMIT;
                policy.tickets_per_sender_hour = NO_LIMIT;
            }
            Town::new(robot)
        };
        World {
            ours: of(plain()),
            twin: of(twin()),
            evil: open || chance.once_in(2),
            chance,
            automatic: BTreeMap::new(),
            victims: BTreeMap::new(),
            letters: 0,
            told: Default::default(),
            relayed: 0,
            wrong,
        }
    }

    fn live(&mut self) -> Result<(), String> {
        if self.wrong == Some(Wrong::Silent) {
            self.tamper(
                "CREATE TRIGGER silent AFTER UPDATE OF stopped ON intake WHEN NEW.stopped = 1
                 BEGIN UPDATE intake SET told = 1 WHERE id = NEW.id; END",
            );
        }
        for _ in 0..STIMULI {
            self.stimulus();
            self.until_silence()?;
            if self.chance.once_in(3) {
                self.ours.later(1);
                self.twin.later(1);
            }
        }
        if self.wrong == Some(Wrong::Forgetful) {
            self.tamper("UPDATE intake SET told = 0");
        }
        // what waited for its hour comes, too
        for _ in 0..3 {
            self.ours.later(1);
            self.twin.later(1);
            self.until_silence()?;
        }
        let [ours, twins] = &self.told;
        ours.is_right(&self.ours).and(twins.is_right(&self.twin))
    }

    fn tamper(&self, with: &str) {
        for town in [&self.ours, &self.twin] {
            town.database().execute_batch(with).unwrap();
        }
    }

    fn stimulus(&mut self) {
        let one = self.chance.below(2);
        let kind = self.chance.below(9);
        let subject = format!("Printer {}", self.chance.below(1_000));
        let text = "It is on fire, please come.";
        if kind == 8 {
            return self.flood(one);
        }
        let from = |who: &str| Draft::new(&format!("{who}{one}@{who}.example"), &subject, text);
        let draft = match kind {
            0 => from("person"),
            1 => from("null").null_sender(),
            2 => Draft::new(&format!("victim{one}@victim.example"), "subscribe", "subscribe 1").forged(),
            3 => from("victim").forged(),
            4 => from("away"),
            5 => from("gone"),
            6 => from("list").header("List-Id", "<list.example>").header("Precedence", "list"),
            _ => Draft::new(TWIN, &subject, text),
        };
        drop(self.ours.send(draft));
    }

    /// Somebody's program has got stuck: more new requests than one sender may have in an hour.
    fn flood(&mut self, one: usize) {
        for n in 0..limits::TICKETS_PER_SENDER_HOUR + 3 {
            let draft =
                Draft::new(&format!("flood{one}@flood.example"), &format!("Alarm {n}"), "It is on fire.");
            drop(self.ours.send(draft));
        }
    }

    /// Everybody answers what he gets, as he does, until nobody gets anything more.
    fn until_silence(&mut self) -> Result<(), String> {
        for _ in 0..ROUNDS {
            let (ours, twins) = (self.ours.letters(), self.twin.letters());
            if ours.is_empty() && twins.is_empty() {
                return Ok(());
            }
            for letter in ours {
                self.count(&letter, true)?;
                self.answer(&letter, true);
            }
            for letter in twins {
                self.count(&letter, false)?;
                self.answer(&letter, false);
            }
        }
        Err(format!("it does not end: {:?}", self.automatic))
    }

    fn count(&mut self, letter: &Letter, is_ours: bool) -> Result<(), String> {
        self.letters += 1;
        let to = letter.to.as_str();
        if to == STAFF || to == TWINS_STAFF {
            if letter.kind() == "quarantined" {
                self.told[usize::from(!is_ours)].read(letter);
            }
            return Ok(());
        }
        if to.starts_with("null") {
            return Err(format!("the null sender got {:?}", letter.kind()));
        }
        if to.starts_with("victim") {
            let question = matches!(letter.kind(), "confirm_ticket" | "confirm_mail");
            let asked = self.victims.entry(to.to_owned()).or_default();
            *asked += u32::from(question);
            // where nothing is confirmed a receipt is all that a forged mail gets
            if (!question && letter.kind() != "ticket_opened") || letter.text().contains("on fire") {
                return Err(format!("a victim got {:?}", letter.kind()));
            }
            if *asked > limits::CONFIRMATIONS_PER_ADDRESS {
                return Err(format!("a victim was asked {asked} times"));
            }
        }
        if letter.sender.is_empty() {
            let day = self.ours.now().as_second() / 86_400;
            let count = self.automatic.entry((to.to_owned(), day)).or_default();
            *count += 1;
            if *count > limits::AUTOMATIC_PER_DAY {
                return Err(format!("{to} got {count} automatic mails in a day"));
            }
        }
        Ok(())
    }

    /// What its reader, or his mail program, does with it. A letter of the twin's goes the other way.
    fn answer(&mut self, letter: &Letter, is_ours: bool) {
        let to = letter.to.clone();
        let who = to.split(|c: char| c.is_ascii_digit() || c == '@' || c == '+').next().unwrap_or("");
        let draft = match who {
            "help" => return self.relay(letter, is_ours),
            "away" if self.chance.once_in(2) => letter
                .answered_by(&to, "I am away until Monday.")
                .header("Auto-Submitted", "auto-replied")
                .null_sender(),
            "away" => letter.answered_by(&to, "I am away until Monday."),
            "gone" => letter.bounced(),
            "list" => letter
                .answered_by(&to, "What the list got:")
                .header("List-Id", "<list.example>")
                .header("Precedence", "list"),
            "person" if self.chance.once_in(3) => letter.answered_by(&to, "yes"),
            _ => return,
        };
        let town = if is_ours { &mut self.ours } else { &mut self.twin };
        drop(town.send(draft));
    }

    /// From one robot to the other.
    fn relay(&mut self, letter: &Letter, is_ours: bool) {
        self.relayed += 1;
        let town = if is_ours { &mut self.twin } else { &mut self.ours };
        if self.evil {
            let (from, to) = if is_ours { (HELP, TWIN) } else { (TWIN, HELP) };
            let words = format!("{} {}", self.relayed, letter.text().replace(['[', '#', ']'], " "));
            drop(town.send(Draft::new(from, &format!("News {}", self.relayed), &words).to(to)));
        } else {
            drop(town.send_again(&letter.on_its_way()));
        }
    }
}

/// Another installation, somewhere else.
fn twin() -> Robot {
    let mut robot = plain();
    robot.address = Address::parse(TWIN).unwrap();
    robot.list = Address::parse(TWINS_STAFF).unwrap();
    robot.members.clear();
    robot.seal = Seal::new(vec![[9; 32]]);
    robot
}
