//! `[[mailbox]]` and `[courier]`: places that mail comes from and goes to. A setting that belongs to another kind of
//! place is a complaint: whoever wrote it expects something of it.

use super::server::{self, Protocol};
use super::sheet::{Sheet, Table};
use crate::config::written::{Post, Said};
use crate::config::{Courier, Done, Imap, Mailbox, Maildir, Robot, Smtp};
use std::collections::HashSet;
use std::time::Duration;
use toml::Spanned;

/// Every mailbox that can be understood; each fetched folder may stand there once.
pub(super) fn mailboxes(written: &[Spanned<Post>], sheet: &mut Sheet) -> Vec<Mailbox> {
    let mut places = HashSet::new();
    let mut all = Vec::new();
    for said in written {
        let Some(mailbox) = mailbox(said, sheet) else { continue };
        let names = match &mailbox {
            Mailbox::Maildir(m) => vec![m.path.display().to_string()],
            Mailbox::Imap(i) => {
                let user = i.server.login.as_ref().map_or("", |l| l.user.as_str());
                i.folders.iter().map(|f| format!("{user}@{}/{f}", i.server.host)).collect()
            }
        };
        for name in names {
            if !places.insert(name.clone()) {
                sheet.note(said, format!("{name} is fetched twice: name it once"));
            }
        }
        all.push(mailbox);
    }
    all
}

fn mailbox(written: &Spanned<Post>, sheet: &mut Sheet) -> Option<Mailbox> {
    let (table, said) = (Table::at("mailbox", written), written.get_ref());
    match kind(said, table, ["imap", "maildir"], sheet)? {
        "imap" => {
            only(said, "imap", &[server::SETTINGS, &["folders", "done", "done_folder", "poll"]], sheet);
            imap(said, table, sheet).map(Mailbox::Imap)
        }
        _ => {
            only(said, "maildir", &[&["path", "poll"]], sheet);
            match &said.path {
                Some(path) => {
                    Some(Mailbox::Maildir(Maildir { path: sheet.path(path), poll: poll(said, sheet) }))
                }
                None => sheet.missing(table, "path", "the directory that holds cur, new and tmp"),
            }
        }
    }
}

/// Understands the courier; `robot` gives the default of the envelope sender.
pub(super) fn courier(written: &Said<Post>, robot: Option<&Robot>, sheet: &mut Sheet) -> Option<Courier> {
    let table = Table::of("courier", written);
    let nothing = Post::default();
    let said = written.as_ref().map_or(&nothing, Spanned::get_ref);
    match kind(said, table, ["smtp", "maildir"], sheet)? {
        "smtp" => {
            only(said, "smtp", &[server::SETTINGS, &["bounce_address"]], sheet);
            let bounce_address = match &said.bounce_address {
                Some(address) => sheet.address(address),
                None => robot.map(|r| r.address.clone()),
            };
            let server = server::server(said, Protocol::Smtp, table, sheet);
            Some(Courier::Smtp(Smtp { server: server?, bounce_address: bounce_address? }))
        }
        _ => {
            only(said, "maildir", &[&["path"]], sheet);
            match &said.path {
                Some(path) => Some(Courier::Maildir(sheet.path(path))),
                None => sheet.missing(table, "path", "the directory that letters are put into"),
            }
        }
    }
}

pub(super) fn kind(
    said: &Post,
    table: Table,
    kinds: [&'static str; 2],
    sheet: &mut Sheet,
) -> Option<&'static str> {
    if said.kind.is_none() {
        let [one, other] = kinds;
        return sheet.missing(table, "kind", &format!("{one:?} or {other:?}"));
    }
    sheet.choice(&said.kind, &kinds.map(|k| (k, k)))
}

/// Complains about settings of another kind.
pub(super) fn only(said: &Post, kind: &str, allowed: &[&[&str]], sheet: &mut Sheet) {
    for (name, at) in said.said() {
        if !allowed.iter().any(|some| some.contains(&name)) {
            sheet.note(&Spanned::new(at..at, ()), format!("does not belong to kind = {kind:?}: take it out"));
        }
    }
}

fn imap(said: &Post, table: Table, sheet: &mut Sheet) -> Option<Imap> {
    let server = server::server(said, Protocol::Imap, table, sheet);
    let folders = match &said.folders {
        Some(folders) if folders.get_ref().is_empty() => {
            sheet.wrong(folders, "name at least one folder, such as \"INBOX\"")
        }
        Some(folders) => Some(folders.get_ref().iter().map(|f| sheet.line(f)).collect()),
        None => Some(vec!["INBOX".to_owned()]),
    };
    let done = done(said, sheet);
    if let (Some(Done::Move(folder)), Some(folders)) = (&done, &folders)
        && folders.contains(folder)
    {
        let text = format!(
            "mail moved to {folder} would be fetched again: take it out of folders, or move elsewhere"
        );
        let fetched = || said.folders.as_ref()?.get_ref().iter().find(|f| f.get_ref() == folder);
        if let Some(place) = said.done_folder.as_ref().or_else(fetched) {
            sheet.note(place, text);
        }
    }
    Some(Imap { server: server?, folders: folders?, done: done?, poll: poll(said, sheet) })
}

fn done(said: &Post, sheet: &mut Sheet) -> Option<Done> {
    let moves = sheet.choice(&said.done, &[("flag", false), ("move", true)])?;
    match (&said.done_folder, moves) {
        (Some(folder), true) => Some(Done::Move(sheet.line(folder))),
        (None, true) => Some(Done::Move("Done".to_owned())),
        (Some(folder), false) => sheet.wrong(folder, "has no effect without done = \"move\""),
        (None, false) => Some(Done::Flag),
    }
}

fn poll(said: &Post, sheet: &mut Sheet) -> Duration {
    sheet.span(&said.poll, Duration::from_mins(5), Duration::from_secs(1)..=Duration::from_hours(24))
}
