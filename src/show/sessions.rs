//! Sessions in lists: all of them by ticket, those that changed a file, and files that are not as the last one left them.

use super::grid::{self, Cell, Column, painted, plain};
use super::look::{Look, Paint, json_time};
use crate::model::session::FilePath;
use crate::model::session_words as words;
use crate::store::sessions::{Listed, Touch};
use serde_json::{Value, json};

/// Sessions as lines, in the order that they come in.
pub fn page(sessions: &[Listed], look: &Look) -> String {
    let heads = ["session", "ticket", "when", "who", "where", "files", "title"];
    let mut rows = vec![heads.iter().map(|h| painted(Paint::Dim, h)).collect::<Vec<_>>()];
    rows.extend(sessions.iter().map(|s| {
        vec![
            painted(Paint::Bold, s.number.to_string()),
            plain(s.ticket.to_string()),
            plain(look.date(s.started)),
            plain(&s.worker),
            plain(format!("{}@{}", s.login, s.host)),
            plain(s.files.to_string()),
            plain(&s.title),
        ]
    }));
    let columns = [Column::Right, Column::Right, Column::Left, Column::Left, Column::Left, Column::Right];
    grid::lay(&columns.into_iter().chain([Column::Grow]).collect::<Vec<_>>(), &rows, look)
}

/// A line of a ticket's own page.
pub fn line(session: &Listed, look: &Look) -> Vec<Cell> {
    let told = format!(
        "{} {}, {}@{}, {}",
        look.date(session.started),
        session.worker,
        session.login,
        session.host,
        words::changed(session.files)
    );
    vec![plain(format!("session {}", session.number)), plain(told)]
}

/// Which sessions changed a file, the oldest first.
pub fn blame(touches: &[Touch], look: &Look) -> String {
    let heads = ["session", "ticket", "when", "who", "where", "", "what"];
    let mut rows = vec![heads.iter().map(|h| painted(Paint::Dim, h)).collect::<Vec<_>>()];
    rows.extend(touches.iter().map(|touch| {
        let s = &touch.session;
        vec![
            painted(Paint::Bold, s.number.to_string()),
            plain(s.ticket.to_string()),
            plain(look.date(s.started)),
            plain(&s.worker),
            plain(&s.host),
            plain(words::sign(&touch.change).to_string()),
            plain(what(touch)),
        ]
    }));
    let columns = [Column::Right, Column::Right, Column::Left, Column::Left, Column::Left, Column::Left];
    grid::lay(&columns.into_iter().chain([Column::Wrap]).collect::<Vec<_>>(), &rows, look)
}

/// The notes on the change, or else the ticket that it was for.
fn what(touch: &Touch) -> String {
    let mut notes = words::notes(&touch.change);
    notes.insert(0, touch.session.title.clone());
    notes.join(", ")
}

/// A file that is not as the last session left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    pub path: FilePath,
    /// The session that left it, and its ticket.
    pub after: Listed,
    /// The next session, which found it otherwise; `None`: today it is otherwise.
    pub before: Option<Listed>,
    /// What is otherwise.
    pub what: String,
}

/// Files with undocumented changes.
pub fn drift(all: &[Drift], look: &Look) -> String {
    let rows: Vec<Vec<Cell>> = all
        .iter()
        .map(|d| {
            let since = format!("session {} of {}", d.after.number, d.after.ticket);
            let until = match &d.before {
                Some(next) => format!("before session {} of {}", next.number, next.ticket),
                None => "until today".to_owned(),
            };
            vec![
                painted(Paint::Bold, d.path.shown()),
                plain(&d.what),
                plain(format!("after {since}, {until}")),
            ]
        })
        .collect();
    grid::lay(&[Column::Path, Column::Left, Column::Wrap], &rows, look)
}

/// Sessions for programs.
pub fn json(sessions: &[Listed]) -> Value {
    Value::Array(sessions.iter().map(listed).collect())
}

/// For programs.
pub fn blame_json(touches: &[Touch]) -> Value {
    let one = |touch: &Touch| json!({ "session": listed(&touch.session), "change": touch.change });
    Value::Array(touches.iter().map(one).collect())
}

/// For programs.
pub fn drift_json(all: &[Drift]) -> Value {
    let one = |d: &Drift| {
        json!({
            "path": d.path,
            "what": d.what,
            "after": listed(&d.after),
            "before": d.before.as_ref().map(listed),
        })
    };
    Value::Array(all.iter().map(one).collect())
}

fn listed(s: &Listed) -> Value {
    json!({
        "number": s.number,
        "ticket": s.ticket.0,
        "title": s.title,
        "worker": s.worker,
        "host": s.host,
        "login": s.login,
        "started": json_time(s.started),
        "ended": json_time(s.ended),
        "files": s.files,
    })
}
