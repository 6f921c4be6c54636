//! `trackle explain FILE…`: what the robot would make of a mail, each verb's answer in its turn. Changes nothing, sends
//! nothing, connects to nothing. With `--json` only what is read and what sort of mail it is, for which no
//! configuration is needed; in words the whole sentence, as far as a configuration and a database are there.

mod stage;
mod words;

use super::{CONFIG, Failed, complain, exit, read_config};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::model::mail::Mail;
use crate::show::look::Look;
use crate::show::steps::{self, Step};
use crate::show::{reading, screen};
use crate::{identify, limits, pipeline, read};
use jiff::Timestamp;
use stage::Stage;
use std::fs::File;
use std::io::{self, Read};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Options of `trackle explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Mails in files; `-` is standard input.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// For programs: one object on a line for each mail, with what was read and what sort of mail it is.
    #[arg(long)]
    pub json: bool,
    /// The files are bare bodies without a header.
    #[arg(long)]
    pub body: bool,
    /// As if this were the first mail ever: without the database.
    #[arg(long, conflicts_with = "json")]
    pub alone: bool,
}

const EXAMPLES: &str = "Such as:
  trackle explain mail.eml
  trackle explain --alone - < mail.eml   without the database";

/// Explains each file.
///
/// # Errors
/// A wrong configuration. A file that cannot be read is told of and the others go on; the exit code is then 1.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let now = SystemClock.now();
    let look = screen::look();
    let mut stage = if args.json || args.body { None } else { set_stage(config, args.alone)? };
    let mut code = ExitCode::SUCCESS;
    for (at, file) in args.files.iter().enumerate() {
        let done = match open(file, args.body) {
            Err(why) => Err(why),
            Ok(opened) if args.json => {
                let nature = identify::loops::nature(&opened.mail);
                let line = reading::reading(&file.display().to_string(), &opened.mail, &nature);
                screen::print_json_line(&line)?;
                Ok(())
            }
            Ok(mut opened) => {
                if let Some(stage) = &stage {
                    stage.hear(&mut opened, now);
                }
                let gap = if at > 0 { "\n" } else { "" };
                let (page, done) = page(file, &opened, stage.as_mut(), now, &look);
                screen::print(&format!("{gap}{page}"))?;
                done
            }
        };
        if let Err(why) = done {
            complain(&format!("{}: {why}", file.display()));
            code = ExitCode::from(exit::FAILED);
        }
    }
    Ok(code)
}

/// The robot on its stage, when there is a configuration. The one at the usual place may be missing, or not ours to
/// read; one that was asked for may not.
fn set_stage(path: &Path, alone: bool) -> Result<Option<Stage>, Failed> {
    let Some(config) = optional_config(path)? else {
        complain("no configuration: only what can be told without one");
        return Ok(None);
    };
    let (stage, notes) = Stage::set(&config, alone)?;
    notes.iter().for_each(|note| complain(note));
    Ok(Some(stage))
}

fn optional_config(path: &Path) -> Result<Option<Config>, Failed> {
    if path == Path::new(CONFIG)
        && let Err(e) = File::open(path)
        && matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied)
    {
        return Ok(None);
    }
    read_config(path).map(Some)
}

/// A mail with the bytes it was read from.
struct Opened {
    mail: Mail,
    bytes: Vec<u8>,
}

fn open(file: &Path, body: bool) -> Result<Opened, String> {
    let (bytes, cut) = bytes_of(file).map_err(|e| e.to_string())?;
    // as in the daemon: a mail that breaks the reading breaks nothing else
    let read = catch_unwind(|| match body {
        true => Ok(read::body(&String::from_utf8_lossy(&bytes))),
        false => read::mail(&bytes),
    });
    let mut mail = read.map_err(|_| "reading it broke: please report it")?.map_err(|e| e.why)?;
    if cut {
        mail.damage.push("larger than the size limit: only its beginning is looked at".to_owned());
    }
    Ok(Opened { mail, bytes })
}

/// The bytes, and whether they are only the head of a mail that is too large.
fn bytes_of(file: &Path) -> io::Result<(Vec<u8>, bool)> {
    let most = limits::MAIL_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(most).read_to_end(&mut bytes)?;
    }
    let cut = bytes.len() > limits::MAIL_BYTES;
    if cut {
        bytes.truncate(limits::HEAD_BYTES);
    }
    Ok((bytes, cut))
}

/// What is said of one mail, and whether the whole sentence could be run on it.
fn page(
    file: &Path,
    opened: &Opened,
    stage: Option<&mut Stage>,
    now: Timestamp,
    look: &Look,
) -> (String, Result<(), String>) {
    let mail = &opened.mail;
    let mut all: Vec<Step> = vec![("read", words::read(mail))];
    let mut done = Ok(());
    match stage {
        None => {
            let nature = words::nature(&identify::loops::nature(mail));
            all.push(("identify", vec![nature, words::language(mail)]));
        }
        Some(stage) => {
            let (nature, sender, reading) = pipeline::at_first_sight(&stage.house.robot, mail, now);
            all.push((
                "identify",
                vec![words::sender(sender.as_ref()), words::nature(&nature), words::language(mail)],
            ));
            let commands = words::commands(&reading);
            match stage.rehearse(opened, now) {
                Ok(trace) => {
                    all.push(("route", [vec![trace.request.words()], commands].concat()));
                    all.push(("decide", words::decision(&trace)));
                    all.push(("write", words::letters(&trace)));
                }
                Err(fault) => {
                    all.push(("route", commands));
                    all.push(("fault", vec![fault.doing.clone()]));
                    done = Err(fault.doing);
                }
            }
        }
    }
    (steps::page(&file.display().to_string(), &all, look), done)
}
