//! Fetching: where raw bytes come from. Bytes go out as they came; nothing is parsed here.

pub mod imap;
pub mod mailbox;
pub mod maildir;
pub mod pipe;
