//! A raw mail without somebody. His own keep their text, without what programs on the way wrote down of him. Mails of
//! others are written anew from the tree of their parts, so that nothing goes along that was not looked at decoded: fields and
//! texts without him, in UTF-8 where he was; files as they were, but for those that he stands in, which a line names
//! instead. A bundle in which he stands gives way to a note.

use crate::model::address::{Address, Mailbox};
use crate::model::bundle::MAGIC;
use crate::model::mail::Mail;
use crate::model::sought::{NAME, Sought};
use crate::read::part::Part;
use crate::read::{self, addresses, bundle, charset, html, tree, uuencode, words};
use data_encoding::BASE64;
use jiff::Timestamp;

/// Longest line that goes as it is (RFC 5322 2.1.1).
const LINE: usize = 998;
/// Uuencoded files that are looked at in one text.
const UUENCODED: usize = 50;
/// Fields of people, whose names stand before their addresses.
const PEOPLE: [&str; 9] =
    ["from", "to", "cc", "bcc", "sender", "reply-to", "resent-from", "resent-to", "mail-followup-to"];
const ENCODING: &str = "content-transfer-encoding";
const TYPE: &str = "content-type";
const DISPOSITION: &str = "content-disposition";

/// A mail that was written anew.
#[derive(Debug, PartialEq, Eq)]
pub struct Rewritten {
    pub bytes: Vec<u8>,
    /// It was his own.
    pub is_his: bool,
    /// Files that are gone from it.
    pub files: u64,
}

/// Who is taken out, and what stands for him.
#[derive(Clone, Copy)]
pub struct Pen<'a> {
    pub sought: &'a Sought,
    pub by: &'a Address,
    pub now: Timestamp,
}

impl Pen<'_> {
    /// A raw mail without him; `None` when he is not in it.
    pub fn mail(self, bytes: &[u8]) -> Option<Rewritten> {
        if bytes.starts_with(MAGIC) {
            let note =
                b"Subject: erased\n\nThis was the record of a session. Somebody in it was erased.\n".to_vec();
            return self.is_in_file(bytes).then_some(Rewritten { bytes: note, is_his: false, files: 1 });
        }
        let root = tree::tree(bytes).root;
        if addresses_of(&root, "from").iter().any(|m| self.sought.is_his(&m.addr)) {
            let mail = read::mail(bytes).ok()?;
            return Some(Rewritten {
                files: mail.attachments.len() as u64,
                bytes: self.bare(&mail),
                is_his: true,
            });
        }
        let mut scribe =
            Scribe { pen: self, out: Vec::new(), found: self.sought.is_in(bytes), hidden: false, files: 0 };
        scribe.part(&root, 0);
        let Scribe { out, found, hidden, files, .. } = scribe;
        if hidden {
            let mail = read::mail(bytes).ok()?;
            return Some(Rewritten {
                files: mail.attachments.len() as u64,
                bytes: self.bare(&mail),
                is_his: false,
            });
        }
        found.then_some(Rewritten { bytes: out, is_his: false, files })
    }

    /// Display names that he has in a mail's fields.
    pub fn names_in(self, bytes: &[u8]) -> Vec<String> {
        let block = read::headers::block(bytes);
        let people =
            block.headers.iter().filter(|h| PEOPLE.iter().any(|name| h.name.eq_ignore_ascii_case(name)));
        let all = people.flat_map(|header| addresses::list(&header.value));
        all.filter(|mailbox| self.sought.is_his(&mailbox.addr)).map(|mailbox| mailbox.name).collect()
    }

    /// A mail's text and the fields that its thread hangs on, and nothing else of it.
    fn bare(self, mail: &Mail) -> Vec<u8> {
        let all =
            |people: &[Mailbox]| people.iter().map(|m| self.clean(&m.addr)).collect::<Vec<_>>().join(", ");
        let own = |name: &str| mail.header(name).map(|value| self.clean(value)).unwrap_or_default();
        let fields = [
            ("From", all(&mail.from)),
            ("To", all(&mail.to)),
            ("Cc", all(&mail.cc)),
            ("Subject", self.clean(&mail.subject)),
            ("Date", own("Date")),
            ("Message-ID", own("Message-ID")),
            ("In-Reply-To", own("In-Reply-To")),
            ("References", own("References")),
            ("Auto-Submitted", own("Auto-Submitted")),
            ("Content-Type", "text/plain; charset=utf-8".to_owned()),
            ("Content-Transfer-Encoding", "8bit".to_owned()),
        ];
        let mut out = String::new();
        for (name, value) in fields.iter().filter(|(_, value)| !value.trim().is_empty()) {
            let line: String = value.split_whitespace().collect::<Vec<_>>().join(" ");
            out.push_str(&format!("{name}: {line}\r\n"));
        }
        out.push_str("\r\n");
        out.push_str(&self.clean(&mail.text).replace('\n', "\r\n"));
        if !mail.attachments.is_empty() {
            out.push_str(&format!("\r\n({} files were taken out)\r\n", mail.attachments.len()));
        }
        out.into_bytes()
    }

    fn clean(self, text: &str) -> String {
        self.sought.text_without(text, self.by).unwrap_or_else(|| text.to_owned())
    }

    /// Whether he stands in a file; in a bundle that can be opened, in what is packed in it.
    fn is_in_file(self, bytes: &[u8]) -> bool {
        let opened = || {
            let cover = bundle::cover(bytes).ok()?;
            bundle::open(bytes, &cover.key, self.now).ok()
        };
        let in_bundle = || {
            opened().is_some_and(|bundle| {
                super::sessions::is_in(&bundle.session, self)
                    || bundle.contents.values().any(|content| self.sought.is_in(content))
            })
        };
        self.sought.is_in(bytes) || bytes.starts_with(MAGIC) && in_bundle()
    }
}

