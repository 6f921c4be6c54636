//! What stands below the writer's own words and is not meant for anybody: signatures, "Sent from my phone", footers of
//! mailing lists, the armour of a PGP signature.
//!
//! In comes a page whose quotes are marked; lines that are still `New` may become `Signature` or `Footer`. When in
//! doubt a line stays `New`: a reader loses less by seeing a signature than by missing a sentence.

use super::languages;
use super::page::{Look, Page, is_rule, is_space, plain};
use crate::model::mail::PieceKind;

/// Most lines below a `--` without its space, or below a rule, that still pass for a signature.
const SHORT: usize = 15;
/// Most words in "Sent from my ...".
const DEVICE_WORDS: usize = 14;

/// Marks the signatures and footers in what is still new.
pub(super) fn mark(page: &mut Page) {
    for (from, to) in page.runs(PieceKind::New) {
        armour(page, from, to);
    }
    for (from, to) in page.runs(PieceKind::New) {
        let mut end = footer(page, from, to);
        end = delimited(page, from, end);
        devices(page, from, end);
    }
}

/// Marks the armour of clear-signed text (RFC 4880 7): its head, and all of its signature.
fn armour(page: &mut Page, from: usize, to: usize) {
    let mut i = from;
    while i < to {
        let end = match page.line(i) {
            "-----BEGIN PGP SIGNED MESSAGE-----" => (i + 1..to).find(|&n| !page.line(n).starts_with("Hash:")),
            "-----BEGIN PGP SIGNATURE-----" => {
                (i..to).find(|&n| page.line(n) == "-----END PGP SIGNATURE-----").map(|n| n + 1)
            }
            _ => {
                i += 1;
                continue;
            }
        };
        let end = end.unwrap_or(to);
        page.mark(i, end, PieceKind::Signature);
        i = end;
    }
}

/// Marks a mailing list's footer below a rule; returns where it begins, or `to`.
fn footer(page: &mut Page, from: usize, to: usize) -> usize {
    let rule = |i: usize| page.look(i) == Look::Rule && !underlines(page, i);
    let ruled = |i: usize| rule(i) || is_delimiter(page.line(i)) || is_dashed(page.line(i));
    let found = (from..to).filter(|&i| ruled(i)).find(|&i| {
        let below = (i + 1..to).filter(|&n| page.look(n) != Look::Blank).take(3).take_while(|&n| !ruled(n));
        below.filter_map(|n| page.head(n)).any(|line| languages::names_list(&plain(line)))
            && lines_within(page, i + 1, to).is_some()
    });
    if let Some(i) = found {
        page.mark(i, to, PieceKind::Footer);
    }
    found.unwrap_or(to)
}

/// Marks a signature below its delimiter; returns where it begins, or `to`.
fn delimited(page: &mut Page, from: usize, to: usize) -> usize {
    let first = (from..to).find(|&i| page.look(i) == Look::Text).unwrap_or(to);
    let found = (from..to).find(|&i| {
        let line = page.line(i);
        let below = || lines_within(page, i + 1, to);
        match line {
            "--" | "- --" if page.has_space(i) => true,
            "--" | "- --" | "__" | "–" => below().is_some_and(|lines| lines > 0),
            "—" => {
                below().is_some()
                    && page.next_text(i + 1, 2).is_some_and(|n| n < to && is_device(page.line(n)))
            }
            _ => {
                is_line(line)
                    && !underlines(page, i)
                    && first < i
                    && below().is_some()
                    && has_contact(page, i + 1, to)
            }
        }
    });
    if let Some(i) = found {
        page.mark(i, to, PieceKind::Signature);
    }
    found.unwrap_or(to)
}

/// Marks "Sent from my phone" at the end.
fn devices(page: &mut Page, from: usize, to: usize) {
    let mut end = to;
    while let Some(last) = (from..end).rev().find(|&i| page.look(i) != Look::Blank) {
        if !is_device(page.line(last)) {
            break;
        }
        end = last;
    }
    page.mark(end, to, PieceKind::Signature);
}

/// "Sent from my iPhone", in many languages; not a sentence about something that was sent.
pub(super) fn is_device(line: &str) -> bool {
    if line.len() > 300 {
        return false;
    }
    let bare: String = line.chars().filter(|c| !matches!(c, '[' | ']')).collect();
    let bare = bare.trim_matches(|c: char| is_rule(c) || is_space(c) || matches!(c, '(' | ')' | '•' | '|'));
    let named = bare.split(['<', '(']).next().unwrap_or("").trim();
    let text = plain(named);
    let words = text.split(' ').count();
    let comma = named.split(", ").skip(1).any(|rest| !rest.contains(char::is_uppercase));
    let clause = comma || text.contains([';', '?']) || (text.ends_with('.') && words > 6);
    // "Sent from the warehouse" names no product.
    let product = named.chars().skip(1).any(|c| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()))
        || text.contains(" my ")
        || text.contains("http");
    words <= DEVICE_WORDS && !clause && product && languages::names_device(&text)
}

/// How many lines with text there are, if they are few.
fn lines_within(page: &Page, from: usize, to: usize) -> Option<usize> {
    let lines = (from..to).filter(|&i| page.look(i) != Look::Blank).take(SHORT + 1).count();
    (lines <= SHORT).then_some(lines)
}

/// Whether a few short lines begin with a name and hold an address, a page or a telephone number.
fn has_contact(page: &Page, from: usize, to: usize) -> bool {
    let digits = |line: &str| line.bytes().filter(u8::is_ascii_digit).count();
    let short = (from..to).all(|i| page.line(i).chars().count() <= 100);
    let named = page.next_text(from, 2).is_some_and(|i| is_name(page.line(i)));
    short
        && named
        && (from..to).all(|i| page.look(i) != Look::Rule)
        && (from..to).any(|i| {
            let line = page.line(i);
            let address =
                line.split('@').nth(1).is_some_and(|host| host.contains('.')) && !line.starts_with('@');
            address || line.contains("www.") || (line.contains("+") && digits(line) >= 7)
        })
}

/// Few words, all of them capitalised.
fn is_name(line: &str) -> bool {
    let mut words = line.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty());
    line.split(' ').count() <= 6 && words.all(|w| !w.starts_with(char::is_lowercase))
}

/// Whether a rule belongs to the line above it, as a heading's does.
fn underlines(page: &Page, i: usize) -> bool {
    let above = i.checked_sub(1).map_or(Look::Blank, |n| page.look(n));
    above == Look::Text && page.line(i).starts_with(['-', '=', '~', '*', '#'])
}

/// A drawn line, as people put above their address.
fn is_line(line: &str) -> bool {
    line.len() <= 300
        && line.chars().count() >= 3
        && line.chars().all(|c| matches!(c, '-' | '_' | '–' | '—' | '―' | '─' | '━'))
}

/// The signature delimiter of RFC 3676 4.3.
fn is_delimiter(line: &str) -> bool {
    line == "--"
}

/// "--~--~---------~--~----~".
fn is_dashed(line: &str) -> bool {
    line.starts_with("--") && line.len() <= 100 && line.ends_with('-') && line.contains('~')
}
