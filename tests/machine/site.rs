//! A site on this machine for the tests of the program as people start it: a directory of its own with a configuration that
//! needs no server, and the program before it.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Ann is on staff; mail comes from `in` and goes to `out`.
const CONFIG: &str = "\
[robot]
address = \"help@example.org\"
state = \"state\"
[staff]
list = \"team@example.org\"
[[staff.member]]
login = \"ann\"
address = \"ann@example.org\"
[[mailbox]]
kind = \"maildir\"
path = \"in\"
[courier]
kind = \"maildir\"
path = \"out\"
";

pub struct Site {
    pub dir: TempDir,
}

impl Site {
    /// One with more in its configuration.
    pub fn configured(more: &str) -> Site {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("trackle.toml"), format!("{CONFIG}{more}")).unwrap();
        Site { dir }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The daemon runs once, over these mails.
    pub fn takes(&self, mails: &[&[u8]]) {
        fs::create_dir_all(self.path("in/new")).unwrap();
        for (number, mail) in mails.iter().enumerate() {
            fs::write(self.path(&format!("in/new/{number}.x")), mail).unwrap();
        }
        let served = self.command(&["serve", "--once", "--quiet"]).output().unwrap();
        assert!(served.status.success(), "{served:?}");
    }

    /// The program before this site, with nothing to read.
    pub fn command(&self, words: &[impl AsRef<OsStr>]) -> Command {
        let mut command = trackle();
        command.arg("--config").arg(self.path("trackle.toml")).args(words);
        command
    }
}

/// The program.
pub fn trackle() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trackle"));
    command.stdin(Stdio::null()).env_remove("TRACKLE_LOG");
    command
}
