//! Identifying: who sent it, how sure are we, may we answer.

pub mod loops;
