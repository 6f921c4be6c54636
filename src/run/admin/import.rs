//! `trackle admin import`: tickets from files become tickets here, beside a running daemon, one transaction each: killed and
//! started again it goes on where it was, since what came once does not come again. Nobody is written to. What cannot be
//! brought along is counted and told. Takes our own exports, Request Tracker's REST 2.0 and Trac's database and lists; which of
//! them a file is, its first bytes say.

use super::settle::settle;
use crate::clock::{Clock, SystemClock};
use crate::daemon;
use crate::fault::Outcome;
use crate::model::carried::{Cargo, Carried, Losses};
use crate::model::links::Relation;
use crate::model::robot::Robot;
use crate::model::ticket::{Number, State};
use crate::pipeline::bring;
use crate::read::{carried, csv, rt, trac};
use crate::run::progress::Progress;
use crate::run::{Failed, exit, read_config};
use crate::show::look::count;
use crate::show::{safe, screen};
use crate::store::{self, Guest, Reader, Store, Tx, foreign};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Options of `trackle admin import`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A file or a directory of files: .mbox or .jsonl of `trackle admin export`, JSON of Request Tracker's REST 2.0, Trac's
    /// database or the CSV of its queries.
    #[arg(value_name = "FROM")]
    pub from: PathBuf,
    /// What the other installation is called here, where its files do not say it [default: the file's name].
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Say what would happen, and do nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// For programs: one object about what was done.
    #[arg(long)]
    pub json: bool,
}

/// Imports.
///
/// # Errors
/// A wrong configuration, a file that is none of those, failures of the database; what was brought until then stays.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    // what all files are is known before anything is brought
    let files = files(&args.from)?.into_iter().map(|file| Ok((kind(&file)?, file)));
    let files: Vec<(Kind, PathBuf)> = files.collect::<Result<_, Failed>>()?;
    let robot = daemon::house(&config)?.robot;
    // where there is no database yet, one that is thrown away shows what would happen
    let nowhere = tempfile::tempdir()?;
    let there = config.robot.state.join(store::FILE).exists();
    let state = if args.dry_run && !there { nowhere.path() } else { &config.robot.state };
    if !state.join(store::FILE).exists() {
        drop(Store::open(state)?);
    }
    let known = Reader::open(state)?.look(|tx| known(tx, &robot))?;
    let guest = Guest::open(state)?;
    let mut import = Import {
        robot: &robot,
        guest,
        now: SystemClock.now(),
        dry: args.dry_run,
        known,
        waiting: Vec::new(),
        done: Done::default(),
    };
    let mut values = Vec::new();
    for (kind, file) in files {
        match kind {
            Kind::Lines => import.lines(&file)?,
            // a ticket and its history may be in files of their own
            Kind::Rt => values.extend(json_values(&file)?),
            kind => import.all(read(&file, kind, &name(&file, args))?)?,
        }
    }
    import.all(rt::tickets(&values, &name(&args.from, args)))?;
    import.relate()?;
    told(&import.done, args)?;
    Ok(ExitCode::SUCCESS)
}

/// Tickets that are here, by what they are called elsewhere, and in exports of this very installation.
fn known(tx: &Tx<'_>, robot: &Robot) -> Outcome<BTreeMap<String, Number>> {
    let mut known = tx.brought()?;
    for number in tx.numbers_in(&[State::Open, State::Closed, State::Unconfirmed])? {
        let own = robot
            .seal
            .instances()
            .into_iter()
            .map(|instance| (format!("trackle:{instance}{number}"), number));
        known.extend(own);
    }
    Ok(known)
}

/// What an installation is called whose files do not say it.
fn name(file: &Path, args: &Args) -> String {
    let stem = || file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    args.name.clone().unwrap_or_else(stem)
}

