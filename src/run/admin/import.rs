//! `trackle admin import`: tickets from files become tickets here, beside a running daemon, one transaction each: killed and
//! started again it goes on where it was, since what came once does not come again. Nobody is written to. What cannot be
//! brought along is counted and told. Takes our own exports, Request Tracker's REST 2.0 and Trac's database and lists; which of
//! them a file is, its first bytes say.

use super::bringing::{Done, Import};
use super::shelf::Shelf;
use crate::daemon;
use crate::fault::Outcome;
use crate::limits;
use crate::model::carried::{Cargo, There};
use crate::model::robot::Robot;
use crate::model::ticket::{Number, State};
use crate::read::{carried, charset, csv, rt, trac};
use crate::run::progress::Progress;
use crate::run::{Failed, exit, read_config};
use crate::show::look::count;
use crate::show::{safe, screen};
use crate::store::{self, Guest, Reader, Store, Tx, foreign};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
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
    /// Where a Trac's attached files lie: its environment, or the directory in it [default: beside its database].
    #[arg(long, value_name = "DIR")]
    pub attachments: Option<PathBuf>,
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
    let mut import = Import::new(&robot, Guest::open(state)?, known, args.dry_run);
    brought(&mut import, &files, &robot, args)?;
    told(&import.finished(), args)?;
    Ok(ExitCode::SUCCESS)
}

/// Brings what is in the files.
fn brought(
    import: &mut Import<'_>,
    files: &[(Kind, PathBuf)],
    robot: &Robot,
    args: &Args,
) -> Result<(), Failed> {
    let (mut values, mut room) = (Vec::new(), limits::IMPORT_BYTES);
    for (kind, file) in files {
        let name = name(file, args);
        let there = There { name: &name, robot };
        match kind {
            Kind::Lines => lines(import, file)?,
            Kind::Mailbox => {
                let (ticket, losses) = carried::mailbox(whole(file)?).map_err(|e| wrong(file, &e.why))?;
                import.all(Cargo { tickets: vec![ticket], losses })?;
            }
            Kind::TracDatabase => database(import, file, &there, args.attachments.as_deref())?,
            Kind::TracList => {
                let rows = csv::rows(&charset::marked(&whole(file)?));
                let list = trac::list(rows, &there);
                import.all(
                    list.ok_or_else(|| wrong(file, "no column has the tickets' numbers (id, Ticket)"))?,
                )?;
            }
            // a ticket and its history may be in files of their own
            Kind::Rt => {
                room = room.checked_sub(size(file)?).ok_or_else(|| too_large(file))?;
                values.extend(json_values(file)?);
            }
        }
    }
    let export = rt::Export::of(&values);
    let name = name(&args.from, args);
    Ok(import.each(export.len(), export.tickets(&There { name: &name, robot }), export.losses.clone())?)
}

/// A Trac, with the files that lie beside its database.
fn database(
    import: &mut Import<'_>,
    file: &Path,
    there: &There<'_>,
    attachments: Option<&Path>,
) -> Result<(), Failed> {
    size(file)?;
    let tables = foreign::tables(file, &trac::TABLES).map_err(|fault| wrong(file, &fault.doing))?;
    let mut whole = trac::database(&tables, there);
    drop(tables);
    let shelf = Shelf::of(file, attachments)?;
    let Cargo { tickets, losses } = whole.cargo;
    let number = tickets.len();
    let with_files = tickets.into_iter().map(|mut ticket| {
        let files = whole.files.remove(&ticket.number).unwrap_or_default();
        let losses = shelf.fill(&mut ticket, files);
        (ticket, losses)
    });
    Ok(import.each(number, with_files, losses)?)
}

