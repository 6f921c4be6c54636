//! The law of the house, read from the source: a verb imports nouns and never another verb; only pipeline and daemon
//! know the order; thinking rooms touch nothing; proofs are made in one place; every file says what it is for.
//! It reads text, so a re-export could slip through; the review sees to that.

#![allow(clippy::expect_used, clippy::disallowed_methods)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const VERBS: [&str; 11] =
    ["fetch", "read", "identify", "command", "route", "decide", "write", "store", "send", "record", "show"];
/// Rooms that everybody may use: plain data and small things without an opinion.
const COMMON_GROUND: [&str; 7] = ["model", "fault", "limits", "clock", "secret", "redact", "diff"];
/// What a verb may import beside nouns, and why.
const EXTRA: [(&str, &[&str]); 7] = [
    ("fetch", &["tls", "drop"]), // the wire and the disk are shared with send
    ("send", &["tls", "drop"]),
    ("route", &["command"]),  // commands name tickets
    ("decide", &["command"]), // and are decided on
    ("show", &["store"]),     // reading only
    ("identify", &[]),
    ("record", &["machine", "read"]), // what the kernel wrote down is read like all that is foreign
];
const THINKING: [&str; 9] =
    ["model", "read", "identify", "route", "decide", "command", "write", "redact", "diff"];
const FORBIDDEN: [&str; 11] = [
    "tokio",
    "rusqlite",
    "async_imap",
    "std::fs",
    "std::net::Tcp",
    "std::env",
    "std::process",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "rand::",
];

