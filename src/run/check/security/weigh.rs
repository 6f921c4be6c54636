//! Weighs what was seen and what the configuration says: facts in, rows out, each with what it adds and what to do about
//! it. Touches nothing. Nine tenths: it alone gives everything away; three: it opens one door; one: somebody should know.

mod files;
mod place;
mod trust;

use super::facts::Seen;
use crate::config::Config;
use crate::show::exposure::Row;
use jiff::Timestamp;

/// A row for each thing, in the order of the table.
pub fn rows(config: &Config, seen: &Seen, now: Timestamp) -> Vec<Row> {
    let mut rows: Vec<Row> = seen.files.iter().filter_map(|file| files::row(file, seen.robot)).collect();
    rows.push(files::backups(&seen.backups, now));
    rows.extend(trust::secrets(config));
    rows.extend(trust::lines(config));
    rows.extend(trust::orders(config));
    rows.push(trust::web(config));
    rows.push(trust::keys(seen.keys, now));
    rows.extend(trust::hosts(seen.hosts.as_deref(), now));
    rows.extend(place::process(seen.daemon, seen.robot));
    rows.extend(seen.recorder.as_ref().map(place::recorder));
    rows
}

/// Days between two times; 0 when the first lies ahead.
fn days(then: Timestamp, now: Timestamp) -> i64 {
    now.as_second().saturating_sub(then.as_second()).max(0) / 86_400
}
