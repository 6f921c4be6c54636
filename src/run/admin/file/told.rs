//! A robot that runs is told to read again what it reads when it starts: configuration, letters, keys.

use crate::config::Config;
use crate::daemon::answer::{self, Answer};
use crate::machine;
use crate::run::exit;
use crate::store::{self, LOCK};
use rustix::process::{Pid, Signal};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// How often, and how long apart, an answer is looked for.
const PATIENCE: u32 = 300;
const WAIT: Duration = Duration::from_millis(50);

/// Who knows of the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Nothing changed.
    Nothing,
    /// A robot has read it again.
    Read,
    /// It could not, and goes on as it was.
    Refused(String),
    /// A robot of that process was told, and has not answered.
    Silent(u32),
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
    let state = &before.robot.state;
    match store::is_in_use(state) {
        // it would refuse
        Ok(true) if *state != after.robot.state => Told::Elsewhere,
        _ => tell(state),
    }
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
    let before = answer::heard(state);
    let process = i32::try_from(pid).ok().and_then(Pid::from_raw);
    match process.map(|process| rustix::process::kill_process(process, Signal::HUP)) {
        Some(Ok(())) => answered(state, before.as_ref(), pid),
        _ => Told::Unheard,
    }
}

/// What a robot that was told says to it.
fn answered(state: &Path, before: Option<&Answer>, pid: u32) -> Told {
    for _ in 0..PATIENCE {
        std::thread::sleep(WAIT);
        match answer::heard(state).filter(|now| before != Some(now)) {
            None => {}
            Some(now) if now.why.is_empty() => return Told::Read,
            Some(now) => return Told::Refused(now.why),
        }
    }
    Told::Silent(pid)
}

impl Told {
    /// For people.
    pub fn words(&self) -> String {
        match self {
            Told::Nothing => "it is so already".into(),
            Told::Read => "the robot has read it again".into(),
            Told::Refused(why) => format!("the robot goes on as it was: {}", crate::run::in_words(why)),
            Told::Silent(pid) => {
                format!("the robot was told to read it again (process {pid}); its log says whether it did")
            }
            Told::Unheard => "a robot runs and was not told: now `systemctl reload trackle`".into(),
            Told::Elsewhere => "robot.state changes when the robot is stopped and started".into(),
            Told::Nobody => "no robot runs: it will read this when it starts".into(),
        }
    }

    /// Not done, when a robot could not read what is written.
    pub fn code(&self) -> ExitCode {
        if let Told::Refused(_) = self { ExitCode::from(exit::FAILED) } else { ExitCode::SUCCESS }
    }

    /// For programs.
    pub fn word(&self) -> &'static str {
        match self {
            Told::Nothing => "nothing to tell",
            Told::Read => "read",
            Told::Refused(_) => "refused",
            Told::Silent(_) => "told",
            Told::Unheard => "not told",
            Told::Elsewhere => "needs a start",
            Told::Nobody => "not running",
        }
    }
}
