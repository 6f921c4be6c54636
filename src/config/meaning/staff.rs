//! `[staff]`: every address and word means one member only, and none of them is the robot, which would then write to
//! itself for ever.

use super::sheet::{Sheet, Table};
use crate::config::written::{self, Said};
use crate::config::{Member, Robot, Staff};
use crate::model::address::Address;
use std::collections::HashMap;
use toml::Spanned;

const LOOP: &str = "is the robot's own address, so that it would write to itself: use the address of people";

/// Understands the table. `robot` is `None` when its own table has no usable address.
pub(super) fn staff(
    written: &Said<written::Staff>,
    robot: Option<&Robot>,
    sheet: &mut Sheet,
) -> Option<Staff> {
    let table = Table::of("staff", written);
    let nothing = written::Staff::default();
    let said = written.as_ref().map_or(&nothing, Spanned::get_ref);
    let list = match &said.list {
        Some(list) => people(list, robot, sheet),
        None => sheet.missing(
            table,
            "list",
            "the address that ticket threads go to, such as \"team@example.org\"",
        ),
    };
    let also = said.also.iter().filter_map(|a| people(a, robot, sheet)).collect();
    let mut taken = HashMap::new();
    let members = said.member.iter().filter_map(|m| member(m, robot, &mut taken, sheet)).collect();
    Some(Staff { list: list?, also, members })
}

/// An address that is not the robot's.
pub(super) fn people(said: &Spanned<String>, robot: Option<&Robot>, sheet: &mut Sheet) -> Option<Address> {
    let address = sheet.address(said)?;
    if robot.is_some_and(|r| r.owns(&address)) {
        return sheet.wrong(said, LOOP);
    }
    Some(address)
}

/// `taken` holds every word and address of the members before, in lower case, with its member's login.
fn member(
    written: &Spanned<written::Member>,
    robot: Option<&Robot>,
    taken: &mut HashMap<String, String>,
    sheet: &mut Sheet,
) -> Option<Member> {
    let (table, said) = (Table::at("staff.member", written), written.get_ref());
    let login = match &said.login {
        Some(login) => name_word(login, sheet),
        None => sheet.missing(table, "login", "one word for this person, such as \"ann\""),
    };
    let address = match &said.address {
        Some(address) => people(address, robot, sheet),
        None => sheet.missing(table, "address", "where this person gets mail and writes from"),
    };
    let (mut addresses, mut aliases) = (Vec::new(), Vec::new());
    for alias in &said.aliases {
        if alias.get_ref().contains('@') {
            addresses.extend(people(alias, robot, sheet));
        } else {
            aliases.extend(name_word(alias, sheet));
        }
    }
    let login = login?;
    for word in said.login.iter().chain(&said.address).chain(&said.aliases) {
        let before = taken.insert(word.get_ref().trim().to_ascii_lowercase(), login.clone());
        if let Some(before) = before {
            let text =
                format!("{:?} already means the staff member {before}: let it mean one only", word.get_ref());
            sheet.note(word, text);
        }
    }
    let name = said.name.as_ref().map_or_else(|| login.clone(), |n| sheet.line(n));
    let keys = keys(&said.keys, &login, taken, sheet);
    Some(Member { login, name, address: address?, addresses, aliases, keys })
}

/// Whole fingerprints, of one member each. The blanks that gpg prints may stay.
fn keys(
    said: &[Spanned<String>],
    login: &str,
    taken: &mut HashMap<String, String>,
    sheet: &mut Sheet,
) -> Vec<String> {
    let mut keys = Vec::new();
    for key in said {
        let print: String = key.get_ref().split_whitespace().collect::<String>().to_ascii_uppercase();
        if !matches!(print.len(), 40 | 64) || !print.bytes().all(|b| b.is_ascii_hexdigit()) {
            sheet.note(
                key,
                "must be the whole fingerprint, 40 or 64 hexadecimal digits: shorter ones can be forged",
            );
            continue;
        }
        if let Some(before) = taken.insert(print.to_ascii_lowercase(), login.to_owned()) {
            sheet.note(key, format!("is the key of {before} already: let it mean one member only"));
        }
        keys.push(print);
    }
    keys
}

/// A word that can be typed as an argument of a command and cannot be taken for an address, a number or an option.
fn name_word(said: &Spanned<String>, sheet: &mut Sheet) -> Option<String> {
    let word = said.get_ref().trim().to_ascii_lowercase();
    let fits = word.len() <= 32
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if !fits {
        let text =
            format!("{word:?} must begin with a letter and have letters, digits and . _ - only, at most 32");
        return sheet.wrong(said, text);
    }
    Some(word)
}
