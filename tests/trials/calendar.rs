//! B14: years of digests. The clock goes on by chance hours, now and then back or far ahead, over every change of summer time;
//! the plug is pulled and the robot restarted in between. Each local day has its digest exactly once, and a day that was
//! slept through has none.

use crate::chance::Chance;
use crate::row::{Row, Trial};
use crate::town::{ALICE, STAFF, Town, plain};
use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use trackle::model::digest::{Days, Schedule};

/// The row.
pub const ROW: Row = Row {
    name: "B14",
    about: "every day has its digest once",
    unit: "looks at the clock",
    amounts: [600, 20_000, 200_000],
    trial: |trial| years(trial, true),
    // which days had theirs is forgotten
    control: |trial| years(trial, false),
};

/// When it comes, local time.
const HOUR: i64 = 7;

fn zone() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a rule")
}

fn years(trial: &Trial<'_>, remembers: bool) -> Result<String, String> {
    let mut chance = Chance::new(trial.seed);
    let mut town = Town::new(plain());
    let at = "07:00".parse().map_err(|e: jiff::Error| e.to_string())?;
    town.digest = Schedule { days: Days::Daily, at, zone: zone(), ..Schedule::never() };
    town.restart();
    town.silence();
    // as long as it is open there is something to tell
    town.opened(ALICE, "Printer", "It is on fire, please come.");
    let (mut newest, mut digests) = (day(town.now()), 0_u64);
    let begun = town.now();
    for _ in 0..trial.amount {
        let hours = match chance.below(40) {
            0 => -(chance.below(60) as i64),
            1 => 24 * chance.below(60) as i64,
            _ => chance.below(30) as i64,
        };
        town.later(hours);
        match chance.below(25) {
            0 => town.restart(),
            1 => town.power_cut(),
            _ => {}
        }
        let today = day(town.now());
        let expected = u64::from(today > newest);
        newest = newest.max(today);
        let came = town.letters().iter().filter(|l| l.to == STAFF && l.kind() == "digest").count() as u64;
        digests += came;
        if came != expected {
            return Err(format!("at {} came {came} digests instead of {expected}", town.now()));
        }
        if !remembers {
            town.database().execute("DELETE FROM period_sent", []).map_err(|e| e.to_string())?;
            town.settle();
        }
        trial.step();
    }
    let years = town.now().duration_since(begun).as_hours() / (24 * 365);
    town.abandon();
    Ok(format!("{digests} digests in {years} years, each day's once"))
}

/// The local day whose digest is due by now, by the wall clock alone.
fn day(now: Timestamp) -> Date {
    now.to_zoned(zone()).datetime().saturating_sub(HOUR.hours()).date()
}
