//! Whether a person or a machine wrote a mail, and whether an automatic answer may be given: a [`Mail`] in, its
//! [`Nature`] out, with the rule that decided. The tests follow RFC 3834 section 2, from the surest sign to the
//! weakest; a machine is never answered, and a person sometimes is not. Never decides that a mail is our own (that
//! takes our key) nor who the sender is.

#[rustfmt::skip] // tables
mod away;
#[rustfmt::skip] // tables
mod signs;

use super::munged;
use crate::limits;
use crate::model::address::Address;
use crate::model::folded::folded;
use crate::model::kind::{Kind, Nature};
use crate::model::mail::{Mail, ReportKind};
use crate::model::robot::Robot;
use crate::model::subject::{self, Prefix};

/// The one place that says what sort of thing a mail is, whoever reads it.
pub fn nature(mail: &Mail) -> Nature {
    judged(mail, None)
}

/// The same, by a robot that reads along on its staff list. What that list adds to a mail says nothing of its writer,
/// who may be asked; the list itself is never answered, whatever its manager writes.
pub fn nature_for(mail: &Mail, robot: &Robot) -> Nature {
    judged(mail, Some(robot))
}

fn judged(mail: &Mail, robot: Option<&Robot>) -> Nature {
    let ours = robot.filter(|robot| robot.list_carried(mail));
    let sounds_away = sounds_away(&mail.subject);
    let machine = report(mail)
        .or_else(|| list_admin(mail))
        .or_else(|| staff_list_admin(mail, robot?))
        .or_else(|| auto_submitted(mail))
        .or_else(|| automatic_header(mail))
        .or_else(|| precedence(mail, ours.is_some()))
        .or_else(|| vacation(mail));
    if let Some((kind, why)) = machine {
        return Nature { kind, may_answer: false, sounds_away, why };
    }
    let silent = sender(mail)
        .or_else(|| null_path(mail))
        .or_else(|| hops(mail))
        .or_else(|| loop_header(mail, ours))
        .or_else(|| machine_name(mail))
        .or_else(|| if ours.is_some() { None } else { list(mail) })
        .or_else(|| nobodys(mail, ours?));
    let may_answer = silent.is_none();
    let why = silent.unwrap_or_else(|| "no sign of a machine".to_owned());
    Nature { kind: Kind::Mail, may_answer, sounds_away, why }
}

/// Delivery reports, receipts and complaints, told by `read`; and what has their frame but another content.
fn report(mail: &Mail) -> Option<(Kind, String)> {
    if let Some(report) = &mail.report {
        return Some(match report.kind {
            ReportKind::Bounce => (Kind::Bounce, "delivery report: failed".to_owned()),
            ReportKind::Delay => (Kind::Delay, "delivery report: delayed".to_owned()),
            ReportKind::Success => (Kind::Success, "delivery report: delivered".to_owned()),
            ReportKind::Feedback => (Kind::Feedback, "abuse report".to_owned()),
            ReportKind::Receipt => (Kind::Receipt, "read receipt".to_owned()),
        });
    }
    let media = mail.header("Content-Type").map(token).unwrap_or_default();
    (media == "multipart/report").then(|| (Kind::AutoReply, "Content-Type: multipart/report".to_owned()))
}

/// A list manager's own business. Its headers are sure; its name counts together with its usual words.
fn list_admin(mail: &Mail) -> Option<(Kind, String)> {
    let found = |why: String| Some((Kind::ListAdmin, why));
    if mail.header("X-List-Administrivia").is_some_and(|v| token(v) == "yes") {
        return found("X-List-Administrivia: yes".to_owned());
    }
    let opening = opening(mail);
    if let Some(words) = signs::LIST_MANAGER_OPENINGS.iter().find(|w| opening.contains(**w)) {
        return found(format!("list manager: \"{words}\""));
    }
    let local = from_local(mail);
    if !is_manager(&local) {
        return None;
    }
    if let Some(label) = list_label(mail).filter(|label| local.starts_with(label.as_str())) {
        return found(format!("list manager {local} of the list {label}"));
    }
    let subject = start(&mail.subject, 500);
    let words = signs::LIST_SUBJECTS.iter().find(|w| subject.contains(**w));
    // the manager's own language, when its words are in none of ours
    let names = || signs::LIST_MANAGER_OWN_NAMES.iter().find(|w| start(&opening, 200).contains(**w));
    let words = words.or_else(names)?;
    found(format!("list manager {local}: \"{words}\""))
}

/// Whether list managers write under such a name; what some put behind a plus is a code of theirs.
fn is_manager(local: &str) -> bool {
    let bare = local.split_once('+').map_or(local, |(bare, _)| bare);
    [local, bare].iter().any(|name| {
        let ends = |end: &&str| name.ends_with(*end) && name.len() > end.len();
        signs::LIST_MANAGERS.contains(name) || signs::LIST_MANAGER_ENDS.iter().any(ends)
    }) || bare.starts_with("owner-")
}

