//! The log of one session: who, where and how long, what was typed, which files changed and how, with what was said about
//! their lines below them. In colour what came is green, what went is red, and what makes the difference within a line
//! stands out.

use super::grid::{self, Cell, Column, painted, plain};
use super::look::{Look, Paint, count, json_time};
use super::safe;
use crate::diff::{Diff, Kind, Line};
use crate::model::session::Change;
use crate::model::session_log::{Annotation, Log, Rows};
use crate::model::session_words as words;
use serde_json::{Value, json};

/// A log, and the differences of its files, by place.
pub struct Screen<'a> {
    pub log: &'a Log,
    pub diffs: &'a [(usize, Diff)],
    /// Also what is hidden.
    pub all: bool,
}

impl Screen<'_> {
    /// For people.
    pub fn page(&self, look: &Look) -> String {
        let mut page = self.head(look);
        let session = &self.log.filed.session;
        for line in words::ending(session).into_iter().chain(words::witnesses(session)) {
            page.push_str(&format!("{}\n", safe::line(&line)));
        }
        if !session.tags.is_empty() {
            page.push_str(&format!("Tags: {}.\n", safe::line(&session.tags.join(", "))));
        }
        if !session.remark.trim().is_empty() {
            page.push_str(&format!("\n{}\n", safe::block(session.remark.trim())));
        }
        self.section(&mut page, "environment", &self.environment(look), look);
        self.section(&mut page, "typed", &self.typed(look), look);
        self.section(&mut page, "programs", &self.ran(look), look);
        self.section(&mut page, "evidence", &self.evidence(look), look);
        self.section(&mut page, "files", &self.files(look), look);
        for (place, diff) in self.diffs {
            page.push('\n');
            page.push_str(&self.diff(*place, diff, look));
        }
        page
    }

    fn section(&self, page: &mut String, head: &str, text: &str, look: &Look) {
        if !text.is_empty() {
            page.push_str(&format!("\n{}\n{text}", look.paint(Paint::Bold, head)));
        }
    }

    fn head(&self, look: &Look) -> String {
        let (filed, session) = (&self.log.filed, &self.log.filed.session);
        let what = if session.is_note() { "wrote" } else { "worked" };
        let head = format!(
            "session {} of {}: {} {what} on {} as {}",
            filed.number,
            filed.ticket,
            called(self.log),
            session.host,
            session.login
        );
        let head = look.paint(Paint::Bold, &safe::line(&head));
        if session.is_note() {
            return format!("{head}\n{}\n", look.date(session.started));
        }
        format!(
            "{head}\n{} to {} ({}), in {}, {}\n",
            look.date(session.started),
            look.date(session.ended),
            words::span(session),
            safe::line(&session.directory.shown()),
            safe::line(&session.shell)
        )
    }

    /// What the environment was, for those who want all.
    fn environment(&self, look: &Look) -> String {
        let all = self.log.filed.session.environment.iter().filter(|_| self.all);
        let rows: Vec<Vec<Cell>> =
            all.map(|(name, value)| vec![painted(Paint::Dim, name), plain(value)]).collect();
        grid::lay(&[Column::Left, Column::Wrap], &rows, look)
    }

    /// Commands as they were typed, by their numbers, each in the directory that was named last above it.
    fn typed(&self, look: &Look) -> String {
        if let (Some(only), true) = (&self.log.filed.session.command, self.log.filed.session.typed.is_empty())
        {
            return grid::lay(&[Column::Wrap], &[vec![plain(format!("$ {only}"))]], look);
        }
        let hidden = |at: &usize| self.log.overlay.hidden_commands.contains(at);
        let typed = self.log.filed.session.typed.iter().enumerate().filter(|(at, _)| self.all || !hidden(at));
        let mut directory = &self.log.filed.session.directory;
        let rows: Vec<Vec<Cell>> = typed
            .map(|(at, typed)| {
                let failed = typed.status.filter(|status| *status != 0);
                let status =
                    failed.map_or_else(|| plain(""), |status| painted(Paint::Bad, status.to_string()));
                let paint = if hidden(&at) { Paint::Dim } else { Paint::Plain };
                let moved = !typed.directory.0.is_empty() && *directory != typed.directory;
                let place = if moved { format!("(in {}) ", typed.directory) } else { String::new() };
                directory = if moved { &typed.directory } else { directory };
                let line = painted(paint, format!("{place}{}", typed.line));
                vec![painted(Paint::Dim, (at + 1).to_string()), plain(look.date(typed.at)), status, line]
            })
            .collect();
        grid::lay(&[Column::Right, Column::Left, Column::Right, Column::Wrap], &rows, look)
    }

    /// Programs that really ran: all of them, or how many there are.
    fn ran(&self, look: &Look) -> String {
        let ran = &self.log.filed.session.ran;
        if ran.is_empty() {
            return String::new();
        }
        if !self.all {
            let more = format!("{} ran; --all shows them\n", count(ran.len() as u64, "program"));
            return look.paint(Paint::Dim, &more);
        }
        let rows: Vec<Vec<Cell>> = ran
            .iter()
            .map(|ran| {
                let words = ran.arguments.get(1..).unwrap_or_default().join(" ");
                let line = format!("{} {words}", ran.program);
                vec![painted(Paint::Dim, look.date(ran.at)), plain(ran.uid.to_string()), plain(line.trim())]
            })
            .collect();
        grid::lay(&[Column::Left, Column::Right, Column::Wrap], &rows, look)
    }

    /// What else the host wrote down in that time; its text is for programs.
    fn evidence(&self, look: &Look) -> String {
        let evidence = self.log.filed.session.evidence.iter();
        let lines = |text: &str| count(text.lines().count() as u64, "line");
        let rows: Vec<Vec<Cell>> =
            evidence.map(|one| vec![plain(&one.name), plain(lines(&one.text))]).collect();
        grid::lay(&[Column::Left, Column::Left], &rows, look)
    }

    fn files(&self, look: &Look) -> String {
        let files = self.log.changes().filter(|(place, _)| self.all || self.has(*place));
        let rows: Vec<Vec<Cell>> = files.map(|(place, change)| self.file(place, change)).collect();
        let hidden = self.log.changes().count() - rows.len();
        let mut text = grid::lay(&[Column::Left, Column::Path, Column::Wrap], &rows, look);
        if hidden > 0 {
            let more = format!("{hidden} not shown; --all shows them\n");
            text.push_str(&look.paint(Paint::Dim, &more));
        }
        text
    }

    fn file(&self, place: usize, change: &Change) -> Vec<Cell> {
        let shown = self.log.shows(place);
        let counts = self.diffs.iter().find(|(at, _)| *at == place).map(|(_, diff)| diff.counts());
        let counts = counts.filter(|(gone, come)| gone + come > 0);
        let mut notes: Vec<String> =
            counts.map(|(gone, come)| format!("+{come} -{gone}")).into_iter().collect();
        notes.extend(words::notes(change));
        notes.extend(change.description.clone());
        notes.extend(change.package.as_ref().map(|package| format!("of {package}")));
        notes.extend((!shown).then(|| "hidden".to_owned()));
        let paint = if shown { Paint::Plain } else { Paint::Dim };
        vec![
            plain(words::sign(change).to_string()),
            painted(paint, change.path.shown()),
            plain(notes.join(", ")),
        ]
    }

    /// Whether that file is shown here.
    fn has(&self, place: usize) -> bool {
        self.log.shows(place)
    }

    /// A file's lines, and below them what was said about them.
    fn diff(&self, place: usize, diff: &Diff, look: &Look) -> String {
        let about = |a: &&Annotation| a.place == place;
        let said: Vec<&Annotation> = self.log.overlay.annotations.iter().filter(about).collect();
        let mut out = String::new();
        let mut rows = Rows::default();
        for whole in said.iter().filter(|a| a.spot.line == 0) {
            out.push_str(&comment(whole, look));
        }
        for line in &diff.lines {
            out.push_str(&painted_line(line, look));
            out.push('\n');
            let at = rows.next(&line.bytes).filter(|_| is_of_file(line.kind));
            for one in said.iter().filter(|a| Some((a.spot.side, a.spot.line)) == at && a.spot.line > 0) {
                out.push_str(&comment(one, look));
            }
        }
        out
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let (log, filed) = (self.log, &self.log.filed);
        let mut session = serde_json::to_value(&filed.session).unwrap_or_default();
        if let Some(changes) = session.get_mut("changes").and_then(Value::as_array_mut) {
            for (place, change) in changes.iter_mut().enumerate() {
                if let Some(fields) = change.as_object_mut() {
                    fields.insert("shown".into(), json!(log.shows(place)));
                }
            }
        }
        let hidden: Vec<usize> = log.overlay.hidden_commands.iter().map(|at| at + 1).collect();
        json!({
            "number": filed.number,
            "ticket": filed.ticket.0,
            "worker": { "address": filed.worker.address.as_str(), "name": filed.worker.name },
            "event": log.event,
            "session": session,
            "hidden_commands": hidden,
            "annotations": log.overlay.annotations.iter().map(annotation).collect::<Vec<_>>(),
        })
    }
}

