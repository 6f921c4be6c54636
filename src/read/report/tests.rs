//! Samples of reports as many systems write them, all of our own making, and what must not be taken for one.

use super::*;
use crate::model::mail::{Header, Report, ReportKind};

fn part(media: &str, body: &str) -> Part {
    Part { media: media.to_owned(), body: body.as_bytes().to_vec(), ..Part::default() }
}

fn with_headers(mut part: Part, headers: &[(&str, &str)]) -> Part {
    part.headers =
        headers.iter().map(|(n, v)| Header { name: (*n).to_owned(), value: (*v).to_owned() }).collect();
    part
}

/// A report in prose: From, Return-Path, subject and text.
fn prose_of(from: &str, path: &str, subject: &str, text: &str) -> Option<Report> {
    let root = with_headers(
        part("text/plain", text),
        &[("From", from), ("Return-Path", path), ("To", "help@us.example")],
    );
    report(&root, subject, text)
}

fn dsn_of(status: &str, text: &str) -> Report {
    let mut root = part("multipart/report", "");
    root.params = vec![("report-type".to_owned(), "delivery-status".to_owned())];
    let mut returned = part("message/rfc822", "");
    returned.parts = vec![with_headers(
        part("text/plain", ""),
        &[("Message-ID", "<7@us.example>"), ("To", "x@y.example")],
    )];
    root.parts = vec![part("text/plain", text), part("message/delivery-status", status), returned];
    report(&root, "Undelivered Mail", text).unwrap()
}

#[test]
fn a_delivery_status_is_read() {
    let report = dsn_of(
        "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; gone@y.example\nAction: failed\nStatus: 5.1.1\n\
         Diagnostic-Code: smtp; 550 5.1.1 no such user\n\nFinal-Recipient: rfc822; fine@y.example\nAction: delivered\nStatus: 2.0.0\n",
        "I'm sorry.",
    );
    assert_eq!(report.kind, ReportKind::Bounce);
    assert_eq!(report.recipients, ["gone@y.example"]);
    assert_eq!((report.status.as_str(), report.dead), ("5.1.1", true));
    assert_eq!(report.original.unwrap().as_str(), "7@us.example");
    assert_eq!(report.diagnostic, "550 5.1.1 no such user");
}

#[test]
fn actions_make_the_kind() {
    for (action, kind) in [
        ("failed", ReportKind::Bounce),
        ("Delayed", ReportKind::Delay),
        ("delivered", ReportKind::Success),
        ("relayed (to elsewhere)", ReportKind::Success),
        ("expanded", ReportKind::Success),
    ] {
        let report = dsn_of(&format!("Final-Recipient: rfc822; a@y.example\nAction: {action}\n"), "");
        assert_eq!(report.kind, kind, "{action}");
        assert!(!report.dead, "{action}");
    }
}

#[test]
fn a_report_inside_a_forwarded_mail_is_that_mails() {
    let mut root = part("multipart/mixed", "");
    let mut forwarded = part("message/rfc822", "");
    let mut inner = part("multipart/report", "");
    inner.parts =
        vec![part("message/delivery-status", "Final-Recipient: rfc822; a@y.example\nAction: failed\n")];
    forwarded.parts = vec![inner];
    root.parts = vec![part("text/plain", "What does this mean?"), forwarded];
    assert_eq!(report(&with_headers(root, &[("From", "ann@x.example")]), "Fwd: bounce", "What?"), None);
}

#[test]
fn reports_of_another_sort_are_no_bounces() {
    let mut root = part("multipart/report", "");
    root.params = vec![("report-type".to_owned(), "tlsrpt".to_owned())];
    assert_eq!(report(&root, "Report Domain: us.example", "TLS report"), None);
}

/// System, From, Return-Path, subject, text; the address that failed, and whether it is dead.
type Sample = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, bool);

