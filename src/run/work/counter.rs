//! Where a session is handed in: at the robot's database, where this machine has it, or by the mail that `host.toml` names.
//! Away from the database nothing is known of tickets: no lock is taken, and whether there is such a ticket shows when the
//! session arrives.

use super::{failed, say, ticket};
use crate::clock::{Clock, SystemClock};
use crate::model::lock::Process;
use crate::model::session::{Ending, FilePath, Session, Witnesses, Worker};
use crate::model::session_log::Contents;
use crate::model::ticket::Number;
use crate::pipeline::session::{self, Arrival};
use crate::record::complete::Complete;
use crate::record::place::{self, Place, Start};
use crate::redact::Redactor;
use crate::run::account::Account;
use crate::run::desk::{As, Sitting};
use crate::run::post::{self, Post};
use crate::run::{Failed, complain, denied, read_config};
use crate::show::look::count;
use std::path::Path;

/// The robot's end of the work.
pub enum Counter {
    Here(Box<Sitting>),
    Away(Box<Post>),
}

impl Counter {
    /// The one of this machine.
    ///
    /// # Errors
    /// A wrong configuration, nobody on staff of that name; nobody said where sessions go.
    pub fn of(config: &Path, who: &As) -> Result<Counter, Failed> {
        let barred = match std::fs::File::open(config) {
            // who may not write to the robot's files hands in like another host
            Ok(_) => Some(read_config(config)?.robot.state).filter(|state| denied::owner(state).is_some()),
            Err(_) => Some(config.to_owned()),
        };
        let Some(barred) = barred else { return Ok(Counter::Here(Box::new(Sitting::down(config, who)?))) };
        let said = if post::file().is_some() { Post::here(config)? } else { None };
        match (said, &who.login) {
            (Some(post), None) => Ok(Counter::Away(Box::new(post))),
            (Some(_), Some(login)) => Err(failed(format!(
                "--as {login} counts on the robot's own machine alone: whose sessions these are is said once, by \
                 `trackle host enroll --as {login}`"
            ))),
            (None, _) if let Some(owner) = denied::holder(&barred) => Err(failed(format!(
                "{} is {owner}'s: `sudo -u {owner} trackle …` may use it; or have sessions of your own believed: \
                 `trackle host enroll --robot help@example.org`",
                barred.display()
            ))),
            (None, _) => Err(failed(format!(
                "neither is {} here, nor has anybody said where sessions go from here: \
                 `trackle host enroll --robot help@example.org`",
                barred.display()
            ))),
        }
    }

    /// The ticket that is worked on; `None` when the open ones were listed instead.
    ///
    /// # Errors
    /// No such ticket, or it is closed; none was named where none can be offered.
    pub fn ticket(&self, named: Option<Number>, closed: bool) -> Result<Option<Job>, Failed> {
        let Counter::Here(sitting) = self else {
            let number =
                named.ok_or_else(|| failed("name the ticket: this host does not see them".into()))?;
            return Ok(Some(Job { number, title: None }));
        };
        let Some(number) = ticket::wanted(sitting, named)? else { return Ok(None) };
        let view = ticket::open(sitting, number, closed)?;
        Ok(Some(Job { number, title: Some(view.ticket.title) }))
    }

    /// Keeps others from starting on a ticket for as long as `work` takes.
    ///
    /// # Errors
    /// When somebody else works on it; and those of the work.
    pub fn locked<T>(&self, number: Number, work: impl FnOnce() -> Result<T, Failed>) -> Result<T, Failed> {
        let Counter::Here(sitting) = self else { return work() };
        sitting.act(|desk, tx| desk.start(tx, number))?;
        let done = sitting.while_renewing(number, work);
        // whoever cannot reach the database leaves the lock to its lease; how the work ended counts for more
        if let Err(why) = sitting.act(|desk, tx| desk.stop(tx, number).map(Ok)) {
            complain(&format!("giving {number} back: {}", why.text));
        }
        done
    }

