//! Secrets on command lines: in come the words of a command, out come the words that hold secrets, and where in them. Each
//! program hands them over in its own way; the table below says how. A program counts from the word that names it on, so that
//! it is found behind `sudo`, `env`, `docker exec` and the like. Options with telling names are known of any program.

mod programs;

use super::keys::{self, Weight};
use super::words::{Words, words};
use super::{Hit, shell, values};
use programs::How::{self, Behind, Either, Joined, Next, Pairs, Place};
use programs::{PROGRAMS, Row};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Options of any program that say where a secret is, or ask for it.
const ASKS: &[&str] = &[
    "ask",
    "no",
    "show",
    "use",
    "with",
    "stdin",
    "generate",
    "random",
    "without",
    "verify",
    "from",
    "prompt",
    "fd",
    "empty",
    "interactive",
    "print",
    "list",
    "skip",
    "disable",
    "enable",
    "allow",
    "rotate",
    "auto",
    "only",
    "all",
    "update",
    "delete",
];
/// Ways in which openssl names a secret.
const PASS: &[&str] = &["-pass", "-passin", "-passout", "-passwd", "-storepass", "-kpass"];
/// How far behind a program its subcommand, and what is told by its place, may stand.
const NEAR: usize = 40;
/// Words of one command that are looked at.
const WORDS: usize = 10_000;

/// The rows of each program.
static BY_NAME: LazyLock<HashMap<&[u8], Vec<&Row>>> = LazyLock::new(|| {
    let mut rows: HashMap<&[u8], Vec<&Row>> = HashMap::new();
    for row in PROGRAMS {
        row.0.iter().for_each(|name| rows.entry(name.as_bytes()).or_default().push(row));
    }
    rows
});

/// All programs of which anything is found that is no option.
pub(super) fn programs() -> impl Iterator<Item = &'static str> {
    PROGRAMS.iter().flat_map(|row| row.0.iter().copied()).chain(SETTERS.all())
}

/// Finds secrets in the arguments of a program, its own name first.
pub(super) fn find(arguments: &[String]) -> Vec<(usize, Hit)> {
    let words: Vec<&[u8]> = arguments.iter().map(|argument| argument.as_bytes()).collect();
    in_words(&words, 0)
}

/// Finds secrets in the words of a command. `depth` counts the lines of shell within it.
pub(super) fn in_words(words: &[&[u8]], depth: usize) -> Vec<(usize, Hit)> {
    let words = words.get(..words.len().min(WORDS)).unwrap_or_default();
    let mut hits = Vec::new();
    let mut program: &[&Row] = &[];
    let (may_set, mut sets) = (may_set(words), false);
    let mut names = Vec::new();
    for (n, word) in words.iter().enumerate() {
        sets |= may_set && is_setter(word);
        any_program(words, n, sets, &mut hits);
        if depth < shell::DEPTH && word.contains(&b' ') && n > 0 {
            let mut inner = Vec::new();
            shell::find_within(word, depth + 1, &mut inner);
            hits.extend(inner.into_iter().map(|hit| (n, hit)));
        }
        // `x='mysql -p…'`
        let name = word.rsplit(|b| matches!(b, b'/' | b'=')).next().unwrap_or_default();
        if let Some(rows) = BY_NAME.get(name) {
            program = rows;
            names.push(n);
            continue;
        }
        let Some(start) = names.last().copied() else { continue };
        for (_, behind, hows) in program {
            let there = words.get(start + 1..).unwrap_or_default().iter().take(NEAR);
            if behind.is_empty() || there.clone().any(|word| word.eq_ignore_ascii_case(behind.as_bytes())) {
                hows.iter().for_each(|how| how.apply(words, start, n, &mut hits));
            }
        }
    }
    hits.retain(|(word, hit)| {
        words.get(*word).and_then(|w| w.get(hit.range.clone())).is_some_and(|value| {
            !value.is_empty() && !matches!(value, b"-" | b"stdin" | b"prompt") && !is_reference(value)
        })
    });
    hits
}

/// `$PASS`, `${PASS}`, `$(cat x)`: the line does not hold it.
fn is_reference(value: &[u8]) -> bool {
    value.first() == Some(&b'$') && values::is_harmless(value)
}

fn all(word: &[u8], from: usize, rule: &'static str) -> Hit {
    Hit { range: from..word.len(), rule }
}

