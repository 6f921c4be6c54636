//! What passes between the programs of a tracked session and its recorder: the names in the environment, the shared
//! page of state, the records of the journal, and what is never to be read. No allocation, no system call, no unsafe:
//! the library that is loaded into foreign programs uses it as well as the recorder that reads what they left.
#![no_std]

#[cfg(test)]
extern crate std;

pub mod aspect;
pub mod calls;
pub mod deny;
pub mod elf;
pub mod filter;
pub mod id;
pub mod record;
pub mod slots;
pub mod state;

pub use record::{Kind, Record, put, take, take_within};

/// Names the session; survives into set-uid programs, which take nothing else from the environment.
pub const SESSION: &str = "TRACKLE_SESSION";
/// The directory of a session that no privileged program takes part in.
pub const DIR: &str = "TRACKLE_DIR";
/// The number of the ticket, for prompts.
pub const TICKET: &str = "TRACKLE_TICKET";
/// The loader's variable that brings the library into programs.
pub const PRELOAD: &str = "LD_PRELOAD";
/// The library's file name: bare, it stands in LD_PRELOAD where it is installed for set-uid programs (ld.so(8)).
pub const LIBRARY: &str = "libtrackle.so";
/// Where sessions have their directories once the recorder is installed: the one place that privileged programs know.
pub const SESSIONS: &str = "/run/trackle/s";

/// Within a session's directory each user has one of its own, named by his number and open to him alone.
pub mod file {
    /// The shared page ([`super::state`]).
    pub const STATE: &str = "state";
    /// The records ([`super::record`]).
    pub const JOURNAL: &str = "journal";
    /// What files held before their first change, one behind the other.
    pub const PACK: &str = "pack";
    /// Where the second witness takes in descriptors (unix socket, in the session's directory).
    pub const WITNESS: &str = "witness";
}
