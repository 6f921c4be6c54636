//! The command line: words into `run::<subcommand>`, and exit codes after `sysexits.h`.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    trackle::run::run(trackle::run::Line::parse())
}
