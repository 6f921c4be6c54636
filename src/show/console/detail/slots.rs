//! The short fields of a ticket, in two columns where there is room: what each is called, what it holds, and how it is
//! changed.

use super::Site;
use crate::model::fields::{Field, Values};
use crate::model::links::Link;
use crate::model::marks;
use crate::model::said::Aspect;
use crate::show::look::age;
use crate::show::safe;
use crate::show::ticket::Story;
use jiff::Timestamp;
use jiff::civil::Date;
use ratatui::text::{Line, Span};

/// Columns that a label takes.
const LABEL: usize = 11;
/// Narrower screens have one column.
const TWO: usize = 72;

/// How a field is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Edit {
    Text(Aspect),
    Choice(Aspect, Vec<String>),
    /// By a command that begins so.
    Command(&'static str),
    /// In an editor.
    Long,
    Never,
}

impl Edit {
    pub fn aspect(&self) -> Option<Aspect> {
        match self {
            Edit::Text(aspect) | Edit::Choice(aspect, _) => Some(*aspect),
            Edit::Command(_) | Edit::Long | Edit::Never => None,
        }
    }
}

/// A field on the screen.
pub(super) struct Slot {
    pub label: &'static str,
    pub value: String,
    pub edit: Edit,
    since: Option<Timestamp>,
    alarming: bool,
}

impl Slot {
    /// The field as a line: `>` before the one at the cursor, `*` before a value that is not saved.
    pub fn line(
        &self,
        value: &str,
        here: bool,
        (site, now): (&Site, Timestamp),
        width: usize,
    ) -> Line<'static> {
        let changed = value != self.value;
        let mut text = if value.is_empty() { "-".to_owned() } else { safe::line(value) };
        if let Some(since) = self.since {
            text = format!("{} ({} ago)", site.look.date(since), age(since, now));
        }
        if changed {
            text = format!("*{text}");
        }
        let sign = if here { ">" } else { " " };
        let label = Span::styled(format!("{sign}{:LABEL$}", self.label), site.palette.dim());
        let room = width.saturating_sub(LABEL + 2);
        let style = match (changed, self.alarming) {
            (true, _) => site.palette.careful(),
            (_, true) => site.palette.bad(),
            _ => ratatui::style::Style::new(),
        };
        let style = if here { style.patch(site.palette.here()) } else { style };
        Line::from(vec![label, Span::styled(safe::cut(&text, room), style)])
    }
}

/// All fields, in the order of the screen.
pub(super) fn all(story: &Story, site: &Site) -> Vec<Slot> {
    let ticket = &story.view.ticket;
    let slot = |label, value: String, edit| Slot { label, value, edit, since: None, alarming: false };
    let shown = |aspect: Aspect| aspect.of(&story.view);
    let choice = |aspect: Aspect, values: Vec<String>| (shown(aspect), Edit::Choice(aspect, values));
    let none = std::iter::once(String::new());
    let mut slots = Vec::new();
    let mut add = |label, (value, edit)| slots.push(slot(label, value, edit));
    add("title", (ticket.title.clone(), Edit::Text(Aspect::Field(Field::Title))));
    add("state", choice(Aspect::State, vec!["open".into(), "closed".into()]));
    add("owner", choice(Aspect::Owner, none.chain(site.logins.iter().cloned()).collect()));
    add("requester", (shown(Aspect::Requester), Edit::Text(Aspect::Requester)));
    for field in [Field::Priority, Field::Severity, Field::Type, Field::Component, Field::Milestone] {
        add(field.word(), (shown(Aspect::Field(field)), listed(field, &site.values)));
    }
    add("due", (shown(Aspect::Field(Field::Due)), Edit::Text(Aspect::Field(Field::Due))));
    add("waits for", (shown(Aspect::Field(Field::Wait)), Edit::Text(Aspect::Field(Field::Wait))));
    add("private", choice(Aspect::Field(Field::Private), vec![String::new(), "yes".into()]));
    add("keywords", (shown(Aspect::Tags), Edit::Text(Aspect::Tags)));
    let followers: Vec<String> =
        story.view.followers.iter().map(|follower| follower.person.address.to_string()).collect();
    add("followers", (followers.join(" "), Edit::Command("cc ")));
    let link = |link: &Link| format!("{} {}", link.relation.words(link.outward), link.other);
    let links: Vec<String> = story.view.links.iter().map(link).collect();
    add("related", (links.join(", "), Edit::Command("link ")));
    let about = story.description().and_then(|said| said.text.lines().find(|line| !line.trim().is_empty()));
    add("about", (about.unwrap_or_default().to_owned(), Edit::Long));
    for (label, since) in [("created", ticket.created), ("changed", ticket.changed)] {
        slots.push(Slot { since: Some(since), ..slot(label, String::new(), Edit::Never) });
    }
    slots
}

/// Lets the day by which it is to be done be seen, when it is over.
pub(super) fn alarm(slots: &mut [Slot], story: &Story, today: Date) {
    if marks::is_overdue(&story.view.ticket, today) {
        slots.iter_mut().filter(|slot| slot.label == "due").for_each(|slot| slot.alarming = true);
    }
}

/// A field with a list of values is chosen from it, any other is typed.
fn listed(field: Field, values: &Values) -> Edit {
    let aspect = Aspect::Field(field);
    match values.of(field).filter(|all| !all.is_empty()) {
        Some(all) => {
            Edit::Choice(aspect, std::iter::once(String::new()).chain(all.iter().cloned()).collect())
        }
        None => Edit::Text(aspect),
    }
}

/// Lines that so many fields take.
pub(super) fn rows(count: usize, width: usize) -> usize {
    if width >= TWO { count.div_ceil(2) } else { count }
}

/// Where a field stands: its first column, its line, and how wide it is.
pub(super) fn place(at: usize, rows: usize, width: usize) -> (u16, usize, u16) {
    let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    if width < TWO {
        return (0, at, small(width));
    }
    let half = width / 2;
    if at < rows { (0, at, small(half)) } else { (small(half), at - rows, small(width - half)) }
}
