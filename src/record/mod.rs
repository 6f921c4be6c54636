//! Recording: a shell or a command on this host, and what it changed. In: what ran and what was on disk; out: a session,
//! and the bundle that takes it to the robot. Never does anything to what it records.

pub mod seal;
