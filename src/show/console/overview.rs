//! The overview: tickets as lines, the newest change first, narrowed by what is typed. Holds the lines around the ones that
//! are seen and the numbers of all, so that a hundred thousand tickets cost no more than a screen full.

use super::bar::Keys;
use super::key::Key;
use super::typed::Typed;
use super::writing::{Purpose, Writing};
use super::{Row, Site, Wish};
use crate::model::column::Column;
use crate::model::fields::Field;
use crate::model::filter::Filter;
use crate::model::marks;
use crate::model::ticket::{Number, State};
use crate::show::look::age;
use crate::show::safe;
use crate::store::lists;
use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::collections::HashMap;

/// What a column is to the screen.
trait Shown {
    fn head(self) -> &'static str;
    fn width(self) -> usize;
    fn value(self, row: &Row, now: Timestamp) -> String;
    fn to_the_right(self) -> bool;
}

impl Shown for Column {
    fn head(self) -> &'static str {
        match self {
            Column::Number => "ticket",
            Column::Title => "title",
            Column::Owner => "owner",
            Column::Changed => "changed",
            Column::Created => "age",
            Column::State => "state",
            Column::Requester => "requester",
            Column::Keywords => "keywords",
            Column::Field(field) => field.word(),
        }
    }

    /// Columns of the terminal; the title takes what is left.
    fn width(self) -> usize {
        match self {
            Column::Title => 0,
            Column::Number | Column::Changed => 7,
            Column::Created => 4,
            Column::State => 6,
            Column::Requester => 20,
            _ => 10,
        }
    }

    fn value(self, row: &Row, now: Timestamp) -> String {
        let ticket = &row.ticket;
        match self {
            Column::Number => ticket.number.to_string(),
            Column::Title => ticket.title.clone(),
            Column::Owner => ticket.owner.clone().unwrap_or_else(|| "-".into()),
            Column::Changed => age(ticket.changed, now),
            Column::Created => age(ticket.created, now),
            Column::State => ticket.state.word().to_owned(),
            Column::Requester => ticket.requester.address.to_string(),
            Column::Keywords => ticket.tags.join(" "),
            Column::Field(Field::Title) => ticket.title.clone(),
            Column::Field(field) => ticket.fields.get(field).unwrap_or_default().to_owned(),
        }
    }

    fn to_the_right(self) -> bool {
        matches!(self, Column::Number | Column::Changed | Column::Created)
    }
}

/// Every key, for whoever asks.
pub(super) const HELP: Keys = &[
    ("up down, j k", "the ticket above, below"),
    ("PgUp PgDn, Home End", "further"),
    ("Enter, click", "the ticket in detail"),
    ("/", "find: a number, words, owner:ann, +keyword"),
    ("", "there Enter keeps what is found, Esc shows all"),
    ("m", "only yours, or all again"),
    ("o", "closed ones, or open ones again"),
    ("c", "a new ticket"),
    ("w", "work on it in a tracked session"),
    ("Ctrl-L", "draws the screen anew"),
    ("q", "leaves"),
];
const KEYS: Keys = &[
    ("Enter", "open"),
    ("/", "find"),
    ("c", "new"),
    ("w", "work"),
    ("m", "mine"),
    ("o", "closed"),
    ("?", "keys"),
    ("q", "quit"),
];
const FINDING: Keys = &[("Enter", "keep"), ("Esc", "all"), ("up down", "move")];
/// Lines of the overview that are no ticket: the heads, and what is looked for.
const AROUND: u16 = 1;

/// The list.
#[derive(Default)]
pub(super) struct Overview {
    pub filter: Filter,
    numbers: Vec<Number>,
    rows: HashMap<Number, Row>,
    stale: bool,
    at: usize,
    top: usize,
    height: usize,
    finding: Option<Typed>,
    was_read: bool,
}

impl Overview {
    /// The cursor stays with its ticket, where that is still there.
    pub fn found(&mut self, numbers: Vec<Number>) {
        let here = self.numbers.get(self.at).copied();
        let same = here.and_then(|here| numbers.iter().position(|number| *number == here));
        // at the top one wants to see what is new
        if let Some(same) = same.filter(|_| self.at > 0) {
            self.top = (self.top + same).saturating_sub(self.at);
            self.at = same;
        }
        self.numbers = numbers;
        self.was_read = true;
        self.fit();
    }

    pub fn missing(&mut self, height: u16) -> Vec<Number> {
        self.height = usize::from(height.saturating_sub(AROUND)).max(1);
        self.fit();
        if std::mem::take(&mut self.stale) {
            return self.shown().to_vec();
        }
        let shown = self.shown();
        shown.iter().filter(|number| !self.rows.contains_key(number)).copied().collect()
    }

