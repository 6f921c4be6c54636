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
mod bundles;
mod calendar;
mod chance;
mod each_call;
mod epoch;
mod erase;
#[allow(dead_code)] // each row uses a part of it
mod faults;
mod full;
mod fuzz;
mod hostile;
mod identity;
mod imap;
mod imap_says;
mod invisible;
mod io;
mod kill;
#[allow(dead_code)] // the tests against real servers use all of it
#[path = "../real/kit.rs"]
mod kit;
mod loops;
mod power;
mod properties;
mod report;
mod restore;
mod row;
mod runner;
mod secrets;
mod seeds;
mod smtp;
mod smtp_says;
mod soak;
mod tamper;
mod traces;
#[allow(dead_code, unused_imports)] // the stories use all of it
#[path = "../stories/town/mod.rs"]
mod town;
mod two_daemons;
mod upgrade;
mod week;

use kit::{robot, servers, sink};
use row::Row;
use std::process::ExitCode;

/// All rows, in the order in which they run: by what they are about, the longest ones first.
const ROWS: &[Row] = &[
    kill::ROW,
    each_call::ROW,
    power::ROW,
    full::ROW,
    io::ROW,
    smtp::ROW,
    smtp_says::ROW,
    imap::ROW,
    imap_says::ROW,
    epoch::ROW,
    hostile::ROW,
    audit::ROW,
    fuzz::ROW,
    identity::ROW,
    loops::ROW,
    calendar::ROW,
    two_daemons::ROW,
    invisible::ROW,
    secrets::ROW,
    bundles::ROW,
    tamper::ROW,
    erase::ROW,
    week::ROW,
    restore::ROW,
    upgrade::ROW,
    soak::ROW,
];

fn main() -> ExitCode {
    runner::run(ROWS)
}
