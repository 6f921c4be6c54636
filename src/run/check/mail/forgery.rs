//! The mail that lies: in come the names under which a mail server may speak, out comes a mail that claims, in its
//! name, that somebody at a domain that does not exist is proven. Its From is our own address: a robot that finds it
//! takes it for its own mail come back, and leaves it.

use crate::model::address::Address;
use crate::model::mail::Mail;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// A forged mail, and the mark by which what is forged can be told from what is not.
pub struct Forgery {
    /// Stands in every forged field and nowhere else; the domain of the one who is not there.
    domain: String,
    /// Without angle brackets.
    pub message_id: String,
    /// Stands in the subject: some servers give mails another Message-ID.
    mark: String,
    robot: Address,
    /// Names that Authentication-Results are forged of.
    names: Vec<String>,
    /// Servers that Received is forged of.
    hosts: Vec<String>,
    now: Timestamp,
}

impl Forgery {
    /// `names` and `hosts` are the server's, as far as they are known.
    pub fn new(
        robot: &Address,
        names: &BTreeSet<String>,
        hosts: &BTreeSet<String>,
        now: Timestamp,
    ) -> Forgery {
        let mark = format!("forged-{:016x}", rand::random::<u64>());
        Forgery {
            domain: format!("{mark}.invalid"),
            message_id: format!("{mark}@{}", robot.domain()),
            mark,
            robot: robot.clone(),
            names: names.iter().cloned().collect(),
            hosts: hosts.iter().cloned().collect(),
            now,
        }
    }

    /// The one whom the mail says to be from.
    pub fn victim(&self) -> Option<Address> {
        Address::parse(&format!("nobody@{}", self.domain))
    }

    /// Whether that is the mail, come back.
    pub fn is_in(&self, mail: &Mail) -> bool {
        mail.message_id.as_ref().is_some_and(|id| id.as_str() == self.message_id)
            || mail.subject.split_whitespace().any(|word| word == self.mark)
    }

    /// Whether a field is one of those that are forged.
    pub fn is_forged(&self, value: &str) -> bool {
        value.to_ascii_lowercase().contains(&self.domain)
    }

    /// The whole mail, CRLF line ends.
    pub fn bytes(&self) -> Vec<u8> {
        let Forgery { domain, message_id, robot, mark, .. } = self;
        let date = self.now.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000");
        let results: String = self
            .names
            .iter()
            .map(|name| {
                format!(
                    "Authentication-Results: {name};\r\n dmarc=pass header.from={domain};\r\n dkim=pass header.d={domain}\r\n"
                )
            })
            .collect();
        // documentation's network: nobody's
        let received: String = self
            .hosts
            .iter()
            .map(|host| {
                format!(
                    "Received: from {domain} (unknown [192.0.2.66])\r\n (Authenticated sender: nobody@{domain})\r\n by {host} (Postfix) with ESMTPSA id 4F;\r\n {date}\r\n"
                )
            })
            .collect();
        format!(
            "{results}{received}{results}X-Trackle-Ticket: 1\r\nX-Trackle-Proof: signed; {domain}\r\n\
             From: {robot}\r\nTo: {robot}\r\nSubject: trackle check mail {mark}\r\nDate: {date}\r\n\
             Message-ID: <{message_id}>\r\nAuto-Submitted: auto-generated\r\nX-Loop: {robot}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n\
             This mail was sent by \"trackle check mail\" to find out whether forged fields are taken\r\n\
             out of mail that comes in. Nothing will come of it.\r\n"
        )
        .into_bytes()
    }
}
