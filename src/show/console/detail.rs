//! One ticket: its short fields above, the thread below. A field is changed in place, by typing or from a chooser; what is
//! changed stays marked until it is saved, all of it at once and with a reason. Nothing that was typed is given up without
//! asking.

mod draw;
mod slots;

use super::bar::Keys;
use super::choose::{Chooser, Chosen};
use super::draft::Draft;
use super::key::Key;
use super::typed::Typed;
use super::writing::{Purpose, Writing};
use super::{Site, Wish};
use crate::model::said::{Aspect, Seen, Words};
use crate::model::ticket::{Number, State};
use crate::show::ticket::Story;
use ratatui::text::Line;
use slots::{Edit, Slot};

/// Every key, for whoever asks.
pub(super) const HELP: Keys = &[
    ("up down", "the field above, below; in sessions and history a line"),
    ("Enter", "changes the field; in sessions shows the log"),
    ("e", "what it is about, in your editor; for staff"),
    ("s", "saves what was changed, with a reason"),
    ("PgUp PgDn, b Space", "the thread further up, down"),
    ("Tab, l, h", "the thread, sessions (logs), history"),
    ("c", "a comment: goes to requester and followers"),
    ("n", "a note: for staff only"),
    ("t, x, o", "take it, close it with words, reopen it"),
    ("f", "follow it, or no longer"),
    ("w", "work on it in a tracked session"),
    (":", "any command, as in a mail: `depends on 15`, `undo`"),
    ("Esc, q", "back to the list"),
];
const KEYS: Keys = &[
    ("Enter", "edit"),
    ("c", "comment"),
    ("n", "note"),
    ("t", "take"),
    ("x", "close"),
    ("Esc", "back"),
    ("?", "keys"),
    ("w", "work"),
    ("Tab", "more"),
];
const CLOSED: Keys = &[
    ("Enter", "edit"),
    ("c", "comment"),
    ("n", "note"),
    ("o", "reopen"),
    ("Esc", "back"),
    ("?", "keys"),
    ("w", "work"),
    ("Tab", "more"),
];
const CHANGED: Keys = &[("s", "save"), ("Enter", "edit"), ("Esc", "give up"), ("?", "keys")];
const LOGS: Keys = &[("Enter", "log"), ("up down", "move"), ("Tab", "more"), ("w", "work"), ("Esc", "back")];
const PAST: Keys = &[("up down", "move"), ("Tab", "more"), ("w", "work"), ("?", "keys"), ("Esc", "back")];
const TYPING: Keys = &[("Enter", "take it"), ("Esc", "leave it")];
const CHOOSING: Keys = &[("Enter", "take it"), ("up down", "move"), ("Esc", "leave it")];
const GIVING_UP: Keys = &[("y", "give up"), ("n", "go on"), ("s", "save")];
const DROPPING: Keys = &[("y", "give up"), ("n", "go on")];

/// What the lower half shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Thread,
    Sessions,
    History,
}

impl Tab {
    const ALL: [Tab; 3] = [Tab::Thread, Tab::Sessions, Tab::History];

    fn word(self) -> &'static str {
        match self {
            Tab::Thread => "thread",
            Tab::Sessions => "sessions",
            Tab::History => "history",
        }
    }

    fn next(self) -> Tab {
        match self {
            Tab::Thread => Tab::Sessions,
            Tab::Sessions => Tab::History,
            Tab::History => Tab::Thread,
        }
    }
}

/// What keys are for just now.
enum Asking {
    /// With what it was when the typing began: only that was seen.
    Field(Seen, Typed),
    Choice(Seen, Chooser),
    Command(Typed),
    /// Whether changes are given up, and then the console is left.
    GiveUp {
        quits: bool,
    },
    /// Whether what is being typed is given up.
    Drop(Box<Asking>),
}

/// A ticket on the screen.
pub(super) struct Detail {
    story: Story,
    draft: Draft,
    at: usize,
    tab: Tab,
    scroll: usize,
    /// Lines of the lower half that are seen.
    height: usize,
    session: usize,
    asking: Option<Asking>,
    /// A line that was said, and that is there again when it is refused.
    line: Option<String>,
    /// The first line of the fields that is seen.
    top: usize,
    /// The lower half as it was laid out, for that width.
    laid: Option<(usize, Tab, Vec<Line<'static>>)>,
}

impl Detail {
    pub fn new(story: Story) -> Detail {
        Detail {
            story,
            draft: Draft::default(),
            at: 0,
            tab: Tab::Thread,
            scroll: 0,
            height: 1,
            session: 0,
            asking: None,
            line: None,
            top: 0,
            laid: None,
        }
    }

    pub fn number(&self) -> Number {
        self.story.view.ticket.number
    }

    /// The same ticket as it is by now.
    pub fn renew(&mut self, story: Story) {
        self.draft.settle(&story.view);
        self.story = story;
        self.laid = None;
    }

    /// It was said. What else is being changed stays so.
    pub fn done(&mut self, words: &Words) {
        self.line = None;
        if words.about == Some(self.number()) {
            self.draft.said(words);
        }
    }

