//! The command line: words into `run::<subcommand>`, and exit codes after `sysexits.h`.

use clap::Parser;
use std::process::ExitCode;
use trackle::run::{Line, exit, prompt, run};

fn main() -> ExitCode {
    if prompt::is_nothing(std::env::args_os()) {
        return ExitCode::from(exit::FAILED);
    }
    run(Line::parse())
}
