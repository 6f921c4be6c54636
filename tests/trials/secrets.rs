//! B17: secrets of all forms are planted in files, command lines, histories and environments, as `tests/core/secrets.rs` does
//! with fixed seeds. Of what is on the deny list none is told; of the rest at most the share that was measured gets through.
//! What the rules find is then filed as sessions: it stands nowhere, neither in the database, its log and its indexes, nor
//! in the letters, the mailboxes and a backup. The control leaves out one kind of token.

use crate::row::{Row, Trial};
use crate::town::session::Work;
use crate::town::{ALICE, ANN, Town, believing};
use crate::traces;
use regex::bytes::Regex;
use std::collections::BTreeMap;
use trackle::redact::Redactor;
use trackle::store::backup::{self, Stamp};

#[allow(dead_code)] // the tests of the rules use all of it
#[path = "../core/secrets/forms.rs"]
mod forms;
#[allow(dead_code)] // as above
#[path = "../core/secrets/planted.rs"]
mod planted;
#[path = "../core/secrets/tokens.rs"]
mod tokens;

use planted::{Draw, Planted, leaks};

/// The row.
pub const ROW: Row = Row {
    name: "B17",
    about: "secrets do not get through",
    unit: "rounds",
    amounts: [4, 60, 600],
    trial: |trial| rounds(trial, true),
    control: |trial| rounds(trial, false),
};

/// What share of each sort has to be found: what was measured, see `tests/core/secrets.rs`.
const FOUND: [(&str, f64); 7] = [
    ("tokens", 0.999),
    ("passwords that somebody thought of", 0.99),
    ("high-entropy assignments", 0.999),
    ("high entropy under names that tell nothing", 0.95),
    ("history", 0.99),
    ("arguments", 0.999),
    ("environment", 1.0),
];
/// Secrets that are filed in one session.
const FILED: usize = 40;
/// Signs of a secret that are looked for on the disk: of shorter ones something else might have them too.
const LOOKED_FOR: usize = 16;

/// How many there were of each sort, and how many got through.
type Table = BTreeMap<&'static str, (usize, usize)>;

fn rounds(trial: &Trial<'_>, all_rules: bool) -> Result<String, String> {
    let (mut table, mut denied, mut filed) = (Table::new(), 0, 0);
    for seed in trial.seeds() {
        let mut draw = Draw(seed);
        denied += deny_list(&mut draw).map_err(|what| format!("seed {seed}: {what}"))?;
        let found = planted(&mut draw, &mut table, all_rules);
        filed += on_disk(&found).map_err(|what| format!("seed {seed}: {what}"))?;
        trial.step();
    }
    let all: usize = table.values().map(|(all, _)| all).sum();
    trial.tried((all + denied) as u64);
    for (sort, least) in FOUND {
        let (all, through) = table.get(sort).copied().unwrap_or_default();
        // of few, one may get through
        let most = ((1.0 - least) * all as f64).ceil() as usize;
        if all == 0 || through > most {
            return Err(format!("{sort}: {through} of {all} got through, and at most {most} may"));
        }
    }
    let through: usize = table.values().map(|(_, through)| through).sum();
    Ok(format!(
        "{denied} on the deny list, none told; of {all} others {through} got through; {filed} filed, 0 on the disk"
    ))
}

/// Files that are not looked into.
fn deny_list(draw: &mut Draw) -> Result<usize, String> {
    let mut planted = 0;
    for path in forms::denied(draw) {
        let before = format!("# {path}\nuser {}\n", draw.alnum(20));
        let after = format!("{before}{}\n", draw.alnum(20));
        let sides = Redactor::new().file(path.as_bytes(), Some(before.as_bytes()), Some(after.as_bytes()));
        if sides.is_ok() {
            return Err(format!("{path} was looked into"));
        }
        planted += 2;
    }
    Ok(planted)
}

