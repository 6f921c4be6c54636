//! What changes of somebody: of a member in the configuration, of others in the database, on a member's word.

use super::{Update, failed, nobody, place_of};
use crate::config::Config;
use crate::config::change::{self, Place, Said};
use crate::run::admin::file::Sheet;
use crate::run::admin::settings::{self, stuck};
use crate::run::desk::Sitting;
use crate::run::people::parsed;
use crate::run::{Failed, complain, exit, read_config};
use crate::show::{safe, screen};
use std::path::Path;
use std::process::ExitCode;

/// Changes it.
///
/// # Errors
/// Nobody of that name, what cannot be, a file that cannot be changed.
pub(super) fn update(config: &Path, args: &Update) -> Result<ExitCode, Failed> {
    let now = read_config(config)?;
    let Ok(member) = now.staff_by_word(&args.whom) else { return update_other(config, args) };
    if args.confirmed {
        return Err(failed(format!("{} is on staff: the configuration vouches already", member.login)));
    }
    let login = member.login.clone();
    let sheet = Sheet::open(config)?;
    let at = place_of(&sheet.config()?, &login)?;
    let place = |key: &str| Place { table: "staff.member".into(), at, key: key.into() };
    let mut text = sheet.text().to_owned();
    for (key, value) in [("name", &args.name), ("address", &args.address)] {
        if let Some(value) = value {
            text = change::set(&text, &place(key), &Said::Word(value.clone())).map_err(stuck)?;
        }
    }
    for (key, more, less) in
        [("aliases", &args.aliases, &args.not_aliases), ("keys", &args.keys, &args.not_keys)]
    {
        if !more.is_empty() || !less.is_empty() {
            let said = change::said(&text, &place(key)).map_err(stuck)?;
            let words = if let Some(Said::Words(words)) = said { words } else { Vec::new() };
            let words = with_and_without(words, more, less)?;
            text = change::set(&text, &place(key), &Said::Words(words)).map_err(stuck)?;
        }
    }
    let changed = sheet.write(text)?;
    let old = &member.address;
    if args.address.is_some()
        && changed.is_any()
        && Config::read(config).is_ok_and(|now| now.staff_by_address(old).is_none())
    {
        complain(&format!("what comes from {old} is nobody's on staff now: `--alias {old}` would keep it"));
    }
    settings::tell(&changed, args.json)
}

/// A list with more words and without others, in whatever case and with whatever blanks.
fn with_and_without(mut words: Vec<String>, more: &[String], less: &[String]) -> Result<Vec<String>, Failed> {
    let bare = |word: &str| word.split_whitespace().collect::<String>().to_lowercase();
    for word in less {
        let at = words.iter().position(|known| bare(known) == bare(word));
        words.remove(
            at.ok_or_else(|| failed(format!("{word} is not there; there are {}", words.join(", "))))?,
        );
    }
    for word in more {
        if !words.iter().any(|known| bare(known) == bare(word)) {
            words.push(word.clone());
        }
    }
    Ok(words)
}

/// Somebody who is not on staff.
fn update_other(config: &Path, args: &Update) -> Result<ExitCode, Failed> {
    let address = parsed(&args.whom).map_err(|_| nobody(&args.whom))?;
    let lists = [&args.aliases, &args.not_aliases, &args.keys, &args.not_keys];
    if args.address.is_some() || lists.iter().any(|list| !list.is_empty()) {
        return Err(failed(format!(
            "{address} is nobody's on staff: only --name and --confirmed can be said"
        )));
    }
    if args.name.is_none() && !args.confirmed {
        return Err(Failed {
            text: "say what is to change: --name or --confirmed".into(),
            code: exit::USAGE,
        });
    }
    if let Some(name) = &args.name
        && (name.trim().is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control))
    {
        return Err(Failed { text: "a name is one line of 1 to 100 characters".into(), code: exit::DATA });
    }
    let sitting = Sitting::down(config, &args.who)?;
    if sitting.reader()?.people(Some(&address), 1)?.is_empty() {
        return Err(failed(format!("{address} never wrote")));
    }
    let (named, vouched) = sitting.act(|desk, tx| {
        let named = match &args.name {
            Some(name) => desk.name_person(tx, &address, name.trim())?,
            None => false,
        };
        Ok(Ok((named, args.confirmed && desk.vouch(tx, &address)?)))
    })?;
    if args.json {
        screen::print_json(
            &serde_json::json!({ "changed": named || vouched, "named": named, "vouched": vouched }),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let named = if named {
        format!("{address} is called {} now\n", args.name.as_deref().unwrap_or_default())
    } else {
        String::new()
    };
    let vouched = if vouched {
        format!("{address} counts as proven, on the word of {}\n", sitting.member().login)
    } else {
        String::new()
    };
    let both = named + &vouched;
    screen::print(&safe::block(if both.is_empty() { "it is so already\n" } else { &both }))?;
    Ok(ExitCode::SUCCESS)
}
