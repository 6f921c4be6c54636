//! `trackle install-recorder`: once, as root, so that sessions go on below sudo and su; `--remove` takes it out again,
//! `--status` tells how things stand, with exit code 1 when it does not work.

use super::{Failed, exit};
use crate::record::install::{self, Found, Places, Status};
use crate::show::screen;
use std::process::ExitCode;

/// Options of `trackle install-recorder`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Take everything out again.
    #[arg(long, conflicts_with = "status")]
    pub remove: bool,
    /// Tell how things stand; exit code 1 when sudo is not recorded.
    #[arg(long)]
    pub status: bool,
    /// With --remove: although recorded sessions are running, whose programs will complain of a missing library.
    #[arg(long, requires = "remove")]
    pub now: bool,
}

/// Installs, removes or tells.
///
/// # Errors
/// Without root's rights, on a read-only system, when a foreign file is in the way: a sentence.
pub fn run(args: &Args) -> Result<ExitCode, Failed> {
    let places = Places::of_system();
    if args.status {
        let now = install::status(&places)?;
        screen::print(&told(&now))?;
        return Ok(ExitCode::from(if works(&now) { 0 } else { exit::FAILED }));
    }
    if !rustix::process::geteuid().is_root() {
        let text = "only root can do that: sudo trackle install-recorder".to_owned();
        return Err(Failed { text, code: exit::FAILED });
    }
    if args.remove {
        let now = install::remove(&places, args.now)?;
        let left = match places.sessions.exists() {
            true => format!("; {} holds records that nobody has completed", places.sessions.display()),
            false => String::new(),
        };
        screen::print(&format!("{} is gone{left}\n", now.library.display()))?;
    } else {
        let now = install::install(&places)?;
        screen::print(&told(&now))?;
        screen::print(PRICE)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What root should know.
const PRICE: &str = "
What this adds: the loader now loads libtrackle.so into set-uid programs too, for every user who asks for it
(LD_PRELOAD=libtrackle.so), recorded or not. There it believes nothing of the environment but a session's name, and finds
sessions only in the directory above; what it keeps for a privileged program is what everybody may read. The set-uid bit on
it gives nobody rights, but whoever lists such files finds it: find /usr -name libtrackle.so -perm -4000
`trackle install-recorder --remove` takes it out again.
";

fn works(now: &Status) -> bool {
    now.found == Found::Good && now.sessions
}

fn told(now: &Status) -> String {
    let library = match now.found {
        Found::Good => "installed",
        Found::Nothing => "not installed",
        Found::WrongRights => "there, but not root's with mode 4644: privileged programs do not load it",
        Found::OtherVersion => "of another version: run `trackle install-recorder` again",
        Found::Foreign => "there, and not ours",
    };
    let sessions = if now.sessions { "ready" } else { "missing, or not root's with mode 1733" };
    let again = match (now.sessions, now.tmpfiles) {
        (true, true) => ", made again after a start",
        (true, false) => ", but gone after the next start (there is no tmpfiles.d)",
        _ => "",
    };
    let mut text = format!("{}: {library}\n", now.library.display());
    text.push_str(&format!("{}: {sessions}{again}\n", trackle_wire::SESSIONS));
    if !now.users.is_empty() {
        text.push_str(&format!("{} processes record by it now\n", now.users.len()));
    }
    let what = if works(now) { "recorded" } else { "not recorded, and the log says so" };
    text.push_str(&format!("what runs below sudo and su: {what}\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_is_told() {
        let status = |found, sessions, tmpfiles| Status {
            library: "/usr/lib/libtrackle.so".into(),
            found,
            sessions,
            tmpfiles,
            users: vec![(7, "bash".into())],
        };
        let good = told(&status(Found::Good, true, true));
        assert_eq!(
            good,
            "/usr/lib/libtrackle.so: installed\n/run/trackle/s: ready, made again after a start\n\
             1 processes record by it now\nwhat runs below sudo and su: recorded\n"
        );
        for (found, sessions, tmpfiles, wanted) in [
            (Found::Nothing, false, false, "not installed"),
            (Found::WrongRights, true, true, "4644"),
            (Found::OtherVersion, true, true, "another version"),
            (Found::Foreign, true, true, "not ours"),
            (Found::Good, true, false, "gone after the next start"),
            (Found::Good, false, true, "mode 1733"),
        ] {
            assert!(told(&status(found, sessions, tmpfiles)).contains(wanted));
            assert_eq!(works(&status(found, sessions, tmpfiles)), wanted.contains("next start"));
        }
    }
}
