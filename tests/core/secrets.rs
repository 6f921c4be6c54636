//! Ten thousand secrets, planted by a generator with a fixed seed into files of all kinds, command lines, environments and
//! histories; and ordinary files of system administration without any. Nothing on the deny list gets through; of the rest the
//! figures are printed, and may not get worse than what was measured.

#![allow(clippy::print_stdout)]

mod forms;
mod ordinary;
mod planted;
mod tokens;

pub use planted::{Draw, Planted, leaks};
use std::collections::BTreeMap;
use trackle::redact::Redactor;

/// How many of a kind there were, and which got through.
#[derive(Default)]
struct Tally {
    all: usize,
    through: Vec<String>,
}

type Table = BTreeMap<String, Tally>;

fn count(table: &mut Table, planted: &Planted, redacted: &str) {
    let tally = table.entry(planted.kind.clone()).or_default();
    tally.all += 1;
    if leaks(redacted, &planted.secret) {
        tally.through.push(format!("{}\n   => {redacted}", planted.text));
    }
}

/// Prints a table, and gives the share that was found.
fn print(title: &str, table: &Table) -> f64 {
    let all: usize = table.values().map(|tally| tally.all).sum();
    let through: usize = table.values().map(|tally| tally.through.len()).sum();
    let share = 1.0 - through as f64 / all as f64;
    println!("{title}: {all} planted, {through} got through, {:.2} % found", share * 100.0);
    for (kind, tally) in table.iter().filter(|(_, tally)| !tally.through.is_empty()) {
        println!("  {kind}: {} of {}, such as\n   {}", tally.through.len(), tally.all, tally.through[0]);
    }
    share
}

#[test]
fn of_files_on_the_deny_list_nothing_leaves() {
    let mut draw = Draw(1);
    let mut planted = 0;
    for _ in 0..12 {
        for path in forms::denied(&mut draw) {
            let secret = draw.alnum(20);
            let before = format!("# {path}\nuser {secret}\n");
            let after = format!("{before}{}\n", draw.alnum(20));
            let mut redactor = Redactor::new();
            let sides = redactor.file(path.as_bytes(), Some(before.as_bytes()), Some(after.as_bytes()));
            assert!(sides.is_err(), "{path}");
            planted += 2;
        }
    }
    println!("deny list: {planted} planted, none got through");
    assert!(planted >= 2_000);
}

#[test]
fn tokens_with_a_form_of_their_own_are_found_wherever_they_stand() {
    let mut draw = Draw(2);
    let mut table = Table::new();
    for _ in 0..34 {
        for planted in tokens::all(&mut draw) {
            let (redacted, _) = Redactor::new().text(&planted.text);
            count(&mut table, &planted, &redacted);
        }
    }
    assert!(print("tokens", &table) >= 0.999);
}

#[test]
fn what_is_assigned_to_a_telling_name_is_found_in_any_format() {
    let mut draw = Draw(3);
    let (mut thought, mut drawn, mut silent) = (Table::new(), Table::new(), Table::new());
    for _ in 0..22 {
        for planted in forms::silent(&mut draw) {
            let (redacted, _) = Redactor::new().text(&planted.text);
            count(&mut silent, &planted, &redacted);
        }
        for (is_drawn, planted) in forms::assigned(&mut draw) {
            let (redacted, _) = Redactor::new().text(&planted.text);
            count(if is_drawn { &mut drawn } else { &mut thought }, &planted, &redacted);
        }
    }
    let thought = print("passwords that somebody thought of", &thought);
    let drawn = print("high-entropy assignments", &drawn);
    let silent = print("high entropy under names that tell nothing", &silent);
    assert!(silent >= 0.95, "{silent}");
    assert!(thought >= 0.99 && drawn >= 0.999, "{thought} {drawn}");
}

#[test]
fn command_lines_histories_and_environments_give_nothing_away() {
    let mut draw = Draw(4);
    let (mut lines, mut arguments, mut variables) = (Table::new(), Table::new(), Table::new());
    for _ in 0..20 {
        for planted in forms::lines(&mut draw) {
            let (redacted, _) = Redactor::new().line(&planted.text);
            count(&mut lines, &planted, &redacted);
        }
        for (planted, words) in forms::arguments(&mut draw) {
            let (redacted, _) = Redactor::new().arguments(&words);
            count(&mut arguments, &planted, &redacted.join(" "));
        }
        for (planted, name, value) in forms::variables(&mut draw) {
            let told = Redactor::new().environment(&name, &value).unwrap_or_default();
            count(&mut variables, &planted, &told);
        }
    }
    assert!(print("history", &lines) >= 0.99);
    assert!(print("arguments", &arguments) >= 0.999);
    assert!(print("environment", &variables) >= 1.0);
}

/// The same secret stays the same on both sides; a line that did not change does not change.
#[test]
fn both_sides_of_a_file_keep_their_equal_lines() {
    let mut draw = Draw(5);
    for _ in 0..300 {
        let blocks: Vec<String> =
            forms::assigned(&mut draw).into_iter().map(|(_, planted)| planted.text).collect();
        let some: Vec<String> = (0..6).map(|_| blocks[draw.below(blocks.len())].clone()).collect();
        let before = format!("{}\n", some.join("\n\n"));
        let after = format!("{before}\nlast = line\n");
        let Ok(sides) = Redactor::new().file(b"/srv/x.conf", Some(before.as_bytes()), Some(after.as_bytes()))
        else {
            panic!("withheld: {before}")
        };
        let (old, new) = (sides.before.unwrap(), sides.after.unwrap());
        assert!(
            new.starts_with(&old),
            "{}\n---\n{}",
            String::from_utf8_lossy(&old),
            String::from_utf8_lossy(&new)
        );
        let again = Redactor::new().file(b"/srv/x.conf", Some(&old), Some(&new)).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&again.after.unwrap()),
            String::from_utf8_lossy(&new),
            "what is redacted stays as it is"
        );
    }
}

#[test]
fn ordinary_files_lose_nothing() {
    let (mut lines, mut wrong) = (0, Vec::new());
    for (name, text) in ordinary::FILES {
        let (redacted, _) = Redactor::new().text(text);
        for (before, after) in text.lines().zip(redacted.lines()) {
            lines += 1;
            if before != after {
                wrong.push(format!("{name}: {before}\n   => {after}"));
            }
        }
        assert_eq!(text.lines().count(), redacted.lines().count(), "{name}");
    }
    println!("ordinary files: {lines} lines, {} false alarms\n{}", wrong.len(), wrong.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    machine();
}

/// The settings of this machine, as a figure.
fn machine() {
    let (mut files, mut lines, mut marked, mut withheld) = (0, 0, Vec::new(), 0);
    let mut folders = vec![std::path::PathBuf::from("/etc")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                let Ok(bytes) = std::fs::read(&path) else { continue };
                let name = path.to_string_lossy().into_owned();
                match Redactor::new().file(name.as_bytes(), Some(&bytes), None) {
                    Err(_) => withheld += 1,
                    Ok(sides) => {
                        files += 1;
                        lines += bytes.iter().filter(|b| **b == b'\n').count();
                        marked.extend(sides.found.iter().map(|f| format!("{name}:{} {}", f.line, f.rule)));
                    }
                }
            }
        }
    }
    println!(
        "/etc of this machine: {files} files, {lines} lines, {} marks, {withheld} files withheld",
        marked.len()
    );
    marked.iter().take(40).for_each(|mark| println!("  {mark}"));
}
