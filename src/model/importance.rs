//! How much an open ticket matters now, as one number: whole points, so that a team can add them up by hand. In come
//! its fields, its age and what waits for it; out go the points. The same facts always give the same points; they are
//! shown nowhere and only put tickets in order.

use super::fields::{Field, Fields, Values};
use jiff::civil::Date;

/// Of the highest priority. A ticket without one counts as the middle of the list.
const PRIORITY: i64 = 100;
/// Of the highest severity: what its requester says weighs half of what staff say.
const SEVERITY: i64 = 50;
/// Of a ticket that is due today; each day that it is late brings one more.
const DUE: i64 = 100;
/// Days before its day from which on a ticket matters more each day.
const NEARS: i64 = 14;
/// Most days late that count, most days of age that count.
const DAYS: i64 = 30;
/// Of each open ticket that waits for it, and of how many of them at most.
const NEEDED: (i64, i64) = (20, 5);
/// Taken off while nothing can be done: more than all others together, so that it stands behind what can.
const HELD: i64 = 1_000;

/// What makes a ticket matter.
#[derive(Debug, Clone, Copy)]
pub struct Weight<'a> {
    pub fields: &'a Fields,
    /// Days since it was opened.
    pub age: i64,
    /// Open tickets that wait for it.
    pub needed_by: usize,
    /// Open tickets that it waits for.
    pub waits_for: usize,
}

/// How much it matters on that day; more is more, and less than nothing while it waits.
pub fn points(weight: &Weight<'_>, values: &Values, today: Date) -> i64 {
    let needed = i64::try_from(weight.needed_by).unwrap_or(i64::MAX).min(NEEDED.1);
    let held = weight.waits_for > 0 || weight.fields.wait().is_some_and(|wait| wait.holds(today));
    share(weight.fields, Field::Priority, values, PRIORITY)
        + share(weight.fields, Field::Severity, values, SEVERITY)
        + weight.fields.due().map_or(0, |day| near(days_between(today, day)))
        + needed * NEEDED.0
        + weight.age.clamp(0, DAYS)
        - if held { HELD } else { 0 }
}

/// From `today` to `day`; less than nothing when it is over.
pub fn days_between(today: Date, day: Date) -> i64 {
    i64::from(day.since(today).map_or(0, |span| span.get_days()))
}

/// The value's part of the most points; none is the middle, so that "low" can be said.
fn share(fields: &Fields, field: Field, values: &Values, most: i64) -> i64 {
    let rank = fields.get(field).map_or(0.5, |value| values.rank(field, value));
    (rank * most as f64).round() as i64
}

/// What a day that lies so many days ahead brings.
fn near(left: i64) -> i64 {
    match left {
        ..=0 => DUE + left.saturating_neg().min(DAYS),
        1..NEARS => DUE * (NEARS - left) / NEARS,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 21);

    fn of(fields: &[(Field, &str)], age: i64, needed_by: usize, waits_for: usize) -> i64 {
        let mut all = Fields::default();
        for (field, value) in fields {
            all.set(*field, Some((*value).to_owned()));
        }
        points(&Weight { fields: &all, age, needed_by, waits_for }, &Values::default(), TODAY)
    }

    #[test]
    fn each_part_brings_its_points() {
        use Field::{Due, Priority, Severity, Wait};
        for (fields, age, needed, waits, points) in [
            (&[][..], 0, 0, 0, 75),
            (&[(Priority, "normal"), (Severity, "normal")], 0, 0, 0, 75),
            (&[(Priority, "low")], 0, 0, 0, 50),
            (&[(Priority, "urgent")], 0, 0, 0, 125),
            (&[(Severity, "blocking")], 0, 0, 0, 100),
            // a word that the site does not have any more
            (&[(Priority, "mauve")], 0, 0, 0, 25),
            (&[], 5, 0, 0, 80),
            (&[], 4_000, 0, 0, 105),
            (&[], -5, 0, 0, 75),
            (&[], 0, 1, 0, 95),
            (&[], 0, 5_000, 0, 175),
            (&[(Due, "2026-12-31")], 0, 0, 0, 75),
            (&[(Due, "2026-12-05")], 0, 0, 0, 75),
            (&[(Due, "2026-12-04")], 0, 0, 0, 82),
            (&[(Due, "2026-11-28")], 0, 0, 0, 125),
            (&[(Due, "2026-11-21")], 0, 0, 0, 175),
            (&[(Due, "2026-11-20")], 0, 0, 0, 176),
            (&[(Due, "0001-01-01")], 0, 0, 0, 205),
            (&[], 0, 0, 1, -925),
            (&[(Wait, "user")], 0, 0, 0, -925),
            (&[(Wait, "2026-11-22")], 0, 0, 0, -925),
            (&[(Wait, "2026-11-21")], 0, 0, 0, 75),
        ] {
            assert_eq!(of(fields, age, needed, waits), points, "{fields:?} {age} {needed} {waits}");
        }
    }

    #[test]
    fn what_cannot_be_done_stands_behind_what_can() {
        let most = [(Field::Priority, "urgent"), (Field::Severity, "blocking"), (Field::Due, "2020-01-01")];
        let least = [(Field::Priority, "mauve"), (Field::Severity, "mauve")];
        assert!(of(&most, 9_999, 9_999, 1) < of(&least, 0, 0, 0));
    }

    #[test]
    fn a_day_that_nears_never_matters_less() {
        let of = |left: i64| near(left);
        assert!((-40..40).all(|left| of(left) >= of(left + 1)));
    }
}
