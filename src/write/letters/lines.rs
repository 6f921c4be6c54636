//! Lines of a digest: tickets, days and ages in few words. In comes what is to be told, out goes text that fits one line
//! of a mail whatever others wrote into it.

use crate::model::ticket::Number;
use crate::write::clean;
use crate::write::wrap::WIDTH;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Columns of a line behind its indentation; lines of deeds stand deeper.
pub(super) const ROOM: usize = WIDTH - 4;
/// Numbers of tickets that a line names.
const NUMBERS: usize = 3;

/// A ticket's line: the title gives way.
pub(super) fn line(before: &str, title: &str, after: &str) -> String {
    let room = ROOM.saturating_sub(before.chars().count() + 1 + after.chars().count());
    format!("{before} {}{after}", cut(&clean::title(title), room))
}

/// At most so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Words in at most so many lines of [`ROOM`] columns, the later ones set in.
pub(super) fn folded(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let full = lines.last().map_or(0, |last| last.chars().count()) + 1 + word.chars().count() > ROOM;
        let begun = lines.last().is_some_and(|last| !last.trim().is_empty());
        if full && begun && lines.len() == most {
            if let Some(last) = lines.last_mut() {
                *last = cut(&format!("{last} …"), ROOM);
            }
            return lines;
        }
        if full && begun {
            lines.push("  ".to_owned());
        }
        if let Some(last) = lines.last_mut() {
            let joint = if last.trim().is_empty() { "" } else { " " };
            *last = cut(&format!("{last}{joint}{word}"), ROOM);
        }
    }
    lines
}

/// `#4, #5, #6 and 2 more`.
pub(super) fn numbers(all: &[Number]) -> String {
    let told: Vec<String> = all.iter().take(NUMBERS).map(Number::to_string).collect();
    match all.len().saturating_sub(NUMBERS) {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

/// How long ago, in words.
pub(super) fn age(since: Timestamp, now: Timestamp) -> String {
    match now.duration_since(since).as_hours() {
        ..1 => "just now".to_owned(),
        1 => "1 hour".to_owned(),
        hours @ 2..48 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}

/// A day, with its year when that is another one.
pub(super) fn day(day: Date, today: Date) -> String {
    let how = if day.year() == today.year() { "%a %-d %b" } else { "%a %-d %b %Y" };
    day.strftime(how).to_string()
}

/// A time, where its reader lives.
pub(super) fn local(at: Timestamp, zone: &TimeZone, how: &str) -> String {
    at.to_zoned(zone.clone()).strftime(how).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_round() {
        let at = |hours: i64| Timestamp::from_second(hours * 3_600 + 1_700_000_000).unwrap();
        for (hours, words) in [
            (-5, "just now"),
            (0, "just now"),
            (1, "1 hour"),
            (47, "47 hours"),
            (48, "2 days"),
            (500, "20 days"),
        ] {
            assert_eq!(age(at(0), at(hours)), words);
        }
    }

    #[test]
    fn words_are_folded_into_a_few_lines() {
        assert_eq!(folded("", 3), [""]);
        assert_eq!(folded("Bob: please come", 3), ["Bob: please come"]);
        let long = folded(&"word ".repeat(40), 2);
        assert_eq!(long.len(), 2);
        assert!(long[1].starts_with("  word word") && long[1].ends_with("word …"), "{long:?}");
        let one = folded(&"ö".repeat(500), 3);
        assert!(one.len() == 1 && one[0].chars().count() == ROOM && one[0].ends_with('…'));
    }

    #[test]
    fn titles_give_way() {
        let long = line("#123456789", &"ö".repeat(500), " — somebody with a name, 1000 days");
        assert_eq!(long.chars().count(), ROOM);
        assert!(long.contains("ö… — somebody"));
        assert_eq!(line("#1", "", ""), "#1 (no subject)");
    }
}
