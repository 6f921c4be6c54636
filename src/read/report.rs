//! Reports that machines make about mail: a mail's parts, subject and text in, a [`Report`] out when it is one.
//! RFC 3464 (delivery status), RFC 8098 (read receipts), RFC 5965 (abuse reports) where senders keep to them; for
//! all the others, tables of phrases and of the shapes that failed addresses stand in. A mail in which a person
//! forwards such a report is a mail. Never decides what follows from a report.

mod addresses;
mod arf;
mod dsn;
mod mdn;
mod original;
mod prose;
mod verdict;
#[rustfmt::skip] // tables: one phrase on a line would be a thousand lines
mod words;

use super::part::Part;
use crate::model::mail::{Report, ReportKind};
use std::borrow::Cow;
use std::cell::LazyCell;

/// Addresses kept of one report.
const RECIPIENTS: usize = 100;
/// Of the machine's words, what is searched for phrases and addresses.
const SAID_BYTES: usize = 32 * 1024;
/// Of a machine-readable part, what is read; a hundred recipients need far less.
const PART_BYTES: usize = 256 * 1024;
/// Length of [`Report::diagnostic`] in characters.
const DIAGNOSTIC: usize = 200;

/// The report that `root` is, or `None` for a mail. `subject` is decoded, `text` the mail's whole readable text.
pub fn report(root: &Part, subject: &str, text: &str) -> Option<Report> {
    let parts = own_parts(root);
    let body_of =
        |kinds: &[&str]| parts.iter().find(|p| kinds.contains(&p.media.as_str())).map(|p| start(&p.body));
    // looked at line by line, so only where it may be a report
    let said = LazyCell::new(|| prose::cut(text));
    if let Some(body) =
        body_of(&["message/disposition-notification", "message/global-disposition-notification"])
    {
        return Some(mdn::report(&body));
    }
    if let Some(body) = body_of(&["message/feedback-report"]) {
        return Some(complaint(&body, root, &parts, &said));
    }
    let claimed = if root.media == "multipart/report" { root.param("report-type").unwrap_or("") } else { "" };
    match claimed.to_ascii_lowercase().as_str() {
        "disposition-notification" => return Some(mdn::report(text)),
        "feedback-report" => return Some(complaint(text, root, &parts, &said)),
        "" | "delivery-status" => {}
        // reports on TLS, on DMARC and others to come: automatic, but about no mail of ours
        _ => return None,
    }
    if prose::is_complaint(&parts) {
        return Some(complaint("", root, &parts, &said));
    }
    let mut told: Vec<dsn::Told> = parts.iter().filter(is_status).flat_map(status_groups).collect();
    let bounced = !told.is_empty()
        || claimed.eq_ignore_ascii_case("delivery-status")
        || prose::is_report(root, subject, || *said);
    if !bounced {
        return None;
    }
    if told.is_empty() {
        // a broken frame leaves the status fields in the text
        told = dsn::groups(text);
        told.retain(|t| t.addresses().next().is_some());
    }
    told.truncate(RECIPIENTS);
    Some(assemble(root, subject, &parts, &said, &told))
}

/// An abuse report with what the returned mail tells: many complaints name the recipient only there.
fn complaint(body: &str, root: &Part, parts: &[&Part], said: &prose::Said) -> Report {
    let mut report = arf::report(body);
    if report.recipients.is_empty() {
        original::add_recipients(&mut report.recipients, parts, said);
    }
    let leave = original::leave(parts, said);
    Report { original: original::find(root, parts, said), leave, ..report }
}

