//! Days as people write them in a command: `2026-12-01`, `1.12.2026`, `1 dec`, `friday`, `tomorrow`, `3d`, `in 2 weeks`.
//! Reading needs no clock; which day is meant is found from the day that it is.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The longest way ahead that a span of days may reach.
const MOST_DAYS: i64 = 3_660;

/// A day as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    On(Date),
    /// The next such day of a month.
    Yearly(i8, i8),
    /// The next such day of the week, never today.
    Next(Weekday),
    /// So many days from today.
    In(i64),
}

impl Day {
    /// Reads a day in lower case; the whole text has to be one.
    pub fn parse(said: &str) -> Option<Day> {
        if let Ok(date) = said.parse() {
            return Some(Day::On(date));
        }
        let words: Vec<&str> = said.split_whitespace().collect();
        match words.as_slice() {
            ["today"] => Some(Day::In(0)),
            ["tomorrow"] => Some(Day::In(1)),
            ["next", "week"] => Some(Day::Next(Weekday::Monday)),
            ["next", day] | [day] if weekday(day).is_some() => weekday(day).map(Day::Next),
            ["in", number, unit] => days(number, unit),
            [short] if short.starts_with(|c: char| c.is_ascii_digit()) => compact(short),
            [day, name] => named(day, name).or_else(|| named(name, day)),
            [day, name, year] => {
                let Day::Yearly(month, day) = named(day, name)? else { return None };
                Date::new(year.parse().ok()?, month, day).ok().map(Day::On)
            }
            _ => None,
        }
    }

    /// The day that is meant.
    pub fn from(self, today: Date) -> Option<Date> {
        match self {
            Day::On(date) => Some(date),
            Day::In(days) => today.checked_add(days.days()).ok(),
            Day::Next(weekday) => today.nth_weekday(1, weekday).ok(),
            Day::Yearly(month, day) => {
                let in_year = |year| Date::new(year, month, day).ok();
                in_year(today.year()).filter(|date| *date >= today).or_else(|| in_year(today.year() + 1))
            }
        }
    }
}

/// `3d`, `2w`, `1.12.`, `1.12.2026`, `24/12`: days first, as most of the world writes them.
fn compact(said: &str) -> Option<Day> {
    let letters = said.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = said.strip_suffix(letters)?;
    if letters.chars().all(|c| c.is_ascii_alphabetic()) && !letters.is_empty() {
        return days(number, letters);
    }
    let parts: Vec<&str> = said.trim_end_matches('.').split('.').collect();
    let (day, month, year) = match parts.as_slice() {
        [day, month] => (day, month, None),
        [day, month, year] => (day, month, Some(year)),
        _ => return None,
    };
    let (day, month): (i8, i8) = (day.parse().ok()?, month.parse().ok()?);
    match year {
        Some(year) if year.len() == 4 => Date::new(year.parse().ok()?, month, day).ok().map(Day::On),
        Some(_) => None,
        None => Date::new(2024, month, day).ok().map(|_| Day::Yearly(month, day)),
    }
}

fn days(number: &str, unit: &str) -> Option<Day> {
    let number: i64 = number.parse().ok()?;
    let each = match unit {
        "d" | "day" | "days" => 1,
        "w" | "week" | "weeks" => 7,
        "m" | "month" | "months" => 30,
        _ => return None,
    };
    let all = number.checked_mul(each)?;
    (0..=MOST_DAYS).contains(&all).then_some(Day::In(all))
}

/// `1 dec`, `1. december`, `1st december`.
fn named(day: &str, month: &str) -> Option<Day> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let bare = day.trim_end_matches(['.', 's', 't', 'n', 'd', 'r', 'h']);
    let day: i8 = bare.parse().ok()?;
    let month = begins(&MONTHS, month)?;
    let month = i8::try_from(month + 1).ok()?;
    // a leap year, so that 29 February is a day
    Date::new(2024, month, day).ok().map(|_| Day::Yearly(month, day))
}

fn weekday(word: &str) -> Option<Weekday> {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let at = begins(&DAYS, word)?;
    Weekday::from_monday_zero_offset(i8::try_from(at).ok()?).ok()
}

/// The name that begins so, by at least three letters.
fn begins(names: &[&str], word: &str) -> Option<usize> {
    names.iter().position(|name| word.len() >= 3 && name.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::Day;
    use jiff::civil::Date;

    #[test]
    fn days_are_read_as_people_write_them() {
        let today: Date = "2026-11-21".parse().unwrap(); // a Saturday
        for (said, day) in [
            ("2026-12-01", "2026-12-01"),
            ("1.12.2026", "2026-12-01"),
            ("1.12.", "2026-12-01"),
            ("1.2.", "2027-02-01"),
            ("1 dec", "2026-12-01"),
            ("dec 1", "2026-12-01"),
            ("1st december", "2026-12-01"),
            ("1 january 2027", "2027-01-01"),
            ("today", "2026-11-21"),
            ("tomorrow", "2026-11-22"),
            ("friday", "2026-11-27"),
            ("sat", "2026-11-28"),
            ("next mon", "2026-11-23"),
            ("next week", "2026-11-23"),
            ("3d", "2026-11-24"),
            ("in 2 weeks", "2026-12-05"),
        ] {
            let read = Day::parse(said).and_then(|d| d.from(today));
            assert_eq!(read, Some(day.parse().unwrap()), "{said}");
        }
    }

    #[test]
    fn sentences_are_no_days() {
        for said in [
            "",
            "the printer arrives",
            "2026-13-01",
            "31.2.",
            "99",
            "3",
            "in three days",
            "in 3 moons",
            "99999999999d",
            "mo",
            "1.12.26",
            "0 dec",
            "-1d",
        ] {
            assert_eq!(Day::parse(said), None, "{said}");
        }
    }
}
