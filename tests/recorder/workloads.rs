//! Everyday work, recorded: shells, editors, copying, packing, building, packages. A program that this machine has not is
//! passed over.

use crate::snapshot::{Told, Work, exact};
use serde_json::Value;

/// Whether a program is there.
fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap();
    let there = std::env::split_paths(&path).any(|dir| dir.join(program).is_file());
    if !there {
        eprintln!("{program} is not installed: passed over");
    }
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
    assert_eq!(action(&told, "/four"), "modified");
    if has("emacs") {
        exact(&Work::of(
            "seq 9 > nine",
            "emacs -Q --batch nine --eval '(progn (insert \"x\") (save-buffer))'",
        ));
    }
}

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
    let bench = crate::snapshot::Bench::new();
    bench.begin("true");
    assert_eq!(bench.record("sh", "echo x > f; kill -9 $$").status.code(), Some(137));
    assert_eq!(bench.told().len(), 1);
    assert_eq!(bench.record("nosuch", "").status.code(), Some(127));
}
