//! Comma-separated values (RFC 4180): text in, rows by the names of their columns out. The first row names them, and shows
//! whether commas, semicolons or tabs part values. Quoted values may hold line ends, commas and doubled quotes; what is left
//! unclosed ends with the text. A byte order mark is passed over.

use std::collections::BTreeMap;

/// A row: values by the names of their columns.
pub type Row = BTreeMap<String, String>;

/// The rows below the first one.
pub fn rows(text: &str) -> Vec<Row> {
    let text = text.trim_start_matches('\u{feff}');
    let mut records = records(text, parts(text)).into_iter();
    let Some(names) = records.next() else { return Vec::new() };
    let row = |record: Vec<String>| names.iter().cloned().zip(record).collect();
    records.filter(|record| record.iter().any(|value| !value.is_empty())).map(row).collect()
}

/// What parts the values: that of which the first line has most outside of quotes.
fn parts(text: &str) -> char {
    let (mut counts, mut quoted) = ([(',', 0), (';', 0), ('\t', 0)], false);
    for c in text.lines().next().unwrap_or_default().chars() {
        quoted ^= c == '"';
        counts.iter_mut().filter(|(part, _)| *part == c && !quoted).for_each(|(_, count)| *count += 1);
    }
    // of as many of two the first one is meant
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(',', |(part, _)| *part)
}

fn records(text: &str, part: char) -> Vec<Vec<String>> {
    let mut records: Vec<Vec<String>> = Vec::new();
    let (mut record, mut value, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                value.push('"');
            }
            '"' if quoted => quoted = false,
            _ if quoted => value.push(c),
            '"' if value.is_empty() => quoted = true,
            _ if c == part => record.push(std::mem::take(&mut value)),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => {
                record.push(std::mem::take(&mut value));
                records.push(std::mem::take(&mut record));
            }
            _ => value.push(c),
        }
    }
    if !value.is_empty() || !record.is_empty() {
        record.push(value);
        records.push(record);
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_their_values_by_name() {
        let text =
            "\u{feff}id,summary,owner\r\n1,\"No \"\"ink\"\", or\nno paper\",ann\r\n\r\n2,Tea\n3,\"open";
        let rows = rows(text);
        let values: Vec<Vec<&str>> =
            rows.iter().map(|row| row.values().map(String::as_str).collect()).collect();
        assert_eq!(
            values,
            [vec!["1", "ann", "No \"ink\", or\nno paper"], vec!["2", "Tea"], vec!["3", "open"]]
        );
        assert!(super::rows("").is_empty() && super::rows("id\n").is_empty());
    }

    #[test]
    fn the_first_row_shows_what_parts_values() {
        for text in ["id;summary\n1;\"a;b, c\"", "id\tsummary\n1\ta;b, c", "id,\"summary\"\n1,\"a;b, c\""] {
            let rows = rows(text);
            assert_eq!((rows[0]["id"].as_str(), rows[0]["summary"].as_str()), ("1", "a;b, c"), "{text}");
        }
        assert_eq!(parts("\"a;b;c\",d"), ',');
    }
}
