//! What became of the forged mail: in comes the mail as it arrived, out come the names that our own servers write, the
//! forged fields that they left, and what follows from that for `[identity]`. Decides nothing by itself: it asks the
//! very function that will decide about every mail.

use super::ITEM;
use super::forgery::Forgery;
use crate::identify::authentication::{self, Seen};
use crate::model::mail::Mail;
use crate::model::proof::Proof;
use crate::model::robot::Trust;
use crate::show::checks::Check;

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Findings {
    /// Names that our servers put first in Authentication-Results of their own.
    pub names: Vec<String>,
    /// Names that they put after `by` in Received.
    pub hosts: Vec<String>,
    /// Of their names, those under which a forged field was left.
    left: Vec<String>,
    /// What would have been believed, had everything been trusted that can be.
    deceived: Option<String>,
}

impl Findings {
    /// Looks at the mail as it arrived; `trust` is what is configured so far.
    pub fn of(mail: &Mail, forgery: &Forgery, trust: &Trust) -> Findings {
        let Seen { ids, hosts } = authentication::seen(mail, |value| forgery.is_forged(value));
        let with = |known: &[String], more: &[String]| -> Vec<String> {
            let new = more.iter().filter(|m| !known.iter().any(|k| k.eq_ignore_ascii_case(m)));
            known.iter().chain(new).cloned().collect()
        };
        let all = Trust {
            authserv_ids: with(&trust.authserv_ids, &ids),
            mx_hosts: with(&trust.mx_hosts, &hosts),
            ..trust.clone()
        };
        let fields = || mail.headers_named("Authentication-Results").filter(|value| forgery.is_forged(value));
        let is_left = |id: &&String| {
            let id = id.to_ascii_lowercase();
            fields().any(|value| value.trim_start().to_ascii_lowercase().starts_with(&id))
        };
        let left = all.authserv_ids.iter().filter(is_left).cloned().collect();
        let judged = forgery.victim().map(|victim| authentication::proof(mail, &victim, &all));
        let deceived = judged.filter(|(proof, _)| *proof > Proof::None).map(|(_, why)| why);
        Findings { names: ids, hosts, left, deceived }
    }

    /// Whether what is written in [`Findings::checks`] may be put into `[identity]`.
    pub fn may_be_believed(&self) -> bool {
        self.left.is_empty() && self.deceived.is_none() && !self.names.is_empty()
    }

