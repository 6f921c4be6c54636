//! Pieces of work of twelve programs. Each does the same each time: nothing that it says or leaves has a time, a number of a
//! process or a random name in it. One that is missing fails.

/// What is the same for all.
pub const ENVIRONMENT: [(&str, &str); 9] = [
    ("LC_ALL", "C.UTF-8"),
    ("TZ", "UTC"),
    ("TERM", "dumb"),
    ("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z"),
    ("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z"),
    ("GIT_AUTHOR_NAME", "Ann"),
    ("GIT_AUTHOR_EMAIL", "ann@example.org"),
    ("GIT_COMMITTER_NAME", "Ann"),
    ("GIT_COMMITTER_EMAIL", "ann@example.org"),
];

/// A program, and what bash does with it; a command that fails is the end of it.
pub const SCRIPTS: [(&str, &str); 12] = [
    (
        "bash",
        "for n in $(seq 60); do echo line $n >>log; done; exec 3<>both; echo x >&3; exec 3>&-
cat <<<here >a; cat <(seq 3) <(seq 4) | sort | uniq -c; (echo sub; exit 3) || echo $?
set -o noclobber; echo y >a || echo kept; set +o noclobber; declare -A m=([k]=v); echo ${m[k]} ${BASH_VERSINFO[0]}
mapfile -t l <log; echo ${#l[@]}; coproc cat; echo hi >&${COPROC[1]}; read -r r <&${COPROC[0]}; echo $r
eval \"exec ${COPROC[1]}>&-\"; wait; trap 'echo end' EXIT; ulimit -n 64; ls -l /proc/self/fd | wc -l; umask 027; : >masked; kill -0 $$",
    ),
    (
        "coreutils",
        "seq 999 >n; split -l 100 n part-; cat part-* | cmp - n; sort -rn n | head -5 | tee h; cp -a n c; mv c d; ln d e
ln -s e f; install -m 750 -D n i/j/k; truncate -s 10 d; shred -u h; mkfifo p; (echo through >p &) ; cat p; chmod -R g+w i
touch -d @0 z; stat -c %Y z; stat -c '%n %a %s %h' z d e; rm -r i; rmdir nosuch || echo $?; dd if=n of=dd bs=7 count=9 status=none
sha256sum n d dd; tac n | nl | tail -2; comm -12 n <(seq 5 9) 2>&1 | head; timeout 0.2 sleep 9 || echo $?; nohup true; env -i true; nice true",
    ),
    (
        "git",
        "git init -q -b main r; cd r; git config gc.auto 0; for n in $(seq 30); do seq $n >$n; done; git add .; git commit -qm one
git checkout -qb b; sed -i s/3/three/ 7 9; git rm -q 5; git commit -qam two; git checkout -q main; echo x >>8; git commit -qam three
git merge -q -m merge b; git log --oneline --stat | cat; git tag -a v -m v; git diff HEAD~1 --stat; git stash list; git fsck --strict
git clone -q . ../c 2>&1; git -C ../c log --format=%H%n%T; git gc -q; git rev-parse HEAD nosuch || echo $?; rm -rf .git/hooks .git/index ../c/.git/index .git/logs ../c/.git/logs .git/objects ../c/.git",
    ),
    (
        "python3",
        "python3 -B -c '
import os, subprocess, threading, tempfile, shutil, sys, json, socket, mmap, multiprocessing
open(\"a\", \"w\").write(\"x\" * 5000)
with tempfile.NamedTemporaryFile(\"w\", dir=\".\", delete=False) as t: t.write(\"new\")
os.replace(t.name, \"b\"); os.chmod(\"b\", 0o640)
ts = [threading.Thread(target=lambda n=n: open(\"t%d\" % n, \"w\").write(str(n))) for n in range(8)]
[t.start() for t in ts]; [t.join() for t in ts]
with open(\"a\", \"r+b\") as f:
    m = mmap.mmap(f.fileno(), 0); m[10:13] = b\"map\"; m.close()
print(subprocess.run([\"sh\", \"-c\", \"echo out; echo err >&2; exit 5\"], capture_output=True))
try: os.unlink(\"nosuch\")
except OSError as e: print(e.errno, e)
os.makedirs(\"p/q\"); shutil.copytree(\"p\", \"r\"); fd = os.open(\".\", os.O_RDONLY); os.mkdir(\"m\", dir_fd=fd)
pid = os.fork()
if pid == 0: open(\"child\", \"w\").write(\"c\"); os._exit(4)
print(os.waitpid(pid, 0)[1]); a, b = socket.socketpair(); a.send(b\"hi\"); print(b.recv(2)); a.close(); b.close()
print(sorted(os.listdir(\".\"))); os.truncate(\"a\", 99); sys.exit(json.loads(\"0\"))
'",
    ),
    (
        "perl",
        "seq 50 >n; perl -i.orig -pe 's/4/four/' n; perl -e '
open my $f, \">\", \"w\" or die; print $f \"x\\n\" x 1000; close $f; rename \"w\", \"v\"; link \"v\", \"u\"; symlink \"v\", \"s\"; chmod 0600, \"v\";
mkdir \"d\", 0711; opendir my $d, \".\"; print join(\" \", sort readdir $d), \"\\n\"; unlink \"nosuch\" or print \"$!\\n\";
print `sh -c \"echo sub; exit 3\"`, $? >> 8, \"\\n\"; pipe my $r, my $w; if (!fork) { syswrite $w, \"piped\\n\"; exit 2 } wait; print $? >> 8; sysread $r, my $b, 9; print $b;
local $SIG{ALRM} = sub { print \"alarm\\n\" }; alarm 1; select undef, undef, undef, 5; utime 1, 1, \"v\"; truncate \"u\", 8; exec \"true\";'",
    ),
    (
        "vim",
        "seq 99 >n; vim -Nu NONE -i NONE -n -es -c '%s/5/five/' -c 'g/7/d' -c wq n; cat n | tail -5; cp n m
vim -Nu NONE -i NONE -n -es -c 'set backup backupcopy=no' -c 'normal Goend' -c 'w! copy' -c wq m; vim -Nu NONE -i NONE -n -es -c '1!echo filtered' -c 'r !seq 3' -c wq m
vim -Nu NONE -i NONE -n -es -c 'cquit 4' m || echo $?",
    ),
    (
        "tar",
        "mkdir -p t/u; for n in $(seq 40); do seq $n >t/u/$n; done; ln -s u/1 t/l; ln t/u/2 t/h; chmod 600 t/u/7; mkfifo t/p
tar --sort=name --mtime=@0 --owner=0 --group=0 -cf a.tar t; sha256sum a.tar; tar tvf a.tar | sort | tail -3; rm -r t; tar xf a.tar
tar --sort=name --mtime=@0 -czf b.tgz t; tar xzf b.tgz --one-top-level=x; tar df a.tar; tar --delete -f a.tar t/u/9; tar tf a.tar | wc -l; tar xf nosuch.tar || echo $?; rm b.tgz",
    ),
    (
        "rsync",
        "mkdir -p t/u; for n in $(seq 30); do seq $n >t/u/$n; touch -d @$n t/u/$n; done; ln -s u/1 t/l; chmod 640 t/u/7; touch -d @9 t/u t
rsync -ai t/ r/; rm t/u/1; echo x >t/u/2; touch -d @5 t/u/2 t/u t; rsync -aic --delete --backup --suffix=.old t/ r/; rsync -a --link-dest=$PWD/r r/ s/
rsync -a nosuch/ q/ || echo $?; rsync -an --itemize-changes t/ s/ | sort | head",
    ),
    (
        "make",
        "printf 'all: a b c\\n%%: src-%%\\n\\t@cat $< >$@; echo made $@ >&2\\nfail:\\n\\t@false\\n.PHONY: all fail\\n' >Makefile; for n in a b c; do echo $n >src-$n; done
make -s; touch -d @0 src-a; make -s; touch src-b; make -s; make -s fail || echo $?; make -sn -B a; make -s -j3 -B -O 2>/dev/null; make -v | head -1",
    ),
    (
        "apt-get",
        "mkdir -p lists/partial cache/archives/partial; for n in 1 2 3 4; do printf 'Package: x%s\\nStatus: install ok installed\\nVersion: 1\\nArchitecture: all\\nDepends: %s\\nMaintainer: A <a@example.org>\\nDescription: x\\n\\n' $n \"$([ $n = 1 ] || echo x$((n - 1)))\"; done | grep -v 'Depends: $' >status
o=\"-o Dir::State=$PWD -o Dir::State::lists=$PWD/lists -o Dir::State::status=$PWD/status -o Dir::Cache=$PWD/cache -o Dir::Log=$PWD -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=/dev/null\"
apt-get $o -s remove x2; apt-get $o -s install x4; apt-get $o -s purge x4; apt-get $o -s install nosuch || echo $?; apt-get $o -s autoremove; apt-cache $o policy x3; apt-cache $o rdepends x1; rm -rf cache eipp.log.xz",
    ),
    (
        "sqlite3",
        "sqlite3 a.db 'create table t(x, y); with recursive n(i) as (select 1 union all select i+1 from n where i < 2000) insert into t select i, hex(i) from n; create index k on t(y)'
sqlite3 a.db 'pragma journal_mode=wal; delete from t where x % 3 = 0; select count(*), sum(x) from t; pragma wal_checkpoint(truncate)'; sqlite3 a.db 'pragma journal_mode=delete; vacuum; pragma integrity_check'
sqlite3 a.db .dump | sha256sum; sqlite3 a.db '.backup b.db'; sqlite3 b.db 'begin; update t set y = 0; rollback; select total(y) from t'; sqlite3 a.db 'select * from nosuch' || echo $?",
    ),
    (
        "gcc",
        "printf 'int f(int x) { return x * 2; }\\n' >f.c; printf '#include <stdio.h>\\nint f(int);\\nint main(void) { printf(\"%%d\\\\n\", f(21)); return f(0); }\\n' >m.c
gcc -O2 -Wall -c f.c m.c; gcc -o m m.o f.o -Wl,--build-id=none; ./m; gcc -shared -fPIC -Wl,--build-id=none -o libf.so f.c; gcc -o n m.c -L. -lf -Wl,-rpath,. -Wl,--build-id=none; ./n
ar rcD libf.a f.o; nm -C libf.a; strip m; printf 'int g( {' >bad.c; gcc -c bad.c || echo $?; gcc -E -P f.c; rm -f *.o",
    ),
];