/// A patch as people read it.
pub fn patch(diffs: &[(usize, Diff)], look: &Look) -> String {
    let lines = diffs.iter().flat_map(|(_, diff)| &diff.lines);
    lines.map(|line| painted_line(line, look) + "\n").collect()
}

/// What was withheld, and why: a line for each file and rule, never a word of it.
pub fn withheld(rows: &[(String, String)], look: &Look) -> String {
    let rows: Vec<Vec<Cell>> = rows.iter().map(|(what, why)| vec![plain(what), plain(why)]).collect();
    grid::lay(&[Column::Left, Column::Wrap], &rows, look)
}

fn called(log: &Log) -> String {
    let worker = &log.filed.worker;
    if worker.name.is_empty() { worker.address.to_string() } else { worker.name.clone() }
}

fn is_of_file(kind: Kind) -> bool {
    matches!(kind, Kind::Same | Kind::Removed | Kind::Added)
}

/// `    | Ben, 2026-03-02 09:00: Why?`
fn comment(one: &Annotation, look: &Look) -> String {
    let head = format!("{}, {}:", one.by, look.date(one.at));
    let lines = std::iter::once(head).chain(one.text.lines().map(str::to_owned));
    lines
        .map(|line| format!("    {}\n", look.paint(Paint::Careful, &format!("| {}", safe::line(&line)))))
        .collect()
}

