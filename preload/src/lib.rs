//! The library that is loaded into the programs of a tracked session. It keeps what a file was just before it is changed,
//! and hands itself on to the programs that are started. It holds three laws:
//!
//! 1. The real function is called once, with the caller's arguments, and the caller gets what it returned. (A program that
//!    is started gets our variables back into its environment: the one thing that is ever changed.)
//! 2. `errno` is what the real function left.
//! 3. No allocation, no lock, no panic, no descriptor left open, less than eight kilobytes of stack: a hook may run in a
//!    signal handler, between fork and exec, on the memory of a parent, in a thread with the smallest stack.
//!
//! Whatever goes wrong means "not recorded", never "not done". When the library is loaded it makes no system call.
//!
//! It is built with the profile `preload` only, which has no unwinder; in any other it is empty, so that it stands in the
//! way of nothing that is asked of the whole workspace.
#![cfg_attr(panic = "abort", no_std)]

#[cfg(panic = "abort")]
mod act;
#[cfg(panic = "abort")]
mod direct;
#[cfg(panic = "abort")]
mod done;
#[cfg(panic = "abort")]
mod environment;
#[cfg(panic = "abort")]
mod exec;
#[cfg(panic = "abort")]
mod filter;
#[cfg(panic = "abort")]
mod foreign;
#[cfg(panic = "abort")]
mod hook;
#[cfg(panic = "abort")]
mod hooks;
#[cfg(panic = "abort")]
mod keep;
#[cfg(panic = "abort")]
#[allow(dead_code)]
mod left;
#[cfg(panic = "abort")]
mod memo;
#[cfg(panic = "abort")]
mod memory;
#[cfg(panic = "abort")]
mod moved;
#[cfg(panic = "abort")]
mod names;
#[cfg(panic = "abort")]
mod once;
#[cfg(panic = "abort")]
mod open;
#[cfg(panic = "abort")]
mod original;
#[cfg(panic = "abort")]
mod own;
#[cfg(panic = "abort")]
mod path;
#[cfg(panic = "abort")]
mod place;
#[cfg(panic = "abort")]
mod program;
#[cfg(panic = "abort")]
mod raw;
#[cfg(panic = "abort")]
mod root;
#[cfg(panic = "abort")]
mod seen;
#[cfg(panic = "abort")]
mod session;
#[cfg(panic = "abort")]
mod start;
#[cfg(panic = "abort")]
mod sys;
#[cfg(panic = "abort")]
mod room;
#[cfg(panic = "abort")]
mod write;

/// The code has no panic in it; if a mistake brings one about, nothing is left to be told and nobody to be told it.
#[cfg(panic = "abort")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        sys::wait();
    }
}
