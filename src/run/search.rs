//! `trackle search WORDS`: tickets by the words in their titles and texts. Reads only.

use super::{Failed, complain, exit, read_config};
use crate::show::{found, screen};
use crate::store::Reader;
use crate::store::search::Scope;
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle search`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Words that all have to be there; from four letters on, the beginning of a word is enough. Titles with all
    /// of them come first; of words that stand in thousands of mails, the newest follow.
    #[arg(value_name = "WORDS", required = true)]
    pub words: Vec<String>,
    /// At most so many, the best ones.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// For programs: one array with an object for each ticket.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "Such as:
  trackle search printer fire";

/// Searches.
///
/// # Errors
/// A wrong configuration, no database. Exit code 1 when nothing is found, as with grep.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = read_config(config)?;
    let hits = Reader::open(&config.robot.state)?.search(&args.words.join(" "), Scope::All, args.limit)?;
    if args.json {
        screen::print_json(&found::json(&hits))?;
    } else {
        screen::print(&found::page(&hits, &screen::look()))?;
    }
    if hits.is_empty() {
        complain("nothing found");
        return Ok(ExitCode::from(exit::FAILED));
    }
    Ok(ExitCode::SUCCESS)
}
