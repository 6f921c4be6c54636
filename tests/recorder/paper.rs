//! What the paper says of the tracked session and its library, each by a program that really runs. What more shells,
//! editors and kinds of work show stands beside, with them.

use crate::site::{Site, changes, err, typed};
use crate::snapshot::{Bench, Work, exact};
use crate::terminal::Terminal;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use trackle::record::journal;
use trackle::record::place::Place;
use trackle_wire::Kind;

/// The paths that a record tells of, from their ends.
fn names(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["path"].as_str().unwrap().rsplit('/').next().unwrap()).collect()
}

/// Shows T146: every program has the library in the loader's variable.
/// Shows T152: from its environment it knows the session.
/// Shows T156: an environment that was emptied gets both back.
#[test]
fn the_library_goes_with_every_program() {
    let bench = Bench::new();
    bench.begin("true");
    let tell = "echo $LD_PRELOAD $TRACKLE_SESSION";
    let output = bench.record("sh", &format!("{tell}; env -i /bin/sh -c '{tell}; echo x > f'"));
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], lines[1]);
    let (library, session) = lines[0].split_once(' ').unwrap();
    assert!(library.rsplit('/').next().unwrap().starts_with("libtrackle"), "{library}");
    assert!(trackle_wire::id::is_valid(session.as_bytes()), "{session}");
    assert_eq!(names(&bench.told()), ["f"]);
    // without a session in its environment it does nothing, and changes nothing of what a program does
    let mut alone = bench.command("sh");
    alone.args(["-c", "echo y > g; echo done; exit 3"]).env("LD_PRELOAD", library);
    let output = alone.output().unwrap();
    assert_eq!(
        (output.status.code(), &output.stdout[..], &output.stderr[..]),
        (Some(3), &b"done\n"[..], &b""[..])
    );
}

/// Shows T145: all of it lies in one directory, whose name the programs know.
/// Shows T148, T149: of a hundred changes by thirty programs the first keeps the original, and only that one.
#[test]
fn the_first_touch_keeps_the_original_and_no_later_one() {
    let bench = Bench::new();
    bench.begin("echo first > file; mkdir ../copied");
    let script =
        "for n in $(seq 70); do echo $n > file; done; for n in $(seq 30); do sed -i s/$/./ file; done
        cp -r \"$TRACKLE_DIR\" ../copied/session";
    assert!(bench.record("sh", script).status.success());
    let place = Place::open(&bench.tree().parent().unwrap().join("copied/session")).unwrap();
    let path = bench.tree().join("file");
    let mut entries = journal::read(&place).unwrap().entries;
    entries.retain(|entry| entry.path == path.as_os_str().as_encoded_bytes() && entry.kind == Kind::Before);
    let kept: Vec<u64> =
        entries.iter().filter_map(|entry| entry.content.map(|content| content.size)).collect();
    assert_eq!(kept, ["first\n".len() as u64], "{entries:?}");
    assert_eq!(place.start().unwrap().uid, rustix::process::getuid().as_raw());
}

/// Shows T150, T153: whatever was touched is looked at when the session ends, also what a program left that was killed.
/// Shows T151, T159: what is told is the first state and the last, whatever lay between.
#[test]
fn the_difference_is_that_of_the_whole_session() {
    let bench = Bench::new();
    bench.begin("echo first > file; echo same > back; chmod 600 file");
    let script =
        "echo second > file; chmod 644 file; echo other > back; sh -c 'echo third > file; kill -9 $$'
        echo last > file; echo same > back; echo x > fleeting; rm fleeting";
    bench.record("sh", script);
    let told = bench.told();
    assert_eq!(names(&told), ["file"]);
    let side =
        |which: &str| (told[0][which]["mode"].as_str().unwrap().to_owned(), told[0][which]["size"].as_u64());
    assert_eq!((side("before"), side("after")), (("0600".into(), Some(6)), ("0644".into(), Some(5))));
    let patch = bench.show(&["--patch"]);
    assert!(patch.contains("-first\n+last\n"), "{patch}");
}

