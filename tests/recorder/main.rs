//! The recorder against real programs.

// what only tests use is a test too, but clippy sees only the functions marked so
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::print_stderr)] // what is passed over is said
#![allow(clippy::disallowed_methods)] // how a test is started is told by the environment

mod apis;
mod disks;
mod chance;
mod guests;
mod kill;
mod installed;
mod paper;
mod site;
mod snapshot;
mod witness;
mod power;
mod prompt;
mod starts;
mod terminal;
mod trouble;
mod tty;
mod work;
mod workloads;
