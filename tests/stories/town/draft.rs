//! A mail that somebody writes, as a mail program and the servers on its way make it. Words come in, bytes go out, the
//! same for the same story.

use super::HELP;
use super::robot::SERVER;
use data_encoding::BASE64;
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write;

/// A mail that is not sent yet.
#[derive(Debug, Clone)]
pub struct Draft {
    pub from: String,
    pub subject: String,
    pub body: String,
    to: Vec<String>,
    cc: Vec<String>,
    /// Only set when it is not made anew.
    id: Option<String>,
    pub(super) in_reply_to: Option<String>,
    pub(super) references: Vec<String>,
    /// Further header fields.
    extra: Vec<(String, String)>,
    files: Vec<(String, Vec<u8>)>,
    /// Replaces the body's own headers: Content-Type and the body as it goes over the wire.
    content: Option<(String, String)>,
    /// Envelope sender, if not From.
    return_path: Option<String>,
    /// What our mail server finds: whether the domain of From sent it.
    genuine: bool,
    /// Hours between its writing and its arrival; `None`: it has no Date.
    age: Option<i64>,
    /// The staff list handed it on, as a server of its own does.
    by_list: bool,
}

/// A mail on its way.
#[derive(Debug, Clone)]
pub struct Sent {
    pub from: String,
    pub to: Vec<String>,
    pub subject: String,
    /// As its writer typed it.
    pub body: String,
    /// Message-ID, with angle brackets.
    pub id: String,
    /// Its name in the robot's mailbox.
    pub uid: String,
    pub bytes: Vec<u8>,
}

impl Draft {
    /// To the help address.
    pub fn new(from: &str, subject: &str, body: &str) -> Draft {
        Draft {
            from: from.into(),
            to: vec![HELP.into()],
            cc: Vec::new(),
            subject: subject.into(),
            body: body.into(),
            id: None,
            in_reply_to: None,
            references: Vec::new(),
            extra: Vec::new(),
            files: Vec::new(),
            content: None,
            return_path: None,
            genuine: true,
            age: Some(0),
            by_list: false,
        }
    }
    /// Only to that address.
    pub fn to(mut self, to: &str) -> Draft {
        self.to = vec![to.into()];
        self
    }
    /// A copy to that address too.
    pub fn cc(mut self, cc: &str) -> Draft {
        self.cc.push(cc.into());
        self
    }
    pub fn subject(mut self, subject: &str) -> Draft {
        self.subject = subject.into();
        self
    }
    /// One more header field.
    pub fn header(mut self, name: &str, value: &str) -> Draft {
        self.extra.push((name.into(), value.into()));
        self
    }
    pub fn attach(mut self, name: &str, bytes: &[u8]) -> Draft {
        self.files.push((name.into(), bytes.to_vec()));
        self
    }
    /// Another content than the typed text.
    pub fn content(mut self, media: &str, wire: &str) -> Draft {
        self.content = Some((media.into(), wire.into()));
        self
    }
    /// With that Message-ID.
    pub fn id(mut self, id: &str) -> Draft {
        self.id = Some(id.into());
        self
    }
    /// It says that it answers that mail, and no other.
    pub fn answering(mut self, id: &str) -> Draft {
        self.in_reply_to = Some(id.into());
        self.references = vec![id.into()];
        self
    }
    /// In-Reply-To got lost.
    pub fn with_references_only(mut self) -> Draft {
        self.in_reply_to = None;
        self
    }
    /// References got lost.
    pub fn with_in_reply_to_only(mut self) -> Draft {
        self.references.clear();
        self
    }
    /// Nothing in it says what it answers.
    pub fn without_thread(mut self) -> Draft {
        self.in_reply_to = None;
        self.references.clear();
        self
    }
    /// Its writer's own words alone, nothing quoted.
    pub fn without_quote(mut self) -> Draft {
        self.body.truncate(self.body.find("\n\nOn ").unwrap_or(self.body.len()));
        self
    }
    /// From nobody: bounces and vacation messages come so.
    pub fn null_sender(mut self) -> Draft {
        self.return_path = Some(String::new());
        self
    }
    /// Our server finds that the domain of From did not send it.
    pub fn forged(mut self) -> Draft {
        self.genuine = false;
        self
    }
    /// Written that many hours ago.
    pub fn aged(mut self, hours: i64) -> Draft {
        self.age = Some(hours);
        self
    }
    /// It does not say when it was written.
    pub fn undated(mut self) -> Draft {
        self.age = None;
        self
    }

    /// It comes over the staff list: another server is on its way, which signs for its own domain.
    pub fn by_list(mut self) -> Draft {
        self.by_list = true;
        self.header("List-Id", "The staff <staff.desk.example>").header("Precedence", "list")
    }

