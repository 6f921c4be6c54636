//! Foreign mails and what is read from them. In: the corpora beside the project, when they are there; out: a table
//! of how many readings are right, held against floors. `CORPUS_FAILS=text cargo test --test corpus -- --nocapture`
//! shows the failures of one kind. Nothing of the corpora is opened, followed or sent.

// the helpers of an integration test are tests too, but clippy sees only the functions marked so
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods
)]

mod score;

use score::Score;
use serde_json::Value;
use std::{
    collections::HashMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};
use trackle::{identify, read, show};

/// Least share of right readings, in hundredths, by kind.
const FLOORS: [(&str, f64); 18] = [
    ("read", 100.0),
    ("subject", 99.0),
    ("from", 99.0),
    ("message-id", 99.0),
    ("references", 99.0),
    ("attachments", 95.0),
    ("text", 95.0),
    ("text-contains", 84.6),
    ("reply-exact", 92.0),
    ("reply-first", 95.0),
    ("reply-weak", 100.0),
    ("bounce", 99.0),
    ("not-bounce", 100.0),
    ("bounce-recipients", 99.0),
    ("bounce-dead", 92.0),
    ("auto", 100.0),
    ("not-auto", 100.0),
    ("may-answer", 100.0),
];

/// The corpora, when they are there. When they are not it is said past the test harness, which shows nothing of a test
/// that passes.
fn corpora(what: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    let found = root.join("labels.jsonl").is_file();
    if !found {
        let said = format!("\nSKIPPED: no corpora at {}, nothing was {what}\n", root.display());
        io::stderr().write_all(said.as_bytes()).unwrap();
    }
    found.then_some(root)
}

/// All files below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn reading(root: &Path, path: &str, kind: &str) -> Option<Value> {
    let bytes = fs::read(root.join(path)).unwrap();
    let mail = match kind {
        "body" | "html-body" => read::body(&String::from_utf8_lossy(&bytes)),
        _ => read::mail(&bytes).ok()?,
    };
    Some(show::reading::reading(path, &mail, &identify::loops::nature(&mail)))
}

#[test]
fn foreign_mails_are_read() {
    let Some(root) = corpora("compared") else { return };
    let labels = fs::read_to_string(root.join("labels.jsonl")).unwrap();
    let labels: Vec<Value> = labels.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let mut score = Score::default();
    for label in &labels {
        let path = label["path"].as_str().unwrap();
        let kind = label["kind"].as_str().unwrap_or("message");
        score.add(label, reading(&root, path, kind).as_ref());
    }
    print(&score);
    for (kind, floor) in FLOORS {
        let percent = score.kinds[kind].percent();
        assert!(percent >= floor, "{kind}: {percent:.1} % is under the floor of {floor} %");
    }
}

/// Prints the table, and the failures of the kind that was asked for.
fn print(score: &Score) {
    for kind in score::ORDER {
        if let Some(t) = score.kinds.get(kind) {
            println!("{kind:18} {:5}/{:<5} {:6.1} %", t.right, t.total, t.percent());
        }
    }
    let wanted = std::env::var("CORPUS_FAILS").unwrap_or_default();
    let cut = |s: &str| s.chars().take(300).collect::<String>();
    for f in score.kinds.get(wanted.as_str()).map(|t| t.failures.as_slice()).unwrap_or_default() {
        println!("\n{wanted}: {}\n  expected {}\n  got      {}", f.path, cut(&f.expected), cut(&f.got));
    }
}

/// Every file is taken in, labelled or not, whole, cut anywhere near its middle, or with its line ends changed.
#[test]
fn every_file_is_taken_in() {
    let Some(root) = corpora("read") else { return };
    let mut all = Vec::new();
    files(&root, &mut all);
    let mut damage: HashMap<String, usize> = HashMap::new();
    for path in &all {
        let bytes = fs::read(path).unwrap();
        let Ok(mail) = read::mail(&bytes) else { continue };
        mail.damage.into_iter().for_each(|d| *damage.entry(d).or_default() += 1);
        if bytes.len() < 20_000 {
            let _ = read::mail(&bytes[..bytes.len() / 2]);
            let _ = read::mail(&bytes[bytes.len() / 3..]);
        }
        let clean = |s: &str| s.chars().all(|c| !c.is_control() || c == '\n' || c == '\t');
        assert!(clean(&mail.text) && clean(&mail.subject), "{}", path.display());
    }
    println!("{} files taken in", all.len());
    let mut damage: Vec<_> = damage.into_iter().collect();
    damage.sort_by_key(|(what, count)| (usize::MAX - count, what.clone()));
    damage.iter().take(20).for_each(|(what, count)| println!("{count:5} {what}"));
}
