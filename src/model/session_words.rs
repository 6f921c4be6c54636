//! A session in words, as letters, screens and the attached history have them in common. English alone: all of them are
//! for staff. What is in the words is as strangers' files and shells made it: who shows them cleans them.

use super::session::{Action, Change, Content, Ending, Session, Thing, Type, Unseen};
use super::session_log::Log;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::fmt::Write;

/// `25 minutes`, `1 hour 5 minutes`, `40 seconds`, `less than a second`.
pub fn span(session: &Session) -> String {
    let seconds = session.ended.as_second().saturating_sub(session.started.as_second()).max(0);
    let count = |n: i64, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    match (seconds / 3_600, seconds % 3_600 / 60) {
        (0, 0) if seconds == 0 => "less than a second".to_owned(),
        (0, 0) => count(seconds, "second"),
        (0, minutes) => count(minutes, "minute"),
        (hours, 0) => count(hours, "hour"),
        (hours, minutes) => format!("{} {}", count(hours, "hour"), count(minutes, "minute")),
    }
}

/// `3 files changed`, `nothing changed`.
pub fn changed(files: u64) -> String {
    match files {
        0 => "nothing changed".to_owned(),
        1 => "1 file changed".to_owned(),
        files => format!("{files} files changed"),
    }
}

/// What stands in the ticket's conversation: what there is to see, and where, and the admin's words.
pub fn entry(number: u64, session: &Session) -> String {
    let head = if session.ending == Ending::Discarded {
        format!(
            "Session {number} on {} was given up after {}: nothing of it was kept.",
            session.host,
            span(session)
        )
    } else if session.is_note() {
        format!("Session {number} on {}: a note.", session.host)
    } else {
        let files = changed(session.changes.len() as u64);
        format!("Session {number} on {}, {}: {files}.", session.host, span(session))
    };
    let remark = session.remark.trim();
    if remark.is_empty() { head } else { format!("{head}\n\n{remark}") }
}

/// By whom it was seen, and what nobody saw; one sentence each, no sentence for nothing.
pub fn witnesses(session: &Session) -> Vec<String> {
    let seen = &session.witnesses;
    let mut all = Vec::new();
    if !seen.by.is_empty() {
        all.push(format!("Tracked by {}.", seen.by.join(", ")));
    }
    if !seen.unseen.is_empty() {
        let times: u64 = seen.unseen.iter().map(|u| u.times).sum();
        let one = |u: &Unseen| format!("{} ({})", u.program, u.why);
        let named: Vec<String> = seen.unseen.iter().take(5).map(one).collect();
        let more = seen.unseen.len().saturating_sub(named.len());
        let more = if more > 0 { format!(" and {more} others") } else { String::new() };
        let ran = if times == 1 { "1 program" } else { &format!("{times} programs") };
        all.push(format!("Not seen: {ran} ran unseen, {}{more}.", named.join(", ")));
    }
    if seen.lost > 0 {
        all.push(format!("Not recorded: {} changes.", seen.lost));
    }
    if seen.not_kept > 0 {
        all.push(format!("Not kept for want of room: {} copies of files.", seen.not_kept));
    }
    if !seen.still_running.is_empty() {
        let named: Vec<String> =
            seen.still_running.iter().take(5).map(|(pid, name)| format!("{name} ({pid})")).collect();
        all.push(format!("Still running at its end: {}.", named.join(", ")));
    }
    all.extend(seen.notes.iter().cloned());
    all
}

/// How it ended, where that is not how sessions end.
pub fn ending(session: &Session) -> Option<String> {
    match session.ending {
        Ending::Exit(0) | Ending::Discarded => None,
        Ending::Exit(status) => Some(format!("It ended with exit status {status}.")),
        Ending::Signal(signal) => Some(format!("It was ended by signal {signal}.")),
        Ending::Recovered => Some("Nobody saw its end: the record was completed afterwards.".to_owned()),
    }
}

/// One letter for what became of a file.
pub fn sign(change: &Change) -> char {
    match change.action {
        Action::Created => 'A',
        Action::Removed => 'D',
        Action::Modified => 'M',
        Action::Renamed => 'R',
        Action::Retyped => 'T',
    }
}

/// What became of a file besides its lines: mode, owner, type, where a link leads, and why its content is not shown.
pub fn notes(change: &Change) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(from) = &change.from {
        notes.push(format!("from {from}"));
    }
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => notes.extend(differences(before, after)),
        (None, Some(new)) => notes.extend(born(new)),
        (Some(gone), None) if gone.kind != Type::File => notes.push(kind(gone.kind).to_owned()),
        _ => {}
    }
    if let Some(original) = &change.backup_of {
        notes.push(format!("copy of {original} as it was"));
    }
    if change.others {
        notes.push("changed by somebody else as well".to_owned());
    }
    notes.extend(withheld(change));
    notes
}

