//! What surrounds every screen: above, the keys that work now; below, how things stand or what was just done; and all keys
//! over it, for whoever asks.

use super::paint::Palette;
use super::thread::wrapped;
use crate::show::safe;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

/// A key, and what it does in a word or two.
pub(super) type Keys = &'static [(&'static str, &'static str)];

/// Where things are.
pub(super) struct Place {
    pub keys: Rect,
    pub body: Rect,
    pub foot: Rect,
}

impl Place {
    pub fn of(all: Rect) -> Place {
        let line =
            |y: u16, height: u16| Rect { y: all.y.saturating_add(y), height: height.min(all.height), ..all };
        Place {
            keys: line(0, 1),
            body: line(1.min(all.height), all.height.saturating_sub(2)),
            foot: line(all.height.saturating_sub(1), 1),
        }
    }
}

/// The keys that work now; those for which there is no room are left out whole.
pub(super) fn keys(frame: &mut Frame<'_>, area: Rect, keys: Keys, palette: Palette) {
    let mut room = usize::from(area.width);
    let mut spans = Vec::new();
    for (key, word) in keys {
        let wide = safe::width(key) + safe::width(word) + 3;
        if wide > room {
            break;
        }
        room -= wide;
        spans.push(Span::styled(format!(" {key} "), palette.bar()));
        spans.push(Span::raw(format!("{word} ")));
    }
    frame.render_widget(Line::from(spans), area);
}

/// One line at the bottom; longer ones go up into the screen as far as they need.
pub(super) fn said(frame: &mut Frame<'_>, foot: Rect, (text, style): (&str, Style), _: Palette) {
    let text = safe::line(text);
    let lines = wrapped(&text, usize::from(foot.width));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).clamp(1, foot.y.saturating_add(1));
    let area = Rect { y: foot.y.saturating_sub(height - 1), height, ..foot };
    frame.render_widget(Clear, area);
    let lines: Vec<Line<'_>> = lines.into_iter().map(|line| Line::styled(line, style)).collect();
    frame.render_widget(Paragraph::new(lines), area);
}

/// Every key of a screen.
pub(super) fn help(frame: &mut Frame<'_>, body: Rect, keys: Keys, palette: Palette) {
    let widest = keys.iter().map(|(key, _)| safe::width(key)).max().unwrap_or(0);
    let lines: Vec<Line<'_>> = keys
        .iter()
        .map(|(key, what)| {
            Line::from(vec![Span::styled(format!(" {key:widest$}  "), palette.bold()), Span::raw(*what)])
        })
        .collect();
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2).min(body.height);
    let area = Rect { height, ..body };
    frame.render_widget(Clear, area);
    frame
        .render_widget(Paragraph::new(lines).block(Block::bordered().title(" keys; any key goes on ")), area);
}
