//! Another machine, as far as its programs can tell: a network, a name, and a disk of its own (an overlay in memory over
//! ours, without our `/tmp`, our `/run`, our robot), and a cable between it and us that can be pulled. The kernel takes all
//! of it away with the one process that holds it, which ends when this value is dropped, and with us when we are killed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};

/// What its process does first. Its arguments: where its disk is put together, its name, our program, its source.
const BOOT: &str = r#"set -eu
mount -t tmpfs none "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
for place in tmp run; do mount -t tmpfs none "$1/root/$place"; done
for place in proc dev; do mount --rbind "/$place" "$1/root/$place"; done
touch "$1/root/usr/local/bin/trackle"
mount --bind "$3" "$1/root/usr/local/bin/trackle"
mount --bind "$4" "$1/root/mnt"
rm -rf "$1/root/etc/trackle" "$1/root/var/lib/trackle" "$1/root/root/.local" "$1/root/usr/sbin/sendmail"
hostname "$2"
ip link set lo up
echo ready
read -r end || exit 0
"#;

/// A machine that runs.
pub struct Machine {
    /// Our end of the cable.
    cable: String,
    /// Our address there.
    pub ours: Ipv4Addr,
    theirs: Ipv4Addr,
    name: &'static str,
    holder: Child,
    /// It ends when this closes.
    _end: Option<ChildStdin>,
    /// Where its disk is put together; empty on ours.
    dir: tempfile::TempDir,
}

impl Machine {
    /// Starts one, with the cable in.
    pub fn start(name: &'static str) -> Machine {
        assert!(rustix::process::geteuid().is_root(), "this test makes a machine of its own and needs root");
        for (program, package) in [
            ("ip", "iproute2"),
            ("unshare", "util-linux"),
            ("nsenter", "util-linux"),
            ("setpriv", "util-linux"),
            ("hostname", "hostname"),
        ] {
            let places = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];
            let found = places.iter().any(|place| Path::new(place).join(program).exists());
            assert!(found, "{program} is missing: run tests/install (package {package})");
        }
        let dir = tempfile::Builder::new().prefix("tkm").tempdir_in("/tmp").unwrap();
        let mut holder = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "unshare", "--net", "--uts", "--mount", "--propagation", "private"])
            .args(["sh", "-c", BOOT, "boot"])
            .arg(dir.path())
            .args([name, env!("CARGO_BIN_EXE_trackle"), env!("CARGO_MANIFEST_DIR")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if line != "ready\n" {
            let said = holder.wait_with_output().unwrap();
            panic!("no machine of its own may be made here: {}", String::from_utf8_lossy(&said.stderr));
        }
        let end = holder.stdin.take();
        let (cable, [ours, theirs]) = cable_to(holder.id());
        let machine = Machine { cable, ours, theirs, name, holder, _end: end, dir };
        machine.root("ip", &["link", "set", "eth0", "up"]);
        machine.root("ip", &["addr", "add", &format!("{}/30", machine.theirs), "dev", "eth0"]);
        machine
    }

    /// Pulls the cable out.
    pub fn is_cut_off(&self) {
        self.cutter()();
    }

    /// The same, for whoever does it later.
    pub fn cutter(&self) -> impl FnOnce() + Send + 'static + use<> {
        let cable = self.cable.clone();
        move || ip(&["link", "set", &cable, "down"])
    }

    /// Puts it in again.
    pub fn is_back(&self) {
        ip(&["link", "set", &self.cable, "up"]);
    }

    /// A program there, as root, at home.
    pub fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new("setpriv");
        let target = self.holder.id().to_string();
        command
            .args(["--pdeathsig", "KILL", "nsenter", "--mount", "--uts", "--net", "--target", &target])
            .args(["env", "-C", "/", "chroot"])
            .arg(self.dir.path().join("root"))
            .args(["env", "-i", "-C", "/root", "HOME=/root", "SHELL=/bin/bash", "LC_ALL=C.UTF-8"])
            .arg("PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .arg(program)
            .args(args)
            .stdin(Stdio::null());
        command
    }

    /// `trackle …` there.
    pub fn trackle(&self, args: &[&str]) -> Output {
        self.command("trackle", args).output().unwrap()
    }

    /// Something there that does not fail.
    pub fn root(&self, program: &str, args: &[&str]) -> String {
        let done = self.command(program, args).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{program} {args:?} on {}: {said}", self.name);
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// Somebody there writes a file.
    pub fn writes(&self, path: &str, text: &str) {
        self.root("sh", &["-c", "printf %s \"$2\" >\"$1\"", "sh", path, text]);
    }

    /// A library there by which programs take the clock for so many seconds ahead; they have it in LD_PRELOAD.
    pub fn clock(&self, ahead: i64) -> &'static str {
        let source = format!(
            "#define _GNU_SOURCE\n#include <time.h>\n#include <unistd.h>\n#include <sys/syscall.h>\n\
             int clock_gettime(clockid_t which, struct timespec *now) {{\n\
               long done = syscall(SYS_clock_gettime, which, now);\n\
               if (done == 0 && which == CLOCK_REALTIME) now->tv_sec += {ahead};\n\
               return (int)done;\n}}\n"
        );
        self.writes("/root/clock.c", &source);
        self.root("cc", &["-shared", "-fPIC", "-o", "/root/clock.so", "/root/clock.c"]);
        "LD_PRELOAD=/root/clock.so"
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
        // the other end is gone with its machine a moment later; ours takes it along at once
        let _ = Command::new("ip").args(["link", "del", &self.cable]).stderr(Stdio::null()).status();
    }
}

