//! `trackle list`: the tickets. Reads only, beside a running daemon or without one, or from a robot elsewhere.

use super::{Failed, tickets};
use crate::clock::{Clock, SystemClock};
use crate::model::fields::Field;
use crate::model::ticket::{Number, State};
use crate::show::{list, screen};
use crate::store::lists::{Asked, Only};
use clap::ValueEnum;
use std::path::Path;
use std::process::ExitCode;

/// How many tickets a person likes to scroll through.
const MOST: usize = 200;

/// Options of `trackle list`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Which tickets.
    #[arg(long, value_enum, default_value_t = Wanted::Open)]
    pub state: Wanted,
    /// Only those of this staff member.
    #[arg(long, value_name = "LOGIN")]
    pub owner: Option<String>,
    /// Only those that nobody has taken.
    #[arg(long, conflicts_with = "owner")]
    pub unowned: bool,
    /// Only those that wait: for a day, for somebody, for another ticket.
    #[arg(long)]
    pub waiting: bool,
    /// Only those that are to be done by some day.
    #[arg(long)]
    pub due: bool,
    /// Only private ones.
    #[arg(long)]
    pub private: bool,
    /// Only those with this keyword; given twice, with both.
    #[arg(long, value_name = "WORD")]
    pub tag: Vec<String>,
    /// Only those of this priority.
    #[arg(long, value_name = "VALUE")]
    pub priority: Option<String>,
    /// Only those of this severity.
    #[arg(long, value_name = "VALUE")]
    pub severity: Option<String>,
    /// Only those of this type.
    #[arg(long, value_name = "VALUE")]
    pub r#type: Option<String>,
    /// Only those about this area.
    #[arg(long, value_name = "VALUE")]
    pub component: Option<String>,
    /// Only those that are to be done for this.
    #[arg(long, value_name = "VALUE")]
    pub milestone: Option<String>,
    /// Only the parts of this ticket.
    #[arg(long, value_name = "TICKET", value_parser = super::number)]
    pub part_of: Option<Number>,
    /// At most so many: the most important open ones, or those that changed last [default: 200, with --json all].
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// For programs: one array with an object for each ticket, the first the most important.
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "Such as:
  trackle list --owner ann --due
  trackle list --state all --tag printer --limit 20";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Wanted {
    Open,
    Closed,
    /// Both.
    All,
}

impl Args {
    fn only(&self) -> Vec<Only> {
        let values = [
            (Field::Priority, &self.priority),
            (Field::Severity, &self.severity),
            (Field::Type, &self.r#type),
            (Field::Component, &self.component),
            (Field::Milestone, &self.milestone),
        ];
        let values = values.into_iter().filter_map(|(field, value)| Some(Only::Is(field, value.clone()?)));
        let plain = [
            (self.waiting, Only::Waits),
            (self.due, Only::Set(Field::Due)),
            (self.private, Only::Set(Field::Private)),
        ];
        let plain = plain.into_iter().filter_map(|(asked, only)| asked.then_some(only));
        let tags = self.tag.iter().map(|word| Only::Tagged(word.trim_start_matches('+').to_owned()));
        values.chain(plain).chain(tags).chain(self.part_of.map(Only::PartOf)).collect()
    }
}

/// Lists.
///
/// # Errors
/// A wrong configuration, no database.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let most = args.limit.unwrap_or(if args.json { usize::MAX } else { MOST });
    let state = match args.state {
        Wanted::Open => Some(State::Open),
        Wanted::Closed => Some(State::Closed),
        Wanted::All => None,
    };
    // one more than wanted tells whether there are more
    let (owner, most_asked) = (args.owner.clone(), most.saturating_add(1));
    let asked = Asked { state, owner, unowned: args.unowned, only: args.only(), most: most_asked };
    let now = SystemClock.now();
    let mut tickets = tickets::list(config, &asked)?;
    let more = tickets.len().saturating_sub(most);
    tickets.truncate(most);
    if args.json {
        screen::print_json(&list::json(&tickets))?;
        return Ok(ExitCode::SUCCESS);
    }
    if tickets.is_empty() {
        screen::print("no tickets\n")?;
    } else {
        screen::print(&list::page(&tickets, args.state == Wanted::All, now, &screen::look()))?;
    }
    if more > 0 {
        let left = if state == Some(State::Open) { "less important" } else { "older" };
        super::complain(&format!(
            "{left} ones are left out: --limit {} shows more",
            most.saturating_mul(5).max(MOST)
        ));
    }
    Ok(ExitCode::SUCCESS)
}
