//! Read receipts (RFC 8098): the machine-readable part in, a [`Report`] out. A receipt says that something was
//! shown, deleted or processed; it proves nothing and is only noted.

use super::{clip, dsn, field};
use crate::model::mail::{MessageId, Report, ReportKind};

/// Reads the fields of `message/disposition-notification`, or text that holds them.
pub fn report(body: &str) -> Report {
    let recipients =
        dsn::groups(body).iter().flat_map(|t| t.addresses().map(str::to_owned)).take(1).collect();
    Report {
        kind: ReportKind::Receipt,
        recipients,
        original: field(body, "original-message-id").and_then(MessageId::parse),
        diagnostic: clip(field(body, "disposition").unwrap_or("")),
        ..Report::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_who_and_about_what() {
        let report = report(
            "Reporting-UA: x\nFinal-Recipient: rfc822; ann@x.example\nOriginal-Message-ID: <1@y.example>\n\
             Disposition: manual-action/MDN-sent-manually; displayed\n",
        );
        assert_eq!(report.kind, ReportKind::Receipt);
        assert_eq!(report.recipients, ["ann@x.example"]);
        assert_eq!(report.original.unwrap().as_str(), "1@y.example");
        assert!(report.diagnostic.ends_with("displayed"));
    }
}
