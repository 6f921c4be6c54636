//! `[digest]`: a time of day, a time zone, the days, and recipients that are not the robot.

use super::sheet::Sheet;
use super::staff;
use crate::config::written::{self, Said};
use crate::config::{Digest, Robot};
use crate::model::digest::Days;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use toml::Spanned;

/// Understands the table. `robot` is `None` when its own table has no usable address.
pub(super) fn digest(said: &written::Digest, robot: Option<&Robot>, sheet: &mut Sheet) -> Digest {
    let days = [
        ("daily", Days::Daily),
        ("weekdays", Days::Weekdays),
        ("weekly", Days::Weekly),
        ("never", Days::Never),
    ];
    Digest {
        days: sheet.choice(&said.days, &days).unwrap_or(Days::Never),
        at: time(&said.at, sheet),
        zone: said.zone.as_ref().and_then(|zone| self::zone(zone, sheet)),
        to: said.to.iter().filter_map(|a| staff::people(a, robot, sheet)).collect(),
        when_empty: said.when_empty.unwrap_or(false),
        own: said.own.unwrap_or(true),
    }
}

fn time(said: &Said<String>, sheet: &mut Sheet) -> Time {
    let default = Time::constant(7, 0, 0, 0);
    let Some(said) = said else { return default };
    let read = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        let number =
            |t: &str| t.parse().ok().filter(|_| t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit()));
        Time::new(number(hour)?, number(minute)?, 0, 0).ok()
    };
    read(said.get_ref()).unwrap_or_else(|| {
        sheet.note(said, format!("{:?} is not a time of day such as \"07:00\"", said.get_ref()));
        default
    })
}

fn zone(said: &Spanned<String>, sheet: &mut Sheet) -> Option<TimeZone> {
    let name = said.get_ref();
    if name == "system" {
        return None;
    }
    match TimeZone::get(name) {
        Ok(zone) => Some(zone),
        Err(_) => {
            let text = format!(
                "{name:?} is no time zone that this machine knows (package tzdata): write \"system\", or a name such as \
                 \"Europe/Berlin\""
            );
            sheet.wrong(said, text)
        }
    }
}
