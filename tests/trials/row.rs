//! What a row of the battery is: a promise, how often it is tried in each tier, and how it is seen that the trial could
//! fail.

use std::cell::Cell;

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Tier {
    /// With the other tests, a few minutes.
    Ci,
    /// Within 85 minutes on two cores.
    Nightly,
    /// As long as it takes.
    Release,
}

/// A promise that is tried.
pub struct Row {
    /// `B21`.
    pub name: &'static str,
    /// What is promised, in a few words.
    pub about: &'static str,
    /// What is counted: "weeks".
    pub unit: &'static str,
    /// How many there are in each tier; 0: the row is not in it.
    pub amounts: [u64; 3],
    /// Tries it: what was seen, or what is wrong.
    pub trial: fn(&Trial<'_>) -> Result<String, String>,
    /// The same with something wrong in it. It has to fail; what it says is told.
    pub control: fn(&Trial<'_>) -> Result<String, String>,
}

impl Row {
    /// How many trials a tier has.
    pub fn amount(&self, tier: Tier) -> u64 {
        self.amounts[tier as usize]
    }
}

/// One go at a row.
pub struct Trial<'a> {
    /// Where all chance comes from.
    pub seed: u64,
    /// How many are to be tried.
    pub amount: u64,
    /// Told after each.
    pub progress: &'a dyn Fn(u64),
    pub done: Cell<u64>,
    /// Where a trial is made of many: how many there were.
    pub tried: Cell<u64>,
}

impl Trial<'_> {
    /// One more is done.
    pub fn step(&self) {
        self.done.set(self.done.get() + 1);
        (self.progress)(self.done.get());
    }

    /// The same, of so many.
    pub fn of(&self, amount: u64) -> Trial<'_> {
        Trial { amount, done: Cell::new(0), tried: Cell::new(amount), ..*self }
    }

    /// It was made of so many.
    pub fn tried(&self, many: u64) {
        self.tried.set(many);
    }

    /// The seeds of all trials. A single one of them is tried again with `--seed`.
    pub fn seeds(&self) -> impl Iterator<Item = u64> {
        self.seed..self.seed + self.amount
    }
}
