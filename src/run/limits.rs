//! `trackle limits`: every limit with its reason, and with the value that the configuration gives it. Where there is no
//! configuration the defaults are shown, which is said.

use super::{Failed, complain, read_config};
use crate::config::{Config, Policy};
use crate::show::limits::Limit;
use crate::show::{limits, screen};
use std::path::Path;
use std::process::ExitCode;

/// Options of `trackle limits`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// For programs: one array with an object for each limit.
    #[arg(long)]
    pub json: bool,
}

/// Prints them.
///
/// # Errors
/// A configuration that is there and wrong; when standard output cannot be written.
pub fn run(config: &Path, args: &Args) -> Result<ExitCode, Failed> {
    let config = if matches!(config.try_exists(), Ok(false)) {
        complain(&format!("there is no {}: these are the defaults", config.display()));
        None
    } else {
        Some(read_config(config)?)
    };
    let all = in_force(config.as_ref());
    if args.json {
        screen::print_json(&limits::json(&all))?;
    } else {
        screen::print(&limits::page(&all, &screen::look()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Every limit, with what the site says instead.
fn in_force(config: Option<&Config>) -> Vec<Limit> {
    let set = |name: &str, default: &str| {
        config.and_then(|config| said(config, name)).filter(|value| value != default)
    };
    let one = |(name, default, why): (&'static str, String, &'static str)| {
        let set = set(name, &default);
        Limit { name, default, set, why }
    };
    crate::limits::all().into_iter().map(one).collect()
}

/// What the configuration says of the limit of that name. `[policy]` is taken apart whole, so that no setting is forgotten.
fn said(config: &Config, name: &str) -> Option<String> {
    let Policy {
        confirm_tickets: _,
        invite_named: _,
        automatic_per_day,
        mails_per_sender_hour,
        confirmations_per_hour,
        letters_per_hour,
        mails_per_hour,
        mails_per_sender_day,
        tickets_per_sender_hour,
        news_per_ticket_hour,
        reopens_per_hour,
        wrong_codes_per_hour,
        mail_bytes,
        tell_worked: _,
    } = &config.policy;
    Some(match name {
        "AUTOMATIC_PER_DAY" => automatic_per_day.to_string(),
        "MAILS_PER_SENDER_HOUR" => mails_per_sender_hour.to_string(),
        "CONFIRMATIONS_PER_HOUR" => confirmations_per_hour.to_string(),
        "LETTERS_PER_HOUR" => letters_per_hour.to_string(),
        "MAILS_PER_HOUR" => mails_per_hour.to_string(),
        "MAILS_PER_SENDER_DAY" => mails_per_sender_day.to_string(),
        "TICKETS_PER_SENDER_HOUR" => tickets_per_sender_hour.to_string(),
        "NEWS_PER_TICKET_HOUR" => news_per_ticket_hour.to_string(),
        "REOPENS_PER_HOUR" => reopens_per_hour.to_string(),
        "WRONG_CODES_PER_HOUR" => wrong_codes_per_hour.to_string(),
        "COMMAND_HOURS" => (config.identity.command_age.as_secs() / 3_600).to_string(),
        "MAIL_BYTES" => mail_bytes.to_string(),
        _ => return None,
    })
}