    /// It was not said: a line that was typed is there again.
    pub fn refused(&mut self) {
        if let (Some(line), None) = (self.line.take(), &self.asking) {
            let mut typed = Typed::new("");
            typed.press(&Key::Paste(line));
            self.asking = Some(Asking::Command(typed));
        }
    }

    /// All that is typed and chosen here and was not said, as lines.
    pub fn unsaid(&self) -> Vec<String> {
        let mut lines = self.draft.commands();
        let mut asking = self.asking.as_ref();
        if let Some(Asking::Drop(typing)) = asking {
            asking = Some(typing);
        }
        match asking {
            Some(Asking::Field(seen, typed)) => {
                lines.push(format!("{}: {}", seen.aspect.word(), typed.text()))
            }
            Some(Asking::Command(typed)) => lines.push(typed.text()),
            _ => {}
        }
        lines
    }

    pub fn types(&self) -> bool {
        matches!(self.asking, Some(Asking::Field(..) | Asking::Command(_)))
    }

    pub fn keys(&self) -> Keys {
        match (&self.asking, self.tab) {
            (Some(Asking::Field(..) | Asking::Command(_)), _) => TYPING,
            (Some(Asking::Choice(..)), _) => CHOOSING,
            (Some(Asking::GiveUp { .. }), _) => GIVING_UP,
            (Some(Asking::Drop(_)), _) => DROPPING,
            _ if !self.draft.is_empty() => CHANGED,
            (None, Tab::Sessions) => LOGS,
            (None, Tab::History) => PAST,
            _ if self.story.view.ticket.state == State::Closed => CLOSED,
            _ => KEYS,
        }
    }

    /// How things stand.
    pub fn standing(&self) -> String {
        match self.asking {
            Some(Asking::GiveUp { .. }) => {
                return format!("Give up {} that is not saved?", changes(self.draft.len()));
            }
            Some(Asking::Drop(_)) => return "Give up what you typed?".to_owned(),
            _ => {}
        }
        if !self.draft.is_empty() {
            return format!("{} not saved: s saves, with a reason", changes(self.draft.len()));
        }
        match &self.story.view.lock {
            Some(lock) => format!("* {} works on it, on {}", lock.login, lock.host),
            None => String::new(),
        }
    }

    /// Takes a key. Gives what is wished, and whether this ticket is left.
    pub fn press(&mut self, key: &Key, site: &Site) -> (Wish, bool) {
        match self.asking.take() {
            Some(asking) => self.asked(asking, key, site),
            None => self.plain(key, site),
        }
    }

    fn plain(&mut self, key: &Key, site: &Site) -> (Wish, bool) {
        let stays = |wish| (wish, false);
        match key {
            Key::Escape | Key::Char('q') => return self.leave(false),
            Key::Control('c') => return self.leave(true),
            Key::Up | Key::Char('k') => self.moved(false, site),
            Key::Down | Key::Char('j') => self.moved(true, site),
            Key::PageUp | Key::Char('b') => self.scroll = self.scroll.saturating_sub(self.height),
            Key::PageDown | Key::Char(' ') => self.scroll += self.height,
            Key::WheelUp => self.scroll = self.scroll.saturating_sub(3),
            Key::WheelDown => self.scroll += 3,
            Key::Home => self.scroll = 0,
            Key::End => self.scroll = usize::MAX,
            Key::Tab => self.turn(self.tab.next()),
            Key::BackTab => self.turn(self.tab.next().next()),
            Key::Char('l') => self.turn(Tab::Sessions),
            Key::Char('h') => self.turn(Tab::History),
            Key::Enter if self.tab == Tab::Sessions => {
                let session = self.story.sessions.get(self.session);
                return stays(session.map_or(Wish::Nothing, |session| Wish::Log(session.number)));
            }
            Key::Enter => return stays(self.edit(site)),
            Key::Char('e') => return stays(self.describe(site)),
            Key::Char('s') if !self.draft.is_empty() => return stays(self.save(site)),
            Key::Char('c') => return stays(self.write(Purpose::Comment, site)),
            Key::Char('n') => return stays(self.write(Purpose::Note, site)),
            Key::Char('x') if self.story.view.ticket.state != State::Closed => {
                return stays(self.write(Purpose::Close, site));
            }
            Key::Char('o') => return stays(self.say("reopen")),
            Key::Char('t') => return stays(self.say("take")),
            Key::Char('f') => return stays(self.follow(site)),
            Key::Char('w') => return stays(Wish::Work(self.number())),
            Key::Char(':') => self.asking = Some(Asking::Command(Typed::new(""))),
            _ => {}
        }
        stays(Wish::Nothing)
    }

