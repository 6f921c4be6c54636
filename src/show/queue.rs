//! The queue of a host: the sessions that wait to be sent, and those that were.

use super::grid::{self, Cell, Column, painted, plain};
use super::look::{Look, Paint, json_time, size};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A bundle in the queue.
pub struct Line<'a> {
    pub sequence: u64,
    pub session: &'a str,
    pub size: u64,
    pub since: Timestamp,
    pub trouble: Option<&'a str>,
}

/// One line for each, those that wait first.
pub fn page(waiting: &[Line<'_>], sent: &[Line<'_>], look: &Look) -> String {
    let heads = ["number", "session", "size", "since", "state"];
    let mut rows: Vec<Vec<Cell>> = vec![heads.into_iter().map(|h| painted(Paint::Dim, h)).collect()];
    rows.extend(waiting.iter().map(|line| {
        let state = match line.trouble {
            Some(why) => painted(Paint::Careful, format!("waits: {why}")),
            None => plain("waits"),
        };
        row(line, state, look)
    }));
    rows.extend(sent.iter().map(|line| row(line, plain("sent"), look)));
    let columns = [Column::Right, Column::Left, Column::Right, Column::Left, Column::Grow];
    grid::lay(&columns, &rows, look)
}

fn row(line: &Line<'_>, state: Cell, look: &Look) -> Vec<Cell> {
    vec![
        plain(line.sequence.to_string()),
        plain(line.session),
        plain(size(line.size)),
        plain(look.date(line.since)),
        state,
    ]
}

/// All there is to tell, as an array.
pub fn json(waiting: &[Line<'_>], sent: &[Line<'_>]) -> Value {
    let one = |line: &Line<'_>, sent: bool| {
        json!({
            "number": line.sequence,
            "session": line.session,
            "bytes": line.size,
            "since": json_time(line.since),
            "sent": sent,
            "trouble": line.trouble,
        })
    };
    let waiting = waiting.iter().map(|line| one(line, false));
    waiting.chain(sent.iter().map(|line| one(line, true))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_stands_above_what_was_sent() {
        let line = |sequence, trouble| Line {
            sequence,
            session: "0123456789abcdefghijklmnop",
            size: 1_500,
            since: Timestamp::from_second(1_795_219_200).unwrap(),
            trouble,
        };
        let (waiting, sent) = ([line(7, Some("no\nroute")), line(8, None)], [line(6, None)]);
        let page = page(&waiting, &sent, &Look::plain());
        let wanted = "\
number  session                     size  since             state
     7  0123456789abcdefghijklmnop  2 kB  2026-11-21 00:00  waits: no\\x0aroute
     8  0123456789abcdefghijklmnop  2 kB  2026-11-21 00:00  waits
     6  0123456789abcdefghijklmnop  2 kB  2026-11-21 00:00  sent
";
        assert_eq!(page, wanted, "{page}");
        let json = json(&waiting, &sent);
        assert_eq!((&json[0]["trouble"], &json[2]["sent"]), (&json!("no\nroute"), &json!(true)));
    }
}