/// Shows T154: what programs are given and what they give back is the same, to the number of an error.
#[test]
fn programs_do_not_notice() {
    exact(&Work::of(
        "echo x > file; mkdir dir; ln -s nowhere link; ln -s loop loop; mkfifo pipe",
        "for what in nowhere/x dir file/x link/x loop/x '' /proc/x; do
            : > \"$what\"; echo $?; mkdir \"$what\"; rm \"$what\"; mv \"$what\" new; chmod 600 \"$what\"; done
         cat nowhere; nosuch; ./file; sh -c 'exit 9'; echo $?; sh -c 'kill $$'; echo $?
         exec 3> out; echo kept >&3; exec 3>&-; echo lost >&3; umask 077; : > private; ls -l private | cut -c1-10
         (ulimit -n 4; echo few > few; echo $?); trap 'echo trapped > t' USR1; kill -USR1 $$; cat t",
    ));
}

/// Shows T158: a wrapper that has its editor work on a temporary file, and every other way of changing one.
#[test]
fn every_way_of_changing_a_file_is_seen() {
    let told = exact(&Work::of(
        "for f in edited redirected moved copied-to removed moded cut; do echo $f > $f; done; mkdir etc
         printf 'root:x:0:0::/root:/bin/sh\\n' > etc/table; chmod 600 etc/table",
        "printf 'sed -i s/root/boss/ \"$1\"' > tmp/editor; chmod 700 tmp/editor
         cp etc/table etc/table.tmp; tmp/editor etc/table.tmp; mv etc/table.tmp etc/table; rm tmp/editor
         sed -i s/e/E/ edited; echo x >> redirected; mv moved away; cp edited copied-to; rm removed
         chmod 600 moded; truncate -s 2 cut; ln -s cut link; mkdir new; dd if=/dev/zero of=zeros bs=1 count=3 2> /dev/null",
    ));
    let mut seen = names(&told.lines);
    seen.sort_unstable();
    let all = "away copied-to cut edited link moded new redirected removed table zeros";
    assert_eq!(seen, all.split(' ').collect::<Vec<_>>());
}

