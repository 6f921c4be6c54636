//! `trackle verify`: the letters in somebody's mailbox against the database. Each letter of ours names the newest event
//! of its time and the beginning of that event's hash, which covers all events before it: a history that was altered,
//! cut or exchanged afterwards no longer fits the letters that people keep. Reads only; exit code 1 on a mismatch.

mod heads;

use super::{Failed, complain, exit, read_config};
use crate::mint;
use crate::model::letter::Chain;
use crate::model::mail::{Mail, MessageId};
use crate::model::seal::Seal;
use crate::read;
use crate::show::{screen, verified};
use crate::store::Reader;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use verified::Verified;

/// How many letters that do not fit are named; the others are counted.
const NAMED: usize = 100;

/// Options of `trackle verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A mailbox in one file, such as a list's archive.
    #[arg(long, value_name = "FILE", required_unless_present = "maildir", conflicts_with = "maildir")]
    pub mbox: Option<PathBuf>,
    /// A mailbox with a file for each mail.
    #[arg(long, value_name = "DIR")]
    pub maildir: Option<PathBuf>,
    /// For programs: one object.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "Such as:
  trackle verify --mbox team.mbox        the archive of the staff's list";

/// Verifies.
///
/// # Errors
/// A wrong configuration, no database, a mailbox that cannot be read.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let state = &config.robot.state;
    let reader = Reader::open(state)?;
    let desk = Desk { seal: seal(state), reader };
    let mut found = Verified::default();
    (found.events, found.wrong) = desk.reader.chain_holds(&mut |_, _, _| {})?;
    let mut each = |head: &[u8]| desk.look(head, &mut found);
    let (path, done) = match (&args.mbox, &args.maildir) {
        (Some(path), _) => (path, heads::of_mbox(path, &mut each)),
        (None, Some(path)) => (path, heads::of_maildir(path, &mut each)),
        (None, None) => return Err(Failed { text: "which mailbox?".into(), code: exit::DATA }),
    };
    done.map_err(|failed| Failed { text: format!("{}: {}", path.display(), failed.text), ..failed })?;
    if args.json {
        screen::print_json(&verified::json(&found))?;
    } else {
        screen::print(&verified::page(&found, &screen::look()))?;
    }
    Ok(if found.is_well() { ExitCode::SUCCESS } else { ExitCode::from(exit::FAILED) })
}

/// The real key; none is made here. Without it only what says so itself is taken for a letter of ours.
fn seal(state: &Path) -> Option<Seal> {
    if matches!(state.join(mint::FILE).try_exists(), Ok(false)) {
        complain("the key is missing: a letter is taken for ours by its header alone");
        return None;
    }
    mint::seal(state)
        .inspect_err(|fault| complain(&format!("a letter is taken for ours by its header alone: {fault}")))
        .ok()
}

/// What letters are compared with.
struct Desk {
    seal: Option<Seal>,
    reader: Reader,
}

impl Desk {
    /// Looks at one mail's header.
    fn look(&self, head: &[u8], found: &mut Verified) -> Result<(), Failed> {
        found.mails += 1;
        // as in the daemon: a mail that breaks the reading breaks nothing else
        let read = catch_unwind(|| read::mail(head)).ok().and_then(Result::ok);
        let Some(mail) = read.filter(|mail| self.is_ours(mail)) else { return Ok(()) };
        found.letters += 1;
        if let Some(wrong) = self.wrong(&mail, found)? {
            if found.wrong.len() < NAMED {
                let id = mail.message_id.as_ref().map_or_else(|| "a letter".to_owned(), MessageId::to_string);
                found.wrong.push(format!("{id}: {wrong}"));
            } else {
                found.more += 1;
            }
        }
        Ok(())
    }

    /// Whether a mail carries our mark: a list's copy of a letter does as well.
    fn is_ours(&self, mail: &Mail) -> bool {
        let instance = mail.header("X-Trackle-Instance").map(str::trim);
        match &self.seal {
            Some(seal) => {
                let marked = mail.message_id.as_ref().is_some_and(|id| seal.open_message_id(id).is_some());
                marked || instance == Some(seal.instance().as_str())
            }
            None => instance.is_some(),
        }
    }

    fn wrong(&self, mail: &Mail, found: &mut Verified) -> Result<Option<String>, Failed> {
        let known = match &mail.message_id {
            Some(id) => !self.reader.letters_called(id)?.is_empty(),
            None => false,
        };
        if !known {
            return Ok(Some("says that it is a letter of ours, and the database knows of none such".into()));
        }
        let Some(written) = mail.header("X-Trackle-Chain") else {
            // written before letters carried it, or taken off on the way
            found.bare += 1;
            return Ok(None);
        };
        let Some(chain) = Chain::parse(written) else {
            return Ok(Some("its X-Trackle-Chain cannot be read".into()));
        };
        Ok(match self.reader.chain_at(chain.seq)? {
            Some(kept) if kept == chain => None,
            Some(_) => Some(format!("the history up to event {} is not what it was then", chain.seq)),
            None => Some(format!("event {}, the newest one then, is gone", chain.seq)),
        })
    }
}
