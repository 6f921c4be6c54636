//! Runs the rows one after the other: first the trial, then the same with something wrong in it, which has to be noticed.
//! The last line is the one that test programs end with.

use crate::report::{self, Bar, Ended};
use crate::row::{Row, Tier, Trial};
use clap::Parser;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Tries every promise again and again, and shows that each trial could fail.
#[derive(Debug, Parser)]
#[command(name = "tests/battery")]
struct Line {
    /// How much is tried.
    #[arg(long, value_enum, default_value_t = Tier::Ci)]
    tier: Tier,
    /// Only these rows, such as B21.
    #[arg(long = "row", value_name = "ROW", value_delimiter = ',')]
    rows: Vec<String>,
    /// The first seed; the same one tries the same.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// So many trials instead of the tier's.
    #[arg(long, value_name = "N")]
    trials: Option<u64>,
    /// Write a report for programs.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Name the rows and run none.
    #[arg(long)]
    list: bool,
    /// What `cargo test` may say to all test programs; of no use here.
    #[arg(hide = true)]
    _filter: Vec<String>,
}

/// Runs what the command line asks for.
pub fn run(rows: &'static [Row]) -> ExitCode {
    let line = Line::parse();
    let wanted: Vec<&Row> = rows
        .iter()
        .filter(|row| {
            line.rows.is_empty() || line.rows.iter().any(|name| name.eq_ignore_ascii_case(row.name))
        })
        .filter(|row| !line.rows.is_empty() || row.amount(line.tier) > 0)
        .collect();
    if line.list {
        for row in wanted {
            println!("{:4} {:50} {} {}", row.name, row.about, row.amount(line.tier), row.unit);
        }
        return ExitCode::SUCCESS;
    }
    if wanted.is_empty() {
        eprintln!("tests/battery: there is no row {}: see --list", line.rows.join(", "));
        return ExitCode::from(2);
    }
    let mut ended = Vec::new();
    for row in wanted {
        let one = tried(row, &line);
        println!("{}", one.line());
        ended.push(one);
    }
    if let Some(file) = &line.json
        && let Err(e) = std::fs::write(file, report::json(line.tier, &ended).to_string())
    {
        eprintln!("tests/battery: writing {}: {e}", file.display());
        return ExitCode::FAILURE;
    }
    let failed = ended.iter().filter(|one| !one.is_well()).count();
    let (word, passed) = (if failed == 0 { "ok" } else { "FAILED" }, ended.len() - failed);
    println!("test result: {word}. {passed} passed; {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn tried(row: &Row, line: &Line) -> Ended {
    let amount = line.trials.unwrap_or_else(|| row.amount(line.tier)).max(1);
    let (bar, begun) = (Bar::new(row, amount), Instant::now());
    let told = |done| bar.tell(done);
    let trial =
        || Trial { seed: line.seed, amount, progress: &told, done: Cell::new(0), tried: Cell::new(amount) };
    let first = trial();
    let result = caught(row.trial, &first);
    bar.clear();
    // the trial's own time: the control is no part of what is promised
    let took = begun.elapsed();
    let control = match caught(row.control, &trial()) {
        Ok(told) => Err(format!("its negative control was NOT noticed: the trial cannot fail; {told}")),
        Err(said) => Ok(said),
    };
    bar.clear();
    let Row { name, about, unit, .. } = *row;
    Ended { name, about, unit, amount, tried: first.tried.get(), seed: line.seed, took, result, control }
}

/// A panic is a failure like any other.
fn caught(work: fn(&Trial<'_>) -> Result<String, String>, trial: &Trial<'_>) -> Result<String, String> {
    std::panic::set_hook(Box::new(|_| ()));
    let result = catch_unwind(AssertUnwindSafe(|| work(trial)));
    let _ = std::panic::take_hook();
    result.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(text.unwrap_or_else(|| "it panicked".into()))
    })
}
