//! Where a session is handed in: at the robot's database, where this machine has it, or the way that `host.toml` names.
//! Where that is mail, nothing is known of tickets: no lock is taken, and whether there is such a ticket shows when the
//! session arrives. Where it is the robot's API, both are there for as long as the line is.

use super::{failed, say, ticket};
use crate::clock::{Clock, SystemClock};
use crate::machine;
use crate::model::api::Turn;
use crate::model::lock::Process;
use crate::model::session::{Ending, FilePath, Session, Witnesses, Worker};
use crate::model::session_log::Contents;
use crate::model::ticket::Number;
use crate::pipeline::session::{self, Arrival};
use crate::record::complete::Complete;
use crate::record::place::{self, Place, Start};
use crate::redact::Redactor;
use crate::run::account::Account;
use crate::run::desk::{As, Sitting, while_renewing};
use crate::run::post::{self, Post};
use crate::run::tickets::{self, Far};
use crate::run::{Failed, complain, denied, exit, read_config};
use crate::show::look::count;
use crate::show::safe;
use crate::show::ticket::Story;
use std::path::Path;

/// The robot's end of the work.
pub enum Counter {
    Here(Box<Sitting>),
    Away(Box<Post>),
    /// Sessions go by the post, and the tickets are seen as long as the line is up.
    There(Box<Post>, Box<Far>),
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
        if let Some((post, line)) = tickets::far(config)? {
            return match Far::open(line, who) {
                Ok(far) => Ok(Counter::There(Box::new(post), Box::new(far))),
                // what is done meanwhile is recorded, and handed in later
                Err(why) if why.code == exit::LATER => {
                    complain(&format!("{}; what you do is kept and handed in later", why.text));
                    Ok(Counter::Away(Box::new(post)))
                }
                Err(why) => Err(why),
            };
        }
        let said = if post::file().is_some() { Post::here(config)? } else { None };
        match (said, &who.login) {
            (Some(post), None) => Ok(Counter::Away(Box::new(post))),
            (Some(_), Some(login)) => Err(failed(format!(
                "--as {login} counts on the robot's own machine alone: whose sessions these are is said once, by \
                 `trackle host enroll --as {login}`"
            ))),
            (None, _) if barred.exists() => Err(failed(format!(
                "{}: Permission denied; to do without it, have sessions of your own believed: \
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
        let (number, view) = match self {
            Counter::Away(_) => {
                let number =
                    named.ok_or_else(|| failed("name the ticket: this host does not see them now".into()))?;
                return Ok(Some(Job { number, title: None }));
            }
            Counter::Here(sitting) => {
                let Some(number) = ticket::wanted(named, || ticket::open_ones(sitting))? else {
                    return Ok(None);
                };
                (number, sitting.reader()?.view(number, SystemClock.now())?)
            }
            Counter::There(_, far) => {
                let asked = ticket::asked_for();
                let Some(number) = ticket::wanted(named, || Ok(far.line.post("list", &asked)?))? else {
                    return Ok(None);
                };
                (number, Some(far.line.get::<Story>(&format!("tickets/{}", number.0))?.view))
            }
        };
        let view = ticket::open(view, number, closed)?;
        Ok(Some(Job { number, title: Some(view.ticket.title) }))
    }

    /// Keeps others from starting on a ticket for as long as `work` takes.
    ///
    /// # Errors
    /// When somebody else works on it; and those of the work.
    pub fn locked<T>(&self, number: Number, work: impl FnOnce() -> Result<T, Failed>) -> Result<T, Failed> {
        let sitting = match self {
            Counter::Here(sitting) => sitting,
            Counter::Away(_) => return work(),
            Counter::There(_, far) => return locked_there(far, number, work),
        };
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
        let (Some(number), Some((pid, started))) =
            (start.ticket.and_then(|number| u32::try_from(number).ok()), start.recorder.clone())
        else {
            return Ok(());
        };
        let (number, gone) = (Number(number), Process { pid, started });
        match self {
            Counter::Here(sitting) => {
                sitting.act(|desk, tx| desk.stop_for(tx, number, &gone).map(Ok)).map(drop)
            }
            Counter::There(_, far) => {
                far.grip(number, Some(gone), Turn::Stop).map(drop).map_err(Failed::from)
            }
            Counter::Away(_) => Ok(()),
        }
    }

    /// Whether others are kept from starting meanwhile.
    pub fn locks(&self) -> bool {
        !matches!(self, Counter::Away(_))
    }

    /// Files a session and takes it off the disk.
    ///
    /// # Errors
    /// When it could not be filed: where it is, and how it is filed later.
    pub fn file(&self, place: &Place, complete: Complete, ticket: Number) -> Result<(), Failed> {
        let told = match self {
            Counter::Here(sitting) => filed(sitting, &complete, ticket),
            Counter::Away(post) | Counter::There(post, _) => posted(post, complete, ticket),
        };
        say(&told.map_err(|why| later(place, ticket, why))?);
        // it is filed: what is left over here harms nobody
        place.clear();
        Ok(())
    }
}

/// Keeps others from starting for as long as `work` takes, as far as the line goes: whoever cannot be asked keeps nobody
/// from working.
fn locked_there<T>(far: &Far, number: Number, work: impl FnOnce() -> Result<T, Failed>) -> Result<T, Failed> {
    let process = machine::this_process();
    match far.grip(number, process.clone(), Turn::Start) {
        Err(fault) if fault.again => {
            say(&format!("{}: nobody else is kept from starting on {number}.", safe::line(&fault.doing)));
        }
        held => held.map(drop)?,
    }
    // what is wrong then is told when something is to be stored
    let renew = || drop(far.grip(number, process.clone(), Turn::Renew));
    let done = while_renewing(renew, work);
    // whoever cannot reach the robot leaves the lock to its lease; how the work ended counts for more
    if let Err(fault) = far.grip(number, process.clone(), Turn::Stop) {
        complain(&format!("giving {number} back: {}", fault.doing));
    }
    done
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
    let robot = post.goal();
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
