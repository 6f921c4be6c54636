//! Recording: a shell or a command on this host, and what it changed. In: what ran and what was on disk; out: a session,
//! and the bundle that takes it to the robot. Never does anything to what it records.

pub mod about;
mod backups;
pub mod cast;
pub mod changes;
pub mod child;
mod compare;
pub mod complete;
pub mod contents;
mod ending;
mod describe;
pub mod evidence;
pub mod guard;
pub mod history;
pub mod hostkey;
pub mod install;
pub mod journal;
pub mod library;
mod look;
mod looks;
mod moves;
pub mod noise;
mod packages;
pub mod pauses;
pub mod place;
mod programs;
pub mod queue;
pub mod recover;
mod resolve;
mod running;
pub mod seal;
pub mod shell;
pub mod steady;
pub mod submit;
pub mod tty;
mod tags;
pub mod witness;
