//! Sending: moves frozen bytes to where they belong.

pub mod courier;
pub mod retry;
