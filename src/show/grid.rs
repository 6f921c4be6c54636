//! Cells in columns. In: rows of painted text; out: aligned lines, made to fit the terminal. Every cell is made safe
//! here (`safe::line`), so a screen cannot forget it.

use super::look::{Look, Paint};
use super::safe;

/// What stands in one place.
#[derive(Debug, Clone)]
pub struct Cell {
    text: String,
    paint: Paint,
}

/// Text without emphasis.
pub fn plain(text: impl AsRef<str>) -> Cell {
    painted(Paint::Plain, text)
}

/// Text with emphasis.
pub fn painted(paint: Paint, text: impl AsRef<str>) -> Cell {
    Cell { text: safe::line(text.as_ref()), paint }
}

/// How a column takes its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// As wide as its widest cell, but on a terminal no wider than [`MOST`].
    Left,
    /// The same, to the right.
    Right,
    /// Is cut when the terminal is too narrow; one per grid.
    Grow,
    /// The same, at its beginning: the end of a path is its name.
    Path,
    /// The last one: goes on below itself when the terminal is too narrow.
    Wrap,
}

/// Widest cell of a column that does not give way, on a terminal.
const MOST: usize = 32;
/// Narrowest that a column which gives way becomes.
const LEAST: usize = 12;
const GAP: &str = "  ";

/// Lays rows out. A row may be shorter than `columns`; what it has beyond them is left out.
pub fn lay(columns: &[Column], rows: &[Vec<Cell>], look: &Look) -> String {
    let widths = widths(columns, rows, look.width);
    let mut out = String::new();
    for row in rows {
        let mut text = String::new();
        let last = row.len().saturating_sub(1);
        let mut before = 0;
        for (at, ((cell, column), width)) in row.iter().zip(columns).zip(&widths).enumerate() {
            if at > 0 {
                text.push_str(GAP);
            }
            if *column == Column::Wrap {
                let lines = wrap(&cell.text, look.width.map(|w| w.saturating_sub(before).max(LEAST)));
                let painted: Vec<String> = lines.iter().map(|l| look.paint(cell.paint, l)).collect();
                text.push_str(&painted.join(&format!("\n{}", " ".repeat(before))));
                continue;
            }
            let shown = match column {
                Column::Path => safe::cut_front(&cell.text, *width),
                _ => safe::cut(&cell.text, *width),
            };
            let room = " ".repeat(width.saturating_sub(safe::width(&shown)));
            let shown = look.paint(cell.paint, &shown);
            match column {
                Column::Right => text.extend([room.as_str(), shown.as_str()]),
                _ if at == last => text.push_str(&shown),
                _ => text.extend([shown.as_str(), room.as_str()]),
            }
            before += width + GAP.len();
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

fn widths(columns: &[Column], rows: &[Vec<Cell>], terminal: Option<usize>) -> Vec<usize> {
    let widest =
        |at: usize| rows.iter().filter_map(|r| r.get(at)).map(|c| safe::width(&c.text)).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..columns.len()).map(widest).collect();
    let Some(terminal) = terminal else { return widths };
    for (width, column) in widths.iter_mut().zip(columns) {
        if matches!(column, Column::Left | Column::Right) {
            *width = (*width).min(MOST);
        }
    }
    // what goes on below itself leaves room to others
    let least = widths.iter().zip(columns).map(|(w, c)| if *c == Column::Wrap { (*w).min(MOST) } else { *w });
    let all: usize = least.sum::<usize>() + GAP.len() * columns.len().saturating_sub(1);
    let over = all.saturating_sub(terminal);
    for (width, column) in widths.iter_mut().zip(columns) {
        if matches!(column, Column::Grow | Column::Path) {
            *width = width.saturating_sub(over).max(LEAST.min(*width));
        }
    }
    widths
}

/// Words in lines of at most that many columns; a longer word has a line of its own.
fn wrap(text: &str, most: Option<usize>) -> Vec<String> {
    let Some(most) = most.filter(|most| safe::width(text) > *most) else { return vec![text.to_owned()] };
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && safe::width(&line) + 1 + safe::width(word) > most {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[&[&str]]) -> Vec<Vec<Cell>> {
        rows.iter().map(|r| r.iter().map(|c| plain(*c)).collect()).collect()
    }

    #[test]
    fn columns_are_aligned_and_cut_to_the_terminal() {
        let columns = [Column::Right, Column::Grow, Column::Left];
        let rows =
            rows(&[&["#1", "a long title that does not fit", "ann"], &["#12", "東京", "bobby"], &["#3"]]);
        let narrow = Look { width: Some(30), ..Look::plain() };
        assert_eq!(
            lay(&columns, &rows, &narrow),
            " #1  a long title that…  ann\n#12  東京                bobby\n #3\n"
        );
        let wide = lay(&columns, &rows, &Look::plain());
        assert!(wide.starts_with(" #1  a long title that does not fit  ann\n"), "{wide}");
    }

    #[test]
    fn of_a_path_the_end_is_seen() {
        let rows = rows(&[&["A", "/etc/a/very/long/path/to/a/file.conf", "+1 -0, mode 0644 -> 0600, text"]]);
        let columns = [Column::Left, Column::Path, Column::Wrap];
        let look = |width| Look { width: Some(width), ..Look::plain() };
        assert_eq!(
            lay(&columns, &rows, &look(60)),
            "A  …long/path/to/a/file.conf  +1 -0, mode 0644 -> 0600, text\n"
        );
        assert!(lay(&columns, &rows, &look(80)).contains("/etc/a/very/long/path/to/a/file.conf"));
    }

    #[test]
    fn the_last_column_goes_on_below_itself() {
        let rows = rows(&[&["what", "one two three four five six"]]);
        let narrow = Look { width: Some(20), ..Look::plain() };
        assert_eq!(
            lay(&[Column::Left, Column::Wrap], &rows, &narrow),
            "what  one two three\n      four five six\n"
        );
    }

    #[test]
    fn cells_are_safe_and_colours_take_no_room() {
        let look = Look { colour: true, ..Look::plain() };
        let rows =
            vec![vec![painted(Paint::Bad, "a\u{1b}[2J"), plain("b")], vec![plain("longer cell"), plain("c")]];
        let out = lay(&[Column::Left, Column::Left], &rows, &look);
        assert_eq!(out, "\u{1b}[31ma\\x1b[2J\u{1b}[0m     b\nlonger cell  c\n");
    }
}
