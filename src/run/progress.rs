//! How far work that takes longer than a second has come, for whoever looks at standard error. Programs see nothing of it.

use crate::clock;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// A line on standard error that is written over, for work that takes long; nothing when nobody looks.
pub struct Progress {
    doing: &'static str,
    next: Option<Instant>,
    told: bool,
}

impl Progress {
    /// Before it says anything for the first time.
    const FIRST: Duration = Duration::from_secs(1);
    const STEP: Duration = Duration::from_millis(200);

    /// Of something that is called so: `checking`.
    pub fn of(doing: &'static str) -> Progress {
        let seen = std::io::stderr().is_terminal();
        Progress { doing, next: seen.then(|| clock::instant() + Progress::FIRST), told: false }
    }

    /// So much of so much is done.
    pub fn tell(&mut self, what: &str, done: u64, of: u64) {
        let now = clock::instant();
        if self.next.is_some_and(|next| now >= next) {
            let percent = done * 100 / of.max(1);
            let _ = write!(std::io::stderr(), "\r\u{1b}[K{} {what}: {percent} %", self.doing);
            (self.next, self.told) = (Some(now + Progress::STEP), true);
        }
    }

    /// Takes the line away.
    pub fn clear(&self) {
        if self.told {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}
