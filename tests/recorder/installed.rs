//! The library in the system: put in and taken out again, sessions below sudo, su and doas, and what somebody who means
//! harm gets from it. All in mounts of the test's own, so that this machine's programs never see the library: needs root.

use crate::witness::kit::{TRACKLE, compiled, is_root};
use serde_json::Value;
use std::fs;
use std::process::{Command, Output};

/// A user without rights.
const NOBODY: u32 = 65534;

/// Mounts over every place that is written to, and the library installed; `$T` is trackle, `as_user` runs as nobody.
const BEGIN: &str = r#"
set -e
mount --make-rprivate /
libs=$(dirname "$(ls /usr/lib/*-linux-gnu/libc.so.6 | head -1)")
mount -t tmpfs -o mode=755 none "$AT"
mkdir "$AT/up" "$AT/work" "$AT/root"
mount -t overlay overlay -o "lowerdir=$libs,upperdir=$AT/up,workdir=$AT/work" "$libs"
mkdir -p /etc/tmpfiles.d /etc/sudoers.d
mount -t tmpfs -o mode=755 none /run
mount -t tmpfs -o mode=755 none /etc/sudoers.d
mount -t tmpfs -o mode=755 none /etc/tmpfiles.d
echo 'nobody ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/t
chmod 440 /etc/sudoers.d/t
echo 'permit nopass nobody' > "$AT/doas.conf"
chmod 400 "$AT/doas.conf"
touch /etc/doas.conf 2>/dev/null && mount --bind "$AT/doas.conf" /etc/doas.conf
install -d -o nobody -g nogroup "$AT/home"
cd "$AT/home"
export HOME="$AT/home"
as_user() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
"#;

/// Runs a script in mounts of its own.
pub fn alone(script: &str, more: &[(&str, &str)]) -> Output {
    assert!(is_root(), "these tests have mounts of their own and need root");
    for program in ["unshare", "setpriv", "sudo"] {
        let there = Command::new(program).arg("--version").output().is_ok();
        assert!(there, "{program} is missing: run tests/install");
    }
    let at = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    command.args(["-m", "bash", "-c"]).arg(format!("{BEGIN}\necho begun >&2\n{script}"));
    command.env("T", TRACKLE).env("AT", at.path()).envs(more.iter().copied());
    let output = command.output().unwrap();
    let begun = String::from_utf8_lossy(&output.stderr).contains("begun");
    assert!(begun, "no mounts of its own: {output:?}");
    output
}

pub fn succeeded(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    out.into_owned()
}