/// Our own lines, a ticket each: one at a time is in memory.
fn lines(import: &mut Import<'_>, file: &Path) -> Result<(), Failed> {
    let trouble = |e: std::io::Error| wrong(file, &e.to_string());
    let size = std::fs::metadata(file).map_err(trouble)?.len();
    let mut reader = BufReader::new(File::open(file).map_err(trouble)?);
    let (mut progress, mut at, mut number) = (Progress::of("importing"), 0, 0);
    loop {
        let mut line = Vec::new();
        let read =
            reader.by_ref().take(limits::IMPORT_BYTES).read_until(b'\n', &mut line).map_err(trouble)?;
        if read == 0 {
            break;
        }
        (at, number) = (at + read as u64, number + 1);
        let wrong_line = |why: &str| wrong(file, &format!("line {number}: {why}"));
        if read as u64 == limits::IMPORT_BYTES {
            return Err(wrong_line("larger than what is read as a whole (`trackle limits`)"));
        }
        progress.tell("tickets", at, size);
        let line = String::from_utf8(line).map_err(|_| wrong_line("no UTF-8"))?;
        if !line.trim().is_empty() {
            let ticket = carried::line(&line).map_err(|e| wrong_line(&e.why))?;
            drop(line);
            import.one(ticket)?;
        }
    }
    progress.clear();
    Ok(())
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
    let text = charset::marked(&head);
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if head.starts_with(b"From ") {
        Ok(Kind::Mailbox)
    } else if head.starts_with(b"SQLite format 3\0") {
        Ok(Kind::TracDatabase)
    } else if start.starts_with("{\"trackle\":") {
        Ok(Kind::Lines)
    } else if start.starts_with(['{', '[']) {
        Ok(Kind::Rt)
    } else if start.lines().next().is_some_and(|line| line.contains([',', ';', '\t'])) {
        Ok(Kind::TracList)
    } else {
        Err(wrong(file, "neither an export of Trackle's nor of Request Tracker's or Trac's"))
    }
}

fn wrong(file: &Path, why: &str) -> Failed {
    Failed { text: format!("{}: {why}", file.display()), code: exit::DATA }
}

/// The size of a file that has room in memory.
fn size(file: &Path) -> Result<u64, Failed> {
    let size = std::fs::metadata(file).map_err(|e| wrong(file, &e.to_string()))?.len();
    if size > limits::IMPORT_BYTES { Err(too_large(file)) } else { Ok(size) }
}

fn too_large(file: &Path) -> Failed {
    wrong(
        file,
        "larger than what is read as a whole (`trackle limits`), alone or with those before it: bring it in parts",
    )
}

fn whole(file: &Path) -> Result<Vec<u8>, Failed> {
    size(file)?;
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|file| file.take(limits::IMPORT_BYTES).read_to_end(&mut bytes));
    read.map_err(|e| wrong(file, &e.to_string()))?;
    Ok(bytes)
}

/// JSON values, one after the other or in a list.
fn json_values(file: &Path) -> Result<Vec<Value>, Failed> {
    let trouble = |e: std::io::Error| wrong(file, &e.to_string());
    let seen = Seen {
        file: BufReader::new(File::open(file).map_err(trouble)?).take(limits::IMPORT_BYTES),
        at: 0,
        size: size(file)?,
        progress: Progress::of("reading"),
    };
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_reader(BufReader::new(seen)).into_iter::<Value>() {
        match value.map_err(|e| wrong(file, &e.to_string()))? {
            Value::Array(all) => values.extend(all),
            one => values.push(one),
        }
    }
    Ok(values)
}

/// A file whose reading is seen.
struct Seen<R> {
    file: R,
    at: u64,
    size: u64,
    progress: Progress,
}

impl<R: Read> Read for Seen<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(into)?;
        self.at += read as u64;
        self.progress.tell("files", self.at, self.size);
        if read == 0 {
            self.progress.clear();
        }
        Ok(read)
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
            "named": done.named,
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
    if done.named > 0 {
        let (people, get) = if done.named == 1 { ("person", "gets") } else { ("people", "get") };
        let named = done.named;
        text.push_str(&format!("{named} {people} in Cc there may add text here, and {get} no mail\n"));
    }
    for (what, count, example) in done.losses.iter() {
        text.push_str(&safe::line(&format!("not carried: {count} {what}, such as {example}")));
        text.push('\n');
    }
    Ok(screen::print(&text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_room_to_its_last_byte() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("all.json");
        let file = File::create(&path).unwrap();
        for (length, has_room) in [
            (limits::IMPORT_BYTES - 1, true),
            (limits::IMPORT_BYTES, true),
            (limits::IMPORT_BYTES + 1, false),
        ] {
            // a hole takes no room on the disk
            file.set_len(length).unwrap();
            match size(&path) {
                Ok(size) => assert!(has_room && size == length, "{length}"),
                Err(why) => assert!(!has_room && why.text.contains("in parts") && why.code == exit::DATA),
            }
        }
    }
}