/// Why content of it was not stored.
pub fn withheld(change: &Change) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for thing in change.before.iter().chain(&change.after) {
        let why = match &thing.content {
            Content::Withheld(rule) => format!("content withheld: {rule}"),
            Content::NotKept(why) => format!("content not kept: {why}"),
            Content::None | Content::Hash(_) => continue,
        };
        if !all.contains(&why) {
            all.push(why);
        }
    }
    all
}

fn born(new: &Thing) -> Vec<String> {
    let mut notes = Vec::new();
    match (&new.target, new.kind) {
        (Some(target), _) => notes.push(format!("link to {target}")),
        (None, Type::File) => {}
        (None, other) => notes.push(kind(other).to_owned()),
    }
    let usual = if new.kind == Type::Directory { 0o755 } else { 0o644 };
    if new.kind != Type::Symlink && new.mode != usual {
        notes.push(format!("mode {:04o}", new.mode));
    }
    notes
}

fn differences(before: &Thing, after: &Thing) -> Vec<String> {
    let mut notes = Vec::new();
    if before.kind != after.kind {
        notes.push(format!("{} -> {}", kind(before.kind), kind(after.kind)));
    }
    if let (true, Some(target)) = (before.target != after.target, &after.target) {
        notes.push(match &before.target {
            Some(old) => format!("link to {old} -> {target}"),
            None => format!("link to {target}"),
        });
    }
    if before.mode != after.mode && after.kind != Type::Symlink {
        notes.push(format!("mode {:04o} -> {:04o}", before.mode, after.mode));
    }
    if (before.uid, before.gid) != (after.uid, after.gid) {
        notes.push(format!("owner {}:{} -> {}:{}", before.uid, before.gid, after.uid, after.gid));
    }
    for name in attributes(before, after) {
        notes.push(format!("attribute {name}"));
    }
    notes
}

/// Names of extended attributes that are not as they were.
fn attributes(before: &Thing, after: &Thing) -> Vec<String> {
    let differs = |one: &Thing, other: &Thing| -> Vec<String> {
        one.attributes
            .iter()
            .filter(|a| !other.attributes.contains(a))
            .map(|(name, _)| name.clone())
            .collect()
    };
    let mut all = differs(after, before);
    all.extend(differs(before, after));
    all.sort();
    all.dedup();
    all
}

fn kind(kind: Type) -> &'static str {
    match kind {
        Type::File => "file",
        Type::Directory => "directory",
        Type::Symlink => "symbolic link",
        Type::Fifo => "named pipe",
        Type::Socket => "socket",
        Type::Character => "character device",
        Type::Block => "block device",
    }
}

/// The whole of a session but what its files hold, as a text to be kept.
pub fn history(log: &Log, zone: &TimeZone) -> String {
    let (filed, session) = (&log.filed, &log.filed.session);
    let day = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string();
    let clock = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string();
    let mut out = format!(
        "Session {} of {}: {} <{}>, {} on {}\n{} to {}, in {}, {}\n",
        filed.number,
        filed.ticket,
        filed.worker.name,
        filed.worker.address,
        session.login,
        session.host,
        day(session.started),
        day(session.ended),
        session.directory,
        session.shell
    );
    if let Some(command) = &session.command {
        let _ = writeln!(out, "command: {command}");
    }
    for line in ending(session).into_iter().chain(witnesses(session)) {
        let _ = writeln!(out, "{line}");
    }
    section(
        &mut out,
        "Environment",
        session.environment.iter().map(|(name, value)| format!("{name}={value}")),
    );
    let typed = session.typed.iter().enumerate().filter(|(at, _)| !log.overlay.hidden_commands.contains(at));
    let typed = typed.map(|(at, typed)| {
        let status = typed.status.filter(|s| *s != 0).map(|s| format!("  [{s}]")).unwrap_or_default();
        format!("{:>4}  {}  {}  {}{status}", at + 1, clock(typed.at), typed.directory, typed.line)
    });
    section(&mut out, "Typed", typed);
    let ran = session.ran.iter().map(|ran| {
        let arguments = ran.arguments.join(" ");
        format!("{}  {}  uid {}  {}  {arguments}", clock(ran.at), ran.pid, ran.uid, ran.program)
    });
    section(&mut out, "Ran", ran);
    section(&mut out, "Files", session.changes.iter().map(file));
    section(&mut out, "Tags", session.tags.iter().cloned());
    out
}

/// `M /etc/fstab (mode 0644 -> 0600) [util-linux]`
pub fn file(change: &Change) -> String {
    let notes = notes(change);
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    let package = change.package.as_ref().map(|p| format!(" [{p}]")).unwrap_or_default();
    format!("{} {}{notes}{package}", sign(change), change.path)
}

fn section(out: &mut String, head: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    let _ = writeln!(out, "\n{head}");
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
}
