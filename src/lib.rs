//! Trackle **fetches** a mail, **reads** it, **identifies** its sender, **routes** it, **decides**, **writes** the
//! letters, **stores** both in one transaction, and **sends** them.
//!
//! Each verb is a folder, in that order below. A verb imports nouns (`model`), never another verb; only
//! `pipeline.rs` and `daemon.rs` know the verbs and their order; `tests/house.rs` holds that law.

pub mod model;

pub mod fetch;
pub mod read;
pub mod identify;
pub mod command;
pub mod route;
pub mod decide;
pub mod write;
pub mod store;
pub mod send;
pub mod record;
pub mod show;

pub mod run;

pub mod pipeline;
pub mod daemon;

pub mod clock;
pub mod config;
pub mod diff;
pub mod drop;
pub mod fault;
pub mod journal;
pub mod limits;
pub mod machine;
pub mod mint;
pub mod redact;
pub mod secret;
pub mod tls;
pub mod web;
pub mod witness;
pub mod wording;
