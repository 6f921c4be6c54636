//! What is known of people: of staff out of the configuration, of their addresses, tickets and hosts out of the database. Looks
//! only.

use super::{failed, nobody};
use crate::config::{Config, Member};
use crate::model::address::Address;
use crate::model::ticket::{Number, State};
use crate::run::admin;
use crate::run::people::parsed;
use crate::run::{Failed, read_config};
use crate::show::screen;
use crate::show::staff::{self, Known, Mate};
use crate::store::Reader;
use crate::store::lists::{Owner, Which};
use std::path::Path;
use std::process::ExitCode;

/// Shows staff, or one person.
///
/// # Errors
/// A wrong configuration; nobody of that name who ever wrote.
pub(super) fn list(path: &Path, who: Option<&str>, json: bool) -> Result<ExitCode, Failed> {
    let config = read_config(path)?;
    let reader = admin::reader(&config)?;
    let look = screen::look();
    let Some(who) = who else {
        let all = config.staff.members.iter().map(|m| member_known(&config, reader.as_ref(), m));
        let all = all.collect::<Result<Vec<_>, _>>()?;
        if json {
            screen::print_json(&staff::json(&all))?
        } else {
            screen::print(&staff::page(&all, &look))?
        };
        return Ok(ExitCode::SUCCESS);
    };
    let known = match config.staff_by_word(who) {
        Ok(member) => member_known(&config, reader.as_ref(), member)?,
        Err(_) => {
            let address = parsed(who).map_err(|_| nobody(who))?;
            let known = known(&config, reader.as_ref(), None, &[&address])?;
            if known.addresses.iter().all(|(_, standing, _)| standing.is_none()) {
                return Err(failed(format!("{address} never wrote, and is nobody's on staff")));
            }
            known
        }
    };
    if json {
        screen::print_json(&staff::one_json(&known))?
    } else {
        screen::print(&staff::one(&known, &look))?
    };
    Ok(ExitCode::SUCCESS)
}

/// What is known of a member.
///
/// # Errors
/// Those of the database.
pub(super) fn member_known(
    config: &Config,
    reader: Option<&Reader>,
    member: &Member,
) -> Result<Known, Failed> {
    let addresses: Vec<&Address> = std::iter::once(&member.address).chain(&member.addresses).collect();
    known(config, reader, Some(member), &addresses)
}

/// What is known of whoever has these addresses.
fn known(
    config: &Config,
    reader: Option<&Reader>,
    member: Option<&Member>,
    addresses: &[&Address],
) -> Result<Known, Failed> {
    let reads = |address: &&Address| config.staff.list == **address || config.staff.also.contains(address);
    let mut known = Known {
        member: member.map(mate),
        reads_list: addresses.iter().any(reads),
        addresses: Vec::new(),
        tickets: Vec::new(),
        hosts: Vec::new(),
    };
    let Some(reader) = reader else {
        known.addresses = addresses.iter().map(|address| (address.to_string(), None, None)).collect();
        return Ok(known);
    };
    for address in addresses {
        let standing = reader.people(Some(address), 1)?.pop();
        let proven = reader.look(|tx| tx.proven(address))?;
        known.addresses.push((address.to_string(), standing, proven));
    }
    if let Some(member) = member {
        known.tickets = open_of(reader, &member.login)?;
        known.hosts = reader.hosts()?;
        let login = Some(member.login.as_str());
        known.hosts.retain(|standing| {
            let host = &standing.host;
            host.revoked.is_none() && (host.member.as_deref().or(host.login.as_deref()) == login)
        });
    }
    Ok(known)
}

fn mate(member: &Member) -> Mate {
    Mate {
        login: member.login.clone(),
        name: member.name.clone(),
        words: member.aliases.clone(),
        keys: member.keys.clone(),
    }
}

fn open_of(reader: &Reader, login: &str) -> Result<Vec<Number>, Failed> {
    let which = Which { state: Some(State::Open), owner: Owner::Is(login), only: &[], most: usize::MAX };
    let mut numbers = reader.numbers_of(which)?;
    numbers.sort();
    Ok(numbers)
}
