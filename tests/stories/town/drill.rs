//! What the battery asks of the town beyond what stories do: a database that is exchanged, mails that are counted.

#![allow(dead_code)] // no story uses it

use super::Town;
use super::storm::Storm;
use jiff::Timestamp;
use std::path::Path;

impl Town {
    /// How many mails were written.
    pub fn mails_written(&self) -> usize {
        self.written as usize
    }

    /// How many mails of the mailbox came to an end.
    pub fn mails_ended(&self) -> usize {
        let query = "SELECT count(DISTINCT uid) FROM intake WHERE state NOT IN ('new','reading')";
        self.database().query_row(query, [], |row| row.get(0)).unwrap()
    }

    /// The clock is set.
    pub fn set_clock(&mut self, at: Timestamp) {
        *self.clock.0.lock().unwrap() = at;
    }

    /// Uids of the mails that the robot has taken in, and whether each has its end.
    pub fn taken(&self) -> Vec<(String, bool)> {
        let db = self.database();
        let mut rows =
            db.prepare("SELECT uid, state NOT IN ('new','reading') FROM intake ORDER BY id").unwrap();
        rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    }

    /// The robot is stopped, something is done to its state and its mailbox, and it is started again.
    pub fn while_down(&mut self, work: impl FnOnce(&Path, &Path)) {
        self.hub = None;
        work(&self.state(), &self.inbox());
        self.start();
    }
}

impl Storm {
    /// Takes in and handles what lies there; what is owed for it stays owed.
    pub fn handle_only(&mut self, town: &mut Town) {
        let handled = self.take_in(town).and_then(|_| self.handle(town));
        if handled.is_err() {
            self.start_again(town);
        }
    }
}