    /// For people.
    pub fn checks(&self, trust: &Trust) -> Vec<Check> {
        let mut checks = Vec::new();
        for name in &self.left {
            let text = format!(
                "the mail server left a forged \"Authentication-Results: {name}\" in the mail, so that anybody could \
                 write as anybody: leave {name} out of identity.authserv_id until such fields are removed from mail that \
                 comes in (Postfix: header_checks with /^Authentication-Results:[[:space:]]*{}/ IGNORE, which does not \
                 touch what milters add)",
                name.replace('.', "\\.")
            );
            checks.push(Check::wrong(ITEM, text));
        }
        if let Some(why) = self.deceived.as_ref().filter(|_| self.left.is_empty()) {
            checks.push(Check::wrong(ITEM, format!("a forged mail would have been believed: {why}")));
        }
        if self.names.is_empty() {
            let text = "the mail server wrote no Authentication-Results of its own into a mail that we handed to it: \
                        there is nothing to believe. If it checks mail from outside only, look at such a mail with \
                        `trackle explain`; until then staff confirm what they order";
            checks.push(Check::warning(ITEM, text));
        }
        for name in trust.authserv_ids.iter().filter(|n| !self.names.is_empty() && !self.names.contains(n)) {
            let text = format!(
                "identity.authserv_id names {name}, but the server calls itself {}",
                self.names.join(", ")
            );
            checks.push(Check::warning(ITEM, text));
        }
        if self.may_be_believed() {
            let text = format!(
                "forged fields were removed. In [identity] may stand: authserv_id = {:?} and mx_hosts = {:?}",
                self.names, self.hosts
            );
            checks.push(Check::ok(ITEM, text));
        }
        checks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::address::Address;
    use crate::read;
    use crate::show::checks::Verdict;
    use jiff::Timestamp;
    use std::collections::BTreeSet;

    const IN: &str = "Received: from x (y [203.0.113.9]) by mx.x.example with ESMTPS id 1; now\r\n";
    const OWN: &str = "Authentication-Results: mx.x.example; dmarc=pass header.from=x.example\r\n";

    fn forgery() -> Forgery {
        let names = BTreeSet::from(["mx.x.example".to_owned()]);
        Forgery::new(&Address::parse("help@x.example").unwrap(), &names, &names, Timestamp::UNIX_EPOCH)
    }

    /// The forged mail as a server hands it on that puts this on top and changes the rest.
    fn found(top: &str, change: impl Fn(&str) -> String, trust: &Trust) -> (Findings, Vec<Verdict>) {
        let forgery = forgery();
        let text = String::from_utf8(forgery.bytes()).unwrap();
        let mail = read::mail(format!("{top}{}", change(&text)).as_bytes()).unwrap();
        let found = Findings::of(&mail, &forgery, trust);
        let verdicts = found.checks(trust).into_iter().map(|c| c.verdict).collect();
        (found, verdicts)
    }

    fn without(text: &str, field: &str) -> String {
        let mut keep = true;
        let kept = text.split_inclusive("\r\n").filter(|line| {
            keep = if line.starts_with(' ') { keep } else { !line.starts_with(field) };
            keep
        });
        kept.collect()
    }

    #[test]
    fn a_server_that_removes_forged_fields_may_be_believed() {
        let clean = |text: &str| without(text, "Authentication-Results");
        let top = format!("{OWN}{IN}");
        let (found, verdicts) = found(&top, clean, &Trust::default());
        assert_eq!(found.names, ["mx.x.example"]);
        assert_eq!(found.hosts, ["mx.x.example"]);
        assert!(found.may_be_believed());
        assert_eq!(verdicts, [Verdict::Ok]);
    }

    #[test]
    fn a_server_that_leaves_them_may_not() {
        let top = format!("{OWN}{IN}");
        for trust in
            [Trust::default(), Trust { authserv_ids: vec!["mx.x.example".into()], ..Trust::default() }]
        {
            let (found, verdicts) = found(&top, str::to_owned, &trust);
            assert!(!found.may_be_believed());
            assert_eq!(verdicts, [Verdict::Wrong]);
        }
        // nothing of its own, and the forged ones left where they are believed
        let trust = Trust { authserv_ids: vec!["mx.x.example".into()], ..Trust::default() };
        let (found, verdicts) = found(IN, str::to_owned, &trust);
        assert!(found.deceived.is_some() && !found.may_be_believed());
        assert_eq!(verdicts, [Verdict::Wrong, Verdict::Warning]);
    }

    #[test]
    fn a_server_that_says_nothing_or_calls_itself_otherwise_is_told_of() {
        let clean = |text: &str| without(text, "Authentication-Results");
        let (found_none, verdicts) = found(IN, clean, &Trust::default());
        assert!(!found_none.may_be_believed());
        assert_eq!(verdicts, [Verdict::Warning]);
        let trust = Trust { authserv_ids: vec!["other.example".into()], ..Trust::default() };
        let (_, verdicts) = found(&format!("{OWN}{IN}"), clean, &trust);
        assert_eq!(verdicts, [Verdict::Warning, Verdict::Ok]);
    }

    /// Shows T128: what the robot finds in its mailbox is its own and starts nothing.
    #[test]
    fn the_test_mail_is_one_of_ours() {
        let forgery = forgery();
        let mail = read::mail(&forgery.bytes()).unwrap();
        assert!(forgery.is_in(&mail));
        // some servers give mails another Message-ID
        let renamed = Mail { message_id: None, ..mail.clone() };
        assert!(forgery.is_in(&renamed));
        assert!(!forgery.is_in(&Mail { subject: "trackle check mail".into(), ..renamed }));
        assert_eq!(mail.from[0].addr, "help@x.example");
        assert_eq!(mail.header("X-Loop"), Some("help@x.example"));
        assert!(mail.damage.is_empty(), "{:?}", mail.damage);
    }
}
