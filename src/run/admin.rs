//! `trackle admin`: the administrator's words. What is configured, who works here, which values fields have, the letters and
//! the keys; and what moves or removes data as a whole. Each part is a file; exit code 0 on success, another one on error.

mod ask;
mod bringing;
pub mod erase;
pub mod export;
pub mod fields;
mod file;
pub mod import;
pub mod keys;
pub mod letters;
pub mod people;
pub mod settings;
mod settle;
mod shelf;
mod spools;
pub mod staff_list;
pub mod token;

use super::{Failed, backup, host, restore};
use crate::config::Config;
use crate::fault::Fault;
use crate::store::{FILE, Reader};
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle admin`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

const EXAMPLES: &str = "Such as:
  trackle admin get policy
  trackle admin set robot.name 'Help desk'
  trackle admin people add bob --address bob@example.org
  trackle admin fields rename component mail post --as ann

What is changed in the configuration is checked before it is written; comments stay, and a robot that runs is told to \
read it again. What would lose something is asked before; --yes says it in scripts.";

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Write tickets into files: a mailbox for each, JSON for programs, or pages for a browser. Changes nothing.
    Export(export::Args),
    /// Bring tickets from such files, from Request Tracker or from Trac; writes to nobody.
    Import(import::Args),
    /// Take a person out of all that is kept, after the address was typed; it cannot be taken back.
    Erase(erase::Args),
    /// Show settings of the configuration, those that it says nothing of with their defaults.
    Get(settings::Get),
    /// Change a setting of the configuration; all else in the file stays as it is.
    Set(settings::Set),
    /// Take a setting out of the configuration, so that its default holds.
    Unset(settings::Unset),
    /// Look after staff and other people: addresses, keys, what is theirs, who vouches for whom.
    People(people::Args),
    /// List, allow, rename and remove the values of priority, severity, type, component and milestone.
    Fields(fields::Args),
    /// Say where every ticket's thread goes, and who else gets each mail in its long form.
    List(staff_list::Args),
    /// Carry the site's own letters out as text files, and in again.
    Letters(letters::Args),
    /// Change the keys that seal what letters ask back.
    Keys(keys::Args),
    /// The same as `trackle host`: believe hosts, or no longer.
    Host(host::Args),
    /// The same as `trackle backup`.
    Backup(backup::Args),
    /// The same as `trackle restore`.
    Restore(restore::Args),
    /// Make, list and revoke the tokens by which hosts speak to the robot over HTTPS.
    Token(token::Args),
}

/// Does it.
///
/// # Errors
/// Those of each part.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    match &args.what {
        What::Export(args) => export::run(config, args),
        What::Import(args) => import::run(config, args),
        What::Erase(args) => erase::run(config, args),
        What::Get(args) => settings::get(config, args),
        What::Set(args) => settings::set(config, args),
        What::Unset(args) => settings::unset(config, args),
        What::People(args) => people::run(config, args),
        What::Fields(args) => fields::run(config, args),
        What::List(args) => staff_list::run(config, args),
        What::Letters(args) => letters::run(config, args),
        What::Keys(args) => keys::run(config, args),
        What::Host(args) => host::run(config, args),
        What::Backup(args) => backup::run(config, args),
        What::Restore(args) => restore::run(config, args),
        What::Token(args) => token::run(config, args),
    }
}

/// The database, if there is one yet.
fn reader(config: &Config) -> Result<Option<Reader>, Failed> {
    let state = &config.robot.state;
    let there = state.join(FILE).try_exists();
    let there = there.map_err(|e| Fault::passing(format!("looking into {}: {e}", state.display())))?;
    Ok(if there { Some(Reader::open(state)?) } else { None })
}