/// Puts together what the status fields and the prose say; where both speak, the fields are believed.
fn assemble(root: &Part, subject: &str, parts: &[&Part], said: &prose::Said, told: &[dsn::Told]) -> Report {
    let kind = match kind_told(told) {
        Some(kind) => kind,
        None => prose::kind(subject, said.words),
    };
    // a report on several recipients is about those of its kind: the failed ones of a bounce
    let about: Vec<&dsn::Told> = told.iter().filter(|t| kind_of(t) == Some(kind)).collect();
    let mut recipients: Vec<String> = Vec::new();
    addresses::add(&mut recipients, about.iter().flat_map(|t| t.addresses()));
    if recipients.is_empty() {
        addresses::add(&mut recipients, told.iter().flat_map(dsn::Told::addresses));
    }
    addresses::add_failed_header(&mut recipients, root);
    if recipients.is_empty() {
        addresses::add_from_prose(&mut recipients, root, said.words);
    }
    if recipients.is_empty() {
        original::add_recipients(&mut recipients, parts, said);
    }
    let verdict = verdict::of(&about, &recipients, said.words);
    Report {
        kind,
        recipients,
        status: verdict.status,
        dead: verdict.dead && kind == ReportKind::Bounce,
        original: original::find(root, parts, said),
        leave: String::new(),
        diagnostic: clip(&verdict.diagnostic),
    }
}

/// The kind that the status fields give: one failure makes a bounce of the whole, then a delay counts.
fn kind_told(told: &[dsn::Told]) -> Option<ReportKind> {
    let kinds: Vec<ReportKind> = told.iter().filter_map(kind_of).collect();
    [ReportKind::Bounce, ReportKind::Delay, ReportKind::Success].into_iter().find(|k| kinds.contains(k))
}

/// The kind of one group; without a readable Action the status class speaks (RFC 3463 2).
fn kind_of(told: &dsn::Told) -> Option<ReportKind> {
    match told.action.as_str() {
        "failed" | "failure" | "fail" => Some(ReportKind::Bounce),
        "delayed" => Some(ReportKind::Delay),
        "delivered" | "relayed" | "expanded" => Some(ReportKind::Success),
        _ => match told.status.as_bytes().first() {
            Some(b'5') => Some(ReportKind::Bounce),
            Some(b'4') => Some(ReportKind::Delay),
            Some(b'2') => Some(ReportKind::Success),
            _ => None,
        },
    }
}

/// This mail's own parts: what lies inside a returned or forwarded mail is that mail's.
fn own_parts(root: &Part) -> Vec<&Part> {
    let mut parts = Vec::new();
    let mut waiting = vec![root];
    while let Some(part) = waiting.pop() {
        parts.push(part);
        if part.media != "message/rfc822" && part.media != "message/global" {
            waiting.extend(part.parts.iter().rev());
        }
    }
    parts
}

fn is_status(part: &&&Part) -> bool {
    matches!(part.media.as_str(), "message/delivery-status" | "message/global-delivery-status")
}

fn status_groups(part: &&Part) -> Vec<dsn::Told> {
    let mut told = dsn::groups(&start(&part.body));
    // without a blank line before them the fields stand among the part's own headers
    if told.is_empty() {
        let lines: Vec<String> = part.headers.iter().map(|h| format!("{}: {}", h.name, h.value)).collect();
        told = dsn::groups(&lines.join("\n"));
    }
    told
}

/// Of a report's part, what is looked at.
fn start(body: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(body.get(..PART_BYTES).unwrap_or(body))
}

/// The values of `name` at line starts of a report's fields, in order.
fn fields<'a, 'n>(body: &'a str, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
    body.lines().filter_map(move |line| {
        let (n, value) = line.split_once(':')?;
        n.trim().eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

fn field<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    fields(body, name).find(|v| !v.is_empty())
}

/// The first `bytes` of `text`, cut at a character's border.
fn head(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

/// One line of at most [`DIAGNOSTIC`] characters, white space folded, no control characters.
fn clip(text: &str) -> String {
    let mut line = String::new();
    for word in head(text, 4 * DIAGNOSTIC * 4).split(|c: char| c.is_whitespace() || c.is_control()) {
        if !word.is_empty() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    line.chars().take(DIAGNOSTIC).collect()
}

/// Lower case with white space folded: what phrases are looked up in.
fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
