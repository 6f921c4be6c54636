//! The nouns: plain data that every verb may import. Nothing here does anything but hold itself together.

pub mod address;
pub mod kind;
pub mod mail;
pub mod server;
