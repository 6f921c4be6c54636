//! How a ticket looks: its title, its fields, what the lower half shows, and over all of it what is typed or chosen.

use super::{Asking, Detail, Tab, slots};
use crate::model::fields::Field;
use crate::model::said::Aspect;
use crate::show::console::{Site, thread};
use crate::show::safe;
use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

/// Lines that the lower half has at least, where half of the screen is as many.
const LOWER: usize = 6;

impl Detail {
    pub fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, (site, now): (&Site, Timestamp)) {
        let mut slots = slots::all(&self.story, site);
        slots::alarm(&mut slots, &self.story, now.to_zoned(site.look.zone.clone()).date());
        let width = usize::from(area.width);
        let rows = slots::rows(slots.len(), width);
        let line = |y: u16| Rect { y: area.y.saturating_add(y), height: 1, ..area }.intersection(area);
        frame.render_widget(self.title(site, width), line(0));
        let seen = self.fields_seen(rows, usize::from(area.height), width);
        for (at, slot) in slots.iter().enumerate() {
            let is_here = at == self.at && self.tab == Tab::Thread;
            let (x, row, wide) = slots::place(at, rows, width);
            let Some(y) = row.checked_sub(self.top).filter(|y| *y < seen) else { continue };
            let y = area.y.saturating_add(1).saturating_add(u16::try_from(y).unwrap_or(u16::MAX));
            let place = Rect { x: area.x + x, y, width: wide, height: 1 }.intersection(area);
            frame.render_widget(slot.line(&self.value(slot), is_here, (site, now), usize::from(wide)), place);
        }
        let head = u16::try_from(seen).unwrap_or(u16::MAX).saturating_add(1);
        frame.render_widget(self.tabs(site, width), line(head));
        let body =
            Rect { y: area.y.saturating_add(head + 1), height: area.height.saturating_sub(head + 1), ..area };
        self.lower(frame, body, site);
        self.ask(frame, area, site);
    }

    /// How many lines of fields are seen, the one at the cursor among them: the lower half has room as well.
    fn fields_seen(&mut self, rows: usize, height: usize, width: usize) -> usize {
        let room = height.saturating_sub(2);
        let seen = rows.min(room.saturating_sub(LOWER.min(room / 2))).max(1);
        let (_, row, _) = slots::place(self.at, rows, width);
        self.top = self.top.min(rows.saturating_sub(seen)).clamp((row + 1).saturating_sub(seen), row);
        seen
    }

    fn title(&self, site: &Site, width: usize) -> Line<'static> {
        let ticket = &self.story.view.ticket;
        let to = self.draft.of(Aspect::Field(Field::Title));
        let title = format!("{} {}", ticket.number, safe::line(to.unwrap_or(&ticket.title)));
        Line::styled(safe::cut(&title, width), site.palette.bold())
    }

    fn tabs(&self, site: &Site, width: usize) -> Line<'static> {
        let mut spans = vec![Span::styled("── ", site.palette.dim())];
        let mut used = 3;
        for tab in Tab::ALL {
            let count = match tab {
                Tab::Thread => self.story.said.len(),
                Tab::Sessions => self.story.sessions.len(),
                Tab::History => self.story.history.len(),
            };
            let text = format!("{} {count}", tab.word());
            let text = if tab == self.tab { format!("[{text}]") } else { format!(" {text} ") };
            used += safe::width(&text) + 1;
            let style = if tab == self.tab { site.palette.bold() } else { site.palette.dim() };
            spans.push(Span::styled(text, style));
            spans.push(Span::raw(" "));
        }
        spans.push(Span::styled("─".repeat(width.saturating_sub(used)), site.palette.dim()));
        Line::from(spans)
    }

    fn lower(&mut self, frame: &mut Frame<'_>, body: Rect, site: &Site) {
        let width = usize::from(body.width);
        self.height = usize::from(body.height).max(1);
        let is_laid = self.laid.as_ref().is_some_and(|(w, tab, _)| *w == width && *tab == self.tab);
        if !is_laid {
            let lines = match self.tab {
                Tab::Thread => thread::said(&self.story, site, width),
                Tab::Sessions => thread::sessions(&self.story, site, width),
                Tab::History => thread::happened(&self.story, site, width),
            };
            self.laid = Some((width, self.tab, lines));
        }
        let Some((_, _, lines)) = &self.laid else { return };
        self.scroll = self.scroll.min(lines.len().saturating_sub(self.height));
        if self.tab == Tab::Sessions {
            self.session = self.session.min(lines.len().saturating_sub(1));
            self.scroll = self.scroll.clamp((self.session + 1).saturating_sub(self.height), self.session);
        }
        let shown = lines.iter().enumerate().skip(self.scroll).take(self.height);
        let shown: Vec<Line<'static>> = shown
            .map(|(at, line)| {
                let here = self.tab == Tab::Sessions && at == self.session;
                if here { line.clone().patch_style(site.palette.here()) } else { line.clone() }
            })
            .collect();
        frame.render_widget(Paragraph::new(shown), body);
    }

    /// What is typed or chosen, over the rest.
    fn ask(&self, frame: &mut Frame<'_>, area: Rect, site: &Site) {
        let asking = match &self.asking {
            Some(Asking::Drop(typing)) => Some(&**typing),
            asking => asking.as_ref(),
        };
        let (head, typed) = match asking {
            Some(Asking::Field(seen, typed)) => (format!("{}: ", seen.aspect.word()), typed),
            Some(Asking::Command(typed)) => (":".to_owned(), typed),
            Some(Asking::Choice(_, chooser)) => return chooser.draw(frame, area, site.palette),
            _ => return,
        };
        let foot = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
        let wide = u16::try_from(safe::width(&head)).unwrap_or(0);
        frame.render_widget(Clear, foot);
        frame.render_widget(Line::raw(head), foot);
        typed.draw(frame, Rect { x: foot.x + wide, width: foot.width.saturating_sub(wide), ..foot });
    }
}
