//! `trackle note 12 …`: writes down what was done to a ticket, from the command line, standard input or an editor. While
//! the editor is open nobody else can start on the ticket. Works beside a running daemon, which carries the letters. On a
//! host that does not see the tickets it is a session of no length, sealed and submitted as every other.

pub(super) mod words;

use super::desk::{As, Sitting, while_renewing};
use super::post::Post;
use super::tickets::Far;
use super::work::{self, Counter};
use super::{Failed, exit};
use crate::machine;
use crate::model::api::{Note, Turn};
use crate::model::ticket::Number;
use crate::show::screen;
use std::path::Path;
use std::process::ExitCode;
use words::Source;

/// Options of `trackle note`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The ticket's number: 12 or #12.
    #[arg(value_name = "TICKET", value_parser = super::number)]
    pub ticket: Number,
    /// What is written down; without it an editor opens, or standard input is read.
    #[arg(value_name = "TEXT")]
    pub text: Vec<String>,
    /// For its requester and followers too, by mail; else for staff only.
    #[arg(long)]
    pub public: bool,
    #[command(flatten)]
    pub who: As,
}

const EXAMPLES: &str = "Such as:
  trackle note 12 changed the drum, the toner was cheap
  make test 2>&1 | trackle note 12";

/// Writes it down.
///
/// # Errors
/// A wrong configuration, no database, nobody on staff of that name, a ticket that somebody else works on, no text.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let source = Source::of(&args.text);
    match Counter::of(config, &args.who)? {
        Counter::Here(sitting) => here(&sitting, args, &source)?,
        Counter::Away(post) => away(&post, args, some(source.read()?)?)?,
        Counter::There(post, far) => there(&post, &far, args, &source)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn here(sitting: &Sitting, args: &Args, source: &Source) -> Result<(), Failed> {
    if let Source::Editor(_) = source {
        edited(sitting, args, source)?;
    } else {
        noted(sitting, args, &source.read()?)?;
    }
    let whom = if args.public { "staff and followers are told" } else { "staff are told" };
    Ok(screen::print(&format!("{}: noted; {whom}\n", args.ticket))?)
}

/// Where the tickets are not seen, it is a session of no length, which goes the way of the others.
fn away(post: &Post, args: &Args, said: String) -> Result<(), Failed> {
    if args.public {
        let text = format!(
            "from this host a note goes to staff alone: leave out --public, or answer {} by mail",
            args.ticket
        );
        return Err(Failed { text: kept(&text, &said), code: exit::USAGE });
    }
    let text = said;
    let sent = work::posted(post, work::note(post, args.ticket, &text), args.ticket);
    let told = sent.map_err(|why| Failed { text: kept(&why.text, &text), ..why })?;
    Ok(screen::print(&format!("{told}\n"))?)
}

/// At the robot, as far as the line goes; a note for staff then goes the way of sessions.
fn there(post: &Post, far: &Far, args: &Args, source: &Source) -> Result<(), Failed> {
    let (ticket, process) = (args.ticket, machine::this_process());
    let is_held = matches!(source, Source::Editor(_));
    if is_held {
        match far.grip(ticket, process.clone(), Turn::Start) {
            Err(fault) if fault.again => super::complain(&fault.doing),
            held => held.map(drop)?,
        }
    }
    // what is wrong then is told when something is to be stored
    let renew = || {
        if is_held {
            drop(far.grip(ticket, process.clone(), Turn::Renew))
        }
    };
    let text = while_renewing(renew, || source.read()).and_then(some);
    let text = match text {
        Ok(text) => text,
        Err(why) => {
            let _ = far.grip(ticket, process.clone(), Turn::Stop);
            return Err(why);
        }
    };
    let note = Note { ticket, text: text.clone(), public: args.public, process: process.clone() };
    match far.note(&note) {
        Ok(()) => {
            let whom = if args.public { "staff and followers are told" } else { "staff are told" };
            Ok(screen::print(&format!("{ticket}: noted; {whom}\n"))?)
        }
        Err(fault) if fault.again && !args.public => {
            super::complain(&fault.doing);
            away(post, args, text)
        }
        Err(fault) => {
            let _ = far.grip(ticket, process, Turn::Stop);
            let why = Failed::from(fault);
            Err(Failed { text: kept(&why.text, &text), ..why })
        }
    }
}

/// A text that says something.
fn some(text: String) -> Result<String, Failed> {
    if text.is_empty() {
        return Err(Failed { text: "no text: nothing was noted".into(), code: exit::FAILED });
    }
    Ok(text)
}

/// A session for as long as the editor is open, so that whoever types does not find only then that he cannot.
fn edited(sitting: &Sitting, args: &Args, source: &Source) -> Result<(), Failed> {
    let ticket = args.ticket;
    sitting.act(|desk, tx| desk.start(tx, ticket))?;
    let text = sitting.while_renewing(ticket, || source.read());
    let done = text.and_then(|text| {
        // what somebody typed is never lost
        noted(sitting, args, &text).map_err(|why| Failed { text: kept(&why.text, &text), ..why })
    });
    if done.is_err() {
        sitting.act(|desk, tx| desk.stop(tx, ticket).map(Ok))?;
    }
    done
}

fn noted(sitting: &Sitting, args: &Args, text: &str) -> Result<(), Failed> {
    let text = some(text.to_owned())?;
    sitting.act(|desk, tx| desk.note(tx, args.ticket, &text, args.public))
}

/// Why it was not noted, and where the text is now.
fn kept(why: &str, text: &str) -> String {
    match words::keep(text) {
        Ok(Some(path)) => format!("{why}; your text is in {}", path.display()),
        Ok(None) => why.to_owned(),
        Err(e) => format!("{why}; your text could not be kept ({e}), here it is:\n{text}"),
    }
}
