//! Secrets in lists and maps below a telling name: in comes a content, out come places. `passwords:` with `- x` in the lines
//! below it, `secrets:` with `db: x`. Since such a map holds names and paths as well, a value has to look like a secret.

use super::keys::{self, Weight};
use super::{Hit, values};
use regex::bytes::Regex;
use std::sync::LazyLock;

/// Lines below one name that are looked at.
const LINES: usize = 200;

static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?m-u)^([ \t]*)(?:- )?["']?([A-Za-z0-9_.-]{2,80})["']?:[ \t]*\r?\n"#).ok()
});
static ENTRY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?-u)^[ \t]*(?:- )?(?:["']?([A-Za-z0-9_.-]{1,80})["']?:[ \t]+)?["']?([^\s"'#]{1,200})["']?[ \t]*\r?\n?$"#).ok()
});

pub(super) fn find(content: &[u8], hits: &mut Vec<Hit>) {
    let (Some(name), Some(entry)) = (NAME.as_ref(), ENTRY.as_ref()) else { return };
    // a line belongs to the name that is nearest above it
    let mut seen = 0;
    for found in name.captures_iter(content) {
        let (Some(all), Some(indent), Some(name)) = (found.get(0), found.get(1), found.get(2)) else {
            continue;
        };
        let Some(Weight::Secret(rule)) = keys::weight(name.as_bytes()) else { continue };
        let mut at = all.end().max(seen);
        let rest = content.get(at..).unwrap_or_default();
        for line in rest.split_inclusive(|b| *b == b'\n').take(LINES) {
            let inner = line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
            let item = line.get(inner) == Some(&b'-');
            if !line.trim_ascii().is_empty() && (inner < indent.len() || inner == indent.len() && !item) {
                break;
            }
            if let Some(value) = entry.captures(line).and_then(|entry| entry.get(2))
                && values::is_mixed(value.as_bytes())
                && !values::is_harmless(value.as_bytes())
            {
                hits.push(Hit { range: at + value.start()..at + value.end(), rule });
            }
            at += line.len();
        }
        seen = at;
    }
}
