//! Abuse reports (RFC 5965): somebody pressed "this is spam" on a mail of ours. The machine-readable part in, a
//! [`Report`] out; never says that an address is dead.

use super::{clip, dsn, fields};
use crate::model::mail::{Report, ReportKind};

/// Reads the fields of `message/feedback-report`. Many senders blot out the recipient; then there is none.
pub fn report(body: &str) -> Report {
    let mut recipients: Vec<String> = Vec::new();
    for name in ["original-rcpt-to", "removal-recipient"] {
        for value in fields(body, name).take(super::RECIPIENTS) {
            let address = dsn::address(value);
            if address.contains('@') && !recipients.contains(&address) {
                recipients.push(address);
            }
        }
    }
    recipients.truncate(super::RECIPIENTS);
    let kind = super::field(body, "feedback-type").unwrap_or("abuse");
    Report {
        kind: ReportKind::Feedback,
        recipients,
        diagnostic: clip(&format!("feedback: {kind}")),
        ..Report::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_complaint_and_the_recipient() {
        let report =
            report("Feedback-Type: abuse\nUser-Agent: x\nVersion: 1\nOriginal-Rcpt-To: <ann@x.example>\n");
        assert_eq!(report.kind, ReportKind::Feedback);
        assert_eq!(report.recipients, ["ann@x.example"]);
        assert_eq!(report.diagnostic, "feedback: abuse");
        assert!(!report.dead);
    }
}