    fn asked(&mut self, asking: Asking, key: &Key, site: &Site) -> (Wish, bool) {
        let mut wish = Wish::Nothing;
        match (asking, key) {
            (Asking::GiveUp { quits }, Key::Char('y')) => return left(quits),
            (Asking::GiveUp { .. }, Key::Char('s')) => wish = self.save(site),
            (Asking::GiveUp { .. }, _) | (Asking::Drop(_), Key::Char('y')) => {}
            (Asking::Drop(typing), _) => self.asking = Some(*typing),
            (Asking::Field(seen, typed), Key::Enter) => self.draft.set(&seen, &typed.text()),
            (Asking::Command(typed), Key::Enter) => wish = self.order(&typed.text()),
            (Asking::Choice(seen, mut chooser), key) => match chooser.press(key) {
                Chosen::Nothing => self.asking = Some(Asking::Choice(seen, chooser)),
                Chosen::This(value) => self.draft.set(&seen, &value),
                Chosen::Never => {}
            },
            (Asking::Field(seen, typed), Key::Escape | Key::Control('c')) => {
                self.ends(typed.is_touched(), Asking::Field(seen, typed));
            }
            (Asking::Command(typed), Key::Escape | Key::Control('c')) => {
                self.ends(typed.is_touched(), Asking::Command(typed));
            }
            (Asking::Field(seen, mut typed), key) => {
                typed.press(key);
                self.asking = Some(Asking::Field(seen, typed));
            }
            (Asking::Command(mut typed), key) => {
                typed.press(key);
                self.asking = Some(Asking::Command(typed));
            }
        }
        (wish, false)
    }

    /// Ends the typing, which is asked about when anything was typed.
    fn ends(&mut self, is_touched: bool, typing: Asking) {
        self.asking = is_touched.then(|| Asking::Drop(Box::new(typing)));
    }

    /// A line that was typed.
    fn order(&mut self, line: &str) -> Wish {
        let line = line.trim();
        if line.is_empty() {
            return Wish::Nothing;
        }
        self.line = Some(line.to_owned());
        self.say(line)
    }

    fn leave(&mut self, quits: bool) -> (Wish, bool) {
        if self.draft.is_empty() {
            return left(quits);
        }
        self.asking = Some(Asking::GiveUp { quits });
        (Wish::Nothing, false)
    }

    fn turn(&mut self, tab: Tab) {
        self.tab = if self.tab == tab { Tab::Thread } else { tab };
        self.scroll = 0;
    }

    fn moved(&mut self, down: bool, site: &Site) {
        let by = |at: usize, last: usize| if down { (at + 1).min(last) } else { at.saturating_sub(1) };
        match self.tab {
            Tab::Thread => self.at = by(self.at, slots::all(&self.story, site).len().saturating_sub(1)),
            Tab::Sessions => self.session = by(self.session, self.story.sessions.len().saturating_sub(1)),
            Tab::History => self.scroll = by(self.scroll, usize::MAX),
        }
    }

    /// Begins to change the field at the cursor.
    fn edit(&mut self, site: &Site) -> Wish {
        let slots = slots::all(&self.story, site);
        let Some(slot) = slots.get(self.at).filter(|_| self.tab == Tab::Thread) else { return Wish::Nothing };
        let now = self.value(slot);
        let seen = |aspect: Aspect| Seen { aspect, value: aspect.of(&self.story.view) };
        self.asking = match &slot.edit {
            Edit::Text(aspect) => Some(Asking::Field(seen(*aspect), Typed::new(&now))),
            Edit::Choice(aspect, values) => {
                Some(Asking::Choice(seen(*aspect), Chooser::new(slot.label, values.clone(), &now)))
            }
            Edit::Command(begin) => Some(Asking::Command(Typed::new(begin))),
            Edit::Long => return self.describe(site),
            Edit::Never => None,
        };
        Wish::Nothing
    }

    /// What it is about, in an editor.
    fn describe(&self, site: &Site) -> Wish {
        let writing = Writing::new(Purpose::Describe, Some(self.number()), &site.login);
        let before = self.story.description().map(|said| said.text.clone()).unwrap_or_default();
        let value = Aspect::Description.of(&self.story.view);
        let seen = vec![Seen { aspect: Aspect::Description, value }];
        Wish::Write(Writing { before, seen, ..writing })
    }

    /// What a field is, or is to be.
    fn value(&self, slot: &Slot) -> String {
        let to = slot.edit.aspect().and_then(|aspect| self.draft.of(aspect));
        to.map_or_else(|| slot.value.clone(), str::to_owned)
    }

    fn save(&self, site: &Site) -> Wish {
        let writing = Writing::new(Purpose::Save, Some(self.number()), &site.login);
        Wish::Write(Writing { commands: self.draft.commands(), seen: self.draft.seen(), ..writing })
    }

    fn write(&self, purpose: Purpose, site: &Site) -> Wish {
        Wish::Write(Writing::new(purpose, Some(self.number()), &site.login))
    }

    fn say(&self, line: &str) -> Wish {
        Wish::Say(Words { about: Some(self.number()), commands: vec![line.to_owned()], ..Words::default() })
    }

    fn follow(&self, site: &Site) -> Wish {
        let followers = &self.story.view.followers;
        let follows = followers.iter().any(|follower| site.own.contains(&follower.person.address));
        self.say(if follows { "unsubscribe" } else { "subscribe" })
    }
}

fn left(quits: bool) -> (Wish, bool) {
    (if quits { Wish::Quit } else { Wish::Nothing }, true)
}

fn changes(count: usize) -> String {
    if count == 1 { "one change".to_owned() } else { format!("{count} changes") }
}
