//! Whether a record is exact whatever is done: sequences of file operations made by chance, by shells, Python, Perl, a static
//! shell and programs with system calls of their own, over trees made in the same way. The record must be the difference
//! of what is there before and after, both ways. Each is told by its seed: `CHANCE=17 cargo test --test recorder chance`
//! repeats one, `CHANCE=0..2000` does many.

use crate::apis::compiled;
use crate::snapshot::{self, Bench};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::ops::Range;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

/// How many are tried each time.
const SEEDS: Range<u64> = 0..100;

/// What can be done, with how many names: one, or two.
const DEEDS: &[(&str, &[Tool])] = {
    use Tool::{Perl, Python, Raw, Shell, Small};
    const ALL: &[Tool] = &[Shell, Small, Python, Perl, Raw, Tool::Program];
    const PROGRAMS: &[Tool] = &[Python, Raw, Tool::Program];
    const SHELLS: &[Tool] = &[Shell, Small, Python];
    &[
        ("write", ALL),
        ("append", ALL),
        ("patch", ALL),
        ("cut", ALL),
        ("move", ALL),
        ("move", ALL),
        ("rename", ALL),
        ("rename", ALL),
        ("unlink", ALL),
        ("clear", SHELLS),
        ("rmdir_", ALL),
        ("make", ALL),
        ("deep", SHELLS),
        ("chmod_", ALL),
        ("own", ALL),
        ("link_", ALL),
        ("relink", SHELLS),
        ("symlink", ALL),
        ("resymlink", SHELLS),
        ("fifo", SHELLS),
        ("copy", SHELLS),
        ("over", SHELLS),
        ("edit", SHELLS),
        ("backup", SHELLS),
        ("aside", ALL),
        ("attribute", PROGRAMS),
        ("plain", PROGRAMS),
        ("acl", SHELLS),
        ("touch_", SHELLS),
        ("within", SHELLS),
        ("turn", SHELLS),
        ("swap", PROGRAMS),
        ("archive", SHELLS),
        ("held", PROGRAMS),
        ("ghost", PROGRAMS),
        ("nameless", &[Python]),
        ("mapped", &[Python]),
        ("below", &[Python]),
    ]
};

/// By what it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tool {
    Shell,
    /// busybox, which is static.
    Small,
    Python,
    Perl,
    Program,
    /// One that is static, and makes its own system calls.
    Raw,
}

/// One thing that is done.
#[derive(Debug, Clone)]
struct Deed {
    what: &'static str,
    one: Vec<u8>,
    other: Vec<u8>,
    number: u64,
}

/// Numbers by chance, the same for the same seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

/// Names that are taken so often that most are there.
const NAMES: [&[u8]; 4] = [b"a", b"b", b"c d", b"n\nl\xff'"];

/// A path within the tree, or now and then on the other file system.
fn path(chance: &mut Chance, elsewhere: &Path) -> Vec<u8> {
    let mut path = Vec::new();
    if chance.below(8) == 0 {
        path.extend(elsewhere.join("x/").as_os_str().as_bytes());
    }
    for deeper in [1, 3, 2] {
        path.extend(chance.of(&NAMES));
        if chance.below(4) < deeper {
            break;
        }
        path.push(b'/');
    }
    if path.last() == Some(&b'/') {
        path.pop();
    }
    path
}

fn deed(chance: &mut Chance, what: &'static str, bench: &Bench) -> Deed {
    let (mut one, mut other) = (path(chance, bench.elsewhere()), path(chance, bench.elsewhere()));
    if chance.below(10) == 0 {
        // with its whole name, where it has not
        one = bench.tree().join(OsStr::from_bytes(&one)).into_os_string().into_vec();
    }
    if what.ends_with("symlink") && chance.below(2) == 0 {
        other = chance.of(&NAMES).to_vec();
    }
    Deed { what, one, other, number: chance.next() % 100_000 }
}

