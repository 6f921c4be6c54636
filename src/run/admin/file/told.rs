//! A robot that runs is told to read again what it reads when it starts: configuration, letters, keys.

use crate::config::Config;
use crate::machine;
use crate::store::{self, LOCK};
use rustix::process::{Pid, Signal};
use std::path::Path;

/// Who knows of the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Nothing changed.
    Nothing,
    /// A robot of that process was told to read it again.
    Robot(u32),
    /// A robot runs, and we may not tell it.
    Unheard,
    /// It keeps its state where the robot that runs does not look.
    Elsewhere,
    /// No robot runs.
    Nobody,
}

/// Tells a robot that runs with the configuration of before.
///
/// It is found by the lock that it holds on its state, and told by a signal, if it listens for that one.
pub fn tell_both(before: &Config, after: &Config) -> Told {
    let told = tell(&before.robot.state);
    if before.robot.state != after.robot.state && told != Told::Nobody { Told::Elsewhere } else { told }
}

/// Tells a robot that runs on that state to read again what it reads when it starts.
pub fn tell(state: &Path) -> Told {
    match store::is_in_use(state) {
        Ok(false) => return Told::Nobody,
        Ok(true) => {}
        Err(_) => return Told::Unheard,
    }
    let Some(pid) = machine::who_locks(&state.join(LOCK)).filter(|pid| machine::hears_hangup(*pid)) else {
        return Told::Unheard;
    };
    let process = i32::try_from(pid).ok().and_then(Pid::from_raw);
    match process.map(|process| rustix::process::kill_process(process, Signal::HUP)) {
        Some(Ok(())) => Told::Robot(pid),
        _ => Told::Unheard,
    }
}

impl Told {
    /// For people.
    pub fn words(self) -> String {
        match self {
            Told::Nothing => "it is so already".into(),
            Told::Robot(pid) => format!("the robot was told to read it again (process {pid})"),
            Told::Unheard => "a robot runs and was not told: now `systemctl reload trackle`".into(),
            Told::Elsewhere => "robot.state changes when the robot is stopped and started".into(),
            Told::Nobody => "no robot runs: it will read this when it starts".into(),
        }
    }

    /// For programs.
    pub fn word(self) -> &'static str {
        match self {
            Told::Nothing => "nothing to tell",
            Told::Robot(_) => "told",
            Told::Unheard => "not told",
            Told::Elsewhere => "needs a start",
            Told::Nobody => "not running",
        }
    }
}
