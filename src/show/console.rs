//! The console's screens (the paper's `trackle-cli`): an overview of tickets, and one ticket in detail. In: what was read
//! from the database, and keys; out: what is on the screen, and what whoever sits there wishes. Made for 80 columns and 24
//! lines and more. Touches no terminal, no file and no database; every word of a stranger's passes `safe`.

mod bar;
mod choose;
mod detail;
mod draft;
mod key;
mod overview;
mod paint;
mod thread;
mod typed;
mod writing;

#[cfg(test)]
mod tests;

pub use key::Key;
pub use paint::Palette;
pub use writing::{Purpose, Taken, Writing};

use super::look::Look;
use super::ticket::Story;
use crate::model::address::Address;
use crate::model::column::Column;
use crate::model::fields::Values;
pub use crate::model::filter::Filter;
use crate::model::said::Words;
use crate::model::ticket::Number;
use crate::store::lists::Line as Row;
use detail::Detail;
use jiff::Timestamp;
use overview::Overview;
use ratatui::Frame;

/// What whoever sits there wishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Nothing that a screen cannot do by itself.
    Nothing,
    Quit,
    /// Other tickets in the overview.
    Find(Filter),
    /// That ticket in detail.
    Open(Number),
    Say(Words),
    /// Words from an editor, and then what is to be done with them.
    Write(Writing),
    /// A tracked session.
    Work(Number),
    /// The log of a session.
    Log(u64),
    /// The whole screen anew: somebody else has written on it.
    Redraw,
}

/// What does not change while the console is open.
#[derive(Debug, Clone)]
pub struct Site {
    /// Who sits there.
    pub login: String,
    /// His addresses.
    pub own: Vec<Address>,
    pub logins: Vec<String>,
    pub values: Values,
    pub columns: Vec<Column>,
    pub palette: Palette,
    /// Times, where the reader is.
    pub look: Look,
}

/// What is on the screen.
pub struct Console {
    site: Site,
    overview: Overview,
    detail: Option<Detail>,
    /// One line for whoever sits there, until the next key.
    told: Option<Told>,
    help: bool,
}

/// What the last line says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Done(String),
    Failed(String),
    /// Something that is not said twice, as where a text is kept: stays until it was read.
    Kept(String),
}

/// What works while something is to be read.
const READING: bar::Keys = &[("Enter", "goes on")];

impl Console {
    pub fn new(site: Site) -> Console {
        Console { site, overview: Overview::default(), detail: None, told: None, help: false }
    }

    /// Which tickets the overview has, in its order.
    pub fn found(&mut self, numbers: Vec<Number>) {
        self.overview.found(numbers);
    }

    /// Tickets whose lines are needed for a screen of that height.
    pub fn missing(&mut self, height: u16) -> Vec<Number> {
        self.overview.missing(height)
    }

    /// Lines that were missing, or are newer than those before.
    pub fn lines(&mut self, rows: Vec<Row>) {
        self.overview.lines(rows);
    }

    /// Lines may be old: all are to be read again.
    pub fn outdated(&mut self) {
        self.overview.outdated();
    }

    /// What is looked for in the overview.
    pub fn filter(&self) -> &Filter {
        &self.overview.filter
    }

    /// The ticket in detail, when one is shown.
    pub fn ticket(&self) -> Option<Number> {
        self.detail.as_ref().map(Detail::number)
    }

    /// A ticket in detail, new or as it is by now. What is being changed in it stays so.
    pub fn story(&mut self, story: Story) {
        match self.detail.as_mut().filter(|detail| detail.number() == story.view.ticket.number) {
            Some(detail) => detail.renew(story),
            None => self.detail = Some(Detail::new(story)),
        }
    }

    /// That was said: what became of it. Changes that are being made and were no part of it stay.
    pub fn done(&mut self, words: &Words, text: String) {
        if let Some(detail) = &mut self.detail {
            detail.done(words);
        }
        self.tell(text);
    }

    /// Something is to be known; nothing was changed.
    pub fn tell(&mut self, text: String) {
        self.put(Told::Done(text));
    }

    /// Something went wrong; what was typed stays.
    pub fn failed(&mut self, text: String) {
        self.put(Told::Failed(text));
    }