/// A tool's command for what is done with it.
fn command(tool: Tool, deeds: &[Deed]) -> Vec<OsString> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorder/chance");
    let text = |name: &str| fs::read(from.join(name)).unwrap();
    let mut words: Vec<OsString> = match tool {
        Tool::Shell => return vec!["sh".into(), "-c".into(), script(text("ops.sh"), deeds)],
        Tool::Small => {
            let names = "printf dd truncate mv rm rmdir mkdir chmod chown ln mkfifo cp sed touch tar";
            let applets =
                format!("for name in {names}; do eval \"$name() {{ busybox $name \\\"\\$@\\\"; }}\"; done\n");
            let all = [applets.into_bytes(), text("ops.sh")].concat();
            return vec!["busybox".into(), "sh".into(), "-c".into(), script(all, deeds)];
        }
        Tool::Python => {
            let own = Path::new("/usr/bin/python3");
            let python = if own.exists() { own.into() } else { "python3".into() };
            vec![python, "-Bc".into(), OsString::from_vec(text("ops.py"))]
        }
        Tool::Perl => vec!["perl".into(), "-e".into(), OsString::from_vec(text("ops.pl"))],
        Tool::Program => vec![compiled("cc", "chance/ops", &[]).into()],
        Tool::Raw => vec![compiled("cc", "chance/ops", &["-DRAW", "-static"]).into()],
    };
    if tool == Tool::Perl {
        words.push("--".into());
    }
    for Deed { what, one, other, number } in deeds {
        let hex = |name: &[u8]| data_encoding::HEXLOWER.encode(name).into();
        words.extend([(*what).into(), hex(one), hex(other), number.to_string().into()]);
    }
    words
}

/// Lines behind the functions that they call.
fn script(mut text: Vec<u8>, deeds: &[Deed]) -> OsString {
    for Deed { what, one, other, number } in deeds {
        let line = [what.as_bytes(), b" ", &quoted(one), b" ", &quoted(other), b" "].concat();
        text.extend(line);
        text.extend(format!("{number}\n").as_bytes());
    }
    text.extend(b"true\n");
    OsString::from_vec(text)
}

fn quoted(name: &[u8]) -> Vec<u8> {
    let mut out = vec![b'\''];
    for byte in name {
        match byte {
            b'\'' => out.extend(b"'\\''"),
            _ => out.push(*byte),
        }
    }
    out.push(b'\'');
    out
}

/// Some deeds, each with what does it.
fn deeds(chance: &mut Chance, bench: &Bench, count: usize, tools: &[Tool]) -> Vec<(Tool, Deed)> {
    let mut tool = chance.of(tools);
    let mut all = Vec::new();
    while all.len() < count {
        if chance.below(3) == 0 {
            tool = chance.of(tools);
        }
        let (what, able) = chance.of(DEEDS);
        if able.contains(&tool) {
            all.push((tool, deed(chance, what, bench)));
        }
    }
    all
}

/// One command after the other, as a shell's script.
fn whole(deeds: &[(Tool, Deed)]) -> Vec<u8> {
    let mut script = Vec::new();
    for run in deeds.chunk_by(|(one, _), (other, _)| one == other) {
        let mine: Vec<Deed> = run.iter().map(|(_, deed)| deed.clone()).collect();
        for word in command(run[0].0, &mine) {
            script.extend(quoted(word.as_bytes()));
            script.push(b' ');
        }
        script.extend(b"< /dev/null\n");
    }
    script
}

