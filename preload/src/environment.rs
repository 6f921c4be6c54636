//! The environment of a program that is started: whoever clears or replaces it, our variables are put back, so that the
//! session goes on below `sudo`, `env -i` and shells of all kinds. Where they stand already nothing is touched.

use trackle_wire as wire;

use crate::foreign::{List, Name};
use crate::root;
use crate::session::{self, Start};

/// Variables that fit on the stack. Who has more is started without us.
const MOST: usize = 480;
/// Bytes of LD_PRELOAD with our entry in front.
const PRELOAD: usize = 1500;

/// Calls with the list, or with one that has our variables in it. The lists live until the call ends.
pub fn with(list: List, call: &mut dyn FnMut(List) -> usize) -> usize {
    match session::start() {
        Some(start) if !is_whole(list) => mended(start, list, call),
        _ => call(list),
    }
}

/// Whether a list has our variables.
pub fn is_whole(list: List) -> bool {
    // a library that came in by another way is no entry that could be put back
    session::start().is_none_or(|start| start.entry().is_empty() || has_all(start, list))
}

/// Whether a variable has this name.
fn is(variable: &[u8], name: &str) -> bool {
    session::value_of(variable, name).is_some()
}

fn has_all(start: &Start, list: List) -> bool {
    let hides = root::hides_library(start.entry_name());
    let (mut library, mut session, mut dir) = (hides, false, start.dir_variable().is_empty());
    for variable in list.names() {
        match variable.first() {
            Some(b'L') if is(variable, wire::PRELOAD) => {
                library = entries(variable).any(|entry| entry == start.entry()) != hides;
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
fn mended(start: &Start, list: List, call: &mut dyn FnMut(List) -> usize) -> usize {
    let mut preload = [0; PRELOAD];
    let mut names = [Name::NONE; MOST];
    let filled = fill(start, list, &mut preload, &mut names);
    call(if filled.is_some() { List::lent(&names) } else { list })
}

/// Puts down all variables but ours, and then ours. Nothing where they do not fit.
fn fill(start: &Start, list: List, preload: &mut [u8; PRELOAD], names: &mut [Name; MOST]) -> Option<()> {
    let (mut others, mut ticket, mut count) = (&b""[..], start.ticket_variable(), 0);
    let mut add = |name: Name| {
        // the last stays empty: it ends the list
        *names.get_mut(..MOST - 1)?.get_mut(count)? = name;
        count += 1;
        Some(())
    };
    for name in list.pointers() {
        let variable = name.bytes()?;
        if is(variable, wire::PRELOAD) {
            others = variable;
        } else if !is(variable, wire::SESSION) && !is(variable, wire::DIR) {
            if is(variable, wire::TICKET) {
                ticket = b"";
            }
            add(name)?;
        }
    }
    if put(preload, start, others)? {
        add(Name::lent(preload))?;
    }
    for variable in [start.session_variable(), start.dir_variable(), ticket] {
        if !variable.is_empty() {
            add(Name::lent(variable))?;
        }
    }
    Some(())
}

/// Writes LD_PRELOAD with our entry in front of the others; gives whether there is any.
fn put(to: &mut [u8; PRELOAD], start: &Start, others: &[u8]) -> Option<bool> {
    let mut at = 0;
    let mut push = |bytes: &[u8]| {
        to.get_mut(at..PRELOAD - 1)?.get_mut(..bytes.len())?.copy_from_slice(bytes);
        at += bytes.len();
        Some(())
    };
    push(wire::PRELOAD.as_bytes())?;
    let ours = Some(start.entry()).filter(|_| !root::hides_library(start.entry_name()));
    let mut between: &[u8] = b"=";
    for entry in ours.into_iter().chain(entries(others).filter(|entry| !session::is_ours(entry))) {
        push(between)?;
        push(entry)?;
        between = b":";
    }
    Some(between == b":")
}
