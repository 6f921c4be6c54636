//! Everyday work, recorded: shells, editors, copying, packing, building, packages. A program that is missing
//! fails the test.

use crate::snapshot::{Bench, Told, Work, exact, recorded};
use serde_json::Value;

/// Insists that a program is there.
fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap();
    let there = std::env::split_paths(&path).any(|dir| dir.join(program).is_file());
    assert!(there, "{program} is missing: run tests/install");
    there
}

/// The line of a path, named from its end.
fn line<'a>(told: &'a Told, end: &str) -> &'a Value {
    let is = |line: &&Value| line["path"].as_str().unwrap().ends_with(end);
    told.lines.iter().find(is).unwrap_or_else(|| panic!("no line for {end}"))
}

fn action<'a>(told: &'a Told, end: &str) -> &'a str {
    line(told, end)["action"].as_str().unwrap()
}

const FILES: &str =
    "mkdir sub; echo old > old; echo here > gone; seq 9 > nine; chmod 640 nine; ln -s old link";

/// Shows T144, T158, T159.
#[test]
fn shells_with_redirections() {
    let script =
        "echo one > new; echo two >> old; : > nine; cat < old > sub/copy; rm gone; echo three >> link";
    for shell in ["bash", "dash", "zsh", "fish"] {
        // fish has no colon that takes a redirection
        let script = if shell == "fish" { script.replace(": >", "true >") } else { script.to_owned() };
        if has(shell) {
            let told = exact(&Work { shell, ..Work::of(FILES, &script) });
            assert!(told.lines.len() >= 5, "{shell}");
            assert_eq!(action(&told, "/gone"), "removed");
        }
    }
    exact(&Work {
        shell: "bash",
        ..Work::of(FILES, "exec 3>> old; echo x >&3; cat <<< y > h; (echo z > i) & wait")
    });
}

/// Shows T144, T158.
#[test]
fn names_types_and_rights() {
    let told = exact(&Work::of(
        "mkdir -p d/e/f; echo x > d/a; echo y > d/e/f/b; echo z > f; ln f g; ln -s f l; mkdir empty",
        "mv d k; echo more >> k/e/f/b; chmod 600 f; ln -sf g l; rm -r empty; ln -s k empty; mkfifo p; touch f",
    ));
    assert_eq!(action(&told, "/k"), "renamed");
    assert_eq!(line(&told, "/k/e/f/b")["from"].as_str().unwrap().rsplit_once("tree").unwrap().1, "/d/e/f/b");
    assert_eq!(action(&told, "/empty"), "retyped");
    assert_eq!(action(&told, "/g"), "modified");
    exact(&Work::of(
        "echo x > a; echo y > b; mkdir c",
        "mv a t; mv b a; mv t b; mv b c/; mv c d; echo z > d/z",
    ));
    exact(&Work::of("echo x > a", "mv a b; echo y >> b; mv b c; echo z > a"));
    exact(&Work::of("echo x > a", "mv a b; sed -i s/x/y/ b"));
    exact(&Work::of("mkdir d; echo x > d/f", "mv d e; echo y > e/f; mv e d; rm d/f"));
    exact(&Work::of("echo x > a", "ln a b; echo y >> b; ln b c; rm a"));
    exact(&Work::of(
        "mkdir v1 v2; echo a > v1/f; echo b > v2/f; ln -s v1 now",
        "echo c > now/f; ln -sfn v2 now; echo d > now/f",
    ));
}

