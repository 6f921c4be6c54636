//! B21: a week of a help desk, simulated from a seed. People write, confirm, follow up, give orders, send copies, bounces and
//! vacation notices, at chance hours; the plug is pulled after chance steps, the server refuses letters or takes them
//! without saying so, the clock shows 1970 or ten years to come, and people read, copy, rename and throw away mails in the
//! mailbox. The same week is lived through twice, once calm and once in the storm: tickets and letters have to be the same,
//! to the byte, and only what was on its way when the plug was pulled, or the line broke, may come twice. A disk that is full
//! or broken is the matter of B4 and B5, since only a real one is.

use crate::chance::Chance;
use crate::row::{Row, Trial};
use crate::town::draft::Draft;
use crate::town::letter::Letter;
use crate::town::storm::{Mood, Order, Storm, World};
use crate::town::{ALICE, ANN, BEN, CARLA, MALLORY, Town, believing};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// The row.
pub const ROW: Row = Row {
    name: "B21",
    about: "a simulated week ends as a calm one",
    unit: "weeks",
    amounts: [40, 2_000, 1_000_000],
    trial: |trial| weeks(trial, Order::Right),
    control: |trial| {
        // each wrong order has to be noticed; what the last one was caught by is told
        let mut said = String::new();
        for order in [Order::MarkFirst, Order::Forget, Order::NoteFirst] {
            match weeks(trial, order) {
                Ok(_) => return Ok(format!("{order:?} was not noticed")),
                Err(why) => said = format!("{order:?}: {why}"),
            }
        }
        Err(said)
    },
};

/// The plug is pulled once in so many steps.
const CALM: usize = 12;
/// Things that people do in a week.
const DEEDS: usize = 14;
const PEOPLE: [&str; 3] = [ALICE, CARLA, MALLORY];

fn weeks(trial: &Trial<'_>, order: Order) -> Result<String, String> {
    let (mut cuts, mut twice, mut letters) = (0, 0, 0);
    for seed in trial.seeds() {
        let calm = Week::live(seed, Order::Right, false);
        let storm = Week::live(seed, order, true);
        storm.difference(&calm).map_err(|what| format!("seed {seed}: {what}"))?;
        cuts += storm.cuts;
        twice += storm.doubled();
        letters += storm.letters.len();
        trial.step();
    }
    Ok(format!("{cuts} power cuts, {letters} letters, {twice} of them twice, 0 lost"))
}

/// What is left of a week.
struct Week {
    books: String,
    /// Recipient and bytes, and how often they came.
    letters: BTreeMap<(String, Vec<u8>), usize>,
    cuts: usize,
    in_the_window: usize,
}

impl Week {
    fn live(seed: u64, order: Order, stormy: bool) -> Week {
        let mut weather = Chance::new(seed ^ 0xdead_beef);
        let plug = Box::new(move |_| stormy && weather.once_in(CALM));
        let (mut town, mut storm) = (Town::new(believing()), Storm::new(order, plug));
        if stormy {
            storm = storm.within(Weather { chance: Chance::new(seed ^ 0x5eed), copies: 0 });
        }
        let mut chance = Chance::new(seed);
        for _ in 0..DEEDS {
            town.later(chance.below(24) as i64);
            deed(&mut town, &storm.letters, &mut chance);
            // sometimes several things come at once
            if !chance.once_in(4) {
                storm.work(&mut town);
            }
        }
        storm.work(&mut town);
        let week = Week {
            books: town.books(),
            letters: storm.post(),
            cuts: storm.cuts,
            in_the_window: storm.in_the_window,
        };
        town.abandon();
        week
    }

    /// Recipients and letters, but for what the history adds up to: a copy of a mail counts there as well.
    fn said(&self) -> BTreeSet<(String, String)> {
        let words = |bytes: &[u8]| -> String {
            let text = String::from_utf8_lossy(bytes).into_owned();
            text.split_inclusive('\n').filter(|line| !line.starts_with("X-Trackle-Chain: ")).collect()
        };
        self.letters.keys().map(|(to, bytes)| (to.clone(), words(bytes))).collect()
    }

    fn doubled(&self) -> usize {
        self.letters.values().sum::<usize>() - self.letters.len()
    }

