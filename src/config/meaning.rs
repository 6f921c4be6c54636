//! From what is written to what it means: defaults filled in, values checked one by one, then against each other.
//! Goes on after a complaint, so that one run shows everything there is to mend.
//! Touches no file but the machine's table of time zones: whether a directory or a server is there is found out by whoever uses it.

mod digest;
mod fields;
pub(super) mod host;
mod post;
mod server;
mod sheet;
mod staff;
mod console;
mod web;

use super::written::{self, Said, Written};
use super::wrong::Found;
use super::{Config, Identity, Policy, Robot};
use crate::limits;
use crate::model::language::Language;
use crate::model::network::Network;
use sheet::{Sheet, Table};
use std::path::Path;
use std::time::Duration;
use toml::Spanned;

const HOUR: Duration = Duration::from_hours(1);
const MONTH: Duration = Duration::from_hours(30 * 24);

/// Understands a whole file; `base` is where relative paths start.
pub(super) fn config(written: &Written, base: &Path) -> Result<Config, Vec<Found>> {
    let mut sheet = Sheet::new(base);
    let robot = robot(&written.robot, &mut sheet);
    let staff = staff::staff(&written.staff, robot.as_ref(), &mut sheet);
    let mailboxes = post::mailboxes(&written.mailbox, &mut sheet);
    let courier = post::courier(&written.courier, robot.as_ref(), &mut sheet);
    let identity = identity(&written.identity, &mut sheet);
    let keys = staff.as_ref().is_some_and(|s| s.members.iter().any(|m| !m.keys.is_empty()));
    keys_and_keyring(written, keys, &mut sheet);
    let policy = policy(&written.policy, &mut sheet);
    let digest = digest::digest(&written.digest, robot.as_ref(), &mut sheet);
    let web = web::web(&written.web, &mut sheet);
    let console = console::console(&written.console, &mut sheet);
    let fields = fields::values(&written.fields, &mut sheet);
    match (robot, staff, courier) {
        (Some(robot), Some(staff), Some(courier)) if sheet.found.is_empty() => {
            Ok(Config { robot, staff, mailboxes, courier, identity, policy, digest, web, console, fields })
        }
        _ => Err(sheet.found),
    }
}

fn robot(written: &Said<written::Robot>, sheet: &mut Sheet) -> Option<Robot> {
    let table = Table::of("robot", written);
    let nothing = written::Robot::default();
    let said = written.as_ref().map_or(&nothing, Spanned::get_ref);
    let address = match &said.address {
        Some(address) => sheet.address(address),
        None => {
            sheet.missing(table, "address", "the address that people write to, such as \"help@example.org\"")
        }
    };
    Some(Robot {
        name: said.name.as_ref().map_or_else(|| "Help desk".to_owned(), |n| sheet.line(n)),
        aliases: sheet.addresses(&said.aliases),
        state: said
            .state
            .as_ref()
            .map_or_else(|| Path::new("/var/lib/trackle").to_owned(), |p| sheet.path(p)),
        plus_addressing: said.plus_addressing.unwrap_or(true),
        delimiter: said.delimiter.as_ref().map_or('+', |d| delimiter(d, sheet)),
        letters: said.letters.as_ref().map(|p| sheet.path(p)),
        base_url: said.base_url.as_ref().and_then(|url| web::base_url(url, sheet)),
        language: said.language.as_ref().map_or_else(Language::english, |l| language(l, sheet)),
        address: address?,
    })
}

/// The short code of a language; whether there are letters in it is found out by who reads them.
fn language(said: &Spanned<String>, sheet: &mut Sheet) -> Language {
    Language::parse(said.get_ref()).filter(|l| l.code() == said.get_ref()).unwrap_or_else(|| {
        sheet.note(said, "must be the code of a language in two or three letters, such as \"en\" or \"de\"");
        Language::english()
    })
}

/// A character that servers are known to split at (Postfix `recipient_delimiter`) and that may stand in an address.
fn delimiter(said: &Spanned<String>, sheet: &mut Sheet) -> char {
    let mut chars = said.get_ref().chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if "+-=_".contains(c) => c,
        _ => {
            sheet.note(said, "must be one of + - = _, the one that your mail server splits addresses at");
            '+'
        }
    }
}