/// The name of the list, from List-Id: `staff` of `<staff.x.example>`.
fn list_label(mail: &Mail) -> Option<String> {
    let id = start(mail.header("List-Id")?, 500);
    let inner = id.rsplit_once('<').map_or(id.as_str(), |(_, inner)| inner);
    inner.split(['.', '@', '>']).next().map(|label| label.trim().to_owned()).filter(|label| label.len() > 1)
}

/// What our own staff list's manager writes, whatever it says and in whatever language.
fn staff_list_admin(mail: &Mail, robot: &Robot) -> Option<(Kind, String)> {
    let from = mail.sender().filter(|from| robot.manages_list(from))?;
    Some((Kind::ListAdmin, format!("the staff list's manager: From {from}")))
}

/// RFC 3834 section 5, RFC 5436: anything but `no` is automatic, whatever parameters and comments follow.
fn auto_submitted(mail: &Mail) -> Option<(Kind, String)> {
    let word = mail.headers_named("Auto-Submitted").map(token).find(|t| !t.is_empty() && t != "no")?;
    Some((Kind::AutoReply, format!("Auto-Submitted: {word}")))
}

/// What programs wrote before and beside RFC 3834.
fn automatic_header(mail: &Mail) -> Option<(Kind, String)> {
    mail.headers.iter().find_map(|h| {
        let mut wanted =
            signs::AUTOMATIC_HEADERS.iter().filter(|(n, _)| h.name.eq_ignore_ascii_case(n)).peekable();
        wanted.peek()?;
        let value = start(&h.value, 200);
        let hit = wanted.any(|(_, want)| match *want {
            "" => !matches!(value.as_str(), "" | "no" | "false" | "none"),
            word => value.contains(word),
        });
        hit.then(|| (Kind::AutoReply, format!("{}: {}", h.name, short(&value))))
    })
}

/// `list` says only that a list carried it, and so does `bulk` on a list to which one can write: people do.
fn precedence(mail: &Mail, staff_list: bool) -> Option<(Kind, String)> {
    let people_write = staff_list
        || mail.header("List-Post").is_some_and(|v| token(v) != "no")
        || mail.header("X-BeenThere").is_some();
    let word = mail.headers_named("Precedence").map(token).find(|t| {
        matches!(t.as_str(), "junk" | "auto_reply" | "auto-reply") || t == "bulk" && !people_write
    })?;
    Some((Kind::AutoReply, format!("Precedence: {word}")))
}

/// A vacation message that has no header to say so: its subject, and a second sign.
fn vacation(mail: &Mail) -> Option<(Kind, String)> {
    let subject = start(&mail.subject, 300);
    let (bare, answered) = without_prefixes(&subject);
    let subjects = away::AWAY.iter().flat_map(|language| language.subjects);
    let prefix = subjects.copied().find(|p| {
        bare.strip_prefix(*p).is_some_and(|rest| rest.trim_start().is_empty() || ends_prefix(rest))
    })?;
    let replies = !answered && (!mail.in_reply_to.is_empty() || !mail.references.is_empty());
    let opening = opening(mail);
    let second = if null_path(mail).is_some() {
        "null return path"
    } else if mail.header("X-Auto-Response-Suppress").is_some() {
        "X-Auto-Response-Suppress"
    } else if replies {
        "an answer without Re:"
    } else {
        away::AWAY.iter().flat_map(|language| language.phrases).find(|w| opening.contains(**w))?
    };
    Some((Kind::AutoReply, format!("subject \"{prefix}\" and {second}")))
}

/// Whether a subject begins as vacation messages do in some language, whatever follows. Less than proof, but nothing
/// with such a subject is taken for a yes.
fn sounds_away(subject: &str) -> bool {
    let subject = start(subject, 300);
    let (bare, _) = without_prefixes(&subject);
    away::AWAY.iter().flat_map(|language| language.subjects).any(|p| {
        // where words are set apart the prefix must end with one: no "Autobahn", no "Urlaubsantrag"
        let is_word = |rest: &str| !rest.starts_with(char::is_alphabetic) || !p.ends_with(char::is_lowercase);
        bare.strip_prefix(p).is_some_and(is_word)
    })
}

/// After the prefix of a vacation message comes a mark: "Out of office: x", not "Out of office messages fail".
fn ends_prefix(rest: &str) -> bool {
    rest.trim_start().starts_with([':', '：', '(', '[', '!', '|', '~', '"'])
        || rest.trim_start().starts_with("- ")
}

/// A subject without `Re:` and list tags in front, and whether it had a `Re:`.
fn without_prefixes(subject: &str) -> (&str, bool) {
    let (mut rest, mut answered) = (subject.trim_start(), false);
    for _ in 0..8 {
        if let Some((Prefix::Answer, after)) = subject::prefix(rest) {
            (rest, answered) = (after, true);
        } else if let Some((tag, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']'))
            && tag.len() <= 60
        {
            rest = after.trim_start();
        } else {
            break;
        }
    }
    (rest, answered)
}

