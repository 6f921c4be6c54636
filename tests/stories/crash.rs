//! The plug is pulled after every single step of a working day, once for each step, and the day goes on. Tickets and
//! letters have to be those of a calm day, to the byte; one letter may come twice, and only when the plug was pulled
//! between its delivery and the note of it. Three wrong orders of the steps are tried as well, and have to be noticed.

use super::town::draft::Draft;
use super::town::letter::Letter;
use super::town::{ALICE, ANN, CARLA, STAFF, Town, believing};
use std::collections::BTreeMap;
use std::sync::Arc;
use trackle::daemon::{engine, intake};
use trackle::fetch::mailbox::Mailbox;
use trackle::fetch::maildir::Maildir;
use trackle::send::courier::{Courier, Delivery, Parcel};
use trackle::store::outbox::Settled;
use trackle::store::spool::Parcelled;

/// The plug was pulled.
struct Cut;

/// Orders of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Right,
    /// A mail is marked in the mailbox before it is on our disk.
    MarkFirst,
    /// What was handled is not remembered.
    Forget,
    /// A letter is noted as sent before it is delivered.
    NoteFirst,
}

/// A day on which the plug is pulled after step `cut`; 0 is a calm day.
struct Day {
    town: Town,
    order: Order,
    steps: usize,
    cut: usize,
    /// The plug was pulled between a delivery and its note.
    in_the_window: bool,
    letters: Vec<Letter>,
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
        Day { town: Town::new(believing()), order, steps: 0, cut, in_the_window: false, letters: Vec::new() }
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
        self.letters.iter().find(|l| l.kind() == kind && l.to == to).cloned()
    }

    /// Works until there is nothing left to do, starting again where the plug was pulled.
    fn work(&mut self) {
        for _ in 0..20 {
            match self.round() {
                Ok(false) => return,
                Ok(true) => {}
                Err(Cut) => self.start_again(),
            }
        }
        panic!("the work has no end");
    }

    fn start_again(&mut self) {
        self.town.power_cut();
        if self.order == Order::Forget {
            let forget = "DELETE FROM seen; UPDATE intake SET state = 'new', tries = 0 WHERE marked = 0;";
            self.town.database().execute_batch(forget).unwrap();
        }
    }

    /// The daemon's loops, one after the other, each step on its own.
    fn round(&mut self) -> Result<bool, Cut> {
        let took = self.take_in()?;
        let handled = self.handle()?;
        self.mark()?;
        Ok(self.send()? || took || handled)
    }

    fn step(&mut self) -> Result<(), Cut> {
        self.steps += 1;
        if self.steps == self.cut { Err(Cut) } else { Ok(()) }
    }

    fn take_in(&mut self) -> Result<bool, Cut> {
        if self.order == Order::MarkFirst {
            return self.mark_and_take_in();
        }
        let (hub, mut ends) = (Arc::clone(self.town.hub()), self.town.ends());
        let taken = self.town.run(intake::take_in(&hub, &mut ends.sources[0].0)).unwrap();
        if taken > 0 {
            self.step()?;
        }
        Ok(taken > 0)
    }

    fn mark_and_take_in(&mut self) -> Result<bool, Cut> {
        let mut inbox = Maildir::open(&self.town.inbox()).unwrap();
        let name = inbox.name();
        let (listing, fetched) = self.town.run(async {
            let listing = inbox.list(None).await.unwrap();
            let fetched = inbox.fetch(&listing.entries).await.unwrap();
            let uids: Vec<String> = listing.entries.iter().map(|e| e.uid.clone()).collect();
            inbox.mark(&uids).await.unwrap();
            (listing, fetched)
        });
        if fetched.is_empty() {
            return Ok(false);
        }
        self.step()?;
        let now = self.town.now();
        let mut store = self.town.hub().store();
        let keep = store.transact(|tx| {
            let cursor = trackle::store::spool::Cursor { epoch: listing.epoch, ..tx.mailbox(&name)? };
            tx.move_cursor(cursor)?;
            fetched.iter().try_for_each(|mail| {
                tx.keep(cursor, &Parcelled::new(mail.uid.clone(), &mail.bytes, mail.arrived, false), now)
                    .map(drop)
            })
        });
        keep.unwrap();
        Ok(true)
    }

    fn handle(&mut self) -> Result<bool, Cut> {
        let hub = Arc::clone(self.town.hub());
        let due = hub.store().due(hub.now(), 100).unwrap();
        if due.is_empty() {
            return Ok(false);
        }
        if self.steps + 1 == self.cut {
            // the try is counted, and then nothing more
            hub.store().transact(|tx| tx.begin(&due)).unwrap();
        }
        self.step()?;
        engine::batch(&hub).unwrap();
        self.step()?;
        Ok(true)
    }

    fn mark(&mut self) -> Result<(), Cut> {
        let mut inbox = Maildir::open(&self.town.inbox()).unwrap();
        let hub = Arc::clone(self.town.hub());
        let cursor = hub.store().transact(|tx| tx.mailbox(&inbox.name())).unwrap();
        let done = hub.store().unmarked(cursor.mailbox, cursor.epoch, 100).unwrap();
        if done.is_empty() {
            return Ok(());
        }
        let (intakes, uids): (Vec<i64>, Vec<String>) = done.into_iter().unzip();
        self.town.run(inbox.mark(&uids)).unwrap();
        self.step()?;
        hub.store().transact(|tx| tx.marked(&intakes)).unwrap();
        self.step()
    }

    fn send(&mut self) -> Result<bool, Cut> {
        let hub = Arc::clone(self.town.hub());
        let mut any = false;
        loop {
            let leased = hub.store().transact(|tx| tx.lease(hub.now(), 1)).unwrap().pop();
            let Some(letter) = leased else { return Ok(any) };
            any = true;
            self.step()?;
            let parcel =
                Parcel { id: letter.id, from: letter.envelope_from, to: letter.to, bytes: letter.bytes };
            let note = || {
                let sent = Settled::Sent { said: "ok".into() };
                hub.store().transact(|tx| tx.settle(parcel.id, &sent, hub.now())).unwrap();
            };
            if self.order == Order::NoteFirst {
                note();
                self.step()?;
            }
            let delivery = self.town.run(self.town.ends().carrier.carry(&parcel));
            assert!(matches!(delivery, Delivery::Sent(_)), "{delivery:?}");
            self.letters.extend(self.town.delivered());
            if self.order != Order::NoteFirst {
                let cut = self.step();
                self.in_the_window |= cut.is_err();
                cut?;
                note();
            }
            self.step()?;
        }
    }

    fn evening(self) -> Evening {
        let mut letters = BTreeMap::new();
        for letter in &self.letters {
            *letters.entry((letter.to.clone(), letter.bytes.clone())).or_default() += 1;
        }
        let mut books = format!("{:?}\n", self.town.broken_laws());
        for number in 1..=self.town.tickets() as u32 {
            let (said, history) = (self.town.said_in(number), self.town.history(number));
            let (state, owner) = (self.town.state_of(number), self.town.owner_of(number));
            books += &format!("{number} {state} {owner} {said:?} {history:?}\n");
        }
        self.town.abandon();
        Evening { steps: self.steps, in_the_window: self.in_the_window, letters, books }
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