fn annotation(one: &Annotation) -> Value {
    json!({
        "at": json_time(one.at),
        "by": one.by,
        "path": one.spot.path,
        "side": one.spot.side.word(),
        "line": one.spot.line,
        "quoted": one.spot.quoted,
        "text": one.text,
    })
}

/// A line, its strong parts strong.
fn painted_line(line: &Line, look: &Look) -> String {
    let (usual, strong) = match line.kind {
        Kind::Note => (Paint::Dim, Paint::Dim),
        Kind::Head => (Paint::Bold, Paint::Bold),
        Kind::Hunk => (Paint::Careful, Paint::Careful),
        Kind::Same | Kind::Unended => (Paint::Plain, Paint::Plain),
        Kind::Removed => (Paint::Bad, Paint::Went),
        Kind::Added => (Paint::Good, Paint::Came),
    };
    if !look.colour || line.strong.is_empty() {
        return look.paint(usual, &visible(&line.bytes));
    }
    let (mut out, mut at) = (String::new(), 0);
    for part in &line.strong {
        let before = line.bytes.get(at..part.start).unwrap_or_default();
        let inside = line.bytes.get(part.clone()).unwrap_or_default();
        out.push_str(&look.paint(usual, &visible(before)));
        out.push_str(&look.paint(strong, &visible(inside)));
        at = part.end;
    }
    out + &look.paint(usual, &visible(line.bytes.get(at..).unwrap_or_default()))
}

/// Bytes as text that steers no terminal; what is no text stands as `\xNN`.
fn visible(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(&safe::block(chunk.valid()));
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

#[cfg(test)]
mod tests;