    /// The mail as it lies in the robot's mailbox.
    pub fn finish(self, number: u32, now: Timestamp) -> Sent {
        let domain = self.from.trim_end_matches('>').rsplit('@').next().unwrap_or("nowhere.example");
        let id = self.id.clone().unwrap_or_else(|| format!("<m{number}@{domain}>"));
        let bytes = self.bytes(&id, domain, now).replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
        let Draft { from, to, subject, body, .. } = self;
        Sent { from, to, subject, body, id, uid: uid(number, now), bytes }
    }

    fn bytes(&self, id: &str, domain: &str, now: Timestamp) -> String {
        let found = if self.genuine { "pass" } else { "fail" };
        let mut out = String::new();
        let mut field = |name: &str, value: &str| writeln!(out, "{name}: {value}").unwrap();
        let date = jiff::fmt::rfc2822::to_string(&now.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
        let list = "staff-bounces@desk.example".to_owned();
        let path = self.return_path.as_ref().unwrap_or(if self.by_list { &list } else { &self.from });
        field("Return-Path", &format!("<{}>", path.rsplit('<').next().unwrap_or("").trim_end_matches('>')));
        if self.by_list {
            field("Authentication-Results", &format!("{SERVER}; dmarc=pass header.from=desk.example"));
            let hop = "from lists.desk.example (lists.desk.example [192.0.2.7])";
            field("Received", &format!("{hop} by {SERVER} with ESMTPS; {date}"));
        }
        field("Authentication-Results", &format!("{SERVER}; dmarc={found} header.from={domain}"));
        let hop = format!("from mail.{domain} (mail.{domain} [192.0.2.9]) by {SERVER} with ESMTPS; {date}");
        field("Received", &hop);
        field("From", &named(&self.from));
        field("To", &self.to.join(", "));
        if !self.cc.is_empty() {
            field("Cc", &self.cc.join(", "));
        }
        field("Subject", &self.subject);
        if let Some(age) = self.age {
            let written = (now - SignedDuration::from_hours(age)).to_zoned(jiff::tz::TimeZone::UTC);
            field("Date", &jiff::fmt::rfc2822::to_string(&written).unwrap());
        }
        field("Message-ID", id);
        if let Some(parent) = &self.in_reply_to {
            field("In-Reply-To", parent);
        }
        if !self.references.is_empty() {
            field("References", &self.references.join(" "));
        }
        self.extra.iter().for_each(|(name, value)| field(name, value));
        field("MIME-Version", "1.0");
        out + &self.wire()
    }

    /// Content-Type and body.
    fn wire(&self) -> String {
        if let Some((media, wire)) = &self.content {
            return format!("Content-Type: {media}\n\n{wire}\n");
        }
        let text = format!(
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{}\n",
            self.body
        );
        if self.files.is_empty() {
            return text;
        }
        let mut out = format!("Content-Type: multipart/mixed; boundary=\"=-cut\"\n\n--=-cut\n{text}");
        for (name, bytes) in &self.files {
            let base64 = BASE64.encode(bytes);
            let lines: Vec<&str> =
                base64.as_bytes().chunks(76).map(|c| std::str::from_utf8(c).unwrap()).collect();
            write!(
                out,
                "--=-cut\nContent-Type: application/octet-stream; name=\"{name}\"\nContent-Disposition: attachment; \
                 filename=\"{name}\"\nContent-Transfer-Encoding: base64\n\n{}\n",
                lines.join("\n")
            )
            .unwrap();
        }
        out + "--=-cut--\n"
    }
}

impl Sent {
    /// Somebody who got this mail answers all who had to do with it.
    pub fn answered_by(&self, from: &str, body: &str) -> Draft {
        let mut draft = Draft::new(from, &format!("Re: {}", self.subject), body).to(&self.from);
        draft.cc = self.to.clone();
        draft.in_reply_to = Some(self.id.clone());
        draft.references = vec![self.id.clone()];
        draft.body = format!("{body}\n\n{}", quoted(&self.from, &self.body));
        draft
    }
}

/// A letter's text as mail programs put it below an answer.
pub fn quoted(whose: &str, text: &str) -> String {
    let lines: String = text.trim_end().lines().map(|line| format!("> {line}\n")).collect();
    format!("On Mon, Mar 2, 2026 at 9:00 AM {whose} wrote:\n\n{lines}")
}

/// A mail's name in the mailbox.
pub fn uid(number: u32, now: Timestamp) -> String {
    format!("{}.M{number}.town", now.as_second())
}

/// `Alice <alice@town.example>`, unless there is a name already.
fn named(address: &str) -> String {
    if address.contains('<') {
        return address.to_owned();
    }
    let local = address.split('@').next().unwrap_or("");
    let first: String = local.chars().take(1).flat_map(char::to_uppercase).collect();
    format!("{first}{} <{address}>", local.get(1..).unwrap_or(""))
}
