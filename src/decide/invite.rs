//! Invitations: somebody is asked by mail whether he wants to follow a ticket, and does once he answers. In come the first
//! mail of a ticket, or an answer; out goes whom to ask, or what the answer changes. Nobody is ever added in silence.

use super::Case;
use super::confirm::{added, is_asked};
use crate::limits;
use crate::model::address::Address;
use crate::model::clues::Pending;
use crate::model::decision::{Change, Decision, End, Entry, Filing, Target, What};
use crate::model::following::Level;
use crate::model::mail::Mail;
use crate::model::proof::Sender;
use crate::model::robot::Robot;
use crate::model::ticket::{State, View};

/// Local parts that no person reads, whole.
const MACHINES: [&str; 22] = [
    "abuse",
    "admin",
    "administrator",
    "all",
    "alerts",
    "bounce",
    "bounces",
    "daemon",
    "donotreply",
    "everybody",
    "everyone",
    "hostmaster",
    "listserv",
    "mailer-daemon",
    "majordomo",
    "no-reply",
    "nobody",
    "noreply",
    "notifications",
    "postmaster",
    "root",
    "webmaster",
];
/// How local parts of machines and lists begin or end.
const BEGINS: [&str; 6] = ["no-reply", "noreply", "do-not-reply", "donotreply", "owner-", "bounce"];
const ENDS: [&str; 8] =
    ["-request", "-owner", "-bounces", "-list", "-announce", "-subscribe", "-unsubscribe", "-noreply"];

/// The people in To and Cc of a ticket's first mail who are to be asked whether they want to follow it, once it is
/// confirmed. A mail that came over somebody's list names that list's readers, not people.
pub fn named(first: &Mail, view: &View, robot: &Robot) -> Vec<Address> {
    let over_a_list = first.headers.iter().any(|h| h.name.to_ascii_lowercase().starts_with("list-"));
    if !robot.policy.invite_named || over_a_list {
        return Vec::new();
    }
    let mut asked: Vec<Address> = Vec::new();
    for who in first.to.iter().chain(&first.cc).filter_map(|m| m.address()) {
        let knows =
            view.level_of(&who).is_some() || view.ticket.requester.address == who || asked.contains(&who);
        if !knows && !is_ours(&who, robot) && !is_machine(&who) {
            asked.push(who);
        }
    }
    asked.truncate(limits::INVITED);
    asked
}

fn is_ours(who: &Address, robot: &Robot) -> bool {
    robot.is_own(who) || robot.reads_list(who) || robot.member(who).is_some()
}

/// Whether no person reads that address, by its name.
fn is_machine(who: &Address) -> bool {
    let local = who.local().to_ascii_lowercase();
    let bare = local.split('+').next().unwrap_or("");
    MACHINES.contains(&bare)
        || BEGINS.iter().any(|b| bare.starts_with(b))
        || ENDS.iter().any(|e| bare.ends_with(e))
}

/// The answer to an invitation: the one who was asked follows the ticket from now on, and what else he writes is filed.
pub(super) fn answered(pending: &Pending, sender: &Sender, case: Case<'_>) -> Decision {
    if !is_asked(pending, sender, case) {
        return Decision::end(End::Held, "an invitation's code that was given to somebody else");
    }
    let view = pending.ticket.and_then(|t| case.known.view(case.known.where_it_went(t)));
    let Some(view) = view.filter(|v| v.ticket.state != State::Unconfirmed) else {
        return Decision::end(End::Held, "an invitation to no ticket");
    };
    // what merging does not bring into a private ticket, an older invitation does not bring there either
    if Some(view.ticket.number) != pending.ticket
        && view.ticket.fields.is_private()
        && !view.has_part(&pending.person.address)
        && case.robot.member(&pending.person.address).is_none()
    {
        return Decision::end(End::Held, "an invitation to a ticket that is part of a private one by now");
    }
    let number = view.ticket.number;
    let mut decision = Decision::end(End::Applied, format!("follows {number}, as it was invited to"));
    decision.answers.push(pending.id);
    if declines(&case.mail.new_text()) {
        decision.why = format!("does not want to follow {number}");
        return decision;
    }
    decision.proves_sender = true;
    let entry = added(case).map(|text| Entry { text, staff_only: false });
    let who = pending.person.address.clone();
    let follows = What::Follows { who, from: None, to: Some(Level::Short) };
    let is_new = view.level_of(&pending.person.address).is_none();
    let changes: Vec<Change> =
        is_new.then(|| Change { line: 0, what: follows, remark: String::new() }).into_iter().collect();
    if !changes.is_empty() || entry.is_some() {
        let quiet = entry.is_none();
        decision.filings.push(Filing { entry, changes, quiet, ..Filing::of(Target::Known(number)) });
    }
    decision
}

/// Whether the answer begins with a no.
fn declines(text: &str) -> bool {
    const NO: [&str; 14] = [
        "no",
        "nope",
        "nein",
        "non",
        "nej",
        "nee",
        "não",
        "nao",
        "нет",
        "nie",
        "ne",
        "stop",
        "unsubscribe",
        "remove",
    ];
    let first = text.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
    first.is_some_and(|word| NO.contains(&word.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_is_a_no() {
        for no in ["No", "no, thank you", "Nein danke!", "> stop", "unsubscribe", "Non merci"] {
            assert!(declines(no), "{no}");
        }
        for yes in ["", "yes", "I do not know, but yes", "Nobody told me before!", "Now I see", "ok"] {
            assert!(!declines(yes), "{yes}");
        }
    }

    #[test]
    fn machines_are_not_people() {
        let is = |text: &str| is_machine(&Address::parse(text).unwrap());
        for machine in [
            "No-Reply@x.example",
            "noreply-12@x.example",
            "root@x.example",
            "users-request@x.example",
            "bounces+7@x.example",
        ] {
            assert!(is(machine), "{machine}");
        }
        for person in
            ["ann@x.example", "roots@x.example", "norepla@x.example", "ann+work@x.example", "liszt@x.example"]
        {
            assert!(!is(person), "{person}");
        }
    }
}