/// The files of a directory, by name, or the one.
fn files(from: &Path) -> Result<Vec<PathBuf>, Failed> {
    let trouble = |e: std::io::Error| Failed { text: format!("{}: {e}", from.display()), code: exit::FAILED };
    if !std::fs::metadata(from).map_err(trouble)?.is_dir() {
        return Ok(vec![from.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(from).map_err(trouble)? {
        let path = entry.map_err(trouble)?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mailbox,
    Lines,
    Rt,
    TracDatabase,
    TracList,
}

fn kind(file: &Path) -> Result<Kind, Failed> {
    let mut head = Vec::new();
    let open = std::fs::File::open(file).and_then(|f| f.take(64 * 1024).read_to_end(&mut head));
    open.map_err(|e| wrong(file, &e.to_string()))?;
    let text = String::from_utf8_lossy(&head);
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if head.starts_with(b"From ") {
        Ok(Kind::Mailbox)
    } else if head.starts_with(b"SQLite format 3\0") {
        Ok(Kind::TracDatabase)
    } else if start.starts_with("{\"trackle\":") {
        Ok(Kind::Lines)
    } else if start.starts_with(['{', '[']) {
        Ok(Kind::Rt)
    } else if start.lines().next().is_some_and(|line| line.contains(',')) {
        Ok(Kind::TracList)
    } else {
        Err(wrong(file, "neither an export of Trackle's nor of Request Tracker's or Trac's"))
    }
}

fn wrong(file: &Path, why: &str) -> Failed {
    Failed { text: format!("{}: {why}", file.display()), code: exit::DATA }
}

/// The tickets of a file that is read as a whole.
fn read(file: &Path, kind: Kind, name: &str) -> Result<Cargo, Failed> {
    if kind == Kind::TracDatabase {
        return Ok(trac::database(&foreign::tables(file, &trac::TABLES)?, name));
    }
    let bytes = std::fs::read(file).map_err(|e| wrong(file, &e.to_string()))?;
    if kind == Kind::Mailbox {
        let (ticket, losses) = carried::mailbox(&bytes).map_err(|e| wrong(file, &e.why))?;
        return Ok(Cargo { tickets: vec![ticket], losses });
    }
    Ok(trac::list(csv::rows(&String::from_utf8_lossy(&bytes)), name))
}

/// JSON values, one after the other or in a list.
fn json_values(file: &Path) -> Result<Vec<Value>, Failed> {
    let bytes = std::fs::read(file).map_err(|e| wrong(file, &e.to_string()))?;
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_slice(&bytes).into_iter::<Value>() {
        match value.map_err(|e| wrong(file, &e.to_string()))? {
            Value::Array(all) => values.extend(all),
            one => values.push(one),
        }
    }
    Ok(values)
}

/// What was done, or would be.
#[derive(Debug, Default)]
struct Done {
    /// Numbers here, by what the tickets were called there.
    brought: Vec<(String, u32, Number)>,
    skipped: u64,
    relations: u64,
    losses: Losses,
}

struct Import<'a> {
    robot: &'a Robot,
    guest: Guest,
    now: Timestamp,
    /// Everything is taken back.
    dry: bool,
    /// Tickets that are here, by what they were called there.
    known: BTreeMap<String, Number>,
    waiting: Vec<Waiting>,
    done: Done,
}

/// A relation that waits for the other ticket.
struct Waiting {
    source: String,
    relation: Relation,
    other: String,
}

impl Import<'_> {
    /// A ticket a line: one at a time is in memory.
    fn lines(&mut self, file: &Path) -> Result<(), Failed> {
        let trouble = |e: std::io::Error| wrong(file, &e.to_string());
        let size = std::fs::metadata(file).map_err(trouble)?.len();
        let reader = BufReader::new(std::fs::File::open(file).map_err(trouble)?);
        let (mut progress, mut at) = (Progress::of("importing"), 0);
        for (number, line) in reader.lines().enumerate() {
            let line = line.map_err(trouble)?;
            progress.tell("tickets", at, size);
            at += line.len() as u64 + 1;
            if line.trim().is_empty() {
                continue;
            }
            let ticket = carried::line(&line);
            let ticket = ticket.map_err(|e| wrong(file, &format!("line {}: {}", number + 1, e.why)))?;
            self.one(ticket)?;
        }
        progress.clear();
        Ok(())
    }

    fn all(&mut self, cargo: Cargo) -> Outcome<()> {
        self.done.losses.extend(cargo.losses);
        let (mut progress, all) = (Progress::of("importing"), cargo.tickets.len() as u64);
        for (done, ticket) in cargo.tickets.into_iter().enumerate() {
            progress.tell("tickets", done as u64, all);
            self.one(ticket)?;
        }
        progress.clear();
        Ok(())
    }

    /// Brings a ticket, unless it is here.
    fn one(&mut self, mut ticket: Carried) -> Outcome<()> {
        self.waits(&ticket);
        if self.known.contains_key(&ticket.source) {
            self.done.skipped += 1;
            return Ok(());
        }
        settle(&mut ticket, self.robot, &mut self.done.losses);
        let now = self.now;
        let work = |tx: &Tx<'_>| bring::bring(tx, &ticket, now);
        let brought = if self.dry { self.guest.rehearse(work) } else { self.guest.transact(work) };
        let brought = brought.map_err(|fault| fault.while_(&ticket.source))?;
        self.done.losses.extend(brought.losses);
        self.done.brought.push((ticket.source.clone(), ticket.number, brought.number));
        self.known.insert(ticket.source, brought.number);
        Ok(())
    }

    /// Its relations, for when all are here.
    fn waits(&mut self, ticket: &Carried) {
        let Some((there, _)) = ticket.source.rsplit_once('#') else { return };
        for tie in &ticket.relations {
            let Some(relation) = Relation::of(&tie.relation) else { continue };
            let (source, other) = (ticket.source.clone(), format!("{there}#{}", tie.other));
            self.waiting.push(Waiting { source, relation, other });
        }
    }

    /// Relations between tickets that are here.
    fn relate(&mut self) -> Outcome<()> {
        let now = self.now;
        for Waiting { source, relation, other } in std::mem::take(&mut self.waiting) {
            if source == other {
                continue;
            }
            let (Some(number), Some(there)) = (self.known.get(&source), self.known.get(&other)) else {
                let example = format!("{source} {} {other}", relation.words(true));
                self.done.losses.add("relations to tickets that did not come along", example);
                continue;
            };
            let new = self.dry || self.guest.transact(|tx| tx.tie(*number, relation, *there, now))?;
            self.done.relations += u64::from(new);
        }
        Ok(())
    }
}

fn told(done: &Done, args: &Args) -> Result<(), Failed> {
    let moved: Vec<_> = done.brought.iter().filter(|(_, there, here)| *there != here.0).collect();
    if args.json {
        let renumbered: Vec<Value> =
            moved.iter().map(|(source, _, here)| json!({ "source": source, "number": here.0 })).collect();
        let lost = done
            .losses
            .iter()
            .map(|(what, count, example)| json!({ "what": what, "count": count, "example": example }));
        let told = json!({
            "dry_run": args.dry_run,
            "tickets": done.brought.len(),
            "skipped": done.skipped,
            "relations": done.relations,
            "renumbered": renumbered,
            "losses": lost.collect::<Vec<_>>(),
        });
        return Ok(screen::print_json(&told)?);
    }
    let verb = if args.dry_run { "would be brought" } else { "brought" };
    let mut text = format!("{} {verb}", count(done.brought.len() as u64, "ticket"));
    if done.skipped > 0 {
        text.push_str(&format!(", {} here already", done.skipped));
    }
    text.push('\n');
    for (source, _, here) in moved {
        text.push_str(&safe::line(&format!("{source} is {here} here")));
        text.push('\n');
    }
    for (what, count, example) in done.losses.iter() {
        text.push_str(&safe::line(&format!("not carried: {count} {what}, such as {example}")));
        text.push('\n');
    }
    Ok(screen::print(&text)?)
}