#[test]
fn a_verb_imports_nouns_and_never_a_verb() {
    let mut wrong = Vec::new();
    for (file, code) in product() {
        let Some(room) = room_of(&file).filter(|r| VERBS.contains(&r.as_str())) else { continue };
        for other in imports(&code) {
            let extra = EXTRA.iter().find(|(r, _)| *r == room).map_or(&[][..], |(_, e)| e);
            if other != room && !COMMON_GROUND.contains(&other.as_str()) && !extra.contains(&other.as_str()) {
                wrong.push(format!("{}: {room} must not know {other}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn nouns_know_nobody() {
    for (file, code) in product() {
        if room_of(&file).is_some_and(|r| r == "model") {
            let foreign: Vec<_> =
                imports(&code).into_iter().filter(|r| !["model", "limits"].contains(&r.as_str())).collect();
            assert!(foreign.is_empty(), "{} imports {foreign:?}", file.display());
        }
    }
}

/// What looks through foreign contents knows what they are about, and what it may cost.
#[test]
fn redaction_and_diffs_know_nouns_and_limits() {
    for (file, code) in product() {
        let Some(room) = room_of(&file).filter(|r| r == "redact" || r == "diff") else { continue };
        let known = imports(&code);
        let foreign: Vec<_> =
            known.iter().filter(|r| **r != room && *r != "model" && *r != "limits").collect();
        assert!(foreign.is_empty(), "{} imports {foreign:?}", file.display());
    }
}

/// What speaks with the whole world knows nothing that it could give away.
#[test]
fn the_web_endpoint_knows_limits_and_nothing_else() {
    for (file, code) in product().into_iter().filter(|(f, _)| room_of(f).is_some_and(|r| r == "web")) {
        let known: Vec<_> = imports(&code).into_iter().filter(|r| r != "limits").collect();
        assert!(known.is_empty(), "{} imports {known:?}", file.display());
    }
}

#[test]
fn only_pipeline_daemon_and_run_know_the_verbs() {
    for (file, code) in product() {
        let room = room_of(&file).unwrap_or_default();
        if ["pipeline", "daemon", "run", "main", "lib"].contains(&room.as_str())
            || VERBS.contains(&room.as_str())
        {
            continue;
        }
        let known: Vec<_> = imports(&code).into_iter().filter(|r| VERBS.contains(&r.as_str())).collect();
        let allowed: &[&str] = if room == "wording" { &["write", "command"] } else { &[] };
        assert!(known.iter().all(|k| allowed.contains(&k.as_str())), "{} knows {known:?}", file.display());
    }
    for (file, code) in product() {
        if room_of(&file).is_some_and(|r| r != "run" && r != "main") {
            assert!(!imports(&code).contains("run"), "{} imports run, which is main's alone", file.display());
        }
    }
}

#[test]
fn thinking_rooms_touch_nothing() {
    let mut wrong = Vec::new();
    for (file, code) in product() {
        if !room_of(&file).is_some_and(|r| THINKING.contains(&r.as_str())) {
            continue;
        }
        for (number, line) in code.lines().enumerate() {
            let line = line.split("//").next().unwrap_or("");
            if let Some(word) = FORBIDDEN.iter().find(|w| line.contains(*w)) {
                wrong.push(format!("{}:{}: {word}", file.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn there_are_no_import_circles() {
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, code) in product() {
        if let Some(room) = room_of(&file).filter(|r| r != "lib" && r != "main") {
            let others = imports(&code).into_iter().filter(|o| *o != room);
            edges.entry(room.clone()).or_default().extend(others);
        }
    }
    // a room whose every import is gone can go too; what is left is a circle
    loop {
        let gone: Vec<String> = edges
            .iter()
            .filter(|(_, to)| to.iter().all(|t| !edges.contains_key(t)))
            .map(|(r, _)| r.clone())
            .collect();
        if gone.is_empty() {
            break;
        }
        gone.iter().for_each(|room| {
            edges.remove(room);
        });
    }
    assert!(edges.is_empty(), "circle among {:?}", edges.keys().collect::<Vec<_>>());
}

#[test]
fn proof_is_made_in_one_room() {
    for (file, code) in product() {
        let room = room_of(&file).unwrap_or_default();
        if room != "identify" && !file.ends_with("model/proof.rs") {
            assert!(!code.contains("attest("), "{} makes a Vouched; only identify may", file.display());
        }
    }
}

/// Letters leave by SMTP or into a Maildir, so that no address is ever a word of a command line, where `-oQ/tmp` would be an
/// option. Hosts alone hand their sessions to a local mail program, for one address, behind `--`.
#[test]
fn programs_are_started_in_few_rooms_and_carry_no_letters() {
    const STARTS: [&str; 4] = ["record", "run", "secret", "witness"];
    const SENDMAIL: [&str; 4] =
        ["src/config/host.rs", "src/config/meaning/host.rs", "src/record/submit.rs", "src/run/post.rs"];
    let (mut starters, mut callers) = (0, 0);
    for (file, code) in product() {
        let code: String =
            code.lines().map(|line| line.split("//").next().unwrap_or("").to_owned() + "\n").collect();
        let starts =
            ["Command::new", "process::Command", "posix_spawn"].iter().any(|word| code.contains(word));
        let room = room_of(&file).unwrap_or_default();
        assert!(
            !starts || STARTS.contains(&room.as_str()),
            "{}: {room} must start no program",
            file.display()
        );
        let calls = code.to_ascii_lowercase().contains("sendmail");
        assert!(
            !calls || SENDMAIL.iter().any(|f| file.ends_with(f)),
            "{} calls a mail program",
            file.display()
        );
        (starters, callers) = (starters + usize::from(starts), callers + usize::from(calls));
    }
    assert!(
        starters > 0 && callers == SENDMAIL.len(),
        "{starters} and {callers}: is this still how it is done?"
    );
    let submit = fs::read_to_string("src/record/submit.rs").expect("src/record/submit.rs");
    assert!(submit.contains(".arg(\"--\").arg(mail.to.as_str())"), "an address could be an option");
}

#[test]
fn every_file_says_what_it_is_for() {
    for (file, text) in all_files(Path::new("src")).into_iter().chain(all_files(Path::new("tests"))) {
        assert!(text.starts_with("//!") || text.trim().is_empty(), "{} has no head", file.display());
        assert!(!text.trim().is_empty(), "{} is empty", file.display());
    }
}

#[test]
fn names_say_what_they_are() {
    for (file, _) in all_files(Path::new("src")) {
        let name = file.file_stem().and_then(|s| s.to_str()).unwrap_or("").to_owned();
        for bad in
            ["util", "utils", "helper", "helpers", "manager", "service", "handler", "common", "types", "misc"]
        {
            assert_ne!(name, bad, "{}", file.display());
        }
    }
}

#[test]
fn every_letter_has_its_template_and_its_file() {
    let mut folders = vec![PathBuf::from("templates/mail")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("templates/mail") {
            let path = entry.expect("entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    for path in files.into_iter().filter(|path| !path.ends_with("phrases.toml")) {
        let name = path.file_stem().and_then(|s| s.to_str()).expect("a name").to_owned();
        assert!(
            Path::new(&format!("src/write/letters/{name}.rs")).exists(),
            "no src/write/letters/{name}.rs"
        );
        let text = fs::read_to_string(&path).expect("text");
        let mut lines = text.lines();
        assert!(lines.next().is_some_and(|l| !l.trim().is_empty()), "{name}: the first line is the subject");
        assert_eq!(lines.next(), Some(""), "{name}: the second line is blank");
    }
}

/// Product code: files below src, without their tests.
fn product() -> Vec<(PathBuf, String)> {
    let files = all_files(Path::new("src")).into_iter();
    let files = files
        .filter(|(f, _)| !f.components().any(|c| c.as_os_str() == "tests" || c.as_os_str() == "tests.rs"));
    files
        .map(|(f, text)| (f, text.split("#[cfg(test)]").next().unwrap_or("").to_owned() + &tail(&text)))
        .collect()
}

/// What stands behind a `#[cfg(test)] mod tests;` line that only names a file.
fn tail(text: &str) -> String {
    let mut rest = text.split("#[cfg(test)]");
    rest.next();
    let named = rest.filter(|part| {
        part.trim_start().starts_with("mod ")
            && part.lines().nth(1).is_some_and(|l| l.trim_end().ends_with(';'))
    });
    named.map(|part| part.lines().skip(2).collect::<Vec<_>>().join("\n")).collect()
}

fn all_files(below: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![below.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("text");
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

/// `src/store/spool.rs` is in room `store`, `src/fault.rs` in room `fault`.
fn room_of(file: &Path) -> Option<String> {
    let first = file.strip_prefix("src").ok()?.components().next()?;
    Some(first.as_os_str().to_str()?.trim_end_matches(".rs").to_owned())
}

/// Rooms named after `crate::`, also inside `use crate::{a, b::c}`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for part in code.split("crate::").skip(1) {
        if let Some(group) = part.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        found.insert(first_word(&word));
                        word.clear();
                        continue;
                    }
                    _ => {}
                }
                word.push(c);
            }
            found.insert(first_word(&word));
        } else {
            found.insert(first_word(part));
        }
    }
    found.remove("");
    found
}

fn first_word(text: &str) -> String {
    text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

const HEAD: &str = "| line | who | what |\n";

/// The table of commands in README, from the table in the program.
fn command_table() -> String {
    use trackle::command::TABLE;
    let bar = |text: &str| text.replace('|', "\\|");
    let line = |verb: &trackle::command::Verb| {
        let who = verb.who_may();
        format!("| `{}` | {who} | {} |\n", bar(verb.usage), bar(verb.what))
    };
    let lines: String = TABLE.iter().map(|verb| line(verb)).collect();
    format!("{HEAD}| --- | --- | --- |\n{lines}")
}

#[test]
fn the_readme_names_files_that_exist_and_commands_as_they_are() {
    let readme = fs::read_to_string("README.md").expect("README.md");
    let paths = readme.split('`').filter(|t| t.starts_with("src/") && !t.contains(['<', ' ']));
    for path in paths {
        assert!(Path::new(path).exists(), "README names {path}, which does not exist");
    }
    let table = command_table();
    if std::env::var("GOLDEN").is_ok_and(|v| v == "write") && !readme.contains(&table) {
        let (before, rest) = readme.split_once(HEAD).expect("README's table of commands");
        let after = rest.split_once("\n\n").expect("text below it").1;
        fs::write("README.md", format!("{before}{table}\n{after}")).expect("README.md");
        return;
    }
    assert!(readme.contains(&table), "README's table of commands is not (GOLDEN=write writes it):\n{table}");
}
