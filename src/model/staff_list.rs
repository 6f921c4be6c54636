//! The staff mailing list, as the mails show it that its manager hands on or writes: in come a mail and the robot, out
//! comes what the list had to do with it. By List-Id (RFC 2919), List-Post (RFC 2369), the older fields, and the
//! return path, which is all that some managers leave.
//! Claims, every one: anybody can type these fields. So they may take a machine's mark away from a mail and choose in
//! whose name it is asked about; they prove nothing and let nothing run.

use super::address::Address;
use super::mail::{Header, Mail};
use super::robot::Robot;

/// Fields that hold the list's address, as such or among other words.
const NAMED: [&str; 5] = ["list-post", "x-beenthere", "x-mailing-list", "mailing-list", "x-loop"];
/// Fields that hold an address of the list's manager, topmost first.
const SENT_BY: [&str; 3] = ["return-path", "sender", "errors-to"];
/// What stands behind the list's name in the addresses of its manager.
const MANAGERS: [&str; 16] = [
    "owner",
    "request",
    "bounce",
    "bounces",
    "confirm",
    "join",
    "leave",
    "subscribe",
    "unsubscribe",
    "editor",
    "help",
    "moderator",
    "moderators",
    "errors",
    "return",
    "noreply",
];
/// Characters of a field that are looked at.
const FIELD: usize = 500;

impl Robot {
    /// Whether it came over the staff list. Never where that is one member's own address.
    pub fn list_carried(&self, mail: &Mail) -> bool {
        let list = self.list.key();
        let id = list.replacen('@', ".", 1);
        let names = |field: &str, value: &str| match field {
            "list-id" => [&id, &list].contains(&&bracketed(value)),
            // ezmlm; the bare address is left by an alias, which sends nothing anew
            "delivered-to" => value.trim() == format!("mailing list {list}"),
            _ => NAMED.contains(&field) && words(value).any(|word| word == list),
        };
        let manages = |field: &str, value: &str| {
            SENT_BY.contains(&field)
                && Address::parse(&bracketed(value)).is_some_and(|a| self.manages_list(&a))
        };
        let marks = |h: &Header| {
            // most fields say nothing of lists, and are not copied to find that out
            let is = |field: &&str| h.name.eq_ignore_ascii_case(field);
            if !["list-id", "delivered-to"].iter().chain(&NAMED).chain(&SENT_BY).any(is) {
                return false;
            }
            let (field, value) = (h.name.to_ascii_lowercase(), start(&h.value));
            names(&field, &value) || manages(&field, &value)
        };
        self.member(&self.list).is_none() && mail.headers.iter().any(marks)
    }

    /// Whether the list put its own address into From, as lists do for domains that forbid others to send for them.
    pub fn list_took_from(&self, mail: &Mail) -> bool {
        mail.sender().is_some_and(|from| from == self.list) && self.list_carried(mail)
    }

    /// Whether the manager of the staff list writes from that address: `staff-bounces+x@`, `staff+owner@`. A member's
    /// own address is never taken for one, nor is ours.
    pub fn manages_list(&self, address: &Address) -> bool {
        let (list, local) = (self.list.local().to_ascii_lowercase(), address.local().to_ascii_lowercase());
        let behind = local.strip_prefix(&list).and_then(|rest| rest.strip_prefix(['-', '+', '_', '.', '=']));
        let word =
            behind.map(|rest| rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default());
        let owner = local.strip_prefix("owner-").is_some_and(|rest| rest == list);
        address.domain().eq_ignore_ascii_case(self.list.domain())
            && (owner || word.is_some_and(|word| MANAGERS.contains(&word)))
            && self.member(address).is_none()
            && !self.is_own(address)
    }

    /// Whether it was written to the list's readers and only as one of them to us: who puts our address beside the
    /// list's means us, and who cannot be seen to have done so does not.
    pub fn overhears(&self, mail: &Mail) -> bool {
        let written = || mail.to.iter().chain(&mail.cc).filter_map(|mailbox| mailbox.address());
        // a list that writes each reader's address into To leaves its own out
        let to_us = written().any(|a| self.is_own(&a)) && written().any(|a| self.reads_list(&a));
        self.list_carried(mail) && !to_us
    }
}

/// The beginning of a field, lower case.
fn start(value: &str) -> String {
    value.chars().take(FIELD).flat_map(char::to_lowercase).collect()
}

/// What stands in the last angle brackets; without any, the whole.
fn bracketed(value: &str) -> String {
    let inner = value.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(inner, _)| inner);
    inner.unwrap_or(value).trim().to_owned()
}

/// The words of a field, `mailto:` and its question mark left out.
fn words(value: &str) -> impl Iterator<Item = &str> {
    let parts = value.split(|c: char| c.is_whitespace() || "<>,;()".contains(c));
    parts.map(|word| word.strip_prefix("mailto:").unwrap_or(word).split('?').next().unwrap_or_default())
}

#[cfg(test)]
mod tests;