    /// Gives back the lock of a recorder that died with its session, unless somebody else has it by now.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unlock(&self, start: &Start) -> Result<(), Failed> {
        let (Counter::Here(sitting), Some(number), Some((pid, started))) =
            (self, start.ticket.and_then(|number| u32::try_from(number).ok()), start.recorder.clone())
        else {
            return Ok(());
        };
        let gone = Process { pid, started };
        sitting.act(|desk, tx| desk.stop_for(tx, Number(number), &gone).map(Ok)).map(drop)
    }

    /// Whether others are kept from starting meanwhile.
    pub fn locks(&self) -> bool {
        matches!(self, Counter::Here(_))
    }

    /// Files a session and takes it off the disk.
    ///
    /// # Errors
    /// When it could not be filed: where it is, and how it is filed later.
    pub fn file(&self, place: &Place, complete: Complete, ticket: Number) -> Result<(), Failed> {
        let told = match self {
            Counter::Here(sitting) => filed(sitting, &complete, ticket),
            Counter::Away(post) => posted(post, complete, ticket),
        };
        say(&told.map_err(|why| later(place, ticket, why))?);
        // it is filed: what is left over here harms nobody
        place.clear();
        Ok(())
    }
}

/// What is worked on.
pub struct Job {
    pub number: Number,
    /// Where it is known.
    pub title: Option<String>,
}

fn filed(sitting: &Sitting, complete: &Complete, ticket: Number) -> Result<String, Failed> {
    let member = sitting.member();
    let worker = Worker { address: member.address.clone(), name: member.name.clone() };
    let Complete { session, contents } = complete;
    let arrival =
        Arrival { session, contents, worker: &worker, proof: "console", intake: None, is_redacted: true };
    let now = SystemClock.now();
    let taken = sitting.act(|desk, tx| session::file(tx, desk.house, arrival, ticket, now))?;
    Ok(format!("Session {} is with {}: {}.", taken.number, taken.ticket, held(complete)))
}

/// What somebody writes down on a host that does not see the tickets: a session of no length.
pub fn note(post: &Post, ticket: Number, text: &str) -> Complete {
    let now = SystemClock.now();
    let session = Session {
        id: place::new_id(),
        host: post.name.clone(),
        login: Account::here().name,
        ticket: Some(ticket.0.into()),
        started: now,
        ended: now,
        ending: Ending::Exit(0),
        directory: FilePath::default(),
        shell: String::new(),
        command: None,
        environment: Vec::new(),
        witnesses: Witnesses::default(),
        typed: Vec::new(),
        ran: Vec::new(),
        changes: Vec::new(),
        remark: Redactor::new().text(text).0,
        tags: Vec::new(),
        evidence: Vec::new(),
    };
    Complete { session, contents: Contents::new() }
}

/// Seals a session into the queue and sends what waits there; gives what is told of it.
///
/// # Errors
/// When it could not be kept.
pub fn posted(post: &Post, complete: Complete, ticket: Number) -> Result<String, Failed> {
    let (name, held) = (complete.session.id.clone(), held(&complete));
    // whoever files it later may have another ticket in mind than at its start
    let session = Session { ticket: Some(u64::from(ticket.0)), ..complete.session };
    post.keep(session, complete.contents)?;
    let robot = &post.host.robot;
    let way = match post.send() {
        Ok(sent) => sent.trouble.map_or(Ok(()), Err),
        Err(fault) => Err(fault.doing),
    };
    Ok(match way {
        Ok(()) => format!("Session {name} is on its way to {robot}, for {ticket}: {held}."),
        Err(why) => format!("Session {name} for {ticket} waits ({held}): {why}; `trackle submit` sends it."),
    })
}

fn held(complete: &Complete) -> String {
    match complete.session.ending {
        Ending::Discarded => "nothing of it was kept".to_owned(),
        _ if complete.session.is_note() => "a note".to_owned(),
        _ => count(complete.session.changes.len() as u64, "file"),
    }
}

/// What whoever lost nothing is told.
pub fn later(place: &Place, ticket: Number, why: Failed) -> Failed {
    let name = place.dir().file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let text = format!(
        "{}; nothing is lost: the session is in {}; file it later with `trackle attach {} {name}`",
        why.text,
        place.dir().display(),
        ticket.0
    );
    Failed { text, ..why }
}
