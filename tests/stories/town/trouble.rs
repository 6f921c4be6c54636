//! What can go wrong in the town: the power fails, a letter box is nailed up, a story breaks off.

use super::Town;
use std::fs;
use std::sync::Arc;
use trackle::daemon;

impl Town {
    /// Pulls the plug: what was committed is on disk, nothing else is, and the robot starts anew.
    pub fn power_cut(&mut self) {
        let (state, aside) = (self.state(), self.path("aside"));
        fs::create_dir(&aside).unwrap();
        // the database as it lies there while it is open: a proper end would tidy it up
        for file in fs::read_dir(&state).unwrap().map(Result::unwrap) {
            fs::copy(file.path(), aside.join(file.file_name())).unwrap();
        }
        self.hub = None;
        fs::remove_dir_all(&state).unwrap();
        fs::rename(aside, state).unwrap();
        self.start();
        let hub = Arc::clone(self.hub());
        self.runtime.block_on(daemon::courier::reclaim(&hub)).unwrap();
    }

    /// Somebody's letter box is nailed up: what is carried there comes back for later.
    pub fn nail_up(&self, whose: &str) {
        let letter_box = self.path("post").join(whose);
        fs::remove_dir_all(&letter_box).unwrap();
        fs::write(letter_box, "").unwrap();
    }
    /// It is open again.
    pub fn open_up(&self, whose: &str) {
        fs::remove_file(self.path("post").join(whose)).unwrap();
    }

    /// The story ends here, whatever is left over.
    pub fn abandon(mut self) {
        self.hub = None;
    }
}
