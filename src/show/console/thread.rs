//! The lower half of a ticket's screen: what was said, what was done in sessions, or what happened, in lines as wide as
//! the screen.

use super::Site;
use crate::show::look::size;
use crate::show::ticket::Story;
use crate::show::{history, safe};
use crate::store::reports::Said;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthChar;

/// What was said, oldest first.
pub(super) fn said(story: &Story, site: &Site, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(said) = story.description_of_staff() {
        lines.push(Line::styled("What it is about, as staff have put it", site.palette.bold()));
        text(&mut lines, said, site, width);
        lines.push(Line::styled("─".repeat(width.min(20)), site.palette.dim()));
    }
    for said in &story.said {
        let mut head = vec![Span::styled(
            format!("{} {}", site.look.date(said.at), safe::line(&said.author)),
            site.palette.bold(),
        )];
        if said.staff_only {
            head.push(Span::styled(" (staff only)", site.palette.careful()));
        }
        lines.push(Line::from(head));
        text(&mut lines, said, site, width);
        for (name, media, bytes) in &said.attachments {
            let name = if name.is_empty() { "(no name)" } else { name };
            let text = safe::line(&format!("  [{name}, {media}, {}]", size(*bytes)));
            lines.push(Line::styled(safe::cut(&text, width), site.palette.dim()));
        }
        lines.push(Line::raw(""));
    }
    lines
}

/// A text, set in.
fn text(lines: &mut Vec<Line<'static>>, said: &Said, site: &Site, width: usize) {
    for line in said.text.lines() {
        let is_quote = line.starts_with('>');
        for part in wrapped(&safe::block(line).replace('\t', "    "), width.saturating_sub(2)) {
            let line = Line::raw(format!("  {part}"));
            lines.push(if is_quote { line.patch_style(site.palette.dim()) } else { line });
        }
    }
}

/// What was done in sessions, newest first; one line each.
pub(super) fn sessions(story: &Story, site: &Site, width: usize) -> Vec<Line<'static>> {
    let all = story.sessions.iter().map(|session| {
        let text = format!(
            "{:>5}  {}  {}, {}@{}, {} files",
            session.number,
            site.look.date(session.started),
            session.worker,
            session.login,
            session.host,
            session.files
        );
        Line::raw(safe::cut(&safe::line(&text), width))
    });
    all.collect()
}

/// What happened, oldest first.
pub(super) fn happened(story: &Story, site: &Site, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for happened in &story.history {
        let detail = history::detail(&happened.detail);
        let text = format!(
            "{} {} {} ({}) {detail}",
            site.look.date(happened.at),
            happened.what,
            happened.actor,
            happened.proof
        );
        let parts = wrapped(&safe::line(&text), width.saturating_sub(4));
        for (at, part) in parts.into_iter().enumerate() {
            lines.push(Line::raw(if at == 0 { part } else { format!("    {part}") }));
        }
    }
    lines
}

/// A line in pieces of at most that many columns, cut between words where there are any.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let (mut lines, mut line, mut wide, mut blank) = (Vec::new(), String::new(), 0, None);
    for c in text.chars() {
        let columns = c.width().unwrap_or(0);
        if wide + columns > width && !line.is_empty() {
            let rest = match blank.take() {
                Some(at) if c != ' ' => line.split_off(at),
                _ => String::new(),
            };
            lines.push(line.trim_end().to_owned());
            line = rest.trim_start().to_owned();
            wide = line.chars().filter_map(UnicodeWidthChar::width).sum();
            if c == ' ' {
                continue;
            }
        }
        if c == ' ' && !line.trim().is_empty() {
            blank = Some(line.len());
        }
        line.push(c);
        wide += columns;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_are_cut_between_words_and_within_long_ones() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("one two", 7), ["one two"]);
        assert_eq!(wrapped("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrapped("  indented words", 10), ["  indented", "words"]);
        assert_eq!(wrapped("東京都庁", 4), ["東京", "都庁"]);
        assert_eq!(wrapped("", 4), [""]);
        assert_eq!(wrapped("ab", 0), ["a", "b"]);
    }
}
