//! Each verb's answer in words, for `trackle explain`.

use crate::command::{Order, Reading};
use crate::identify;
use crate::model::decision::End;
use crate::model::kind::Nature;
use crate::model::mail::{Attachment, Mail, PieceKind, Report};
use crate::model::proof::Sender;
use crate::pipeline::Trace;
use crate::show::look::{count, size};

/// What was read.
pub fn read(mail: &Mail) -> Vec<String> {
    let from: Vec<&str> = mail.from.iter().take(3).map(|m| m.addr.as_str()).collect();
    let from = if from.is_empty() { "nobody".into() } else { from.join(", ") };
    let mut lines = vec![format!("from {from}, \"{}\"", mail.subject), text(mail)];
    if !mail.attachments.is_empty() {
        let file = |a: &Attachment| {
            let name = if a.name.is_empty() { "without a name" } else { &a.name };
            format!("{name} ({}, {})", a.media, size(a.bytes.len() as u64))
        };
        let files: Vec<String> = mail.attachments.iter().map(file).collect();
        lines.push(format!("{}: {}", count(files.len() as u64, "attachment"), files.join(", ")));
    }
    lines.extend(mail.report.as_ref().map(report));
    if !mail.doubled.is_empty() {
        lines.push(format!("doubled headers, so no commands are read: {}", mail.doubled.join(", ")));
    }
    lines.extend(mail.damage.iter().map(|damage| format!("damage: {damage}")));
    lines
}

/// `3 lines written by the sender; set apart: 5 lines quoted, 2 of signature`.
fn text(mail: &Mail) -> String {
    let lines = |kind: PieceKind| {
        let of_kind = mail.pieces.iter().filter(|p| p.kind == kind);
        of_kind.flat_map(|p| p.text.lines()).filter(|line| !line.trim().is_empty()).count() as u64
    };
    let apart: Vec<String> = [
        (PieceKind::Quote, "quoted"),
        (PieceKind::Signature, "of signature"),
        (PieceKind::Forward, "forwarded"),
        (PieceKind::Footer, "of list footer"),
    ]
    .into_iter()
    .filter(|(kind, _)| lines(*kind) > 0)
    .map(|(kind, word)| format!("{} {word}", count(lines(kind), "line")))
    .collect();
    let html = if mail.html_only { ", from HTML, so no commands are read" } else { "" };
    let apart = if apart.is_empty() { String::new() } else { format!("; set apart: {}", apart.join(", ")) };
    format!("{} of its writer's own{html}{apart}", count(lines(PieceKind::New), "line"))
}

fn report(report: &Report) -> String {
    let about = if report.recipients.is_empty() { "nobody".into() } else { report.recipients.join(", ") };
    let dead = if report.dead { ", will never take mail" } else { "" };
    let status = if report.status.is_empty() { String::new() } else { format!(", status {}", report.status) };
    format!("a report about {about}{status}{dead}")
}

/// Who it is and how sure that is.
pub fn sender(sender: Option<&Sender>) -> String {
    let Some(sender) = sender else { return "nobody: no single usable From address".into() };
    let staff = sender.staff.as_ref().map(|login| format!(", staff {login}")).unwrap_or_default();
    format!("{}{staff}, proof: {} ({})", sender.address, sender.proof, sender.why)
}

/// What sort of mail it is.
pub fn nature(nature: &Nature) -> String {
    let may = if nature.may_answer { "may be answered" } else { "is never answered" };
    format!("{}, {may} ({})", nature.kind, nature.why)
}

/// What its writer is taken to read, and why.
pub fn language(mail: &Mail) -> String {
    match identify::language::language(mail) {
        Some(guess) if guess.clear => format!("language: {}, by its words", guess.language),
        Some(guess) => format!("language: {}, by its header alone", guess.language),
        None => "language: not clear".to_owned(),
    }
}

/// The command lines.
pub fn commands(reading: &Reading) -> Vec<String> {
    let order = |o: &Order| match o.line {
        0 => format!("command in an address or the subject: {}", o.text),
        line => format!("command in line {line}: {}", o.text),
    };
    let orders = reading.orders.iter().map(order);
    let not_run = reading.not_run.iter().map(|n| format!("not a command: {} ({})", n.line, n.why));
    orders.chain(not_run).collect()
}

/// What happens.
pub fn decision(trace: &Trace) -> Vec<String> {
    let ticket = trace.ticket.map(|n| format!("{n} ")).unwrap_or_default();
    let mut lines = vec![format!("{}: {ticket}{}", trace.end.word(), trace.why)];
    if trace.end == End::Duplicate {
        lines.push("--alone tells what the first copy would have done".into());
    }
    for (held, inner) in &trace.released {
        lines.push(format!("lets mail {held} go on, {}", inner.request.words()));
        lines.extend(decision(inner));
    }
    lines
}

/// Who gets a letter.
pub fn letters(trace: &Trace) -> Vec<String> {
    let mut lines: Vec<String> = trace
        .letters
        .iter()
        .map(|(kind, to, bytes)| format!("{kind} -> {to} ({})", size(*bytes as u64)))
        .collect();
    for (_, inner) in &trace.released {
        lines.extend(letters(inner).into_iter().filter(|l| l != NONE));
    }
    if lines.is_empty() {
        lines.push(NONE.into());
    }
    lines
}

const NONE: &str = "no letter";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kind::Kind;

    #[test]
    fn reading_is_told_in_a_few_lines() {
        let raw = b"From: Ann <ann@b.c>\nFrom: eve@b.c\nSubject: Re: printer\n\nIt works.\n\nOn 3 May 2026, Bob wrote:\n> no\n> it does not\n";
        let lines = read(&crate::read::mail(raw).unwrap());
        assert_eq!(lines[0], "from ann@b.c, eve@b.c, \"Re: printer\"");
        assert_eq!(lines[1], "1 line of its writer's own; set apart: 3 lines quoted");
        assert_eq!(lines[2], "doubled headers, so no commands are read: from");
    }

    #[test]
    fn the_language_is_told_with_its_reason() {
        let said = |raw: &str| language(&crate::read::mail(raw.as_bytes()).unwrap());
        assert_eq!(
            said("Subject: x\n\nder Drucker ist kaputt, bitte kommen Sie\n"),
            "language: de, by its words"
        );
        assert_eq!(said("Content-Language: de\n\nDrucker\n"), "language: de, by its header alone");
        assert_eq!(said("Subject: x\n\nDrucker\n"), "language: not clear");
    }

    #[test]
    fn nobody_and_robots_are_called_so() {
        assert_eq!(sender(None), "nobody: no single usable From address");
        let robot = Nature {
            kind: Kind::AutoReply,
            may_answer: false,
            sounds_away: false,
            why: "Auto-Submitted: auto-replied".into(),
        };
        assert_eq!(nature(&robot), "auto-reply, is never answered (Auto-Submitted: auto-replied)");
    }
}
