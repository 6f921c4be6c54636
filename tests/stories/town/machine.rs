//! A member of staff at the robot's machine, while the robot runs: what `trackle note` and `trackle lock` do.

use super::Town;
use std::fmt::Write;
use trackle::command::reveal::Meant;
use trackle::machine;
use trackle::model::lock::{Lock, Process};
use trackle::model::proof::Proof;
use trackle::model::said::Words;
use trackle::model::ticket::Number;
use trackle::pipeline::Trace;
use trackle::pipeline::by_hand::{Desk, Done};
use trackle::pipeline::session::redaction::{Redaction, Wanted};
use trackle::store::{Guest, Tx};

impl Town {
    /// Does something at the machine in that member's name; gives why not, if not. What he starts dies with it.
    fn by_hand<T>(
        &mut self,
        (login, process): (&str, Process),
        work: impl FnOnce(&Desk<'_>, &Tx<'_>) -> Done<T>,
    ) -> Result<T, String> {
        self.settle();
        let house = &self.hub().house;
        let desk = Desk {
            house,
            member: house.robot.by_login(login).expect("a member"),
            seat: "on desk, uid 1000",
            host: &machine::host(),
            proof: Proof::Console,
            process: Some(process),
            lives: machine::lives,
            now: self.now(),
        };
        let done = Guest::open(&self.state()).unwrap().transact(|tx| work(&desk, tx)).unwrap();
        done.map_err(|why| why.to_string())
    }

    /// `trackle note 12 TEXT`, with `--public` or without.
    pub fn note(&mut self, login: &str, ticket: u32, text: &str, public: bool) -> Result<(), String> {
        writeln!(self.log, "\n=== {login} notes at the machine, of #{ticket}\n\n{text}").unwrap();
        self.said.extend(text.lines().map(str::to_owned));
        self.by_hand((login, gone()), |desk, tx| desk.note(tx, Number(ticket), text, public))
    }

    /// Says something in `trackle console`; gives why nothing was done, if nothing was.
    pub fn say(&mut self, login: &str, words: &Words) -> Result<Trace, String> {
        let lines: String = words.commands.iter().map(|line| format!("{line}\n")).collect();
        let about = words.about.map_or_else(|| words.title.clone(), |number| number.to_string());
        writeln!(self.log, "\n=== {login} at the console, about {about}\n\n{lines}\n{}", words.text).unwrap();
        self.said.extend(words.text.lines().map(str::to_owned));
        let said = self.by_hand((login, gone()), |desk, tx| desk.say(tx, words).map(Ok))?;
        said.map_err(|why| why.to_string())
    }

    /// Starts to work on a ticket, in a process that lives on, or in one that crashes.
    pub fn start_session(&mut self, login: &str, ticket: u32, lives: bool) -> Result<(), String> {
        let process = if lives { living() } else { gone() };
        self.by_hand((login, process), |desk, tx| desk.start(tx, Number(ticket)))
    }

    /// Ends a session without a word.
    pub fn leave_session(&mut self, login: &str, ticket: u32, lives: bool) -> Result<(), String> {
        let process = if lives { living() } else { gone() };
        self.by_hand((login, process), |desk, tx| desk.stop(tx, Number(ticket)).map(Ok))
    }

    /// A session that lives says so.
    pub fn renew_session(&mut self, login: &str, ticket: u32) -> Result<(), String> {
        self.by_hand((login, living()), |desk, tx| desk.renew(tx, Number(ticket)).map(Ok))
    }

    /// Ends a session that lives with what was done in it.
    pub fn end_session(&mut self, login: &str, ticket: u32, text: &str) -> Result<(), String> {
        self.said.extend(text.lines().map(str::to_owned));
        self.by_hand((login, living()), |desk, tx| desk.note(tx, Number(ticket), text, false))
    }

    /// `trackle redact 17 TEXT`.
    pub fn redact(&mut self, login: &str, session: u64, wanted: &Wanted) -> Result<Redaction, String> {
        let done = self.by_hand((login, gone()), |desk, tx| desk.redact(tx, session, wanted));
        assert!(Guest::open(&self.state()).unwrap().empty_log().unwrap());
        done
    }

    /// `trackle session hide 17 FILE`, or `reveal`.
    pub fn display(&mut self, login: &str, session: u64, file: &str, shown: bool) -> Result<(), String> {
        let meant = Meant { files: vec![file.into()], ..Meant::default() };
        self.by_hand((login, gone()), |desk, tx| desk.display(tx, session, &meant, shown))
    }

    /// `trackle lock take 12 --for 4h`.
    pub fn hold(&mut self, login: &str, ticket: u32, hours: i64) -> Result<(), String> {
        let length = jiff::SignedDuration::from_hours(hours);
        self.by_hand((login, gone()), |desk, tx| desk.hold(tx, Number(ticket), length))
    }

    /// `trackle lock release 12`.
    pub fn release(&mut self, login: &str, ticket: u32) -> Result<(), String> {
        self.by_hand((login, gone()), |desk, tx| desk.release(tx, Number(ticket)))
    }

    /// `trackle lock break 12`.
    pub fn break_lock(&mut self, login: &str, ticket: u32) -> Result<Option<Lock>, String> {
        self.by_hand((login, gone()), |desk, tx| desk.break_lock(tx, Number(ticket)))
    }

    /// Login of whoever works on a ticket; empty when nobody does.
    #[track_caller]
    pub fn holder_of(&self, ticket: u32) -> String {
        self.ticket(ticket).lock.map(|lock| lock.login).unwrap_or_default()
    }
}

/// The process that the stories run in.
fn living() -> Process {
    machine::this_process().expect("a process")
}

/// One that is over.
fn gone() -> Process {
    Process { pid: 17, started: "long ago".into() }
}