/// What is wrong with the record of what this seed does.
fn wrong(seed: u64) -> Vec<String> {
    let mut chance = Chance(seed);
    let user = if chance.below(4) == 0 { 65534 } else { 0 };
    let library_only = chance.below(3) == 0;
    let bench = if user == 0 { Bench::new() } else { Bench::of_user(user) };
    let mut tools = vec![Tool::Shell, Tool::Python, Tool::Perl, Tool::Program];
    if !library_only {
        tools.extend([Tool::Small, Tool::Raw]);
    }
    bench.begin("mkdir \"$ELSEWHERE/x\"");
    plant(&mut chance, &bench.tree(), 0);
    plant(&mut chance, &bench.elsewhere().join("x"), 1);
    if user != 0 {
        run(&["chown", "-Rh", &format!("{user}:{user}")], &[&bench.tree(), bench.elsewhere()]);
    }
    let count = 1 + chance.below(12);
    let then = deeds(&mut chance, &bench, count, &tools);
    let before = bench.look();
    let script = whole(&then);
    let options: &[&str] = if library_only { &["--library-only"] } else { &[] };
    let output = bench.record_with(options, "sh", OsStr::from_bytes(&script));
    let after = bench.look();
    let lines = bench.told();
    let mut wrong = snapshot::wrong(&before, &after, &lines);
    // a shell's child that starts no program itself is known by its number alone
    let forks = |(tool, deed): &(Tool, Deed)| deed.what == "within" && *tool != Tool::Python;
    if !then.iter().any(forks) {
        let nobody = lines.iter().filter(|line| line["program"].is_null());
        wrong.extend(nobody.map(|line| format!("by nobody: {line}")));
    }
    wrong.extend(lines.iter().filter_map(|line| unknown(line, user)));
    if !output.status.success() {
        wrong.push(format!("it ended otherwise: {output:?}"));
    }
    if !wrong.is_empty() {
        let told = |(tool, deed): &(Tool, Deed)| {
            let name = |name: &[u8]| name.escape_ascii().to_string();
            format!("  {tool:?} {} {} {} {}", deed.what, name(&deed.one), name(&deed.other), deed.number)
        };
        wrong.insert(0, format!("seed {seed} (user {user}, library only: {library_only})"));
        wrong.extend(then.iter().map(told));
        wrong.push(bench.show(&["--witnesses"]));
    }
    wrong
}

/// A content that is not known, though nothing was in the way.
fn unknown(line: &serde_json::Value, user: u32) -> Option<String> {
    let is_file = |side: &str| line[side]["type"] == "file" && line[side]["sha256"].is_null();
    (user == 0 && (is_file("before") || is_file("after"))).then(|| format!("content not known: {line}"))
}

/// Makes what is there at the start.
fn plant(chance: &mut Chance, dir: &Path, depth: usize) {
    let mut files = Vec::new();
    for name in NAMES {
        let path = dir.join(OsStr::from_bytes(name));
        match chance.below(10) {
            0..5 if depth < 3 => {
                fs::create_dir(&path).unwrap();
                plant(chance, &path, depth + 1);
            }
            0..7 => {
                fs::write(&path, format!("1\n{}\n", chance.below(9)).repeat(chance.below(9))).unwrap();
                files.push(path);
            }
            7 => symlink(OsStr::from_bytes(chance.of(&NAMES)), &path).unwrap(),
            8 if !files.is_empty() => fs::hard_link(chance.of(&files), &path).unwrap(),
            _ => {}
        }
    }
}

fn run(words: &[&str], paths: &[&Path]) {
    assert!(Command::new(words[0]).args(&words[1..]).args(paths).status().unwrap().success());
}

#[test]
fn what_is_done_by_chance_is_told_exactly() {
    let seeds = match std::env::var("CHANCE") {
        Ok(text) => match text.split_once("..") {
            Some((from, to)) => from.parse().unwrap()..to.parse().unwrap(),
            None => text.parse().unwrap()..text.parse::<u64>().unwrap() + 1,
        },
        Err(_) => SEEDS,
    };
    let (next, count) = (AtomicU64::new(seeds.start), AtomicU64::new(0));
    let some = || {
        loop {
            let seed = next.fetch_add(1, Relaxed);
            if seed >= seeds.end {
                return;
            }
            let wrong = wrong(seed);
            if !wrong.is_empty() {
                eprintln!("{}\n", wrong.join("\n"));
                count.fetch_add(1, Relaxed);
            }
        }
    };
    thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(some))));
    assert_eq!(count.into_inner(), 0, "are told otherwise than they are");
}