    /// What is not as in a calm week.
    fn difference(&self, calm: &Week) -> Result<(), String> {
        if !calm.books.starts_with("[]\n") {
            return Err(format!("a law is broken: {}", calm.books.lines().next().unwrap_or_default()));
        }
        if self.books != calm.books {
            let line = self.books.lines().zip(calm.books.lines()).find(|(own, other)| own != other);
            return Err(match line {
                Some((own, other)) => format!("{own} instead of {other}"),
                None => "there are more tickets, or fewer".into(),
            });
        }
        let (own, others) = (self.said(), calm.said());
        if own.len() != self.letters.len() {
            return Err("a second copy of a letter is not the first one's bytes".into());
        }
        if own != others {
            let (new, lost) = (own.difference(&others), others.difference(&own));
            let words =
                |letter: Option<&(String, String)>| letter.map(|(to, words)| format!("to {to}: {words}"));
            let (new, lost) = (words(new.into_iter().next()), words(lost.into_iter().next()));
            return Err(format!("the letter {lost:?} is lost, another came: {new:?}"));
        }
        if self.doubled() > self.in_the_window {
            return Err(format!("{} letters came twice in {} windows", self.doubled(), self.in_the_window));
        }
        Ok(())
    }
}

/// What else goes wrong in a stormy week.
struct Weather {
    chance: Chance,
    copies: u32,
}

impl World for Weather {
    fn mood(&mut self) -> Mood {
        match self.chance.below(12) {
            0 => Mood::Later,
            1 => Mood::Mute,
            _ => Mood::Takes,
        }
    }

    fn clock(&mut self) -> Option<Timestamp> {
        let wrong = ["1970-01-01T00:01:00Z", "2026-03-01T12:00:00Z", "2036-07-01T00:00:00Z"];
        self.chance.once_in(6).then(|| self.chance.of(&wrong).parse().unwrap())
    }

    fn meddle(&mut self, town: &Town) {
        if !self.chance.once_in(3) {
            return;
        }
        let taken = town.taken();
        let mut files: Vec<PathBuf> = ["new", "cur"]
            .iter()
            .flat_map(|folder| fs::read_dir(town.inbox().join(folder)).into_iter().flatten())
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        if files.is_empty() {
            return;
        }
        let file = self.chance.of(&files).clone();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let uid = name.split(':').next().unwrap_or_default().to_owned();
        let known = taken.iter().find(|(known, _)| *known == uid);
        match (self.chance.below(3), known) {
            // a copy of what was read already, as a restored mailbox has it
            (0, Some(_)) => {
                self.copies += 1;
                let name = format!("1900000000.copy{}.people", self.copies);
                fs::copy(&file, town.inbox().join("new").join(name)).unwrap();
            }
            (1, Some((_, true))) => fs::remove_file(&file).unwrap(),
            // read in a mail program, which marks it so
            _ => fs::rename(&file, town.inbox().join("cur").join(format!("{uid}:2,S"))).unwrap(),
        }
    }
}

/// One thing that somebody does. What is answered are letters that came; in the order of their bytes, since after a power cut
/// they may have come in another.
pub fn deed(town: &mut Town, letters: &[Letter], chance: &mut Chance) {
    let mut known: Vec<&Letter> = letters.iter().collect();
    known.sort_by(|a, b| (&a.to, &a.bytes).cmp(&(&b.to, &b.bytes)));
    known.dedup_by(|a, b| a.to == b.to && a.bytes == b.bytes);
    let of = |kinds: &[&str]| -> Vec<&Letter> {
        known.iter().filter(|letter| kinds.contains(&letter.kind())).copied().collect()
    };
    let person = *chance.of(&PEOPLE);
    let word = ["printer", "scanner", "mail", "disk", "login"][chance.below(5)];
    match chance.below(10) {
        0..3 => {
            drop(town.write(person, &format!("The {word}"), &format!("It is about the {word}, please come.")))
        }
        3..6 => {
            let asked = of(&["confirm_ticket", "confirm_mail"]);
            if !asked.is_empty() {
                let letter = (*chance.of(&asked)).clone();
                let sender = letter.to.clone();
                town.answer(&letter, &sender, "Yes.");
            }
        }
        6 => {
            let news = of(&["ticket_opened", "changed"]);
            if !news.is_empty() {
                let letter = (*chance.of(&news)).clone();
                let sender = letter.to.clone();
                town.send(
                    letter.answered_by(&sender, &format!("And now the {word}.")).attach("a.png", b"PNG"),
                );
            }
        }
        7 | 8 => {
            let staff = of(&["staff_opened", "staff_changed"]);
            if !staff.is_empty() {
                let letter = (*chance.of(&staff)).clone();
                let order =
                    *chance.of(&["take", "close: done", "priority high", "take\nclose: Water helped."]);
                let who = if chance.once_in(2) { ANN } else { BEN };
                town.answer(&letter, who, order);
            }
        }
        _ => {
            let away =
                Draft::new(person, "Away", "I am on holiday.").header("Auto-Submitted", "auto-replied");
            let bare = Draft::new(person, "Mailer", "Your mail could not be delivered.").null_sender();
            town.send(if chance.once_in(2) { away } else { bare });
        }
    }
}