#[test]
fn odd_names_and_odd_ways() {
    exact(&Work::of(
        "mkdir 'a b' 'c\\d'; echo x > 'a b/q\"uote'; echo y > 'n
l'; echo z > -dash; echo u > ünï",
        "mv 'a b' 'e f'; echo more >> 'e f/q\"uote'; rm 'n
l'; mv -- -dash dash-; chmod 600 ünï; mkdir 'c\\d/$x'; echo 1 > 'c\\d/$x/*'",
    ));
    exact(&Work::of(
        "mkdir d e f; echo x > d/f; echo y > f/g; echo s > s; chmod 4755 s; ln -s d l; seq 9 > t; mkfifo p; echo o > o",
        "mv -T d e; rm -r f; echo file > f; echo x >> s; rm l; mkdir l; truncate -s 3 t; rm p; echo p > p; ln -f o t2; ln -f s o",
    ));
    exact(&Work::of("seq 9 > log", "mv log log.1; echo new > log; mv log.1 log.2; echo again >> log"));
    exact(&Work::of(
        "seq 9 > a; seq 4 > b",
        "cat b | tee -a a > /dev/null; split -l 2 a part-; gzip -n b; cp a a; dd if=a of=c bs=1 count=3 2> /dev/null",
    ));
    let told = exact(&Work::of(
        "head -c 9000000 /dev/zero > big; truncate -s 80M huge; head -c 5000 /dev/zero > small",
        "for f in big huge small; do printf x | dd of=$f conv=notrunc bs=1 seek=777 2> /dev/null; done",
    ));
    assert!(line(&told, "/huge")["before"]["not_kept"].is_string());
    assert!(line(&told, "/big")["before"]["sha256"].is_string());
}

#[test]
fn what_is_again_what_it_was_is_no_change() {
    let told = exact(&Work::of(
        "echo x > a; echo y > b; chmod 600 b",
        "cp a k; echo z > a; cp k a; rm k; chmod 644 b; chmod 600 b; touch a b; mkdir t; echo 1 > t/1; rm -r t",
    ));
    assert!(told.lines.is_empty());
}

#[test]
fn attributes_and_acls() {
    if has("setfattr") && has("setfacl") {
        let told = exact(&Work::of(
            "echo x > a; echo y > b; setfattr -n user.t -v 1 b; mkdir d",
            "setfattr -n user.t -v 2 a; setfattr -x user.t b; setfacl -m u:1:r a; setfacl -d -m u:1:rx d",
        ));
        assert_eq!(told.lines.len(), 3);
        assert_eq!(line(&told, "/a")["after"]["xattrs"]["user.t"], "32");
    }
}

/// Shows T158.
#[test]
fn editors_that_write_aside_and_rename() {
    if has("vim") {
        let told = exact(&Work::varying("seq 9 > nine", "vim -Nu NONE -es -c '%s/5/five/' -c wq nine"));
        assert_eq!(action(&told, "/nine"), "modified");
        exact(&Work::varying(
            "seq 9 > nine",
            "vim -Nu NONE -es -c 'set backup backupcopy=no' -c '%s/5/five/' -c wq nine",
        ));
    }
    let told = exact(&Work::of("seq 9 > nine", "sed -i s/5/five/ nine"));
    assert_eq!((told.lines.len(), &line(&told, "/nine")["replaced"]), (1, &true.into()));
    let told = exact(&Work::of("seq 9 > nine", "sed -i.bak s/5/five/ nine"));
    assert!(line(&told, "/nine.bak")["backup_of"].as_str().unwrap().ends_with("/nine"));
    let told = exact(&Work::of(
        "seq 9 > nine; seq 4 > four",
        "perl -i.orig -pe s/4/four/ nine four; perl -i -pe s/1/one/ four",
    ));
    assert!(line(&told, "/nine.orig")["backup_of"].as_str().unwrap().ends_with("/nine"));
    assert!(line(&told, "/nine")["before"]["sha256"].is_string());
    assert_eq!(action(&told, "/four"), "modified");
    if has("emacs") {
        exact(&Work::of(
            "seq 9 > nine",
            "emacs -Q --batch nine --eval '(progn (insert \"x\") (save-buffer))'",
        ));
    }
}

/// Shows T144.
#[test]
fn copying_and_packing() {
    let tree = "mkdir -p t/u; for n in $(seq 40); do seq $n > t/u/$n; done; ln -s u/1 t/l; chmod 600 t/u/7; tar --mtime=@0 -cf t.tar t";
    exact(&Work::of(tree, "cp -a t c; rm -r t; install -m 755 -D c/u/3 bin/three; mv c/u/5 c/u/6"));
    exact(&Work::of(tree, "rm -r t; tar xf t.tar; tar czf t.tar.gz t"));
    if has("rsync") {
        exact(&Work::of(
            tree,
            "rsync -a t/ r/; rm t/u/1; echo x > t/u/2; touch -d 2001-01-01 t/u/2; rsync -a --delete t/ r/",
        ));
    }
}

#[test]
fn programs_in_python() {
    if has("python3") {
        exact(&Work::of(
            "seq 9 > a; seq 9 > b; mkdir d; seq 3 > d/c",
            "exec python3 -B -c '
import os, shutil, pathlib, tempfile
open(\"n\", \"w\").write(\"x\")
with tempfile.NamedTemporaryFile(\"w\", dir=\".\", delete=False) as t: t.write(\"new\")
os.replace(t.name, \"a\")
shutil.move(\"b\", \"d/b\"); shutil.copy2(\"d/c\", \"e\"); shutil.copytree(\"d\", \"f\"); shutil.rmtree(\"d\")
os.truncate(\"e\", 1); os.chmod(\"n\", 0o600); os.symlink(\"n\", \"s\"); os.link(\"n\", \"h\"); pathlib.Path(\"e\").unlink()
import ctypes
ctypes.CDLL(None).renameat2(-100, b\"a\", -100, b\"n\", 2)
ctypes.CDLL(None).renameat2(-100, b\"f\", -100, b\"x\", 1)
os.makedirs(\"p/q\"); os.rename(\"x\", \"p/q/x\"); os.chdir(\"p/q/x\"); open(\"b\", \"a\").write(\"y\"); os.rename(\"../../../p\", \"../../../r\")
fd = os.open(\".\", os.O_RDONLY); os.unlink(\"c\", dir_fd=fd); os.mkdir(\"m\", dir_fd=fd); os.fchmod(fd, 0o711)
'",
        ));
    }
}

#[test]
fn git_make_and_sqlite() {
    let repository = "git init -q r; cd r; git config gc.auto 0; for n in 1 2 3; do seq $n > $n; done; git add .; git commit -qm 1";
    if has("git") {
        exact(&Work::varying("true", repository));
        exact(&Work::varying(
            repository,
            "cd r; git checkout -qb b; echo x > 2; rm 3; git commit -qam 2; git checkout -q -; git gc -q",
        ));
    }
    if has("make") && has("cc") {
        exact(&Work::varying(
            "printf 'int f(void){return 0;}' > f.c; printf 'int f(void);int main(void){return f();}' > m.c
printf 'm: m.o f.o\\n\\tcc -o m m.o f.o\\n' > Makefile",
            "make -j2 -s",
        ));
    }
    if has("sqlite3") {
        exact(&Work::varying(
            "sqlite3 a.db 'create table t(x); insert into t values(1)'",
            "sqlite3 a.db 'insert into t values(2)'; sqlite3 a.db 'pragma journal_mode=wal; insert into t values(3)'; sqlite3 b.db 'create table u(y)'",
        ));
    }
}

#[test]
fn endings_are_those_of_the_command() {
    let ends = |script: &str| exact(&Work::of("true", script)).output.status.code();
    assert_eq!(ends("echo out; echo err >&2; exit 7"), Some(7));
    let bench = Bench::new();
    bench.begin("true");
    assert_eq!(bench.record("sh", "echo x > f; kill -9 $$").status.code(), Some(137));
    assert_eq!(bench.told().len(), 1);
    let refused = bench.record("nosuch", "");
    assert_eq!(refused.status.code(), Some(127));
    assert_eq!(String::from_utf8_lossy(&refused.stderr), "trackle: nosuch: command not found\n");
    assert!(!bench.out().exists());
    assert_eq!(bench.record("/etc", "").status.code(), Some(126));
}

#[test]
fn a_patch_makes_the_end_from_the_beginning() {
    if !has("patch") {
        return;
    }
    let bench = Bench::new();
    let before = "seq 9 > nine; seq 99 > gone; printf 'no end' > end; mkdir d; seq 5 > 'd/a b'; ln -s nine l; seq 4 > m";
    bench.begin(before);
    let script = "sed -i s/5/five/ nine; rm gone; printf ' at all' >> end; mv d e; echo 6 >> 'e/a b'; : > empty
mkdir -p new/deep; seq 7 > new/deep/ä; ln -sf m l; ln -s nowhere s; chmod 755 m; mv m n; printf 'a\\0b' > binary; rm binary";
    assert!(bench.record("sh", script).status.success());
    let patch = bench.show(&["--patch"]);
    let after = bench.look();
    bench.begin(before);
    std::fs::write(bench.out().join("p.patch"), &patch).unwrap();
    let mut command = bench.command("patch");
    command.args(["-p1", "--no-backup-if-mismatch", "-d", "/", "-i"]).arg(bench.out().join("p.patch"));
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}\n{patch}", String::from_utf8_lossy(&done.stdout));
    assert_eq!(bench.look(), after, "{patch}");
}

#[test]
fn editors_at_a_terminal() {
    // keys come one after the other, as somebody types them
    let keys = |keys: &[&str]| keys.iter().map(|k| format!("printf '{k}'; sleep 0.6; ")).collect::<String>();
    let typed = |program: &str, pressed: &[&str]| {
        let script =
            format!("(sleep 1.2; {}) | script -qec '{program} nine' /dev/null > /dev/null", keys(pressed));
        if has(program.split(' ').next().unwrap()) {
            let told = exact(&Work::varying("seq 9 > nine", &script));
            assert_eq!(action(&told, "/nine"), "modified", "{program}");
        }
    };
    typed("nano -B", &["new ", "\\017", "\\r", "\\030"]);
    typed("vim -Nu NONE", &["Onew\\033", ":wq\\r"]);
    typed("emacs -nw -Q", &["new ", "\\030\\023", "\\030\\003"]);
}

#[test]
fn from_one_file_system_to_another() {
    let tree = "mkdir -p t/u; seq 5 > t/u/f; ln -s u/f t/l; seq 7 > g; mkfifo t/p; seq 8 > \"$ELSEWHERE/h\"";
    exact(&Work::of(tree, "mv t \"$ELSEWHERE/\"; mv g \"$ELSEWHERE/h\"; cp -a \"$ELSEWHERE/t\" back"));
    exact(&Work::of(tree, "mv g \"$ELSEWHERE/g\"; echo more >> \"$ELSEWHERE/g\"; mv \"$ELSEWHERE/g\" g2"));
}

#[test]
fn packages() {
    if has("dpkg") && has("dpkg-deb") {
        let make = "mkdir -p p/DEBIAN p/etc p/usr/share/doc/hello root/var/lib/dpkg/updates root/var/lib/dpkg/info
touch root/var/lib/dpkg/status; echo conf > p/etc/hello.conf; seq 99 > p/usr/share/doc/hello/readme
printf 'Package: hello\\nVersion: 1\\nArchitecture: all\\nMaintainer: A <a@example.org>\\nDescription: x\\n' > p/DEBIAN/control
echo /etc/hello.conf > p/DEBIAN/conffiles; dpkg-deb -b p hello.deb > /dev/null";
        exact(&Work::varying(
            make,
            "dpkg --log=dpkg.log --root=\"$PWD/root\" --force-not-root --force-script-chrootless -i hello.deb > /dev/null",
        ));
        exact(&Work::varying(
            &format!("{make}; dpkg --log=dpkg.log --root=\"$PWD/root\" -i hello.deb > /dev/null 2>&1"),
            "dpkg --log=dpkg.log --root=\"$PWD/root\" -P hello > /dev/null 2>&1",
        ));
    }
}

#[test]
fn static_programs() {
    if has("busybox") {
        exact(&Work::of(
            FILES,
            "busybox sh -c 'echo new > n; rm gone; busybox sed -i s/5/five/ nine; mv old o'",
        ));
        exact(&Work::of(
            FILES,
            "busybox sed -i s/5/five/ nine; busybox mv nine ten; echo x >> ten; busybox cp -a sub s2",
        ));
        exact(&Work {
            user: 65534,
            ..Work::of(FILES, "busybox sed -i s/5/five/ nine; busybox mv nine ten; echo x >> ten")
        });
    }
}

#[test]
fn programs_that_make_their_own_system_calls() {
    let go = "package main
import \"os\"
func main() {
 os.WriteFile(\"new\", []byte(\"x\"), 0644); os.Remove(\"gone\"); os.Rename(\"old\", \"sub/older\"); os.Chmod(\"nine\", 0600)
 f, _ := os.OpenFile(\"nine\", os.O_APPEND|os.O_WRONLY, 0); f.WriteString(\"ten\"); f.Close(); os.Symlink(\"new\", \"s\")
}
";
    let c = "#include <stdio.h>
#include <unistd.h>
int main(void) { FILE *f = fopen(\"new\", \"w\"); fputs(\"x\", f); fclose(f); unlink(\"gone\"); return rename(\"old\", \"o\"); }
";
    let made = |source: &str, build: &str| format!("{FILES}; cat > home/{source}; cd home; {build}");
    for user in [0, 65534] {
        if has("go") {
            let make = made(
                "m.go",
                "GO111MODULE=off CGO_ENABLED=0 GOCACHE=$PWD/../tmp/c go build -o ../m m.go; rm -r ../tmp/c",
            );
            let make = make.replace("cat > home/m.go", &format!("printf '%s' '{go}' > home/m.go"));
            exact(&Work { user, ..Work::of(&make, "./m; echo y >> new") });
        }
        if has("cc") {
            let make = made("m.c", "cc -static -o ../m m.c");
            let make = make.replace("cat > home/m.c", &format!("cat > home/m.c <<'E'\n{c}E\ntrue"));
            exact(&Work { user, ..Work::of(&make, "./m; echo y >> new") });
        }
    }
}

#[test]
fn an_ordinary_user() {
    let user = |before, script| {
        exact(&Work { user: 65534, ..Work::of(before, script) });
    };
    user(FILES, "echo x > new; sed -i s/5/five/ nine; rm gone; chmod 600 old; mv sub s2; touch s2/f");
    user("mkdir -p d/e; echo x > d/e/f; chmod 000 d/e/f", "mv d k; chmod 644 k/e/f; cat /etc/shadow 2> err");
}

/// Shows T155, T156.
#[test]
fn an_ordinary_user_with_sudo() {
    assert!(has("sudo"));
    let bench = Bench::of_sudoer(65534).expect("root, and mounts of its own");
    let before =
        "echo x > f; echo r > roots; chmod 644 roots; echo s > hidden; chmod 600 hidden; chown 65534 f";
    let script = "sudo -n sh -c 'echo y >> roots; echo t > hidden; echo n > new; id -u > who'; sudo -n -u daemon id > e; echo z >> f
sudo -n env -i sh -c 'rm f; cp roots copy'";
    let (told, _) = recorded(&bench, &Work::of(before, script));
    assert!(told.output.status.success());
    // what only root may read is none of the user's
    assert_eq!(line(&told, "/hidden")["before"]["withheld"], "private");
    assert!(line(&told, "/roots")["before"]["sha256"].is_string());
}

#[test]
fn with_another_users_rights() {
    let work = |script: &str| {
        exact(&Work::varying(FILES, script));
    };
    for program in ["sudo -n", "doas -n"] {
        if has(program.split(' ').next().unwrap()) {
            let script = format!("{program} sh -c 'echo x > new; rm gone; sed -i s/5/five/ nine' > o 2> e");
            work(&script);
            work(&format!("{program} env -i sh -c 'echo x > new'"));
        }
    }
    work("su -c 'echo x > new; chown 1:1 old' root");
    work(
        "chmod 777 . sub; setpriv --reuid=65534 --clear-groups sh -c 'echo x > new; echo y > sub/new; rm gone'; echo z >> new",
    );
}

#[test]
fn what_cannot_be_recorded_is_not_run() {
    let bench = Bench::new();
    bench.begin("mkdir full; touch full/x; mkdir -m 777 open; touch file");
    let says = |words: &[&str], code: i32, text: &str| {
        let mut command = bench.command(env!("CARGO_BIN_EXE_trackle"));
        let output = command.arg("record").args(words).args(["--", "touch", "ran"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.contains(text)), (Some(code), true), "{words:?}: {said}");
        let ran = std::fs::remove_file(bench.tree().join("ran")).is_ok();
        assert_eq!(ran, code == 0, "{words:?}");
    };
    says(&["--out", "full"], 1, "full is not empty; run anyway with --untracked");
    says(&["--out", "full", "--untracked"], 0, "not recorded: full is not empty");
    says(&["--out", "open/d/e"], 1, "cannot record");
    says(&["--out", "open/d"], 1, "open to all");
    says(&["--out", "file"], 1, "cannot record: file: ");
    says(&["--out", "/proc/x"], 1, "cannot record: /proc/x: ");
    says(&[], 2, "--out");
    let nested = format!("{} record --out inner -- touch ran", env!("CARGO_BIN_EXE_trackle"));
    let output = bench.record("sh", &nested);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("within a tracked session already"));
    let mut command = bench.command(env!("CARGO_BIN_EXE_trackle"));
    let output = command.args(["record", "show", "full"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("full holds no record of a command"));
}

#[test]
fn a_killed_recorder_leaves_what_can_be_shown() {
    let bench = Bench::new();
    bench.begin(FILES);
    bench.record("sh", "echo x > new; rm gone; kill -9 $PPID; echo y > late");
    let told = bench.told();
    let names: Vec<&str> =
        told.iter().map(|l| l["path"].as_str().unwrap().rsplit('/').next().unwrap()).collect();
    assert!(names.starts_with(&["gone"]) && names.contains(&"new"), "{names:?}");
    assert!(bench.show(&[]).contains("nobody saw the end"));
}

#[test]
fn programs_that_outlive_the_command_are_named() {
    let bench = Bench::new();
    bench.begin("true");
    bench.record(
        "sh",
        "sleep 77 > /dev/null 2>&1 & echo $! > pid
until grep -q sleep /proc/$!/comm; do :; done",
    );
    let pid = std::fs::read_to_string(bench.tree().join("pid")).unwrap();
    let page = bench.show(&[]);
    std::process::Command::new("kill").arg(pid.trim()).status().unwrap();
    assert!(page.contains(&format!("sleep ({}) still runs", pid.trim())), "{page}");
}

#[test]
fn another_programs_changes_are_not_told() {
    let bench = Bench::new();
    bench.begin("echo x > f; echo x > g");
    // another process of the machine, which waits for its turn
    let mut other = bench.command("sh");
    other.args(["-c", "while ! test -e go; do sleep 0.02; done; echo y > g; echo z > h; touch done"]);
    let mut other = other.spawn().unwrap();
    bench.record("sh", "echo y > f; : > go; while ! test -e done; do sleep 0.02; done");
    other.wait().unwrap();
    let paths: Vec<String> = bench.told().iter().map(|l| l["path"].as_str().unwrap().to_owned()).collect();
    let paths: Vec<&str> = paths.iter().map(|p| p.rsplit('/').next().unwrap()).collect();
    assert_eq!(paths, ["f", "go"]);
}
