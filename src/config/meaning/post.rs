//! `[[mailbox]]` and `[courier]`: places that mail comes from and goes to. A setting that belongs to another kind of
//! place is a complaint: whoever wrote it expects something of it.

use super::sheet::{Sheet, Table};
use crate::config::written::{Post, Said};
use crate::config::{Courier, Done, Imap, Mailbox, Maildir, Robot, Smtp};
use crate::model::server::{Login, Mechanism, Roots, SecretSource, Security, Server};
use std::collections::HashSet;
use std::time::Duration;
use toml::Spanned;

const SERVER: &[&str] = &[
    "host",
    "port",
    "security",
    "roots",
    "user",
    "mechanism",
    "password_file",
    "password_command",
    "password_env",
];

/// What differs between servers that mail is fetched from and sent through.
#[derive(Clone, Copy)]
enum Protocol {
    Imap,
    Smtp,
}

impl Protocol {
    /// The registered port (RFC 8314 for TLS, RFC 6409 for submission).
    fn port(self, security: Security) -> u16 {
        match (self, security) {
            (Protocol::Imap, Security::Tls) => 993,
            (Protocol::Imap, Security::StartTls | Security::Plain) => 143,
            (Protocol::Smtp, Security::Tls) => 465,
            (Protocol::Smtp, Security::StartTls) => 587,
            (Protocol::Smtp, Security::Plain) => 25,
        }
    }
}

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
            only(said, "imap", &[SERVER, &["folders", "done", "done_folder", "poll"]].concat(), sheet);
            imap(said, table, sheet).map(Mailbox::Imap)
        }
        _ => {
            only(said, "maildir", &["path", "poll"], sheet);
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
            only(said, "smtp", &[SERVER, &["bounce_address"]].concat(), sheet);
            let bounce_address = match &said.bounce_address {
                Some(address) => sheet.address(address),
                None => robot.map(|r| r.address.clone()),
            };
            let server = server(said, Protocol::Smtp, table, sheet);
            Some(Courier::Smtp(Smtp { server: server?, bounce_address: bounce_address? }))
        }
        _ => {
            only(said, "maildir", &["path"], sheet);
            match &said.path {
                Some(path) => Some(Courier::Maildir(sheet.path(path))),
                None => sheet.missing(table, "path", "the directory that letters are put into"),
            }
        }
    }
}

fn kind(said: &Post, table: Table, kinds: [&'static str; 2], sheet: &mut Sheet) -> Option<&'static str> {
    if said.kind.is_none() {
        let [one, other] = kinds;
        return sheet.missing(table, "kind", &format!("{one:?} or {other:?}"));
    }
    sheet.choice(&said.kind, &kinds.map(|k| (k, k)))
}

/// Complains about settings of another kind.
fn only(said: &Post, kind: &str, allowed: &[&str], sheet: &mut Sheet) {
    for (name, at) in said.said() {
        if !allowed.contains(&name) {
            sheet.note(&Spanned::new(at..at, ()), format!("does not belong to kind = {kind:?}: take it out"));
        }
    }
}

fn imap(said: &Post, table: Table, sheet: &mut Sheet) -> Option<Imap> {
    let server = server(said, Protocol::Imap, table, sheet);
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

fn server(said: &Post, protocol: Protocol, table: Table, sheet: &mut Sheet) -> Option<Server> {
    let host = match &said.host {
        Some(host) => sheet.host(host),
        None => sheet.missing(table, "host", "the server's name, such as \"mail.example.org\""),
    };
    let security = sheet.choice(
        &said.security,
        &[("tls", Security::Tls), ("starttls", Security::StartTls), ("plain", Security::Plain)],
    );
    let roots = roots(said, sheet);
    let login = match (&said.user, protocol) {
        (Some(user), _) => login(user, said, table, sheet).map(Some),
        (None, Protocol::Imap) => sheet.missing(table, "user", "the name to log in with"),
        (None, Protocol::Smtp) => nobody(said, sheet),
    };
    let security = security?;
    let port = sheet.number(&said.port, protocol.port(security), 1..=u16::MAX);
    Some(Server { host: host?, port, security, roots: roots?, login: login? })
}

fn roots(said: &Post, sheet: &mut Sheet) -> Option<Roots> {
    match &said.roots {
        None => Some(Roots::System),
        Some(file) if file.get_ref().contains('/') => Some(Roots::File(sheet.path(file))),
        Some(word) => match word.get_ref().as_str() {
            "system" => Some(Roots::System),
            "bundled" => Some(Roots::Bundled),
            other => sheet.wrong(
                word,
                format!(
                    "{other:?} is none of \"system\", \"bundled\" and a path such as \"/etc/ssl/ca.pem\""
                ),
            ),
        },
    }
}

fn login(user: &Spanned<String>, said: &Post, table: Table, sheet: &mut Sheet) -> Option<Login> {
    let mechanism =
        sheet.choice(&said.mechanism, &[("password", Mechanism::Password), ("xoauth2", Mechanism::Xoauth2)]);
    let user = sheet.line(user);
    let secret = secret(said, table, sheet);
    Some(Login { user, mechanism: mechanism?, secret: secret? })
}

/// Without a user nothing else may be said about logging in.
fn nobody(said: &Post, sheet: &mut Sheet) -> Option<Option<Login>> {
    let about_login = ["mechanism", "password_file", "password_command", "password_env"];
    match said.said().into_iter().find(|(name, _)| about_login.contains(name)) {
        Some((_, at)) => {
            sheet.wrong(&Spanned::new(at..at, ()), "has no effect without user: name who logs in")
        }
        None => Some(None),
    }
}

fn secret(said: &Post, table: Table, sheet: &mut Sheet) -> Option<SecretSource> {
    let file = said.password_file.as_ref().map(|p| (p.span(), SecretSource::File(sheet.path(p))));
    let command =
        said.password_command.as_ref().map(|c| (c.span(), SecretSource::Command(c.get_ref().clone())));
    let environment =
        said.password_env.as_ref().map(|e| (e.span(), SecretSource::Environment(e.get_ref().clone())));
    let mut sources = [file, command, environment].into_iter().flatten();
    let Some((place, source)) = sources.next() else {
        return sheet.missing(
            table,
            "password_file",
            "say where the secret is: password_file, password_command or password_env",
        );
    };
    let place = Spanned::new(place, ());
    if sources.next().is_some() {
        return sheet.wrong(&place, "is one of several places for the secret: keep one");
    }
    match &source {
        SecretSource::Command(words) if words.first().is_none_or(String::is_empty) => {
            sheet.wrong(&place, "needs a program and its arguments, such as [\"pass\", \"show\", \"mail\"]")
        }
        SecretSource::Environment(name) if name.is_empty() || name.contains(['=', '\0']) => {
            sheet.wrong(&place, "must be the name of an environment variable")
        }
        _ => Some(source),
    }
}
