//! `trackle admin export`: tickets as files, beside a running daemon. Nobody else can read them (0600, the directory 0700),
//! since private tickets and whole mails stand in them. Each file is there as a whole or not at all, and none is written over
//! without `--force`. Reads only.

use crate::clock::{Clock, SystemClock};
use crate::daemon;
use crate::fault::{Fault, Outcome};
use crate::model::address::Address;
use crate::model::carried::Carried;
use crate::model::robot::Robot;
use crate::model::ticket::{Number, State};
use crate::pipeline::session;
use crate::read;
use crate::run::progress::Progress;
use crate::run::{Failed, exit, read_config};
use crate::show::archive::{card, html, mbox};
use crate::show::look::{Look, count};
use crate::show::screen;
use crate::show::ticket::Story;
use crate::store::Reader;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeSet;
use std::fs::{DirBuilder, File};
use std::io::{BufWriter, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tempfile::NamedTempFile;

/// Sessions of a ticket that its page names.
const SESSIONS: usize = 200;

/// Options of `trackle admin export`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A directory, made when it is not there; for jsonl a file, or a directory that gets a `tickets.jsonl`.
    #[arg(value_name = "TO")]
    pub to: PathBuf,
    /// What the files are.
    #[arg(long, value_enum, default_value_t = Format::Mbox)]
    pub format: Format,
    /// Only this ticket; may stand more than once.
    #[arg(long = "ticket", value_name = "N", value_parser = crate::run::number, conflicts_with_all = ["open", "closed"])]
    pub tickets: Vec<Number>,
    /// Only open tickets.
    #[arg(long, conflicts_with_all = ["closed", "all"])]
    pub open: bool,
    /// Only closed tickets.
    #[arg(long, conflicts_with = "all")]
    pub closed: bool,
    /// Unconfirmed tickets too, beside the open and the closed ones.
    #[arg(long)]
    pub all: bool,
    /// Write over what is there; files of other tickets stay.
    #[arg(long)]
    pub force: bool,
    /// For programs: one object about what was written.
    #[arg(long)]
    pub json: bool,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A mailbox for each ticket: its mails as they came, our letters to staff, and how it stands.
    Mbox,
    /// A line for each ticket with everything, for programs and for `trackle admin import`.
    Jsonl,
    /// Pages for a browser, without a script.
    Html,
}

/// Exports.
///
/// # Errors
/// A wrong configuration, no database, no such ticket, files that are there already or cannot be written.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let robot = daemon::house(&config)?.robot;
    let reader = Reader::open(&config.robot.state)?;
    let numbers = wanted(&reader, args)?;
    let now = SystemClock.now();
    let export = Export { reader: &reader, robot: &robot, now, look: look(&robot), force: args.force };
    let written = match args.format {
        Format::Mbox => export.mailboxes(&place(&args.to, args.force)?, &numbers)?,
        Format::Jsonl => export.lines(&args.to, &numbers)?,
        Format::Html => export.pages(&place(&args.to, args.force)?, &numbers)?,
    };
    if args.json {
        let Written { tickets, mails, letters, private } = written;
        let told = json!({ "to": args.to, "tickets": tickets, "mails": mails, "letters": letters, "private": private });
        screen::print_json(&told)?;
    } else {
        let kept = [(written.mails, "mail"), (written.letters, "letter")];
        let kept: Vec<String> = kept.into_iter().map(|(number, what)| count(number, what)).collect();
        let private =
            if written.private > 0 { format!(" ({} private)", written.private) } else { String::new() };
        let (to, tickets) = (args.to.display(), count(written.tickets, "ticket"));
        screen::print(&format!("{to}: {tickets}{private}, {}\n", kept.join(", ")))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Which tickets.
fn wanted(reader: &Reader, args: &Args) -> Result<Vec<Number>, Failed> {
    let states: &[State] = match (args.open, args.closed, args.all) {
        (true, ..) => &[State::Open],
        (_, true, _) => &[State::Closed],
        (_, _, true) => &[State::Open, State::Closed, State::Unconfirmed],
        _ => &[State::Open, State::Closed],
    };
    if args.tickets.is_empty() {
        return Ok(reader.look(|tx| tx.numbers_in(states))?);
    }
    let mut numbers = BTreeSet::new();
    for number in &args.tickets {
        let failed = |text: String| Failed { text, code: exit::FAILED };
        match reader.look(|tx| tx.state_of(*number))? {
            None => return Err(failed(format!("there is no ticket {number}"))),
            Some(State::Unconfirmed) if !args.all => {
                return Err(failed(format!("{number} is not confirmed: --all exports it all the same")));
            }
            Some(_) => numbers.insert(*number),
        };
    }
    Ok(numbers.into_iter().collect())
}

/// Times as where the team works; nothing is cut or coloured.
fn look(robot: &Robot) -> Look {
    Look { zone: robot.policy.zone.clone(), ..Look::plain() }
}

/// The directory, made for nobody else to read; one that has something in it only with force.
fn place(to: &Path, force: bool) -> Result<PathBuf, Failed> {
    let failed = |text: String| Failed { text, code: exit::FAILED };
    let trouble = |e: std::io::Error| failed(format!("making {}: {e}", to.display()));
    if let Some(above) = to.parent().filter(|above| !above.as_os_str().is_empty() && !above.is_dir()) {
        return Err(failed(format!(
            "{} is to be made in {}, which is no directory",
            to.display(),
            above.display()
        )));
    }
    if let Err(e) = DirBuilder::new().mode(0o700).create(to) {
        if e.kind() != std::io::ErrorKind::AlreadyExists {
            return Err(trouble(e));
        }
        if std::fs::read_dir(to).map_err(trouble)?.next().is_some() && !force {
            return Err(failed(format!(
                "{} has something in it: --force writes there all the same",
                to.display()
            )));
        }
    }
    Ok(to.to_owned())
}

/// What was written.
#[derive(Debug, Default)]
struct Written {
    tickets: u64,
    mails: u64,
    letters: u64,
    private: u64,
}

impl Written {
    fn add(&mut self, ticket: &Carried) {
        self.tickets += 1;
        self.mails += ticket.mails.len() as u64;
        self.private += u64::from(ticket.is_private());
    }
}

struct Export<'a> {
    reader: &'a Reader,
    robot: &'a Robot,
    now: Timestamp,
    look: Look,
    force: bool,
}

