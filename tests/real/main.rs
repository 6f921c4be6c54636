//! Against real mail servers: a Dovecot, a Postfix and an mlmmj of our own, started for each test below a temporary folder.
//! `tests/install` brings the packages. A missing server is a failure, never a test left out.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod api;
mod archive;
mod check;
mod client;
mod console;
mod ear;
mod fetch;
mod flow;
mod hosts;
mod init;
mod large;
mod list;
mod machine;
mod mutt;
mod people;
mod proxy;
mod robot;
mod screen;
mod second_host;
mod servers;
mod service;
mod shared;
mod signed;
#[allow(dead_code)] // the battery uses all of it
mod sink;
mod sources;
mod trouble;
mod web;
