//! What a mail program puts above an older mail other than "... wrote:": a few of its header fields
//! ("From: ... Sent: ... To: ... Subject: ..."), "-----Original Message-----", "Begin forwarded message:",
//! "## Reply above this line ##".
//!
//! In comes a line number, out goes how many lines the head takes and what it announces.

use super::languages::{self, Field};
use super::page::{Look, Page, is_rule, plain};

/// Lines that a block of header fields may take.
const LINES: usize = 20;
/// Lines in a row, inside of a block, that begin with no field name: wrapped values.
const WRAPPED: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Announces {
    /// The mail that is answered.
    Original,
    Forward,
}

/// The head that begins at line `i`: how many lines it takes and what it announces.
pub(super) fn at(page: &Page, i: usize) -> Option<(usize, Announces)> {
    let line = page.head(i)?;
    if let Some(announces) = title(line) {
        return Some((1, announces));
    }
    fields(page, i).map(|lines| (lines, Announces::Original))
}

/// Whether the line asks for answers above it.
pub(super) fn says_above(line: &str) -> bool {
    let bare = line.trim_matches(' ');
    // drawn at one end: few lines are, so the words are looked for last
    let drawn = is_drawn(bare.chars()) || is_drawn(bare.chars().rev());
    drawn && languages::says_above(&plain_ends(line))
}

fn is_drawn(text: impl Iterator<Item = char>) -> bool {
    text.take(2).filter(|c| is_rule(*c) || "<>[]\\/".contains(*c)).count() == 2
}

/// "-----Original Message-----", "-------- Weitergeleitete Nachricht --------", "Begin forwarded message:".
fn title(line: &str) -> Option<Announces> {
    let ruled = line.chars().take_while(|c| is_rule(*c)).count();
    if ruled == 0 && !line.ends_with([':', '：']) {
        return None;
    }
    let text = plain(line);
    let text = text.trim_start_matches(|c: char| is_rule(c) || matches!(c, ' ' | '[' | '<'));
    let (rest, announces) = match (languages::after_forwarded(text), languages::after_original(text)) {
        (Some(rest), _) => (rest, Announces::Forward),
        (None, Some(rest)) => (rest, Announces::Original),
        (None, None) => return None,
    };
    let rest = rest.trim_start();
    let closed = rest.chars().zip(rest.chars().skip(1)).any(|(a, b)| is_rule(a) && is_rule(b)) || rest == "—";
    let bare = rest.trim_end_matches([':', '：', ' ', '-', ']', '>']).is_empty();
    let whole = match announces {
        // "----- Forwarded by Ada on Monday -----", "Begin forwarded message:"
        Announces::Forward => (ruled > 0 && (closed || bare)) || (bare && rest.starts_with([':', '：'])),
        // "-----Original Message-----", but not "--- original" above a difference
        Announces::Original => ruled > 0 && (closed && rest.starts_with(is_rule) || bare && ruled > 3),
    };
    whole.then_some(announces)
}

/// How many lines the block of header fields takes that begins at line `i`.
fn fields(page: &Page, i: usize) -> Option<usize> {
    let (first, value) = field(page.head(i)?)?;
    let mut seen = vec![first];
    let mut address = value.contains('@');
    let (mut end, mut wrapped) = (i + 1, 0);
    for n in i + 1..i + LINES {
        let next = page.head(n).map(|line| (line, field(line)));
        match next {
            Some((_, Some((name, value)))) => {
                seen.push(name);
                address |= value.contains('@');
                (end, wrapped) = (n + 1, 0);
            }
            Some((line, None))
                if wrapped < WRAPPED && page.look(n - 1) != Look::Blank && page.look(n) == Look::Text =>
            {
                // What follows the last field is the body: it must not lend the block its address.
                address |= line.contains('@') && wrapped == 0;
                wrapped += 1;
            }
            None if page.look(n) == Look::Blank && page.look(n - 1) != Look::Blank && wrapped == 0 => {}
            _ => break,
        }
    }
    let has = |name| seen.contains(&name);
    let when = has(Field::Sent) || has(Field::Date);
    let enough = (has(Field::From) && has(Field::Sent))
        || (has(Field::From) && has(Field::Subject) && (address || when || has(Field::To)))
        || (has(Field::From) && (when || has(Field::To)) && address)
        || (when && has(Field::To) && address);
    enough.then_some(end - i)
}

/// The field a line begins with, and the rest of the line.
fn field(line: &str) -> Option<(Field, String)> {
    let line = line.trim_start_matches(['|', '_', ' ', '>']);
    let colon = line.char_indices().take(32).find(|(_, c)| matches!(c, ':' | '：')).map(|(at, _)| at)?;
    let label = plain(line.get(..colon)?);
    let name = languages::field(label.trim_matches(['_', ' ', '|', '.']))?;
    Some((name, line.get(colon..).unwrap_or("").to_owned()))
}

/// `plain`, without rule characters at the ends.
fn plain_ends(line: &str) -> String {
    plain(line).trim_matches(|c: char| is_rule(c) || c == ' ').to_owned()
}
