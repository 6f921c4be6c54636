//! What is told of a run: a line for each row as it ends, a bar while it runs, and all of it as JSON.

use crate::row::{Row, Tier};
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How a row ended.
pub struct Ended {
    pub name: &'static str,
    pub about: &'static str,
    pub unit: &'static str,
    pub amount: u64,
    /// What these were made of.
    pub tried: u64,
    pub seed: u64,
    pub took: Duration,
    /// What was seen, or what is wrong.
    pub result: Result<String, String>,
    /// What the negative control was caught by, or that it was not.
    pub control: Result<String, String>,
}

impl Ended {
    /// Whether the promise held, and the trial could have failed.
    pub fn is_well(&self) -> bool {
        self.result.is_ok() && self.control.is_ok()
    }

    /// A line for people.
    pub fn line(&self) -> String {
        let verdict = if self.is_well() { paint("32", "ok    ") } else { paint("31", "FAILED") };
        let seen = match &self.result {
            Ok(seen) => format!("{}; failing chance below {}", seen, bound(self.tried)),
            Err(wrong) => {
                format!("{wrong}\n       again with: tests/battery --row {} --seed {}", self.name, self.seed)
            }
        };
        let control = match &self.control {
            Ok(caught) => format!("control caught: {}", caught.lines().next().unwrap_or_default()),
            Err(missed) => paint("31", missed),
        };
        format!(
            "{verdict} {:4} {}: {} {}, {:.1} s\n       {seen}\n       {control}",
            self.name,
            self.about,
            self.amount,
            self.unit,
            self.took.as_secs_f64()
        )
    }

    fn json(&self) -> Value {
        json!({
            "row": self.name,
            "about": self.about,
            "trials": self.amount,
            "tried": self.tried,
            "unit": self.unit,
            "seed": self.seed,
            "seconds": self.took.as_secs_f64(),
            "ok": self.is_well(),
            "seen": self.result.as_ref().ok(),
            "wrong": self.result.as_ref().err(),
            "control": self.control.as_ref().ok(),
            "control_missed": self.control.as_ref().err(),
        })
    }
}

/// The whole run, for programs.
pub fn json(tier: Tier, ended: &[Ended]) -> Value {
    json!({ "tier": format!("{tier:?}").to_lowercase(), "rows": ended.iter().map(Ended::json).collect::<Vec<_>>() })
}

/// With no failure in n trials, the chance of one lies below 3/n with 95 % certainty (the rule of three).
fn bound(amount: u64) -> String {
    format!("{:.2} %", (300.0 / amount.max(1) as f64).min(100.0))
}

fn paint(code: &str, text: &str) -> String {
    let plain = !std::io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    if plain { text.to_owned() } else { format!("\x1b[{code}m{text}\x1b[0m") }
}

/// A bar on standard error, with the time that is left; nothing when nobody looks.
pub struct Bar {
    row: &'static str,
    of: u64,
    begun: Instant,
    seen: bool,
    told: std::cell::Cell<Option<Instant>>,
}

impl Bar {
    const STEP: Duration = Duration::from_millis(200);
    const WIDTH: u64 = 30;

    pub fn new(row: &Row, of: u64) -> Bar {
        Bar {
            row: row.name,
            of: of.max(1),
            begun: Instant::now(),
            seen: std::io::stderr().is_terminal(),
            told: std::cell::Cell::new(None),
        }
    }

    pub fn tell(&self, done: u64) {
        let now = Instant::now();
        if !self.seen || self.told.get().is_some_and(|told| now - told < Bar::STEP) {
            return;
        }
        self.told.set(Some(now));
        let full = (done * Bar::WIDTH / self.of).min(Bar::WIDTH) as usize;
        let left =
            self.begun.elapsed().as_secs_f64() / done.max(1) as f64 * self.of.saturating_sub(done) as f64;
        let bar = format!("{}{}", "#".repeat(full), ".".repeat(Bar::WIDTH as usize - full));
        let _ = write!(
            std::io::stderr(),
            "\r\x1b[K{:4} [{bar}] {done}/{}  {}:{:02} left",
            self.row,
            self.of,
            left as u64 / 60,
            left as u64 % 60
        );
    }

    pub fn clear(&self) {
        if self.told.get().is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