/// Shows T158: the real `visudo` and `vipw`, which check what an editor made of their copy.
#[test]
fn wrappers_around_editors_are_seen() {
    let site = Site::new();
    fs::write(site.path("etc/allowed"), "root ALL=(ALL) ALL\n").unwrap();
    let output = site.work("EDITOR='sed -i s/root/ann/' visudo -q -f ./allowed", &["--show", "allowed"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(changes(&site.session(1).unwrap()), ["Modified allowed"]);
}

/// Shows T160: of all that goes on, only what these processes do is recorded.
/// Shows T161: what another process changes meanwhile is not told of, however near it lies.
#[test]
fn what_others_do_meanwhile_is_not_attributed() {
    let bench = Bench::new();
    bench.begin("echo x > mine; echo x > theirs; mkdir both");
    let mut other: Child = bench
        .command("sh")
        .args(["-c", "until test -e tmp/begin; do sleep 0.02; done; echo y > theirs; echo y > both/theirs; mv theirs b; touch tmp/go"])
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let script =
        "cat theirs > /dev/null; echo z > mine; touch tmp/begin; until test -e tmp/go; do sleep 0.02; done
        echo z > both/mine; rm tmp/begin";
    assert!(bench.record("sh", script).status.success());
    assert!(other.wait().unwrap().success());
    let mut told = bench.told();
    told.sort_by_key(|line| line["path"].to_string());
    let paths: Vec<&str> = told.iter().map(|line| line["path"].as_str().unwrap()).collect();
    let path = |name: &str| bench.tree().join(name).to_str().unwrap().to_owned();
    assert_eq!(paths, [path("both/mine"), path("mine")]);
}

/// Shows T162: nothing is installed, no right is had, and what one may do is recorded; and no program gets a right by it.
#[test]
fn an_ordinary_user_needs_nothing_installed() {
    let root = rustix::process::geteuid().is_root();
    let dir = tempfile::tempdir().unwrap();
    if root {
        std::os::unix::fs::chown(dir.path(), Some(65534), Some(65534)).unwrap();
    }
    let program = dir.path().join("trackle");
    fs::copy(env!("CARGO_BIN_EXE_trackle"), &program).unwrap();
    let user = |words: &[&str]| {
        let mut command = Command::new(if root { "setpriv" } else { "env" });
        if root {
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        }
        command.arg(&program).args(words).current_dir(dir.path()).env("HOME", dir.path());
        command.env_remove("XDG_CACHE_HOME").output().unwrap()
    };
    let output = user(&["record", "--out", "out", "--", "sh", "-c", "echo x > made; id -u; exit 5"]);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let shown = user(&["record", "show", "out", "--json"]);
    let line: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert!(line["path"].as_str().unwrap().ends_with("/made"), "{line}");
    let found = Command::new("find").arg(dir.path()).args(["-perm", "/6000"]).output().unwrap();
    assert!(found.stdout.is_empty(), "{found:?}");
}

/// Shows T141, T142, T143: when it began and ended, the environment but for its secrets, and what was typed.
/// Shows T116, T117: in it the prompt begins with Trackle, bold and green, by what is in the environment.
/// Shows T063, T064: the ticket is locked until what was done is saved.
#[test]
fn a_session_has_its_times_its_environment_and_its_history() {
    let site = Site::new();
    let config = site.path("trackle.toml").display().to_string();
    let line = format!("DEPLOY_TOKEN=hush EDITOR=vi trackle --config '{config}' work 1");
    let terminal = Terminal::of(&site, &line);
    terminal.see("Trackle #1 ");
    assert!(terminal.coloured().contains("\u{1b}[1m\u{1b}[32mTrackle #1"), "{}", terminal.coloured());
    let locks = site.run(&["lock"]);
    assert!(String::from_utf8_lossy(&locks.stdout).contains(" ann "), "{locks:?}");
    terminal.type_line("echo /srv >> fstab");
    terminal.type_line("env | grep -c TRACKLE_SESSION=; exit");
    terminal.see("Enter files it");
    terminal.press(&["Enter"]);
    terminal.see("ended 0");
    let session = site.session(1).unwrap();
    assert!(session.started < session.ended && session.ended <= jiff::Timestamp::now());
    let lines: Vec<&str> = typed(&session).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, ["echo /srv >> fstab", "env | grep -c TRACKLE_SESSION=; exit"]);
    let has = |name: &str| session.environment.iter().find(|(known, _)| known == name);
    assert_eq!(has("EDITOR").unwrap().1, "vi");
    assert!(!format!("{session:?}").contains("hush"));
    assert_eq!(String::from_utf8_lossy(&site.run(&["lock"]).stdout), "nobody works on a ticket\n");
}

/// Shows T118: scripts ask by its exit code whether they are in a session.
/// Shows T119: one line in a shell's settings marks the prompt of every shell within.
#[test]
fn the_prompt_tells_where_one_is() {
    let site = Site::new();
    let outside = site.run(&["prompt"]);
    assert_eq!((outside.status.code(), outside.stdout.len(), outside.stderr.len()), (Some(1), 0, 0));
    let trackle = env!("CARGO_BIN_EXE_trackle");
    let asked = format!("{trackle} prompt; echo \"[$?]\"; {trackle} prompt --format '%n'");
    let inside = site.work(&asked, &[]);
    assert_eq!(String::from_utf8_lossy(&inside.stdout), "\u{1b}[1;32mTrackle #1\u{1b}[0m [0]\n1");
    for shell in ["bash", "zsh", "fish"] {
        let setup = site.run(&["prompt", "--setup", shell]);
        let line = String::from_utf8(setup.stdout).unwrap();
        assert_eq!(line.lines().count(), 1, "{shell}");
        let file = site.path(&format!("setup.{shell}"));
        // the settings of somebody who has them; a shell that a session's shell starts reads no other
        fs::write(
            &file,
            if shell == "fish" {
                format!("function fish_prompt; echo -n 'own '; end\n{line}")
            } else {
                format!("PS1='own '\n{line}")
            },
        )
        .unwrap();
        let start = match shell {
            "bash" => format!("bash --rcfile {} -i", file.display()),
            "zsh" => {
                fs::rename(&file, site.path("home/.zshrc")).unwrap();
                "zsh -d -i".to_owned()
            }
            _ => format!("fish --no-config -i -C 'source {}'", file.display()),
        };
        let terminal = Terminal::working(&site, &format!("1 --shell dash -c \"{start}\" --yes"));
        terminal.see("Trackle #1 own");
        terminal.type_line("exit");
        terminal.see("ended 0");
    }
}

/// Shows T165: a host without the database records by itself, and what it signed comes into the ticket's thread.
#[test]
fn a_host_without_the_database_works_and_submits() {
    let site = Site::new();
    // somebody who has neither the robot's configuration nor anything else of it
    let away = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trackle"));
        site.environment(&mut command);
        command.args(["--config", "/no/such/trackle.toml"]).args(words).current_dir(site.path("etc"));
        let output = command.stdin(Stdio::null()).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned(), err(&output))
    };
    let work = ["work", "1", "-c", "echo /srv >> fstab"];
    let (code, _, said) = away(&work);
    assert_eq!(code, Some(1));
    assert!(said.contains("trackle host enroll --robot"), "{said}");
    let (settings, key) = (site.path("home/.config/trackle/host.toml"), site.path("host.key"));
    fs::create_dir_all(settings.parent().unwrap()).unwrap();
    let sendmail = site.path("sendmail");
    let text = "robot = 'help@example.org'\nname = 'web1'\nkey = 'KEY'\nsendmail = 'SENDMAIL'\n";
    let text = text.replace("KEY", key.to_str().unwrap()).replace("SENDMAIL", sendmail.to_str().unwrap());
    fs::write(settings, text).unwrap();
    let (_, key, _) = away(&["host", "keygen", "--key", key.to_str().unwrap()]);
    // there is no way to the robot yet
    let (code, _, said) = away(&work);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("nobody else is kept from starting on it")
            && said.contains("`trackle submit` sends it"),
        "{said}"
    );
    assert!(site.left().is_empty() && !away(&["submit"]).2.is_empty());
    let script = format!("#!/bin/sh\nexec cat > '{}'\n", site.path("in/new/bundle.x").display());
    fs::write(&sendmail, script).unwrap();
    fs::set_permissions(&sendmail, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(away(&["submit"]), (Some(0), "1 session sent to help@example.org\n".into(), String::new()));
    // staff say once that web1 is believed
    let added = site.run(&["host", "add", "web1", key.trim(), "--as", "ann", "--for", "ann"]);
    assert!(added.status.success(), "{added:?}");
    assert!(site.run(&["serve", "--once", "--quiet"]).status.success());
    let session = site.session(1).unwrap();
    assert_eq!((session.host.as_str(), changes(&session)), ("web1", vec!["Modified fstab".to_owned()]));
}

