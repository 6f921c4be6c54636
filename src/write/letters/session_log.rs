//! `session_log`: to staff, what was done in a session: who, where and how long, what was typed, which files changed, and
//! below that the shown differences as they are, up to a limit. No line of them is broken, since they are answered line by
//! line; what is cut here stands in the attachments.

mod files;

use super::Words;
use super::status::{self, Standing};
use crate::limits;
use crate::model::lock::minute;
use crate::model::robot::Robot;
use crate::model::session_log::{Diffed, Drifted, Log, Told};
use crate::model::session_words as words;
use crate::model::ticket::View;
use crate::write::clean;
use crate::write::voice::Voice;
use serde::Serialize;

#[derive(Default, askama::Template, Serialize)]
#[template(path = "mail/session_log.txt")]
pub(super) struct SessionLog {
    ticket: String,
    title: String,
    state: String,
    owner: String,
    has_marks: bool,
    /// What is set besides.
    marks: String,
    requester: String,
    /// The session's.
    number: String,
    who: String,
    host: String,
    login: String,
    /// Nobody worked: somebody wrote something down.
    is_note: bool,
    span: String,
    since: String,
    /// `3 files changed`.
    changed: String,
    /// By whom it was seen, and what nobody saw.
    seen: Vec<String>,
    has_remark: bool,
    remark: String,
    has_typed: bool,
    typed: Vec<String>,
    has_more_typed: bool,
    more_typed: String,
    has_files: bool,
    files: Vec<String>,
    /// Some of these lines stand for several files.
    has_heaps: bool,
    has_diffs: bool,
    diffs: String,
    /// Something of the differences is left out.
    has_cut: bool,
    /// And the attached patch is not all of it either.
    has_left: bool,
    /// Names of the attachments.
    patch: String,
    history: String,
}

impl SessionLog {
    pub fn of(robot: &Robot, _: &Voice<'_>, view: &View, told: &Told) -> SessionLog {
        let (now, log) = (Standing::of(robot, view), &told.log);
        let (filed, session) = (&log.filed, &log.filed.session);
        let remark = clean::verbatim(&clean::text(&session.remark));
        let seen = words::ending(session).into_iter().chain(words::witnesses(session));
        let seen = seen.chain(drifted(told));
        let (typed, more_typed) = typed(log);
        let (files, has_heaps) = files::files(told);
        let (diffs, has_cut) = diffs(&told.diffs);
        SessionLog {
            ticket: now.ticket,
            title: now.title,
            state: now.state,
            owner: now.owner,
            has_marks: !now.marks.is_empty(),
            marks: now.marks,
            requester: now.requester,
            number: filed.number.to_string(),
            who: status::written(&filed.worker.name, told.address.as_str()),
            host: clean::name(&session.host),
            login: clean::name(&session.login),
            is_note: session.is_note(),
            span: words::span(session),
            since: minute(session.started, &robot.policy.zone),
            changed: words::changed(session.changes.len() as u64),
            seen: seen.map(|line| clean::words(&line)).collect(),
            has_remark: !remark.is_empty(),
            remark,
            has_typed: !typed.is_empty(),
            typed,
            has_more_typed: more_typed > 0,
            more_typed: more_typed.to_string(),
            has_files: !files.is_empty(),
            files: files.iter().map(|line| clean::verbatim(&clean::words(line))).collect(),
            has_heaps,
            has_diffs: !diffs.is_empty(),
            diffs: clean::verbatim(&diffs),
            has_cut,
            has_left: told.left > 0,
            patch: format!("session-{}.patch", filed.number),
            history: format!("session-{}-history.txt", filed.number),
        }
    }
}

/// Drifted files that are named.
const DRIFTED: usize = 5;

/// `Changed without a session before: /etc/fstab (content, since session 12).`
fn drifted(told: &Told) -> Option<String> {
    let one = |d: &Drifted| {
        let path = &told.log.filed.session.changes.get(d.place)?.path;
        Some(format!("{path} ({}, since session {})", d.what, d.after))
    };
    let named: Vec<String> = told.drifted.iter().filter_map(one).take(DRIFTED).collect();
    let more = told.drifted.len().saturating_sub(named.len());
    let more = if more > 0 { format!(" and {more} others") } else { String::new() };
    (!named.is_empty()).then(|| format!("Changed without a session before: {}{more}.", named.join(", ")))
}

/// The first typed commands that are shown, and how many more there are.
fn typed(log: &Log) -> (Vec<String>, usize) {
    if let (Some(only), true) = (&log.filed.session.command, log.filed.session.typed.is_empty()) {
        return (vec![clean::verbatim(&clean::words(only))], 0);
    }
    let shown = |(at, _): &(usize, _)| !log.overlay.hidden_commands.contains(at);
    let all: Vec<_> = log.filed.session.typed.iter().enumerate().filter(shown).collect();
    let line =
        |(_, typed): &(usize, &crate::model::session::Typed)| clean::verbatim(&clean::words(&typed.line));
    (
        all.iter().take(limits::SESSION_COMMANDS).map(line).collect(),
        all.len().saturating_sub(limits::SESSION_COMMANDS),
    )
}

/// The differences as far as there is room, and whether anything is left out.
fn diffs(all: &[Diffed]) -> (String, bool) {
    let (mut out, mut room, mut cut) = (String::new(), limits::SESSION_LINES, false);
    for (lines, more) in all.iter().map(|d| (&d.lines, d.more)).filter(|(lines, _)| !lines.is_empty()) {
        let most = lines.len().min(limits::SESSION_FILE_LINES).min(room);
        // the head of a file says nothing without a line of it
        if most < lines.len().min(4) {
            cut = true;
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        for line in lines.iter().take(most) {
            out.push_str(&clean::code(line));
            out.push('\n');
        }
        let left = lines.len() - most + more;
        if left > 0 {
            cut = true;
            out.push_str(&format!("({left} more lines of this file)\n"));
        }
        room -= most;
    }
    (out.trim_end_matches('\n').to_owned(), cut)
}

impl Words for SessionLog {
    const KIND: &'static str = "session_log";
    const SOURCE: &'static str = include_str!("../../../templates/mail/session_log.txt");
    fn samples() -> [Self; 2] {
        let bare = || SessionLog {
            ticket: "#12".into(),
            title: "Title".into(),
            state: "open".into(),
            owner: "nobody's".into(),
            requester: "Ann <ann@x.example>".into(),
            number: "17".into(),
            who: "Bo <bo@x.example>".into(),
            host: "web1".into(),
            login: "root".into(),
            span: "25 minutes".into(),
            since: "2026-11-20 10:12".into(),
            changed: "nothing changed".into(),
            patch: "session-17.patch".into(),
            history: "session-17-history.txt".into(),
            ..SessionLog::default()
        };
        let full = SessionLog {
            is_note: true,
            has_marks: true,
            marks: "high".into(),
            seen: vec!["Tracked by one.".into()],
            has_remark: true,
            remark: "Done.".into(),
            has_typed: true,
            typed: vec!["vi /etc/fstab".into()],
            has_more_typed: true,
            more_typed: "3".into(),
            has_files: true,
            files: vec!["M /etc/fstab".into()],
            has_heaps: true,
            has_diffs: true,
            diffs: "--- a/etc/fstab".into(),
            has_cut: true,
            has_left: true,
            ..bare()
        };
        [full, bare()]
    }
}
