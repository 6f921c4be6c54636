//! Witnesses: whoever can be asked about a mail's bytes before anybody thinks about it. In: raw bytes and what the
//! configuration lets us ask; out: what they said, as a noun. The only room between reading and identifying that
//! touches the network and other programs, so that those that think need not. An answer is never kept: what follows
//! from it is, as the proof beside a change.

pub mod openpgp;