impl Export<'_> {
    /// Does something with each ticket.
    fn each(
        &self,
        numbers: &[Number],
        mut work: impl FnMut(Carried, &mut Written) -> Outcome<()>,
    ) -> Outcome<Written> {
        let staff: Vec<Address> =
            std::iter::once(&self.robot.list).chain(&self.robot.also).cloned().collect();
        let instance = self.robot.seal.instance();
        let (mut written, mut progress) = (Written::default(), Progress::of("exporting"));
        for (done, number) in numbers.iter().enumerate() {
            progress.tell("tickets", done as u64, numbers.len() as u64);
            let source = format!("trackle:{instance}{number}");
            let ticket = self.reader.look(|tx| tx.carried(*number, source, &staff))?;
            written.add(&ticket);
            work(ticket, &mut written)?;
        }
        progress.clear();
        Ok(written)
    }

    fn mailboxes(&self, to: &Path, numbers: &[Number]) -> Outcome<Written> {
        self.each(numbers, |ticket, written| {
            written.letters += ticket.letters.len() as u64;
            let path = to.join(format!("{:05}.mbox", ticket.number));
            let mut out = BufWriter::new(self.begun(&path)?);
            let trouble = |e: std::io::Error| Fault::passing(format!("writing {}: {e}", path.display()));
            self.mailbox(ticket, |mail| out.write_all(mail).map_err(trouble))?;
            self.done(out.into_inner().map_err(|e| trouble(e.into_error()))?, &path)
        })
    }

    /// Its mails and our letters, in order of time, and how it stands, one after the other.
    fn mailbox(&self, ticket: Carried, mut write: impl FnMut(&[u8]) -> Outcome<()>) -> Outcome<()> {
        let ours = ticket.letters.iter().map(|letter| (letter.queued, 1, letter.raw.as_slice()));
        let theirs =
            ticket.mails.iter().filter_map(|mail| Some((mail.arrived, 0, mail.raw.as_ref()?.0.as_slice())));
        let mut all: Vec<(Timestamp, u8, &[u8])> = theirs.chain(ours).collect();
        // what came in one second stands before what was answered in it
        all.sort_by_key(|(at, whose, _)| (*at, *whose));
        for (at, whose, bytes) in all {
            let from = if whose == 1 {
                Some(self.robot.address.clone())
            } else {
                read::mail(bytes).ok().and_then(|mail| mail.sender())
            };
            write(&mbox::boxed(from.as_ref(), at, bytes))?;
        }
        let by =
            card::By { robot: &self.robot.address, instance: &self.robot.seal.instance(), now: self.now };
        let page = self.page(Number(ticket.number))?;
        let card = card::card(&ticket.without_mails(), &page, by)?;
        write(&mbox::boxed(Some(&self.robot.address), self.now, &card))
    }

    /// The ticket as `trackle show` shows it.
    fn page(&self, number: Number) -> Outcome<String> {
        let Some(view) = self.reader.view(number, self.now)? else {
            return Err(Fault::lasting(format!("ticket {number} is gone")));
        };
        let story = Story {
            view,
            said: self.reader.said(number)?,
            history: self.reader.history(number)?,
            sessions: self.reader.sessions(Some(number), SESSIONS)?,
        };
        Ok(story.page(self.now, &self.look))
    }

    fn lines(&self, to: &Path, numbers: &[Number]) -> Outcome<Written> {
        let to = if to.is_dir() { to.join("tickets.jsonl") } else { to.to_owned() };
        let file = self.begun(&to)?;
        let mut out = BufWriter::new(file);
        let trouble = |e: std::io::Error| Fault::passing(format!("writing {}: {e}", to.display()));
        let written = self.each(numbers, |ticket, _| {
            let line = serde_json::to_string(&ticket)
                .map_err(|e| Fault::lasting(format!("ticket #{} as JSON: {e}", ticket.number)))?;
            out.write_all(line.as_bytes()).and_then(|()| out.write_all(b"\n")).map_err(trouble)
        })?;
        let file = out.into_inner().map_err(|e| trouble(e.into_error()))?;
        self.done(file, &to)?;
        Ok(written)
    }

    fn pages(&self, to: &Path, numbers: &[Number]) -> Outcome<Written> {
        let all: BTreeSet<u32> = numbers.iter().map(|number| number.0).collect();
        let mut rows = Vec::with_capacity(numbers.len());
        let written = self.each(numbers, |ticket, _| {
            let sessions = self.sessions(&ticket)?;
            let page = html::page(&ticket, &sessions, &all, &self.look)?;
            rows.push(html::Row::of(&ticket, &self.look));
            self.keep(&to.join(html::page_name(ticket.number)), page.as_bytes())
        })?;
        self.keep(&to.join("style.css"), html::STYLE.as_bytes())?;
        let index = html::index(&self.robot.name, rows, self.now, &self.look)?;
        self.keep(&to.join("index.html"), index.as_bytes())?;
        Ok(written)
    }

    /// Its sessions, with the files that their logs show.
    fn sessions(&self, ticket: &Carried) -> Outcome<Vec<html::Session>> {
        let mut sessions = Vec::with_capacity(ticket.sessions.len());
        for worked in &ticket.sessions {
            let Some(log) = self.reader.session(worked.number)? else { continue };
            let mut diffs = Vec::new();
            for (place, change) in log.changes().filter(|(place, _)| log.shows(*place)) {
                let diff = self.reader.look(|tx| session::diff(tx, worked.number, change))?;
                diffs.push((place, diff));
            }
            sessions.push(html::Session { log, diffs });
        }
        Ok(sessions)
    }

    fn keep(&self, path: &Path, bytes: &[u8]) -> Outcome<()> {
        let mut file = self.begun(path)?;
        file.write_all(bytes).map_err(|e| Fault::passing(format!("writing {}: {e}", path.display())))?;
        self.done(file, path)
    }

    /// A file beside the place where it will be; nobody else can read it.
    fn begun(&self, path: &Path) -> Outcome<NamedTempFile> {
        if !self.force && path.try_exists().unwrap_or(true) {
            return Err(Fault::lasting(format!(
                "{} is there already: --force writes over it",
                path.display()
            )));
        }
        let directory =
            path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        NamedTempFile::new_in(directory)
            .map_err(|e| Fault::lasting(format!("writing {}: {e}", path.display())))
    }

    /// The file is whole: from now on it has its name.
    fn done(&self, file: NamedTempFile, path: &Path) -> Outcome<()> {
        let trouble = |e: std::io::Error| Fault::passing(format!("writing {}: {e}", path.display()));
        file.as_file().sync_all().map_err(trouble)?;
        let kept: Result<File, _> =
            if self.force { file.persist(path) } else { file.persist_noclobber(path) };
        kept.map(drop).map_err(|e| trouble(e.error))
    }
}
