//! A real mutt in a real terminal (tmux), looking at a mailbox: how a mail program threads what it is given.

mod reader;

use crate::robot::{drop_into, wait_until};
pub use reader::{Reader, Reply};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Threads by References and In-Reply-To alone: like subjects make no thread here.
const SETTINGS: &str = "set folder=~ sort=threads sort_aux=date-sent strict_threads ascii_chars mark_old=no help=no\n\
    set index_format=\"|%s\" status_format=\"%m mails in all\" mbox_type=Maildir read_only\n\
    set header_cache=\"\" beep=no confirmappend=no\n";

/// The lines of mutt's index, arrows and all.
pub fn index(mails: &[Vec<u8>]) -> Vec<String> {
    let dir = tempfile::tempdir_in("/tmp").unwrap();
    let maildir = dir.path().join("box");
    for mail in mails {
        drop_into(&maildir, &String::from_utf8_lossy(mail));
    }
    index_of(&maildir, mails.len())
}

/// The same of a folder on the disk with so many mails, of whatever kind it is.
pub fn index_of(folder: &Path, many: usize) -> Vec<String> {
    let dir = tempfile::tempdir_in("/tmp").unwrap();
    let rc = dir.path().join("muttrc");
    fs::write(&rc, SETTINGS).unwrap();
    let home = dir.path().display();
    let shown = format!("HOME={home} mutt -n -F {} -f {}", rc.display(), folder.display());
    let socket = dir.path().join("tmux");
    tmux(&socket, &["-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "50", &shown]);
    let ready = format!("{many} mails in all");
    let screen = wait_until(|| Some(tmux(&socket, &["capture-pane", "-p"])).filter(|s| s.contains(&ready)));
    let last = tmux(&socket, &["capture-pane", "-p"]);
    tmux(&socket, &["kill-server"]);
    let screen = screen.unwrap_or_else(|| panic!("mutt does not show {ready}, but\n{last}"));
    screen.lines().filter_map(|line| line.strip_prefix('|')).map(|line| line.trim_end().to_owned()).collect()
}

/// Has a tmux of its own do something; gives what it says.
pub fn tmux(socket: &Path, args: &[&str]) -> String {
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

/// The mail that somebody writes, signs (PGP/MIME) and sends: as bytes with bare line feeds, since sendmail takes them so.
pub fn signed(gnupg: &Path, fingerprint: &str, text: &str) -> String {
    let dir = tempfile::tempdir_in("/tmp").unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let settings = format!(
        "set folder=~ from=anna@team.example realname=\"Anna Berg\" use_from hidden_host=no copy=no editor=true autoedit\n\
         set abort_unmodified=no edit_headers tmpdir={dir} sendmail={send}\n\
         set crypt_use_gpgme crypt_autosign pgp_sign_as={fingerprint} pgp_default_key={fingerprint}\n",
        dir = dir.path().display(),
        send = path("send"),
    );
    fs::write(path("muttrc"), settings).unwrap();
    fs::write(path("draft"), format!("To: help@team.example\nSubject: Switch\n\n{text}")).unwrap();
    // there as a whole or not at all
    let send = format!("#!/bin/sh\ncat >{0}.part && mv {0}.part {0}\n", path("sent"));
    fs::write(path("send"), send).unwrap();
    fs::set_permissions(path("send"), fs::Permissions::from_mode(0o755)).unwrap();
    let run = format!(
        "HOME={} GNUPGHOME={} mutt -n -F {} -H {}",
        dir.path().display(),
        gnupg.display(),
        path("muttrc"),
        path("draft")
    );
    let socket = dir.path().join("tmux");
    tmux(&socket, &["-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "50", &run]);
    let ready = "Sign (PGP/MIME)";
    let shown = wait_until(|| Some(tmux(&socket, &["capture-pane", "-p"])).filter(|s| s.contains(ready)));
    assert!(shown.is_some(), "mutt does not offer to sign, but\n{}", tmux(&socket, &["capture-pane", "-p"]));
    tmux(&socket, &["send-keys", "y"]);
    let sent = wait_until(|| fs::read_to_string(path("sent")).ok());
    let last = tmux(&socket, &["capture-pane", "-p"]);
    tmux(&socket, &["kill-server"]);
    sent.unwrap_or_else(|| panic!("mutt sends nothing, but shows\n{last}"))
}
