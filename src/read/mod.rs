//! Reading: bytes into nouns, one file per foreign format. Knows no clock, no files, no network; believes nothing.

pub mod charset;
pub mod headers;
pub mod params;
pub mod part;
pub mod transfer;
pub mod tree;
pub mod words;
