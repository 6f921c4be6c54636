//! Recording: what a tracked session did to this machine. In: a command or a shell to run with the preload library;
//! out: the directory of the session, and from it the change set. Knows nothing of tickets beyond their number.

pub mod witness;
