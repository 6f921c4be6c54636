//! `host.toml`: from what is written to what it means, by the same rules as `trackle.toml`.

use super::post::{kind, only};
use super::server::{self, Protocol};
use super::sheet::{Sheet, Table};
use crate::config::host::{Api, Courier, Gate, Host, SENDMAIL, Written};
use crate::config::written::{Post, Said};
use crate::config::wrong::Found;
use crate::model::api::url;
use crate::model::host::{is_host, is_login};
use std::path::Path;
use toml::Spanned;

/// Understands a whole file.
pub(in crate::config) fn host(written: &Written, base: &Path) -> Result<Host, Vec<Found>> {
    let mut sheet = Sheet::new(base);
    let nothing: Said<Post> = None;
    let table = Table::of("host", &nothing);
    let robot = match &written.robot {
        Some(robot) => sheet.address(robot),
        None => sheet.missing(table, "robot", "where sessions go, such as \"help@example.org\""),
    };
    let name = written.name.as_ref().and_then(|name| named(name, is_host, "a host", &mut sheet));
    let member =
        written.member.as_ref().and_then(|name| named(name, is_login, "a member of staff", &mut sheet));
    let from = written.from.as_ref().and_then(|from| sheet.address(from));
    let key = written.key.as_ref().map_or_else(|| base.join("host.key"), |key| sheet.path(key));
    let courier = courier(written, &mut sheet);
    if matches!(courier, Some(Courier::Smtp(_))) && written.from.is_none() {
        sheet.missing::<()>(table, "from", "whom the mails are from, such as \"root@web1.example.org\"");
    }
    match (robot, courier) {
        (Some(robot), Some(courier)) if sheet.found.is_empty() => {
            Ok(Host { robot, name, member, from, key, courier })
        }
        _ => Err(sheet.found),
    }
}

fn named(said: &Spanned<String>, is: fn(&str) -> bool, what: &str, sheet: &mut Sheet) -> Option<String> {
    let name = said.get_ref();
    if is(name) { Some(name.clone()) } else { sheet.wrong(said, format!("{name:?} is no name of {what}")) }
}

/// The API, and nothing beside it.
fn gate(said: &Spanned<Api>, written: &Written, sheet: &mut Sheet) -> Option<Gate> {
    if let Some(program) = &written.sendmail {
        sheet.note(program, "has no effect beside [api]: keep one");
    }
    if let Some(courier) = &written.courier {
        sheet.note(courier, "has no effect beside [api]: keep one");
    }
    let (table, api) = (Table::of("api", &written.api), said.get_ref());
    let url = match &api.url {
        None => sheet.missing(table, "url", "where the robot is, such as \"https://desk.example.org\""),
        Some(said) => match url(said.get_ref()) {
            Ok(url) => Some(url),
            Err(why) => sheet.wrong(said, format!("{:?} {why}", said.get_ref())),
        },
    };
    let token = match &api.token_file {
        Some(file) => Some(sheet.path(file)),
        None => sheet.missing(table, "token_file", "the file with the token"),
    };
    let roots = api.roots.as_ref().map(|file| sheet.path(file));
    Some(Gate { url: url?, token: token?, roots })
}

fn courier(written: &Written, sheet: &mut Sheet) -> Option<Courier> {
    if let Some(said) = &written.api {
        return gate(said, written, sheet).map(Courier::Api);
    }
    let Some(said) = &written.courier else {
        let program = written.sendmail.as_ref().map(|program| sheet.path(program));
        return Some(Courier::Sendmail(program.unwrap_or_else(|| SENDMAIL.into())));
    };
    if let Some(program) = &written.sendmail {
        sheet.note(program, "has no effect beside [courier]: keep one");
    }
    let (table, post) = (Table::of("courier", &written.courier), said.get_ref());
    match kind(post, table, ["smtp", "maildir"], sheet)? {
        "smtp" => {
            only(post, "smtp", &[server::SETTINGS], sheet);
            server::server(post, Protocol::Smtp, table, sheet).map(|server| Courier::Smtp(Box::new(server)))
        }
        _ => {
            only(post, "maildir", &[&["path"]], sheet);
            match &post.path {
                Some(path) => Some(Courier::Spool(sheet.path(path))),
                None => sheet.missing(table, "path", "the robot's directory for sessions"),
            }
        }
    }
}