impl How {
    /// Looks at the n-th word of a command whose program is the word `start`.
    fn apply(self, words: &[&[u8]], start: usize, n: usize, hits: &mut Vec<(usize, Hit)>) {
        let Some(word) = words.get(n) else { return };
        let next = words.get(n + 1).map(|next| (n + 1, *next));
        match self {
            Joined(option) if word.len() > option.len() && word.starts_with(option.as_bytes()) => {
                hits.push((n, all(word, option.len(), "argument")));
            }
            Next(option) | Either(option) if *word == option.as_bytes() => {
                hits.extend(next.map(|(at, next)| (at, all(next, 0, "argument"))));
            }
            Either(option) if word.starts_with(option.as_bytes()) && !option.starts_with("--") => {
                hits.push((n, all(word, option.len(), "argument")));
            }
            Behind("", sign) if n == start + 1 || !word.starts_with(b"-") => {
                let at = word.iter().position(|b| *b == sign).filter(|at| *at > 0 && word.contains(&b'@'));
                let end = word.iter().rposition(|b| *b == b'@').unwrap_or(word.len());
                hits.extend(at.map(|at| (n, Hit { range: at + 1..end.max(at + 1), rule: "argument" })));
            }
            Behind(option, sign) if !option.is_empty() => {
                let long = option.starts_with("--");
                let joined = word.strip_prefix(option.as_bytes());
                let (at, from, value) = match joined {
                    Some(b"") => match next {
                        Some((at, next)) => (at, 0, next),
                        None => return,
                    },
                    Some(rest) if long && rest.first() == Some(&b'=') => (n, option.len() + 1, *word),
                    Some(_) if !long => (n, option.len(), *word),
                    _ => return,
                };
                let sign = value.iter().skip(from).position(|b| *b == sign).map(|p| from + p + 1);
                hits.extend(sign.map(|from| (at, all(value, from, "argument"))));
            }
            Place(place) if !word.starts_with(b"-") && n - start <= NEAR => {
                let between = words.get(start + 1..n).unwrap_or_default();
                if between.iter().filter(|word| !word.starts_with(b"-")).count() + 1 == place {
                    hits.push((n, all(word, 0, "argument")));
                }
            }
            Pairs if !word.starts_with(b"-") => {
                let sign = word.iter().position(|b| *b == b'=');
                let sign = sign.filter(|at| word.get(at + 1) != Some(&b'@'));
                hits.extend(sign.map(|at| (n, all(word, at + 1, "argument"))));
            }
            _ => {}
        }
    }
}

/// What the name of an option says of the word behind it, whatever the program; where something is set, any name.
fn any_program(words: &[&[u8]], n: usize, sets: bool, hits: &mut Vec<(usize, Hit)>) {
    let (Some(word), Some(next)) = (words.get(n), words.get(n + 1)) else { return };
    if let Some(source) = PASS.iter().find(|pass| pass.as_bytes() == *word) {
        let value = next.strip_prefix(b"pass:");
        let bare =
            value.is_none() && *source != "-passin" && *source != "-passout" && !next.starts_with(b"-");
        if value.is_some() || (bare && !is_source(next)) {
            hits.push((n + 1, all(next, next.len() - value.unwrap_or(next).len(), "argument")));
        }
        return;
    }
    let dashes = word.iter().take_while(|b| **b == b'-').count();
    let name = word.get(dashes..).unwrap_or_default();
    if name.contains(&b'=') || name.len() < 3 {
        return;
    }
    let option = dashes > 0;
    let setting = !option && sets && !name.contains(&b' ');
    let asks = name.split(|b| *b == b'-').any(|part| ASKS.iter().any(|ask| ask.as_bytes() == part));
    let is_option = next.starts_with(b"--") || (next.len() == 2 && next.starts_with(b"-"));
    if !(option || setting) || asks || is_option {
        return;
    }
    let rule = match keys::weight(name.rsplit(|b| *b == b':').next().unwrap_or(name)) {
        Some(Weight::Secret(rule)) => rule,
        Some(Weight::Random(rule))
            if values::is_random(next)
                || option && name.ends_with(b"token") && !values::is_harmless(next) =>
        {
            rule
        }
        _ => return,
    };
    if !values::is_harmless(next) {
        hits.push((n + 1, all(next, 0, rule)));
    }
}

/// Where openssl may find a secret instead of on its command line.
fn is_source(value: &[u8]) -> bool {
    [&b"env:"[..], b"file:", b"fd:", b"stdin", b"-"].iter().any(|start| value.starts_with(start))
}

/// Programs that are told a name and its value one behind the other.
static SETTERS: Words = words(
    "git npm yarn pnpm aws redis-cli valkey-cli wp gh glab snap poetry composer bundle pip gcloud az helm doctl hcloud occ \
     rclone crudini set setenv fly flyctl heroku postconf nmcli pulumi vagrant mysql_config_editor dconf gsettings",
);

/// Words behind which a name and its value follow each other.
fn is_setter(word: &[u8]) -> bool {
    matches!(word, b"set" | b"SET" | b"setenv" | b"config" | b"configure" | b"--set" | b"--add" | b"write")
}

/// Whether a program is one of those, possibly run by sudo.
fn may_set(words: &[&[u8]]) -> bool {
    let names = words.iter().take(2).map(|word| word.rsplit(|b| *b == b'/').next().unwrap_or_default());
    names.filter_map(|name| std::str::from_utf8(name).ok()).any(|name| SETTERS.has(name))
}

#[cfg(test)]
mod tests;
