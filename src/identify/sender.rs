//! Who sent a mail and how sure that is. In come the mail, the robot and the time; out comes the [`Sender`], and from
//! one with proof enough a [`Vouched`]: this is the only room that makes them.
//! Looks at From alone (never at Reply-To, Sender, a display name or an `X-Trackle-` field of the mail's), but for mails
//! into whose From the staff list put its own address.

use super::name::shown;
use super::signed;
use super::{carried, munged};
use crate::limits;
use crate::model::address::Address;
use crate::model::mail::Mail;
use crate::model::proof::{Proof, Sender, Vouched};
use crate::model::robot::Robot;
use jiff::Timestamp;

/// Fields that say whom the mail was delivered to, written by servers or by the sender; the mark is what counts.
const DELIVERED: [&str; 3] = ["Delivered-To", "X-Original-To", "Envelope-To"];
/// With one of these twice, two programs may read two different mails.
const ONCE: [&str; 5] = ["from", "sender", "date", "message-id", "subject"];

/// The sender. `None` unless From holds exactly one address that can be written to.
pub fn sender(mail: &Mail, robot: &Robot, now: Timestamp) -> Option<Sender> {
    let address = mail.sender()?;
    if let Some(author) = munged::author(mail, robot) {
        return Some(author);
    }
    let (proof, why) = proof(mail, &address, robot, now);
    let staff = robot.member(&address).map(|member| member.login.clone());
    let name = mail.from.first().map(|from| shown(&from.name)).unwrap_or_default();
    Some(Sender { address, name, staff, proof, why })
}

/// The same person with proof enough to change something, or nobody.
pub fn vouch(sender: &Sender) -> Option<Vouched> {
    (sender.proof >= Proof::Domain).then(|| Vouched::attest(sender.clone()))
}

/// The sender of a held mail, after the question that was mailed to `answered_to` has been answered.
pub fn vouch_confirmed(sender: &Sender, answered_to: &Address) -> Option<Vouched> {
    (sender.address == *answered_to).then(|| {
        let why = format!("{answered_to} answered our question");
        Vouched::attest(Sender { proof: Proof::Confirmed, why, ..sender.clone() })
    })
}

fn proof(mail: &Mail, from: &Address, robot: &Robot, now: Timestamp) -> (Proof, String) {
    if let Some(field) = ONCE.iter().find(|field| mail.doubled.iter().any(|d| d.eq_ignore_ascii_case(field)))
    {
        return (Proof::None, format!("{field} stands more than once"));
    }
    let signed = signed::proves(mail, robot, now);
    if let Some(Ok(why)) = &signed {
        return (Proof::Signed, why.clone());
    }
    if was_sent_to_token(mail, from, robot, now) {
        return (Proof::Person, format!("it came to the reply address given to {from}"));
    }
    match (carried::proof(mail, from, robot), signed) {
        ((Proof::None, why), Some(Err(also))) => (Proof::None, format!("{why}; {also}")),
        (proof, _) => proof,
    }
}

/// Whether it came to a reply address that only this person was given.
fn was_sent_to_token(mail: &Mail, from: &Address, robot: &Robot, now: Timestamp) -> bool {
    let delivered = DELIVERED.iter().flat_map(|name| mail.headers_named(name)).filter_map(|value| {
        let value = value.trim();
        Address::parse(value.strip_prefix('<').and_then(|v| v.strip_suffix('>')).unwrap_or(value))
    });
    let written = mail.to.iter().chain(&mail.cc).filter_map(|mailbox| mailbox.address());
    delivered.chain(written).take(limits::ADDRESSES).any(|address| {
        let detail = robot.detail_of(&address);
        detail.is_some_and(|detail| robot.seal.open_reply(detail, from, now).is_some())
    })
}

#[cfg(test)]
mod tests;