fn identity(said: &written::Identity, sheet: &mut Sheet) -> Identity {
    // a trust that never comes to bear is a mistake whose author waits for its effect
    if let (Some(first), true) = (said.trusted_domains.first(), said.authserv_id.is_empty()) {
        sheet.note(
            first,
            "has no effect without authserv_id: name the server that checks these domains' signatures",
        );
    }
    if let (Some(first), true) = (said.trusted_networks.first(), said.mx_hosts.is_empty()) {
        sheet.note(first, "has no effect without mx_hosts: name the servers whose Received lines are true");
    }
    if let Some(dkim) = said.dkim.as_ref().filter(|d| *d.get_ref() && !cfg!(feature = "dkim")) {
        sheet.note(dkim, "this program was built without it: cargo build --release --features dkim");
    }
    Identity {
        dkim: said.dkim.as_ref().is_some_and(|d| *d.get_ref()),
        keyring: said.keyring.as_ref().map(|p| sheet.path(p)),
        authserv_id: said.authserv_id.iter().filter_map(|id| sheet.word(id)).collect(),
        mx_hosts: said.mx_hosts.iter().filter_map(|host| sheet.domain(host)).collect(),
        trusted_domains: said.trusted_domains.iter().filter_map(|domain| sheet.domain(domain)).collect(),
        trusted_networks: said.trusted_networks.iter().filter_map(|net| network(net, sheet)).collect(),
        command_age: sheet.span(&said.command_age, HOUR * 48, HOUR..=MONTH),
    }
}

/// Keys and the keyring that holds them come together.
fn keys_and_keyring(written: &Written, keys: bool, sheet: &mut Sheet) {
    match &written.identity.keyring {
        Some(keyring) if !keys => {
            sheet
                .note(keyring, "has no effect without keys: name a member's fingerprint in [[staff.member]]");
        }
        None if keys => {
            let members = written.staff.iter().flat_map(|s| &s.get_ref().member);
            if let Some(key) = members.flat_map(|m| &m.get_ref().keys).next() {
                sheet.note(key, "has no effect without identity.keyring, the file that holds the key");
            }
        }
        _ => {}
    }
}

fn network(said: &Spanned<String>, sheet: &mut Sheet) -> Option<Network> {
    match said.get_ref().parse::<Network>() {
        Ok(net) if net.is_everything() => {
            sheet.wrong(said, "is the whole internet: name the networks of your own")
        }
        Ok(net) => Some(net),
        Err(why) => sheet.wrong(said, why),
    }
}

fn policy(said: &written::Policy, sheet: &mut Sheet) -> Policy {
    Policy {
        confirm_tickets: said.confirm_tickets.unwrap_or(true),
        invite_named: said.invite_named.unwrap_or(true),
        tell_worked: said.tell_worked.unwrap_or(true),
        automatic_per_day: sheet.number(&said.automatic_per_day, limits::AUTOMATIC_PER_DAY, 1..=1_000),
        mails_per_sender_hour: sheet.number(
            &said.mails_per_sender_hour,
            limits::MAILS_PER_SENDER_HOUR,
            1..=100_000,
        ),
        confirmations_per_hour: sheet.number(
            &said.confirmations_per_hour,
            limits::CONFIRMATIONS_PER_HOUR,
            1..=1_000_000,
        ),
        letters_per_hour: sheet.number(&said.letters_per_hour, limits::LETTERS_PER_HOUR, 1..=1_000_000),
        mails_per_hour: sheet.number(&said.mails_per_hour, limits::MAILS_PER_HOUR, 1..=1_000_000),
        mails_per_sender_day: sheet.number(
            &said.mails_per_sender_day,
            limits::MAILS_PER_SENDER_DAY,
            1..=1_000_000,
        ),
        tickets_per_sender_hour: sheet.number(
            &said.tickets_per_sender_hour,
            limits::TICKETS_PER_SENDER_HOUR,
            1..=100_000,
        ),
        news_per_ticket_hour: sheet.number(
            &said.news_per_ticket_hour,
            limits::NEWS_PER_TICKET_HOUR,
            1..=100_000,
        ),
        reopens_per_hour: sheet.number(&said.reopens_per_hour, limits::REOPENS_PER_HOUR, 1..=1_000),
        wrong_codes_per_hour: sheet.number(
            &said.wrong_codes_per_hour,
            limits::WRONG_CODES_PER_HOUR,
            1..=100_000,
        ),
        // a mail is held in memory while it is handled
        mail_bytes: sheet.number(
            &said.mail_bytes,
            limits::MAIL_BYTES,
            limits::HEAD_BYTES..=limits::MAIL_BYTES,
        ),
    }
}
