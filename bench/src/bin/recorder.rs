//! What recording costs: eight kinds of an admin's work, each run by itself, in `trackle record`, under installwatch (which
//! keeps names and no contents) and under `strace -f`, in turns, so that whatever else the machine does falls on all alike.
//! Tells CPU and wall time as ratios to the bare run, from the median of each (the least time of a file system that was lucky
//! once tells nothing); copies of the originals, the listing of the
//! changes and the final copies are in it.
//!
//!     cargo build --release --workspace && target/release/recorder [--rounds N] [--dir DIR] [--without WATCHER]... [KIND…]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One kind of work: what lies there before, not timed, and the work itself. Both run by sh in an empty directory.
struct Work {
    name: &'static str,
    before: &'static str,
    script: &'static str,
}

const TREE: &str = "mkdir tree; for d in $(seq 40); do mkdir tree/$d; for f in $(seq 50); do \
    head -c $((f * 97 % 6000 + 300)) /usr/bin/perl | base64 >tree/$d/$f.conf; done; done; ";

const WORKS: [Work; 8] = [
    Work {
        name: "tar x",
        before: "TREE tar cf ../tree.tar tree",
        script: "tar xf ../tree.tar; tar xf ../tree.tar",
    },
    Work {
        name: "make",
        before: "for f in $(seq 40); do echo \"#include <stdio.h>\nint f$f(void) { return printf(\\\"%d\\\", $f); }\" >f$f.c; done; \
            printf 'all: $(patsubst %%.c,%%.o,$(wildcard *.c))\n\tar rcs all.a $^\n%%.o: %%.c\n\tgcc -O0 -c $<\n' >Makefile; make -s; touch *.c",
        script: "make -s",
    },
    Work {
        name: "git",
        before: "TREE",
        script: "git init -q .; git add .; git -c user.name=a -c user.email=a@x.example commit -qm one; \
            for d in 1 2 3 4 5; do git rm -rq tree/$d; done; git -c user.name=a -c user.email=a@x.example commit -qm two; \
            git checkout -q HEAD~1; git gc -q",
    },
    Work { name: "sed -i", before: "TREE", script: "for d in tree/*; do sed -i s/A/b/ $d/*; done" },
    Work {
        name: "dpkg -i",
        before: "TREE mkdir -p p/DEBIAN p/usr/share p/etc; cp -a tree p/usr/share/one; \
            printf 'Package: one\nVersion: 1\nArchitecture: all\nMaintainer: a <a@x.example>\nDescription: one\n' >p/DEBIAN/control; \
            dpkg-deb -Znone -b p ../one.deb >/dev/null; rm -rf p tree; \
            mkdir -p r/var/lib/dpkg/info r/var/lib/dpkg/updates r/var/lib/dpkg/triggers; : >r/var/lib/dpkg/status",
        script: "dpkg --root=$PWD/r --force-not-root --force-bad-path --log=/dev/null -i ../one.deb",
    },
    Work { name: "cp -a", before: "TREE", script: "cp -a tree copy; cp -a tree/. copy; rm -r tree" },
    Work {
        name: "many exec",
        before: "",
        script: "i=0; while [ $i -lt 1500 ]; do /bin/true; i=$((i + 1)); done",
    },
    Work {
        name: "redirections",
        before: "mkdir d",
        script: "i=0; while [ $i -lt 12000 ]; do echo $i >d/$((i % 3000)); echo $i >>d/$((i % 3000)); i=$((i + 1)); done",
    },
];

/// The cost of one program's start alone, without what a recording costs as a whole: the difference between many and few.
const EXECS: [(Work, f64); 2] = [
    (
        Work {
            name: "one exec",
            before: "",
            script: "i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i + 1)); done",
        },
        200.0,
    ),
    (
        Work {
            name: "one exec",
            before: "",
            script: "i=0; while [ $i -lt 3200 ]; do /bin/true; i=$((i + 1)); done",
        },
        3200.0,
    ),
];

/// Who watches; all but the first can be left out.
const WATCHERS: [&str; 4] = ["none", "trackle", "installwatch", "strace -f"];

