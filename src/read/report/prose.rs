//! Reports without machine-readable parts, told from mail by who sends them, their subject and their phrases: one
//! sign is never enough. Also parts the report's own words from the mail it returns.

use super::{folded, head, original, words};
use crate::model::mail::ReportKind;
use crate::read::part::Part;
use crate::read::words::line as decoded;

/// A report's text in two: its own words (capped), and the returned mail below them.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    pub words: &'a str,
    pub returned: &'a str,
}

/// Cuts where a line announces the returned mail, or where its header begins.
pub fn cut(text: &str) -> Said<'_> {
    let (mut at, mut ruled) = (0, false);
    for line in text.split_inclusive('\n') {
        if at > super::SAID_BYTES {
            break;
        }
        let lower = head(line, 200).to_lowercase();
        let header = words::RETURNED_HEADERS.iter().any(|h| line.starts_with(h))
            || ruled && line.starts_with("From: ");
        let announced = lower.len() < 120 && words::RETURNED.iter().any(|m| lower.contains(m));
        if header || announced {
            let (words, returned) = text.split_at(at);
            return Said { words: head(words, super::SAID_BYTES), returned };
        }
        at += line.len();
        ruled = is_rule(line.trim()) || ruled && line.trim().is_empty();
    }
    Said { words: head(text, super::SAID_BYTES), returned: "" }
}

/// A line drawn with signs; Outlook draws its own with underscores above what people forward.
fn is_rule(line: &str) -> bool {
    line.len() >= 10 && line.bytes().all(|b| b"-=*".contains(&b))
}

/// Whether sender, subject and words together make a report of this mail; `said` is asked where the words count.
pub fn is_report<'a>(root: &Part, subject: &str, said: impl FnOnce() -> Said<'a>) -> bool {
    let failed = |name: &str| words::FAILED_HEADERS.iter().any(|f| name.eq_ignore_ascii_case(f));
    if root.headers.iter().any(|h| failed(&h.name)) {
        return true;
    }
    let subject = folded(head(subject, 1_000));
    // a person who forwards or answers a report writes a mail; a robot's "Re:" is told by its name
    let person_says = words::PASSED_ON.iter().any(|p| subject.starts_with(p));
    let sender = sender(root);
    if person_says && !matches!(sender, Sender::Robot | Sender::NullOffice) {
        return false;
    }
    let by_subject = words::SUBJECTS.iter().any(|s| subject.contains(s));
    // most mail ends here, before its text is searched for anything
    if sender == Sender::Anyone && !by_subject {
        return false;
    }
    let said = said();
    let opening = folded(head(said.words, 8 * 1024));
    // a list manager that tells of a subscriber's bounces speaks of its list
    if root.header("X-List-Administrivia").is_some()
        || words::LIST_MANAGERS.iter().any(|p| opening.contains(p))
    {
        return false;
    }
    let by_words = words::OPENINGS.iter().any(|p| opening.contains(p));
    let by_code = has_reply_code(&opening);
    match sender {
        Sender::Robot | Sender::NullOffice => by_subject || by_words || by_code,
        Sender::Office | Sender::Null => by_subject || by_words && by_code,
        Sender::Anyone => {
            by_subject && by_words && (root.header("From").is_none() || !said.returned.is_empty())
        }
    }
}

/// What sort of sender a mail claims to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sender {
    /// mailer-daemon and its kin: nobody but a mail system has that name
    Robot,
    /// postmaster with an empty return path: a mail system
    NullOffice,
    /// postmaster: a mail system or the person behind it
    Office,
    /// an empty return path: any kind of automatic mail
    Null,
    Anyone,
}

fn sender(root: &Part) -> Sender {
    let from = root.header("From").map(|f| folded(&decoded(head(f, 1_000))));
    let path = root.header("Return-Path").map(|f| folded(head(f, 1_000)));
    let has = |list: &[&str], value: &Option<String>| {
        value.as_ref().is_some_and(|v| list.iter().any(|w| v.contains(w)))
    };
    if has(words::ROBOTS, &from) || has(words::ROBOTS, &path) {
        Sender::Robot
    } else {
        let null = path.as_deref() == Some("<>") || from.as_deref() == Some("<>");
        match (has(words::OFFICES, &from), null) {
            (true, true) => Sender::NullOffice,
            (true, false) => Sender::Office,
            (false, true) => Sender::Null,
            (false, false) => Sender::Anyone,
        }
    }
}

/// `550 …` or `#5.1.1` somewhere in the words.
fn has_reply_code(opening: &str) -> bool {
    super::verdict::status_in(opening).is_some()
        || ["550 ", "551 ", "552 ", "553 ", "554 ", "421 ", "450 ", "451 ", "452 "]
            .iter()
            .any(|c| opening.contains(c))
}

/// Complaints of providers that send the mail back with a header of theirs instead of RFC 5965.
pub fn is_complaint(parts: &[&Part]) -> bool {
    parts.iter().any(|p| original::returned_field(p, "X-HmXmrOriginalRecipient").is_some())
}

/// Failure, delay or success, by subject and words.
pub fn kind(subject: &str, said: &str) -> ReportKind {
    let subject = folded(head(subject, 1_000));
    let said = folded(said);
    let has = |list: &[&str]| list.iter().any(|w| subject.contains(w) || said.contains(w));
    if words::SUCCESS.iter().any(|w| subject.contains(w)) {
        ReportKind::Success
    } else if has(words::DELAY) && !has(words::GIVEN_UP) {
        ReportKind::Delay
    } else {
        ReportKind::Bounce
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_returned_mail_is_cut_off() {
        for (text, words, returned) in [
            ("No.\n--- Below this line is a copy of the message.\nTo: x\n", "No.\n", true),
            ("No.\nReceived: from a by b\n", "No.\n", true),
            ("No.\n-----------\n\nFrom: a@x\n", "No.\n-----------\n\n", true),
            ("No.\n__________\nFrom: a@x\n", "No.\n__________\nFrom: a@x\n", false),
            (
                "The original message was received at noon\n",
                "The original message was received at noon\n",
                false,
            ),
            ("", "", false),
        ] {
            let said = cut(text);
            assert_eq!((said.words, !said.returned.is_empty()), (words, returned), "{text}");
        }
    }
}
