//! The settings that name a mail server, the same for fetching and for sending: where, how protected, who logs in.

use super::sheet::{Sheet, Table};
use crate::config::written::Post;
use crate::model::server::{Login, Mechanism, Roots, SecretSource, Security, Server};
use toml::Spanned;

/// The settings understood here.
pub(super) const SETTINGS: &[&str] = &[
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
pub(super) enum Protocol {
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

/// Understands those settings of a mailbox or courier.
pub(super) fn server(said: &Post, protocol: Protocol, table: Table, sheet: &mut Sheet) -> Option<Server> {
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