const SAMPLES: &[Sample] = &[
    (
        "qmail",
        "MAILER-DAEMON@mx.example",
        "<>",
        "failure notice",
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I could not.\n\n<ann@y.example>:\n\
             Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <7@us.example>\n",
        "ann@y.example",
        true,
    ),
    (
        "exim",
        "Mail Delivery System <Mailer-Daemon@mx.example>",
        "<>",
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nThe following address(es) failed:\n\n  \
             ann@y.example\n    host mx.y.example: 550 Unrouteable address\n\n------ This is a copy of the message ------\n\nMessage-ID: <7@us.example>\n",
        "ann@y.example",
        true,
    ),
    (
        "postfix",
        "MAILER-DAEMON@mx.example (Mail Delivery System)",
        "<>",
        "Undelivered Mail Returned to Sender",
        "This is the mail system at host mx.example.\n\n<ann@y.example>: host y.example said: 552 5.2.2 Over quota\n    \
             (in reply to RCPT TO command)\n\nReceived: by mx.example\nMessage-ID: <7@us.example>\n",
        "ann@y.example",
        false,
    ),
    (
        "sendmail",
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.example>",
        "",
        "Returned mail: see transcript for details",
        "The original message was received at noon\n\n   ----- The following addresses had permanent fatal errors -----\n\
             <ann@y.example>\n\n   ----- Transcript of session follows -----\n>>> RCPT To:<ann@y.example>\n<<< 550 User unknown\n\
             \n   ----- Original message follows -----\nMessage-ID: <7@us.example>\n",
        "ann@y.example",
        true,
    ),
    (
        "exchange",
        "postmaster@y.example",
        "<>",
        "Undeliverable: hello",
        "Delivery has failed to these recipients or groups:\n\nann@y.example<mailto:ann@y.example>\nThe address wasn't found.\n\
             \nOriginal message headers:\n\nReceived: from us\nMessage-ID: <7@us.example>\n",
        "ann@y.example",
        true,
    ),
    (
        "domino",
        "Postmaster@y.example",
        "",
        "DELIVERY FAILURE: User ann not listed in Directory",
        "Your message\n\n  Subject: hello\n\nwas not delivered to:\n\n  ann@y.example\n\nbecause:\n\n  User ann not listed in Directory\n\
             Message-ID: <7@us.example>\n",
        "ann@y.example",
        true,
    ),
    (
        "a carrier",
        "error-mail@y.example",
        "",
        "メールを送信できません",
        "送信先 ann@y.example は登録されていません。\n\nReceived: from us\nMessage-ID: <7@us.example>\n",
        "ann@y.example",
        true,
    ),
];

#[test]
fn prose_of_many_systems() {
    for (name, from, path, subject, text, recipient, dead) in SAMPLES.iter().copied() {
        let report = prose_of(from, path, subject, text).expect(name);
        assert_eq!(report.kind, ReportKind::Bounce, "{name}");
        assert_eq!(report.recipients, [recipient], "{name}");
        assert_eq!(report.dead, dead, "{name}");
        assert_eq!(
            report.original.map(|id| id.as_str().to_owned()).as_deref(),
            Some("7@us.example"),
            "{name}"
        );
        assert!(!report.diagnostic.is_empty(), "{name}");
    }
}

#[test]
fn a_delay_in_prose_is_no_bounce() {
    let report = prose_of(
        "Mailer-Daemon@mx.example",
        "<>",
        "Warning: message 1abc delayed 24 hours",
        "A message that you sent has not yet been delivered to:\n  ann@y.example\nNo action is required on your part.\n",
    );
    assert_eq!(report.unwrap().kind, ReportKind::Delay);
}

#[test]
fn people_who_speak_of_bounces_write_mails() {
    for (from, subject, text) in [
        ("ann@x.example", "Fwd: Returned mail: see transcript", "> <b@y.example>: 550 User unknown"),
        (
            "ann@x.example",
            "Re: Undelivered Mail Returned to Sender",
            "That one could not be delivered to b@y.example.",
        ),
        ("ann@x.example", "My mail was not delivered", "Please help, the server said 550."),
        ("postmaster@x.example", "Your new account", "Your mailbox is ready."),
        (
            "ann@x.example",
            "Question",
            "The delivery failed: the parcel could not be delivered to my address.",
        ),
        (
            "list+owner@x.example",
            "Some messages could not be delivered",
            "Hi, this is the Mlmmj program. They could not be delivered.",
        ),
    ] {
        let path = format!("<{from}>");
        assert_eq!(prose_of(from, &path, subject, text), None, "{subject}");
    }
}

#[test]
fn receipts_and_complaints() {
    let mut root = part("multipart/report", "");
    root.parts = vec![part(
        "message/disposition-notification",
        "Final-Recipient: rfc822; ann@y.example\nOriginal-Message-ID: <7@us.example>\nDisposition: automatic-action/MDN-sent-automatically; displayed\n",
    )];
    let receipt = report(&root, "Read: hello", "").unwrap();
    assert_eq!((receipt.kind, receipt.original.unwrap().as_str()), (ReportKind::Receipt, "7@us.example"));

    root.parts = vec![
        part("message/feedback-report", "Feedback-Type: abuse\nVersion: 1\n"),
        part(
            "text/rfc822-headers",
            "From: help@us.example\nMessage-ID: <7@us.example>\nList-Unsubscribe:\n <mailto:help+u1@us.example>\n",
        ),
    ];
    let complaint = report(&root, "FW: hello", "").unwrap();
    assert_eq!(complaint.leave, "<mailto:help+u1@us.example>");
    assert_eq!(
        (complaint.kind, complaint.original.unwrap().as_str()),
        (ReportKind::Feedback, "7@us.example")
    );
}

#[test]
fn what_is_kept_is_capped() {
    let text: String = (0..500).map(|n| format!("<user{n}@y.example>: unknown user\n")).collect();
    let report = prose_of("MAILER-DAEMON@x", "<>", "failure notice", &text).unwrap();
    assert_eq!(report.recipients.len(), RECIPIENTS);
    let long = dsn_of(
        &format!(
            "Final-Recipient: rfc822; a@y.example\nAction: failed\nDiagnostic-Code: smtp; {}\n",
            "é ".repeat(9_000)
        ),
        "",
    );
    assert_eq!(long.diagnostic.chars().count(), DIAGNOSTIC);
}
