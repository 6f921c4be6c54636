//! Identifying: who sent it, how sure are we, may we answer.

pub mod authentication;
pub mod carried;
pub mod language;
pub mod loops;
pub mod munged;
mod name;
pub mod own;
mod received;
mod results;
pub mod sender;
pub mod signed;