/// Everything else; gives back what was found where it stands in a text.
fn planted(draw: &mut Draw, table: &mut Table, all_rules: bool) -> Vec<Planted> {
    let mut found = Vec::new();
    let left_out =
        (!all_rules).then(|| tokens::all(&mut Draw(0)).first().map(|one| one.kind.clone())).flatten();
    let texts = tokens::all(draw).into_iter().map(|one| ("tokens", one));
    let texts: Vec<_> = texts
        .chain(forms::silent(draw).into_iter().map(|one| ("high entropy under names that tell nothing", one)))
        .chain(forms::assigned(draw).into_iter().map(|(is_drawn, one)| {
            (if is_drawn { "high-entropy assignments" } else { "passwords that somebody thought of" }, one)
        }))
        .collect();
    for (sort, one) in texts {
        let redacted = match &left_out {
            Some(kind) if *kind == one.kind => one.text.clone(),
            _ => Redactor::new().text(&one.text).0,
        };
        if count(table, sort, &one, &redacted) {
            found.push(one);
        }
    }
    for one in forms::lines(draw) {
        let redacted = Redactor::new().line(&one.text).0;
        count(table, "history", &one, &redacted);
    }
    for (one, words) in forms::arguments(draw) {
        let redacted = Redactor::new().arguments(&words).0.join(" ");
        count(table, "arguments", &one, &redacted);
    }
    for (one, name, value) in forms::variables(draw) {
        let told = Redactor::new().environment(&name, &value).unwrap_or_default();
        count(table, "environment", &one, &told);
    }
    found
}

/// Whether it was found.
fn count(table: &mut Table, sort: &'static str, planted: &Planted, redacted: &str) -> bool {
    let is_through = leaks(redacted, &planted.secret);
    let (all, through) = table.entry(sort).or_default();
    *all += 1;
    *through += usize::from(is_through);
    !is_through
}

/// Files some of them as sessions do, and looks for them on the disk, in the letters and in a backup.
fn on_disk(found: &[Planted]) -> Result<usize, String> {
    let step = (found.len() / FILED).max(1);
    let some: Vec<&Planted> =
        found.iter().step_by(step).filter(|one| one.secret.len() >= LOOKED_FOR).take(FILED).collect();
    let mut town = Town::new(believing());
    let told = file(&mut town, &some);
    town.abandon();
    told.map(|()| some.len())
}

fn file(town: &mut Town, some: &[&Planted]) -> Result<(), String> {
    let (ticket, ..) = town.opened(ALICE, "Backup", "It is not mounted, please help.");
    let mut work = Work::before(town.now()).remark("Done.");
    for (number, one) in some.iter().enumerate() {
        let text = format!("{}\n", one.text);
        work = match number % 3 {
            0 => work.file(&format!("/srv/{number}.conf"), None, Some(&text)),
            1 => work.file(&format!("/srv/{number}.conf"), Some(&text), Some("port 1\n")),
            _ => {
                work.file(&format!("/srv/{number}.conf"), Some(&text), Some(&format!("{text}last = line\n")))
            }
        };
    }
    town.session("ann", ticket, &work)?;
    town.write(ANN, "how is it", "show 1");
    town.settle();
    let home = town.state().parent().ok_or("no home")?.to_owned();
    let stamp = Stamp { made: 0, program: "test".into(), host: "town".into(), keys: "ab".repeat(32) };
    backup::write(&town.state(), &home.join("now.backup"), &stamp).map_err(|e| e.doing)?;
    let letters = town.letters();
    let parts: Vec<String> = some.iter().map(|one| regex::escape(&one.secret)).collect();
    let wanted = Regex::new(&parts.join("|")).map_err(|e| e.to_string())?;
    let mut places = traces::found(&home, &wanted)?;
    for letter in &letters {
        places.extend(
            traces::within(&letter.bytes, &wanted).map(|at| format!("a letter {}, {at}", letter.kind())),
        );
    }
    // the search itself has to find what is there
    let there = Regex::new("It is not mounted").map_err(|e| e.to_string())?;
    if traces::found(&home, &there)?.is_empty()
        || !letters.iter().any(|letter| letter.kind() == "session_log")
    {
        return Err("the search does not find what is there".into());
    }
    if places.is_empty() { Ok(()) } else { Err(format!("on the disk: {}", places.join("; "))) }
}
