//! B2: the real program is killed before every call by which it changes the disk or says something to a server, in every one of
//! a set of conversations. After the next start everything is as if it had not been: one ticket, one event, each letter as it
//! was owed and twice only where the kill fell between the server's yes and our note of it.

use crate::faults::scenarios::{self, Scenario};
use crate::faults::{Fault, NOTHING, Prepared, Site, each, laws};
use crate::row::{Row, Trial};

/// The row.
pub const ROW: Row = Row {
    name: "B2",
    about: "a kill at any call loses and doubles nothing",
    unit: "kills",
    amounts: [120, 6_000, 60_000],
    trial: kills,
    control: |_| Ok(String::new()),
};

/// A scenario with what becomes of it when nothing goes wrong.
pub struct Known {
    pub prepared: Prepared,
    pub books: String,
    /// Calls by which it changes something.
    pub calls: u64,
}

/// Runs a scenario without any trouble.
pub fn known(scenario: &Scenario) -> Result<Known, String> {
    let tell = |what: String| format!("{}, undisturbed: {what}", scenario.name);
    let prepared = scenario.prepare().map_err(tell)?;
    let site = Site::new(&prepared)?;
    let ran = site.run(NOTHING).map_err(tell)?;
    if ran.code != Some(0) {
        return Err(tell(format!("{ran:?}")));
    }
    if prepared.words != crate::faults::SERVE {
        site.recover().map_err(tell)?;
    }
    let books = laws::books(&site).map_err(tell)?;
    laws::hold(&site, &books, 0).map_err(tell)?;
    Ok(Known { books, calls: ran.calls, prepared })
}

fn kills(trial: &Trial<'_>) -> Result<String, String> {
    let known: Vec<Known> = scenarios::ALL.iter().map(known).collect::<Result<_, _>>()?;
    let all: Vec<(&Known, u64)> =
        known.iter().flat_map(|scenario| (1..=scenario.calls).map(move |at| (scenario, at))).collect();
    // once each for a full round of them, and spread over all of them for fewer
    let point = |seed: u64| all[seed.wrapping_mul(7_919) as usize % all.len()];
    let points: Vec<_> = trial.seeds().take(all.len()).map(|seed| (seed, point(seed))).collect();
    let doubled = each(trial, &points, |(seed, (scenario, at))| {
        killed(scenario, *at)
            .map_err(|what| format!("seed {seed}: {}, killed at call {at}: {what}", scenario.prepared.name))
    })?;
    trial.tried(points.len() as u64);
    Ok(format!(
        "{} of {} calls in {} conversations, 0 lost; {} letters twice, each the same to the byte",
        points.len(),
        all.len(),
        known.len(),
        doubled.iter().sum::<usize>()
    ))
}

fn killed(scenario: &Known, at: u64) -> Result<usize, String> {
    let site = Site::new(&scenario.prepared)?;
    site.run(Fault::kill(at))?;
    site.recover()?;
    laws::hold(&site, &scenario.books, 1)
}
