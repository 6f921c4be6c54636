//! The robot itself, as the thinking rooms need to know it: its addresses, its staff, whom it trusts.
//! Made from the configuration; holds no secret but the [`Seal`], which shows nothing.

use super::address::Address;
use super::fields::Values;
use super::mail::Mail;
use super::network::Network;
use super::person::Member;
use super::seal::Seal;
use jiff::tz::TimeZone;

/// Header fields in which a mail server or the sender names the address that a mail was for.
const ADDRESSED: [&str; 6] =
    ["delivered-to", "x-original-to", "envelope-to", "x-delivered-to", "x-rcpt-to", "original-recipient"];
/// Addresses of ours that are looked at in one mail.
const OURS: usize = 50;

/// Who we are and whom we work for.
#[derive(Debug, Clone)]
pub struct Robot {
    /// The help address.
    pub address: Address,
    /// Shown in From.
    pub name: String,
    /// Other addresses that reach us.
    pub aliases: Vec<Address>,
    /// What separates `help` from `12` in `help+12@`; `None` when the mail system cannot do that.
    pub delimiter: Option<char>,
    /// Whether each letter's return path is its own, so that only what comes back to it counts against an address.
    pub returns: bool,
    /// Where the web endpoint is reached from outside, without a slash at its end: `https://desk.example/trackle`.
    pub base_url: Option<String>,
    /// The mailing list (or plain address) where staff read the threads.
    pub list: Address,
    /// Further addresses that get the long form.
    pub also: Vec<Address>,
    pub members: Vec<Member>,
    pub trust: Trust,
    pub policy: Policy,
    /// What the fields of a ticket may hold.
    pub values: Values,
    pub seal: Seal,
}

/// Whose word counts (all empty: nobody's, every staff command is confirmed by mail).
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Identifiers our own mail server puts first in Authentication-Results.
    pub authserv_ids: Vec<String>,
    /// Names our own mail servers put after `by` in Received.
    pub mx_hosts: Vec<String>,
    /// Domains whose proven mail needs no confirmation round trip.
    pub domains: Vec<String>,
    /// Networks whose mail, handed to one of `mx_hosts`, counts as submitted by its sender.
    pub networks: Vec<Network>,
}

/// What a site may set about the robot's manners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Strangers answer one mail before their ticket opens.
    pub confirm_tickets: bool,
    /// People in To and Cc of a ticket's first mail are asked whether they want to follow it.
    pub invite_named: bool,
    /// Requester and subscribers of a public ticket are told that somebody worked on it.
    pub tell_worked: bool,
    /// Automatic mails to one address in a day.
    pub automatic_per_day: u32,
    /// Mails of one sender applied in an hour; the rest is held.
    pub mails_per_sender_hour: u32,
    /// Confirmation mails in an hour in all; the rest goes out in the hours after.
    pub confirmations_per_hour: u32,
    /// Letters in an hour in all; the rest goes out in the hours after.
    pub letters_per_hour: u32,
    /// Mails taken in within an hour in all; the rest stays in its mailbox until the next one.
    pub mails_per_hour: u32,
    /// Mails of one sender applied in a day; more are held.
    pub mails_per_sender_day: u32,
    /// New tickets of one sender from outside in an hour; what would open more is held.
    pub tickets_per_sender_hour: u32,
    /// Mails about one ticket announced in an hour; more are held.
    pub news_per_ticket_hour: u32,
    /// Reopenings of one ticket in an hour, by all but staff.
    pub reopens_per_hour: u32,
    /// Mails of one sender with a wrong confirmation code in an hour, before staff are told.
    pub wrong_codes_per_hour: u32,
    /// How old a mail with commands may be, in hours.
    pub command_hours: i64,
    /// Where the team works: what staff are told of times is told by the clocks there.
    pub zone: TimeZone,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            confirm_tickets: true,
            invite_named: true,
            tell_worked: true,
            automatic_per_day: crate::limits::AUTOMATIC_PER_DAY,
            mails_per_sender_hour: crate::limits::MAILS_PER_SENDER_HOUR,
            confirmations_per_hour: crate::limits::CONFIRMATIONS_PER_HOUR,
            letters_per_hour: crate::limits::LETTERS_PER_HOUR,
            mails_per_hour: crate::limits::MAILS_PER_HOUR,
            mails_per_sender_day: crate::limits::MAILS_PER_SENDER_DAY,
            tickets_per_sender_hour: crate::limits::TICKETS_PER_SENDER_HOUR,
            news_per_ticket_hour: crate::limits::NEWS_PER_TICKET_HOUR,
            reopens_per_hour: crate::limits::REOPENS_PER_HOUR,
            wrong_codes_per_hour: crate::limits::WRONG_CODES_PER_HOUR,
            command_hours: crate::limits::COMMAND_HOURS,
            zone: TimeZone::UTC,
        }
    }
}

