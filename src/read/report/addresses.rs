//! Addresses that failed, out of a report's prose and headers. An address in prose counts by where it stands: at
//! the start of a line, or where a machine puts the culprit; the report's own sender and receiver never count.
//! Linear in the text.

use super::{RECIPIENTS, words};
use crate::read::part::Part;

/// Adds what is not there yet, up to the cap. Case is ignored in comparing. What holds a control character is nobody's.
pub fn add<'a>(recipients: &mut Vec<String>, found: impl Iterator<Item = &'a str>) {
    for address in found.filter(|address| !address.contains(char::is_control)) {
        if recipients.len() >= RECIPIENTS {
            return;
        }
        let address = super::head(address, 320);
        if !recipients.iter().any(|r| r.eq_ignore_ascii_case(address)) {
            recipients.push(address.to_owned());
        }
    }
}

/// Adds what `X-Failed-Recipients` (Exim, Google) and its like name.
pub fn add_failed_header(recipients: &mut Vec<String>, root: &Part) {
    for header in &root.headers {
        if words::FAILED_HEADERS.contains(&header.name.to_ascii_lowercase().as_str()) {
            add(recipients, all(super::head(&header.value, 16 * 1024)));
        }
    }
}

/// Adds the addresses that the prose speaks of as failed.
pub fn add_from_prose(recipients: &mut Vec<String>, root: &Part, said: &str) {
    let ours: Vec<String> = ["To", "From", "Delivered-To", "Return-Path", "Reply-To", "Sender", "Errors-To"]
        .iter()
        .filter_map(|name| root.header(name))
        .flat_map(|value| all(super::head(value, 16 * 1024)))
        .map(str::to_ascii_lowercase)
        .take(RECIPIENTS)
        .collect();
    let lines: Vec<&str> = said.lines().filter(|l| !is_aside(l)).collect();
    let culprits = || lines.iter().filter_map(|l| at_start(l));
    let everywhere = || lines.iter().flat_map(|l| all(l));
    let foreign = |a: &&str| !ours.contains(&a.to_ascii_lowercase());
    let person = |a: &&str| !is_machine(a);
    add(recipients, culprits().filter(foreign).filter(person));
    if recipients.is_empty() {
        add(recipients, everywhere().filter(foreign).filter(person));
    }
}

/// A line that names somebody other than the culprit: whom to ask, who wrote.
fn is_aside(line: &str) -> bool {
    let line = super::head(line, 400).to_lowercase();
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || "*->|".contains(c));
    words::ASIDE_STARTS.iter().any(|s| line.starts_with(s)) || words::ASIDES.iter().any(|s| line.contains(s))
}

/// The address that a line begins with, after the words that machines put in front of it.
fn at_start(line: &str) -> Option<&str> {
    let lower = super::head(line, 400).to_ascii_lowercase();
    let mut from = 0;
    let skip = |from: usize| {
        let rest = lower.get(from..).unwrap_or("");
        from + rest.len()
            - rest.trim_start_matches(|c: char| c.is_whitespace() || "<\"'>*-|(:[".contains(c)).len()
    };
    from = skip(from);
    while let Some(word) =
        words::CULPRIT_STARTS.iter().find(|w| lower.get(from..).is_some_and(|r| r.starts_with(**w)))
    {
        from = skip(from + word.len());
    }
    let rest = line.get(from..)?;
    all(rest).next().filter(|a| rest.starts_with(a))
}

fn is_machine(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or("").to_ascii_lowercase();
    words::MACHINES.contains(&local.as_str())
}

/// All addresses in a text, in order: something around an at sign, with a dot behind it.
pub fn all(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('@').filter_map(|(at, _)| {
        let before = text.get(at.saturating_sub(64)..at).or_else(|| text.get(..at).map(|b| tail(b, 64)))?;
        let local = before.rsplit(|c: char| !is_local(c)).next()?;
        let local =
            local.strip_prefix("to=").unwrap_or(local).trim_start_matches(['\'', '.', '=', '*', '/', '`']);
        let after = super::head(text.get(at + 1..)?, 255);
        let domain = after.split(|c: char| !is_domain(c)).next()?.trim_end_matches(['.', '-', '_']);
        let whole = !local.is_empty() && domain.contains('.') && !domain.starts_with(['.', '-']);
        if !whole {
            return None;
        }
        text.get(at - local.len()..at + 1 + domain.len())
    })
}

/// The last `bytes` of a text, cut at a character's border.
fn tail(text: &str, bytes: usize) -> &str {
    text.get(text.ceil_char_boundary(text.len().saturating_sub(bytes))..).unwrap_or("")
}

fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
}

fn is_domain(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".-_".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_addresses_in_prose() {
        let text =
            "to <ann@x.example>, 'bob@y.example'. mailto:c.d+e@z.example; @nobody nobody@ a@b to=f@w.example";
        let found: Vec<&str> = all(text).collect();
        assert_eq!(found, ["ann@x.example", "bob@y.example", "c.d+e@z.example", "f@w.example"]);
    }

    #[test]
    fn takes_the_address_at_a_line_start() {
        for (line, want) in [
            ("<ann@x.example>: unknown user", Some("ann@x.example")),
            ("  RCPT TO:<ann@x.example>", Some("ann@x.example")),
            ("Recipient address: ann@x.example", Some("ann@x.example")),
            ("we could not reach ann@x.example", None),
        ] {
            assert_eq!(at_start(line), want, "{line}");
        }
    }

    #[test]
    fn adds_each_once_and_none_that_could_trouble_a_terminal() {
        let mut added = Vec::new();
        add(
            &mut added,
            ["ann@x.example", "alice@tow\u{12}n.example", "ANN@x.example", "a@b\u{1b}[2J"].into_iter(),
        );
        assert_eq!(added, ["ann@x.example"]);
    }

    #[test]
    fn a_line_of_at_signs_costs_little() {
        assert_eq!(all(&"@".repeat(100_000)).count(), 0);
        assert_eq!(all(&"a@".repeat(100_000)).count(), 0);
    }
}
