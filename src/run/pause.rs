//! `trackle pause`, `resume`, `off` and `forget`: what is taken out of the session that goes on, by whoever types in it. That
//! something is missing stands in the log.

use super::prompt::Inside;
use super::{Failed, exit};
use crate::clock::{Clock, SystemClock};
use crate::record::history;
use crate::record::pauses::{self, Turn, Turned};
use crate::record::shell::HISTORY;
use crate::show::screen;
use std::process::ExitCode;

/// Options of `trackle forget`.
#[derive(Debug, clap::Args)]
pub struct Forget {
    /// What is forgotten.
    #[arg(value_enum)]
    pub what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum What {
    /// The last command that was typed in this shell.
    Last,
}

/// Stops or resumes recording.
///
/// # Errors
/// Outside of a session; when recording is off for good; when it cannot be written down.
pub fn turn(turn: Turn) -> Result<ExitCode, Failed> {
    let inside = inside()?;
    // whoever works turned it off for himself: root may have pages to follow
    if pauses::is_off(&inside.dir) && turn != Turn::Off {
        return Err(failed("recording is off in this session, for good".into()));
    }
    let turned = pauses::turn(&inside.dir, turn, SystemClock.now())?;
    let Turned { already, others } = turned;
    let text = match turn {
        Turn::Pause if already => "Trackle records nothing already.\n",
        Turn::Pause => "Trackle records nothing until you type `trackle resume`; the log will say so.\n",
        Turn::Resume if already => "Trackle records already.\n",
        Turn::Resume => "Trackle records again.\n",
        Turn::Off if already => "Trackle records nothing in this session already.\n",
        Turn::Off => {
            "Trackle records nothing in this session any more; what it has is filed when you `exit`.\n"
        }
    };
    screen::print(text)?;
    let shared = inside.dir.starts_with(trackle_wire::SESSIONS) && !rustix::process::geteuid().is_root();
    match turn {
        // others' programs may come later, with a page that says nothing of it
        Turn::Pause | Turn::Off if shared || !others.is_empty() => screen::print(&format!(
            "What you run with other rights (sudo, su) is still recorded; `sudo trackle {}` ends that as well.\n",
            turn.word()
        ))?,
        Turn::Resume if !others.is_empty() => screen::print(
            "What you run with other rights (sudo, su) is not recorded yet: `sudo trackle resume`.\n",
        )?,
        _ => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes out what was typed before.
///
/// # Errors
/// Outside of a session; when there is nothing to forget, or it cannot be taken out.
pub fn forget(_: &Forget) -> Result<ExitCode, Failed> {
    let inside = inside()?;
    let shell = rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get());
    let path = inside.dir.join(format!("{HISTORY}.{shell}"));
    if !path.exists() {
        return Err(failed("what this shell is told is not recorded".into()));
    }
    let Some((from, to)) = history::forget_last(&path)? else {
        return Err(failed("there is no command to forget".into()));
    };
    let now = SystemClock.now();
    pauses::forgot(&inside.dir, from.unwrap_or(now), to.unwrap_or(now))?;
    screen::print(
        "The last command is forgotten: neither it nor the programs that it ran will be in the log. What they changed will.\n",
    )?;
    Ok(ExitCode::SUCCESS)
}

fn inside() -> Result<Inside, Failed> {
    Inside::now().ok_or_else(|| failed("this shell is not recorded".into()))
}

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}
