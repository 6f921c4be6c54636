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

mod audit;
mod calendar;
mod chance;
mod each_call;
#[allow(dead_code)] // each row uses a part of it
mod faults;
mod full;
mod hostile;
mod imap;
mod io;
mod epoch;
mod kill;
#[allow(dead_code)] // the tests against real servers use all of it
#[path = "../real/kit.rs"]
mod kit;
mod power;
mod imap_says;
mod loops;
mod erase;
mod invisible;
mod report;
mod restore;
mod row;
mod runner;
mod secrets;
mod smtp;
mod soak;
mod smtp_says;
mod tamper;
#[allow(dead_code, unused_imports)] // the stories use all of it
#[path = "../stories/town/mod.rs"]
mod town;
mod traces;
mod two_daemons;
mod upgrade;
mod week;

use kit::{robot, servers, sink};
use row::Row;
use std::process::ExitCode;

/// All rows, in the order in which they run.
const ROWS: &[Row] = &[
    kill::ROW,
    each_call::ROW,
    full::ROW,
    io::ROW,
    power::ROW,
    smtp::ROW,
    smtp_says::ROW,
    imap::ROW,
    epoch::ROW,
    imap_says::ROW,
    hostile::ROW,
    loops::ROW,
    calendar::ROW,
    two_daemons::ROW,
    tamper::ROW,
    audit::ROW,
    week::ROW,
    restore::ROW,
    upgrade::ROW,
    erase::ROW,
    secrets::ROW,
    invisible::ROW,
    soak::ROW,
];

fn main() -> ExitCode {
    runner::run(ROWS)
}
