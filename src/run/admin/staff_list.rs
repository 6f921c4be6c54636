//! `trackle admin list`: where every ticket's thread goes, and who else gets each mail in its long form. In the configuration;
//! what has to be done at a mailing list itself is said.

use super::file::{Changed, Sheet};
use super::settings::{self, stuck};
use crate::config::change::{self, Place, Said};
use crate::model::address::Address;
use crate::run::people::parsed;
use crate::run::{Failed, complain, exit, read_config};
use crate::show::screen;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle admin list`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Args {
    /// Where threads go from now on; without one, say where they go.
    #[arg(value_name = "ADDRESS")]
    pub address: Option<String>,
    /// For programs: one object.
    #[arg(long)]
    pub json: bool,
    #[command(subcommand)]
    pub what: Option<What>,
}

const EXAMPLES: &str = "Such as:
  trackle admin list team@lists.example.org
  trackle admin list also add archive@example.org";

/// What to do about more addresses.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Who else gets every mail in its long form, such as an archive.
    Also {
        #[command(subcommand)]
        what: Also,
    },
}

/// What to do about one of them.
#[derive(Debug, clap::Subcommand)]
pub enum Also {
    /// From now on this one too.
    Add {
        /// Never the robot's own.
        #[arg(value_name = "ADDRESS")]
        address: String,
        /// For programs: one object.
        #[arg(long)]
        json: bool,
    },
    /// This one no longer.
    Remove {
        /// As `trackle admin list` shows it.
        #[arg(value_name = "ADDRESS")]
        address: String,
        /// For programs: one object.
        #[arg(long)]
        json: bool,
    },
}

/// Does it.
///
/// # Errors
/// A wrong configuration, what is no address, one that is not there, a file that cannot be changed.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    match (&args.what, &args.address) {
        (Some(What::Also { what: Also::Add { address, json } }), _) => also(config, address, true, *json),
        (Some(What::Also { what: Also::Remove { address, json } }), _) => also(config, address, false, *json),
        (None, Some(address)) => {
            let sheet = Sheet::open(config)?;
            let address = parsed(address)?;
            let changed = write(&sheet, "list", &Said::Word(address.to_string()))?;
            if changed.is_any() {
                let robot = sheet.config()?.robot.address;
                complain(&format!(
                    "if {address} is a mailing list: it has to take mail from {robot}; subscribe {robot} to it, so that the robot \
                     sees what is answered there. `trackle check` looks at the rest"
                ));
            }
            settings::tell(&changed, args.json)
        }
        (None, None) => show(config, args.json),
    }
}

fn show(config: &Path, json: bool) -> Result<ExitCode, Failed> {
    let staff = read_config(config)?.staff;
    let also: Vec<String> = staff.also.iter().map(Address::to_string).collect();
    if json {
        screen::print_json(&json!({ "list": staff.list.as_str(), "also": also }))?;
    } else {
        let also: String = also.iter().map(|address| format!("also {address}\n")).collect();
        screen::print(&format!("{}\n{also}", staff.list))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn also(config: &Path, said: &str, add: bool, json: bool) -> Result<ExitCode, Failed> {
    let sheet = Sheet::open(config)?;
    let address = parsed(said)?;
    let mut all = sheet.config()?.staff.also;
    let at = all.iter().position(|one| *one == address);
    match (at, add) {
        (Some(_), true) => return Err(failed(format!("{address} gets every mail already"))),
        (None, false) => {
            return Err(failed(format!("{address} is not among them: see `trackle admin list`")));
        }
        (None, true) => all.push(address),
        (Some(at), false) => {
            all.remove(at);
        }
    }
    let words = all.iter().map(Address::to_string).collect();
    settings::tell(&write(&sheet, "also", &Said::Words(words))?, json)
}

fn write(sheet: &Sheet, key: &str, value: &Said) -> Result<Changed, Failed> {
    let place = Place { table: "staff".into(), at: 0, key: key.into() };
    sheet.write(change::set(sheet.text(), &place, value).map_err(stuck)?)
}

fn failed(text: String) -> Failed {
    Failed { text, code: exit::FAILED }
}
