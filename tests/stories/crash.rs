//! The plug is pulled after every single step of a working day, once for each step, and the day goes on. Tickets and
//! letters have to be those of a calm day, to the byte; one letter may come twice, and only when the plug was pulled
//! between its delivery and the note of it. Three wrong orders of the steps are tried as well, and have to be noticed.

use super::town::draft::Draft;
use super::town::letter::Letter;
use super::town::storm::{Order, Storm};
use super::town::{ALICE, ANN, CARLA, STAFF, Town, believing};
use std::collections::BTreeMap;

/// A day on which the plug is pulled after step `cut`; 0 is a calm day.
struct Day {
    town: Town,
    storm: Storm,
}

/// What is left of a day.
struct Evening {
    steps: usize,
    in_the_window: bool,
    /// Recipient and bytes, and how often they came.
    letters: BTreeMap<(String, Vec<u8>), usize>,
    books: String,
}

impl Day {
    fn new(order: Order, cut: usize) -> Day {
        Day { town: Town::new(believing()), storm: Storm::new(order, Box::new(move |step| step == cut)) }
    }

    /// A request, its confirmation, two mails at once, and an end.
    fn play(mut self) -> Evening {
        self.town.write(ALICE, "Printer", "It is on fire, please come.");
        self.work();
        if let Some(question) = self.find("confirm_ticket", ALICE) {
            self.town.answer(&question, ALICE, "Yes, and it spreads.");
        }
        self.work();
        if let Some(receipt) = self.find("ticket_opened", ALICE) {
            self.town.send(receipt.answered_by(ALICE, "A picture of it.").attach("fire.png", b"PNG"));
        }
        self.town.send(Draft::new(CARLA, "Scanner", "My scanner makes a strange noise."));
        self.work();
        if let Some(news) = self.find("staff_opened", STAFF) {
            self.town.answer(&news, ANN, "take\nclose: Water helped.\n\nMind the glass on the floor.");
        }
        self.work();
        self.evening()
    }

    fn find(&self, kind: &str, to: &str) -> Option<Letter> {
        self.storm.letters.iter().find(|l| l.kind() == kind && l.to == to).cloned()
    }

    fn work(&mut self) {
        self.storm.work(&mut self.town);
    }

    fn evening(self) -> Evening {
        let letters = self.storm.post();
        let books = self.town.books();
        self.town.abandon();
        Evening { steps: self.storm.steps, in_the_window: self.storm.in_the_window > 0, letters, books }
    }
}

impl Evening {
    /// What is not as on a calm day.
    fn difference(&self, calm: &Evening) -> Option<String> {
        if self.books != calm.books {
            return Some(format!("{}instead of\n{}", self.books, calm.books));
        }
        if !self.letters.keys().eq(calm.letters.keys()) {
            let to = |e: &Evening| e.letters.keys().map(|(to, _)| to.clone()).collect::<Vec<_>>();
            return Some(format!("letters to {:?} instead of {:?}", to(self), to(calm)));
        }
        let twice: usize = self.letters.values().sum::<usize>() - self.letters.len();
        (twice > usize::from(self.in_the_window)).then(|| format!("{twice} letters came twice"))
    }
}

/// A calm day, and what differs from it for each step after which the plug was pulled.
fn storms(order: Order) -> (usize, Vec<String>) {
    let calm = Day::new(Order::Right, 0).play();
    assert_eq!(calm.letters.len(), 7, "letters of a calm day");
    let differences = (1..=calm.steps).filter_map(|cut| {
        let evening = Day::new(order, cut).play();
        evening.difference(&calm).map(|what| format!("after step {cut}: {what}"))
    });
    (calm.steps, differences.collect())
}

#[test]
fn whenever_the_plug_is_pulled_the_day_ends_as_a_calm_one() {
    let (steps, differences) = storms(Order::Right);
    assert!(steps > 20, "{steps} steps");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn wrong_orders_are_noticed_wherever_they_do_harm() {
    // four times mail comes in; each time it is handled and unmarked for two steps; seven letters go out
    for (order, harmful) in [(Order::MarkFirst, 4), (Order::Forget, 8), (Order::NoteFirst, 7)] {
        let (_, differences) = storms(order);
        assert_eq!(differences.len(), harmful, "{order:?}:\n{}", differences.join("\n"));
    }
}
