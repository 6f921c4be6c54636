//! A real mutt in a real terminal (tmux), looking at a mailbox: how a mail program threads what it is given.

mod reader;

use crate::robot::{drop_into, wait_until};
pub use reader::{Reader, Reply};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Threads by References and In-Reply-To alone: like subjects make no thread here.
const SETTINGS: &str = "set folder=~ sort=threads sort_aux=date-sent strict_threads ascii_chars mark_old=no help=no\n\
    set index_format=\"|%s\" status_format=\"%m mails in all\" mbox_type=Maildir read_only\n\
    set header_cache=\"\" beep=no confirmappend=no\n";

/// The lines of mutt's index, arrows and all.
pub fn index(mails: &[Vec<u8>]) -> Vec<String> {
    let dir = tempfile::tempdir_in("/tmp").unwrap();
    let (maildir, rc) = (dir.path().join("box"), dir.path().join("muttrc"));
    for mail in mails {
        drop_into(&maildir, &String::from_utf8_lossy(mail));
    }
    fs::write(&rc, SETTINGS).unwrap();
    let home = dir.path().display();
    let shown = format!("HOME={home} mutt -n -F {} -f {}", rc.display(), maildir.display());
    let socket = dir.path().join("tmux");
    tmux(&socket, &["-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "50", &shown]);
    let ready = format!("{} mails in all", mails.len());
    let screen = wait_until(|| Some(tmux(&socket, &["capture-pane", "-p"])).filter(|s| s.contains(&ready)));
    let last = tmux(&socket, &["capture-pane", "-p"]);
    tmux(&socket, &["kill-server"]);
    let screen = screen.unwrap_or_else(|| panic!("mutt does not show {ready}, but\n{last}"));
    screen.lines().filter_map(|line| line.strip_prefix('|')).map(|line| line.trim_end().to_owned()).collect()
}

fn tmux(socket: &Path, args: &[&str]) -> String {
    let mut command = Command::new("tmux");
    // a terminal's language decides what mutt takes for printable
    command
        .arg("-S")
        .arg(socket)
        .args(args)
        .env("LC_ALL", "C.UTF-8")
        .env("TERM", "screen")
        .stdin(Stdio::null());
    let output = command.output().expect("tmux is missing: run tests/install");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
