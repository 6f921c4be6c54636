//! Running: one file for each subcommand. May use every room; is used by `main` alone.

pub mod deliver;
pub mod demo;
pub mod serve;

use crate::config::Config;
use crate::fault::Fault;
use crate::journal::Format;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Exit codes of `sysexits.h`.
pub mod exit {
    /// Something was asked for that cannot be had, or laws do not hold.
    pub const FAILED: u8 = 1;
    /// The data given is wrong.
    pub const DATA: u8 = 65;
    /// Try again later.
    pub const LATER: u8 = 75;
    /// The configuration is wrong.
    pub const CONFIG: u8 = 78;
}

/// A mail-driven ticket robot for a team's help address.
#[derive(Debug, Parser)]
#[command(name = "trackle", version, max_term_width = 100)]
pub struct Line {
    /// The configuration file.
    #[arg(long, short, global = true, default_value = "/etc/trackle/trackle.toml", value_name = "FILE")]
    pub config: PathBuf,
    #[command(flatten)]
    pub log: Log,
    #[command(subcommand)]
    pub what: What,
}

/// How the daemon logs, on standard error.
#[derive(Debug, Args)]
pub struct Log {
    /// How log lines are written.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log: LogFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

impl From<LogFormat> for Format {
    fn from(format: LogFormat) -> Format {
        match format {
            LogFormat::Text => Format::Text,
            LogFormat::Json => Format::Json,
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Fetch, handle and send mail until told to stop.
    Serve(serve::Args),
    /// Play one request from the first mail to the last, without server or configuration.
    Demo(demo::Args),
    /// Take one mail from standard input, for /etc/aliases, procmail or a Sieve pipe.
    Deliver(deliver::Args),
}

/// Runs a subcommand.
pub fn run(line: Line) -> ExitCode {
    let config = line.config.clone();
    let result = match line.what {
        What::Serve(args) => serve::run(&config, line.log.log.into(), &args),
        What::Demo(args) => demo::run(&args),
        What::Deliver(args) => deliver::run(&config, &args),
    };
    match result {
        Ok(code) => code,
        Err(failed) => {
            complain(&failed.text);
            ExitCode::from(failed.code)
        }
    }
}

/// A subcommand that could not do its work: what to tell, and the exit code.
#[derive(Debug)]
pub struct Failed {
    pub text: String,
    pub code: u8,
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Failed {
        let code = if fault.again { exit::LATER } else { exit::FAILED };
        Failed { text: fault.doing, code }
    }
}

impl From<std::io::Error> for Failed {
    fn from(e: std::io::Error) -> Failed {
        Failed { text: e.to_string(), code: exit::FAILED }
    }
}

/// Reads the configuration.
///
/// # Errors
/// Every complaint about it, with exit code 78.
pub fn read_config(path: &std::path::Path) -> Result<Config, Failed> {
    Config::read(path).map_err(|wrong| Failed { text: wrong.to_string(), code: exit::CONFIG })
}

/// Writes to standard error; a closed one is nobody's loss.
pub fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "trackle: {text}");
}
