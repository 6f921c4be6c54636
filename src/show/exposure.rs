//! How open the robot stands, in the manner of `systemd-analyze security`: a row for each thing that was looked at, with
//! what it adds, and one figure for all. The figure is 10 × (1 − Π(1 − exposure)): every row that is mended lowers it, and
//! one grave row is not hidden behind many good ones, as it would be by a mean.

use super::grid::{self, Cell, Column, painted, plain};
use super::look::{Look, Paint, count};
use serde_json::{Value, json};
use std::fmt;

/// A thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Such as `database`.
    pub item: &'static str,
    /// How it stands.
    pub state: String,
    /// What that adds, in tenths: 0 nothing, 9 it alone gives everything away.
    pub tenths: u8,
    /// What to do, when there is something.
    pub remedy: Option<String>,
    /// Whether it could be seen from here.
    pub seen: bool,
}

impl Row {
    /// It is as it should be.
    pub fn closed(item: &'static str, state: impl Into<String>) -> Row {
        Row { item, state: state.into(), tenths: 0, remedy: None, seen: true }
    }
    /// It is open by so many tenths, and this would close it.
    pub fn open(item: &'static str, tenths: u8, state: impl Into<String>, remedy: impl Into<String>) -> Row {
        let tenths = tenths.min(9);
        Row { item, state: state.into(), tenths, remedy: Some(remedy.into()), seen: true }
    }
    /// Whoever looks may not see it.
    pub fn unseen(item: &'static str, why: impl Into<String>) -> Row {
        Row { seen: false, ..Row::closed(item, why) }
    }
}

/// From 0.0, nothing is open, to 10.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Figure(u8);

impl Figure {
    /// Of all rows together.
    pub fn of(rows: &[Row]) -> Figure {
        let closed: f64 = rows.iter().map(|row| 1.0 - f64::from(row.tenths.min(9)) / 10.0).product();
        // between 0 and 100 by then
        Figure((100.0 * (1.0 - closed)).round() as u8)
    }

