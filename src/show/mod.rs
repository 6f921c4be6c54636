//! Showing: nouns made visible, for people and for programs. Reads only, changes nothing.

pub mod reading;