    pub fn lines(&mut self, rows: Vec<Row>) {
        // what was scrolled past is read again when it is needed
        if self.rows.len() > 40 * self.height.max(25) {
            let seen: Vec<Number> = self.shown().to_vec();
            self.rows.retain(|number, _| seen.contains(number));
        }
        self.rows.extend(rows.into_iter().map(|row| (row.ticket.number, row)));
    }

    pub fn outdated(&mut self) {
        self.stale = true;
    }

    /// Nothing that was read is true any more.
    pub fn forget(&mut self) {
        *self =
            Overview { filter: std::mem::take(&mut self.filter), height: self.height, ..Overview::default() };
    }

    pub fn types(&self) -> bool {
        self.finding.is_some()
    }

    pub fn keys(&self) -> Keys {
        if self.types() { FINDING } else { KEYS }
    }

    /// How things stand.
    pub fn standing(&self) -> String {
        let what = if self.filter.closed { "closed" } else { "open" };
        let mine = if self.filter.mine { ", yours" } else { "" };
        let text = self.filter.text.trim();
        let found = if text.is_empty() { String::new() } else { format!(", found by \"{text}\"") };
        let (at, all) = (if self.numbers.is_empty() { 0 } else { self.at + 1 }, self.numbers.len());
        format!("{at} of {}{all} {what}{mine}{found}", self.which())
    }

