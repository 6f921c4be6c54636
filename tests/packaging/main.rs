//! The Debian package. Its units, scripts and list of files are held against their rules with all other tests; the package
//! itself is built and tried by `tests/package`, since that takes minutes.

// what only tests use is a test too, but clippy sees only the functions marked so
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The most that `systemd-analyze security` may find open, in tenths, for the daemon and for root's timer.
const EXPOSED: [(&str, u32); 2] = [("trackle.service", 15), ("trackle-sessions.service", 50)];
/// What every package has.
const CONTENTS: &str = "tests/packaging/contents.txt";

fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"))
}

/// What it printed, if it went well.
fn told(command: &mut Command) -> String {
    let done = run(command);
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{command:?}: {}\n{out}{err}", done.status);
    out.into_owned()
}

/// A root with the units where the package puts them, starting the program that was built.
fn units(root: &Path) -> PathBuf {
    let units = root.join("usr/lib/systemd/system");
    let inner = units.join("trackle-sessions.service.d");
    fs::create_dir_all(&inner).unwrap();
    for unit in ["trackle.service", "trackle-sessions.service", "trackle-sessions.timer"] {
        let text = fs::read_to_string(format!("dist/{unit}")).unwrap();
        fs::write(units.join(unit), text.replace("/usr/local/bin/trackle", env!("CARGO_BIN_EXE_trackle")))
            .unwrap();
    }
    fs::copy("packaging/sandbox.conf", inner.join("sandbox.conf")).unwrap();
    units
}

#[test]
fn the_units_are_sound_and_as_shut_as_they_can_be() {
    let root = tempfile::tempdir().unwrap();
    let units = units(root.path());
    let files = ["trackle.service", "trackle-sessions.service", "trackle-sessions.timer"]
        .map(|unit| units.join(unit));
    let verified = run(Command::new("systemd-analyze").args(["verify", "--man=no"]).args(files));
    let complaints = String::from_utf8_lossy(&verified.stderr);
    let ours: Vec<&str> = complaints.lines().filter(|line| line.contains("trackle")).collect();
    assert!(ours.is_empty(), "{ours:#?}");
    for (unit, most) in EXPOSED {
        told(
            Command::new("systemd-analyze")
                .args(["security", "--offline=true", "--no-pager"])
                .arg(format!("--threshold={most}"))
                .arg(format!("--root={}", root.path().display()))
                .arg(unit),
        );
    }
}

/// The control of the one above: a unit with less of a sandbox is noticed.
#[test]
fn a_unit_that_is_more_open_is_noticed() {
    let root = tempfile::tempdir().unwrap();
    let unit = units(root.path()).join("trackle.service");
    let text = fs::read_to_string(&unit).unwrap();
    fs::write(&unit, text.replace("NoNewPrivileges=yes\nCapabilityBoundingSet=\n", "")).unwrap();
    let (name, most) = EXPOSED[0];
    let looked = run(Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager"])
        .arg(format!("--threshold={most}"))
        .arg(format!("--root={}", root.path().display()))
        .arg(name));
    assert!(!looked.status.success(), "{looked:?}");
}

#[test]
fn what_is_packed_exists_and_gives_nobody_rights() {
    let text = fs::read_to_string("Cargo.toml").unwrap();
    let manifest: toml::Value = toml::from_str(&text).unwrap();
    let deb = &manifest["package"]["metadata"]["deb"];
    for asset in deb["assets"].as_array().unwrap() {
        let [from, to, mode] = [0, 1, 2].map(|at| asset[at].as_str().unwrap());
        assert!(from.starts_with("target/packaging/") || Path::new(from).exists(), "{from}");
        assert!(["644", "640", "755"].contains(&mode), "{to}: {mode}");
        assert!(mode != "755" || to == "usr/bin/", "{to} is run");
        assert!(!to.contains("libtrackle"), "the library is put in by `trackle install-recorder` alone");
    }
    let version = manifest["package"]["version"].as_str().unwrap();
    let changelog = fs::read_to_string("packaging/changelog").unwrap();
    assert!(
        changelog.starts_with(&format!("trackle ({version}-1) ")),
        "packaging/changelog is of another version"
    );
}

#[test]
fn the_scripts_are_sound_and_start_nothing() {
    for name in ["postinst", "prerm", "postrm"] {
        let path = format!("packaging/{name}");
        told(Command::new("dash").args(["-n", &path]));
        let text = fs::read_to_string(&path).unwrap();
        let code: Vec<&str> =
            text.lines().filter(|line| !line.trim_start().starts_with(['#', 'e'])).collect();
        for bad in ["systemctl start", "systemctl enable", "systemctl restart", "chmod", "4755", "u+s"] {
            assert!(code.iter().all(|line| !line.contains(bad)), "{name}: {bad}");
        }
        assert!(
            code.iter().all(|line| !line.contains("rm -r") || line.contains("/etc/trackle")),
            "{name} removes data"
        );
    }
}

/// `-rw-r----- root/root  1234 2026-11-21 12:00 ./etc/x` without size and date.
fn listed(package: &str) -> String {
    let contents = told(Command::new("dpkg-deb").args(["--contents", package]));
    let mut lines: Vec<String> = contents
        .lines()
        .map(|line| {
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            format!("{} {} {}\n", words[0], words[1], words[5..].join(" "))
        })
        .collect();
    lines.sort_by(|a, b| a[a.find("./").unwrap()..].cmp(&b[b.find("./").unwrap()..]));
    lines.concat()
}

#[test]
#[ignore = "builds the package: tests/package"]
#[allow(clippy::disallowed_methods)] // a test may be told what to build
fn the_package_holds_what_it_should_and_lives_as_it_should() {
    let profile = std::env::var("TRACKLE_PROFILE").unwrap_or_else(|_| "dev".to_owned());
    let built = told(Command::new("packaging/build").args(["--profile", &profile]));
    let package = built.trim();
    let contents = listed(package);
    if std::env::var("GOLDEN").is_ok_and(|v| v == "write") {
        fs::write(CONTENTS, &contents).unwrap();
    }
    assert_eq!(contents, fs::read_to_string(CONTENTS).unwrap(), "GOLDEN=write tests/package writes it");
    assert!(contents.lines().all(|line| !line[..10].contains(['s', 'S', 't'])), "{contents}");
    let info = told(Command::new("dpkg-deb").args(["--info", package]));
    for said in [
        "Package: trackle",
        "libc6",
        "systemd | systemd-standalone-sysusers",
        "conffiles",
        "postinst",
        "prerm",
    ] {
        assert!(info.contains(said), "{said}: {info}");
    }
    told(Command::new("lintian").args([
        "--fail-on=error,warning",
        "--tag-display-limit=0",
        "--no-cfg",
        "--allow-root",
        package,
    ]));
    told(Command::new("tests/packaging/lifecycle").arg(package));
}
