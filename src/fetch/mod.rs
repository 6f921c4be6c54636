//! Fetching: where raw bytes come from. Bytes go out as they came; nothing is parsed here.

pub mod mailbox;
