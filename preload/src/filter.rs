//! The second witness around a program that the library does not see into: a static one, one of Go, one of 32 bits. Just
//! before this process becomes that program, it puts the filter on itself and hands the listener to the supervisor that
//! waits at the session's socket. An ordinary user may do that only by giving up that programs gain rights by being started,
//! so it is done for such programs alone: sudo, started from within one of them, will refuse.
//!
//! There is no way back from a filter, and its calls fail once nobody holds the listener. So the supervisor says first that
//! it is there, and is asked whether it runs as the same user: whoever holds a listener holds the program's calls.

use trackle_wire as wire;
use trackle_wire::state::flag;

use crate::foreign;
use crate::program::Found;
use crate::session::Session;
use crate::start;
use crate::sys::{self, Fd, witness};

/// How often the listener is offered: a supervisor may be killed just then, and the other takes its place.
const TRIES: usize = 5;
/// What the supervisor says first, and the word that goes with the listener of one program.
const HELLO: u8 = b'H';
const PROGRAM: u8 = b'S';

/// Puts the filter on, which the recorder has written into the page. Whether the program will be seen.
#[inline(never)]
pub fn put_on(session: Session) -> bool {
    let program = session.filter();
    if program.is_empty() {
        return false;
    }
    let Some(mut supervisor) = call() else { return false };
    let listener = match witness::filter(program) {
        Ok(listener) => listener,
        // there is one on already: this session's, put around a program above us, or that of somebody who watches us all
        Err(no) => return no == witness::BUSY && session.flags() & flag::AROUND != 0,
    };
    for _ in 0..TRIES {
        let mut word = [0];
        if witness::hand_over(supervisor.number(), &[PROGRAM], listener.number()).is_ok()
            && witness::receive(supervisor.number(), &mut word) == Ok(1)
        {
            return true;
        }
        sys::wait();
        if let Some(other) = call() {
            supervisor = other;
        }
    }
    true
}

/// A connection to a supervisor that is there.
fn call() -> Option<Fd> {
    let mut address = witness::Address::NONE;
    start::get().filter(|start| !start.secure)?.witness(&mut address.path)?;
    let socket = witness::call_at(&mut address).ok()?;
    let mut word = [0];
    let is_there = witness::is_same_user(socket.number())
        && witness::receive(socket.number(), &mut word) == Ok(1)
        && word == [HELLO];
    is_there.then_some(socket)
}

/// Whether calls may be made past libc: no other preloaded library, which could have its say in them, is there.
pub fn is_alone() -> bool {
    let is_other = |value: &[u8]| start::entries(value).any(|entry| !start::is_ours(entry));
    let mut preloaded =
        foreign::current().names().filter_map(|variable| start::value_of(variable, wire::PRELOAD));
    start::get().is_some_and(|start| !start.secure) && !preloaded.any(is_other)
}

/// Whether a program that is found so can be gone over to
/// without libc.
#[inline(never)]
pub fn may_go(found: Found) -> bool {
    !found.in_path && is_alone()
}
