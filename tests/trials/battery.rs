//! The battery: each promise that Trackle makes as a row with a number of trials, a seed, a time, and a negative control,
//! a wrong order or setting that the row has to notice. `tests/battery --tier ci|nightly|release` runs it; without a word
//! the tier is ci, so that `cargo test` has the smallest one among its tests.

// the kit of an integration test is test code too, but clippy sees only the functions marked so
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods
)]

mod bundles;
mod calendar;
mod chance;
#[allow(dead_code)] // each row uses a part of it
mod faults;
mod full;
mod fuzz;
mod hostile;
mod identity;
mod imap;
mod io;
mod kill;
mod properties;
mod report;
mod restore;
mod row;
mod runner;
#[allow(dead_code)] // the robot's tests use all of it
#[path = "../real/sink.rs"]
mod sink;
mod seeds;
mod smtp;
mod tamper;
#[allow(dead_code, unused_imports)] // the stories use all of it
#[path = "../stories/town/mod.rs"]
mod town;
mod two_daemons;
mod upgrade;
mod week;

use row::Row;
use std::process::ExitCode;

/// All rows, in the order in which they run.
const ROWS: &[Row] = &[
    kill::ROW,
    full::ROW,
    io::ROW,
    smtp::ROW,
    imap::ROW,
    hostile::ROW,
    calendar::ROW,
    two_daemons::ROW,
    tamper::ROW,
    week::ROW,
    restore::ROW,
    upgrade::ROW,
    fuzz::ROW,
    identity::ROW,
    bundles::ROW,
];

fn main() -> ExitCode {
    runner::run(ROWS)
}