fn sender(mail: &Mail) -> Option<String> {
    mail.sender().is_none().then(|| "From: none, several or unusable".to_owned())
}

/// Only the topmost Return-Path: ours, written at delivery.
fn null_path(mail: &Mail) -> Option<String> {
    let path = mail.header("Return-Path")?;
    let bare: String = path.chars().filter(|c| !c.is_whitespace()).take(8).collect();
    matches!(bare.as_str(), "<>" | "").then(|| "Return-Path: <>".to_owned())
}

fn hops(mail: &Mail) -> Option<String> {
    let hops = mail.headers_named("Received").take(limits::RECEIVED + 1).count();
    (hops > limits::RECEIVED).then(|| format!("more than {} Received fields", limits::RECEIVED))
}

/// `X-Loop` and `X-Something-Loop`: some robot has already had this in its hands. Not when it names our staff list.
fn loop_header(mail: &Mail, ours: Option<&Robot>) -> Option<String> {
    let robot = |name: &str| {
        let mut words = name.split('-');
        let is = |word: Option<&str>, what| word.is_some_and(|word| word.eq_ignore_ascii_case(what));
        is(words.next(), "x") && is(words.next_back(), "loop") && words.count() <= 1
    };
    let list = |value: &str| {
        let address = Address::parse(value.trim().trim_start_matches('<').trim_end_matches('>'));
        ours.is_some_and(|ours| address.is_some_and(|a| a == ours.list))
    };
    mail.headers.iter().find(|h| robot(&h.name) && !list(&h.value)).map(|h| h.name.clone())
}

/// Names that nobody reads answers to (RFC 3834 section 2).
fn machine_name(mail: &Mail) -> Option<String> {
    let local = from_local(mail);
    let plain: String = local.chars().filter(|c| !"-_.".contains(*c)).collect();
    let machine = signs::MACHINES.contains(&plain.as_str())
        || signs::MACHINE_STARTS.iter().any(|s| local.starts_with(s) || plain.starts_with(s))
        || signs::MACHINE_ENDS.iter().any(|e| local.ends_with(e));
    machine.then(|| format!("From: {}", short(&local)))
}

/// An answer would go to the list itself.
fn nobodys(mail: &Mail, robot: &Robot) -> Option<String> {
    let open = robot.list_took_from(mail) && munged::author(mail, robot).is_none();
    open.then(|| format!("From is the staff list {}, and nothing tells whose mail it is", robot.list))
}

/// RFC 2369 and 2919; and what lists wrote before.
fn list(mail: &Mail) -> Option<String> {
    const NAMES: [&str; 12] = [
        "list-id",
        "list-post",
        "list-unsubscribe",
        "list-help",
        "list-subscribe",
        "list-owner",
        "list-archive",
        "mailing-list",
        "x-mailing-list",
        "x-list",
        "x-mailman-version",
        "x-beenthere",
    ];
    let named = |name: &str| NAMES.iter().any(|n| name.eq_ignore_ascii_case(n));
    if let Some(h) = mail.headers.iter().find(|h| named(&h.name)) {
        return Some(h.name.clone());
    }
    mail.headers_named("Precedence").any(|p| token(p) == "list").then(|| "Precedence: list".to_owned())
}

/// The local part of the first From address, lower case; empty when there is none.
fn from_local(mail: &Mail) -> String {
    let addr = mail.from.first().map(|m| m.addr.as_str()).unwrap_or_default();
    start(addr.split('@').next().unwrap_or_default(), 100)
}

/// A header's first word, lower case: parameters and comments (RFC 5322 3.2.2) left out.
fn token(value: &str) -> String {
    let mut depth = 0_u32;
    let mut word = String::new();
    for c in value.chars().take(500) {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            ';' => break,
            c if c.is_whitespace() && word.is_empty() => {}
            c if c.is_whitespace() => break,
            c => word.extend(c.to_lowercase()),
        }
    }
    word
}

/// The first characters, lower case, white space folded: what phrases are looked up in.
fn start(text: &str, chars: usize) -> String {
    // no text has more characters than bytes
    let longer = if text.len() > chars { text.char_indices().nth(chars) } else { None };
    folded(longer.and_then(|(end, _)| text.get(..end)).unwrap_or(text), |_| false)
}

/// The beginning of what the sender wrote; what is quoted below a person's answer is another's.
fn opening(mail: &Mail) -> String {
    let new = mail.new_text();
    start(if mail.pieces.is_empty() { &mail.text } else { &new }, 1_500)
}

/// For `why`: one short line.
fn short(value: &str) -> String {
    value.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod managers;
#[cfg(test)]
mod tests;
