//! The environment of a program that is started: whoever clears or replaces it, our variables are put back, so that the
//! session goes on below `sudo`, `env -i` and shells of all kinds. Where they stand already nothing is touched.

use trackle_wire as wire;

use crate::foreign::{self, List, Name};
use crate::session::{self, Start};

/// Variables that fit on the stack. Who has more is started without us.
const MOST: usize = 480;
/// Bytes of LD_PRELOAD with our entry in front.
const PRELOAD: usize = 1500;

/// Calls with the list, or with one that has our variables in it. The lists live until the call ends.
pub fn with<T>(list: List, call: impl FnOnce(List) -> T) -> T {
    match session::start() {
        Some(start) if !is_whole(start, list) => repaired(start, list, call),
        _ => call(list),
    }
}

/// Whether the program's own environment has our variables.
pub fn is_own_whole() -> bool {
    session::start().is_none_or(|start| is_whole(start, foreign::current()))
}

/// Calls a function that takes the program's own environment.
pub fn as_own<T>(call: impl FnOnce() -> T) -> T {
    if is_own_whole() {
        return call();
    }
    with(foreign::current(), |list| foreign::lend(list, call))
}

/// The value of a variable of the program's own environment; `name` ends with the sign of equality.
pub fn variable<'a>(name: &[u8]) -> Option<&'a [u8]> {
    foreign::current().names().find_map(|variable| variable.strip_prefix(name))
}

/// Whether no other library is preloaded, as far as the environment tells.
pub fn is_alone() -> bool {
    let others = |value: &[u8]| session::entries(value).any(|entry| !session::is_ours(entry));
    session::start().is_some_and(|start| !start.secure) && !variable(b"LD_PRELOAD=").is_some_and(others)
}

/// Whether the library lies where programs with more rights than their user take it from.
pub fn is_installed() -> bool {
    session::start().is_some_and(|start| !start.entry().contains(&b'/'))
}

/// What a variable is to us.
fn is(variable: &[u8], name: &str) -> bool {
    variable.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.first() == Some(&b'='))
}

fn is_whole(start: &Start, list: List) -> bool {
    let (mut library, mut session, mut dir) = (false, false, start.dir_variable().is_empty());
    for variable in list.names() {
        match variable.first() {
            Some(b'L') if is(variable, wire::PRELOAD) => {
                library = entries(variable).any(|entry| entry == start.entry());
            }
            Some(b'T') if is(variable, wire::SESSION) => session = variable == start.session_variable(),
            Some(b'T') if is(variable, wire::DIR) => dir = variable == start.dir_variable(),
            _ => {}
        }
    }
    library && session && dir
}

fn entries(variable: &[u8]) -> impl Iterator<Item = &[u8]> {
    session::entries(variable.get(wire::PRELOAD.len() + 1..).unwrap_or_default())
}

#[inline(never)]
fn repaired<T>(start: &Start, list: List, call: impl FnOnce(List) -> T) -> T {
    let mut preload = [0; PRELOAD];
    let mut to: [Name; MOST] = [Name::NONE; MOST];
    let mut count = 0;
    let mut fits = true;
    let mut add = |name: Name| match to.get_mut(count) {
        Some(slot) if count + 1 < MOST => {
            *slot = name;
            count += 1;
        }
        _ => fits = false,
    };
    let mut others: &[u8] = b"";
    let mut ticket = start.ticket_variable();
    for name in list.pointers() {
        let variable = name.bytes().unwrap_or_default();
        if is(variable, wire::PRELOAD) {
            others = variable;
        } else if !is(variable, wire::SESSION) && !is(variable, wire::DIR) {
            if is(variable, wire::TICKET) {
                ticket = b"";
            }
            add(name);
        }
    }
    if put(&mut preload, start, others).is_none() {
        return call(list);
    }
    add(Name::lent(&preload));
    for variable in [start.session_variable(), start.dir_variable(), ticket] {
        if !variable.is_empty() {
            add(Name::lent(variable));
        }
    }
    if fits { call(List::lent(&to)) } else { call(list) }
}

/// Writes LD_PRELOAD with our entry in front of the others.
fn put(to: &mut [u8; PRELOAD], start: &Start, others: &[u8]) -> Option<()> {
    let ours = start.entry();
    let mut at = 0;
    let mut push = |bytes: &[u8]| {
        to.get_mut(at..PRELOAD - 1)?.get_mut(..bytes.len())?.copy_from_slice(bytes);
        at += bytes.len();
        Some(())
    };
    push(wire::PRELOAD.as_bytes())?;
    push(b"=")?;
    push(ours)?;
    for entry in entries(others).filter(|entry| !session::is_ours(entry)) {
        push(b":")?;
        push(entry)?;
    }
    Some(())
}
