//! The daemon's loops, one step after the other, with a plug that may be pulled after each. Wrong orders of the steps can
//! be had as well, to see whether they are noticed.

use super::Town;
use super::letter::Letter;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use trackle::daemon::{engine, intake};
use trackle::fetch::mailbox::Mailbox;
use trackle::fetch::maildir::Maildir;
use trackle::send::courier::{Courier, Delivery, Parcel};
use trackle::store::outbox::Settled;
use trackle::store::spool::Parcelled;

/// The plug was pulled.
pub(super) struct Cut;

/// Orders of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Right,
    /// A mail is marked in the mailbox before it is on our disk.
    MarkFirst,
    /// What was handled is not remembered.
    Forget,
    /// A letter is noted as sent before it is delivered.
    NoteFirst,
}

/// What the server that letters go to does with one.
#[allow(dead_code)] // the stories have peace
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Takes,
    /// Not now.
    Later,
    /// It takes the letter, and the line breaks before it says so.
    Mute,
}

/// What goes on around the robot while it works.
pub trait World {
    /// What the server does with the next letter.
    fn mood(&mut self) -> Mood {
        Mood::Takes
    }
    /// What people do in the mailbox, with their own programs.
    fn meddle(&mut self, _: &Town) {}
    /// What the clock shows while mail is taken in, and while letters go, other than what it should.
    fn clock(&mut self) -> Option<Timestamp> {
        None
    }
}

/// Nothing at all.
pub struct Peace;

impl World for Peace {}

/// Whether the plug is pulled after the step of that number.
pub type Plug = Box<dyn FnMut(usize) -> bool>;

/// The robot at work while the plug is pulled now and then.
pub struct Storm {
    order: Order,
    plug: Plug,
    world: Box<dyn World>,
    pub steps: usize,
    /// How often the plug was pulled, and how often of these between a delivery and its note.
    pub cuts: usize,
    pub in_the_window: usize,
    /// The clock was wrong in this round.
    astray: bool,
    /// All letters that people got, each copy.
    pub letters: Vec<Letter>,
}

impl Storm {
    /// Over a robot that does its steps in that order.
    pub fn new(order: Order, plug: Plug) -> Storm {
        Storm {
            order,
            plug,
            world: Box::new(Peace),
            steps: 0,
            cuts: 0,
            in_the_window: 0,
            astray: false,
            letters: Vec::new(),
        }
    }

    /// The same in that world.
    #[allow(dead_code)] // the stories have peace
    pub fn within(self, world: impl World + 'static) -> Storm {
        Storm { world: Box::new(world), ..self }
    }

    /// Works until there is nothing left to do, starting again where the plug was pulled.
    pub fn work(&mut self, town: &mut Town) {
        for _ in 0..40 {
            match self.round(town) {
                Ok(false) => return,
                Ok(true) => {}
                Err(Cut) => self.start_again(town),
            }
        }
        panic!("the work has no end");
    }

    pub(super) fn start_again(&mut self, town: &mut Town) {
        town.power_cut();
        if self.order == Order::Forget {
            let forget = "DELETE FROM seen; UPDATE intake SET state = 'new', tries = 0 WHERE marked = 0;";
            town.database().execute_batch(forget).unwrap();
        }
    }

    /// The daemon's loops, one after the other, each step on its own.
    fn round(&mut self, town: &mut Town) -> Result<bool, Cut> {
        self.world.meddle(town);
        // as once in an hour: what a clock that was ahead has put off is due again
        let hub = Arc::clone(town.hub());
        hub.store().transact(|tx| tx.mend_waits(hub.now())).unwrap();
        let took = self.by_its_clock(town, Storm::take_in)?;
        let handled = self.handle(town)?;
        self.mark(town)?;
        let sent = self.by_its_clock(town, Storm::send)?;
        // by a wrong clock there may be nothing to do that there is by the right one
        Ok(sent || took || handled || std::mem::take(&mut self.astray))
    }