/// Shows T154: on a full disk programs run on, and what they changed is told, if not with what it was.
#[test]
fn a_full_disk_takes_contents_and_nothing_else() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let bench = Bench::new();
    bench.begin("echo first > file; echo first > other; mkdir ../small");
    let script = format!(
        "mount -t tmpfs -o size=16m none ../small && {} record --library-only --out ../small/r -- sh -c '
            head -c 99999999 /dev/zero > ../small/fill 2> /dev/null; sed -i s/first/last/ file; rm other; echo x > new
            rm ../small/fill; echo done' && {0} record show --json --witnesses ../small/r",
        env!("CARGO_BIN_EXE_trackle")
    );
    let output = bench.command("unshare").args(["-m", "sh", "-c", &script]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let Some(told) = said.strip_prefix("done\n") else {
        panic!("{said}{}", String::from_utf8_lossy(&output.stderr))
    };
    let lines: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (seen, changes) = lines.split_last().unwrap();
    let mut actions: Vec<(&str, &str)> =
        names(changes).into_iter().zip(changes.iter().map(|line| line["action"].as_str().unwrap())).collect();
    actions.sort_unstable();
    assert_eq!(actions, [("file", "modified"), ("new", "created"), ("other", "removed")]);
    assert_eq!(
        (&seen["witnesses"]["lost"], &seen["witnesses"]["not_kept"]),
        (&0.into(), &2.into()),
        "{seen}"
    );
}