impl Robot {
    /// Whether mail to that address, with whatever detail, is mail to us.
    pub fn is_own(&self, address: &Address) -> bool {
        self.detail_of(address).is_some()
    }
    /// The detail of an own address: `Some("")` for `help@`, `Some("12")` for `help+12@`, `None` for anybody else's.
    pub fn detail_of<'a>(&self, address: &'a Address) -> Option<&'a str> {
        let own =
            |bare: &str| Address::parse(bare).is_some_and(|a| a == self.address || self.aliases.contains(&a));
        if own(address.as_str()) {
            return Some("");
        }
        let (bare, detail) = address.split_detail(self.delimiter?);
        if own(&bare) { detail } else { None }
    }
    /// Our own addresses that a mail was for, those noted by servers first.
    pub fn addressed(&self, mail: &Mail) -> Vec<Address> {
        let noted = mail
            .headers
            .iter()
            .filter(|h| ADDRESSED.iter().any(|a| h.name.eq_ignore_ascii_case(a)))
            .filter_map(|h| Address::parse(h.value.trim().trim_start_matches('<').trim_end_matches('>')));
        let written = mail.to.iter().chain(&mail.cc).filter_map(|m| m.address());
        noted.chain(written).filter(|a| self.is_own(a)).take(OURS).collect()
    }
    /// Our address with a detail, where the mail system can do that and the result is not too long.
    pub fn address_with(&self, detail: &str) -> Option<Address> {
        self.address.with_detail(self.delimiter?, detail)
    }
    /// The domain of our Message-IDs.
    pub fn domain(&self) -> &str {
        self.address.domain()
    }
    /// The staff member who writes from that address.
    pub fn member(&self, address: &Address) -> Option<&Member> {
        self.members.iter().find(|m| m.writes_from(address))
    }
    /// The staff member of that login.
    pub fn by_login(&self, login: &str) -> Option<&Member> {
        self.members.iter().find(|m| m.login == login)
    }
    /// Who is called so in full: by a login, another word of his or an address.
    pub fn by_name(&self, word: &str) -> Option<&Member> {
        let word = word.to_ascii_lowercase();
        self.members.iter().find(|m| {
            m.login.eq_ignore_ascii_case(&word)
                || m.words.contains(&word)
                || Address::parse(&word).is_some_and(|a| m.writes_from(&a))
        })
    }
    /// Who is meant by a login, an address or the unique beginning of a login; else all that could be meant.
    pub fn by_word(&self, word: &str) -> Result<&Member, Vec<&Member>> {
        let word = word.trim_start_matches('@').to_ascii_lowercase();
        if let Some(member) = self.by_name(&word) {
            return Ok(member);
        }
        let close: Vec<&Member> = self
            .members
            .iter()
            .filter(|m| !word.is_empty() && m.login.to_ascii_lowercase().starts_with(&word))
            .collect();
        match close.as_slice() {
            [one] => Ok(one),
            _ => Err(close),
        }
    }
    /// What to call a staff member in letters.
    pub fn called(&self, login: &str) -> String {
        self.by_login(login).map_or_else(|| login.to_owned(), |m| m.name.clone())
    }
    /// Whether an address is one that gets the long form anyway.
    pub fn reads_list(&self, address: &Address) -> bool {
        self.list == *address || self.also.contains(address)
    }
}
