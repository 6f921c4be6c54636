//! Archives: tickets as files that are read without Trackle. In: a ticket as it is carried (`model/carried.rs`); out: bytes of
//! an mbox that mail programs thread, or pages for a browser. Writes nothing by itself.

pub mod card;
pub mod html;
pub mod mbox;
