//! Which parts of a big or binary file changed: in come both contents piece by piece, out come offsets and lengths. Never
//! bytes of either, since those may be secret.

use super::head::grouped;
use std::fmt;
use std::ops::Range;

/// Differences nearer than this are one.
const NEAR: u64 = 4096;
/// Ranges that are told of.
const MOST: usize = 16;

/// Where two contents differ, when they are laid one beside the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranges {
    differing: Vec<Range<u64>>,
    /// Bytes in ranges beyond those that are told of.
    beyond: u64,
    before: u64,
    after: u64,
}

impl Ranges {
    /// The next piece of both. Pieces are of one length until one side has ended.
    pub fn feed(&mut self, before: &[u8], after: &[u8]) {
        let at = self.before.min(self.after);
        self.before += before.len() as u64;
        self.after += after.len() as u64;
        if before.len() == after.len() && before == after {
            return;
        }
        for (n, (old, new)) in before.iter().zip(after).enumerate() {
            if old != new {
                self.mark(at + n as u64);
            }
        }
    }

    fn mark(&mut self, at: u64) {
        let room = self.differing.len() < MOST;
        match self.differing.last_mut() {
            Some(last) if at < last.end + NEAR => last.end = at + 1,
            _ if room => self.differing.push(at..at + 1),
            _ => self.beyond += 1,
        }
    }
}

impl fmt::Display for Ranges {
    /// `grew by 120 bytes`, or `changed: 4 bytes at 1,024, 60 at 9,000; shrank by 10 bytes`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for (n, range) in self.differing.iter().enumerate() {
            let length = range.end - range.start;
            let length = if n == 0 { bytes(length) } else { grouped(length) };
            parts.push(format!("{length} at {}", grouped(range.start)));
        }
        if self.beyond > 0 {
            parts.push(format!("{} further on", grouped(self.beyond)));
        }
        let mut told = Vec::new();
        if !parts.is_empty() {
            told.push(format!("changed: {}", parts.join(", ")));
        }
        match self.after.cmp(&self.before) {
            std::cmp::Ordering::Greater => {
                told.push(format!("grew by {}", bytes(self.after - self.before)));
            }
            std::cmp::Ordering::Less => {
                told.push(format!("shrank by {}", bytes(self.before - self.after)));
            }
            std::cmp::Ordering::Equal => {}
        }
        f.write_str(&told.join("; "))
    }
}

fn bytes(n: u64) -> String {
    if n == 1 { "1 byte".to_owned() } else { format!("{} bytes", grouped(n)) }
}
