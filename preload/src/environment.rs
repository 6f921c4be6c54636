//! The environment of a program that is started: whoever clears or replaces it, our variables are put back, so that the
//! session goes on below `sudo`, `env -i` and shells of all kinds. Where they stand already nothing is touched.

use trackle_wire as wire;

use crate::exec::Real;
use crate::foreign::{List, Name};
use crate::root;
use crate::start::{self, Start, joined};

/// Variables that fit on the stack. Who has more is started without us.
const MOST: usize = 480;
/// Bytes of LD_PRELOAD with our entry in front.
const PRELOAD: usize = 1500;

/// Calls with the list, or with one that has our variables in it. The lists live until the call ends.
pub fn with(list: List, real: Real<'_>) -> usize {
    match start::get() {
        Some(start) if !is_whole(list) => mended(start, list, real),
        _ => real.call(list),
    }
}

/// Whether a list has our variables.
pub fn is_whole(list: List) -> bool {
    // a library that came in by another way is no entry that could be put back
    start::get().is_none_or(|start| start.entry().is_empty() || has_all(start, list))
}

fn has_all(start: &Start, list: List) -> bool {
    let hides = root::hides_library(start.entry_name());
    let (mut library, mut session, mut dir) = (hides, false, start.dir_variable().is_empty());
    for variable in list.names() {
        if let Some(value) = start::value_of(variable, wire::PRELOAD) {
            library = start::entries(value).any(|entry| entry == start.entry()) != hides;
        }
        session |= variable == start.session_variable();
        dir |= variable == start.dir_variable();
    }
    library && session && dir
}

#[inline(never)]
fn mended(start: &Start, list: List, real: Real<'_>) -> usize {
    let mut preload = [0; PRELOAD];
    let mut names = [Name::NONE; MOST];
    let filled = fill(start, list, &mut preload, &mut names);
    real.call(if filled.is_some() { List::lent(&names) } else { list })
}

/// Puts down all variables but ours, and then ours. Nothing where they do not fit.
fn fill(start: &Start, list: List, preload: &mut [u8], names: &mut [Name]) -> Option<()> {
    let (mut others, mut ticket) = (&b""[..], start.ticket_variable());
    // the last stays empty: it ends the list
    let mut room = names.split_last_mut()?.1.iter_mut();
    for name in list.pointers() {
        let variable = name.bytes()?;
        let is = |name| start::value_of(variable, name).is_some();
        if let Some(value) = start::value_of(variable, wire::PRELOAD) {
            others = value;
        } else if !is(wire::SESSION) && !is(wire::DIR) {
            if is(wire::TICKET) {
                ticket = b"";
            }
            *room.next()? = name;
        }
    }
    let own = [start.session_variable(), start.dir_variable(), ticket, put(preload, start, others)?];
    for variable in own.into_iter().filter(|variable| !variable.is_empty()) {
        *room.next()? = Name::lent(variable);
    }
    Some(())
}

/// Writes LD_PRELOAD with our entry in front of the others; gives nothing if there is none.
#[inline(never)]
fn put<'t>(to: &'t mut [u8], start: &Start, others: &[u8]) -> Option<&'t [u8]> {
    let mut at = joined(to, &[wire::PRELOAD.as_bytes()])?;
    let empty = at;
    if !root::hides_library(start.entry_name()) {
        at += joined(to.get_mut(at..)?, &[b"=", start.entry()])?;
    }
    for entry in start::entries(others).filter(|entry| !start::is_ours(entry)) {
        let between: &[u8] = if at == empty { b"=" } else { b":" };
        at += joined(to.get_mut(at..)?, &[between, entry])?;
    }
    to.get(..at).filter(|_| at > empty).or(Some(&[]))
}
