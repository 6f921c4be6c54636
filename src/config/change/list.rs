//! Changing one list of words value by value, so that the comments beside those that stay are kept. In come the text and the
//! words that the list is to have, out comes the text.

use super::place::{Entry, Item, Place, find};
use super::{Stuck, line_end, line_start, newline, quoted, spliced};
use std::ops::Range;

/// The text in which that list, which is there, has these words in this order.
pub(super) fn become_these(text: &str, place: &Place, words: &[String]) -> Result<String, Stuck> {
    let mut text = text.to_owned();
    let (mut list, mut items) = there(&text, place)?;
    if items.len() != words.len() {
        while let Some(at) = items.iter().position(|item| !words.contains(&item.word)) {
            text = without(&text, &items, &list, at);
            (list, items) = there(&text, place)?;
        }
        for (at, word) in words.iter().enumerate() {
            if !items.iter().any(|item| item.word == *word) {
                text = with(&text, &items, &list, at.min(items.len()), &quoted(word));
                (list, items) = there(&text, place)?;
            }
        }
    }
    if items.len() != words.len() {
        let all: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        return Ok(spliced(&text, list, &format!("[{}]", all.join(", "))));
    }
    // from behind, so that the places before stay
    for (item, word) in items.iter().zip(words).rev().filter(|(item, word)| item.word != **word) {
        text = spliced(&text, item.span.clone(), &quoted(word));
    }
    Ok(text)
}

fn there(text: &str, place: &Place) -> Result<(Range<usize>, Vec<Item>), Stuck> {
    match find(text, place)?.1 {
        Some(Entry { value, items: Some(items), .. }) => Ok((value, items)),
        _ => Err(Stuck(format!("{} is no list of words: change it by hand", place.key))),
    }
}

fn without(text: &str, items: &[Item], list: &Range<usize>, at: usize) -> String {
    let Some(item) = items.get(at) else { return text.to_owned() };
    let span = &item.span;
    let next = items.get(at + 1).map(|next| next.span.start);
    let before = at.checked_sub(1).and_then(|at| items.get(at)).map(|before| before.span.end);
    let behind = comma(text, span.end, next.unwrap_or(list.end)).map_or(span.end, |comma| comma + 1);
    let (start, end) = (line_start(text, span.start), line_end(text, span.end));
    let rest = text.get(behind..end).unwrap_or_default().trim();
    let is_alone = is_blank(text, start..span.start) && (rest.is_empty() || rest.starts_with('#'));
    let is_one_line = |range: Range<usize>| !text.get(range).unwrap_or_default().contains('\n');
    let gone = match (before, next) {
        _ if is_alone && behind <= end && start > list.start => start..end,
        (_, Some(next)) if is_one_line(span.end..next) => span.start..next,
        (Some(before), _) if is_one_line(before..span.start) => before..span.end,
        _ => span.start..behind,
    };
    spliced(text, gone, "")
}

fn with(text: &str, items: &[Item], list: &Range<usize>, at: usize, value: &str) -> String {
    let newline = newline(text);
    let indent = |item: &Item| {
        let start = line_start(text, item.span.start);
        let lies = start > list.start && is_blank(text, start..item.span.start);
        lies.then(|| (start, text.get(start..item.span.start).unwrap_or_default().to_owned()))
    };
    if let Some(item) = items.get(at) {
        return match indent(item) {
            Some((start, indent)) => spliced(text, start..start, &format!("{indent}{value},{newline}")),
            None => spliced(text, item.span.start..item.span.start, &format!("{value}, ")),
        };
    }
    let close = list.end.saturating_sub(1);
    let Some(last) = items.last() else {
        let start = line_start(text, close);
        return match start > list.start {
            true => spliced(text, start..start, &format!("    {value},{newline}")),
            false => spliced(text, close..close, value),
        };
    };
    let end = line_end(text, last.span.end);
    let comma = comma(text, last.span.end, close);
    match (indent(last), comma) {
        (Some(_), Some(comma)) if comma >= end => spliced(text, comma + 1..comma + 1, &format!(" {value}")),
        (Some((_, indent)), comma) if end <= close => {
            let text = spliced(text, end..end, &format!("{indent}{value},{newline}"));
            let missing = if comma.is_some() { "" } else { "," };
            spliced(&text, last.span.end..last.span.end, missing)
        }
        _ => spliced(text, last.span.end..last.span.end, &format!(", {value}")),
    }
}

/// The first comma there that is in no comment.
fn comma(text: &str, from: usize, to: usize) -> Option<usize> {
    let mut in_comment = false;
    text.get(from..to)?
        .bytes()
        .position(|byte| {
            in_comment = byte == b'#' || in_comment && byte != b'\n';
            byte == b',' && !in_comment
        })
        .map(|at| from + at)
}

fn is_blank(text: &str, range: Range<usize>) -> bool {
    text.get(range).is_some_and(|text| text.trim().is_empty())
}