/// A cable from here to the machine that this process holds: our end, and the addresses of both, from a small network that
/// nobody uses.
fn cable_to(holder: u32) -> (String, [Ipv4Addr; 2]) {
    let target = holder.to_string();
    for at in 0..1_000 {
        let net = (std::process::id() + at) % (1 << 14);
        let [high, low] = u16::try_from(net * 4).unwrap().to_be_bytes();
        let cable = format!("tk-{high}-{low}");
        let made = ["link", "add", &cable, "type", "veth", "peer", "name", "eth0", "netns", &target];
        // another test has that one
        if taken(&cable) {
            continue;
        }
        let done = Command::new("ip").args(made).output().unwrap();
        if !done.status.success() {
            assert!(taken(&cable), "no cable: {}", String::from_utf8_lossy(&done.stderr));
            continue;
        }
        let both = [1, 2].map(|end| Ipv4Addr::new(10, 77, high, low + end));
        ip(&["addr", "add", &format!("{}/30", both[0]), "dev", &cable]);
        ip(&["link", "set", &cable, "up"]);
        return (cable, both);
    }
    panic!("every network of 10.77.0.0/16 is taken")
}

fn taken(cable: &str) -> bool {
    PathBuf::from("/sys/class/net").join(cable).exists()
}

fn ip(args: &[&str]) {
    let done = Command::new("ip").args(args).output().unwrap();
    assert!(done.status.success(), "ip {args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// The machine itself: what the tests stand on.
#[test]
fn it_is_another_machine_and_nothing_of_it_stays() {
    let machine = Machine::start("web1");
    assert_eq!(machine.root("hostname", &[]), "web1\n");
    machine.writes("/etc/is-not-ours", "x");
    assert!(!Path::new("/etc/is-not-ours").exists());
    assert_eq!(machine.root("ls", &["/tmp"]), "");
    let (cable, dir) = (machine.cable.clone(), machine.dir.path().to_owned());
    assert!(taken(&cable));
    drop(machine);
    assert!(!taken(&cable) && !dir.exists());
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    assert!(!mounts.contains(&dir.display().to_string()), "{mounts}");
}
