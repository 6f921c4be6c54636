//! `trackle drift`: files that are not as the last session left them. Somebody changed them without a ticket: between two
//! sessions, since the next one found them otherwise, or since the last one, on this machine. Reads only.

use super::{Failed, exit, read_config};
use crate::fault::Outcome;
use crate::limits;
use crate::machine;
use crate::model::session::{Content, FilePath, Thing, Type};
use crate::pipeline::session::drift::{State, differs, kept, sides};
use crate::show::sessions::{self, Drift};
use crate::show::{look, screen};
use crate::store::sessions::Touch;
use crate::store::{Reader, Tx};
use data_encoding::HEXLOWER;
use rustix::fs::{Mode, OFlags};
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Paths that are looked at, and sessions of each.
const PATHS: usize = 100_000;
const SESSIONS: usize = 1_000;

/// Options of `trackle drift`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Only these files, and what is below these directories.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// What sessions on that host tell of each other; its files of today are not looked at.
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// Only whether they are as they were left last.
    #[arg(long, conflicts_with = "host")]
    pub today: bool,
    /// For programs: one array with an object for each change.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "Such as:
  trackle drift /etc
  trackle drift --host web1";

/// Looks.
///
/// # Errors
/// A wrong configuration, no database. Exit code 1 when something changed without a session.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let reader = Reader::open(&config.robot.state)?;
    let own = machine::host();
    let host = args.host.as_ref().unwrap_or(&own);
    let whole = [PathBuf::from("/")];
    let below = if args.paths.is_empty() { &whole[..] } else { &args.paths };
    let mut all = Vec::new();
    let mut looked = 0;
    for below in below {
        let below = super::blame::path(below)?;
        let paths = reader.look(|tx| tx.touched(&below, host, PATHS))?;
        looked += paths.len();
        for path in paths {
            all.extend(reader.look(|tx| of_path(tx, &path, host, args))?);
        }
    }
    if args.json {
        screen::print_json(&sessions::drift_json(&all))?;
    } else if looked == 0 {
        screen::print(&format!("no session on {host} changed anything there\n"))?;
    } else if all.is_empty() {
        let files = look::count(looked as u64, "file");
        screen::print(&format!("{files} of {host}: as the last session left them\n"))?;
    } else {
        screen::print(&sessions::drift(&all, &screen::look()))?;
    }
    Ok(if all.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(exit::FAILED) })
}

/// The undocumented changes of one path.
fn of_path(tx: &Tx<'_>, path: &FilePath, host: &str, args: &Args) -> Outcome<Vec<Drift>> {
    let touches = tx.touches(path, Some(host), SESSIONS)?;
    let mut all = Vec::new();
    for pair in touches.windows(2).filter(|_| !args.today) {
        let [one, next] = pair else { continue };
        // of two at a time neither knows what the other did
        if one.session.ended > next.session.started {
            continue;
        }
        let left = left_by(tx, path, one)?;
        let found = kept(tx, next.session.number, sides(&next.change, path).0)?;
        let what = differs(&left, &found);
        if what.is_some() && !is_as_filed(tx, path, &touches, (next.session.number, &found))? {
            all.extend(drift(path, one, Some(next), what));
        }
    }
    if let (None, Some(last)) = (&args.host, touches.last()) {
        let left = left_by(tx, path, last)?;
        let Some(now) = today(path, left.thing.as_ref()) else { return Ok(all) };
        let what = differs(&left, &now);
        if what.is_some() && !is_as_filed(tx, path, &touches, (u64::MAX, &now))? {
            all.extend(drift(path, last, None, what));
        }
    }
    Ok(all)
}

fn left_by(tx: &Tx<'_>, path: &FilePath, touch: &Touch) -> Outcome<State> {
    kept(tx, touch.session.number, sides(&touch.change, path).1)
}