fn main() {
    let (mut rounds, mut dir, mut kinds) = (5, std::env::temp_dir(), Vec::new());
    let mut watchers = WATCHERS.to_vec();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--rounds" => rounds = words.next().and_then(|n| n.parse().ok()).expect("the number of rounds"),
            "--dir" => dir = words.next().map(PathBuf::from).expect("a directory"),
            "--without" => {
                let name = words.next().expect("a watcher");
                watchers.retain(|watcher| *watcher == WATCHERS[0] || !watcher.starts_with(&name));
            }
            _ => kinds.push(word),
        }
    }
    let trackle = std::env::current_exe().unwrap().with_file_name("trackle");
    assert!(trackle.exists(), "{} is missing: run cargo build --release", trackle.display());
    println!("{rounds} rounds in {}; ratios to the bare run: CPU (wall)", dir.display());
    println!("{:14}{}", "", watchers.iter().map(|watcher| format!("{watcher:>16}")).collect::<String>());
    let mut logs: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for work in WORKS.iter().filter(|w| kinds.is_empty() || kinds.iter().any(|k| k == w.name)) {
        let medians = medians(&watchers, rounds, |watcher| once(work, watcher, &dir, &trackle));
        let (wall, cpu) = medians["none"];
        print!("{:14}{:>16}", work.name, format!("{cpu:.2} ({wall:.2}) s"));
        for watcher in &watchers[1..] {
            let (own_wall, own_cpu) = medians[watcher];
            logs.entry(watcher).or_default().push((own_cpu / cpu).ln());
            print!("{:>16}", format!("{:.2} ({:.2})", own_cpu / cpu, own_wall / wall));
        }
        println!();
    }
    if !logs.is_empty() {
        print!("{:14}{:>16}", "geometric mean", "");
        for watcher in &watchers[1..] {
            let all = &logs[watcher];
            print!("{:>16}", format!("{:.2}", (all.iter().sum::<f64>() / all.len() as f64).exp()));
        }
        println!();
    }
    if kinds.is_empty() || kinds.iter().any(|kind| kind == EXECS[0].0.name) {
        one_exec(&watchers, rounds, |work, watcher| once(work, watcher, &dir, &trackle));
    }
}

/// What one program's start costs under each watcher.
fn one_exec(watchers: &[&str], rounds: usize, once: impl Fn(&Work, &str) -> (f64, f64)) {
    let medians = medians(watchers, rounds, |watcher| {
        let [few, many] = EXECS.each_ref().map(|(work, _)| once(work, watcher));
        let starts = EXECS[1].1 - EXECS[0].1;
        ((many.0 - few.0) / starts, (many.1 - few.1) / starts)
    });
    let (wall, cpu) = medians["none"];
    print!("{:14}{:>16}", EXECS[0].0.name, format!("{:.0} ({:.0}) µs", cpu * 1e6, wall * 1e6));
    for watcher in &watchers[1..] {
        let (own_wall, own_cpu) = medians[watcher];
        print!("{:>16}", format!("{:.3} ({:.2})", own_cpu / cpu, own_wall / wall));
    }
    println!();
}

/// The median wall and CPU seconds of each watcher, who take turns.
fn medians<'a>(
    watchers: &[&'a str],
    rounds: usize,
    once: impl Fn(&str) -> (f64, f64),
) -> BTreeMap<&'a str, (f64, f64)> {
    let mut times: BTreeMap<_, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for _ in 0..rounds {
        for watcher in watchers {
            let (wall, cpu) = once(watcher);
            let own = times.entry(*watcher).or_default();
            own.0.push(wall);
            own.1.push(cpu);
        }
    }
    times.into_iter().map(|(watcher, (wall, cpu))| (watcher, (median(wall), median(cpu)))).collect()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn once(work: &Work, watcher: &str, dir: &Path, trackle: &Path) -> (f64, f64) {
    let room = tempfile::tempdir_in(dir).unwrap();
    let place = room.path().join("work");
    fs::create_dir(&place).unwrap();
    let shell = |script: &str| {
        let mut command = Command::new("bash");
        command.arg("-c").arg(script).current_dir(&place).stdin(Stdio::null());
        command
    };
    let ready = shell(&work.before.replace("TREE", TREE)).output().unwrap();
    assert!(ready.status.success(), "{}: {}", work.name, String::from_utf8_lossy(&ready.stderr));
    let log = room.path().join("log");
    let log = log.display();
    let watched = match watcher {
        "trackle" => format!("{} record --out {log} -- dash work.sh", trackle.display()),
        "installwatch" => format!(
            "env LD_PRELOAD=/usr/lib/checkinstall/installwatch.so INSTW_LOGFILE={log} INSTW_EXCLUDE=/dev,/proc dash work.sh"
        ),
        "strace -f" => format!("strace -f -o {log} dash work.sh"),
        _ => "dash work.sh".to_owned(),
    };
    fs::write(room.path().join("work.sh"), work.script).unwrap();
    let watched = watched.replace("work.sh", &room.path().join("work.sh").display().to_string());
    let timed = format!("TIMEFORMAT='%R %U %S'; sync; time {watched} >../out 2>../err");
    let output = shell(&timed).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let trouble =
        || format!("{} {watcher}: {said}{}", work.name, fs::read_to_string(room.path().join("err")).unwrap());
    assert!(output.status.success(), "{}", trouble());
    let times: Vec<f64> = said.split_whitespace().filter_map(|n| n.parse().ok()).collect();
    let [wall, user, system] = times[..] else { panic!("{}", trouble()) };
    (wall, user + system)
}
