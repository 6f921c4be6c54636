//! From what somebody wrote to the bytes that a mail program makes of it (RFC 5322, 2045-2047, 2231), CRLF line ends,
//! with the fields that the receiving server puts in front.

use super::dice::Dice;
use super::words::Tongue;
use data_encoding::BASE64;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::fmt::Write as _;

/// A file that goes along.
pub struct File {
    pub name: &'static str,
    pub media: &'static str,
    pub bytes: Vec<u8>,
}

/// A mail before a program has packed it.
pub struct Draft<'a> {
    pub from: (&'a str, &'a str),
    pub to: &'a str,
    pub subject: &'a str,
    pub date: Timestamp,
    pub id: &'a str,
    /// The first and the last Message-ID of the thread it goes on with.
    pub thread: Option<(&'a str, &'a str)>,
    /// LF line ends.
    pub text: &'a str,
    pub tongue: &'a Tongue,
    pub html: bool,
    pub files: Vec<File>,
    /// Whether the receiving server found the sender's domain to be true.
    pub proven: bool,
}

impl Draft<'_> {
    /// The mail as it lies in the mailbox.
    pub fn bytes(&self, dice: &mut Dice) -> Vec<u8> {
        let mut mail = self.head(dice);
        let text = leaf("plain", self.text, self.tongue, dice);
        let body = if self.html {
            let html = leaf("html", &html(self.text), self.tongue, dice);
            joined("alternative", &[text, html], dice)
        } else {
            text
        };
        let whole = if self.files.is_empty() {
            body
        } else {
            let parts: Vec<Vec<u8>> = std::iter::once(body).chain(self.files.iter().map(attached)).collect();
            joined("mixed", &parts, dice)
        };
        mail.extend(whole);
        mail
    }

    fn head(&self, dice: &mut Dice) -> Vec<u8> {
        let date = self.date.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
        let (name, address) = self.from;
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let verdict = if self.proven { "pass" } else { "none" };
        let mut head = String::with_capacity(2_000);
        let _ = write!(
            head,
            "Return-Path: <{address}>\r\n\
             Authentication-Results: mx.team.example;\r\n\
             \tdkim={verdict} header.d={domain}; dmarc={verdict} header.from={domain}\r\n\
             Received: from mail.{domain} (mail.{domain} [198.51.100.{}])\r\n\
             \tby mx.team.example (Postfix) with ESMTPS id {:012X}\r\n\tfor <{}>; {date}\r\n\
             DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=mail;\r\n\
             \th=from:to:subject:date:message-id; bh={};\r\n\tb={}\r\n",
            dice.below(250) + 1,
            dice.throw() >> 16,
            self.to,
            BASE64.encode(&dice.bytes(32)),
            folded(&dice.bytes(256)),
        );
        let _ = write!(
            head,
            "Date: {date}\r\nFrom: {} <{address}>\r\nTo: Help desk <{}>\r\nMessage-ID: <{}>\r\n",
            words(name, self.tongue),
            self.to,
            self.id,
        );
        if let Some((first, last)) = self.thread {
            let refs = if first == last { format!("<{first}>") } else { format!("<{first}>\r\n <{last}>") };
            let _ = write!(head, "In-Reply-To: <{last}>\r\nReferences: {refs}\r\n");
        }
        let program =
            dice.pick(&["Mozilla Thunderbird", "Microsoft Outlook 16.0", "Apple Mail (2.3)", "Mutt/2.2"]);
        let _ = write!(
            head,
            "Subject: {}\r\nUser-Agent: {program}\r\nMIME-Version: 1.0\r\n",
            words(self.subject, self.tongue)
        );
        head.into_bytes()
    }
}

