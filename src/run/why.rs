//! `trackle why MESSAGE-ID`, `trackle why mail 7`: what a mail was, how it ended and why, what came of it; of a letter
//! of ours, its cause and how far it came. Reads only.

use super::{Failed, exit, read_config};
use crate::daemon;
use crate::identify::loops;
use crate::model::mail::MessageId;
use crate::model::robot::Robot;
use crate::read;
use crate::show::{screen, why};
use crate::store::Reader;
use crate::store::history::Taken;
use std::panic::catch_unwind;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle why`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A Message-ID, with or without its angle brackets; or the word `mail` and a mail's number.
    #[arg(value_name = "MESSAGE-ID", num_args = 1..=2, required = true)]
    pub what: Vec<String>,
    /// For programs: one object with mails and letters.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "Such as:
  trackle why '<1@example.net>'
  trackle why mail 7";

/// What is asked about.
enum Asked {
    Mail(i64),
    Id(MessageId),
}

/// Tells why.
///
/// # Errors
/// A wrong configuration, no database, no such mail or letter.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let asked = asked(&args.what)?;
    let config = read_config(config)?;
    let reader = Reader::open(&config.robot.state)?;
    let (mails, letters) = match &asked {
        Asked::Mail(number) => (reader.mail(*number)?.into_iter().collect(), Vec::new()),
        Asked::Id(id) => (reader.mails_called(id)?, reader.letters_called(id)?),
    };
    if mails.is_empty() && letters.is_empty() {
        return Err(Failed { text: unknown(&asked, &reader)?, code: exit::FAILED });
    }
    // without its key, or its letters, what our list adds is told as any list's
    let robot = daemon::house(&config).ok().map(|house| house.robot);
    let mails =
        mails.into_iter().map(|m| mail(m, &reader, robot.as_ref())).collect::<Result<Vec<_>, Failed>>()?;
    let letter = |owed: crate::store::history::Owed| {
        Ok::<_, Failed>(why::Letter { cause: reader.event(owed.event)?, owed })
    };
    let letters = letters.into_iter().map(letter).collect::<Result<Vec<_>, Failed>>()?;
    if args.json {
        screen::print_json(&why::json(&mails, &letters))?;
    } else {
        screen::print(&why::pages(&mails, &letters, &screen::look()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn asked(words: &[String]) -> Result<Asked, Failed> {
    let wrong = |text: &str| Failed { text: text.to_owned(), code: exit::DATA };
    match words {
        [word, number] if word == "mail" => {
            number.parse().map(Asked::Mail).map_err(|_| wrong("a mail's number is wanted after `mail`"))
        }
        [id] => MessageId::parse(id).map(Asked::Id).ok_or_else(|| wrong("that is no Message-ID")),
        _ => Err(wrong("either one Message-ID, or the word `mail` and a number")),
    }
}

fn unknown(asked: &Asked, reader: &Reader) -> Result<String, Failed> {
    Ok(match asked {
        Asked::Mail(number) => format!("there is no mail {number}"),
        Asked::Id(id) => match reader.mentioned(id)? {
            Some(ticket) => format!("{id} itself was never taken in; mails of {ticket} belong to it"),
            None => format!("{id} was never taken in, and is no letter of ours"),
        },
    })
}

/// Everything around one mail. What it says of itself is read again from its bytes.
fn mail(taken: Taken, reader: &Reader, robot: Option<&Robot>) -> Result<why::Mail, Failed> {
    let bytes = reader.raw_of(taken.mail)?;
    // as in the daemon: a mail that breaks the reading breaks nothing else
    let read = catch_unwind(|| read::mail(&bytes)).ok().and_then(Result::ok);
    let read = read.map_or_else(Vec::new, |mail| {
        let nature = robot.map_or_else(|| loops::nature(&mail), |robot| loops::nature_for(&mail, robot));
        let from: Vec<String> = mail.from.iter().map(|m| m.addr.clone()).collect();
        vec![
            ("from", if from.is_empty() { "nobody".to_owned() } else { from.join(", ") }),
            ("subject", mail.subject),
            ("kind", format!("{} ({})", nature.kind, nature.why)),
        ]
    });
    let (events, letters) = (reader.events_of_mail(taken.mail)?, reader.letters_of_mail(taken.mail)?);
    Ok(why::Mail { taken, read, events, letters })
}