/// Writes a mail anew, part by part.
struct Scribe<'a> {
    pen: Pen<'a>,
    out: Vec<u8>,
    found: bool,
    /// He stands where nothing can be written over him.
    hidden: bool,
    files: u64,
}

/// What stands in the place of a part's body.
enum Body<'a> {
    Same(&'a [u8]),
    /// Text in UTF-8, of that type.
    Text(&'a str, String),
    /// In the charset that it had.
    Bytes(Vec<u8>),
    Gone,
}

impl Scribe<'_> {
    /// `depth` is capped by the tree.
    fn part(&mut self, part: &Part, depth: usize) {
        if part.media.starts_with("multipart/") && !part.parts.is_empty() {
            return self.parts(part, depth);
        }
        if let [inner] = part.parts.as_slice() {
            let own = part.header(TYPE).is_none();
            self.fields(part, &[ENCODING]);
            if own {
                self.field("Content-Type", &part.media);
            }
            self.line("");
            return self.part(inner, depth + 1);
        }
        let body = self.body(part);
        self.found |= !matches!(body, Body::Same(_));
        self.leaf(part, body, depth);
    }

    fn parts(&mut self, part: &Part, depth: usize) {
        // unlike any in there: no two have one depth and one place in what was written
        let boundary = format!("erased-{depth}-{}", self.out.len());
        self.fields(part, &[TYPE, ENCODING]);
        let kind = self.kind(part, &part.media, &["boundary"]);
        self.field("Content-Type", &format!("{kind}; boundary=\"{boundary}\""));
        for child in &part.parts {
            self.line("");
            self.line(&format!("--{boundary}"));
            self.part(child, depth + 1);
        }
        self.line("");
        self.line(&format!("--{boundary}--"));
    }

    fn body<'p>(&mut self, part: &'p Part) -> Body<'p> {
        let Pen { sought, by, .. } = self.pen;
        let is_text = part.media.starts_with("text/") || part.media.starts_with("message/");
        if !is_text {
            return if self.pen.is_in_file(&part.body) { Body::Gone } else { Body::Same(&part.body) };
        }
        self.hidden |= self.is_uuencoded(&part.body);
        let text = charset::text(&part.body, part.param("charset").unwrap_or(""));
        let without = sought.text_without(&text, by);
        if part.media == "text/html" {
            let shown = html::text(without.as_deref().unwrap_or(&text));
            if let Some(shown) = sought.text_without(&shown, by) {
                return Body::Text("text/plain", shown);
            }
        }
        match without {
            Some(text) => Body::Text(&part.media, text),
            None => sought.without(&part.body, by).map_or(Body::Same(&part.body), Body::Bytes),
        }
    }

    fn is_uuencoded(&self, body: &[u8]) -> bool {
        let mut rest = body;
        for _ in 0..UUENCODED {
            let Some(found) = uuencode::first(rest) else { break };
            if self.pen.is_in_file(&found.bytes) {
                return true;
            }
            rest = found.after;
        }
        false
    }

    fn leaf(&mut self, part: &Part, body: Body<'_>, depth: usize) {
        let by = |text: &str| self.pen.clean(text);
        // a name may be spread over parameters, and be nobody's only when they are put together
        let name = self.pen.sought.is_in(part.name.as_bytes()).then(|| by(&part.name));
        let others = part.params.iter().any(|(_, value)| self.pen.sought.is_in(value.as_bytes()));
        self.found |= name.is_some() || others;
        // what said that it has parts, and had none, is text
        let is_odd = part
            .header(TYPE)
            .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/"));
        let others = others || is_odd;
        let (bytes, kind) = match body {
            Body::Same(bytes) if name.is_none() && !others => (bytes.to_vec(), None),
            Body::Same(bytes) => (bytes.to_vec(), Some(self.kind(part, &part.media, &["name", "filename"]))),
            Body::Bytes(bytes) => (bytes, Some(self.kind(part, &part.media, &["name", "filename"]))),
            Body::Text(media, text) => {
                let kind = self.kind(part, media, &["charset", "name", "filename"]);
                (text.into_bytes(), Some(format!("{kind}; charset=utf-8")))
            }
            Body::Gone => {
                self.files += 1;
                let line =
                    format!("({} was taken out: somebody in it was erased)\r\n", called(&by(&part.name)));
                (line.into_bytes(), Some("text/plain; charset=utf-8".to_owned()))
            }
        };
        match kind {
            None => self.fields(part, &[ENCODING]),
            Some(kind) => {
                let named = name.or_else(|| (!part.name.is_empty()).then(|| by(&part.name)));
                self.fields(part, &[ENCODING, TYPE, DISPOSITION]);
                self.field("Content-Type", &kind);
                let sort = if part.disposition.is_empty() { "attachment" } else { &part.disposition };
                match named {
                    Some(name) => {
                        self.field("Content-Disposition", &format!("{sort}; filename={}", quoted(&name)))
                    }
                    None if !part.disposition.is_empty() => self.field("Content-Disposition", sort),
                    None => {}
                }
            }
        }
        self.encoded(&bytes, depth);
    }

    /// A body with the field that says how it is written: plainly where that can be.
    fn encoded(&mut self, bytes: &[u8], depth: usize) {
        let is_line = |line: &[u8]| {
            let delimits =
                depth > 0 && line.starts_with(b"--") && line.get(2).is_some_and(|b| !b.is_ascii_whitespace());
            line.len() <= LINE && !delimits && !line.trim_ascii_end().contains(&b'\r')
        };
        let fits = !bytes.contains(&0) && bytes.split(|b| *b == b'\n').all(is_line);
        if fits && bytes.is_ascii() {
            self.line("");
        } else if fits {
            self.field("Content-Transfer-Encoding", "8bit");
            self.line("");
        } else {
            self.field("Content-Transfer-Encoding", "base64");
            self.line("");
            for chunk in bytes.chunks(57) {
                self.line(&BASE64.encode(chunk));
            }
            return;
        }
        self.out.extend_from_slice(bytes);
    }

    /// The value of Content-Type, without some of its parameters.
    fn kind(&self, part: &Part, media: &str, but: &[&str]) -> String {
        let mut kind = media.to_owned();
        for (name, value) in part.params.iter().filter(|(name, _)| !but.contains(&name.as_str())) {
            let is_token = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if is_token {
                kind.push_str(&format!("; {name}={}", quoted(&self.pen.clean(value))));
            }
        }
        kind
    }

    /// The fields of a part but some.
    fn fields(&mut self, part: &Part, but: &[&str]) {
        for header in
            part.headers.iter().filter(|h| !but.iter().any(|name| h.name.eq_ignore_ascii_case(name)))
        {
            let value = self.value(&header.name, &header.value);
            self.found |= value.is_some();
            self.field(&header.name, value.as_deref().unwrap_or(&header.value));
        }
    }

    /// A field without him; `None` when he is not in it.
    fn value(&self, name: &str, value: &str) -> Option<String> {
        let Pen { sought, by, .. } = self.pen;
        let without = sought.text_without(value, by);
        let decoded = words::line(without.as_deref().unwrap_or(value));
        let again = sought.text_without(&decoded, by);
        let found = again.or(without);
        if !PEOPLE.iter().any(|people| name.eq_ignore_ascii_case(people)) {
            return found;
        }
        // comments may stand within an address
        let people = addresses::list(value);
        if found.is_none() && !people.iter().any(|mailbox| sought.is_his(&mailbox.addr)) {
            return None;
        }
        let one = |mailbox: Mailbox| match sought.is_his(&mailbox.addr) {
            true => format!("{NAME} <{by}>"),
            false if mailbox.name.is_empty() => self.pen.clean(&mailbox.addr),
            false => {
                format!("{} <{}>", quoted(&self.pen.clean(&mailbox.name)), self.pen.clean(&mailbox.addr))
            }
        };
        let all: Vec<String> = people.into_iter().map(one).collect();
        if all.is_empty() { found } else { Some(all.join(", ")) }
    }

    fn field(&mut self, name: &str, value: &str) {
        let value: String = value.chars().filter(|c| !c.is_control() || *c == '\t').collect();
        self.line(&format!("{name}: {value}"));
    }

    fn line(&mut self, line: &str) {
        self.out.extend_from_slice(line.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }
}

