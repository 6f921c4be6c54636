//! What the battery borrows from here: servers, a robot that is a program, a server that keeps count of letters.

pub mod robot;
pub mod servers;
pub mod sink;
