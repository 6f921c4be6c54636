//! How things look: colour, times, spans and sizes as people read them. Plain values; what kind of terminal there is
//! stands in `screen`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// What a screen is written for.
#[derive(Debug, Clone)]
pub struct Look {
    /// Columns of the terminal; `None` when there is none: then nothing is cut.
    pub width: Option<usize>,
    pub colour: bool,
    /// Where the reader is.
    pub zone: TimeZone,
}

impl Look {
    /// Without colour, uncut, in UTC.
    pub fn plain() -> Look {
        Look { width: None, colour: false, zone: TimeZone::UTC }
    }

    /// The text in that paint.
    pub fn paint(&self, paint: Paint, text: &str) -> String {
        match paint.code().filter(|_| self.colour) {
            Some(code) => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            None => text.to_owned(),
        }
    }

    /// `2026-11-20 10:12`, where the reader is.
    pub fn date(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// What is emphasised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    Plain,
    Bold,
    Dim,
    Good,
    Careful,
    Bad,
    /// What makes the difference within a line that came, or went.
    Came,
    Went,
}

impl Paint {
    fn code(self) -> Option<&'static str> {
        match self {
            Paint::Plain => None,
            Paint::Bold => Some("1"),
            Paint::Dim => Some("2"),
            Paint::Good => Some("32"),
            Paint::Careful => Some("33"),
            Paint::Bad => Some("31"),
            Paint::Came => Some("7;32"),
            Paint::Went => Some("7;31"),
        }
    }
}

/// The time since then in its largest unit: `40s`, `3m`, `5h`, `2d`, `8w`, `3y`. What lies ahead is now.
pub fn age(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(then.as_second()).max(0);
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    match seconds {
        0..MINUTE => format!("{seconds}s"),
        MINUTE..HOUR => format!("{}m", seconds / MINUTE),
        HOUR..172_800 => format!("{}h", seconds / HOUR),
        172_800..5_184_000 => format!("{}d", seconds / DAY),
        5_184_000..63_072_000 => format!("{}w", seconds / (7 * DAY)),
        _ => format!("{}y", seconds / (365 * DAY)),
    }
}

/// `812 bytes`, `12 kB`, `3.4 MB`; a kilobyte is a thousand bytes.
pub fn size(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".into(),
        0..1_000 => format!("{bytes} bytes"),
        1_000..999_500 => format!("{} kB", (bytes + 500) / 1_000),
        _ => format!("{:.1} MB", bytes as f64 / 1_000_000.0),
    }
}

/// `1 mail`, `2 mails`.
pub fn count(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// A time for programs: RFC 3339 in UTC.
pub fn json_time(at: Timestamp) -> Value {
    json!(at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_sizes_are_short() {
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        for (seconds, text) in [
            (0, "0s"),
            (59, "59s"),
            (60, "1m"),
            (3_599, "59m"),
            (7_200, "2h"),
            (172_799, "47h"),
            (172_800, "2d"),
            (59 * 86_400, "59d"),
            (60 * 86_400, "8w"),
            (800 * 86_400, "2y"),
        ] {
            assert_eq!(age(at(1_000), at(1_000 + seconds)), text);
        }
        assert_eq!(age(at(50), at(20)), "0s");
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_500, "2 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (3_440_000, "3.4 MB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn colour_only_where_it_is_wanted() {
        let coloured = Look { colour: true, ..Look::plain() };
        assert_eq!(coloured.paint(Paint::Bad, "x"), "\u{1b}[31mx\u{1b}[0m");
        assert_eq!(coloured.paint(Paint::Plain, "x"), "x");
        assert_eq!(Look::plain().paint(Paint::Bad, "x"), "x");
        assert_eq!(Look::plain().date(Timestamp::from_second(1_795_219_200).unwrap()), "2026-11-21 00:00");
    }
}
