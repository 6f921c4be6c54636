//! The mail that a report is about: the returned mail or its headers in, its Message-ID and recipients out. Found
//! as a MIME part, or as text below the report's own words, or named by the report itself.

use super::prose::Said;
use super::{addresses, head};
use crate::model::mail::MessageId;
use crate::read::part::Part;

/// Of a returned mail's text, what is searched for its headers.
const RETURNED_BYTES: usize = 64 * 1024;
/// Of its List-Unsubscribe, what is kept: two addresses of the longest kind.
const LEAVE_BYTES: usize = 2 * 1024;

/// Message-ID of the mail that `root` reports on.
pub fn find(root: &Part, parts: &[&Part], said: &Said) -> Option<MessageId> {
    let embedded = || parts.iter().find_map(|p| returned_field(p, "message-id"));
    let below = || header_in(head(said.returned, RETURNED_BYTES), "message-id");
    let named =
        || ["original-message-id", "message-id", "message id"].iter().find_map(|n| said_field(said.words, n));
    // a bounce that names a mail it answers names the one that failed
    let answered = || root.header("In-Reply-To").map(str::to_owned);
    embedded()
        .and_then(parse)
        .or_else(|| below().and_then(parse))
        .or_else(|| named().and_then(parse))
        .or_else(|| answered().and_then(parse))
}

/// What the returned mail says of leaving; empty when it does not, or was returned without its headers.
pub fn leave(parts: &[&Part], said: &Said) -> String {
    let embedded = parts.iter().find_map(|p| returned_field(p, "list-unsubscribe"));
    let value = embedded.or_else(|| header_in(head(said.returned, RETURNED_BYTES), "list-unsubscribe"));
    value.map_or_else(String::new, |value| head(value.trim(), LEAVE_BYTES).to_owned())
}

/// The returned mail's To and Cc: the best guess when the report names no address at all.
pub fn add_recipients(recipients: &mut Vec<String>, parts: &[&Part], said: &Said) {
    for name in ["x-hmxmroriginalrecipient", "to", "cc"] {
        let values: Vec<String> = parts
            .iter()
            .filter_map(|p| returned_field(p, name))
            .chain(header_in(head(said.returned, RETURNED_BYTES), name))
            .collect();
        for value in &values {
            let found: Vec<&str> = addresses::all(value).collect();
            addresses::add(recipients, found.into_iter());
        }
        if !recipients.is_empty() {
            return;
        }
    }
}

/// A header of the returned mail in this part, when the part is one.
pub fn returned_field(part: &Part, name: &str) -> Option<String> {
    match part.media.as_str() {
        "message/rfc822" | "message/global" => match part.parts.first() {
            Some(mail) => mail.header(name).map(str::to_owned),
            None => header_in(&String::from_utf8_lossy(top(&part.body)), name),
        },
        "text/rfc822-headers" | "text/rfc822-header" | "text/rfc822" | "message/global-headers" => {
            header_in(&String::from_utf8_lossy(top(&part.body)), name)
        }
        _ => None,
    }
}

fn top(body: &[u8]) -> &[u8] {
    body.get(..RETURNED_BYTES).unwrap_or(body)
}

/// A header field in a text, its continuation lines put back.
fn header_in(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines();
    let mut value = lines.find_map(|line| {
        let (n, value) = line.split_once(':')?;
        n.trim_end().eq_ignore_ascii_case(name).then(|| value.to_owned())
    })?;
    for more in lines.take_while(|line| line.starts_with([' ', '\t'])) {
        value.push_str(more);
    }
    Some(value)
}

/// A field that the report's own words name, which indent or quote it.
fn said_field(words: &str, name: &str) -> Option<String> {
    words.lines().find_map(|line| {
        let line = line.trim_start_matches(|c: char| c.is_whitespace() || "*->|".contains(c));
        let (n, value) = line.split_once(':')?;
        n.trim().eq_ignore_ascii_case(name).then(|| value.to_owned())
    })
}

/// A Message-ID out of a header's value, comments and neighbours left aside.
fn parse(value: impl AsRef<str>) -> Option<MessageId> {
    let value = value.as_ref();
    let inner = value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(id, _)| id);
    MessageId::parse(inner.unwrap_or(value).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_fields_are_put_back() {
        let text =
            "X: y\nMessage-ID:\n <7@us.example>\nTo: a@x.example,\n\tb@x.example\nSubject: c@x.example\n";
        assert_eq!(header_in(text, "message-id").and_then(parse).unwrap().as_str(), "7@us.example");
        assert_eq!(header_in(text, "to").unwrap(), " a@x.example,\tb@x.example");
        assert_eq!(header_in(text, "cc"), None);
    }
}