    /// Which of all there are, when these are not all.
    fn which(&self) -> &'static str {
        let Filter { text, closed, mine } = &self.filter;
        let is_word = |word: &str| !word.starts_with('+') && !word.starts_with("owner:");
        let all = self.numbers.len();
        if text.split_whitespace().any(is_word) {
            return if all >= lists::FOUND { "the best " } else { "" };
        }
        let by_time = *closed && !mine && text.trim().is_empty();
        if by_time && all >= lists::NEWEST { "the newest " } else { "" }
    }

    pub fn press(&mut self, key: &Key, site: &Site) -> Wish {
        if self.moved(key) {
            return Wish::Nothing;
        }
        if self.finding.is_some() {
            return self.find(key);
        }
        match key {
            Key::Enter => self.open(),
            Key::Click(line) => {
                let at = self.top + usize::from(line.saturating_sub(1 + AROUND));
                if *line > AROUND && at < self.numbers.len() {
                    self.at = at;
                    return self.open();
                }
                Wish::Nothing
            }
            Key::Char('/') => {
                self.finding = Some(Typed::new(&self.filter.text));
                Wish::Nothing
            }
            Key::Char('m') => self.look(Filter { mine: !self.filter.mine, ..self.filter.clone() }),
            Key::Char('o') => self.look(Filter { closed: !self.filter.closed, ..self.filter.clone() }),
            Key::Escape if self.filter != Filter::default() => self.look(Filter::default()),
            Key::Char('c') => Wish::Write(Writing::new(Purpose::Create, None, &site.login)),
            Key::Char('w') => self.numbers.get(self.at).map_or(Wish::Nothing, |number| Wish::Work(*number)),
            Key::Char('q') | Key::Control('c' | 'd') => Wish::Quit,
            _ => Wish::Nothing,
        }
    }

    fn find(&mut self, key: &Key) -> Wish {
        match key {
            Key::Escape => {
                self.finding = None;
                self.look(Filter { text: String::new(), ..self.filter.clone() })
            }
            Key::Enter => {
                self.finding = None;
                Wish::Nothing
            }
            Key::Control('c') => Wish::Quit,
            key => {
                let Some(typed) = &mut self.finding else { return Wish::Nothing };
                typed.press(key);
                let text = typed.text();
                if text == self.filter.text {
                    return Wish::Nothing;
                }
                self.look(Filter { text, ..self.filter.clone() })
            }
        }
    }

    fn look(&mut self, filter: Filter) -> Wish {
        self.filter = filter.clone();
        (self.at, self.top) = (0, 0);
        Wish::Find(filter)
    }

    fn open(&self) -> Wish {
        self.numbers.get(self.at).map_or(Wish::Nothing, |number| Wish::Open(*number))
    }

    /// Whether it was a key that moves the cursor.
    fn moved(&mut self, key: &Key) -> bool {
        let typing = self.types();
        let last = self.numbers.len().saturating_sub(1);
        self.at = match key {
            Key::Up | Key::WheelUp => self.at.saturating_sub(1),
            Key::Down | Key::WheelDown => self.at + 1,
            Key::Char('k') if !typing => self.at.saturating_sub(1),
            Key::Char('j') if !typing => self.at + 1,
            Key::PageUp => self.at.saturating_sub(self.height),
            Key::PageDown => self.at + self.height,
            Key::Home if !typing => 0,
            Key::End if !typing => last,
            _ => return false,
        };
        self.fit();
        true
    }

    fn fit(&mut self) {
        self.at = self.at.min(self.numbers.len().saturating_sub(1));
        let height = self.height.max(1);
        self.top = self.top.clamp((self.at + 1).saturating_sub(height), self.at);
        self.top = self.top.min(self.numbers.len().saturating_sub(height.min(self.numbers.len())));
    }

    fn shown(&self) -> &[Number] {
        let end = (self.top + self.height).min(self.numbers.len());
        self.numbers.get(self.top..end).unwrap_or_default()
    }

    pub fn draw(&self, frame: &mut Frame<'_>, area: Rect, (site, now): (&Site, Timestamp)) {
        let mut y = area.y;
        let mut put = |line: Line<'_>| {
            if y < area.bottom() {
                frame.render_widget(line, Rect { y, height: 1, ..area });
            }
            y = y.saturating_add(1);
        };
        let heads: Vec<String> = site.columns.iter().map(|column| column.head().to_owned()).collect();
        put(Line::styled(laid(&site.columns, &heads, usize::from(area.width)), site.palette.bold()));
        if self.numbers.is_empty() && self.was_read {
            let nothing = if self.filter == Filter::default() {
                "Nothing is open. `c` makes a ticket, `o` shows closed ones."
            } else {
                "Nothing like that. Esc shows all open tickets."
            };
            put(Line::raw(format!("  {nothing}")));
        }
        for (at, number) in self.shown().iter().enumerate() {
            let line = match self.rows.get(number) {
                Some(row) => self.line(row, usize::from(area.width), (site, now)),
                None => Line::raw(format!("  {number}")),
            };
            put(if self.top + at == self.at { line.patch_style(site.palette.here()) } else { line });
        }
        if let Some(typed) = &self.finding {
            let foot = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
            let head = Span::raw("find: ");
            let wide = u16::try_from(head.width()).unwrap_or(0);
            frame.render_widget(ratatui::widgets::Clear, foot);
            frame.render_widget(Line::from(head), foot);
            typed.draw(frame, Rect { x: foot.x + wide, width: foot.width.saturating_sub(wide), ..foot });
        }
    }

    /// A ticket's line: `*` before it says that somebody works on it, `!` that it is overdue.
    fn line(&self, row: &Row, width: usize, (site, now): (&Site, Timestamp)) -> Line<'static> {
        let today = now.to_zoned(site.look.zone.clone()).date();
        let overdue = marks::is_overdue(&row.ticket, today);
        let mut values: Vec<String> = site.columns.iter().map(|column| column.value(row, now)).collect();
        let owner = site.columns.iter().position(|column| *column == Column::Owner);
        if let (Some(lock), Some(value)) = (&row.lock, owner.and_then(|at| values.get_mut(at))) {
            *value = format!("{} works", lock.login);
        }
        let sign = match (&row.lock, overdue) {
            (Some(_), _) => "*",
            (None, true) => "!",
            _ => " ",
        };
        let text = format!("{sign}{}", laid(&site.columns, &values, width).get(1..).unwrap_or_default());
        match (&row.lock, overdue) {
            (Some(_), _) => Line::styled(text, site.palette.careful()),
            (None, true) => Line::styled(text, site.palette.bad()),
            _ if row.ticket.state == State::Closed => Line::styled(text, site.palette.dim()),
            _ => Line::raw(text),
        }
    }
}

/// Values below their heads, with room for a sign in front; the title takes what the others leave.
fn laid(columns: &[Column], values: &[String], width: usize) -> String {
    let others: usize = columns.iter().map(|column| column.width()).sum();
    let titles = columns.iter().filter(|column| column.width() == 0).count().max(1);
    let title = (width.saturating_sub(1 + others + 2 * columns.len()) / titles).max(8);
    let mut out = String::from(" ");
    for (column, value) in columns.iter().zip(values) {
        let room = if column.width() == 0 { title } else { column.width() };
        let text = safe::cut(&safe::line(value), room);
        let blank = " ".repeat(room.saturating_sub(safe::width(&text)));
        let both = if column.to_the_right() { [blank, text] } else { [text, blank] };
        out.extend(both);
        out.push_str("  ");
    }
    out.trim_end().to_owned()
}
