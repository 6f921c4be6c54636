//! B11: whatever strangers, servers and other machines say, what reads it keeps its promises: all that is known to be worth
//! trying (`fuzz/seeds`, each input that ever broke something among it), and many changes of it. `fuzz/run` looks for more.
//! The control is a reader that cuts a line without looking where a character ends.

use crate::chance::Chance;
use crate::properties::{TARGETS, Target};
use crate::row::{Row, Trial};
use crate::seeds;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};
use trackle::read;

/// The row.
pub const ROW: Row = Row {
    name: "B11",
    about: "nothing that is read breaks a promise",
    unit: "changed inputs",
    amounts: [40_000, 1_000_000, 20_000_000],
    trial: |trial| inputs(trial, None),
    control: |trial| inputs(trial, Some(cut)),
};

/// What one input may take.
const LONGEST: Duration = Duration::from_secs(1);

/// Shows the beginning of a line, if it happens to end between two characters.
fn cut(bytes: &[u8]) {
    let line = read::words::line(&String::from_utf8_lossy(bytes));
    assert!(line.is_char_boundary(line.len().min(40)), "a character was cut in two");
}

/// What is known of a target: its seeds, and words that mean something to it.
struct Known {
    target: &'static Target,
    seeds: Vec<Vec<u8>>,
    words: Vec<Vec<u8>>,
}

fn inputs(trial: &Trial<'_>, instead: Option<fn(&[u8])>) -> Result<String, String> {
    if std::env::var("GOLDEN").is_ok_and(|v| v == "write") {
        seeds::write();
    }
    let known: Vec<Known> = TARGETS.iter().map(known).collect::<Result<_, _>>()?;
    let mut tried = 0;
    for Known { target, seeds, .. } in &known {
        for seed in seeds {
            holds(target, instead, seed).map_err(|wrong| format!("a seed: {wrong}"))?;
            tried += 1;
        }
    }
    let all = tried;
    for seed in trial.seeds() {
        let mut chance = Chance::new(seed);
        let one = chance.of(&known);
        let input = changed(one, &mut chance);
        holds(one.target, instead, &input).map_err(|wrong| format!("seed {seed}: {wrong}"))?;
        tried += 1;
        trial.step();
    }
    trial.tried(tried);
    Ok(format!("{tried} inputs to {} readers, of {all} seeds; no promise broken, none over 1 s", known.len()))
}

fn known(target: &'static Target) -> Result<Known, String> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let dir = home.join("seeds").join(target.name);
    let mut files: Vec<_> = fs::read_dir(&dir)
        .map_err(|e| format!("{}: {e}", dir.display()))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(|e| e.to_string())?;
    files.sort();
    let seeds: Vec<Vec<u8>> =
        files.iter().map(fs::read).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
    let dictionary = fs::read_to_string(home.join(format!("dict/{}.dict", target.name))).unwrap_or_default();
    let words = dictionary.lines().filter_map(word).collect();
    if seeds.is_empty() {
        Err(format!("no seeds of {}", target.name))
    } else {
        Ok(Known { target, seeds, words })
    }
}

/// One word of libFuzzer's dictionaries: `"a\x0d\x0a"`.
fn word(line: &str) -> Option<Vec<u8>> {
    let mut rest = line.strip_prefix('"')?.strip_suffix('"')?.bytes();
    let mut word = Vec::new();
    while let Some(byte) = rest.next() {
        match (byte, if byte == b'\\' { rest.next() } else { None }) {
            (_, Some(b'x')) => {
                let digits = [rest.next()?, rest.next()?];
                word.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
            }
            (_, Some(other)) => word.push(other),
            (byte, None) => word.push(byte),
        }
    }
    Some(word)
}

/// A seed, changed in a few places.
fn changed(known: &Known, chance: &mut Chance) -> Vec<u8> {
    const MARKS: &[u8] = b"\r\n\t \0:;,<>@\"\\()[]{}=?*!#.-+'%&\x1b\x7f\x85\xc3\xe2\x80\xff";
    let mut bytes = chance.of(&known.seeds).clone();
    for _ in 0..1 + chance.below(6) {
        let at = chance.below(bytes.len() + 1);
        let end = at + chance.below(bytes.len() - at + 1).min(1 + chance.below(32));
        match chance.below(8) {
            0 if at < bytes.len() => bytes[at] = chance.below(256) as u8,
            1 => bytes.insert(at, *chance.of(MARKS)),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let again = bytes[at..end].repeat(1 + chance.below(4));
                bytes.splice(at..at, again);
            }
            4 => {
                // the end of another
                let other = chance.of(&known.seeds);
                let from = chance.below(other.len() + 1);
                bytes.splice(at.., other[from..].iter().copied());
            }
            5 if !known.words.is_empty() => {
                drop(bytes.splice(at..end, chance.of(&known.words).iter().copied()))
            }
            6 => {
                let digits = (chance.below(1_000_000) << chance.below(24)).to_string();
                bytes.splice(at..end, digits.into_bytes());
            }
            _ => {
                let other = chance.below(bytes.len() + 1);
                let piece = bytes[at..end].to_vec();
                bytes.splice(other..other, piece);
            }
        }
    }
    bytes
}

/// Whether these bytes break no promise, and are read in time.
fn holds(target: &Target, instead: Option<fn(&[u8])>, bytes: &[u8]) -> Result<(), String> {
    let read = instead.unwrap_or(target.holds);
    let of =
        |what: String| format!("{}: {what:.300}, of {:.600}", target.name, bytes.escape_ascii().to_string());
    let begun = Instant::now();
    catch_unwind(AssertUnwindSafe(|| read(bytes))).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        of(text.or_else(|| panic.downcast_ref().map(|text: &&str| (*text).to_owned())).unwrap_or_default())
    })?;
    if begun.elapsed() < LONGEST {
        return Ok(());
    }
    // others may have had the processor meanwhile
    let before = on_processor();
    read(bytes);
    let took = on_processor().saturating_sub(before);
    if took < LONGEST { Ok(()) } else { Err(of(format!("it takes {took:?}"))) }
}

/// How long this thread has been on a processor.
fn on_processor() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or(0))
}
