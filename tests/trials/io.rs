//! B5: the disk fails while the real program works: one of its calls, or all from that one on, gets an error, does half of its
//! work and gets an error, or does half of it. The program says what happened or all is done; it never breaks down; and the
//! next start, on a disk that works or one that fails once more, leaves everything as if nothing had been.

use crate::chance::Chance;
use crate::faults::{Fault, Known, NOTHING, Site, each, laws, scenarios};
use crate::row::{Row, Trial};
use std::collections::BTreeMap;

/// The row.
pub const ROW: Row = Row {
    name: "B5",
    about: "a disk that fails tears and loses nothing",
    unit: "failures",
    amounts: [60, 2_000, 30_000],
    trial: |trial| failures(trial, FAILURES, false),
    // what a run that failed leaves undone counts as done
    control: |trial| failures(trial, FAILURES, true),
};

/// What is counted and what happens to it.
pub type Failure = (&'static str, &'static str);

const FAILURES: &[Failure] = &[
    ("w", Fault::BROKEN),
    ("w", "torn"),
    ("w", "short"),
    ("s", Fault::BROKEN),
    ("o", Fault::BROKEN),
    ("r", Fault::BROKEN),
    ("r", "short"),
];

/// Tries some of all the places where one of these failures can happen.
pub fn failures(trial: &Trial<'_>, failures: &[Failure], ignored: bool) -> Result<String, String> {
    let known = scenarios::of(ignored).map(Known::of).collect::<Result<Vec<_>, _>>()?;
    let mut places = Vec::new();
    for known in &known {
        let mut counted = BTreeMap::new();
        for (on, does) in failures {
            if !counted.contains_key(on) {
                counted.insert(on, Site::new(&known.prepared)?.run(Fault { on, ..NOTHING })?.calls.max(1));
            }
            places.push((known, *on, *does, counted[on]));
        }
    }
    let seeds: Vec<u64> = trial.seeds().collect();
    let ended = each(trial, &seeds, |seed| {
        let mut chance = Chance::new(*seed);
        let (known, on, does, calls) = places[*seed as usize % places.len()];
        let mut fault = || Fault {
            at: 1 + chance.below(calls as usize) as u64,
            on,
            does,
            on_and_on: chance.once_in(2),
            file: None,
        };
        let faults = [fault(), fault()];
        // the second one while it recovers
        let faults = if chance.once_in(2) { &faults[..1] } else { &faults[..] };
        failed(known, faults, ignored)
            .map_err(|what| format!("seed {seed}: {}, {faults:?}: {what}", known.prepared.name))
    })?;
    let noticed = ended.iter().filter(|told| **told).count();
    Ok(format!(
        "{} failures in {} conversations: {noticed} told of and made good at the next start, the others harmless",
        ended.len(),
        known.len()
    ))
}

/// Gives whether the first one ended the program with an error.
fn failed(known: &Known, faults: &[Fault], ignored: bool) -> Result<bool, String> {
    let site = Site::new(&known.prepared)?;
    let mut told = None;
    for fault in faults {
        let ran = site.run(*fault)?;
        match ran.code {
            Some(0) if site.is_daemon() && laws::left_to_do(&site)? > 0 => {
                return Err(format!("it says that all is well and leaves work behind: {ran:?}"));
            }
            Some(0) => {}
            Some(_) if ran.said.trim().is_empty() => return Err(format!("it says nothing: {ran:?}")),
            Some(_) => {}
            None => return Err(format!("it was killed: {ran:?}")),
        }
        told.get_or_insert(ran.code != Some(0));
    }
    if ignored {
        laws::forget_letters(&site)?;
    }
    site.recover()?;
    laws::hold(&site, &known.books, faults.len())?;
    Ok(told.unwrap_or_default())
}