/// Whether the session that was filed last before that number has left it so: then the clock was wrong, and nobody did it.
/// Where none was filed before, the clock alone speaks of an order, and is not believed.
fn is_as_filed(
    tx: &Tx<'_>,
    path: &FilePath,
    touches: &[Touch],
    (before, found): (u64, &State),
) -> Outcome<bool> {
    let earlier = touches.iter().filter(|touch| touch.session.number < before);
    let Some(last) = earlier.max_by_key(|touch| touch.session.number) else { return Ok(true) };
    Ok(differs(&left_by(tx, path, last)?, found).is_none())
}

fn drift(path: &FilePath, after: &Touch, before: Option<&Touch>, what: Option<String>) -> Option<Drift> {
    let before = before.map(|touch| touch.session.clone());
    Some(Drift { path: path.clone(), after: after.session.clone(), before, what: what? })
}

/// What a path is now, where a session left that there; `None` when it cannot be seen.
fn today(path: &FilePath, left: Option<&Thing>) -> Option<State> {
    let path = Path::new(OsStr::from_bytes(&path.0));
    let about = match fs::symlink_metadata(path) {
        Ok(about) => about,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Some(State::default());
        }
        Err(_) => return None,
    };
    let kind = kind(about.file_type());
    let mut thing = Thing {
        kind,
        mode: about.mode() & 0o7777,
        uid: about.uid(),
        gid: about.gid(),
        size: about.len(),
        mtime: 0,
        links: 1,
        target: None,
        attributes: Vec::new(),
        content: Content::None,
    };
    let mut content = None;
    if kind == Type::Symlink {
        thing.target = fs::read_link(path).ok().map(|to| FilePath::new(to.as_os_str().as_bytes()));
    } else if kind == Type::File {
        (thing.content, content) = held(path, thing.size, left)?;
    }
    Some(State { thing: Some(thing), content })
}

fn kind(of: fs::FileType) -> Type {
    if of.is_file() {
        Type::File
    } else if of.is_dir() {
        Type::Directory
    } else if of.is_symlink() {
        Type::Symlink
    } else if of.is_fifo() {
        Type::Fifo
    } else if of.is_socket() {
        Type::Socket
    } else if of.is_block_device() {
        Type::Block
    } else {
        Type::Character
    }
}

/// What a file holds, as far as there is something to compare it with; a large one is not read to see that it has grown.
fn held(path: &Path, size: u64, left: Option<&Thing>) -> Option<(Content, Option<Vec<u8>>)> {
    let Some(Thing { content: Content::Hash(_), size: then, .. }) = left else {
        return Some((Content::None, None));
    };
    if size > limits::SESSION_CONTENT as u64 && size != *then {
        return Some((Content::Hash(String::new()), None));
    }
    if size > limits::SESSION_HASH {
        return Some((Content::None, None));
    }
    let (hash, bytes) = hashed(path)?;
    Some((Content::Hash(hash), bytes))
}

/// The hash of a file, and its bytes when they are few; `None` when it cannot be read, or is none any more.
fn hashed(path: &Path) -> Option<(String, Option<Vec<u8>>)> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut file = fs::File::from(rustix::fs::open(path, flags, Mode::empty()).ok()?);
    file.metadata().ok().filter(fs::Metadata::is_file)?;
    let mut first = Vec::new();
    let most = limits::SESSION_CONTENT as u64;
    Read::by_ref(&mut file).take(most + 1).read_to_end(&mut first).ok()?;
    let mut hash = Sha256::new();
    hash.update(&first);
    let whole = first.len() as u64 <= most;
    if !whole {
        let (mut piece, mut room) = (vec![0; 64 * 1024], limits::SESSION_HASH);
        loop {
            let n = file.read(&mut piece).ok()?;
            // one that grows while it is read has an end too
            if n == 0 || room == 0 {
                break;
            }
            hash.update(piece.get(..n).unwrap_or_default());
            room = room.saturating_sub(n as u64);
        }
    }
    Some((HEXLOWER.encode(&hash.finalize()), whole.then_some(first)))
}