/// A text part with its own header lines.
fn leaf(subtype: &str, text: &str, tongue: &Tongue, dice: &mut Dice) -> Vec<u8> {
    let text = text.replace('\n', "\r\n");
    let (bytes, _, _) = tongue.charset.encode(&text);
    let (encoding, body) = if bytes.is_ascii() && text.lines().all(|line| line.len() < 900) {
        ("7bit", bytes.into_owned())
    } else if tongue.label.starts_with("utf") || tongue.label.starts_with("iso-8859") || dice.percent(50) {
        ("quoted-printable", quoted_printable(&bytes))
    } else {
        ("base64", folded_block(&bytes))
    };
    let mut part = format!(
        "Content-Type: text/{subtype}; charset={}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n",
        tongue.label
    )
    .into_bytes();
    part.extend(body);
    part
}

fn attached(file: &File) -> Vec<u8> {
    let name = if file.name.is_ascii() {
        format!("filename=\"{}\"", file.name)
    } else {
        // RFC 2231
        let mut name = "filename*=utf-8''".to_owned();
        for byte in file.name.bytes() {
            match byte {
                b if b.is_ascii_alphanumeric() || b == b'.' => name.push(char::from(b)),
                b => {
                    let _ = write!(name, "%{b:02X}");
                }
            }
        }
        name
    };
    let mut part = format!(
        "Content-Type: {}\r\nContent-Disposition: attachment;\r\n\t{name}\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        file.media
    )
    .into_bytes();
    part.extend(folded_block(&file.bytes));
    part
}

fn joined(subtype: &str, parts: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let boundary = format!("----=_Part_{:016x}", dice.throw());
    let mut whole =
        format!("Content-Type: multipart/{subtype};\r\n\tboundary=\"{boundary}\"\r\n\r\n").into_bytes();
    for part in parts {
        whole.extend(format!("--{boundary}\r\n").bytes());
        whole.extend(part);
        whole.extend(b"\r\n");
    }
    whole.extend(format!("--{boundary}--\r\n").bytes());
    whole
}

/// The same text as mail programs dress it.
fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut html =
        "<html><head><meta http-equiv=\"content-type\" content=\"text/html\">\n<style>p { margin: 0 }\n\
                    .sig { color: #777 }</style></head>\n<body style=\"font-family: Calibri, sans-serif\">\n"
            .to_owned();
    for paragraph in escaped.split("\n\n") {
        let _ = writeln!(
            html,
            "<p class=\"MsoNormal\"><span style=\"font-size:11.0pt\">{}</span></p>",
            paragraph.replace('\n', "<br>\n")
        );
    }
    html.push_str("</body></html>\n");
    html
}

/// RFC 2047, for what ASCII cannot say: some characters a word, so that none is longer than 75.
fn words(text: &str, tongue: &Tongue) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    let word = |some: &[char]| {
        let some: String = some.iter().collect();
        let (bytes, _, broken) = tongue.charset.encode(&some);
        if broken {
            format!("=?utf-8?B?{}?=", BASE64.encode(some.as_bytes()))
        } else {
            format!("=?{}?B?{}?=", tongue.label, BASE64.encode(&bytes))
        }
    };
    characters.chunks(10).map(word).collect::<Vec<_>>().join("\r\n ")
}

fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() * 5 / 4);
    let mut width = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let ends = bytes.get(at + 1).is_none_or(|next| *next == b'\r');
        let plain = matches!(byte, b'\r' | b'\n' | b'!'..=b'<' | b'>'..=b'~') || (*byte == b' ' && !ends);
        if width > 72 && !matches!(byte, b'\r' | b'\n') {
            out.extend(b"=\r\n");
            width = 0;
        }
        if plain {
            out.push(*byte);
            width = if *byte == b'\n' { 0 } else { width + 1 };
        } else {
            out.extend(format!("={byte:02X}").bytes());
            width += 3;
        }
    }
    out
}

/// Base 64 in lines of 76, each with its end.
fn folded_block(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() * 3 / 2);
    for line in bytes.chunks(57) {
        out.extend(BASE64.encode(line).bytes());
        out.extend(b"\r\n");
    }
    out
}

/// Base 64 in the folded lines of a header field.
fn folded(bytes: &[u8]) -> String {
    bytes.chunks(48).map(|line| BASE64.encode(line)).collect::<Vec<_>>().join("\r\n\t ")
}
