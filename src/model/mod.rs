//! The nouns: plain data that every verb may import. Nothing here does anything but hold itself together.

pub mod address;
pub mod clues;
pub mod decision;
pub mod digest;
pub mod fields;
pub mod following;
pub mod importance;
pub mod kind;
pub mod letter;
pub mod links;
pub mod mail;
pub mod network;
pub mod person;
pub mod proof;
pub mod refusal;
pub mod request;
pub mod robot;
pub mod roundup;
pub mod seal;
pub mod server;
pub mod ticket;
