//! Comma-separated values (RFC 4180): text in, rows by the names of their columns out. The first row names them. Quoted values
//! may hold line ends, commas and doubled quotes; what is left unclosed ends with the text. A byte order mark is passed over.

use std::collections::BTreeMap;

/// A row: values by the names of their columns.
pub type Row = BTreeMap<String, String>;

/// The rows below the first one.
pub fn rows(text: &str) -> Vec<Row> {
    let mut records = records(text.trim_start_matches('\u{feff}')).into_iter();
    let Some(names) = records.next() else { return Vec::new() };
    let row = |record: Vec<String>| names.iter().cloned().zip(record).collect();
    records.filter(|record| record.iter().any(|value| !value.is_empty())).map(row).collect()
}

fn records(text: &str) -> Vec<Vec<String>> {
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
            ',' => record.push(std::mem::take(&mut value)),
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
}