fn addresses_of(part: &Part, name: &str) -> Vec<Mailbox> {
    part.header(name).map(addresses::list).unwrap_or_default()
}

fn called(name: &str) -> &str {
    if name.is_empty() { "a file" } else { name }
}

/// A string in quotes (RFC 5322 3.2.4).
fn quoted(text: &str) -> String {
    let clean = text.chars().filter(|c| !c.is_control());
    let escaped: String =
        clean.flat_map(|c| ['"', '\\'].contains(&c).then_some('\\').into_iter().chain([c])).collect();
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sought::stand_in;

    fn rewritten(raw: &[u8], names: &[&str]) -> Option<(String, u64)> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let sought = Sought::of(Address::parse("bob@x.example").unwrap(), &names).unwrap();
        let by = stand_in(7).unwrap();
        let pen = Pen { sought: &sought, by: &by, now: Timestamp::UNIX_EPOCH };
        let new = pen.mail(raw)?;
        // whoever looks again finds nobody
        assert_eq!(pen.mail(&new.bytes), None, "{}", String::from_utf8_lossy(&new.bytes));
        Some((String::from_utf8(new.bytes).unwrap(), new.files))
    }

    fn base64(text: &str) -> String {
        BASE64.encode(text.as_bytes())
    }

    #[test]
    fn his_own_mails_keep_their_text() {
        let own = b"Received: from 192.0.2.7\r\nFrom: =?utf-8?q?B=C3=B6b?= <bob@x.example>\r\nSubject: Ink\r\nMessage-ID: <1@x>\r\n\r\nNo ink. bob@x.example\r\n";
        let (text, _) = rewritten(own, &[]).unwrap();
        assert!(text.contains("Message-ID: <1@x>\r\n") && text.contains("No ink. erased-7@"), "{text}");
        assert!(!text.contains("192.0.2.7") && !text.contains("utf-8?q") && !text.contains("bob@"), "{text}");
    }

    #[test]
    fn plain_mails_of_others_stay_but_for_him() {
        for (raw, wanted) in [
            (
                "From: ann@x.example\r\nTo: Bob Jones <bob@x.example>\r\n\r\nHello\r\n",
                "From: ann@x.example\r\nTo: erased person <erased-7@erased.invalid>\r\n\r\nHello\r\n",
            ),
            (
                "From: ann@x.example\r\nCc: =?utf-8?q?B=C3=B6b_J?= <bob@x.example>, \"Eve, X\" <eve@x.example>\r\n\r\nHello\r\n",
                "From: ann@x.example\r\nCc: erased person <erased-7@erased.invalid>, \"Eve, X\" <eve@x.example>\r\n\r\nHello\r\n",
            ),
            (
                "From: ann@x.example\r\nSubject: =?utf-8?q?bob=40x=2Eexample?=\r\n\r\nHello\r\n",
                "From: ann@x.example\r\nSubject: erased-7@erased.invalid\r\n\r\nHello\r\n",
            ),
        ] {
            assert_eq!(rewritten(raw.as_bytes(), &[]).unwrap().0, wanted);
        }
        assert_eq!(rewritten(b"From: ann@x.example\r\n\r\nHello\r\n", &["Bob"]), None);
    }

    #[test]
    fn no_part_hides_him() {
        let far = "x ".repeat(700_000);
        let uuencoded = "begin 644 a.txt\n-8F]B0'@N97AA;7!L90``\n`\nend\n";
        for (head, body) in [
            ("text/plain\r\nContent-Transfer-Encoding: base64", base64("Hi bob@x.example")),
            (
                "text/html\r\nContent-Transfer-Encoding: base64",
                base64("<a href=mailto:bob%40x.example>bob<wbr>@x.example</a>"),
            ),
            ("text/html\r\nContent-Transfer-Encoding: quoted-printable", "b=6Fb&#64;x.exam=\r\nple".into()),
            (
                "text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64",
                BASE64.encode(&"bob@x.example".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()),
            ),
            ("text/plain\r\nContent-Transfer-Encoding: base64", base64(&format!("{far}bob@x.example"))),
            ("application/pdf\r\nContent-Transfer-Encoding: base64", base64("%PDF bob@x.example")),
            (
                "message/rfc822",
                format!(
                    "To: bob@x.example\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
                    base64("bob@x.example")
                ),
            ),
            ("text/plain", uuencoded.into()),
            ("image/png; name*0*=utf-8''bo; name*1*=b%40x.example", "png".into()),
        ] {
            let alone = format!("From: ann@x.example\r\nContent-Type: {head}\r\n\r\n{body}\r\n");
            assert!(rewritten(alone.as_bytes(), &[]).is_some(), "{head}");
            let many = "--z\r\nContent-Type: text/plain; name=a.txt\r\n\r\nx\r\n".repeat(60);
            let mixed = format!(
                "From: ann@x.example\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n{many}--z\r\nContent-Type: {head}\r\n\r\n{body}\r\n--z--\r\n"
            );
            let (text, _) = rewritten(mixed.as_bytes(), &[]).unwrap();
            assert!(!text.contains("bob@"), "{head}");
        }
    }

    #[test]
    fn files_without_him_stay_and_those_with_him_are_named() {
        let png: Vec<u8> = (0..=255).collect();
        let raw = format!(
            "From: ann@x.example\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n\r\nSee bob@x.example\r\n-- \r\nAnn\r\n\
             --z\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n\
             --z\r\nContent-Type: application/msword; name=\"bob@x.example.doc\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--z--\r\n",
            BASE64.encode(&png),
            base64("for bob@x.example")
        );
        let (text, files) = rewritten(raw.as_bytes(), &[]).unwrap();
        let mail = read::mail(text.as_bytes()).unwrap();
        assert_eq!((mail.text.as_str(), files), ("See erased-7@erased.invalid\n-- \nAnn", 1));
        let names: Vec<&str> = mail.attachments.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(
            (names.as_slice(), mail.attachments[0].bytes == png),
            (&["a.png", "erased-7@erased.invalid.doc"][..], true)
        );
    }

    /// Whoever a letter of ours, or a foreign mail of the corpora, names is gone from it, and the rest reads as before. The
    /// corpora are beside the project, or not.
    #[test]
    fn mails_let_go_of_whomever_they_name() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut looked = 0;
        for file in [files(&root.join("tests/letters")), files(&root.join("../shared/corpora"))].concat() {
            let raw = std::fs::read(&file).unwrap();
            let Ok(mail) = read::mail(&raw) else { continue };
            let people = mail.from.iter().chain(&mail.to).chain(&mail.cc).take(3);
            for address in people.filter_map(|one| Address::parse(&one.addr)) {
                let said = format!("{address} in {}", file.display());
                let sought = Sought::of(address, &[]).unwrap();
                let by = stand_in(7).unwrap();
                let pen = Pen { sought: &sought, by: &by, now: Timestamp::UNIX_EPOCH };
                let new = pen.mail(&raw).unwrap_or_else(|| panic!("not found: {said}"));
                assert_eq!(pen.mail(&new.bytes), None, "{said}");
                let after = read::mail(&new.bytes).unwrap();
                let (masked, files) = (pen.clean(&mail.text), mail.attachments.len());
                let same = masked.split_whitespace().eq(after.text.split_whitespace());
                assert!(new.is_his || new.files > 0 || same && files == after.attachments.len(), "{said}");
                looked += 1;
            }
        }
        assert!(looked > 100, "{looked}");
    }

    /// The files below a directory, but for the largest; none where there is none.
    fn files(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(dir).into_iter().flatten().map(|entry| entry.unwrap().path());
        let found = entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] });
        found.filter(|path| path.metadata().unwrap().len() < 100_000).collect()
    }
}
