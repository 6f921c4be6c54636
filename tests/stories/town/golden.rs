//! The conversation as text, for reading and for comparing: `tests/stories/golden/<story>.txt` holds what was said when
//! somebody last looked. `GOLDEN=write cargo test --test stories` writes it anew.

use super::Town;
use super::draft::Sent;
use super::letter::Letter;
use similar::TextDiff;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use trackle::model::mail::Mail;
use trackle::read;

const HEAD: &str = "A conversation, word for word. Compared by tests/stories; written by\n\
                    GOLDEN=write cargo test --test stories (read the difference before it is committed).\n";

/// Header fields that are shown, in this order.
const SHOWN: [&str; 15] = [
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "Precedence",
    "List-Id",
    "List-Unsubscribe",
    "X-Trackle-Ticket",
    "X-Trackle-Kind",
];

impl Town {
    pub(super) fn log_sent(&mut self, sent: &Sent) {
        let title = format!("{} writes", sent.from);
        match read::mail(&sent.bytes) {
            Ok(mail) => self.log_mail(&title, &mail),
            Err(unreadable) => writeln!(self.log, "\n=== {title}\n\n{unreadable}").unwrap(),
        }
    }

    pub(super) fn log_letter(&mut self, letter: &Letter) {
        let title = format!("letter to {}, sent as <{}>", letter.to, letter.sender);
        self.log_mail(&title, &letter.mail);
    }

    fn log_mail(&mut self, title: &str, mail: &Mail) {
        let mut out = format!("\n=== {title}\n");
        for name in SHOWN {
            let value = if name == "Subject" { Some(mail.subject.as_str()) } else { mail.header(name) };
            if let Some(value) = value.map(str::trim) {
                writeln!(out, "{name}: {value}").unwrap();
            }
        }
        writeln!(out, "\n{}", mail.text.trim_end()).unwrap();
        for file in &mail.attachments {
            writeln!(out, "[{}, {}, {} bytes]", file.name, file.media, file.bytes.len()).unwrap();
        }
        self.log.push_str(&out);
    }

    /// The conversation so far is the golden one of that name.
    #[track_caller]
    pub fn golden(&mut self, name: &str) {
        self.settle();
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories/golden").join(format!("{name}.txt"));
        let now = format!("{HEAD}{}", self.log);
        if std::env::var_os("GOLDEN").is_some_and(|word| word == "write") {
            fs::write(&path, now).unwrap();
            return;
        }
        let then = fs::read_to_string(&path).unwrap_or_default();
        let diff = TextDiff::from_lines(&then, &now).unified_diff().header("golden", "now").to_string();
        assert!(diff.is_empty(), "{} differs:\n{diff}", path.display());
    }
}
