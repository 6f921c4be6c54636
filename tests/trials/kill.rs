//! B2: the real program is killed before every call by which it changes the disk or says something to a server, in every one of
//! a set of conversations. After the next start everything is as if it had not been: one ticket, one event, each letter as it
//! was owed and twice only where the kill fell between the server's yes and our note of it. A mail that ends the program on
//! each of three tries is set aside, and staff are told.

use crate::faults::mutants;
use crate::faults::scenarios;
use crate::faults::{Fault, Known, Site, each, laws};
use crate::row::{Row, Trial};

/// The row.
pub const ROW: Row = Row {
    name: "B2",
    about: "a kill at any call loses and doubles nothing",
    unit: "kills",
    amounts: [100, 5_000, 5_000],
    trial: kills,
    control: |trial| mutants::all(trial),
};

fn kills(trial: &Trial<'_>) -> Result<String, String> {
    let known: Vec<Known> =
        scenarios::ALL.iter().chain([&scenarios::BATCH]).map(Known::of).collect::<Result<_, _>>()?;
    let all: Vec<(&Known, u64)> =
        known.iter().flat_map(|scenario| (1..=scenario.calls).map(move |at| (scenario, at))).collect();
    // once each for a full round of them, and spread over all of them for fewer
    let point = |seed: u64| all[seed.wrapping_mul(7_919) as usize % all.len()];
    let points: Vec<_> = trial.seeds().take(all.len()).map(|seed| (seed, point(seed))).collect();
    let doubled = each(trial, &points, |(seed, (scenario, at))| {
        killed(scenario, *at)
            .map_err(|what| format!("seed {seed}: {}, killed at call {at}: {what}", scenario.prepared.name))
    })?;
    mutants::poison(&Site::new(&known[0].prepared)?, None)?;
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