    /// Does something while the clock shows what it may.
    fn by_its_clock<T>(
        &mut self,
        town: &mut Town,
        work: impl FnOnce(&mut Storm, &mut Town) -> Result<T, Cut>,
    ) -> Result<T, Cut> {
        let right = town.now();
        if let Some(wrong) = self.world.clock() {
            town.set_clock(wrong);
            self.astray = true;
        }
        let done = work(self, town);
        town.set_clock(right);
        done
    }

    fn step(&mut self) -> Result<(), Cut> {
        self.steps += 1;
        if (self.plug)(self.steps) {
            self.cuts += 1;
            return Err(Cut);
        }
        Ok(())
    }

    pub(super) fn take_in(&mut self, town: &mut Town) -> Result<bool, Cut> {
        if self.order == Order::MarkFirst {
            return self.mark_and_take_in(town);
        }
        let (hub, mut ends) = (Arc::clone(town.hub()), town.ends());
        let taken = town.run(intake::take_in(&hub, &mut ends.sources[0].0)).unwrap();
        if taken > 0 {
            self.step()?;
        }
        Ok(taken > 0)
    }

    fn mark_and_take_in(&mut self, town: &mut Town) -> Result<bool, Cut> {
        let mut inbox = Maildir::open(&town.inbox()).unwrap();
        let name = inbox.name();
        let (listing, fetched) = town.run(async {
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
        let now = town.now();
        let mut store = town.hub().store();
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

    pub(super) fn handle(&mut self, town: &mut Town) -> Result<bool, Cut> {
        let hub = Arc::clone(town.hub());
        let due = hub.store().due(hub.now(), 100).unwrap();
        if due.is_empty() {
            return Ok(false);
        }
        let cut = self.step();
        if cut.is_err() {
            // the try is counted, and then nothing more
            hub.store().transact(|tx| tx.begin(&due)).unwrap();
        }
        cut?;
        engine::batch(&hub).unwrap();
        self.step()?;
        Ok(true)
    }

    fn mark(&mut self, town: &mut Town) -> Result<(), Cut> {
        let mut inbox = Maildir::open(&town.inbox()).unwrap();
        let hub = Arc::clone(town.hub());
        let cursor = hub.store().transact(|tx| tx.mailbox(&inbox.name())).unwrap();
        let done = hub.store().unmarked(cursor.mailbox, cursor.epoch, 100).unwrap();
        if done.is_empty() {
            return Ok(());
        }
        let (intakes, uids): (Vec<i64>, Vec<String>) = done.into_iter().unzip();
        town.run(inbox.mark(&uids)).unwrap();
        self.step()?;
        hub.store().transact(|tx| tx.marked(&intakes)).unwrap();
        self.step()
    }

    fn send(&mut self, town: &mut Town) -> Result<bool, Cut> {
        let hub = Arc::clone(town.hub());
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
            let mood = self.world.mood();
            if mood != Mood::Takes {
                if mood == Mood::Mute {
                    town.run(town.ends().carrier.carry(&parcel));
                    self.letters.extend(town.delivered());
                    self.in_the_window += 1;
                }
                let later = Settled::Later { said: "not now".into(), at: hub.now() };
                hub.store().transact(|tx| tx.settle(parcel.id, &later, hub.now())).unwrap();
                self.step()?;
                continue;
            }
            if self.order == Order::NoteFirst {
                note();
                self.step()?;
            }
            let delivery = town.run(town.ends().carrier.carry(&parcel));
            assert!(matches!(delivery, Delivery::Sent(_)), "{delivery:?}");
            self.letters.extend(town.delivered());
            if self.order != Order::NoteFirst {
                let cut = self.step();
                self.in_the_window += usize::from(cut.is_err());
                cut?;
                note();
            }
            self.step()?;
        }
    }

    /// Recipient and bytes of all letters, and how often they came.
    pub fn post(&self) -> BTreeMap<(String, Vec<u8>), usize> {
        let mut letters = BTreeMap::new();
        for letter in &self.letters {
            *letters.entry((letter.to.clone(), letter.bytes.clone())).or_default() += 1;
        }
        letters
    }
}
