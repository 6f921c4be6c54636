//! A letter of the robot's as somebody finds it in his letter box, and how he answers it.

use super::draft::{Draft, quoted};
use trackle::model::mail::Mail;
use trackle::read;

/// A delivered letter.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Its row in the outbox.
    pub number: i64,
    pub to: String,
    /// Envelope sender; empty is the null sender.
    pub sender: String,
    /// As the robot made it.
    pub bytes: Vec<u8>,
    pub mail: Mail,
}

impl Letter {
    /// Reads a file that the courier left: two lines of the delivery, and the letter.
    pub fn new(file: &str, delivered: &[u8]) -> Letter {
        let number = file.trim_start_matches("parcel-").split('.').next().unwrap().parse().unwrap();
        let text = String::from_utf8(delivered.to_vec()).unwrap();
        let mut lines = text.splitn(3, "\r\n");
        let mut value = |name: &str| lines.next().unwrap().strip_prefix(name).unwrap().trim().to_owned();
        let sender = value("Return-Path:").trim_matches(['<', '>']).to_owned();
        let to = value("Delivered-To:");
        let bytes = lines.next().unwrap().as_bytes().to_vec();
        let mail = read::mail(&bytes).unwrap();
        Letter { number, to, sender, bytes, mail }
    }

    /// A header field's value; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.mail.header(name).unwrap_or("").trim()
    }
    /// The name of its template.
    pub fn kind(&self) -> &str {
        self.header("X-Trackle-Kind")
    }
    pub fn subject(&self) -> &str {
        &self.mail.subject
    }
    pub fn text(&self) -> &str {
        &self.mail.text
    }
    /// Message-ID, with angle brackets.
    pub fn id(&self) -> &str {
        self.header("Message-ID")
    }
    /// The ticket it is about.
    #[track_caller]
    pub fn ticket(&self) -> u32 {
        self.header("X-Trackle-Ticket").parse().expect("a letter about a ticket")
    }
    /// Where an answer goes.
    pub fn reply_to(&self) -> String {
        let first = self.mail.reply_to.first().or(self.mail.from.first());
        first.map(|m| m.addr.clone()).unwrap_or_default()
    }
    /// The confirmation code in it.
    #[track_caller]
    pub fn code(&self) -> String {
        let text = format!("{} {} {}", self.subject(), self.text(), self.reply_to());
        let is_code =
            |w: &&str| w.len() > 22 && w.starts_with('c') && w.as_bytes().get(w.len() - 21) == Some(&b'-');
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        words.find(is_code).expect("a letter with a code").to_owned()
    }

    /// These words stand in it, however the lines are broken.
    #[track_caller]
    pub fn says(&self, words: &str) {
        assert!(self.has(words), "{words:?} is missing in:\n{}\n\n{}", self.subject(), self.text());
    }
    /// These words do not stand in it.
    #[track_caller]
    pub fn hides(&self, words: &str) {
        assert!(!self.has(words), "{words:?} stands in:\n{}\n\n{}", self.subject(), self.text());
    }
    fn has(&self, words: &str) -> bool {
        let fold = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
        fold(&format!("{} {}", self.subject(), self.text())).contains(&fold(words))
    }

    /// An answer as a mail program begins it.
    pub fn answered_by(&self, from: &str, body: &str) -> Draft {
        let subject = self.subject();
        let subject = if subject.starts_with("Re:") { subject.to_owned() } else { format!("Re: {subject}") };
        let text = format!("{body}\n\n{}", quoted("Help desk", self.text()));
        let mut draft = Draft::new(from, &subject, &text).to(&self.reply_to());
        draft.in_reply_to = Some(self.id().to_owned());
        let older = self.header("References").split_whitespace().map(str::to_owned);
        draft.references = older.chain([self.id().to_owned()]).collect();
        draft
    }

    /// What a mail server sends to the envelope's sender when nobody has that address.
    pub fn bounced(&self) -> Draft {
        let wire = format!(
            "--=-dsn\nContent-Type: text/plain\n\nThe mail system could not deliver your mail.\n\n\
             --=-dsn\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.town.example\n\n\
             Final-Recipient: rfc822; {}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n\n\
             --=-dsn\nContent-Type: text/rfc822-headers\n\nMessage-ID: {}\nSubject: {}\n\n--=-dsn--",
            self.to,
            self.id(),
            self.subject()
        );
        let to = if self.sender.is_empty() { self.reply_to() } else { self.sender.clone() };
        Draft::new("mailer-daemon@town.example", "Undelivered Mail Returned to Sender", "")
            .to(&to)
            .null_sender()
            .header("Auto-Submitted", "auto-replied")
            .content("multipart/report; report-type=delivery-status; boundary=\"=-dsn\"", &wire)
    }

    /// What a mail provider sends when somebody presses "this is spam" (RFC 5965), with the headers of the letter.
    pub fn complained(&self) -> Draft {
        let leave = Some(self.header("List-Unsubscribe")).filter(|value| !value.is_empty());
        let leave = leave.map(|value| format!("List-Unsubscribe: {value}\n")).unwrap_or_default();
        self.reported(&format!("{leave}Message-ID: {}\nSubject: {}\n", self.id(), self.subject()))
    }

    /// The same of a provider that returns next to nothing.
    pub fn complained_without_headers(&self) -> Draft {
        self.reported(&format!("Message-ID: {}\n", self.id()))
    }

    fn reported(&self, headers: &str) -> Draft {
        let wire = format!(
            "--=-arf\nContent-Type: text/plain\n\nThis is an abuse report.\n\n\
             --=-arf\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: Town/1\nVersion: 1\n\
             Original-Rcpt-To: <{}>\n\n--=-arf\nContent-Type: text/rfc822-headers\n\n{headers}\n--=-arf--",
            self.to,
        );
        Draft::new("feedback@town.example", "Abuse report", "")
            .null_sender()
            .content("multipart/report; report-type=feedback-report; boundary=\"=-arf\"", &wire)
    }

    /// The same as its own words, passed to somebody by a mail server: for the letter's way into another robot.
    pub fn on_its_way(&self) -> Vec<u8> {
        let mut bytes = format!("Return-Path: <{}>\r\n", self.sender).into_bytes();
        bytes.extend_from_slice(&self.bytes);
        bytes
    }
}
