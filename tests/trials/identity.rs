//! B12: the identity matrix of the core's tests, mail by mail against its oracle. Who a mail is from, how surely, and what
//! he may do is what the requirements say. The control is a site that takes anybody's mail server for its own.

#[path = "../core/identity/matrix.rs"]
#[allow(dead_code)] // the core's tests use all of it
mod matrix;

use crate::row::{Row, Trial};
use crate::town::plain;
use matrix::{Seen, cases, differences, site};
use trackle::model::robot::Robot;

/// The row.
pub const ROW: Row = Row {
    name: "B12",
    about: "who a mail is from, and may do what, is as required",
    unit: "mails",
    amounts: [2_500, 25_056, 25_056],
    trial: |trial| mails(trial, None),
    control: |trial| mails(trial, Some("mx.evil.example")),
};

/// Prime, so that the seeds from 1 to the number of mails come to each mail once, and few of them all over.
const STRIDE: u64 = 7_919;

fn mails(trial: &Trial<'_>, believed: Option<&str>) -> Result<String, String> {
    let cases = cases();
    let mut sites: Vec<Robot> = (0..3).map(|trust| site(plain(), trust)).collect();
    for site in sites.iter_mut().skip(1) {
        site.trust.authserv_ids.extend(believed.map(str::to_owned));
    }
    let mut seen = Seen::new();
    for seed in trial.seeds() {
        let number = (seed.wrapping_mul(STRIDE) % cases.len() as u64) as usize;
        let case = &cases[number];
        if let Some(wrong) = differences(case, &sites[case.trust], number, &mut seen).into_iter().next() {
            return Err(format!("seed {seed}: {wrong}"));
        }
        trial.step();
    }
    Ok(format!("{} of {} mails, {} verdicts, as the oracle says", trial.amount, cases.len(), seen.len()))
}
