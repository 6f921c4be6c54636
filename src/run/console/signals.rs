//! What others ask of the console by a signal: to leave, to stop for a while, to go on. Only flags are set here; the console
//! looks at them between two keys, so that the terminal is given back in order. While another program has the terminal,
//! keys that send signals are meant for that one, and stopping it stops both. signal(7).

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::flag;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Leave,
    Stop,
    /// It was stopped by force, and somebody else has had the terminal.
    GoOn,
}

/// What has come and was not looked at yet.
#[derive(Default)]
pub(super) struct Signals {
    ends: Arc<AtomicBool>,
    /// From the keyboard, which sends none while the console reads it: by then it is an end as well.
    breaks: Arc<AtomicBool>,
    stops: Arc<AtomicBool>,
    goes_on: Arc<AtomicBool>,
    is_aside: Arc<AtomicBool>,
}

impl Signals {
    /// Programs that are started later get theirs as ever: what is set here ends with exec.
    pub fn listen() -> io::Result<Signals> {
        let signals = Signals::default();
        for (signal, flag) in [
            (SIGTERM, &signals.ends),
            (SIGHUP, &signals.ends),
            (SIGINT, &signals.breaks),
            (SIGQUIT, &signals.breaks),
            (SIGCONT, &signals.goes_on),
        ] {
            flag::register(signal, Arc::clone(flag))?;
        }
        flag::register_conditional_default(SIGTSTP, Arc::clone(&signals.is_aside))?;
        flag::register(SIGTSTP, Arc::clone(&signals.stops))?;
        Ok(signals)
    }

    /// Says whether another program has the terminal. What that one was told is nothing to us.
    pub fn aside(&self, is_aside: bool) {
        self.is_aside.store(is_aside, SeqCst);
        for flag in [&self.breaks, &self.stops, &self.goes_on] {
            flag.store(false, SeqCst);
        }
    }

    pub fn asked(&self) -> Option<Asked> {
        if self.ends.load(SeqCst) || self.breaks.load(SeqCst) {
            return Some(Asked::Leave);
        }
        if self.stops.swap(false, SeqCst) {
            return Some(Asked::Stop);
        }
        self.goes_on.swap(false, SeqCst).then_some(Asked::GoOn)
    }
}

/// Stops this process until somebody has it go on.
pub(super) fn stop() -> io::Result<()> {
    signal_hook::low_level::raise(signal_hook::consts::SIGSTOP)
}
