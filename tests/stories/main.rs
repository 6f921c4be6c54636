//! The robot as people meet it: conversations told like plays, in one process, with the real intake, engine, outbox,
//! courier and database, and a clock that only the story moves. Each letter is inspected on its way, and whatever is
//! left over at the end of a story fails it. Nothing here opens a network connection.
//! `GOLDEN=write cargo test --test stories` writes the golden conversations anew.

// the kit of an integration test is test code too, but clippy sees only the functions marked so
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod town;

mod asking;
mod birth;
mod bounces;
mod bundles;
mod commands;
mod complaints;
mod confirming;
mod console;
mod copies;
mod crash;
mod digest;
mod fields;
mod floods;
mod following;
mod history;
mod hosts;
mod hostile;
mod languages;
mod leaving;
mod lists;
mod locks;
mod machines;
mod markup;
mod milestones;
mod news;
mod once;
mod paper;
mod private;
mod quarantine;
mod refusals;
mod relations;
mod room;
mod searching;
mod sessions;
mod staff;
mod strangers;
mod threads;
mod trusted;
mod undoing;
