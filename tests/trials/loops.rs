//! B13: loops and floods. Two robots that write to each other (over a relay that takes every mark off their letters, half of the
//! time), vacation programs honest and not, addresses that bounce, a list that sends back what it gets, and strangers who
//! write in a victim's name. However they mix, nobody gets more automatic mail in a day than the limit, the null sender gets
//! none, a victim gets its few questions and nothing else, staff hear of what is held, and it ends in silence.

use crate::chance::Chance;
use crate::row::{Row, Trial};
use crate::town::draft::Draft;
use crate::town::letter::Letter;
use crate::town::{HELP, STAFF, Town, plain};
use std::collections::BTreeMap;
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
    trial: |trial| days(trial, false),
    // no limit, and no mark on any letter
    control: |trial| days(trial, true),
};

/// Mails that somebody sends without being asked, in one day.
const STIMULI: usize = 40;
/// Rounds of answers to one of them: far more than any honest exchange has.
const ROUNDS: usize = 60;
const TWIN: &str = "help@twin.example";
const TWINS_STAFF: &str = "staff@twin.example";
const NO_LIMIT: u32 = 1_000_000;

fn days(trial: &Trial<'_>, open: bool) -> Result<String, String> {
    let (mut letters, mut told) = (0, 0);
    for seed in trial.seeds() {
        let mut world = World::new(seed, open);
        let lived = world.live();
        letters += world.letters;
        told += world.told;
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
    Ok(format!("{letters} letters in all; staff were told {told} times of what was held"))
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
    told: usize,
    relayed: usize,
}

impl World {
    fn new(seed: u64, open: bool) -> World {
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
            told: 0,
            relayed: 0,
        }
    }

    fn live(&mut self) -> Result<(), String> {
        for _ in 0..STIMULI {
            self.stimulus();
            self.until_silence()?;
            if self.chance.once_in(3) {
                self.ours.later(1);
                self.twin.later(1);
            }
        }
        // what waited for its hour comes, too
        for _ in 0..3 {
            self.ours.later(1);
            self.twin.later(1);
            self.until_silence()?;
        }
        Ok(())
    }

    fn stimulus(&mut self) {
        let one = self.chance.below(2);
        let kind = self.chance.below(8);
        let subject = format!("Printer {}", self.chance.below(1_000));
        let text = "It is on fire, please come.";
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

    /// Everybody answers what he gets, as he does, until nobody gets anything more.
    fn until_silence(&mut self) -> Result<(), String> {
        for _ in 0..ROUNDS {
            let (ours, twins) = (self.ours.letters(), self.twin.letters());
            if ours.is_empty() && twins.is_empty() {
                return Ok(());
            }
            for letter in ours {
                self.count(&letter)?;
                self.answer(&letter, true);
            }
            for letter in twins {
                self.count(&letter)?;
                self.answer(&letter, false);
            }
        }
        Err(format!("it does not end: {:?}", self.automatic))
    }

    fn count(&mut self, letter: &Letter) -> Result<(), String> {
        self.letters += 1;
        let to = letter.to.as_str();
        if to == STAFF || to == TWINS_STAFF {
            self.told += usize::from(letter.kind() == "quarantined");
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
