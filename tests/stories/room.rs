//! Two robots of two teams read one staff list, and so does Carl, whose mail program answers whatever it gets with
//! "I am away" and says in no header that it is a program. Nobody stops them; they fall silent by themselves.

use super::town::letter::Letter;
use super::town::{ALICE, HELP, STAFF, Town, believing, plain};
use trackle::model::address::Address;
use trackle::model::person::Member;
use trackle::model::robot::Robot;
use trackle::model::seal::Seal;

const CARL: &str = "carl@desk.example";
const OTHER: &str = "help@other.example";

/// Where Carl's mail program answers to.
#[derive(Clone, Copy)]
enum Answers {
    /// Where the letter wants answers.
    There,
    /// To the list, as lists that set Reply-To make everybody do.
    List,
}

/// The readers of the list.
struct Room {
    towns: [Town; 2],
    answers: Answers,
    /// Whether Carl's program counts its answers, so that no two are the same.
    counts: bool,
    /// Mails that Carl's program sent.
    away: usize,
    /// Letters of the robots.
    letters: usize,
}

impl Room {
    fn new(robot: Robot, carl_is_staff: bool, answers: Answers, counts: bool) -> Room {
        let mut ours = robot.clone();
        let mut theirs = robot;
        theirs.address = Address::parse(OTHER).unwrap();
        theirs.seal = Seal::new(vec![[8; 32]]);
        let carl = Member {
            login: "carl".into(),
            name: "Carl Away".into(),
            address: Address::parse(CARL).unwrap(),
            aliases: Vec::new(),
            words: Vec::new(),
        };
        if carl_is_staff {
            [&mut ours, &mut theirs].into_iter().for_each(|robot| robot.members.push(carl.clone()));
        }
        Room { towns: [Town::new(ours), Town::new(theirs)], answers, counts, away: 0, letters: 0 }
    }

    /// Lets mail go round until there is none; fails when that never ends.
    fn settle(&mut self) {
        for _ in 0..300 {
            let letters: Vec<Letter> = self.towns.iter_mut().flat_map(Town::letters).collect();
            if letters.is_empty() {
                return;
            }
            self.letters += letters.len();
            letters.iter().for_each(|letter| self.carry(letter));
        }
        panic!("they do not fall silent: {} letters, {} answers", self.letters, self.away);
    }

    fn carry(&mut self, letter: &Letter) {
        match letter.to.as_str() {
            STAFF => {
                let mut copy =
                    b"Return-Path: <staff-bounces@desk.example>\r\nList-Id: <staff.desk.example>\r\n"
                        .to_vec();
                copy.extend_from_slice(&letter.bytes);
                self.towns.iter_mut().for_each(|town| drop(town.send_again(&copy)));
                self.carl_answers(letter);
            }
            CARL => self.carl_answers(letter),
            HELP => drop(self.towns[0].send_again(&letter.on_its_way())),
            OTHER => drop(self.towns[1].send_again(&letter.on_its_way())),
            _ => {}
        }
    }

    fn carl_answers(&mut self, letter: &Letter) {
        self.away += 1;
        let id = format!("<away{}@desk.example>", self.away);
        let number = if self.counts { self.away } else { 0 };
        let text = format!("I am away until Monday. Ask Ann, please. ({number})");
        let draft = letter.answered_by(CARL, &text).without_quote().id(&id);
        match self.answers {
            Answers::List if letter.to == STAFF => {
                let draft = draft.to(STAFF).by_list();
                self.towns.iter_mut().for_each(|town| drop(town.send(draft.clone())));
            }
            _ => {
                let theirs = letter.reply_to().ends_with("@other.example");
                drop(self.towns[usize::from(theirs)].send(draft));
            }
        }
    }
}

/// Tells it once; gives how many answers Carl's program and how many letters the robots sent, and why it ended.
fn told(mut room: Room) -> (usize, usize, Vec<String>) {
    room.towns[0].write(ALICE, "Printer", "It is on fire, please come.");
    let question = room.towns[0].letter_to(ALICE);
    room.towns[0].answer(&question, ALICE, "yes");
    room.settle();
    // an hour and a day later nothing stirs
    for hours in [1, 24] {
        let before = room.letters;
        room.towns.iter_mut().for_each(|town| town.later(hours));
        room.settle();
        assert_eq!(room.letters, before);
    }
    assert_eq!((room.towns[0].tickets(), room.towns[1].tickets()), (1, 0));
    let database = room.towns[0].database();
    let mut held =
        database.prepare("SELECT DISTINCT why FROM intake WHERE state = 'held' ORDER BY id").unwrap();
    let held = held.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    (room.away, room.letters, held)
}

/// Shows T128: no storm, whoever reads the list.
#[test]
fn two_robots_and_a_vacation_program_on_one_list_fall_silent() {
    for robot in [believing(), plain()] {
        for carl_is_staff in [false, true] {
            for answers in [Answers::There, Answers::List] {
                let (away, letters, _) = told(Room::new(robot.clone(), carl_is_staff, answers, true));
                // an hour's news of one ticket, what each makes the requester hear, and that the rest is held
                assert!(away <= 61 && letters <= 121, "{away} {letters}");
            }
        }
    }
}

/// Shows T128: a member's program that always says the same is found out at once, and by name.
#[test]
fn the_same_words_again_and_again_are_held() {
    for robot in [believing(), plain()] {
        let (away, letters, held) = told(Room::new(robot, true, Answers::There, false));
        // the last is held, staff are told, and his answer to that is held as well
        assert_eq!((away, letters), (5, 9));
        let [why, remark] = held.as_slice() else { panic!("{held:?}") };
        assert!(remark.contains("answers a letter about mails that are set aside"), "{remark}");
        for words in ["in 3 answers before, within this hour", "about #1", CARL, "`trackle quarantine retry`"]
        {
            assert!(why.contains(words), "{why}");
        }
    }
}
