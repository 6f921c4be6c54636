//! Who sits at the machine: the member of staff in whose name `trackle note` and `trackle lock` act. Whoever may write
//! the database is believed to be whom he says; the user that the kernel knows stands in the letters beside it.

use super::account::Account;
use super::{Failed, exit, read_config};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::limits;
use crate::model::person::Member;
use crate::model::proof::Proof;
use crate::model::robot::Robot;
use crate::model::said::Words;
use crate::model::ticket::Number;
use crate::pipeline::by_hand::said::Unsaid;
use crate::pipeline::by_hand::{Desk, Done};
use crate::pipeline::{House, Trace};
use crate::store::{Guest, Reader, Tx};
use crate::{daemon, machine};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

/// Time between two signs of life.
const RENEW: Duration = Duration::from_secs(limits::LOCK_LEASE.unsigned_abs() / 3);

/// Options of all that is done in a member's name.
#[derive(Debug, clap::Args)]
pub struct As {
    /// In whose name, by a login of the configuration [default: your user name].
    #[arg(long = "as", value_name = "LOGIN")]
    pub login: Option<String>,
}

/// Somebody at the machine, and the database before him.
pub struct Sitting {
    config: Config,
    house: House,
    member: Member,
    host: String,
    seat: String,
}

impl Sitting {
    /// Sits down.
    ///
    /// # Errors
    /// A wrong configuration; nobody on staff of that name.
    pub fn down(config: &Path, who: &As) -> Result<Sitting, Failed> {
        let config = read_config(config)?;
        let house = daemon::house(&config)?;
        let member = member(&house.robot, who.login.as_deref())?.clone();
        let host = machine::host();
        let seat = format!("on {host}, uid {}", rustix::process::getuid().as_raw());
        Ok(Sitting { config, house, member, host, seat })
    }

    /// Who sits there.
    pub fn member(&self) -> &Member {
        &self.member
    }

    /// Whom and what he works for.
    pub fn robot(&self) -> &Robot {
        &self.house.robot
    }

    /// What can be read, beside whoever writes.
    ///
    /// # Errors
    /// When there is no database.
    pub fn reader(&self) -> Result<Reader, Failed> {
        Ok(Reader::open(&self.config.robot.state)?)
    }

    /// What is configured.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Says something as by mail. Gives what became of it, or why nothing did.
    ///
    /// # Errors
    /// Failures of the database.
    pub fn say(&self, words: &Words) -> Result<Result<Trace, Unsaid>, Failed> {
        Ok(Guest::open(&self.config.robot.state)?.transact(|tx| self.desk().say(tx, words))?)
    }

    /// Does something in one transaction of its own.
    ///
    /// # Errors
    /// What was refused, and failures of the database.
    pub fn act<T>(&self, work: impl FnOnce(&Desk<'_>, &Tx<'_>) -> Done<T>) -> Result<T, Failed> {
        let done = Guest::open(&self.config.robot.state)?.transact(|tx| work(&self.desk(), tx))?;
        done.map_err(|why| Failed { text: why.to_string(), code: exit::FAILED })
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            house: &self.house,
            member: &self.member,
            seat: &self.seat,
            host: &self.host,
            proof: Proof::Console,
            process: machine::this_process(),
            lives: machine::lives,
            now: SystemClock.now(),
        }
    }

    /// Empties the log beside the database, where what was taken out of it still stands; whether that could be done.
    ///
    /// # Errors
    /// Those of the database.
    pub fn empty_log(&self) -> Result<bool, Failed> {
        Ok(Guest::open(&self.config.robot.state)?.empty_log()?)
    }

    /// Says now and then that this process still works on a ticket, as long as `work` takes.
    pub fn while_renewing<T>(&self, ticket: Number, work: impl FnOnce() -> T) -> T {
        // what is wrong then is told when something is to be stored
        let renew = || drop(self.act(|desk, tx| desk.renew(tx, ticket).map(Ok)));
        while_renewing(renew, work)
    }
}

/// Calls `renew` now and then, as long as `work` takes.
pub fn while_renewing<T>(renew: impl Fn() + Send, work: impl FnOnce() -> T) -> T {
    let (working, over) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while over.recv_timeout(RENEW) == Err(mpsc::RecvTimeoutError::Timeout) {
                renew();
            }
        });
        let result = work();
        drop(working);
        result
    })
}

/// The member of that name, or of the user's own.
fn member<'r>(robot: &'r Robot, said: Option<&str>) -> Result<&'r Member, Failed> {
    if let Some(word) = said {
        return robot.by_word(word).map_err(|close| {
            let close: Vec<&str> = close.iter().map(|member| member.login.as_str()).collect();
            nobody(word, &close)
        });
    }
    let user = user();
    let lower = user.to_ascii_lowercase();
    let mut members = robot.members.iter();
    let own = members.find(|m| m.login.eq_ignore_ascii_case(&user) || m.words.contains(&lower));
    own.ok_or_else(|| nobody(&user, &[]))
}

fn nobody(word: &str, close: &[&str]) -> Failed {
    let text = if close.is_empty() {
        format!("nobody on staff is called \"{word}\": say who you are with --as LOGIN")
    } else {
        format!("\"{word}\" could be {}", close.join(" or "))
    };
    Failed { text, code: exit::FAILED }
}

/// Who is logged in: behind sudo, the one who called it; else whose process this is.
#[allow(clippy::disallowed_methods)] // who somebody is, is no part of the configuration
fn user() -> String {
    let names = ["SUDO_USER", "LOGNAME", "USER"];
    let said = names.iter().filter_map(|name| std::env::var(name).ok()).find(|name| !name.is_empty());
    said.unwrap_or_else(|| Account::here().name)
}
