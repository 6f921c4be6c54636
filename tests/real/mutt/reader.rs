//! Somebody at a mutt: opens the inbox by IMAP, reads a mail, answers it, sends by SMTP. Keys go in, what stands on the
//! screen comes out. The one thing that is not typed is the answer's text: the editor is a program that puts it above
//! the quote.

use super::tmux;
use crate::people::Person;
use crate::robot::wait_until;
use crate::servers::{PASSWORD, Servers};
use std::fs;
use std::path::PathBuf;

/// A key that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// To the sender, or where he wants answers.
    Sender,
    /// To the list.
    List,
    /// To everybody.
    All,
}

/// A mutt that shows somebody's inbox. It ends when this value is dropped.
pub struct Reader {
    dir: tempfile::TempDir,
    who: Person,
}

impl Reader {
    /// Logs in and waits for the list of mails.
    pub fn open(servers: &Servers, who: Person) -> Reader {
        let reader = Reader { dir: tempfile::tempdir_in("/tmp").unwrap(), who };
        let (rc, editor) = (reader.path("muttrc"), reader.path("editor"));
        fs::write(&rc, settings(servers, who, &editor.display().to_string())).unwrap();
        // the answer above, mutt's quote below
        let text = reader.path("text").display().to_string();
        fs::write(&editor, format!("cat {text} - <\"$1\" >{text}.all && cp {text}.all \"$1\"\n")).unwrap();
        let run = format!("HOME={} mutt -n -F {}", reader.path("").display(), rc.display());
        let start = ["-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "60"];
        tmux(&reader.path("tmux"), &[&start[..], &[&run]].concat());
        reader.shows("mails in all");
        reader
    }

    /// Goes to the mail of that Message-ID and opens it; gives the screen.
    pub fn read(&self, id: &str) -> String {
        let id = id.trim_matches(['<', '>']).replace(['+', '$', '*', '?', '['], ".");
        self.keys(&["/"]);
        self.shows("Search for");
        self.types(&format!("~i {id}"));
        self.keys(&["Enter", "Enter"]);
        self.shows("-- pager")
    }

    /// Writes a new mail, and sends.
    pub fn write(&self, to: &str, subject: &str, text: &str) {
        fs::write(self.path("text"), text).unwrap();
        self.keys(&["m"]);
        for (asked, answer) in [("To:", to), ("Subject:", subject)] {
            self.shows(asked);
            self.types(answer);
            self.keys(&["Enter"]);
        }
        self.send();
    }

    /// Answers the mail that is open, with that text above the quote, and sends.
    pub fn reply(&self, to: Reply, text: &str) {
        fs::write(self.path("text"), format!("{text}\n\n")).unwrap();
        self.keys(&[match to {
            Reply::Sender => "r",
            Reply::List => "L",
            Reply::All => "g",
        }]);
        self.send();
    }

    /// As the editor left it.
    fn send(&self) {
        self.shows("-- compose");
        self.keys(&["y"]);
        self.shows("Mail sent");
    }

    /// Waits until the screen shows that.
    fn shows(&self, words: &str) -> String {
        let socket = self.path("tmux");
        let look = || tmux(&socket, &["capture-pane", "-p"]);
        let found = wait_until(|| Some(look()).filter(|screen| screen.contains(words)));
        found.unwrap_or_else(|| panic!("{}'s mutt does not show {words:?}, but\n{}", self.who.user, look()))
    }

    fn keys(&self, keys: &[&str]) {
        tmux(&self.path("tmux"), &[&["send-keys"], keys].concat());
    }

    fn types(&self, text: &str) {
        tmux(&self.path("tmux"), &["send-keys", "-l", text]);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        tmux(&self.path("tmux"), &["kill-server"]);
    }
}

/// As a subscriber of the list has them; nothing is asked that has a default.
fn settings(servers: &Servers, who: Person, editor: &str) -> String {
    let password = PASSWORD.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "set imap_user={user} imap_pass=\"{password}\" spoolfile=imap://127.0.0.1:{imap}/INBOX folder=imap://127.0.0.1:{imap}\n\
         set smtp_url=smtp://127.0.0.1:{smtp} ssl_starttls=no ssl_force_tls=no\n\
         set realname=\"{name}\" from={address} use_envelope_from\n\
         subscribe staff@team.example\n\
         set editor=\"sh {editor}\" include=yes reply_to=yes fast_reply abort_unmodified=no copy=no recall=no wait_key=no\n\
         set sort=threads strict_threads mark_old=no beep=no header_cache=\"\" move=no confirmappend=no\n\
         set status_format=\"%m mails in all\" pager_format=\"-- pager\" compose_format=\"-- compose\" help=no\n\
         set pager_stop ascii_chars markers=no charset=utf-8\n",
        user = who.user,
        imap = servers.imap_port,
        smtp = servers.smtp_port,
        name = who.name,
        address = who.address(),
    )
}
