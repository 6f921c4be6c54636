//! Which lines of a content can be commands with a secret in them: in comes a content, out come its lines that name a program
//! which takes secrets, or have an option. Whatever [`super::find`] finds stands in one of these; most lines of most files
//! are none, and are not taken apart.

use super::super::arguments;
use super::READERS;
use regex::bytes::Regex;
use std::ops::Range;
use std::sync::LazyLock;

static LIKELY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let names = arguments::programs().chain(READERS.iter().copied());
    let names: Vec<String> = names.map(regex::escape).collect();
    // a word begins and ends at a blank, at what parts commands, and where quotes are taken off
    let name = format!(r#"(?:^|[\s;|&'"\\/=])(?:{})(?:[\s;|&'"\\]|$)"#, names.join("|"));
    let option = r#"(?:^|[\s;|&'"\\])-\S"#;
    // quotes and backslashes within a word, behind which a name can hide
    let hidden = r#"[A-Za-z0-9_.-][\\'"]+[A-Za-z0-9_.-]"#;
    Regex::new(&format!("(?m-u){name}|{option}|{hidden}")).ok()
});

/// Their places, ends of lines included. Without rules every line is one.
pub(super) fn likely(content: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = content.get(at..).filter(|rest| !rest.is_empty())?;
        let start = match LIKELY.as_ref() {
            Some(form) => {
                let found = form.find_at(content, at)?;
                // what stands before a word may be the end of the line before
                let before = content.get(found.start()) == Some(&b'\n');
                let within = content.get(at..found.start() + usize::from(before)).unwrap_or_default();
                at + within.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1)
            }
            None => content.len() - rest.len(),
        };
        let line = content.get(start..).unwrap_or_default();
        at = start + line.iter().position(|b| *b == b'\n').map_or(line.len(), |end| end + 1);
        Some(start..at)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Hit, find, find_commands};
    use super::*;
    use proptest::prelude::*;

    /// What is found when every line is taken apart.
    fn thorough(content: &[u8]) -> Vec<Hit> {
        let (mut all, mut at) = (Vec::new(), 0);
        for line in content.split_inclusive(|b| *b == b'\n') {
            let mut hits = Vec::new();
            if line.contains(&b' ') {
                find(line, &mut hits);
            }
            let moved = |hit: Hit| Hit { range: at + hit.range.start..at + hit.range.end, ..hit };
            all.extend(hits.into_iter().map(moved));
            at += line.len();
        }
        all
    }

    #[test]
    fn lines_without_a_program_or_an_option_are_left_out() {
        let content = b"listen = 80\nmysql -pX a\n\n# the host of it\nuser = /usr/bin/host x\nit's x\n--x";
        let lines: Vec<&[u8]> = likely(content).map(|range| &content[range]).collect();
        assert_eq!(
            lines,
            [&b"mysql -pX a\n"[..], b"# the host of it\n", b"user = /usr/bin/host x\n", b"it's x\n", b"--x"]
        );
        assert_eq!(likely(b"").count() + likely(b"\n\nx\n").count(), 0);
    }

    const PIECES: &[&str] = &[
        "mysql",
        "-pS3cret",
        "-p",
        "S3cret",
        "--password",
        "--password=S3cret",
        "curl",
        "-u",
        "a:S3cret",
        "sudo",
        "-S",
        "echo",
        "passwd",
        "git",
        "config",
        "user.token",
        "0a1B2c3D4e5F6a7B8c9D",
        "docker",
        "login",
        "/usr/bin/",
        "x=",
        "sh",
        "-c",
        "op",
        "insert",
        "<<<",
        "htpasswd",
        "-b",
        "openssl",
        "-passin",
        "pass:S3cret",
        "net",
        "use",
        "vault",
        "write",
    ];
    const TIES: &[&str] =
        &[" ", " ", " ", "", "'", "\"", "\\", " | ", ";", "\n", "\t", "&&", "(", ")", "/", "="];

    proptest! {
        #[test]
        fn no_secret_of_a_command_is_missed(
            parts in proptest::collection::vec((0..PIECES.len(), 0..TIES.len()), 1..14)
        ) {
            let text: String = parts.iter().map(|(piece, tie)| [PIECES[*piece], TIES[*tie]].concat()).collect();
            let mut hits = Vec::new();
            find_commands(text.as_bytes(), &mut hits);
            prop_assert_eq!(hits, thorough(text.as_bytes()), "{}", text);
        }
    }
}
