//! The nouns: plain data that every verb may import. Nothing here does anything but hold itself together.

pub mod address;
pub mod clues;
pub mod decision;
pub mod digest;
pub mod fields;
pub mod following;
pub mod kind;
pub mod language;
pub mod letter;
pub mod links;
pub mod mail;
pub mod network;
pub mod person;
pub mod phrase;
pub mod proof;
pub mod reach;
pub mod refusal;
pub mod request;
pub mod robot;
pub mod seal;
pub mod server;
pub mod staff_list;
pub mod ticket;