/// Shows T157.
/// Shows T162: the one thing with a set-uid bit is a library that nobody can execute.
#[test]
fn it_is_installed_and_removed() {
    let script = r#"
        $T install-recorder --status && exit 9
        as_user $T install-recorder && exit 9
        $T install-recorder
        $T install-recorder --status
        stat -c '%n %a %u' $libs/libtrackle.so /run/trackle/s
        $T install-recorder > /dev/null
        $T install-recorder --remove --now
        ls $libs/libtrackle.so /run/trackle/s /etc/tmpfiles.d/* 2>/dev/null && exit 9
        echo foreign > $libs/libtrackle.so
        $T install-recorder && exit 9
        $T install-recorder --remove --now && exit 9
        cat $libs/libtrackle.so
        rm $libs/libtrackle.so
        mount -o remount,ro,bind $libs
        $T install-recorder && exit 9
        exit 0
    "#;
    let output = alone(script, &[]);
    let out = succeeded(&output);
    assert!(out.contains("libtrackle.so 4644 0\n/run/trackle/s 1733 0\n"), "{out}");
    assert!(out.ends_with("libtrackle.so is gone\nforeign\n"), "{out}");
    let err = String::from_utf8_lossy(&output.stderr);
    for sentence in ["only root can do that", "is not ours", "Read-only file system"] {
        assert!(err.contains(sentence), "{err}");
    }
}

/// What the record says of each path, by its last name.
pub fn changes(out: &str) -> Vec<(String, Value)> {
    let lines = out.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let name = |line: &Value| line["path"].as_str().map(|p| p.rsplit('/').next().unwrap().to_owned());
    lines.filter_map(|line| Some((name(&line)?, line))).collect()
}

/// Shows T155, T156, T157.
#[test]
fn a_session_goes_on_below_sudo_su_and_doas() {
    let script = r#"
        $T install-recorder > /dev/null
        echo old > $AT/root/conf
        echo BEGIN-SECRET > $AT/root/private
        chmod 600 $AT/root/private
        as_user $T record --out out -- sh -c '
            echo mine > f
            sudo -n sh -c "echo new > $AT/root/conf; echo other > $AT/root/private; env -i /bin/mkdir $AT/root/bare"
            sudo -n su -s /bin/sh -c "echo x > $AT/root/by-su" root
            command -v doas > /dev/null && doas sh -c "echo x > $AT/root/by-doas"
            sudo -n id -u >&2
            sudo -n busybox touch $AT/root/unseen
        '
        grep -rq BEGIN-SECRET /run/trackle out && exit 9
        as_user $T record show out --json --witnesses
    "#;
    let output = alone(script, &[]);
    let out = succeeded(&output);
    assert!(String::from_utf8_lossy(&output.stderr).contains("\n0\n"), "sudo works: {output:?}");
    let told = changes(&out);
    let line =
        |name: &str| &told.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("{name}: {out}")).1;
    for (name, action) in [("f", "created"), ("conf", "modified"), ("bare", "created"), ("by-su", "created")]
    {
        assert_eq!(line(name)["action"], action, "{name}");
    }
    if Command::new("doas").arg("-v").output().is_ok() {
        assert_eq!(line("by-doas")["action"], "created");
    }
    assert!(line("conf")["before"]["sha256"].is_string());
    assert!(line("private")["before"]["sha256"].is_null());
    // an ordinary user's witnesses do not see into static programs that run as root, and say so
    assert!(out.contains("busybox"), "{out}");
}

/// A set-uid program that changes what only root may read, as at(1) and crontab(1) do.
const SPOOLER: &str = r#"
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(int count, char **words) {
    (void)count;
    int fd = open(words[1], O_WRONLY | O_APPEND);
    if (fd < 0 || write(fd, "job\n", 4) != 4) return 1;
    char other[200];
    sprintf(other, "%s.new", words[1]);
    if (close(open(other, O_WRONLY | O_CREAT, 0600))) return 1;
    return rename(other, words[1]);
}
"#;

/// Everything that a user can say to a privileged program that loads the library: none of it gets him a byte of what he may
/// not read, or a file that he may not write.
#[test]
fn who_means_harm_gets_nothing_from_a_set_uid_program() {
    let spooler = compiled("spooler", SPOOLER, &[]);
    let script = r#"
        $T install-recorder > /dev/null
        install -o root -m 4755 $SPOOLER $AT/root/spooler
        id=aaaaaaaaaaaaaaaaaaaaaaaaaa
        s=/run/trackle/s
        attack() {
            echo BEGIN-SECRET > $AT/root/spool; chmod 600 $AT/root/spool
            # until what was kept before this one is somebody else's
            as_user env LD_PRELOAD=libtrackle.so TRACKLE_SESSION=$id "$@" $AT/root/spooler $AT/root/spool
            grep -rqa BEGIN-SECRET $AT/home $s && { echo "leak: $*"; exit 9; }
            return 0
        }
        echo root > $AT/root/victim; chmod 644 $AT/root/victim
        # a directory of his own, named by the environment
        as_user mkdir -p home/0; as_user mkdir -p home/65534
        attack TRACKLE_DIR=$AT/home/home
        attack TRACKLE_DIR=/../$AT/home/home
        test -e home/0/journal && exit 9
        # one of his own in root's place
        as_user mkdir -m 777 $s/$id
        attack A=1
        # it did record there, so that what follows is tried on what works
        test -e $s/$id/0/state
        # with links where root's directory and files would be
        as_user mv $s/$id $s/bbbbbbbbbbbbbbbbbbbbbbbbbb
        as_user mkdir -m 777 $s/$id
        as_user ln -s $AT/home/home $s/$id/0
        attack A=2
        as_user rm $s/$id/0
        as_user mkdir -m 777 $s/$id/0
        for name in state journal pack lane; do as_user ln -s $AT/root/victim $s/$id/0/$name; done
        attack A=3
        as_user rm -r $s/$id/0
        as_user mkdir -m 777 $s/$id/0
        for name in state journal pack lane; do as_user ln $AT/root/victim $s/$id/0/$name 2> /dev/null || true; done
        attack A=4
        # names that are none, and a place that is a link
        for name in ../../../../../../../etc/x /etc/passwd AAAAAAAAAAAAAAAAAAAAAAAAAA ''; do
            as_user env LD_PRELOAD=libtrackle.so TRACKLE_SESSION=$name $AT/root/spooler $AT/root/spool
        done
        as_user rm -rf $s/$id
        as_user ln -s $AT/home/home $s/$id
        attack A=5
        # a witness of his own, which would be handed root's calls
        as_user rm $s/$id; as_user mkdir -m 777 $s/$id
        as_user python3 -c "
import socket, sys, os
s = socket.socket(socket.AF_UNIX); s.bind('$s/$id/witness'); s.listen(); os.chmod('$s/$id/witness', 0o777); s.settimeout(3)
try:
    s.accept(); print('called')
except TimeoutError:
    pass" > called &
        sleep 0.5
        attack A=6
        as_user env LD_PRELOAD=libtrackle.so TRACKLE_SESSION=$id sudo -n /bin/busybox true
        wait
        test -s called && exit 9
        test "$(cat $AT/root/victim)" = root
        find / -xdev -newer $AT/root/spooler -user root -path "*aaaaaaaaaaaaaaaaaaaaaaaaaa*" -type f -perm -002
        # and without the directory it does nothing
        rm -rf $s
        as_user env LD_PRELOAD=libtrackle.so TRACKLE_SESSION=$id $AT/root/spooler $AT/root/spool
        test ! -e $s
    "#;
    let output = alone(script, &[("SPOOLER", spooler.to_str().unwrap())]);
    assert_eq!(succeeded(&output), "");
    fs::metadata("/run/trackle/s/aaaaaaaaaaaaaaaaaaaaaaaaaa").unwrap_err();
}

/// A program that the library does not see into is seen as an ordinary user too, and sudo works beside it.
#[test]
fn static_programs_of_an_ordinary_user_are_seen() {
    assert!(is_root(), "this test becomes somebody else and needs root");
    let shell = crate::witness::kit::busybox();
    use std::os::unix::process::CommandExt;
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    fs::create_dir(&home).unwrap();
    for path in [dir.path(), &home] {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let run = |words: &[&str]| {
        let mut command = Command::new(TRACKLE);
        command.args(words).current_dir(&home).uid(NOBODY).gid(NOBODY).env("HOME", &home);
        command.env_remove("XDG_CACHE_HOME").output().unwrap()
    };
    let shell = shell.to_str().unwrap();
    let script = format!(
        "echo old > f; echo gone > g; mkdir d; {shell} sh -c 'echo new > f; rm g; mkdir d/e; {shell} mv f d/f; echo x > d/x'
         printf '#!{shell} sh\\necho y > by-script\\n' > script; chmod +x script; ./script
         {shell} grep NoNewPrivs /proc/self/status; grep NoNewPrivs /proc/self/status
         cd d && env -i {shell} touch bare; exec {shell} sh -c 'echo z > last; exit 3'"
    );
    let out = dir.path().join("out");
    let ran = run(&["record", "--out", out.to_str().unwrap(), "--", "sh", "-c", &script]);
    assert_eq!(ran.status.code(), Some(3), "{ran:?}");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "NoNewPrivs:\t1\nNoNewPrivs:\t0\n");
    let shown = run(&["record", "show", out.to_str().unwrap(), "--json", "--witnesses"]);
    let text = String::from_utf8_lossy(&shown.stdout).into_owned();
    let told = changes(&text);
    let mut names: Vec<String> =
        told.iter().map(|(name, line)| format!("{} {name}", line["action"])).collect();
    names.sort();
    let wanted =
        ["bare", "by-script", "d", "e", "f", "last", "script", "x"].map(|n| format!("\"created\" {n}"));
    assert_eq!(names, wanted, "{text}");
    assert!(text.contains("\"unseen\":[]"), "{text}");
}

/// The real at(1) and crontab(1), set-uid and set-gid: an admin's as root, and one of a user with the recorder installed.
#[test]
fn jobs_that_at_and_crontab_take_in_are_recorded() {
    let script = r#"
        mount -t tmpfs -o mode=755 none /var/spool/cron
        install -d -o root -g crontab -m 1730 /var/spool/cron/crontabs
        install -d -o daemon -g daemon -m 1770 /var/spool/cron/atjobs /var/spool/cron/atspool
        install -o daemon -g daemon -m 600 /dev/null /var/spool/cron/atjobs/.SEQ
        mount --bind /dev/null /etc/at.deny
        # crontab tells by the second whether somebody has edited
        printf '#!/bin/sh\nsleep 1.1\nexec sed -i s/first/second/ "$1"\n' > "$AT/editor"
        chmod 755 "$AT/editor" "$AT"
        export EDITOR="$AT/editor" VISUAL="$AT/editor"
        work() {
            echo '0 4 * * * first' | crontab -
            crontab -e
            echo 'touch later' | at -M now + 1 hour
        }
        export -f work
        $T install-recorder > /dev/null
        mkdir root-home; cd root-home
        $T record --out out -- bash -c work
        $T record show out --json
        crontab -l; atq
        cd "$AT/home"
        echo '- as user'
        as_user $T record --out out -- bash -c work
        as_user $T record show out --json --witnesses
        as_user crontab -l; as_user atq
    "#;
    let output = alone(script, &[]);
    let out = succeeded(&output);
    let (root, user) = out.split_once("- as user\n").unwrap();
    let all = changes(root);
    let line = |is: &dyn Fn(&str) -> bool| {
        let found = all.iter().find(|(name, _)| is(name));
        found.unwrap_or_else(|| panic!("{out}\n{output:?}")).1.clone()
    };
    let crontab = line(&|name| name == "root");
    assert_eq!(crontab["path"], "/var/spool/cron/crontabs/root");
    assert_eq!((&crontab["action"], &crontab["after"]["mode"]), (&"created".into(), &"0600".into()));
    let job = line(&|name| name.starts_with('a') && name.len() == 14);
    assert_eq!((&job["action"], &job["program"]), (&"created".into(), &"/usr/bin/at".into()));
    // a user may not look at them afterwards: that they were made is told all the same
    for made in ["crontabs/nobody", "atjobs/a0000201"] {
        let told = user.lines().filter(|line| line.contains("witnesses"));
        let told = told.filter(|line| line.contains(&format!("/var/spool/cron/{made}")));
        assert_eq!(
            told.filter(|line| line.contains("was made, and cannot be looked at")).count(),
            1,
            "{user}"
        );
    }
    for (told, name) in [(root, "root"), (user, "nobody")] {
        // what the programs say is what they have done
        assert!(told.contains("\n0 4 * * * second\n"), "{told}");
        assert!(told.lines().any(|line| line.ends_with(&format!(" a {name}"))), "{told}");
    }
}
