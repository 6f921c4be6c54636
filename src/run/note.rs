//! `trackle note 12 …`: writes down what was done to a ticket, from the command line, standard input or an editor. While
//! the editor is open nobody else can start on the ticket. Works beside a running daemon, which carries the letters.

mod words;

use super::desk::{As, Sitting};
use super::{Failed, exit};
use crate::model::ticket::Number;
use crate::show::screen;
use std::path::Path;
use std::process::ExitCode;
use words::Source;

/// Options of `trackle note`.
#[derive(Debug, clap::Args)]
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

/// Writes it down.
///
/// # Errors
/// A wrong configuration, no database, nobody on staff of that name, a ticket that somebody else works on, no text.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let sitting = Sitting::down(config, &args.who)?;
    let ticket = args.ticket;
    let source = Source::of(&args.text);
    // whoever types is not to find only then that he cannot
    if source.takes_time() {
        sitting.act(|desk, tx| desk.start(tx, ticket))?;
    }
    let noted = source.read().and_then(|text| match text.as_str() {
        "" => Err(Failed { text: "no text: nothing was noted".into(), code: exit::FAILED }),
        text => sitting.act(|desk, tx| desk.note(tx, ticket, text, args.public)),
    });
    if let Err(why) = noted {
        if source.takes_time() {
            sitting.act(|desk, tx| desk.stop(tx, ticket).map(Ok))?;
        }
        return Err(why);
    }
    let whom = if args.public { "staff and followers are told" } else { "staff are told" };
    screen::print(&format!("{ticket}: noted; {whom}\n"))?;
    Ok(ExitCode::SUCCESS)
}