    /// Something went wrong, and what somebody wrote is somewhere: told until it was read.
    pub fn kept(&mut self, text: String) {
        self.put(Told::Kept(text));
    }

    /// What was to be said was not: a line that was typed is there to be mended.
    pub fn refused(&mut self) {
        if let Some(detail) = &mut self.detail {
            detail.refused();
        }
    }

    /// Goes back to the list, since these are other tickets now. Gives what was typed for the one that was shown.
    pub fn forget(&mut self) -> Vec<String> {
        self.overview.forget();
        self.detail.take().map(|detail| detail.unsaid()).unwrap_or_default()
    }

    /// Whether something is to be read before any key means anything.
    pub fn is_held(&self) -> bool {
        matches!(self.told, Some(Told::Kept(_)))
    }

    /// Who sits there may have been told other things.
    pub fn resit(&mut self, site: Site) {
        self.site = site;
    }

    /// What is to be read stays before what is only told.
    fn put(&mut self, told: Told) {
        match (&mut self.told, told) {
            (Some(Told::Kept(before)), Told::Kept(more)) => *before = format!("{before}; {more}"),
            (Some(Told::Kept(_)), _) => {}
            (now, told) => *now = Some(told),
        }
    }

    /// Whether that key means the same whatever is found by what was typed before it.
    pub fn is_blind(&self, key: &Key) -> bool {
        let types = matches!(
            key,
            Key::Char(_) | Key::Paste(_) | Key::Backspace | Key::Delete | Key::Control(_) | Key::Nothing
        );
        self.detail.is_some() || (types && self.overview.types())
    }

    /// Something cannot be seen now. What was said of something that was done, or not done, stands before it.
    pub fn trouble(&mut self, text: String) {
        self.told.get_or_insert(Told::Failed(text));
    }

    /// Takes a key.
    pub fn press(&mut self, key: Key) -> Wish {
        if key == Key::Nothing {
            return Wish::Nothing;
        }
        // keys that were typed ahead are no answer to it
        let is_held = self.is_held() && key != Key::Redraw;
        if is_held && !matches!(key, Key::Enter | Key::Escape) {
            return Wish::Nothing;
        }
        if key != Key::Redraw {
            self.told = None;
        }
        if is_held {
            return Wish::Nothing;
        }
        if self.help {
            self.help = false;
            return Wish::Nothing;
        }
        match key {
            Key::Redraw => return Wish::Redraw,
            Key::Char('?') if !self.types() => {
                self.help = true;
                return Wish::Nothing;
            }
            _ => {}
        }
        let Some(detail) = &mut self.detail else { return self.overview.press(&key, &self.site) };
        let (wish, leaves) = detail.press(&key, &self.site);
        if leaves {
            self.detail = None;
        }
        wish
    }

    /// Whether keys are letters of something typed.
    fn types(&self) -> bool {
        self.detail.as_ref().map_or(self.overview.types(), Detail::types)
    }

    /// Draws the screen.
    pub fn draw(&mut self, frame: &mut Frame<'_>, now: Timestamp) {
        let place = bar::Place::of(frame.area());
        let palette = self.site.palette;
        let keys = match &mut self.detail {
            Some(detail) => {
                detail.draw(frame, place.body, (&self.site, now));
                detail.keys()
            }
            None => {
                self.overview.draw(frame, place.body, (&self.site, now));
                self.overview.keys()
            }
        };
        let keys = if self.is_held() { READING } else { keys };
        bar::keys(frame, place.keys, keys, palette);
        let standing = match &self.detail {
            Some(detail) => detail.standing(),
            None => self.overview.standing(),
        };
        match &self.told {
            Some(Told::Failed(text) | Told::Kept(text)) => {
                bar::said(frame, place.foot, (&format!("! {text}"), palette.bad()), palette)
            }
            Some(Told::Done(text)) => bar::said(frame, place.foot, (text, palette.good()), palette),
            None => bar::said(frame, place.foot, (&standing, palette.dim()), palette),
        }
        if self.help {
            let all = self.detail.as_ref().map_or(overview::HELP, |_| detail::HELP);
            bar::help(frame, place.body, all, palette);
        }
    }
}
