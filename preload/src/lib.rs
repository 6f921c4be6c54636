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
#![no_std]

mod call;
mod chosen;
mod direct;
mod done;
mod environment;
mod exec;
mod filter;
mod foreign;
mod hook;
mod hooks;
mod keep;
mod left;
mod memo;
mod memory;
mod moved;
mod once;
mod open;
mod path;
mod program;
mod raw;
mod root;
mod seen;
mod session;
mod sys;
mod text;
mod write;

/// The code has no panic in it; if a mistake brings one about, nothing is left to be told and nobody to be told it.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        sys::wait();
    }
}
