//! Reading: bytes into nouns, one file per foreign format. Knows no clock, no files, no network; believes nothing.

pub mod part;
pub mod report;