    /// As it is printed: `2`, `2.5`.
    ///
    /// # Errors
    /// A sentence.
    pub fn parse(text: &str) -> Result<Figure, &'static str> {
        let figure: f64 = text.parse().map_err(|_| "not a figure such as 2.5")?;
        if !(0.0..=10.0).contains(&figure) {
            return Err("lies between 0 and 10");
        }
        Ok(Figure((figure * 10.0).round() as u8))
    }

    /// In a word.
    pub fn word(self) -> &'static str {
        match self.0 {
            0..=25 => "OK",
            26..=50 => "MEDIUM",
            51..=75 => "EXPOSED",
            _ => "UNSAFE",
        }
    }

    fn paint(self) -> Paint {
        match self.0 {
            0..=25 => Paint::Good,
            26..=50 => Paint::Careful,
            _ => Paint::Bad,
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// For people: a line for each row, then the figure.
pub fn page(rows: &[Row], look: &Look) -> String {
    let heads = ["exposure", "item", "how it stands, and what to do"];
    let mut lines: Vec<Vec<Cell>> = vec![heads.into_iter().map(|head| painted(Paint::Dim, head)).collect()];
    lines.extend(rows.iter().map(line));
    let table = grid::lay(&[Column::Right, Column::Left, Column::Wrap], &lines, look);
    let figure = Figure::of(rows);
    let unseen = rows.iter().filter(|row| !row.seen).count() as u64;
    let least = if unseen == 0 { "" } else { "at least " };
    let said = format!("overall exposure: {least}{figure} {}", figure.word());
    let mut page = format!("{table}\n{}\n", look.paint(figure.paint(), &said));
    if unseen > 0 {
        let things = count(unseen, "thing");
        page.push_str(&format!("{things} could not be seen from here: run this as root or as the robot\n"));
    }
    page
}

fn line(row: &Row) -> Vec<Cell> {
    let (paint, figure) = match row.tenths {
        _ if !row.seen => (Paint::Careful, "?".to_owned()),
        0 => (Paint::Good, "-".to_owned()),
        1..=2 => (Paint::Careful, format!("0.{}", row.tenths)),
        _ => (Paint::Bad, format!("0.{}", row.tenths)),
    };
    let text = match &row.remedy {
        Some(remedy) => format!("{}: {remedy}", row.state),
        None => row.state.clone(),
    };
    vec![painted(paint, figure), plain(row.item), plain(text)]
}

/// For programs: one object.
pub fn json(rows: &[Row], threshold: Figure) -> Value {
    let tenth = |tenths: u8| f64::from(tenths) / 10.0;
    let one = |row: &Row| {
        json!({
            "item": row.item,
            "state": row.state,
            "exposure": row.seen.then_some(tenth(row.tenths)),
            "remedy": row.remedy,
        })
    };
    let figure = Figure::of(rows);
    json!({
        "exposure": tenth(figure.0),
        "word": figure.word(),
        "threshold": tenth(threshold.0),
        "unseen": rows.iter().filter(|row| !row.seen).count(),
        "rows": rows.iter().map(one).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(tenths: &[u8]) -> Vec<Row> {
        tenths.iter().map(|tenths| Row::open("x", *tenths, "open", "close it")).collect()
    }

    #[test]
    fn one_grave_row_is_not_hidden_and_each_mended_row_helps() {
        for (tenths, figure, word) in [
            (&[][..], "0.0", "OK"),
            (&[0, 0], "0.0", "OK"),
            (&[2], "2.0", "OK"),
            (&[1, 1, 1], "2.7", "MEDIUM"),
            (&[5], "5.0", "MEDIUM"),
            (&[5, 1], "5.5", "EXPOSED"),
            (&[9, 0, 0, 0, 0, 0, 0, 0, 0, 0], "9.0", "UNSAFE"),
            (&[9, 9, 9], "10.0", "UNSAFE"),
            (&[99], "9.0", "UNSAFE"),
        ] {
            let found = Figure::of(&rows(tenths));
            assert_eq!((found.to_string().as_str(), found.word()), (figure, word), "{tenths:?}");
            for mended in 0..tenths.len() {
                let mut less = tenths.to_vec();
                less[mended] = less[mended].saturating_sub(1);
                assert!(Figure::of(&rows(&less)) <= found, "{tenths:?}");
            }
        }
    }

    #[test]
    fn a_threshold_is_written_as_the_figure_is() {
        for (text, figure) in [("2.5", Some("2.5")), ("0", Some("0.0")), ("10", Some("10.0"))] {
            assert_eq!(Figure::parse(text).ok().map(|f| f.to_string()).as_deref(), figure);
        }
        for text in ["-1", "10.1", "NaN", "inf", "", "two"] {
            assert!(Figure::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_row_says_what_to_do_and_what_is_not_seen_is_said() {
        let mut rows = vec![Row::closed("database", "for nobody else")];
        rows.push(Row::open("key", 9, "open to others", "chmod 600 /x\u{1b}"));
        let page_of = |rows: &[Row]| page(rows, &Look::plain());
        assert_eq!(
            page_of(&rows),
            "exposure  item      how it stands, and what to do\n       \
             -  database  for nobody else\n     \
             0.9  key       open to others: chmod 600 /x\\x1b\n\n\
             overall exposure: 9.0 UNSAFE\n"
        );
        rows.push(Row::unseen("backups", "nobody named them"));
        assert!(page_of(&rows).ends_with(
            "at least 9.0 UNSAFE\n1 thing could not be seen from here: run this as root or as the robot\n"
        ));
        let json = json(&rows, Figure(50));
        assert_eq!((&json["exposure"], &json["word"]), (&json!(9.0), &json!("UNSAFE")));
        assert_eq!((&json["unseen"], &json["rows"][2]["exposure"]), (&json!(1), &Value::Null));
    }
}
