//! The play on the screen: mails as a person likes to read them, threads as a mail program shows them. Colour only
//! where a person looks (a terminal, and NO_COLOR not set).

use super::people::{Mailed, Written};
use crate::model::mail::Mail;
use crate::model::ticket::View;
use crate::store::history::Happened;
use std::io::{IsTerminal, Write};
use std::path::Path;

/// Where the play is shown.
pub struct Screen {
    colour: bool,
}

const BOLD: &str = "1";
const DIM: &str = "2";
const GREEN: &str = "1;32";
const BLUE: &str = "34";
const YELLOW: &str = "33";

impl Screen {
    pub fn new() -> Screen {
        #[allow(clippy::disallowed_methods)] // a person's wish about their own screen
        let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        Screen { colour: !plain && std::io::stdout().is_terminal() }
    }

    pub fn title(&mut self, text: &str) {
        self.line("");
        self.line(&self.paint(GREEN, text));
    }

    pub fn scene(&mut self, name: &str, what: &str) {
        self.line("");
        self.line(&format!("{} {}", self.paint(BOLD, &format!("━━ {name}:")), self.paint(DIM, what)));
    }

    /// A mail that somebody sends.
    pub fn mail(&mut self, mail: &Written) {
        self.line("");
        self.line(&self.paint(BLUE, &format!("  {} → {}", mail.from.name, short(&mail.to))));
        self.line(&format!("  │ {}", self.paint(BOLD, &mail.subject)));
        self.body(&mail.text, BLUE);
        if !mail.remark.is_empty() {
            self.line(&format!("  │ {}", self.paint(DIM, &format!("({})", mail.remark))));
        }
    }

    /// A command line in a terminal, and what it printed.
    pub fn typed(&mut self, line: &str, printed: &str) {
        self.line("");
        self.line(&format!("  {} {}", self.paint(GREEN, "anna@print1:~$"), self.paint(BOLD, line)));
        self.body(printed, BLUE);
    }

    /// What came of it.
    pub fn letters(&mut self, letters: &[Mailed]) {
        if letters.is_empty() {
            self.line("");
            self.line(&self.paint(YELLOW, "  Trackle keeps the mail, and says nothing to anybody."));
        }
        for letter in letters {
            let from = letter.mail.from.first().map_or("", |m| m.name.as_str());
            self.line("");
            self.line(&self.paint(YELLOW, &format!("      {from} → {}", letter.to)));
            self.line(&format!("      │ {}", self.paint(BOLD, &letter.mail.subject)));
            for line in letter.mail.text.trim_end().lines() {
                self.line(&format!("      │ {line}"));
            }
            for file in &letter.mail.attachments {
                self.line(&format!(
                    "      │ {}",
                    self.paint(DIM, &format!("(with {}, {} bytes)", file.name, file.bytes.len()))
                ));
            }
        }
    }

    /// The ticket as it is in the end.
    pub fn ticket(&mut self, view: Option<&View>, history: &[Happened]) {
        let Some(view) = view else { return };
        self.scene("What years later can be read", "trackle show 1");
        let owner = view.ticket.owner.as_deref().unwrap_or("nobody");
        let head = format!(
            "  {} {} · {} · owner {owner}",
            view.ticket.number,
            view.ticket.title,
            view.ticket.state.word()
        );
        self.line("");
        self.line(&self.paint(BOLD, &head));
        for event in history {
            let at = event.at.strftime("%H:%M:%S");
            self.line(&format!("  {at}  {:<12} {:<20} proof: {}", event.what, event.actor, event.proof));
        }
    }

    /// Each mailbox as a mail program shows it.
    pub fn threads(&mut self, boxes: &[(String, Vec<Mailed>)]) {
        self.scene("The mailboxes now", "as a mail program threads them");
        for (name, letters) in boxes {
            self.line("");
            self.line(&format!("  {}", self.paint(BOLD, name)));
            for letter in letters {
                let depth = depth(&letter.mail, letters);
                let arrow =
                    if depth == 0 { String::new() } else { format!("{}└─> ", "    ".repeat(depth - 1)) };
                self.line(&format!("    {arrow}{}", letter.mail.subject));
            }
        }
    }

    /// Where to look next.
    pub fn closing(&mut self, base: &Path, config: &Path, serves: bool) {
        let list = base.join("mail").join("staff@demo.example");
        self.line("");
        self.line(&format!(
            "  Everything above is real mail in {}",
            self.paint(BOLD, &base.display().to_string())
        ));
        self.line("  Open the staff list with any mail program, or ask the robot:");
        self.line(&format!("    mutt -f {}", list.display()));
        self.line(&format!("    trackle --config {} show 1", config.display()));
        self.line(&format!("    trackle --config {} digest", config.display()));
        self.line(&format!("    trackle --config {} session show 1", config.display()));
        if serves {
            self.line("  Serving it until you press Ctrl-C. Write to the robot with:");
            self.line(&format!("    trackle --config {} deliver < mail.eml", config.display()));
        }
        self.line("");
    }

    fn body(&mut self, text: &str, colour: &str) {
        for line in text.trim_end().lines() {
            self.line(&format!("  {} {line}", self.paint(colour, "│")));
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn line(&self, text: &str) {
        // a reader who has seen enough closes the pipe; that is no failure
        let _ = writeln!(std::io::stdout(), "{text}");
    }
}

/// How deep a letter stands below the first of its mailbox that it refers to.
fn depth(mail: &Mail, all: &[Mailed]) -> usize {
    let held =
        |id: &crate::model::mail::MessageId| all.iter().any(|l| l.mail.message_id.as_ref() == Some(id));
    let mut known: Vec<_> = mail.references.iter().chain(&mail.in_reply_to).filter(|id| held(id)).collect();
    known.dedup();
    known.sort();
    known.dedup();
    known.len()
}

/// An address that a line has room for: codes in it are cut.
fn short(address: &str) -> String {
    match address.split_once('@') {
        Some((local, domain)) if local.len() > 24 => {
            format!("{}…@{domain}", local.chars().take(20).collect::<String>())
        }
        _ => address.to_owned(),
    }
}
