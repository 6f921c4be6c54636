//! A member goes: the open tickets are handed over first, as a mail would, then the configuration knows him no longer, and what
//! is his elsewhere is told. Whoever is killed in between calls it again.

use super::look::member_known;
use super::{failed, nobody, place_of};
use crate::config::{Config, Member, change};
use crate::model::said::Words;
use crate::model::ticket::Number;
use crate::run::admin;
use crate::run::admin::ask::agreed;
use crate::run::admin::file::Sheet;
use crate::run::admin::settings::stuck;
use crate::run::desk::{As, Sitting};
use crate::run::{Failed, complain, read_config};
use crate::show::look::count;
use crate::show::staff::Known;
use crate::show::{safe, screen};
use crate::store::Reader;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// How somebody is to go.
pub(super) struct Parting<'a> {
    pub hand_to: Option<&'a str>,
    pub yes: bool,
    pub json: bool,
    pub who: &'a As,
}

/// Takes somebody off staff.
///
/// # Errors
/// Nobody of that name, tickets that cannot be handed over, no yes, a file that cannot be changed.
pub(super) fn remove(path: &Path, login: &str, how: Parting<'_>) -> Result<ExitCode, Failed> {
    let config = read_config(path)?;
    let member = config.staff.members.iter().find(|m| m.login == login.trim().to_ascii_lowercase());
    let member = member.ok_or_else(|| nobody(login))?;
    let reader = admin::reader(&config)?;
    let known = member_known(&config, reader.as_ref(), member)?;
    if config.staff.members.len() == 1 {
        let last = format!(
            "{} is the last on staff: nobody could command any more. Remove all the same?",
            member.login
        );
        agreed(&last, how.yes)?;
    }
    let mut handed = 0;
    match how.hand_to {
        Some(to) => {
            let heir = config.staff_by_word(to).map_err(|_| nobody(to))?;
            if heir.login == member.login {
                return Err(failed(format!("{to} is the one who goes")));
            }
            if !known.tickets.is_empty() {
                handed = hand_over(path, how.who, &known.tickets, &heir.login)?;
            }
        }
        None if !known.tickets.is_empty() => {
            let tickets = count(known.tickets.len() as u64, "open ticket");
            let stays = format!(
                "{} has {tickets}: --hand-to LOGIN gives them to somebody. Remove, and leave them?",
                member.login
            );
            agreed(&stays, how.yes)?;
        }
        None => {}
    }
    let sheet = Sheet::open(path)?;
    let at = place_of(&sheet.config()?, &member.login)?;
    let text = change::remove_table(sheet.text(), "staff.member", at).map_err(stuck)?;
    let changed = sheet.write(text)?;
    for line in left(&config, reader.as_ref(), &known, member)? {
        complain(&line);
    }
    if how.json {
        let mut told = changed.json();
        if let Some(told) = told.as_object_mut() {
            told.insert("handed".into(), json!(handed));
        }
        screen::print_json(&told)?;
        return Ok(changed.code());
    }
    let to = how.hand_to.unwrap_or_default();
    let went = if handed > 0 { format!("{} went to {to}\n", count(handed, "ticket")) } else { String::new() };
    screen::print(&(safe::block(&went) + &changed.words()))?;
    Ok(changed.code())
}

/// Assigns tickets as a mail would; staff are told as always.
fn hand_over(config: &Path, who: &As, tickets: &[Number], to: &str) -> Result<u64, Failed> {
    let sitting = Sitting::down(config, who)?;
    for ticket in tickets {
        let words =
            Words { about: Some(*ticket), commands: vec![format!("assign {to}")], ..Words::default() };
        let said = sitting.say(&words)?;
        said.map_err(|why| {
            failed(format!("{ticket}: {why}; those before it are handed over, and nobody is removed"))
        })?;
    }
    Ok(tickets.len() as u64)
}

/// What somebody who went still has elsewhere.
fn left(
    config: &Config,
    reader: Option<&Reader>,
    known: &Known,
    member: &Member,
) -> Result<Vec<String>, Failed> {
    let mut left: Vec<String> = known
        .hosts
        .iter()
        .map(|host| {
            let (name, login) = (&host.host.name, &member.login);
            format!(
                "sessions of {name} were {login}'s: `trackle admin host revoke {name}` believes it no longer"
            )
        })
        .collect();
    if let Some(reader) = reader {
        let locks = reader.look(|tx| tx.locks())?;
        let own = locks.into_iter().filter(|(_, lock)| lock.login == member.login);
        left.extend(own.map(|(ticket, _)| {
            format!("{} still works on {ticket}: `trackle lock break {ticket}`", member.login)
        }));
    }
    let digest = config
        .digest
        .to
        .iter()
        .filter(|to| known.addresses.iter().any(|(address, ..)| *address == to.as_str()));
    left.extend(digest.map(|to| format!("{to} still gets the digest: see `trackle admin get digest.to`")));
    if known.reads_list {
        left.push(format!("{} still gets every mail: see `trackle admin list`", member.address));
    } else {
        left.push(format!(
            "if {} is a mailing list, take {} off it there",
            config.staff.list, member.address
        ));
    }
    Ok(left)
}
