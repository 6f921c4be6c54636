//! `trackle redact 17 TEXT`: takes something out of what was kept of a session, wherever it stands in it, or all that was kept
//! of a file. Says what is out of reach: letters that have left, mails that came, other sessions. The text itself is written
//! down nowhere.

use super::desk::{As, Sitting};
use super::{Failed, complain, exit};
use crate::fault::Outcome;
use crate::pipeline::session::redaction::{Redaction, Wanted};
use crate::show::look::count;
use crate::show::{safe, screen};
use crate::store::backup;
use regex::bytes::RegexBuilder;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Options of `trackle redact`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The session's number.
    #[arg(value_name = "SESSION", value_parser = super::session_number)]
    pub session: u64,
    /// What is taken out, to the letter; `-`: the first line of standard input, so that it stands in no history.
    #[arg(value_name = "TEXT", required_unless_present = "file")]
    pub text: Option<String>,
    /// TEXT is a regular expression.
    #[arg(long, conflicts_with = "file")]
    pub regex: bool,
    /// All that was kept of that file instead.
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    pub file: Option<PathBuf>,
    /// Where backups are kept: those that have the session as it was are named.
    #[arg(long, value_name = "DIR")]
    pub backups: Option<PathBuf>,
    #[command(flatten)]
    pub who: As,
}

const EXAMPLES: &str = "Such as:
  trackle redact 17 - < secret           the secret stands in no history
  trackle redact 17 --file /etc/app.conf";

/// Takes it out.
///
/// # Errors
/// A wrong configuration, nobody on staff of that name, no such session, no such text in it.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let wanted = wanted(args)?;
    let sitting = Sitting::down(config, &args.who)?;
    let done = sitting.act(|desk, tx| desk.redact(tx, args.session, &wanted))?;
    if done.places == 0 {
        complain(&format!("session {} has nothing of it", args.session));
        return Ok(ExitCode::from(exit::FAILED));
    }
    let emptied = sitting.empty_log()?;
    screen::print(&told(args.session, &done))?;
    if !emptied {
        screen::print(
            "the log beside the database may still hold it: it goes when the robot is started again\n",
        )?;
    }
    if let Some(log) = sitting.reader()?.session(args.session)? {
        screen::print(&in_backups(args.backups.as_deref(), &log.filed.session.id))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What backups have of it: nothing is ever changed in one.
fn in_backups(directory: Option<&Path>, session: &str) -> String {
    let Some(directory) = directory else {
        return "backups that were made before still have it: --backups DIR names them\n".to_owned();
    };
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{}", safe::line(&text)).unwrap_or_default();
    let mut files: Vec<PathBuf> = match std::fs::read_dir(directory) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(e) => return safe::line(&format!("backups in {}: {e}", directory.display())) + "\n",
    };
    files.retain(|path| path.extension().is_some_and(|end| end == backup::ENDING));
    files.sort();
    for file in files {
        let held: Outcome<bool> = backup::holds_session(&file, session);
        match held {
            Ok(true) => line(format!("still there: the backup {} has it; delete it", file.display())),
            Ok(false) => {}
            Err(fault) => line(format!("look there too: {}", fault.doing)),
        }
    }
    out
}

fn wanted(args: &Args) -> Result<Wanted, Failed> {
    if let Some(file) = &args.file {
        return Ok(Wanted::File(super::blame::path(file)?));
    }
    let mut text = args.text.clone().unwrap_or_default();
    if text == "-" {
        text.clear();
        std::io::stdin().read_line(&mut text)?;
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    if text.trim().is_empty() {
        return Err(Failed { text: "no text: nothing was taken out".into(), code: exit::FAILED });
    }
    let pattern = if args.regex { text } else { regex::escape(&text) };
    let pattern = RegexBuilder::new(&pattern).build();
    let wrong = |e: regex::Error| Failed { text: format!("no regular expression: {e}"), code: exit::DATA };
    pattern.map(Wanted::Pattern).map_err(wrong)
}

/// What was done, and what is left to do.
fn told(session: u64, done: &Redaction) -> String {
    let mut out =
        format!("session {session}: taken out at {}; staff are told\n", count(done.places, "place"));
    let (back, gone): (Vec<_>, Vec<_>) = done.letters.iter().partition(|letter| letter.waits);
    let mut line = |text: String| writeln!(out, "{text}").unwrap_or_default();
    for letter in back {
        line(format!("held back: the letter {} to {}", letter.kind, letter.recipient));
    }
    for letter in gone {
        let (kind, to, id) = (&letter.kind, &letter.recipient, &letter.message_id);
        line(format!("already out: the letter {kind} to {to}, <{id}>; its copy here is gone"));
    }
    for mail in &done.erased {
        line(format!("erased: mail {mail}, which brought the session; the mailbox it came from may hold it"));
    }
    for mail in &done.mails {
        line(format!("still there: mail {mail} holds it, and mails stay as they came"));
    }
    if !done.others.is_empty() {
        let all: Vec<String> = done.others.iter().map(u64::to_string).collect();
        line(format!("look there too: session {} had the same file", all.join(", ")));
    }
    if done.names > 0 {
        line(format!("names of files stay: it stands in {} of them", done.names));
    }
    if done.places > 0 {
        line("what was a secret is one no longer: change it".to_owned());
    }
    out
}
